package flows

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestCalledFlowMoves: a caller and the flow that it called move together, each by its own entry.
func TestCalledFlowMoves(t *testing.T) {
	folder := func(caller, callee string) *Library {
		return mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte("flow: q\nstart: {on: [\"word:开始\"]}\n" + caller)}, "sub.yaml": {Data: []byte("flow: sub\n" + callee)}})
	}
	callerSteps := "steps:\n  - id: a\n    ask: 甲？\n    type: text\n  - id: book\n    call: sub\n  - say: ${a}，${book.place or \"无\"}\n  - end: done\n"
	old := folder(callerSteps, "steps:\n  - id: city\n    ask: 城市？\n    type: text\n  - id: place\n    ask: 地点？\n    type: text\n  - end: done\n")
	now := folder("migrate:\n  - {from: any, policy: move}\n"+strings.Replace(callerSteps, "  - id: book", "  - say: 好。\n  - id: book", 1),
		"migrate:\n  - {from: any, rename: {city: town}}\nsteps:\n  - id: town\n    ask: 城市？\n    type: text\n  - id: place\n    ask: 地点？\n    type: text\n  - id: street\n    ask: 街道？\n    type: text\n  - end: done\n")
	k := talked(t, old, "一", "上海")
	k.publish(now, old)
	out := k.say("大会堂")
	if out.Pending.ID != "sub.street" || len(out.Moved) != 2 {
		t.Fatalf("pending %q moved %v", out.Pending.ID, out.Moved)
	}
	if d := cmp.Diff([]string{"sub.town=上海", "sub.place=大会堂"}, ids(out.Answers)); d != "" {
		t.Error(d)
	}
	if out = k.say("一号"); out.Ended != "done" || out.Reply() != "一，大会堂" {
		t.Errorf("%q", out.Reply())
	}
}

// TestCalledFlowInNewWords: a flow called from now on speaks in its newest words, if its shape is the caller's.
func TestCalledFlowInNewWords(t *testing.T) {
	folder := func(first, ask string) *Library {
		return mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte("flow: q\nstart: {on: [\"word:开始\"]}\nsteps:\n" + first + "  - id: a\n    ask: 甲？\n    type: text\n  - call: sub\n  - end: done\n")},
			"sub.yaml": {Data: []byte("flow: sub\nsteps:\n  - id: place\n    ask: " + ask + "\n    type: text\n  - end: done\n")}})
	}
	old, now := folder("", "地点？"), folder("  - say: 您好。\n", "在什么地点？")
	k := talked(t, old)
	k.publish(now, old)
	out := k.say("一")
	if out.Pending.ID != "sub.place" || !strings.Contains(out.Reply(), "在什么地点") || out.Pending.Hash != now.Flow("sub").Hash() || len(out.Moved) != 0 {
		t.Errorf("%q %v", out.Reply(), out.Moved)
	}
	if out = k.say("二"); out.Ended != "done" {
		t.Errorf("%q", out.Reply())
	}
}

// TestBlockMoves: rounds that were gone through and the one at hand come along.
func TestBlockMoves(t *testing.T) {
	steps := "  - id: which\n    ask: 哪些？\n    type: many\n    choices:\n      - a: 甲\n      - b: 乙\n  - id: BLOCK\n    block: {for_each: which}\n    steps:\n" +
		"      - id: QUESTION\n        ask: ${item} 几次？\n        type: number\n      - id: when_last\n        ask: 上次如何？\n        type: text\n  - say: 共 ${BLOCK.count} 轮。\n  - end: done\n"
	old := edition(t, "", strings.NewReplacer("BLOCK", "each", "QUESTION", "times").Replace(steps))
	now := edition(t, "migrate:\n  - {from: any, rename: {each: per_item, times: how_often}}\n", strings.NewReplacer("BLOCK", "per_item", "QUESTION", "how_often").Replace(steps))
	k := talked(t, old, "1、2", "3", "好", "4")
	k.publish(now, old)
	out := k.say("行")
	if out.Ended != "done" || !strings.Contains(out.Reply(), "共 2 轮") {
		t.Errorf("%q ended %q", out.Reply(), out.Ended)
	}
	got := ids(out.Answers)
	slices.Sort(got)
	want := []string{"per_item[1].how_often=3", "per_item[1].when_last=好", "per_item[2].how_often=4", "per_item[2].when_last=行"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"each[1].times", "each[1].when_last", "each[2].times"}, retracted(out)); d != "" {
		t.Error(d)
	}
}

// TestBlockGone: a block that is dropped takes its answers along.
func TestBlockGone(t *testing.T) {
	steps := "  - id: which\n    ask: 哪些？\n    type: many\n    choices:\n      - a: 甲\n      - b: 乙\nBLOCK  - id: more\n    ask: 还有？\n    type: text\n  - end: done\n"
	block := "  - id: each\n    block: {for_each: which}\n    steps:\n      - id: times\n        ask: 几次？\n        type: number\n"
	old := edition(t, "", strings.Replace(steps, "BLOCK", block, 1))
	k := talked(t, old, "1、2", "3")
	k.publish(edition(t, "migrate:\n  - {from: any, drop: [each]}\n", strings.Replace(steps, "BLOCK", "", 1)), old)
	out := k.say("4")
	if out.Pending.ID != "more" || len(out.Answers) != 0 || !slices.Contains(retracted(out), "each[1].times") {
		t.Fatalf("%q pending %q %v", out.Reply(), out.Pending.ID, retracted(out))
	}
	if out = k.say("没有"); out.Ended != "done" || len(out.snap.answers) != 2 {
		t.Errorf("%q %v", out.Reply(), out.snap.answers)
	}
}

// TestLostUnderARound: a talk in a round whose version is lost goes on where it can.
func TestLostUnderARound(t *testing.T) {
	steps := "  - id: each\n    block: {times: 2}\n    steps:\n      - id: times\n        ask: 几次？\n        type: number\n  - end: done\n"
	k := talked(t, edition(t, "", steps), "3")
	k.st.Frames[0].Hash = "gone"
	out := k.e.Step(k.st, Input{Kind: InText, Text: "4", At: k.now}, k.facts)
	if out.Pending.ID != "each[2].times" || len(out.Answers) != 0 || out.Moved[0].How != "lost" {
		t.Fatalf("%+v %v", out.Pending, out.Moved)
	}
	k.st = out.State
	if out = k.say("4"); out.Ended != "done" {
		t.Errorf("%q", out.Reply())
	}
}
