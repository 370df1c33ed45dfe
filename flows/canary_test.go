package flows

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func canaryFolder(t *testing.T, ask, noted string) *Library {
	t.Helper()
	return mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte("flow: q\nstart: {on: [\"word:开始\"]}\nsteps:\n  - id: a\n    ask: " + ask + "\n    type: number\n    retry: [\"${answer}？\"]\n  - end: done\n")},
		configFile: {Data: []byte("texts: {noted: " + noted + "}\n")}})
}

// TestCanaryShare: so many of the doctors start ahead, always the same ones, and a larger share only adds to them.
func TestCanaryShare(t *testing.T) {
	lib, next := canaryFolder(t, "几位？", "记下了。"), canaryFolder(t, "请问几位？", "新：记下了。")
	base, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	ahead := func(share int) map[int]bool {
		e, out := base.With(next, share), map[int]bool{}
		for i := range 500 {
			start, doctor := Input{Kind: InText, Text: "开始", At: testNow}, Facts{Doctor: fmt.Sprint("d", i)}
			got := e.Step(State{}, start, doctor)
			out[i] = got.Pending.Hash == next.Flow("q").Hash()
			if again := e.Step(State{}, start, doctor); again.Pending.Hash != got.Pending.Hash || got.Pending.Hash == "" {
				t.Fatal("another version for the same doctor")
			}
		}
		return out
	}
	count := func(m map[int]bool) (n int) {
		for _, on := range m {
			if on {
				n++
			}
		}
		return n
	}
	none, some, more, all := ahead(0), ahead(20), ahead(50), ahead(100)
	if count(none) != 0 || count(all) != 500 || count(some) < 60 || count(some) > 140 || count(more) < 200 || count(more) > 300 {
		t.Errorf("%d %d %d %d of 500", count(none), count(some), count(more), count(all))
	}
	for i, on := range some {
		if on && !more[i] {
			t.Errorf("doctor %d left the canary when the share grew", i)
		}
	}
}

// TestCanaryTalksStay: talks stay on the library that they began with, lines included, whatever becomes of the share.
func TestCanaryTalksStay(t *testing.T) {
	lib, next := canaryFolder(t, "几位？", "记下了。"), canaryFolder(t, "请问几位？", "新：记下了。")
	base, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := newTalker(t, base.With(next, 100))
	if out := k.say("开始"); !strings.Contains(out.Reply(), "请问几位") {
		t.Fatalf("%q", out.Reply())
	}
	k.e = base.With(next, 0)
	if out := k.say("三"); len(out.Moved) != 0 || out.Reply() != "新：记下了。" {
		t.Errorf("%q %v", out.Reply(), out.Moved)
	}
	k = newTalker(t, base)
	k.say("开始")
	k.e = base.With(next, 100)
	if out := k.say("什么"); strings.Contains(out.Reply(), "请问") || len(out.Moved) != 0 {
		t.Errorf("a running talk went ahead: %q", out.Reply())
	}
	if got, share := k.e.Next(); got != next || share != 100 || k.e.Library() != lib {
		t.Errorf("next %v %d", got, share)
	}
	if got, _ := k.e.With(nil, 50).Next(); got != nil {
		t.Error("the canary did not end")
	}
}

// TestCanaryOfANewFlow: a flow that only the canary has starts for its doctors alone; a recalled version ahead gives way to the one in force.
func TestCanaryOfANewFlow(t *testing.T) {
	lib := canaryFolder(t, "几位？", "记下了。")
	next := mustLoad(t, fstest.MapFS{"q.yaml": {Data: lib.files["q.yaml"]}, "more.yaml": {Data: []byte("flow: more\nstart: {on: [\"word:更多\"]}\nsteps:\n  - id: a\n    ask: 还要？\n    type: text\n  - end: done\n")}})
	base, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	for share, want := range map[int]string{0: "", 100: "a"} {
		k := newTalker(t, base.With(next, share))
		if out := k.say("更多"); out.Pending.ID != want {
			t.Errorf("share %d: pending %q", share, out.Pending.ID)
		}
	}
	other := canaryFolder(t, "请问几位？", "记下了。")
	k := newTalker(t, base.With(other, 100).WithRecalls([]Recall{{Flow: "q", Hash: other.Flow("q").Hash(), Policy: RecallMove}}))
	if out := k.say("开始"); out.Pending.Hash != lib.Flow("q").Hash() {
		t.Errorf("started %q", out.Reply())
	}
}
