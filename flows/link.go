package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
)

// linker gives the names of a flow their meaning: it types them, compiles conditions and texts, and checks every reference.
type linker struct {
	lib   *Library
	flow  *Flow
	scope *scope
	sink  *lint.Sink
	funcs map[string]cond.Function
	gives map[int][]string // step → names that it declares
	given *givens

	children map[*Step]*linker // of the blocks of the flow
}

func (l *linker) add(at place, key string, args ...string) {
	if at.file == nil {
		return
	}
	l.sink.Add(at.file, at.line, at.column, at.width, key, args...)
}

// reservedIDs may not name a step or a value: they mean something else.
var reservedIDs = []string{"end", "stop", "human", "skip", "yes", "no", "item", "profile", "input", "account", "doctor", "answer", "left", "else"}

// declare gives a name to later steps.
func (l *linker) declare(s *Step, name string, t cond.Type, at place) {
	if name == "" {
		return
	}
	if _, known := l.scope.from[name]; !known {
		l.scope.from[name] = s.N
	}
	l.scope.put(name, t)
	l.gives[s.N] = append(l.gives[s.N], name)
	_ = at
}

// declareResult gives the result of a do step both as <kind>.<out> and, if the step has an id, as <id>.<out>.
func (l *linker) declareResult(s *Step, kind, out string, t cond.Type) {
	l.declare(s, kind+"."+out, t, s.at)
	if s.ID != "" && s.ID != kind {
		l.declare(s, s.ID+"."+out, t, s.at)
	}
}

// field checks a profile field that a step writes.
func (l *linker) field(name string, at place) {
	if !l.lib.strictProfile || l.lib.profile[name] != nil {
		return
	}
	var names []string
	for n := range l.lib.profile {
		names = append(names, n)
	}
	slices.Sort(names)
	l.add(at, "unknown_field", "name", name, "near", cond.Nearest(name, names))
}

// target checks where a jump goes.
func (l *linker) target(j jumpRef) {
	words := []string{"end", "stop", "human"}
	if j.soft {
		words = append(words, "skip")
	}
	if contains(words, j.to) {
		return
	}
	if _, ok := l.flow.index[j.to]; ok {
		return
	}
	if l.elsewhere(j) {
		return
	}
	ids := slices.Clone(words)
	for id := range l.flow.index {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	l.add(j.at, "unknown_target", "name", j.to, "near", cond.Nearest(j.to, ids))
}

// elsewhere files a jump into a block or out of one.
func (l *linker) elsewhere(j jumpRef) bool {
	for f := l.flow.outer; f != nil; f = f.outer {
		if _, ok := f.index[j.to]; ok {
			l.add(j.at, "jump_out_of_block", "name", j.to, "block", l.flow.block.ID)
			return true
		}
	}
	inside := ""
	l.flow.root().Walk(func(in *Flow, s *Step) {
		if s.ID == j.to && in.block != nil && inside == "" {
			inside = in.block.ID
		}
	})
	if inside == "" {
		return false
	}
	l.add(j.at, "jump_into_block", "name", j.to, "block", inside)
	return true
}

// link links one flow; the flows that it calls are linked already.
func (l *linker) link() {
	l.names()
	l.resolve()
}

// child makes the linker of a block's steps and lets it declare their names.
func (l *linker) child(s *Step, inner *Flow) *linker {
	body := s.Body.(*BlockStep)
	inner.scope = &scope{lib: l.lib, flow: inner, types: map[string]cond.Type{}, from: map[string]int{}, up: l.scope}
	inner.scope.put(roundName, cond.Type{Kind: cond.KindNumber})
	if body.ForEach != nil {
		inner.scope.put(body.As, cond.Type{})
	}
	c := &linker{lib: l.lib, flow: inner, scope: inner.scope, sink: l.sink, funcs: l.funcs, gives: map[int][]string{}}
	if l.children == nil {
		l.children = map[*Step]*linker{}
	}
	l.children[s] = c
	c.names()
	return c
}

// names declares what the steps give to later ones, and works out what is given where.
func (l *linker) names() {
	l.ids()
	for _, s := range l.flow.Steps { // lists first: the values of a question belong to its type
		if q, ok := s.Body.(*Question); ok && q.kind != nil {
			l.prepare(q)
		}
	}
	for _, s := range l.flow.Steps {
		if s.kind.names != nil {
			s.kind.names(l, s)
		}
	}
	l.given = l.follow()
	for _, name := range l.scope.list {
		if i, ok := l.given.index[name]; ok && l.given.end.has(i) && len(l.flow.Steps) > 0 {
			l.flow.sure = append(l.flow.sure, name)
		}
	}
}

// resolve compiles every expression and text and checks every reference.
func (l *linker) resolve() {
	for i := range l.flow.Start.On {
		l.flow.Start.On[i].word = l.lib.reader.Normalise(l.flow.Start.On[i].Key)
	}
	if l.flow.Start.When != nil {
		l.compile(l.flow.Start.When, l.scope)
	}
	for _, r := range l.flow.Remind {
		r.Say.link(with{l.scope, textNames("left")}, l.funcs, l.add)
		l.missing(r.Say, pathScope{scope: l.scope, g: l.given})
	}
	for _, s := range l.flow.Steps {
		l.expressions(s)
		for _, j := range s.gotos {
			l.target(j)
		}
		if s.kind.link != nil {
			s.kind.link(l, s)
		}
	}
	l.lowSums()
	for i, out := range l.flow.Outputs {
		if _, ok := l.scope.from[out]; !ok {
			l.add(l.flow.outputAt[i], "unknown_output", "name", out, "near", cond.Nearest(out, l.scope.list))
		}
	}
}

// expressions compiles the conditions and texts of a step with what is known there.
func (l *linker) expressions(s *Step) {
	here := pathScope{scope: l.scope, g: l.given, step: s.N}
	if s.When != nil {
		l.compile(s.When, here)
		here.holding = conjuncts(s.When.src)
	}
	for _, e := range s.exprs {
		if e == s.When {
			continue
		}
		here.own, here.value = true, ""
		if s.checks(e) {
			here.value = s.ID
		}
		l.compile(e, here)
	}
	for _, x := range s.texts {
		if here.own, here.value = !s.before(x), ""; here.own {
			here.value = s.ID
		}
		x.link(with{here, textNames("left", "answer", "ae.no")}, l.funcs, l.add)
		if s.said() {
			l.missing(x, here)
		}
	}
}

// ids files ids that are used twice or mean something else.
func (l *linker) ids() {
	for _, s := range l.flow.Steps {
		if s.ID == "" {
			continue
		}
		at := s.at.find(s.ID)
		if contains(reservedIDs, s.ID) || cond.Reserved(s.ID) || (l.flow.block != nil && s.ID == countName) {
			l.add(at, "reserved_id", "id", s.ID)
		}
		if first := l.flow.Steps[l.flow.index[s.ID]]; first != s {
			l.add(at, "duplicate_id", "id", s.ID, "line", itoa(first.at.line))
		}
	}
}

// compile compiles an expression with the names of the flow.
func (l *linker) compile(e *Expr, sc cond.Scope) {
	compile := cond.Compile
	if e.condition {
		compile = cond.CompileCondition
	}
	x, ps := compile(e.src, sc, l.funcs)
	if len(ps) > 0 {
		at := e.at.find(e.src)
		condProblems(ps, e.src, at, e.src, l.add)
		return
	}
	e.x = x
}

// outputs are the names that a caller may read: the declared ones, else all answers and computed values.
func (f *Flow) outputs() []string {
	if len(f.Outputs) > 0 {
		return f.Outputs
	}
	var out []string
	for name := range f.scope.from {
		if !strings.Contains(name, ".") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
