package flows

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// givens tells which names are sure to have a value when a step is reached, whatever way led there.
type givens struct {
	index map[string]int // name, or name?condition: the name is given wherever the condition holds
	in    []bits         // per step; one more for the end of the flow
	end   bits           // at every end of the flow
	names [][]string     // names that a step gives when it is carried out

	rounds map[string][]string // name of a block's number of rounds → names that are given when there was one
}

// bits is a set of small numbers.
type bits []uint64

func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }

// meet keeps what both sets hold and reports whether b has changed.
func (b bits) meet(o bits) bool {
	changed := false
	for i := range b {
		if n := b[i] & o[i]; n != b[i] {
			b[i], changed = n, true
		}
	}
	return changed
}

func (b bits) with(more []int) bits {
	out := append(bits{}, b...)
	for _, i := range more {
		out.set(i)
	}
	return out
}

// wordsOnly marks the name of an answer that can be printed although it may have no value: an accepted "don't know".
const wordsOnly = "!"

// sure lists the names that a step is certain to give when it is carried out.
func (l *linker) sure(s *Step) []string {
	out := l.gives[s.N]
	switch body := s.Body.(type) {
	case *Question:
		if !body.Required || l.flow.skips(s) {
			return nil
		}
		if body.Unknown != nil { // no value, but words to print
			return []string{s.ID + wordsOnly}
		}
		if body.Save != "" {
			out = append(out, "profile."+body.Save)
		}
	case *SetStep:
		for _, p := range body.Pairs {
			if p.Field != "" {
				out = append(out, "profile."+p.Field)
			}
		}
	case *ClassifyStep:
		if body.Save != "" {
			out = append(out, "profile."+body.Save)
		}
	case *BlockStep:
		out = body.sure(s.ID, l.flow)
	case *CallStep:
		out = nil
		if callee := l.lib.flows[body.Flow]; callee != nil && s.ID != "" {
			for _, name := range callee.sure {
				out = append(out, s.ID+"."+name)
			}
		}
	}
	return out
}

// sure lists what later steps may read of a block that has been gone through at least once.
func (b *BlockStep) sure(id string, f *Flow) []string {
	n, counted := 0.0, false
	if b.Times != nil {
		low, err := parseFloat(b.Times.src)
		if counted = err == nil && low != nil; counted {
			n = *low
		}
	}
	switch {
	case b.Times != nil && n < 1, b.ForEach != nil && !strings.HasPrefix(b.ForEach.src, "[") && b.source(f) == nil:
		return nil
	}
	out := make([]string, 0, len(b.Inner.sure))
	if b.ForEach != nil {
		out = append(out, id+"."+b.As)
	}
	for _, name := range b.Inner.sure {
		out = append(out, id+"."+name)
	}
	return out
}

// source is the question whose chosen options the rounds are about, nil when the list may be empty although it was answered, or is no question.
func (b *BlockStep) source(f *Flow) *Step {
	s := f.Step(b.ForEach.src)
	if s == nil {
		return nil
	}
	q, ok := s.Body.(*Question)
	if !ok || slices.ContainsFunc(q.Choices, func(c Choice) bool { return c.Only }) {
		return nil
	}
	return s
}

// follow works out what is given where: it starts with everything and takes away what some way does not bring, until nothing changes.
func (l *linker) follow() *givens {
	f := l.flow
	g := &givens{index: map[string]int{}, rounds: map[string][]string{}, in: make([]bits, len(f.Steps)+1), names: make([][]string, len(f.Steps))}
	plain, guarded := make([][]int, len(f.Steps)), make([][]int, len(f.Steps))
	number := func(name string) int {
		if _, ok := g.index[name]; !ok {
			g.index[name] = len(g.index)
		}
		return g.index[name]
	}
	needs := make([]int, len(f.Steps)) // the name without which a loop may have no round, -1 = none
	for i, s := range f.Steps {
		needs[i] = -1
		if body, ok := s.Body.(*BlockStep); ok && body.ForEach != nil && body.source(f) != nil {
			needs[i] = number(body.ForEach.src)
		}
		g.names[i] = l.sure(s)
		if body, ok := s.Body.(*BlockStep); ok && s.ID != "" {
			g.rounds[s.ID+"."+countName] = body.Inner.sure
		}
		for _, name := range g.names[i] {
			plain[i] = append(plain[i], number(name))
			if s.When != nil {
				guarded[i] = append(guarded[i], number(name+"?"+oneSpace(s.When.src)))
			}
		}
	}
	g.prepare()
	if f.loose() {
		g.anyOrder(f, plain)
		return g
	}
	g.spread(f, func(i int) []int {
		if n := needs[i]; n >= 0 && !g.in[i].has(n) {
			return nil
		}
		return plain[i]
	}, guarded)
	return g
}

// loose reports the steps of a block that are taken in any order, or not all.
func (f *Flow) loose() bool {
	if f.block == nil {
		return false
	}
	b := f.block.Body.(*BlockStep)
	return !b.Loops() && (b.Shuffle || b.Pick > 0)
}

// anyOrder is what is given when nothing is known of the order: nothing before a step, and in the end what every step gives that is always passed.
func (g *givens) anyOrder(f *Flow, plain [][]int) {
	for i := range g.in {
		g.in[i] = make(bits, len(g.in[0]))
	}
	g.end = make(bits, len(g.in[0]))
	if f.block.Body.(*BlockStep).Pick > 0 {
		return
	}
	for i, s := range f.Steps {
		if s.When == nil && len(s.targets()) == 0 {
			g.end = g.end.with(plain[i])
		}
	}
}

// prepare gives every step but the first everything.
func (g *givens) prepare() {
	words := len(g.index)/64 + 1
	for i := range g.in {
		g.in[i] = make(bits, words)
		for w := range g.in[i] {
			g.in[i][w] = ^uint64(0)
		}
	}
	g.end = append(bits{}, g.in[len(g.in)-1]...)
	g.in[0] = make(bits, words)
}

// spread carries what is given along every way through the flow.
func (g *givens) spread(f *Flow, plain func(step int) []int, guarded [][]int) {
	seen := make([]bool, len(g.in))
	todo := []int{0}
	pass := func(to int, b bits) {
		if g.in[to].meet(b) || !seen[to] {
			seen[to] = true
			todo = append(todo, to)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i >= len(f.Steps) {
			g.end.meet(g.in[i])
			continue
		}
		s := f.Steps[i]
		out := g.in[i].with(plain(i)).with(guarded[i])
		if s.Kind == "end" {
			g.end.meet(out)
		}
		if s.When != nil {
			pass(i+1, g.in[i].with(guarded[i]))
		}
		for _, t := range s.targets() {
			to, ok := f.index[t.to]
			switch {
			case ok && t.soft: // the question failed: no answer
				pass(to, g.in[i])
			case ok:
				pass(to, out)
			case t.soft:
				g.end.meet(g.in[i])
			default:
				g.end.meet(out)
			}
		}
		if f.falls(s) {
			pass(i+1, out)
		}
	}
}

// given reports whether a name is sure to have a value at a step: on every way, or on every way on which one of the conditions holds.
func (g *givens) given(step int, name string, holding []string) bool {
	if i, ok := g.index[name]; ok && g.in[step].has(i) {
		return true
	}
	for _, c := range holding {
		if i, ok := g.index[name+"?"+c]; ok && g.in[step].has(i) {
			return true
		}
		if speaksOf(c, name) || g.rounded(c, name) {
			return true
		}
	}
	return false
}

// rounded reports a condition that can only hold when a block had a round, and a name that every round of it gives.
func (g *givens) rounded(condition, name string) bool {
	m := reRounded.FindStringSubmatch(condition)
	if m == nil {
		return false
	}
	tail, ok := strings.CutPrefix(name, strings.TrimSuffix(m[1], countName))
	return ok && contains(g.rounds[m[1]], tail)
}

// reRounded is a number of rounds held to be one at least.
var reRounded = regexp.MustCompile(`^([A-Za-z0-9_.]+\.count) ?(?:> ?\d+|(?:>=|==) ?[1-9]\d*|!= ?0)$`)

// speaksOf reports a condition that can only hold when the name has a value: a comparison that begins with it.
func speaksOf(condition, name string) bool {
	rest, ok := strings.CutPrefix(condition, name)
	if !ok {
		return false
	}
	return rest == "" || (rest[0] == ' ' && !strings.HasPrefix(rest, " !=") && rest != " is empty")
}

// conjuncts are the conditions that must all hold; an "or" is taken as one.
func conjuncts(e string) []string {
	e = oneSpace(e)
	whole := []string{e}
	if strings.Contains(e, " or ") || strings.Contains(e, "(") {
		return whole
	}
	if parts := strings.Split(e, " and "); len(parts) > 1 {
		return append(whole, parts...)
	}
	return whole
}

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

// pathScope is the scope of one step: names of the flow count as missing where some way does not bring them.
type pathScope struct {
	*scope
	g       *givens
	step    int
	own     bool   // the names of the step itself are given
	value   string // the question whose value is at hand
	holding []string
}

// given reports whether a name is sure to have a value here, from the steps before or from those before the block.
func (p pathScope) given(name string, holding []string) bool {
	if p.g.given(p.step, name, holding) {
		return true
	}
	up, ok := p.up.(pathScope)
	return ok && up.given(name, slices.Concat(up.holding, holding))
}

// Lookup implements cond.Scope.
func (p pathScope) Lookup(name string) (cond.Type, bool) {
	t, ok := p.scope.Lookup(name)
	from, mine := p.from[name]
	switch {
	case !ok || !p.gives(name) && !strings.HasPrefix(name, "profile."):
		return t, ok
	case mine && from > p.step && !p.flow.loose(): // filed as a reference to a later step
		return t, ok
	case contains(p.count, name):
		return t, ok
	case name == p.value:
		t.Missing = false
	case p.own && mine && contains(p.g.names[p.step], name):
		t.Missing = false
	case mine || t.Missing:
		t.Missing = !p.given(name, p.holding)
	}
	return t, ok
}
