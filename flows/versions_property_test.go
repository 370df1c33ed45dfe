package flows

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/vrep/vrep/flows/lint"
)

// part of a random flow: a question, a computed value, a message or a block of one question.
type drawnPart struct {
	id, kind string
	codes    []string
	when     string // id of a question before it, "" = always
	word     int    // wording
	high     int
	inner    string // question of a block
}

// drawnEdition is a version of a random flow with what it says about the one before.
type drawnEdition struct {
	parts   []drawnPart
	policy  string // "" = no entry
	rename  map[string]string
	values  map[string]map[string]string
	drop    []string
	resume  string
	partial bool // the entry leaves something out
	answer  int  // how many messages follow before the next version
}

var drawnKinds = []string{"one", "many", "yesno", "number", "text", "say", "set", "block", "skip"}

// drawEditions draws a flow and some edits of it.
func drawEditions(t *rapid.T) []drawnEdition {
	d := &drawnEditor{t: t}
	e := drawnEdition{}
	for range rapid.IntRange(2, 7).Draw(t, "parts") {
		e.parts = append(e.parts, d.part(e.parts))
	}
	out := []drawnEdition{e}
	for range 4 {
		out[len(out)-1].answer = rapid.IntRange(0, 4).Draw(t, "answers")
		out = append(out, d.edit(out[len(out)-1]))
	}
	return out
}

type drawnEditor struct {
	t *rapid.T
	n int
}

func (d *drawnEditor) name() string { d.n++; return fmt.Sprintf("q%d", d.n) }

func (d *drawnEditor) part(before []drawnPart) drawnPart {
	p := drawnPart{id: d.name(), kind: rapid.SampledFrom(drawnKinds).Draw(d.t, "kind"), high: rapid.IntRange(5, 50).Draw(d.t, "high")}
	for i := range rapid.IntRange(2, 4).Draw(d.t, "codes") {
		p.codes = append(p.codes, fmt.Sprintf("c%d_%d", d.n, i))
	}
	if p.kind == "block" {
		p.inner = d.name()
	}
	d.condition(&p, before)
	return p
}

func (d *drawnEditor) condition(p *drawnPart, before []drawnPart) {
	p.when = ""
	if len(before) > 0 && rapid.IntRange(0, 2).Draw(d.t, "conditional") == 0 {
		p.when = rapid.SampledFrom(before).Draw(d.t, "on").id
	}
}

// edit draws one edit and what migrate says about it.
func (d *drawnEditor) edit(was drawnEdition) drawnEdition {
	e := drawnEdition{rename: map[string]string{}, values: map[string]map[string]string{}}
	for _, p := range was.parts {
		p.codes = slices.Clone(p.codes)
		e.parts = append(e.parts, p)
	}
	for range rapid.IntRange(1, 3).Draw(d.t, "edits") {
		d.change(&e)
	}
	e.policy = rapid.SampledFrom([]string{"", PolicyPin, PolicyMove, PolicyMove, PolicyMove, PolicyRestart}).Draw(d.t, "policy")
	if e.policy == PolicyMove && rapid.IntRange(0, 3).Draw(d.t, "partial") == 0 {
		e.partial, e.drop = true, nil
	}
	if rapid.IntRange(0, 5).Draw(d.t, "resume") == 0 {
		e.resume = rapid.SampledFrom(e.parts).Draw(d.t, "at").id
	}
	return e
}

func (d *drawnEditor) change(e *drawnEdition) {
	i := rapid.IntRange(0, len(e.parts)-1).Draw(d.t, "which")
	p := &e.parts[i]
	fresh := func(id string) bool { // made by this edit: the version before knows nothing of it
		return slices.Contains(slices.Collect(maps.Values(e.rename)), id)
	}
	switch rapid.IntRange(0, 9).Draw(d.t, "change") {
	case 0:
		e.parts = slices.Insert(e.parts, i, d.part(e.parts[:i]))
	case 1:
		if len(e.parts) > 1 && !fresh(p.id) {
			e.drop = append(e.drop, p.id)
			if p.inner != "" {
				e.drop = append(e.drop, p.inner)
			}
			e.parts = slices.Delete(e.parts, i, i+1)
		}
	case 2:
		if !fresh(p.id) {
			old := p.id
			p.id = d.name()
			e.rename[old] = p.id
			for k := range e.parts {
				if e.parts[k].when == old {
					e.parts[k].when = p.id
				}
			}
		}
	case 3:
		k := rapid.IntRange(0, len(e.parts)-1).Draw(d.t, "swap")
		e.parts[i], e.parts[k] = e.parts[k], e.parts[i]
	case 4:
		p.word++
	case 5:
		k := rapid.IntRange(0, len(p.codes)-1).Draw(d.t, "code")
		if e.values[p.id] == nil {
			e.values[p.id] = map[string]string{}
		}
		old := p.codes[k]
		p.codes[k] = old + "x"
		e.values[p.id][old] = p.codes[k]
	case 6:
		p.codes = append(p.codes, fmt.Sprintf("c_%s_%d", p.id, len(p.codes)))
	case 7:
		if kind := rapid.SampledFrom(drawnKinds[:5]).Draw(d.t, "kind"); p.kind != "block" && kind != p.kind && !fresh(p.id) {
			e.drop = append(e.drop, p.id)
			p.kind = kind
		}
	case 8:
		p.high = rapid.IntRange(5, 50).Draw(d.t, "high")
	case 9:
		d.condition(p, e.parts[:i])
	}
}

// yaml writes an edition. Conditions on what does not stand before, or is no question any more, are left out.
func (e *drawnEdition) yaml() string {
	var b strings.Builder
	b.WriteString("flow: q\nstart: {on: [\"word:开始\"]}\n")
	e.migrate(&b)
	b.WriteString("steps:\n")
	before := map[string]drawnPart{}
	for _, p := range e.parts {
		fmt.Fprintf(&b, "  - id: %s\n", p.id)
		if on, ok := before[p.when]; ok {
			fmt.Fprintf(&b, "    when: %s\n", map[string]string{"one": on.id + " == " + on.codes[0], "many": on.id + " has " + on.codes[0], "yesno": on.id + " == yes",
				"number": on.id + " > 3", "text": on.id + " is not empty", "skip": on.id + " is empty"}[on.kind])
		}
		p.body(&b)
		if slices.Contains([]string{"one", "many", "yesno", "number", "text", "skip"}, p.kind) {
			before[p.id] = p
		}
	}
	b.WriteString("  - end: done\n")
	return b.String()
}

func (p *drawnPart) body(b *strings.Builder) {
	ask := fmt.Sprintf("ask: 问题 %s 第 %d 种问法？", p.id, p.word)
	switch p.kind {
	case "one", "many":
		fmt.Fprintf(b, "    %s\n    type: %s\n    choices:\n", ask, p.kind)
		for i, c := range p.codes {
			fmt.Fprintf(b, "      - %s: 选项%c%d\n", c, 'A'+i, p.word)
		}
	case "number":
		fmt.Fprintf(b, "    %s\n    type: number\n    range: 1..%d\n", ask, p.high)
	case "skip":
		fmt.Fprintf(b, "    %s\n    type: text\n    required: false\n", ask)
	case "say":
		fmt.Fprintf(b, "    say: 说明 %d\n", p.word)
	case "set":
		fmt.Fprintf(b, "    set: {v_%s: %d}\n", p.id, p.high)
	case "block":
		fmt.Fprintf(b, "    block: {times: 2}\n    steps:\n      - id: %s\n        %s\n        type: number\n", p.inner, ask)
	default:
		fmt.Fprintf(b, "    %s\n    type: %s\n", ask, p.kind)
	}
}

func (e *drawnEdition) migrate(b *strings.Builder) {
	if e.policy == "" {
		return
	}
	fmt.Fprintf(b, "migrate:\n  - from: any\n    policy: %s\n", e.policy)
	if len(e.rename) > 0 && !e.partial {
		b.WriteString("    rename: {")
		for _, old := range slices.Sorted(maps.Keys(e.rename)) {
			fmt.Fprintf(b, "%s: %s, ", old, e.rename[old])
		}
		b.WriteString("}\n")
	}
	if len(e.values) > 0 {
		b.WriteString("    values:\n")
		for _, id := range slices.Sorted(maps.Keys(e.values)) {
			fmt.Fprintf(b, "      %s: {", id)
			for _, old := range slices.Sorted(maps.Keys(e.values[id])) {
				fmt.Fprintf(b, "%s: %s, ", old, e.values[id][old])
			}
			b.WriteString("}\n")
		}
	}
	if len(e.drop) > 0 {
		fmt.Fprintf(b, "    drop: [%s]\n", strings.Join(e.drop, ", "))
	}
	if e.resume != "" {
		fmt.Fprintf(b, "    resume: %s\n", e.resume)
	}
}

// drawnTalk plays a talk through the editions and keeps the doctor's records beside it.
type drawnTalk struct {
	t       *testing.T
	e       *Engine
	st      State
	facts   Facts
	records map[string]Value
	last    Outcome
	libs    map[string]*Library
	sources []string
}

func (k *drawnTalk) fail(format string, args ...any) {
	k.t.Helper()
	k.t.Fatalf("%s\n%s\nstate %+v", fmt.Sprintf(format, args...), strings.Join(k.sources, "\n----\n"), k.st)
}

func (k *drawnTalk) publish(source string) {
	k.sources = append(k.sources, source)
	lib, ps := Load(fstest.MapFS{"q.yaml": {Data: []byte(source)}})
	if lint.Blocks(ps, false) {
		k.fail("a random flow has mistakes: %v", ps)
	}
	k.libs[lib.Flow("q").Hash()] = lib
	k.e = &Engine{lib: lib, watch: true, old: func(hash string) (*Library, error) { return k.libs[hash], nil }}
}

// step lets one input act and compares the talk with the records.
func (k *drawnTalk) step(in Input) {
	in.At = testNow
	k.last = k.e.Step(k.st, in, k.facts)
	for _, p := range k.last.Problems {
		if !strings.Contains(p.Message, "没有转到新版本") {
			k.fail("%q: %s", in.Text, p.Message)
		}
	}
	k.st, k.facts = k.last.State, k.facts.After(k.last, testNow)
	for _, r := range k.last.Retracted {
		delete(k.records, r.Question)
	}
	for _, a := range k.last.Answers {
		k.records[a.Question] = a.Value
	}
	if snap := k.last.snap; snap != nil && !maps.EqualFunc(snap.answers, k.records, Value.Equal) {
		k.fail("%q: the talk says %v, the records %v", in.Text, snap.answers, k.records)
	}
}

// reply is an answer that the open question takes.
func (k *drawnTalk) reply() string {
	switch p := k.last.Pending; {
	case p.Confirming || p.Type == "yesno":
		return "是"
	case p.Type == "one" || p.Type == "many":
		return "1"
	case p.Type == "number":
		return "4"
	case p.ID == "":
		return "继续"
	}
	return "好的"
}

// survives checks what became of the answers when a version was published.
func (k *drawnTalk) survives(before map[string]Value, e drawnEdition) {
	moved := len(k.last.Moved) > 0
	gone := map[string]bool{}
	for _, r := range k.last.Retracted {
		gone[r.Question] = true
	}
	for q, v := range before {
		if now, ok := k.records[q]; ok && now.Equal(v) {
			continue
		}
		if !moved {
			k.fail("the answer to %s is lost without a move", q)
		}
		if !gone[q] {
			k.fail("the answer to %s is lost and was not retracted", q)
		}
		bare := bareID(q)
		if to, ok := e.rename[bare]; ok && k.records[to].Kind() == v.Kind() {
			continue
		}
		head, _, _ := strings.Cut(bare, ".")
		if slices.Contains(e.drop, head) {
			continue
		}
		if to, ok := e.rename[head]; ok {
			head = to
		}
		i := slices.IndexFunc(e.parts, func(p drawnPart) bool { return p.id == head })
		if e.policy == PolicyRestart || i >= 0 && (slices.Contains(e.drop, head) || e.parts[i].when != "" || e.parts[i].kind == "block") {
			continue
		}
		if _, ok := k.records[head]; ok {
			continue // another value under the same name
		}
		k.fail("the answer to %s was retracted for no reason", q)
	}
}

// TestRandomEdits: whatever an author does to a flow, with or without a word in migrate, wherever a doctor stands: no answer is lost, the records say
// what the talk says, and the talk comes to its end.
func TestRandomEdits(t *testing.T) {
	t.Parallel()
	gen := rapid.Custom(drawEditions)
	edits, moves := 0, map[string]int{}
	for seed := range 250 {
		drawn := gen.Example(seed)
		k := &drawnTalk{t: t, records: map[string]Value{}, libs: map[string]*Library{}, facts: Facts{Doctor: fmt.Sprint("d", seed), Consents: map[string]string{"base": "p1"}}}
		k.publish(drawn[0].yaml())
		k.step(Input{Kind: InText, Text: "开始"})
		for n, e := range drawn[1:] {
			for range drawn[n].answer {
				if !k.st.Idle() {
					k.step(Input{Kind: InText, Text: k.reply()})
				}
			}
			if k.st.Idle() {
				k.records = map[string]Value{}
				k.step(Input{Kind: InText, Text: "开始"})
			}
			k.publish(e.yaml())
			edits++
			if k.st.Idle() {
				continue
			}
			before := maps.Clone(k.records)
			said := "帮助" // moves, and answers nothing
			if seed%2 == 1 {
				said = k.reply()
			}
			k.step(Input{Kind: InText, Text: said})
			for _, m := range k.last.Moved {
				moves[m.How]++
			}
			k.survives(before, e)
		}
		for n := 0; !k.st.Idle(); n++ {
			if n > 60 {
				k.fail("the talk does not come to an end: %+v", k.last.Pending)
			}
			k.step(Input{Kind: InText, Text: k.reply()})
		}
	}
	t.Logf("%d edits, talks that changed their version: %v", edits, moves)
	if edits < 1000 || moves[howMove] < 100 || moves[howRestart] < 20 || moves[howText] < 20 {
		t.Errorf("%d edits, %v: too few to mean something", edits, moves)
	}
}
