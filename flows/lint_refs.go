package flows

import "github.com/vrep/vrep/flows/cond"

// checkRefs: names that only get their value in a later step.
func checkRefs(c *checker) {
	for _, f := range c.lib.parts() {
		if f.scope == nil {
			continue
		}
		for _, s := range f.Steps {
			for _, e := range s.exprs {
				if e.x == nil {
					continue
				}
				_, block := s.Body.(*BlockStep) // its loop is looked at before its steps
				own := e != s.When && !block
				for _, name := range e.x.Names() {
					c.later(f, s, name, own, e.at.find(e.src).find(name))
				}
			}
			for _, x := range s.texts {
				own := true
				if q, ok := s.Body.(*Question); ok && q.Ask == x {
					own = false
				}
				for _, name := range x.names() {
					c.later(f, s, name, own, x.where(name))
				}
			}
		}
	}
}

// later files a name whose value comes after the step, unless the talk may come back to the step from there.
func (c *checker) later(f *Flow, s *Step, name string, own bool, at place) {
	from, ok := f.scope.from[name]
	if !ok && f.outer != nil {
		c.later(f.outer, f.block, name, true, at)
		return
	}
	if !ok || f.loose() || from < s.N || (from == s.N && own) || f.loops(from, s.N) {
		return
	}
	c.add(at, "later_name", "name", name, "line", itoa(f.Steps[from].at.line))
}

// loops reports a jump from at or after a step back to at or before another one.
func (f *Flow) loops(from, to int) bool {
	for _, s := range f.Steps[from:] {
		for _, e := range f.jumps(s) {
			if e <= to {
				return true
			}
		}
	}
	return false
}

// names lists the names that a text prints or asks about.
func (x *Text) names() []string {
	var out []string
	expr := func(e *cond.Expr) {
		if e != nil {
			out = append(out, e.Names()...)
		}
	}
	for i := range x.parts {
		expr(x.parts[i].when)
		for _, a := range x.parts[i].alts {
			if a.name != "" {
				out = append(out, a.name)
			}
			expr(a.expr)
		}
	}
	return out
}
