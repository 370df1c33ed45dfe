package flows

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows/cond"
)

const header = "flow: f\ntitle: 测试\napproval: {no: A-1, until: 2030-12-31}\n"

// flowOf is a folder with one flow of these steps, and further files by name, text, name, text …
func flowOf(steps string, more ...string) fstest.MapFS {
	fsys := fstest.MapFS{"f.yaml": {Data: []byte(header + "steps:\n" + steps)}}
	for i := 0; i+1 < len(more); i += 2 {
		fsys[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return fsys
}

// TestKnownMustFit: a value of the profile is taken only if the doctor could have given it as an answer.
func TestKnownMustFit(t *testing.T) {
	for _, c := range []struct {
		keys, profile string
		taken         bool
	}{
		{"type: number\n    range: 1..5", "3", true},
		{"type: number\n    range: 1..5", "99", false},
		{"type: number\n    range: 1..5", "abc", false},
		{"type: number\n    check: [{when: a == 3, say: 不行}]", "3", false},
		{"type: scale\n    range: 0..10", "7", true},
		{"type: scale\n    range: 0..10", "7.5", false},
		{"choices: [{x: 苹果}, {y: 香蕉}]", "x", true},
		{"choices: [{x: 苹果}, {y: 香蕉}]", "z", false},
		{"choices: [{x: {label: 苹果, when: \"1 == 2\"}}, {y: 香蕉}]", "x", false},
		{"type: many\n    choices: [{x: 苹果}, {y: 香蕉}, {n: {label: 都不要, only: true}}]", "[x, y]", true},
		{"type: many\n    choices: [{x: 苹果}, {y: 香蕉}, {n: {label: 都不要, only: true}}]", "[x, n]", false},
		{"type: many\n    choices: [{x: 苹果}, {y: 香蕉}, {z: 梨子}]\n    pick: 2..2", "[x]", false},
		{"type: yesno", "\"yes\"", true},
		{"type: yesno", "maybe", false},
		{"type: text\n    length: 2..4", "王建国", true},
		{"type: text\n    length: 2..4", "欧阳建国先生", false},
		{"type: text\n    pattern: \"^[0-9]{6}$\"", "\"12345\"", false},
		{"type: phone", "13800138000", true},
		{"type: phone", "138", false},
		{"type: date\n    future: true", "\"2026-03-09\"", true},
		{"type: date\n    future: true", "\"2026-03-01\"", false},
		{"type: date", "soon", false},
	} {
		for _, how := range []string{"skip", "confirm"} {
			turns := playLines(t, PlayOptions{FS: flowOf("  - id: a\n    ask: 甲？\n    " + c.keys + "\n    save: profile.x\n    known: " + how +
				"\n  - id: z\n    ask: 尾？\n    type: text\n  - end: done\n"), File: "f.yaml", Profile: []byte("x: " + c.profile + "\n")})
			reply := turns[0]["reply"].(string)
			skipped, confirmed := turns[0]["at"] == "z", strings.Contains(reply, "我们记录的")
			if got := how == "skip" && skipped || how == "confirm" && confirmed; got != c.taken {
				t.Errorf("%s, %s, %s: taken %v\n%s", c.keys, c.profile, how, got, reply)
			}
		}
	}
}

const branch = `  - id: used
    ask: 用过吗？
    type: yesno
  - id: n
    when: used == yes
    ask: 多少位？
    type: number
  - id: z
    ask: 还有吗？
    type: text
  - end: done
`

// TestAgainOffered: an answer that did not apply for a while is offered when it applies again, another one may be given instead.
func TestAgainOffered(t *testing.T) {
	opt := PlayOptions{FS: flowOf(branch), File: "f.yaml"}
	turns := playLines(t, opt, "是", "9", "返回", "返回", "否", "返回", "是", "对", "没了")
	last := turns[7]
	if last["at"] != "n" || !strings.Contains(last["reply"].(string), "多少位？\n您刚才的回答是“9”") {
		t.Errorf("offer: %v", last)
	}
	if answers := turns[9]["answers"].(map[string]any); answers["n"] != 9.0 || turns[9]["ended"] != "done" {
		t.Errorf("taken: %v", turns[9])
	}
	turns = playLines(t, opt, "是", "9", "返回", "返回", "否", "返回", "是", "12", "没了")
	if answers := turns[9]["answers"].(map[string]any); answers["n"] != 12.0 {
		t.Errorf("another: %v", turns[9])
	}
	turns = playLines(t, opt, "是", "9", "返回", "返回", "是")
	if strings.Contains(turns[5]["reply"].(string), "刚才") || turns[5]["at"] != "n" {
		t.Errorf("a question that stayed applicable was offered: %v", turns[5])
	}
	turns = playLines(t, opt, "是", "9", "返回", "返回", "否")
	if _, ok := turns[5]["answers"].(map[string]any)["n"]; ok {
		t.Errorf("still counts: %v", turns[5])
	}
}

// TestRefusalsAgree: accepted is false exactly where a refusal is counted.
func TestRefusalsAgree(t *testing.T) {
	titles := "  - id: a\n    ask: 职称\n    choices: [{a: 主任医师}, {b: 副主任医师}, {c: 主治医师}]\n    on_fail: stop\n  - end: done\n"
	turns := playLines(t, PlayOptions{FS: flowOf(titles), File: "f.yaml"}, "医师", "医师", "医师")
	for i, want := range []any{nil, nil, nil, "stop"} {
		if turns[i]["accepted"] != (i == 0) || turns[i]["ended"] != want {
			t.Errorf("candidates, turn %d: %v", i, turns[i])
		}
	}
	day := "  - id: d\n    ask: 哪天\n    type: date\n    on_fail: stop\n  - end: done\n"
	turns = playLines(t, PlayOptions{FS: flowOf(day), File: "f.yaml"}, "不清楚", "12月3号", "否", "不清楚", "12月3号", "否", "不清楚")
	for i, want := range []bool{true, false, true, true, false, true, true, false} {
		if turns[i]["accepted"] != want {
			t.Errorf("read-back, turn %d: %v", i, turns[i])
		}
	}
	if turns[7]["ended"] != "stop" {
		t.Errorf("a no to a read-back forgave refusals: %v", turns[7])
	}
}

// TestLongStretch: many steps without a question are no defect; a loop that never asks ends politely.
func TestLongStretch(t *testing.T) {
	opt := PlayOptions{FS: flowOf(strings.Repeat("  - set: {n: 1}\n", 1500) + "  - say: 好\n  - end: done\n"), File: "f.yaml"}
	if turns := playLines(t, opt); turns[0]["ended"] != "done" || turns[0]["reply"] != "好" {
		t.Errorf("%v", turns[0])
	}
	loop := ""
	for i := range 8 {
		loop += fmt.Sprintf("  - id: s%d\n    set: {n%d: 1}\n    max_visits: 20\n", i, i)
	}
	for i := range 8 {
		loop += fmt.Sprintf("  - when: n%d == 1\n    set: {m: 1}\n    goto: s%d\n", 7-i, 7-i)
	}
	lib := mustLoad(t, flowOf(loop+"  - end: done\n"))
	out := (&Engine{lib: lib, solo: true}).Step(State{}, Input{Kind: InStart, Key: "f", At: testNow}, Facts{})
	if out.Ended != "stop" && !out.Human || len(out.Says) == 0 {
		t.Errorf("%+v", out)
	}
}

// TestVisits: max_visits counts the first visit too.
func TestVisits(t *testing.T) {
	steps := "  - id: a\n    ask: 一？\n    type: text\n    max_visits: 2\n    on_fail: skip\n  - id: b\n    ask: 再来？\n    type: yesno\n    next: [{when: b == yes, goto: a}]\n  - end: done\n"
	turns := playLines(t, PlayOptions{FS: flowOf(steps), File: "f.yaml"}, "1", "是", "2", "是")
	if turns[2]["at"] != "a" || turns[4]["ended"] != "done" {
		t.Errorf("%v\n%v", turns[2], turns[4])
	}
}

// TestPlayValues: computed values are those of the authors; two runs of one called flow are kept apart.
func TestPlayValues(t *testing.T) {
	sub := "flow: sub\ntitle: 子\napproval: {no: A-1, until: 2030-12-31}\ninputs:\n  topic: {type: text, default: 无}\nsteps:\n  - id: q\n    ask: 好${input.topic}？\n    type: yesno\n  - set: {twice: 2}\n  - end: fine\n"
	opt := PlayOptions{File: "f.yaml", FS: flowOf("  - call: sub\n    id: s1\n    with: {topic: 甲}\n  - call: sub\n    id: s2\n    with: {topic: 乙}\n"+
		"  - do: lead\n    kind: x\n  - classify: c\n    rules: [{big: s1.q == yes}, {small: else}]\n  - say: ${s1.q} ${s2.q}\n  - end: done\n", "sub.yaml", sub)}
	turns := playLines(t, opt, "是", "否")
	answers, values := turns[2]["answers"].(map[string]any), turns[2]["values"].(map[string]any)
	if len(answers) != 2 || answers["sub.q"] != "yes" || answers["sub[2].q"] != "no" || turns[2]["reply"] != "是 否" {
		t.Errorf("answers %v, %v", answers, turns[2]["reply"])
	}
	if len(values) != 3 || values["c"] != "big" || values["sub.twice"] != 2.0 || values["sub[2].twice"] != 2.0 {
		t.Errorf("values %v", values)
	}
}

// TestPrintedDates: the code, the whole, the day and the time of a value.
func TestPrintedDates(t *testing.T) {
	steps := "  - id: d\n    ask: 何时？\n    type: datetime\n  - say: ${d.value}；${d}；${d|date}；${d|day}；${d|time}\n  - end: done\n"
	turns := playLines(t, PlayOptions{FS: flowOf(steps), File: "f.yaml"}, "下周三15:30", "对")
	if got := turns[2]["reply"]; got != "2026-03-11T15:30；2026年3月11日 星期三 15:30；2026年3月11日 星期三 15:30；2026年3月11日 星期三；15:30" {
		t.Errorf("%v", got)
	}
}

// TestKnownKeepsType: what a field of type list holds as one text is a list for the question.
func TestKnownKeepsType(t *testing.T) {
	lib := mustLoad(t, flowOf("  - id: a\n    ask: 甲？\n    type: many\n    choices: [{x: 苹果}, {y: 香蕉}]\n    save: profile.x\n    known: skip\n  - end: done\n"))
	tn := &turn{e: &Engine{lib: lib}, facts: Facts{Profile: map[string]Known{"x": {Value: cond.Text("x")}}}, out: &Outcome{}, in: Input{At: testNow}}
	f := &Frame{Flow: "f"}
	if k, ok := tn.known(f, lib.flows["f"].Steps[0]); !ok || k.Value.Kind() != cond.KindList {
		t.Errorf("%v %v", k.Value, ok)
	}
}
