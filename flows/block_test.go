package flows

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// TestEndOfRound: end leaves a round, other words leave the flow that the block stands in.
func TestEndOfRound(t *testing.T) {
	steps := func(to string) string {
		return "  - id: k\n    block: {times: 3}\n    steps:\n      - id: inn\n        block: {times: 2}\n        steps:\n          - id: y\n            ask: 好？\n            type: yesno\n            next: [{when: y == no, goto: " + to +
			"}]\n          - id: z\n            ask: 几？\n            type: number\n  - id: after\n    ask: 尾？\n    type: text\n  - end: done\n"
	}
	c := startChat(t, flowOf(steps("end")), "是", "1", "否").at("k[2].inn[1].y").holds("k[1].inn[1].y=yes k[1].inn[1].z=1 k[1].inn[2].y=no")
	c.say("否", "否", "否", "否").at("after")
	c = startChat(t, flowOf(steps("stop")), "是", "1", "否").holds("k[1].inn[1].y=yes k[1].inn[1].z=1 k[1].inn[2].y=no")
	if c.out.Ended != "stop" || !c.st.Idle() {
		t.Errorf("ended %q", c.out.Ended)
	}
	c = startChat(t, flowOf(strings.Replace(steps("end"), "            next: [{when: y == no, goto: end}]\n", "          - when: y == no\n            end: enough\n", 1)), "否")
	if c.out.Ended != "enough" {
		t.Errorf("ended %q", c.out.Ended)
	}
	c = startChat(t, flowOf(steps("human")), "否")
	if !c.out.Human {
		t.Errorf("%+v", c.out)
	}
	c.say("继续").at("k[1].inn[1].z")
}

// TestRoundLimits: rounds beyond the limit are cut, odd numbers and lists are no round or few.
func TestRoundLimits(t *testing.T) {
	for _, c := range []struct {
		loop string
		want int
	}{
		{"times: 100", 20}, {"times: 100, max: 50", 50}, {"times: 3, max: 2", 2}, {"times: 0", 0}, {"times: 0 - 4", 0}, {"times: 2.5", 2}, {"times: n / 0", 0},
		{"until: round == 3", 3}, {"until: round == 90, max: 40", 40}, {"times: 9, until: round > 1", 2}, {"for_each: profile.list", 3},
		{"for_each: profile.list, max: 2", 2}, {"for_each: profile.none", 0}, {"for_each: profile.one", 1}, {"for_each: profile.list, pick: 2", 2}, {"", 1},
	} {
		fsys := flowOf("  - id: n\n    ask: 几？\n    type: number\n  - id: k\n    block: {" + c.loop + "}\n    steps:\n      - set: {x: round}\n  - say: 共 ${k.count}\n  - end: done\n")
		turns := playLines(t, PlayOptions{FS: fsys, File: "f.yaml", Profile: []byte("{list: [a, b, a, c], one: a}")}, "1")
		if got, want := turns[1]["reply"], fmt.Sprintf("共 %d", c.want); got != want {
			t.Errorf("%s: %q, want %q", c.loop, got, want)
		}
	}
}

// TestOrderOfRounds: order and choice are drawn once for a doctor, and differ between doctors.
func TestOrderOfRounds(t *testing.T) {
	items := flowOf("  - id: k\n    block: {for_each: profile.list, shuffle: true}\n    steps:\n      - say: ${item}\n  - end: done\n")
	steps := "  - id: k\n    block: {shuffle: true, pick: 3}\n    steps:\n"
	for _, w := range []string{"a", "b", "c", "d", "e"} {
		steps += "      - say: " + w + "\n"
	}
	for name, fsys := range map[string]fstest.MapFS{"rounds": items, "steps": flowOf(steps + "  - end: done\n")} {
		seen := map[string]bool{}
		for doctor := range 30 {
			said := ""
			for range 2 {
				lib := mustLoad(t, fsys)
				p, err := NewPlayer(lib, "f", PlayerOptions{Doctor: itoa(doctor), Profile: []byte("{list: [a, b, c]}"), Now: testNow})
				if err != nil {
					t.Fatal(err)
				}
				first := p.Start()
				got := first.Reply()
				if said != "" && said != got || strings.Count(got, "\n") != 2 {
					t.Errorf("%s, doctor %d: %q then %q", name, doctor, said, got)
				}
				said = got
			}
			seen[said] = true
		}
		if len(seen) < 4 {
			t.Errorf("%s: only %d orders", name, len(seen))
		}
	}
}

// TestPickedInOrder: without shuffle, what is picked keeps its order.
func TestPickedInOrder(t *testing.T) {
	fsys := flowOf("  - id: k\n    block: {for_each: profile.list, pick: 3}\n    steps:\n      - say: ${item}\n  - end: done\n")
	for doctor := range 20 {
		p, err := NewPlayer(mustLoad(t, fsys), "f", PlayerOptions{Doctor: itoa(doctor), Profile: []byte("{list: [a, b, c, d, e]}"), Now: testNow})
		if err != nil {
			t.Fatal(err)
		}
		first := p.Start()
		if got := strings.Split(first.Reply(), "\n"); len(got) != 3 || got[0] >= got[1] || got[1] >= got[2] {
			t.Errorf("doctor %d: %v", doctor, got)
		}
	}
}

// TestShuffledGroup: a group in an order of its own goes back and on like any other, and its answers are read by name.
func TestShuffledGroup(t *testing.T) {
	steps := "  - id: g\n    block: {shuffle: true}\n    steps:\n"
	for _, id := range []string{"a", "b", "c", "d"} {
		steps += "      - id: " + id + "\n        ask: 题 " + id + "？\n        choices: [{x: {label: 从不, score: 0}}, {y: {label: 经常, score: 3}}]\n"
	}
	steps += "  - set: {total: \"score(g.a, g.b, g.c, g.d)\"}\n  - say: ${total} ${g.a}\n  - end: done\n"
	c := startChat(t, flowOf(steps), "2")
	second := c.out.Pending.ID
	c.say("1").say("返回").at(second).say("2", "2", "2")
	if c.out.Reply() != "12 经常" {
		t.Errorf("%q", c.out.Reply())
	}
	c.holds("g[1].a=y g[1].b=y g[1].c=y g[1].d=y")
}

// TestNamesInRounds: names of a round come first, those around stay visible, in conditions, texts, scores and checks.
func TestNamesInRounds(t *testing.T) {
	c := startChat(t, flowOf(`  - id: note
    ask: 外面？
    type: text
  - id: most
    ask: 上限？
    type: number
  - id: p
    ask: 哪些？
    type: many
    choices: [{a: 甲片}, {b: 乙片}]
  - id: k
    block: {for_each: p, as: outer}
    steps:
      - id: n
        ask: ${outer} 几片？
        type: number
        check: [{when: n > most, say: "${outer}最多 ${most} 片，您说 ${answer}。"}]
      - id: inn
        block: {for_each: p}
        steps:
          - id: note
            when: item != outer and round > 0
            ask: ${outer}（${outer.value}）和${item}，${n}片，${note or "还没有"}，${left} 题？
            type: text
      - set: {noted: inn.note}
  - say: ${note}；${k.inn.note}；${k.noted|join}；${k.n}
  - end: done
`), "外", "5", "1、2", "9")
	if c.out.Accepted || !strings.Contains(c.out.Reply(), "甲片最多 5 片，您说 9。") {
		t.Errorf("%q", c.out.Reply())
	}
	c.say("3").at("k[1].inn[2].note")
	if c.out.Reply() != "甲片（a）和乙片，3片，还没有，2 题？" {
		t.Errorf("%q", c.out.Reply())
	}
	c.say("里一", "2").at("k[2].inn[1].note").say("里二")
	if c.out.Reply() != "外；里一、里二；里一、里二；3、2" {
		t.Errorf("%q", c.out.Reply())
	}
}

// TestRefusalInRound: after a refusal nothing of the doctor stays in rounds either.
func TestRefusalInRound(t *testing.T) {
	fsys := flowOf(`  - id: p
    ask: 哪些？
    type: many
    choices: [{a: 甲片}, {b: 乙片}]
  - id: k
    block: {for_each: p}
    steps:
      - id: n
        ask: ${item} 几片？
        type: number
  - id: ok
    ask: 同意吗？
    type: consent
    policy: p1
    next: [{when: ok == refuse, goto: stop}]
  - id: z
    ask: 尾？
    type: text
  - end: done
`)
	c := startChat(t, fsys)
	delete(c.facts.Consents, "base")
	c.say("1、2", "3", "返回", "4", "5")
	if len(c.kept) != 0 || c.st.Held == nil || len(c.st.Held.Answers) != 3 {
		t.Fatalf("stored before consent: %v, held %+v", c.kept, c.st.Held)
	}
	c.say("同意").holds("k[1].n=4 k[2].n=5 ok=agree p=a,b")
	c = startChat(t, fsys)
	delete(c.facts.Consents, "base")
	if c.say("1、2", "3", "5", "不同意"); !c.out.Forget || len(c.out.Answers) != 0 || c.st.Held != nil {
		t.Errorf("%+v", c.out)
	}
}

// TestIntakeWithRounds: a safety intake with a block fills its case with every round, and its case stays its own until the flow ends.
func TestIntakeWithRounds(t *testing.T) {
	c := startChat(t, flowOf(`  - id: event
    ask: 发生了什么？
    type: text
  - id: drugs
    block: {another: 还有其他药吗？}
    steps:
      - id: drug
        element: product
        ask: 第 ${round} 种药？
        type: text
  - do: report_ae
    serious: event == x
  - say: ${ae.no}
  - end: done
`), "皮疹", "甲片", "有", "乙片", "没有")
	last := c.out.Cases[len(c.out.Cases)-1]
	if last.No != "AE-1" || !last.Complete || last.Fields["product"] != "甲片、乙片" || c.out.Reply() != "AE-1" {
		t.Errorf("%+v %q", c.out.Cases, c.out.Reply())
	}
}

// TestLostBlock: when the version in force has no such block, the round ends and the talk goes on.
func TestLostBlock(t *testing.T) {
	with := "  - id: k\n    block: {times: 2}\n    steps:\n      - id: n\n        ask: 几？\n        type: number\n"
	rest := "  - id: z\n    ask: 尾？\n    type: text\n  - end: done\n"
	c := startChat(t, flowOf(with+rest), "1")
	c.e = &Engine{lib: mustLoad(t, flowOf(strings.Replace(with, "ask: 几？", "ask: 多少？", 1)+rest)), solo: true, watch: true}
	out := c.e.Step(c.st, Input{Kind: InText, Text: "2", At: testNow}, c.facts) // the words that were shown are lost: asked again
	if out.Pending.ID != "k[2].n" || len(out.Answers) != 0 {
		t.Fatalf("other text: %+v %+v", out.Pending, out.Answers)
	}
	out = c.e.Step(out.State, Input{Kind: InText, Text: "2", At: testNow}, c.facts)
	if out.Pending.ID != "z" || len(out.Answers) != 1 || out.Answers[0].Question != "k[2].n" {
		t.Errorf("other text: %+v %+v", out.Pending, out.Answers)
	}
	c.e = &Engine{lib: mustLoad(t, flowOf(rest)), solo: true, watch: true}
	out = c.e.Step(c.st, Input{Kind: InText, Text: "2", At: testNow}, c.facts)
	if out.Ended != "done" && out.Pending.ID != "z" || len(out.Says) == 0 {
		t.Errorf("no block: %+v %q", out.Pending, out.Ended)
	}
}

// TestRecordNames: names of questions keep within their column, whatever lint has let pass.
func TestRecordNames(t *testing.T) {
	long := strings.Repeat("x", 60)
	a, b := recordID(long+"[1].", long+"1"), recordID(long+"[1].", long+"2")
	if len(a) > maxQuestionID || len(b) > maxQuestionID || a == b {
		t.Errorf("%q %q", a, b)
	}
	for id, want := range map[string]string{"q": "q", "b[12].q": "b.q", "f[2].a[1].b[3].q": "f.a.b.q"} {
		if got := bareID(id); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
}
