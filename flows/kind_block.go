package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// Limits of a loop.
const (
	defaultRounds = 20
	maxRounds     = 50
)

// Names within a round.
const (
	itemName    = "item"    // unless "as" names it
	roundName   = "round"   // 1, 2, 3 …
	countName   = "count"   // <block>.count: rounds done
	anotherName = "another" // id of the engine's own question after a round
)

// BlockStep is the body of a block step: steps that are gone through once in an order of their own, or round after round.
type BlockStep struct {
	ForEach *Expr // a round for every item of a list
	Times   *Expr // so many rounds
	Until   *Expr // looked at after every round: true ends the loop
	As      string
	Another *Text // asked after every round: yes begins another one
	Max     int   // most rounds
	Shuffle bool  // rounds (ForEach) or steps (no loop) in an order of their own for every doctor
	Pick    int   // so many of the rounds or steps, 0 = all
	Inner   *Flow // the steps; with Another, the last one is that question
}

// Loops reports whether the steps may be gone through more than once.
func (b *BlockStep) Loops() bool {
	return b.ForEach != nil || b.Times != nil || b.Another != nil || b.Until != nil
}

// block: steps that belong together: round after round, or once in an order of their own. Its answers are read as lists, <block>.<question>.
func kindBlock() *stepKind {
	return &stepKind{
		name: "block", key: "block", keys: []string{"steps"},
		bind:  bindBlock,
		names: namesOfBlock,
		link:  linkBlock,
		run: func(t *turn, f *Frame, s *Step) verdict {
			if f.carried(s) {
				return goOn
			}
			t.replace(f, s)
			if t.startRound(f, s, 1) {
				return verdict{pushed: true}
			}
			return goOn
		},
	}
}

func bindBlock(b *binder, o *object, s *Step) {
	body := &BlockStep{As: itemName, Max: defaultRounds}
	s.Body = body
	inner := &Flow{ID: b.flow.ID, lib: b.flow.lib, file: b.flow.file, place: s.at, index: map[string]int{}, outer: b.flow, block: s}
	body.Inner = inner
	o.need("id", "steps")
	if n := o.keys["steps"]; n != nil {
		b.steps(n, inner)
		if len(n.Content) == 0 && n.Kind == yaml.SequenceNode {
			b.add(o.key["steps"], "missing_key", "key", "steps")
		}
	}
	switch n := o.keys["block"]; {
	case n.Kind == yaml.MappingNode:
		b.loop(n, body)
	case n.Kind != yaml.ScalarNode || (n.Value != "" && n.Value != "null" && n.Value != "~"):
		b.add(n, "want_map")
	}
}

var blockKeys = []string{"for_each", "as", "times", "another", "until", "max", "shuffle", "pick"}

// loop reads how often, and in which order, the steps are gone through.
func (b *binder) loop(n *yaml.Node, body *BlockStep) {
	o := b.object(n, blockKeys)
	body.ForEach, body.Times = b.forEach(o), o.expr("times")
	if as := o.word("as"); as != "" {
		body.As = as
		if cond.Reserved(as) || contains(reservedIDs, as) && as != itemName {
			b.add(o.keys["as"], "reserved_id", "id", as)
		}
	}
	body.Max = o.number("max", 1, maxRounds, defaultRounds)
	body.Shuffle, body.Pick = o.flag("shuffle", false), o.number("pick", 1, maxRounds, 0)
	within := func(read func()) { // its names are those of a round
		step := b.step
		b.step = nil
		read()
		b.step = step
	}
	within(func() { body.Until = o.cond("until") })
	within(func() {
		if body.Another = o.text("another"); body.Another != nil {
			b.another(o.keys["another"], body)
		}
	})
	forms := make([]string, 0, 3)
	for _, key := range []string{"for_each", "times", "another"} {
		if o.has(key) {
			forms = append(forms, key)
		}
	}
	if len(forms) > 1 {
		b.add(o.key[forms[1]], "two_loops", "a", forms[0], "b", forms[1])
	}
	b.loopKeys(o, body)
}

// forEach reads what there is a round for: an expression, or the items themselves.
func (b *binder) forEach(o *object) *Expr {
	n := o.keys["for_each"]
	if n == nil || n.Kind != yaml.SequenceNode {
		return o.expr("for_each")
	}
	items := o.words("for_each")
	if len(n.Content) == 0 {
		b.add(n, "missing_key", "key", "for_each")
	}
	for i, item := range items {
		items[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(item) + `"`
	}
	e := &Expr{src: "[" + strings.Join(items, ", ") + "]", at: b.at(n)}
	b.own(e, nil)
	return e
}

// loopKeys files keys that mean nothing without the loop that they belong to.
func (b *binder) loopKeys(o *object, body *BlockStep) {
	if o.has("as") && !o.has("for_each") {
		b.add(o.key["as"], "needs_loop", "key", "as", "with", "for_each")
	}
	if o.has("max") && !body.Loops() {
		b.add(o.key["max"], "needs_loop", "key", "max", "with", strings.Join([]string{"for_each", "times", "another", "until"}, listMark))
	}
	for _, key := range []string{"shuffle", "pick"} {
		if o.has(key) && body.Loops() && body.ForEach == nil {
			b.add(o.key[key], "order_of_loop", "key", key)
		}
	}
}

// another adds the engine's own question to the end of a round: it is asked, refused, limited and gone back over like any yes or no.
func (b *binder) another(n *yaml.Node, body *BlockStep) {
	yesno := *kindAsk()
	yesno.names = nil
	yesno.run = func(t *turn, f *Frame, s *Step) verdict {
		if f.R >= body.Max || (body.Until != nil && t.holds(f, body.Until)) {
			return goOn
		}
		return t.ask(f, s)
	}
	q := &Question{Ask: body.Another, Type: "yesno", MaxRetry: -1, Known: "ask", Commands: true, Inside: true}
	for _, k := range b.kinds.questions {
		if k.name == q.Type {
			q.kind = k
		}
	}
	in := body.Inner
	s := &Step{N: len(in.Steps), ID: anotherName, Kind: "ask", Body: q, MaxVisits: 3, node: n, at: b.at(n), kind: &yesno, texts: []*Text{body.Another}}
	if _, twice := in.index[s.ID]; !twice {
		in.index[s.ID] = s.N
	}
	in.Steps = append(in.Steps, s)
}

// asksAnother reports the engine's own question at the end of a round.
func (s *Step) asksAnother() bool { return s.ID == anotherName && s.kind != nil && s.kind.names == nil }

// namesOfBlock declares what later steps may read: the number of rounds, and the answers of all rounds as lists. What is gone through once keeps its
// type.
func namesOfBlock(l *linker, s *Step) {
	body := s.Body.(*BlockStep)
	c := l.child(s, body.Inner)
	if s.ID == "" {
		return
	}
	l.declare(s, s.ID+"."+countName, cond.Type{Kind: cond.KindNumber}, s.at)
	l.scope.count = append(l.scope.count, s.ID+"."+countName)
	if body.ForEach != nil {
		l.declare(s, s.ID+"."+body.As, cond.Type{Kind: cond.KindList, Missing: true}, s.at)
	}
	for _, name := range c.scope.list {
		if _, own := c.scope.from[name]; own && name != "ae.no" {
			l.declare(s, s.ID+"."+name, body.outside(c.scope.types[name]), s.at)
		}
	}
}

// outside is the type that a name of the block has for later steps.
func (b *BlockStep) outside(t cond.Type) cond.Type {
	t.Missing = true
	if !b.Loops() || t.Kind == cond.KindList {
		return t
	}
	of := t.Kind
	if of == cond.KindText {
		of = cond.KindNone
	}
	return cond.Type{Kind: cond.KindList, Of: of, Codes: t.Codes, Missing: true}
}

// linkBlock checks the loop and links the steps with what is known when the block begins.
func linkBlock(l *linker, s *Step) {
	body := s.Body.(*BlockStep)
	c := l.children[s]
	if body.ForEach != nil && body.ForEach.x != nil && l.known(body.ForEach) {
		t := body.ForEach.x.Type()
		if t.Kind != cond.KindList && t.Kind != cond.KindNone {
			l.add(body.ForEach.at.find(body.ForEach.src), "for_each_list", "kind", phrase("kind_"+t.Kind.String()))
		}
		item := cond.Type{Kind: t.Of, Codes: t.Codes}
		if t.Kind == cond.KindList && item.Kind == cond.KindNone {
			item.Kind = cond.KindText
		}
		c.scope.retype(body.As, item)
		l.scope.retype(s.ID+"."+body.As, cond.Type{Kind: cond.KindList, Of: t.Of, Codes: t.Codes})
	}
	if body.Times != nil && body.Times.x != nil && l.known(body.Times) {
		if t := body.Times.x.Type(); t.Kind != cond.KindNumber && t.Kind != cond.KindNone {
			l.add(body.Times.at.find(body.Times.src), "times_number", "kind", phrase("kind_"+t.Kind.String()))
		}
	}
	holding := []string(nil)
	if s.When != nil {
		holding = conjuncts(s.When.src)
	}
	c.scope.up = pathScope{scope: l.scope, g: l.given, step: s.N, holding: holding}
	c.resolve()
	if body.Until != nil {
		c.compile(body.Until, pathScope{scope: c.scope, g: c.given, step: len(body.Inner.Steps)})
		c.endless(body)
	}
	if !body.Loops() {
		for name := range c.scope.from {
			l.scope.retype(s.ID+"."+name, c.scope.types[name])
		}
	}
}

// known files a single word that is no name: a list or a number never is a code.
func (l *linker) known(e *Expr) bool {
	if len(e.x.Names()) > 0 || !isName(e.src) {
		return true
	}
	if l.lib.lists[e.src] != nil {
		l.add(e.at.find(e.src), "loop_over_list", "name", e.src)
		return false
	}
	l.add(e.at.find(e.src), "cond_unknown_name", "name", e.src, "near", cond.Nearest(e.src, l.scope.Names()))
	return false
}

// endless files an end condition that nothing within a round can change.
func (l *linker) endless(body *BlockStep) {
	if body.Until.x == nil || body.ForEach != nil || body.Times != nil || body.Another != nil {
		return
	}
	for _, name := range body.Until.x.Names() {
		if _, own := l.scope.types[name]; own || strings.HasPrefix(name, "profile.") || strings.HasPrefix(name, l.flow.block.ID+".") {
			return
		}
	}
	l.add(body.Until.at.find(body.Until.src), "endless_loop")
}
