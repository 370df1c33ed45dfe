package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// A change is what a step has done to names that steps after it read. Steps after it can only have been passed already when the talk has jumped back;
// going back takes everything later back by itself.
type change struct {
	t     *turn
	names []string
}

// note remembers that a name got another value, until settle.
func (t *turn) note(name string) { t.touched = append(t.touched, name) }

// settle lets what the step of the frame on top has changed act on the steps after it, there and where the frame was called.
func (t *turn) settle() {
	if len(t.touched) == 0 {
		return
	}
	names := t.touched
	t.touched = t.touched[:0]
	if !t.revisits() {
		return
	}
	c := &change{t: t, names: slices.Clone(names)}
	for i := len(t.st.Frames) - 1; i >= 0; i-- {
		f, flow := &t.st.Frames[i], t.flow(i)
		if flow == nil {
			return
		}
		c.frame(t.env(f), flow, t.prefix(i), f.P+1)
		if f.Own || f.Call == "" {
			break
		}
		c.names = append(c.names, f.Call)
	}
	t.touched = t.touched[:0]
}

// revisits reports a jump back in the frames that the one on top was called from.
func (t *turn) revisits() bool {
	for i := len(t.st.Frames) - 1; i >= 0; i-- {
		f := &t.st.Frames[i]
		if len(f.Visits) > 0 {
			return true
		}
		if f.Own || f.Call == "" {
			return false
		}
	}
	return false
}

// frame looks at the steps of a frame from one on. Conditions hang on earlier steps, so once through in order is enough.
func (c *change) frame(e *env, flow *Flow, prefix string, from int) {
	for i := from; i < len(flow.Steps); i++ {
		s := flow.Steps[i]
		if !e.f.did(s) {
			continue
		}
		if s.When != nil && c.reads(s.When) && !c.t.applies(e, s) {
			c.t.revoke(e, prefix, s)
			c.names = append(c.names, s.gives()...)
			continue
		}
		switch body := s.Body.(type) {
		case *SetStep, *ClassifyStep:
			c.compute(e, flow, s)
		case *BlockStep:
			c.rounds(e, s, body, prefix)
		case *CallStep:
			c.runs(e, s, prefix, func(sub *Frame) *env { return &env{t: c.t, f: sub} })
		}
	}
}

// runs looks into the runs of a called flow or a block.
func (c *change) runs(e *env, s *Step, prefix string, inside func(sub *Frame) *env) {
	before := len(c.names)
	for k := range e.f.Subs {
		sub := &e.f.Subs[k]
		if sub.Call != s.where() {
			continue
		}
		in := inside(sub)
		if flow := in.flow(); flow != nil {
			c.frame(in, flow, sub.within(prefix), 0)
		}
	}
	if len(c.names) > before {
		c.names = append(c.names, s.where())
	}
}

// rounds drops the rounds whose item is no longer in the list, or whose number is beyond the number wanted now, and looks into the others.
func (c *change) rounds(e *env, s *Step, body *BlockStep, prefix string) {
	inside := func(sub *Frame) *env { return &env{t: c.t, f: sub, up: e, inner: body.Inner} }
	if !c.reads(body.ForEach) && !c.reads(body.Times) {
		c.runs(e, s, prefix, inside)
		return
	}
	var items []Value
	if body.ForEach != nil {
		items = c.t.items(e, s)
	}
	stale := func(sub *Frame) bool {
		if body.ForEach != nil {
			return len(sub.In) == 0 || !slices.Contains(items, sub.In[0].V)
		}
		return float64(sub.R) > e.eval(body.Times).Num()
	}
	if c.t.discard(e.f, prefix, s.ID, true, stale) {
		c.names = append(c.names, s.ID)
	}
	c.runs(e, s, prefix, inside)
}

// reads reports an expression that hangs on one of the names.
func (c *change) reads(e *Expr) bool {
	if e == nil || e.x == nil {
		return false
	}
	return slices.ContainsFunc(e.x.Names(), func(n string) bool {
		return slices.ContainsFunc(c.names, func(name string) bool {
			return n == name || strings.HasPrefix(n, name) && n[len(name)] == '.'
		})
	})
}

// gives are the names that conditions read of a step.
func (s *Step) gives() []string {
	switch body := s.Body.(type) {
	case *Question:
		if body.Save != "" {
			return []string{s.ID, "profile." + body.Save}
		}
	case *SetStep:
		out := make([]string, 0, len(body.Pairs))
		for _, p := range body.Pairs {
			if p.Field != "" {
				out = append(out, "profile."+p.Field)
			} else {
				out = append(out, p.Name)
			}
		}
		return out
	case *ClassifyStep:
		return []string{body.Name, "profile." + body.Save}
	case *SplitStep:
		return []string{body.Name}
	}
	return []string{s.where()}
}

// did reports a step that has left something in the frame.
func (f *Frame) did(s *Step) bool {
	switch body := s.Body.(type) {
	case *Question:
		return f.got(s.ID) != nil
	case *CallStep, *BlockStep:
		return slices.ContainsFunc(f.Subs, func(sub Frame) bool { return sub.Call == s.where() })
	case *ClassifyStep:
		if _, ok := f.variable(body.Name); ok {
			return true
		}
	case *SplitStep:
		if _, ok := f.variable(body.Name); ok {
			return true
		}
	case *SetStep:
		for _, p := range body.Pairs {
			if _, ok := f.variable(p.Name); ok && p.Field == "" {
				return true
			}
		}
	}
	return slices.ContainsFunc(f.Log, func(m Mark) bool { return m.B != "" && m.B == s.where() })
}

// applies reports whether a step that was carried out would be so again. What it wrote itself does not count: a question asked because a profile field
// was empty still applies once it has filled the field.
func (t *turn) applies(e *env, s *Step) bool {
	return (&env{t: t, f: e.f, up: e.up, inner: e.inner, extra: t.without(e.f, s)}).holds(s.When)
}

// without are the profile fields as they were before a step wrote them.
func (t *turn) without(f *Frame, s *Step) map[string]labelled {
	var out map[string]labelled
	see := func(m *Mark) {
		name := "profile." + m.N
		if _, seen := out[name]; seen || m.K != "p" {
			return
		}
		if out == nil {
			out = map[string]labelled{}
		}
		x := labelled{l: m.L}
		if m.V != nil {
			x.v = *m.V
		}
		out[name] = x
	}
	f.marks(func(m *Mark, by string) {
		if by == s.where() {
			see(m)
		}
	})
	return out
}

// marks calls do for every mark of the frame and of what it called, oldest first. by is the step of the frame that did it.
func (f *Frame) marks(do func(m *Mark, by string)) {
	k := 0
	for i := range f.Log {
		m := &f.Log[i]
		if m.K == "c" && k < len(f.Subs) {
			f.Subs[k].marks(func(inner *Mark, _ string) { do(inner, m.N) })
			k++
		}
		do(m, m.B)
	}
}

// compute works a value out again that was computed from what has stopped counting. A value that counts on itself, or that several steps compute, is
// left as it is.
func (c *change) compute(e *env, flow *Flow, s *Step) {
	switch body := s.Body.(type) {
	case *SetStep:
		for i := range body.Pairs {
			if p := &body.Pairs[i]; c.reads(p.Expr) && !contains(p.Expr.x.Names(), p.Name) {
				c.recompute(e, flow, s, p.Name, p.Field, e.eval(p.Expr), "")
			}
		}
	case *ClassifyStep:
		if !slices.ContainsFunc(body.Rules, func(r ClassRule) bool { return c.reads(r.When) }) {
			return
		}
		for _, r := range body.Rules {
			if r.When != nil && !e.holds(r.When) {
				continue
			}
			c.recompute(e, flow, s, body.Name, "", cond.Text(r.Value), "")
			if body.Save != "" {
				c.recompute(e, flow, s, "", body.Save, cond.Text(r.Value), r.Label)
			}
			return
		}
	}
}

func (c *change) recompute(e *env, flow *Flow, s *Step, name, field string, v Value, label string) {
	if field != "" {
		c.t.rewrite(e.f, s, field, v, label)
		c.names = append(c.names, "profile."+field)
		return
	}
	if !flow.soleGiver(s, name) {
		return
	}
	for i := range e.f.Vars {
		if e.f.Vars[i].N == name && !e.f.Vars[i].V.Equal(v) {
			e.f.Vars[i].V = v
			c.names = append(c.names, name)
		}
	}
}

// soleGiver reports a computed value that no other step of the flow computes.
func (f *Flow) soleGiver(s *Step, name string) bool {
	return !slices.ContainsFunc(f.Steps, func(o *Step) bool {
		_, question := o.Body.(*Question)
		return o != s && !question && contains(o.gives(), name)
	})
}
