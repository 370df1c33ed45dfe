package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// way is what a walk through the new version with the answers at hand has found.
type way struct {
	reached bool // the walk came to the step it was sent to
	looped  bool // the walk came back to a step: the talk goes round
	open    int  // where something has to happen after the last answer: a question, a call, a hand-over, an end
	start   int  // first step before that which has not been said or done yet, -1 = none
}

// env gives the names of a frame, or of a copy on which a walk is tried, their values.
func (p *placing) env(f *Frame) *env {
	e := &env{t: p.c.t, f: f, inner: p.flow}
	if p.k > 0 {
		e.up = p.c.at(p.k - 1).env(&p.c.t.st.Frames[p.c.i+p.k-1])
	}
	return e
}

// holds reports whether a step applies. What it wrote itself does not count.
func (p *placing) holds(f *Frame, s *Step) bool {
	switch e := p.env(f); {
	case s.When == nil:
		return true
	case f.did(s):
		return p.c.t.applies(e, s)
	default:
		return e.holds(s.When)
	}
}

// walk follows the answers from the first step to a step, computes the values on the way, and lets go what does not apply any more. Nothing is said or
// done. A real walk puts on record what it changes.
func (p *placing) walk(f *Frame, to int, done map[string]bool, real bool) way {
	steps := p.flow.Steps
	w := way{open: -1, start: -1}
	seen, put, last := make([]bool, len(steps)), map[string]bool{}, -1
	var again []int
	for i := 0; i < len(steps); {
		if seen[i] {
			w.looped = true
			break
		}
		seen[i] = true
		s := steps[i]
		if !p.holds(f, s) {
			p.lapse(f, s, real)
			i++
			continue
		}
		if w.reached = i == to && f.got(s.ID) == nil; w.reached {
			break
		}
		g := f.got(s.ID)
		if q, ok := s.Body.(*Question); ok && g != nil {
			w.open, w.start, last, again = -1, -1, i, nil
			i = p.after(f, i, p.c.t.chosen(f, q, g.V).to)
			continue
		}
		if stops := p.step(f, s, done, put, real); w.open < 0 {
			switch {
			case stops:
				w.open = i
			case w.start < 0 && s.deeds() && !done[p.flow.facts(s)]:
				w.start = i
			case w.start >= 0: // gone by again, see ahead
				again = append(again, i)
			}
		}
		if s.Kind == "end" {
			break
		}
		i = p.after(f, i, "")
	}
	if w.open < 0 && w.looped {
		w.open = last + 1
	} else if w.open < 0 {
		w.open = len(steps)
	}
	if real {
		for _, i := range again {
			seen[i] = false
		}
		p.ahead(f, seen)
		if !w.looped && len(f.Visits) == 0 {
			f.Vars = slices.DeleteFunc(f.Vars, func(v Var) bool { return !strings.Contains(v.N, ".") && !put[v.N] })
		}
	}
	return w
}

// lapse takes back what a step has done that does not apply any more.
func (p *placing) lapse(f *Frame, s *Step, real bool) {
	switch {
	case !f.did(s):
	case real:
		p.c.t.revoke(p.env(f), p.c.t.prefix(p.c.i+p.k), s)
	default:
		f.dropGot(s.ID)
	}
}

// step passes a step that is no answered question. true means that something has to happen there.
func (p *placing) step(f *Frame, s *Step, done, put map[string]bool, real bool) bool {
	switch body := s.Body.(type) {
	case *Question, *EndStep:
		return true
	case *HandoffStep:
		return !done[p.flow.facts(s)]
	case *BlockStep:
		return !f.did(s) && !done[p.flow.facts(s)]
	case *CallStep:
		return !done[p.flow.facts(s)] && !slices.ContainsFunc(f.Subs, func(sub Frame) bool { return sub.R == 0 && sub.Flow == body.Flow })
	case *SetStep:
		for _, pair := range body.Pairs {
			if pair.Field == "" {
				p.compute(f, pair.Name, pair.Expr, put)
			}
		}
	case *ClassifyStep:
		p.classify(f, s, body, put, real)
	case *SplitStep:
		if arm := body.arm(p.c.t.seed("split", f.Flow, body.Name)); arm != "" {
			put[body.Name] = true
			f.put(body.Name, cond.Text(arm))
		}
	}
	return false
}

// deeds reports a step that says or does something: rounds, calls and computed values are looked at on the way.
func (s *Step) deeds() bool {
	switch body := s.Body.(type) {
	case *BlockStep, *CallStep, *ClassifyStep, *SplitStep:
		return false
	case *SetStep:
		return slices.ContainsFunc(body.Pairs, func(p SetPair) bool { return p.Field != "" })
	}
	return true
}

// compute gives a value anew. One that counts on from itself is kept: the talk cannot be gone through again.
func (p *placing) compute(f *Frame, name string, e *Expr, put map[string]bool) {
	put[name] = true
	if _, ok := f.variable(name); ok && e.x != nil && contains(e.x.Names(), name) {
		return
	}
	f.put(name, p.env(f).eval(e))
}

func (p *placing) classify(f *Frame, s *Step, body *ClassifyStep, put map[string]bool, real bool) {
	t, e := p.c.t, p.env(f)
	for _, r := range body.Rules {
		if r.When != nil && !e.holds(r.When) {
			continue
		}
		put[body.Name] = true
		v := cond.Text(r.Value)
		f.put(body.Name, v)
		if real && body.Save != "" && !t.profile(body.Save).Value.Equal(v) {
			t.write(t.typed(Assign{Field: body.Save, Value: v, Label: r.Label, From: s.where(), Flow: f.Flow, Answer: -1, At: t.in.At}))
		}
		return
	}
}

// put sets a value without a way back: going back computes it anew on the way forward.
func (f *Frame) put(name string, v Value) {
	for i := range f.Vars {
		if f.Vars[i].N == name {
			f.Vars[i].V = v
			return
		}
	}
	f.Vars = append(f.Vars, Var{N: name, V: v})
}

// after is the position after a step, len(Steps) when the flow ends there. to is where the chosen option leads.
func (p *placing) after(f *Frame, i int, to string) int {
	s, e := p.flow.Steps[i], p.env(f)
	for _, j := range s.Next {
		if to == "" && e.holds(j.When) {
			to = j.Goto
		}
	}
	if to == "" {
		to = s.Goto
	}
	if at, ok := p.flow.index[to]; ok {
		return at
	}
	if to == "end" || to == "stop" {
		return len(p.flow.Steps)
	}
	return i + 1
}

// ahead notes the answers, rounds and called flows that the way so far has not come by: when it does, they are not asked for again.
func (p *placing) ahead(f *Frame, seen []bool) {
	f.Carry = nil
	for i, s := range p.flow.Steps {
		switch s.Body.(type) {
		case *Question, *BlockStep, *CallStep:
			if s.ID != "" && !seen[i] && f.did(s) {
				f.Carry = append(f.Carry, s.ID)
			}
		}
	}
}

// carried reports, once, that what a step has brought came along from another version.
func (f *Frame) carried(s *Step) bool {
	i := slices.Index(f.Carry, s.ID)
	if i < 0 {
		return false
	}
	f.Carry = slices.Delete(f.Carry, i, i+1)
	return f.did(s)
}
