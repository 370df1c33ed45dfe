package flows

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows/cond"
)

// chat plays the flow f for a doctor who has agreed, and keeps what the records hold.
type chat struct {
	*talker
	kept books
	out  Outcome
}

func startChat(t *testing.T, fsys fstest.MapFS, lines ...string) *chat {
	t.Helper()
	c := &chat{talker: newTalker(t, &Engine{lib: mustLoad(t, fsys), solo: true, watch: true}), kept: books{}}
	c.facts.Consents["base"] = "p"
	c.in(Input{Kind: InStart, Key: "f"})
	return c.say(lines...)
}

func (c *chat) in(in Input) {
	c.t.Helper()
	c.out = c.step(in)
	c.kept.take(c.out)
}

func (c *chat) say(lines ...string) *chat {
	c.t.Helper()
	for _, l := range lines {
		c.in(Input{Kind: InText, Text: l})
	}
	return c
}

// holds compares the answers that count, in the records and in the talk: "id=value id=value" by id.
func (c *chat) holds(want string) *chat {
	c.t.Helper()
	for _, answers := range []map[string]Value{c.kept, c.out.snap.answers} {
		parts := []string{}
		for _, id := range slices.Sorted(maps.Keys(answers)) {
			parts = append(parts, id+"="+answers[id].Str())
		}
		if got := strings.Join(parts, " "); got != want {
			c.t.Errorf("answers %q, want %q", got, want)
		}
	}
	return c
}

func (c *chat) field(name, want string) *chat {
	c.t.Helper()
	if got := c.facts.Profile[name].Value.Str(); got != want {
		c.t.Errorf("profile %s is %q, want %q", name, got, want)
	}
	return c
}

func (c *chat) at(id string) *chat {
	c.t.Helper()
	if c.out.Pending.ID != id {
		c.t.Errorf("waits for %q, want %q\n%s", c.out.Pending.ID, id, c.out.Reply())
	}
	return c
}

func (c *chat) value(name, want string) *chat {
	c.t.Helper()
	if got := c.out.snap.values[name].Str(); got != want {
		c.t.Errorf("%s is %q, want %q", name, got, want)
	}
	return c
}

// revised asks whether to change the first answer, after everything that hangs on it, and then leaves out the steps between.
const revised = `  - id: used
    ask: 用过吗？
    type: yesno
    max_visits: 3
    next: [{when: "more == yes", goto: more}]
  - id: n
    when: used == yes
    ask: 几位？
    type: number
    save: profile.n
  - id: why
    when: used == yes and n > 5
    ask: 为什么？
    choices: [{x: {label: 好用, tag: 好用, score: 4}}, {y: 便宜}]
    save: profile.why
  - set: {twice: sum(n) * 2, points: score(why), profile.twice: sum(n) * 2}
  - classify: size
    rules: [{big: twice > 10}, {small: else}]
    save: profile.size
  - id: s
    when: twice > 10
    call: sub
  - id: b
    when: used == yes
    block: {times: 2}
    steps:
      - id: q
        ask: 第 ${round} 次？
        type: text
  - when: twice > 10
    tag: 大户
  - id: more
    ask: 要改吗？
    type: yesno
    max_visits: 4
    next: [{when: more == yes and used == yes, goto: used}]
  - say: ${twice or 0} ${points or 0} ${size or "无"}
  - end: done
`

const subFlow = "flow: sub\ntitle: 子\napproval: {no: A-1, until: 2030-12-31}\nsteps:\n  - id: q\n    ask: 子题？\n    type: yesno\n    save: profile.sub\n  - end: fine\n"

func TestIrrelevant(t *testing.T) {
	fsys := flowOf(revised, "sub.yaml", subFlow)
	c := startChat(t, fsys)
	c.facts.Profile["n"] = Known{Value: cond.Number(3), Label: "3"}
	c.say("是", "8", "好用", "是", "甲", "乙")
	c.at("more").holds("b[1].q=甲 b[2].q=乙 n=8 sub.q=yes used=yes why=x").value("twice", "16").field("n", "8").field("size", "big").field("sub", "yes")
	if !c.facts.Tags["好用"] || !c.facts.Tags["大户"] {
		t.Errorf("tags %v", c.facts.Tags)
	}
	c.say("是").at("used").holds("b[1].q=甲 b[2].q=乙 more=yes n=8 sub.q=yes used=yes why=x") // the old answer counts until there is a new one
	c.say("否").at("more").holds("more=yes used=no")
	c.value("twice", "0").value("size", "small").value("points", "0").field("n", "3").field("why", "").field("twice", "0").field("size", "small").field("sub", "")
	if len(c.facts.Tags) != 0 {
		t.Errorf("tags %v", c.facts.Tags)
	}
	c.say("否")
	if c.out.Reply() != "0 0 small" || c.out.Ended != "done" {
		t.Errorf("%q %q", c.out.Reply(), c.out.Ended)
	}
}

// TestGoingBackOverAChange: going back over the new answer brings the old one back; what had stopped counting is offered on the way.
func TestGoingBackOverAChange(t *testing.T) {
	c := startChat(t, flowOf(revised, "sub.yaml", subFlow), "是", "8", "好用", "是", "甲", "乙", "是", "否", "返回")
	c.at("used").holds("more=yes used=yes")
	c.say("返回").at("more").holds("used=yes")
	c = startChat(t, flowOf(strings.Replace(revised, `"more == yes"`, `"more == no"`, 1), "sub.yaml", subFlow), "是", "8", "好用", "是", "甲", "乙", "是", "否")
	c.at("more").holds("more=yes used=no").say("返回").at("used").say("是").at("n")
	if !strings.Contains(c.out.Reply(), "您刚才的回答是“8”") {
		t.Errorf("%q", c.out.Reply())
	}
	c.say("对").at("why").say("对").at("sub.q").say("否").at("b[1].q")
	if !strings.Contains(c.out.Reply(), "甲") {
		t.Errorf("%q", c.out.Reply())
	}
	c.say("对", "对").at("more").holds("b[1].q=甲 b[2].q=乙 more=yes n=8 sub.q=no used=yes why=x").value("points", "4").field("n", "8").field("sub", "no")
}

// TestOwnEffects: what a step wrote itself does not make it irrelevant when the talk passes it again.
func TestOwnEffects(t *testing.T) {
	c := startChat(t, flowOf(`  - id: a
    ask: 甲？
    type: yesno
    max_visits: 2
  - id: phone
    when: profile.phone is empty
    ask: 手机？
    type: phone
    save: profile.phone
  - id: s
    when: profile.sub is empty
    call: sub
  - id: again
    ask: 再来？
    type: yesno
    next: [{when: again == yes, goto: a}]
  - end: done
`, "sub.yaml", subFlow), "是", "13800138000", "是", "是", "否")
	c.at("again").holds("a=no again=yes phone=13800138000 sub.q=yes").field("phone", "13800138000").field("sub", "yes")
}

// TestLaterWriteStays: a profile field that a later step wrote too keeps that value; going back over the later step finds what was before both.
func TestLaterWriteStays(t *testing.T) {
	c := startChat(t, flowOf(`  - id: u
    ask: 甲？
    type: yesno
    max_visits: 2
    next: [{when: "w == z", goto: w}]
  - id: v
    when: u == yes
    ask: 乙？
    type: text
    save: profile.x
  - id: w
    ask: 丙？
    type: text
    save: profile.x
    max_visits: 2
    next: [{when: "w == z", goto: u}]
  - end: done
`), "是", "早", "z").field("x", "z")
	c.say("否").at("w").holds("u=no w=z").field("x", "z")
	c.say("返回", "返回", "返回").at("u").holds("").field("x", "")
}

// TestRunAgain: a call and a block that a jump back runs again replace what they brought before.
func TestRunAgain(t *testing.T) {
	fsys := flowOf(`  - id: s
    call: sub
    max_visits: 3
  - id: b
    block: {another: 还有吗？, max: 3}
    steps:
      - id: q
        ask: 哪个？
        type: text
        save: profile.q
  - id: again
    ask: 再来？
    type: yesno
    next: [{when: again == yes, goto: s}]
  - say: ${s.q} ${b.q} ${b.count}
  - end: done
`, "sub.yaml", subFlow)
	c := startChat(t, fsys, "是", "甲", "是", "乙", "否").at("again").holds("b[1].another=yes b[1].q=甲 b[2].another=no b[2].q=乙 sub.q=yes")
	c.say("是").at("sub.q").holds("again=yes b[1].another=yes b[1].q=甲 b[2].another=no b[2].q=乙").field("sub", "").field("q", "乙")
	c.say("否").at("b[1].q").holds("again=yes sub.q=no").field("q", "")
	c.say("丙", "否", "否")
	if c.out.Reply() != "否 丙 1" {
		t.Errorf("%q", c.out.Reply())
	}
	c.holds("again=no b[1].another=no b[1].q=丙 sub.q=no")
}

// TestSecondRun: a flow that runs twice in a talk has answers of its own for each run, also when one of them came on top of the talk.
func TestSecondRun(t *testing.T) {
	fsys := flowOf(`  - id: x
    call: sub
  - id: k
    block: {times: 2}
    steps:
      - id: y
        call: sub
  - id: z
    ask: 尾？
    type: yesno
  - say: ${x.q} ${k.y.q or "无"}
  - end: done
`, "sub.yaml", strings.Replace(subFlow, "steps:", "start: {on: [\"word:子流程\"]}\nsteps:", 1))
	c := startChat(t, fsys, "是").at("sub[2].q").say("否").at("sub[3].q")
	c.say("返回").at("sub[2].q").holds("sub.q=yes").say("否", "是").at("z").holds("sub.q=yes sub[2].q=no sub[3].q=yes")
	c.say("子流程").at("sub[4].q").say("否").at("z").say("子流程").at("sub[5].q").say("退出").at("z").say("是")
	if c.out.Reply() != "是 否、是" || c.kept["sub[4].q"].Str() != "no" {
		t.Errorf("%q %v", c.out.Reply(), c.kept)
	}
}
