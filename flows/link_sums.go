package flows

import (
	"slices"
	"strings"
)

// lowSums files totals over questions that may have no answer: what is not answered counts nothing, so the total comes out low and nobody sees it. A flow
// that asks anywhere whether such a question was answered (count, is empty) has thought of it.
func (l *linker) lowSums() {
	doubted := map[string]bool{}
	for _, s := range l.flow.Steps {
		for _, e := range s.exprs {
			if e.x != nil {
				for _, name := range e.x.Doubted() {
					doubted[name] = true
				}
			}
		}
	}
	for _, s := range l.flow.Steps {
		here := pathScope{scope: l.scope, g: l.given, step: s.N, own: true}
		if s.When != nil {
			here.holding = conjuncts(s.When.src)
		}
		for _, e := range s.exprs {
			if e == s.When || e.x == nil {
				continue
			}
			var names []string
			for _, name := range e.x.Handed("score", "sum") {
				if t, ok := here.Lookup(name); ok && t.Missing && !doubted[name] && l.asks(name) {
					names = append(names, name)
				}
			}
			if len(names) > 0 {
				slices.Sort(names)
				l.add(e.at.find(e.src), "low_sum", "names", strings.Join(slices.Compact(names), listMark))
			}
		}
	}
}

// asks reports a name that is a question of the flow.
func (l *linker) asks(name string) bool {
	s := l.flow.Step(name)
	if s == nil {
		return false
	}
	_, ok := s.Body.(*Question)
	return ok
}
