package flows

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestRecallStop: a talk on a recalled version ends at the next message with the text of the recall; the version is not started again.
func TestRecallStop(t *testing.T) {
	lib := edition(t, "", oldSteps)
	f := lib.Flow("q")
	for _, c := range []struct{ hash, say, want string }{
		{f.Hash(), "这份问卷有误，已经停用。", "这份问卷有误，已经停用。"},
		{f.Shape(), "", "已经停用"},
	} {
		k := talked(t, lib, "心内科")
		k.e = k.e.WithRecalls([]Recall{{Flow: "q", Hash: c.hash, Reason: "字错", Say: c.say, Policy: RecallStop}})
		out := k.say("主任医师")
		want := []Moved{{Flow: "q", From: f.Hash(), How: "stop", Reason: "字错"}}
		if d := cmp.Diff(want, out.Moved); d != "" || out.Ended != "recalled" || !strings.Contains(out.Reply(), c.want) || len(out.Answers) != 0 || !out.State.Idle() {
			t.Errorf("%s ended %q: %q", d, out.Ended, out.Reply())
		}
		if out = k.say("开始"); out.Pending.ID != "" || !k.e.Recalled(f) {
			t.Errorf("started again: %q", out.Reply())
		}
		if out = k.step(Input{Kind: InStart, Key: "q"}); out.Pending.ID != "" {
			t.Errorf("started by name: %q", out.Reply())
		}
	}
}

// TestRecallMove: a talk on a recalled version goes to the one in force: by its entry, else to the same question. Reminders of the old one fall silent.
func TestRecallMove(t *testing.T) {
	header := "remind:\n  - {after: 1h, say: 还在吗？}\n"
	old := edition(t, header, oldSteps)
	r := []Recall{{Flow: "q", Hash: old.Flow("q").Hash(), Reason: "字错", Policy: RecallMove}}
	k := talked(t, old, "心内科", "主任医师")
	k.publish(edition(t, moveAll, newSteps), old)
	k.e = k.e.WithRecalls(r)
	k.now = k.now.Add(2 * 3600e9)
	if out := k.step(Input{Kind: InTick}); len(out.Says) != 0 || len(out.Moved) != 0 {
		t.Errorf("a reminder of a recalled version: %q", out.Reply())
	}
	if out := k.say("200"); out.Moved[0].How != "recall" || out.Moved[0].Reason != "字错" || out.Pending.ID != "rooms" || len(out.Answers) != 3 {
		t.Errorf("by its entry: %v %v", out.Moved, ids(out.Answers))
	}
	k = talked(t, old, "心内科", "主任医师")
	k.publish(edition(t, "", newSteps), old)
	k.e = k.e.WithRecalls(r)
	if out := k.say("200"); out.Ended != "done" || out.snap.answers["beds"].Num() != 200 || out.snap.answers["dept"].Str() != "心内科" {
		t.Errorf("to the same question: %+v %v", out.Pending, out.snap.answers)
	}
	k = talked(t, old, "心内科")
	k.publish(edition(t, header, strings.Replace(oldSteps, "您的职称是", "职称", 1)), old)
	k.e = k.e.WithRecalls(r)
	if out := k.say("主任医师"); out.Moved[0].How != "recall" || out.Pending.ID != "beds" || len(out.Answers) != 1 {
		t.Errorf("to newer words: %v %v", out.Moved, ids(out.Answers))
	}
}

// TestRecallWithoutAWayOut: when nothing better is in force, talks on a recalled version end, also when only time has passed.
func TestRecallWithoutAWayOut(t *testing.T) {
	lib := edition(t, "", oldSteps)
	k := talked(t, lib, "心内科")
	k.e = k.e.WithRecalls([]Recall{{Flow: "q", Hash: lib.Flow("q").Hash(), Policy: RecallMove}})
	if out := k.step(Input{Kind: InTick}); out.Ended != "recalled" || len(out.Says) != 1 {
		t.Errorf("%q ended %q", out.Reply(), out.Ended)
	}
}

// TestRecallOfAFlowOnTop: a recalled flow that was pushed over a talk ends, and the talk comes back.
func TestRecallOfAFlowOnTop(t *testing.T) {
	top := "flow: top\nstart: {on: [\"word:插一句\"]}\nsteps:\n  - id: x\n    ask: 什么？\n    type: text\n    length: 10..20\n  - end: done\n"
	lib := mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte("flow: q\nstart: {on: [\"word:开始\"]}\nsteps:\n  - id: a\n    ask: 甲？\n    type: number\n  - end: done\n")}, "top.yaml": {Data: []byte(top)}})
	k := talked(t, lib, "插一句")
	if len(k.st.Frames) != 2 {
		t.Fatalf("%+v", k.st.Frames)
	}
	k.e = k.e.WithRecalls([]Recall{{Flow: "top", Hash: lib.Flow("top").Hash(), Policy: RecallStop, Say: "停了。"}})
	out := k.say("好")
	if out.Ended != "" || out.Pending.ID != "a" || !strings.Contains(out.Reply(), "停了。") || !strings.Contains(out.Reply(), "甲？") {
		t.Errorf("%q pending %q", out.Reply(), out.Pending.ID)
	}
}

// TestRecalledCallee: a recalled flow is not called either: the one in force takes its place, or the step is passed.
func TestRecalledCallee(t *testing.T) {
	lib := func(ask string) *Library {
		return mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte("flow: q\nstart: {on: [\"word:开始\"]}\nsteps:\n  - id: a\n    ask: 甲？\n    type: text\n  - call: sub\n  - end: done\n")},
			"sub.yaml": {Data: []byte("flow: sub\nsteps:\n  - id: place\n    ask: 地点？\n" + ask + "  - end: done\n")}})
	}
	old, now := lib("    type: text\n"), lib("    type: number\n")
	r := []Recall{{Flow: "sub", Hash: old.Flow("sub").Shape(), Policy: RecallMove}}
	k := talked(t, old)
	k.publish(now, old)
	k.e = k.e.WithRecalls(r)
	if out := k.say("一"); out.Pending.ID != "sub.place" || out.Pending.Type != "number" {
		t.Errorf("%+v", out.Pending)
	}
	k = talked(t, old)
	k.e = k.e.WithRecalls(r)
	out := k.e.Step(k.st, Input{Kind: InText, Text: "一", At: k.now}, k.facts)
	if out.Ended != "done" || len(out.Problems) != 1 {
		t.Errorf("ended %q %v", out.Ended, out.Problems)
	}
}

// TestRecallKeepsSafetyWords: a report typed in the turn in which a talk is stopped is opened all the same.
func TestRecallKeepsSafetyWords(t *testing.T) {
	files := edition(t, "", oldSteps).files
	files[configFile] = []byte("listen:\n  - {id: ae, when_text: [皮疹], do: report, say: 已登记。}\n")
	lib, _ := loadFiles(files, false)
	k := talked(t, lib, "心内科")
	k.e = k.e.WithRecalls([]Recall{{Flow: "q", Hash: lib.Flow("q").Hash(), Policy: RecallStop}})
	if out := k.say("皮疹"); len(out.Cases) != 1 || out.Ended != "recalled" {
		t.Errorf("%q %+v", out.Reply(), out.Cases)
	}
}
