package bot

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

func TestCaseNoIsTheSameForTheSameTurnAndDiffersOtherwise(t *testing.T) {
	no := caseNo("doc", 7, noon)
	if !regexp.MustCompile(`^AE-20261121-[0-9A-HJKMNP-TV-Z]{6}$`).MatchString(no) {
		t.Errorf("case number %q has the wrong shape", no)
	}
	if again := caseNo("doc", 7, noon); again != no {
		t.Errorf("the same turn gave %s and %s", no, again)
	}
	seen := map[string]bool{}
	for seq := range int64(1000) {
		seen[caseNo("doc", seq, noon)] = true
	}
	if len(seen) != 1000 {
		t.Errorf("1000 turns gave %d numbers", len(seen))
	}
}

// Facts that go from turn to turn must be those that a fresh read gives: tags, consents, values and cases come and go.
func TestFactsAfterATurn(t *testing.T) {
	before := factsOf(store.DoctorFile{
		Doctor:   store.Doctor{ID: "d", Version: 3},
		Portrait: []store.PortraitValue{{Field: "name", Value: `"张三"`, At: 5, Source: "answer"}, {Field: "age", Value: `40`, At: 5}},
		Consents: []store.Consent{{Purpose: "base", Policy: "v1", Granted: true}, {Purpose: "share", Policy: "v1"}},
		Tags:     []store.Tag{{Tag: "b"}, {Tag: "a"}},
		Sent:     []string{"y", "x"},
	})
	turn := &store.Turn{
		Doctor:   store.Doctor{ID: "d", Version: 3, Name: "李四"},
		Portrait: []store.PortraitValue{{Field: "name", Value: `"李四"`, At: 9, Source: "answer"}, {Field: "age", Value: `null`, At: 9}},
		Consents: []store.Consent{{Purpose: "share", Policy: "v2", Granted: true}, {Purpose: "base"}},
		Tags:     []store.Tag{{Tag: "a", RemovedAt: 9}, {Tag: "c"}, {Tag: "never", RemovedAt: 9}},
		Sent:     []store.Sent{{Content: "z"}, {Content: "x"}},
		Cases:    []store.Case{{No: "AE-1", Status: store.CaseOpen}},
	}
	got := before.after(turn)
	want := facts{
		Doctor:   turn.Doctor,
		Profile:  map[string]flows.Known{"name": {At: time.UnixMilli(9).UTC(), Source: "answer"}},
		Consents: map[string]string{"share": "v2"},
		Tags:     []string{"b", "c"},
		Sent:     []string{"x", "y", "z"},
		OpenCase: "AE-1",
	}
	if got.Profile["name"].Value.Str() != "李四" {
		t.Errorf("name is %q", got.Profile["name"].Value.Str())
	}
	ignoreValue := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Value" }, cmp.Ignore())
	if diff := cmp.Diff(want, got, ignoreValue); diff != "" {
		t.Errorf("facts after the turn (-want +got):\n%s", diff)
	}
	if before.Profile["name"].Value.Str() != "张三" || len(before.Tags) != 2 || before.Consents["base"] != "v1" {
		t.Error("the turn changed the facts that it was decided on")
	}
	closed := got.after(&store.Turn{Doctor: turn.Doctor, Cases: []store.Case{{No: "AE-1", Status: store.CaseReported}}})
	if closed.OpenCase != "" {
		t.Errorf("the case is still open: %s", closed.OpenCase)
	}
}

func TestFactsForTheEngine(t *testing.T) {
	f := facts{Doctor: store.Doctor{ID: "d", Level: 2, OptedOut: true}, Tags: []string{"t"}, Sent: []string{"c"}, OpenCase: "AE-1"}
	e := f.forEngine(4, noon, nil, nil)
	if e.Doctor != "d" || e.Level != 2 || !e.OptedOut || !e.Tags["t"] || !e.Sent["c"] || e.OpenCase != "AE-1" || e.CaseNo != caseNo("d", 4, noon) {
		t.Errorf("facts for the engine: %+v", e)
	}
}
