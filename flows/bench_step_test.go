package flows

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// calibrated is a state as a plain engine would keep it, 391 bytes of JSON: the unit in which the cost of a turn is told.
type calibrated struct {
	Talk    int               `json:"talk"`
	Flow    string            `json:"flow"`
	Version string            `json:"version"`
	Step    int               `json:"step"`
	Asked   int64             `json:"asked"`
	Tries   int               `json:"tries"`
	Answers map[string]string `json:"answers"`
	Tags    []string          `json:"tags"`
	Scores  map[string]int    `json:"scores"`
	Done    []string          `json:"done"`
}

func calibrator() calibrated {
	return calibrated{
		Talk: 12, Flow: "first_visit", Version: "9b1c5e0f7a2d4c68", Step: 8, Asked: 1772589600000, Tries: 1,
		Answers: map[string]string{"role": "doctor", "name": "王建国", "title": "deputy", "hospital": "pumch", "department": "cardiology", "patients": "80"},
		Tags:    []string{"doctor", "literature", "warm"}, Scores: map[string]int{"fit": 35, "intent": 40},
		Done: []string{"role", "consent", "name", "title", "hospital", "department", "patients", "interests_known"},
	}
}

// roundTrip is one calibrator.
func roundTrip(b testing.TB, data []byte) {
	var c calibrated
	if err := json.Unmarshal(data, &c); err != nil {
		b.Fatal(err)
	}
	if _, err := json.Marshal(c); err != nil {
		b.Fatal(err)
	}
}

// fortyQuestions is a flow of 40 questions with conditions and computed values; 30 of them are answered.
func fortyQuestions(tb testing.TB) (*Engine, State, Facts) {
	var b strings.Builder
	for i := range 40 {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "  - id: q%d\n    ask: 第 %d 题，用过吗？\n    type: yesno\n", i, i)
		case 1:
			fmt.Fprintf(&b, "  - id: q%d\n    when: q%d == yes\n    ask: 第 %d 题，每月几位？\n    type: number\n    range: 0..500\n", i, i-1, i)
		case 2:
			fmt.Fprintf(&b, "  - id: q%d\n    ask: 第 %d 题，哪些？\n    type: many\n    choices: [{a: 文献}, {b: 病例}, {c: 会议}, {d: 视频}]\n", i, i)
		default:
			fmt.Fprintf(&b, "  - id: q%d\n    ask: 第 %d 题，哪一个？\n    choices: [{a: {label: 主任医师, score: 3}}, {b: 副主任医师}, {c: 主治医师}]\n  - set: {s%d: score(q%d) + sum(q%d)}\n", i, i, i, i, i-2)
		}
	}
	e, err := NewEngine(mustLoadTB(tb, b.String()+"  - end: done\n"), nil)
	if err != nil {
		tb.Fatal(err)
	}
	k := newTalker(tb, e)
	k.facts.Consents["base"] = "p"
	k.step(Input{Kind: InStart, Key: "f"})
	for i := range 30 {
		k.say([]string{"是", "80", "1、3", "2"}[i%4])
	}
	if k.st.Frames[0].Q != "q30" {
		tb.Fatalf("stands at %s", k.st.Frames[0].Q)
	}
	return e, k.st, k.facts
}

func mustLoadTB(tb testing.TB, steps string) *Library {
	return mustLoad(tb, flowOf(steps))
}

// BenchmarkStep40 is one turn in the middle of a flow of 40 questions, with the state decoded and encoded. It prints the cost in calibrators: the
// median over rounds of 64 turns and 64 calibrators, because other work on the machine comes and goes.
func BenchmarkStep40(b *testing.B) {
	e, st, facts := fortyQuestions(b)
	data, err := json.Marshal(st)
	if err != nil {
		b.Fatal(err)
	}
	unit, err := json.Marshal(calibrator())
	if err != nil || len(unit) != 391 {
		b.Fatalf("calibrator of %d bytes: %v", len(unit), err)
	}
	in := Input{Kind: InText, Text: "1、3", At: testNow}
	var rounds []float64
	n, start := 0, time.Now()
	b.ReportAllocs()
	for b.Loop() {
		var st State
		if err := st.UnmarshalJSON(data); err != nil {
			b.Fatal(err)
		}
		out := e.Step(st, in, facts)
		if _, err := out.State.MarshalJSON(); err != nil {
			b.Fatal(err)
		}
		if n++; n%64 != 0 {
			continue
		}
		own := time.Since(start)
		b.StopTimer()
		start = time.Now()
		for range 64 {
			roundTrip(b, unit)
		}
		rounds = append(rounds, float64(own)/float64(time.Since(start)))
		b.StartTimer()
		start = time.Now()
	}
	if len(rounds) > 0 { // -benchtime 1x runs too few
		slices.Sort(rounds)
		b.ReportMetric(rounds[len(rounds)/2], "calibrators")
	}
	b.ReportMetric(float64(len(data)), "state-bytes")
}
