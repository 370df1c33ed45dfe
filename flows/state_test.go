package flows

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/flows/cond"
)

// plainState is a state without its own reading and writing.
type plainState State

// sameState compares states; a list that is there and empty counts as absent, because the engine makes no difference.
func sameState(a, b State) string {
	return cmp.Diff(plainState(a), plainState(b), cmpopts.EquateComparable(cond.Value{}), cmpopts.EquateEmpty())
}

// samples are states of every shape.
func stateSamples(tb testing.TB) []State {
	k := newTalker(tb, talkEngine(tb))
	out := []State{{}}
	see := func() { out = append(out, k.st) }
	k.step(Input{Kind: InFollow})
	see()
	for _, line := range []string{"医师", "同意", "王<建>国", "主任", "用过", "80", "没有", "会议", "返回", "会议", "当面聊", "同意", "下周三下午", "皮疹", "是", "人工"} {
		k.say(line)
		see()
	}
	one, list := cond.Number(1.5), cond.List("a", "b")
	return append(out, State{Talk: -3, Lang: "en", Then: "next", Gone: map[string]int{"x": 2}, Past: map[string]int64{"y": 5}, Frames: []Frame{{
		Flow: "f", Hash: "h", P: 3, Mode: modePick, Cand: []string{"p", "q\"r\\s\n"}, Tries: 2, Probed: true, Own: true, Run: 2,
		Old:    []Got{{Q: "o", V: cond.None(), Known: true}, {Q: "", V: cond.Bool(true), Unknown: true}},
		Vars:   []Var{{"v", cond.Bool(false), ""}, {"w", cond.List(), "标签"}, {"n", cond.Number(-0.25), "\u2028"}, {"big", cond.Number(1e300), ""}},
		Log:    []Mark{{K: "a", N: "x", V: &one, L: "一"}, {K: "p", N: "f", V: &list, B: "x"}, {K: "t", N: "标签 <b>", B: "x"}, {K: "c", N: "b"}},
		Visits: []Visit{{"x", 2}}, Carry: []string{"c1", "c\n2"}, Stay: "s", Case: "AE-1", Subs: []Frame{{Call: "b", R: 1, In: []Var{{N: "item", V: cond.Text("k"), L: "甲"}}}}, Off: []Frame{{Call: "b", R: 2}},
	}}}, State{Frames: []Frame{{Flow: "f", Draft: &Draft{Got: Got{Q: "a", V: cond.Text("一\u0001")}, Raw: "原话", How: "label", Added: []string{"一"}}}}})
}

// TestStateJSON: the own writing is byte for byte that of encoding/json, and what it wrote is read without its help.
func TestStateJSON(t *testing.T) {
	for _, st := range stateSamples(t) {
		own, err := st.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(plainState(st))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(plain), string(own)); diff != "" {
			t.Errorf("written differently (-encoding/json +own):\n%s", diff)
		}
		var back State
		if err := json.Unmarshal(own, &back); err != nil {
			t.Fatal(err)
		}
		if diff := sameState(st, back); diff != "" {
			t.Errorf("%s: read differently:\n%s", own, diff)
		}
		r := newStateReader(own)
		r.state(&State{})
		if r.odd || r.i != len(r.s) {
			t.Errorf("stopped at %d: %s", r.i, own)
		}
	}
}

// FuzzStateJSON: whatever encoding/json reads as a state is read alike, and survives writing.
func FuzzStateJSON(f *testing.F) {
	for _, st := range stateSamples(f) {
		data, err := json.Marshal(st)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
		f.Add(strings.ReplaceAll(string(data), ",", " ,\n "))
	}
	for _, s := range []string{`{"f":[{"a":[{"q":"x","v":1,"v":2}]}]}`, `{"f":null}`, `{"F":[]}`, `{"t":01}`, `{"t":1}x`, `{"f":[{"l":[{"k":"a","n":null,"v":null}]}]}`,
		`{"f":[{"l":[{"k":"a","n":"x"},]}]}`, `{"l":["\ud800"]}`, `{"q":null,"z":1.0}`, `{"f":[{"d":{"q":"x","v":"y","h":"again"}}]}`, `{"f":[{"p":-0}]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		var own State
		var plain plainState
		wrong := json.Unmarshal([]byte(data), &plain)
		if err := json.Unmarshal([]byte(data), &own); (err == nil) != (wrong == nil) {
			t.Fatalf("%q: %v, encoding/json says %v", data, err, wrong)
		}
		if wrong != nil {
			return
		}
		if diff := sameState(State(plain), own); diff != "" {
			t.Fatalf("%q (-encoding/json +own):\n%s", data, diff)
		}
		again, err := own.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(plainState(own))
		if err != nil || string(want) != string(again) {
			t.Fatalf("%q is written as\n%s\nencoding/json\n%s", data, again, want)
		}
	})
}

// TestOldState: a talk that an earlier version saved goes on: no rounds, no runs, flow and step written out.
func TestOldState(t *testing.T) {
	e := talkEngine(t)
	hash := e.lib.Flow("visit").Hash()
	saved := `{"t":1,"a":1772589600000,"f":[{"f":"visit","h":"` + hash + `","p":2,"q":"patients","t":1,"a":[{"q":"title","v":"chief"},{"q":"used","v":"yes"}],` +
		`"l":[{"k":"a","n":"title"},{"k":"p","n":"title"},{"k":"a","n":"used"}]}]}`
	var st State
	if err := json.Unmarshal([]byte(saved), &st); err != nil {
		t.Fatal(err)
	}
	k := newTalker(t, e)
	k.facts.Consents["base"], k.st = "p1", st
	if out := k.say("80"); out.Pending.ID != "safety" || len(out.Answers) != 1 {
		t.Errorf("%+v", out.Pending)
	}
	if out := k.say("返回", "返回", "返回"); out.Pending.ID != "title" || len(out.Retracted) != 1 || out.Profile[0].Field != "title" || !out.Profile[0].Value.IsNone() {
		t.Errorf("%+v %+v %+v", out.Pending, out.Retracted, out.Profile)
	}
}

// TestDeepState: a blob that nests without end is refused, and one that encoding/json still reads is stepped, on a bounded stack.
func TestDeepState(t *testing.T) {
	nested := func(n int) []byte {
		return []byte(`{"f":[{"f":"visit","s":[` + strings.Repeat(`{"s":[`, n) + strings.Repeat(`]}`, n) + `]}]}`)
	}
	var st State
	if err := st.UnmarshalJSON(nested(2_000_000)); err == nil {
		t.Error("two million frames within one another were read")
	}
	if err := st.UnmarshalJSON(nested(4000)); err != nil {
		t.Fatal(err)
	}
	out := talkEngine(t).Step(st, Input{Kind: InText, Text: "1", At: testNow}, Facts{})
	if _, err := out.State.MarshalJSON(); err != nil {
		t.Error(err)
	}
}
