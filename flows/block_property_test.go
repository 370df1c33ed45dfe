package flows

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vrep/vrep/flows/lint"
)

// drawnFlow is a random flow with what must hold of its answers.
type drawnFlow struct {
	t     *rapid.T
	b     strings.Builder
	n     int
	when  map[string][]drawnWhen // question or block → what it and the blocks around it hang on
	jumps bool
}

// drawnWhen is a condition "name == value"; the name is a whole path.
type drawnWhen struct{ name, value string }

// steps writes some steps at a depth. yes are the paths of the yes-or-no questions that conditions may name, lists those of several choices.
func (d *drawnFlow) steps(indent, path string, depth int, yes, lists []string, around []drawnWhen) {
	var own []string
	for range rapid.IntRange(1, 4).Draw(d.t, "steps") {
		d.n++
		id := fmt.Sprintf("q%d", d.n)
		full := path + id
		when := slices.Clone(around)
		cond := ""
		if len(yes) > 0 && rapid.Bool().Draw(d.t, "conditional") {
			w := drawnWhen{rapid.SampledFrom(yes).Draw(d.t, "on"), rapid.SampledFrom([]string{"yes", "no"}).Draw(d.t, "value")}
			when = append(when, w)
			cond = indent + "  when: " + w.name[strings.LastIndexByte(w.name, '.')+1:] + " == " + w.value + "\n"
		}
		d.when[full] = when
		switch kind := rapid.IntRange(0, 7).Draw(d.t, "kind"); {
		case kind == 7:
			fmt.Fprintf(&d.b, "%s- id: %s\n%s%s  call: sub\n%s  with: {on: %s}\n", indent, id, cond, indent, indent, rapid.SampledFrom([]string{"yes", "no"}).Draw(d.t, "input"))
		case kind >= 4 && depth < 3:
			d.block(indent, id, full, cond, depth, yes, lists, when)
		case kind == 3:
			fmt.Fprintf(&d.b, "%s- id: %s\n%s%s  ask: 多选%s\n%s  type: many\n%s  required: false\n%s  choices: [{a: 甲片}, {b: 乙片}, {c: 丙片}]\n%s  save: profile.%s\n", indent, id, cond, indent, id, indent, indent, indent, indent, id)
			lists = append(lists, full)
		case kind == 2:
			fmt.Fprintf(&d.b, "%s- id: %s\n%s%s  ask: 数%s\n%s  type: number\n%s  required: false\n", indent, id, cond, indent, id, indent, indent)
		default:
			fmt.Fprintf(&d.b, "%s- id: %s\n%s%s  ask: 是非%s\n%s  type: yesno\n%s  on_fail: skip\n%s  max_visits: 2\n", indent, id, cond, indent, id, indent, indent, indent)
			if len(own) > 0 && rapid.IntRange(0, 5).Draw(d.t, "jump") == 0 {
				d.jumps = true
				fmt.Fprintf(&d.b, "%s  next: [{when: %s == yes, goto: %s}]\n", indent, id, rapid.SampledFrom(own).Draw(d.t, "target"))
			}
			if rapid.IntRange(0, 3).Draw(d.t, "leave") == 0 && !strings.HasSuffix(d.b.String(), "}]\n") {
				fmt.Fprintf(&d.b, "%s  next: [{when: %s == no, goto: end}]\n", indent, id)
			}
			yes = append(yes, full)
		}
		own = append(own, id)
	}
}

func (d *drawnFlow) block(indent, id, full, cond string, depth int, yes, lists []string, when []drawnWhen) {
	loop := rapid.SampledFrom([]string{"times: 2", "another: 还有吗？, max: 3", "shuffle: true", "until: round == 2", "pick: 1", ""}).Draw(d.t, "loop")
	if len(lists) > 0 && rapid.Bool().Draw(d.t, "for each") {
		list := rapid.SampledFrom(lists).Draw(d.t, "list")
		loop = "for_each: " + list[strings.LastIndexByte(list, '.')+1:] + rapid.SampledFrom([]string{"", ", shuffle: true", ", pick: 2"}).Draw(d.t, "order")
	}
	fmt.Fprintf(&d.b, "%s- id: %s\n%s%s  block: {%s}\n%s  steps:\n", indent, id, cond, indent, loop, indent)
	if loop == "shuffle: true" || loop == "pick: 1" { // no order: nothing inside may hang on something beside it
		fmt.Fprintf(&d.b, "%s    - id: x%s\n%s      ask: 数\n%s      type: number\n%s    - say: 好\n", indent, id, indent, indent, indent)
		d.when[full+".x"+id] = when
		return
	}
	d.steps(indent+"    ", full+".", depth+1, yes, lists, when)
}

// instance is the name of a path in the records of a round: the rounds that both share are the same ones.
func instance(path, at string) string {
	a, b := strings.Split(path, "."), strings.Split(at, ".")
	for i := range a[:len(a)-1] {
		if bareID(b[i]) != a[i] {
			return ""
		}
		a[i] = b[i]
	}
	return strings.Join(a, ".")
}

// books is what the doctor's records hold: answers that were stored and not taken back.
type books map[string]Value

func (b books) take(out Outcome) {
	for _, r := range out.Retracted {
		delete(b, r.Question)
	}
	for _, a := range out.Answers {
		b[a.Question] = a.Value
	}
}

// drawnSub is what random flows call.
const drawnSub = `flow: sub
title: 子
approval: {no: A-1, until: 2030-12-31}
inputs: {"on": {type: yesno, default: no}}
steps:
  - id: s
    ask: 是非s
    type: yesno
    on_fail: skip
  - id: r
    when: input.on == yes
    block: {times: 2}
    steps:
      - id: i
        when: s == yes
        ask: 数
        type: number
        required: false
  - end: done
`

// TestRandomBlocks: in flows with nested blocks and jumps back, whatever is typed, the records agree with the talk, nothing counts that does not apply,
// nothing is lost that does, and the state may be written and read between any two messages.
func TestRandomBlocks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := &drawnFlow{t: rt, when: map[string][]drawnWhen{}}
		d.steps("  ", "", 0, nil, nil, nil)
		src := header + "steps:\n" + d.b.String() + "  - end: done\n"
		lib, ps := Load(fstest.MapFS{"f.yaml": {Data: []byte(src)}, "sub.yaml": {Data: []byte(drawnSub)}})
		if lint.Blocks(ps, false) {
			rt.Fatalf("%s\n%v", src, lint.Errors(ps))
		}
		w := &randomTalk{d: d, src: src, e: &Engine{lib: lib, solo: true, watch: true}, kept: books{}}
		w.facts = Facts{Doctor: "d", CaseNo: "AE-1", Consents: map[string]string{"base": "p"}}
		w.facts.make()
		w.step(rt, Input{Kind: InStart, Key: "f"})
		for range rapid.IntRange(1, 40).Draw(rt, "turns") {
			if w.last.Ended != "" || w.last.Human {
				return
			}
			w.step(rt, Input{Kind: InText, Text: w.line(rt)})
		}
	})
}

type randomTalk struct {
	d     *drawnFlow
	src   string
	e     *Engine
	st    State
	facts Facts
	kept  books
	last  Outcome
	said  []string
	seen  map[string]Value
}

func (w *randomTalk) line(rt *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(rt, "how") {
	case 0:
		return "返回"
	case 1:
		return "跳过"
	case 2:
		return rapid.SampledFrom([]string{"重新开始", "随便", "帮助", "返回", "返回"}).Draw(rt, "word")
	}
	if w.last.Pending.Confirming {
		return rapid.SampledFrom([]string{"是", "否"}).Draw(rt, "confirm")
	}
	switch w.last.Pending.Type {
	case "number":
		return rapid.SampledFrom([]string{"3", "5"}).Draw(rt, "number")
	case "many":
		return rapid.SampledFrom([]string{"1", "1、3", "1、2、3", "2"}).Draw(rt, "many")
	}
	return rapid.SampledFrom([]string{"是", "否"}).Draw(rt, "yesno")
}

func (w *randomTalk) step(rt *rapid.T, in Input) {
	in.At = testNow
	w.said = append(w.said, in.Text)
	data, err := json.Marshal(w.st)
	if err != nil {
		rt.Fatal(err)
	}
	var st State
	if err := json.Unmarshal(data, &st); err != nil {
		rt.Fatal(err)
	}
	out := w.e.Step(st, in, w.facts)
	direct, _ := json.Marshal(w.e.Step(w.st, in, w.facts))
	if through, _ := json.Marshal(out); string(direct) != string(through) {
		rt.Fatalf("%s\n%q: the state changes when it is written and read:\n%s\n%s", w.src, w.said, direct, through)
	}
	for _, p := range out.Problems {
		rt.Fatalf("%s\n%q: %s", w.src, w.said, p.Message)
	}
	w.st, w.facts, w.last = out.State, w.facts.After(out, testNow), out
	w.kept.take(out)
	if out.snap == nil {
		return
	}
	now := out.snap.answers
	if diff := cmp.Diff(map[string]Value(w.kept), now, cmp.Comparer(Value.Equal)); diff != "" {
		rt.Fatalf("%s\n%q: records and talk differ (-records +talk):\n%s", w.src, w.said, diff)
	}
	w.applies(rt, now)
	w.lost(rt, in, now)
	w.seen = maps.Clone(now)
}

// applies checks that nothing counts whose condition does not hold.
func (w *randomTalk) applies(rt *rapid.T, now map[string]Value) {
	for id := range now {
		for _, c := range w.d.when[bareID(id)] {
			if name := instance(c.name, id); now[name].Str() != c.value {
				rt.Fatalf("%s\n%q: %s counts although %s is %q", w.src, w.said, id, name, now[name].Str())
			}
		}
	}
}

// lost checks that without jumps back an answer only goes by going back, one at a time.
func (w *randomTalk) lost(rt *rapid.T, in Input, now map[string]Value) {
	if w.d.jumps || w.last.Command == "restart" || in.Text == "是" && w.seen != nil && len(now) == 0 {
		return
	}
	gone := 0
	for id, v := range w.seen {
		if !now[id].Equal(v) {
			gone++
		}
	}
	most := 0
	if w.last.Command == "back" {
		most = 1
	}
	if gone > most {
		rt.Fatalf("%s\n%q: lost %d answers: %v then %v", w.src, w.said, gone, w.seen, now)
	}
	for name, k := range w.facts.Profile {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(now)), func(id string) bool {
			return strings.HasSuffix("."+bareID(id), "."+name) && now[id].Equal(k.Value)
		}) {
			rt.Fatalf("%s\n%q: the field %s holds %v, which nobody says any more: %v", w.src, w.said, name, k.Value, now)
		}
	}
}
