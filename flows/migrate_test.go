package flows

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const newSteps = `  - id: department
    ask: 您在哪个科室？
    type: text
  - id: title
    ask: 您的职称是？
    choices:
      - chief: 主任医师
      - other: 其他职称
    save: profile.title
  - id: beds
    ask: 多少张床位？
    type: number
  - id: rooms
    ask: 几间病房？
    type: number
    when: title == chief
  - set: {size: "if(beds > 50, big, small)"}
  - say: 谢谢，${department}，${title}。
  - end: done
`

const moveAll = "migrate:\n  - from: any\n    rename: {dept: department}\n    values: {title: {zhuren: chief}}\n    drop: [color]\n"

// TestMove: answers come along under their new names and values, on record and in the portrait; the same question waits.
func TestMove(t *testing.T) {
	old, now := edition(t, "", oldSteps), edition(t, moveAll, newSteps)
	k := talked(t, old, "心内科", "主任医师")
	k.publish(now, old)
	out := k.say("200")
	if d := cmp.Diff([]string{"department=心内科", "title=chief", "beds=200"}, ids(out.Answers)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"dept", "title"}, retracted(out)); d != "" {
		t.Error(d)
	}
	if a := out.Answers[0]; a.How != "moved" || a.Asked != "您在哪个科室？" || a.Hash != now.Flow("q").Hash() || out.Answers[1].Label != "主任医师" {
		t.Errorf("%+v", out.Answers)
	}
	if got := k.facts.Profile["title"].Value.Str(); got != "chief" {
		t.Errorf("portrait %q", got)
	}
	if out.Pending.ID != "rooms" || out.Moved[0].How != "move" {
		t.Errorf("pending %q, moved %v", out.Pending.ID, out.Moved)
	}
	if out = k.say("3"); out.Ended != "done" || out.Reply() != "谢谢，心内科，主任医师。" || out.snap.values["size"].Str() != "big" {
		t.Errorf("%q %v", out.Reply(), out.snap)
	}
}

// TestMoveOfTheOpenQuestion: an open question that only has another name takes the reply; one that reads replies in another way is asked again.
func TestMoveOfTheOpenQuestion(t *testing.T) {
	old, now := edition(t, "", oldSteps), edition(t, moveAll, newSteps)
	k := talked(t, old)
	k.publish(now, old)
	if out := k.say("心内科"); out.Pending.ID != "title" || len(out.Answers) != 1 || out.Answers[0].Question != "department" {
		t.Errorf("renamed: %+v", out.Answers)
	}
	turned := strings.Replace(newSteps, "      - chief: 主任医师\n      - other: 其他职称\n", "      - other: 其他职称\n      - chief: 主任医师\n", 1)
	k = talked(t, old, "心内科")
	k.publish(edition(t, moveAll, turned), old)
	if out := k.say("1"); out.Pending.ID != "title" || len(out.Answers) != 1 || !strings.Contains(out.Reply(), "1. 其他职称") {
		t.Errorf("turned: %q %+v", out.Reply(), out.Answers)
	}
	if out := k.say("1"); out.Answers[0].Value.Str() != "other" {
		t.Errorf("turned: %+v", out.Answers)
	}
}

// TestMoveWithoutThePlace: when the open question is gone, the talk goes on at the first open one after the last answer, or ends.
func TestMoveWithoutThePlace(t *testing.T) {
	old, now := edition(t, "", oldSteps), edition(t, moveAll, newSteps)
	k := talked(t, old, "心内科", "主任医师", "200") // color is gone, rooms is new
	k.publish(now, old)
	out := k.say("红")
	if out.Pending.ID != "rooms" || !strings.Contains(out.Reply(), "几间病房") || len(out.Answers) != 2 {
		t.Errorf("%q %v", out.Reply(), ids(out.Answers))
	}
	k = talked(t, old, "心内科", "其他职称", "200") // rooms does not apply
	k.publish(now, old)
	if out = k.say("红"); out.Ended != "done" || !strings.Contains(out.Reply(), "谢谢，心内科，其他职称。") {
		t.Errorf("%q ended %q", out.Reply(), out.Ended)
	}
}

// TestMoveRefused: an answer without a place keeps the talk on its version; the operators hear of it once.
func TestMoveRefused(t *testing.T) {
	old := edition(t, "", oldSteps)
	now := edition(t, strings.Replace(moveAll, "    rename: {dept: department}\n", "", 1), newSteps)
	k := talked(t, old, "心内科")
	k.publish(now, old)
	out := k.e.Step(k.st, Input{Kind: InText, Text: "主任医师", At: k.now}, k.facts)
	if len(out.Problems) != 1 || !strings.Contains(out.Problems[0].Message, "dept") || out.Pending.ID != "beds" || len(out.Moved) != 0 {
		t.Fatalf("%v pending %v moved %v", out.Problems, out.Pending, out.Moved)
	}
	k.st = out.State
	if out = k.say("10", "红"); out.Ended != "done" { // say fails on further problems
		t.Errorf("%q", out.Reply())
	}
}

// TestMoveTakesBackWhatDoesNotApply: an answer whose condition does not hold in the new version stops counting.
func TestMoveTakesBackWhatDoesNotApply(t *testing.T) {
	old := edition(t, "", oldSteps)
	now := edition(t, "migrate:\n  - {from: any, policy: move}\n", strings.Replace(oldSteps, "    ask: 多少张床位？\n", "    ask: 多少张床位？\n    when: title == zhuren\n", 1))
	k := talked(t, old, "心内科", "其他职称", "30")
	k.publish(now, old)
	out := k.say("红")
	if d := cmp.Diff([]string{"beds"}, retracted(out)); d != "" || out.Ended != "done" {
		t.Errorf("%s %q", d, out.Reply())
	}
	if _, ok := out.snap.answers["beds"]; ok {
		t.Error("the answer still counts")
	}
}

// TestMoveReordered: answers that come later in the new order are not asked for again.
func TestMoveReordered(t *testing.T) {
	old := edition(t, "", oldSteps)
	title := "  - id: title\n    ask: 您的职称是？\n    choices:\n      - zhuren: 主任医师\n      - other: 其他职称\n    save: profile.title\n"
	steps := strings.Replace(oldSteps, title, "", 1)
	steps = strings.Replace(steps, "  - set:", title+"  - set:", 1)
	k := talked(t, old, "心内科", "其他职称")
	k.publish(edition(t, "migrate:\n  - {from: any, policy: move}\n", steps), old)
	out := k.say("30")
	if out.Pending.ID != "color" {
		t.Fatalf("pending %q", out.Pending.ID)
	}
	if out = k.say("红"); out.Ended != "done" || len(retracted(out)) != 0 || out.Reply() != "谢谢，心内科，其他职称。" {
		t.Errorf("%q ended %q retracted %v", out.Reply(), out.Ended, retracted(out))
	}
}

// TestMoveResume: the entry may name the question at which talks go on.
func TestMoveResume(t *testing.T) {
	old := edition(t, "", oldSteps)
	now := edition(t, strings.Replace(moveAll, "    drop:", "    resume: rooms\n    drop:", 1), newSteps)
	k := talked(t, old, "心内科", "主任医师")
	k.publish(now, old)
	if out := k.say("200"); out.Pending.ID != "rooms" || len(out.Answers) != 2 || !strings.Contains(out.Reply(), "几间病房") {
		t.Errorf("%q %v", out.Reply(), ids(out.Answers))
	}
}

// TestMoveBeforeConsent: answers that wait for consent change their names where they wait.
func TestMoveBeforeConsent(t *testing.T) {
	consent := "  - id: ok\n    ask: 是否同意记录？\n    type: consent\n    policy: p1\n"
	old, now := edition(t, "", strings.Replace(oldSteps, "  - set:", consent+"  - set:", 1)), edition(t, moveAll, strings.Replace(newSteps, "  - set:", consent+"  - set:", 1))
	e, err := NewEngine(old, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := newTalker(t, e)
	k.say("开始", "心内科", "主任医师")
	k.publish(now, old)
	if out := k.say("9"); len(out.Answers) != 0 || len(out.Retracted) != 0 {
		t.Errorf("stored before consent: %v %v", out.Answers, out.Retracted)
	}
	out := k.say("3", "同意")
	if d := cmp.Diff([]string{"department=心内科", "title=chief", "beds=9", "rooms=3", "ok=agree"}, ids(out.Answers)); d != "" {
		t.Error(d)
	}
	if k.facts.Profile["title"].Value.Str() != "chief" {
		t.Errorf("portrait %+v", k.facts.Profile)
	}
}

// TestMoveAndBack: going back finds its way by the new names.
func TestMoveAndBack(t *testing.T) {
	old, now := edition(t, "", oldSteps), edition(t, moveAll, newSteps)
	k := talked(t, old, "心内科", "主任医师")
	k.publish(now, old)
	k.say("200")
	out := k.say("返回", "返回", "返回")
	if out.Pending.ID != "department" {
		t.Fatalf("pending %q", out.Pending.ID)
	}
	if out = k.say("肾内科", "其他职称", "10"); out.Ended != "done" || out.Reply() != "谢谢，肾内科，其他职称。" || out.snap.values["size"].Str() != "small" {
		t.Errorf("%q %v", out.Reply(), out.snap)
	}
}

// TestRestart: the flow begins again; what was answered is offered.
func TestRestart(t *testing.T) {
	old := edition(t, "", oldSteps)
	now := edition(t, "migrate:\n  - {from: any, policy: restart, rename: {dept: department}, values: {title: {zhuren: chief}}}\n", newSteps)
	k := talked(t, old, "心内科", "主任医师")
	k.publish(now, old)
	out := k.say("200")
	if d := cmp.Diff([]string{"dept", "title"}, retracted(out)); d != "" {
		t.Error(d)
	}
	if out.Pending.ID != "department" || !out.Pending.Confirming || !strings.Contains(out.Reply(), "心内科") || out.Moved[0].How != "restart" {
		t.Errorf("%q %v", out.Reply(), out.Moved)
	}
	if out = k.say("是"); out.Pending.ID != "title" || !strings.Contains(out.Reply(), "主任医师") || !out.Pending.Confirming {
		t.Errorf("%q", out.Reply())
	}
	out = k.say("对", "30", "2")
	if out.Ended != "done" || out.Reply() != "谢谢，心内科，主任医师。" {
		t.Errorf("%q", out.Reply())
	}
}
