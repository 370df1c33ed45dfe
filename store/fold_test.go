package store

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const testDay = int64(24 * time.Hour / time.Millisecond)

func TestFold(t *testing.T) {
	o := func(day int64, source, value string) Observation {
		return Observation{Field: "ladder", Source: source, Value: value, At: day * testDay}
	}
	back := func(day int64, source string) Observation { return o(day, source, TakenBack) }
	for _, c := range []struct {
		name string
		rows []Observation
		want string // "" = nothing stands
	}{
		{"nothing", nil, ""},
		{"the newest wins", []Observation{o(1, SourceAnswer, "A"), o(2, SourceRep, "B")}, "B"},
		{"the newest wins, whenever it arrives", []Observation{o(2, SourceRep, "B"), o(1, SourceAnswer, "A")}, "B"},
		{"at the same time the later row", []Observation{o(1, SourceAnswer, "A"), o(1, SourceAnswer, "B")}, "B"},
		{"inference does not touch what was said", []Observation{o(1, SourceAnswer, "A"), o(2, SourceBehaviour, "B"), o(3, SourceComputed, "C")}, "A"},
		{"inference does not touch a report", []Observation{o(1, SourceRep, "A"), o(180, SourceComputed, "B")}, "A"},
		{"what was said gets old", []Observation{o(1, SourceRep, "A"), o(181, SourceComputed, "B")}, "B"},
		{"inference follows inference", []Observation{o(1, SourceComputed, "A"), o(2, SourceBehaviour, "B")}, "B"},
		{"what was said replaces inference", []Observation{o(1, SourceComputed, "A"), o(2, SourceAnswer, "B")}, "B"},
		{"a list does not replace a fresh answer", []Observation{o(1, SourceAnswer, "A"), o(100, SourceImport, "B")}, "A"},
		{"a list replaces an old answer", []Observation{o(1, SourceAnswer, "A"), o(200, SourceImport, "B")}, "B"},
		{"an old list never does", []Observation{o(200, SourceAnswer, "A"), o(1, SourceImport, "B")}, "A"},
		{"a list follows a list", []Observation{o(1, SourceImport, "A"), o(2, SourceImport, "B")}, "B"},
		{"inference does not touch a list", []Observation{o(1, SourceImport, "A"), o(2, SourceComputed, "B")}, "A"},
		{"taken back, the earlier one counts", []Observation{o(1, SourceAnswer, "A"), o(2, SourceAnswer, "B"), back(3, SourceComputed)}, "A"},
		{"taken back, the list counts", []Observation{o(1, SourceImport, "A"), o(2, SourceAnswer, "B"), back(3, SourceAnswer)}, "A"},
		{"taken back, what was kept back counts", []Observation{o(1, SourceImport, "A"), o(2, SourceAnswer, "B"), o(3, SourceImport, "C"), back(4, SourceAnswer)}, "C"},
		{"nothing is left", []Observation{o(1, SourceAnswer, "A"), back(2, SourceAnswer)}, ""},
		{"a report is not taken back by a flow", []Observation{o(1, SourceAnswer, "A"), o(2, SourceRep, "B"), back(3, SourceAnswer)}, "B"},
		{"what lies under a report is", []Observation{o(1, SourceAnswer, "A"), o(2, SourceAnswer, "B"), o(3, SourceRep, "C"), back(4, SourceAnswer), back(5, SourceRep)}, "A"},
		{"nothing to take back", []Observation{back(1, SourceAnswer), o(2, SourceAnswer, "A")}, "A"},
		{"cleared is not taken back", []Observation{o(1, SourceAnswer, "A"), o(2, SourceAnswer, Cleared)}, Cleared},
		{"known again", []Observation{o(1, SourceAnswer, Cleared), o(2, SourceAnswer, "A")}, "A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := fold(c.rows, freshDefault)
			if got.Value != c.want || ok != (c.want != "") {
				t.Errorf("got %q, %v, want %q", got.Value, ok, c.want)
			}
		})
	}
}

func TestFoldOfAFieldThatNeverGetsOld(t *testing.T) {
	rows := []Observation{{Source: SourceAnswer, Value: "A", At: 1}, {Source: SourceComputed, Value: "B", At: 4000 * testDay}}
	if got, _ := fold(rows, 0); got.Value != "A" {
		t.Errorf("got %q", got.Value)
	}
}

var testSources = []string{SourceAnswer, SourceRep, SourceBehaviour, SourceImport, SourceConsole, SourceComputed}

func drawObservation(t *rapid.T, name string) Observation {
	o := Observation{
		Doctor: "d", Field: "f", Source: rapid.SampledFrom(testSources).Draw(t, name+" source"), At: rapid.Int64Range(0, 8).Draw(t, name+" at") * 60 * testDay,
		Value: rapid.SampledFrom([]string{`"A"`, `"B"`, `["C"]`, "4", Cleared, TakenBack, TakenBack}).Draw(t, name+" value"),
	}
	return o
}

// TestTakeIsFold: settling row by row against what stands comes to the same as folding the history.
func TestTakeIsFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Store{}
		f := s.newFolding()
		var rows []Observation
		k := slot{"d", "f"}
		for i := range rapid.IntRange(1, 12).Draw(t, "rows") {
			o := drawObservation(t, "row")
			o.ID = int64(i + 1)
			rows = append(rows, o)
			f.take(o)
			want, stands := fold(rows, freshDefault)
			if f.hard[k] { // the history is read: this is what again does
				delete(f.hard, k)
				delete(f.stands, k)
				if stands {
					f.stands[k] = portraitOf(want)
				}
			}
			got, ok := f.stands[k]
			if ok != stands || stands && got != portraitOf(want) {
				t.Fatalf("after %+v: stands %v %+v, folded %v %+v", o, ok, got, stands, want)
			}
		}
	})
}

// TestFoldLaws: what was said lately is never displaced by inference, and taking back at once leaves everything as it was.
func TestFoldLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []Observation
		for i := range rapid.IntRange(0, 10).Draw(t, "rows") {
			o := drawObservation(t, "row")
			o.ID = int64(i + 1)
			rows = append(rows, o)
		}
		end := 9 * 60 * testDay
		before, stood := fold(rows, freshDefault)
		said := Observation{ID: 98, Doctor: "d", Field: "f", Source: SourceAnswer, Value: `"said"`, At: end}
		with := append(append([]Observation{}, rows...), said)
		weak := Observation{ID: 99, Doctor: "d", Field: "f", Source: rapid.SampledFrom([]string{SourceBehaviour, SourceComputed, SourceImport}).Draw(t, "weak"), Value: `"weak"`, At: end + 179*testDay}
		if got, ok := fold(append(with, weak), freshDefault); !ok || got != said {
			t.Fatalf("%+v stands over a fresh answer", got)
		}
		back := Observation{ID: 99, Doctor: "d", Field: "f", Source: SourceAnswer, Value: TakenBack, At: end + 1}
		if got, ok := fold(append(with, back), freshDefault); ok != stood || got != before {
			t.Fatalf("taken back: %v %+v, before %v %+v", ok, got, stood, before)
		}
	})
}
