package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// checkTruth: conditions that no answer can make true on the way that leads to them, and conditions that are true whatever is answered.
func checkTruth(c *checker) {
	for _, f := range c.lib.parts() {
		t := newTried(f, false)
		if len(t.doms) == 0 || !t.run(t.full) {
			continue
		}
		for _, s := range f.Steps {
			if h := t.in[s.N]; h != nil {
				c.stepTruth(t, s, h)
			}
		}
		c.truth(t, f.Start.When, t.full, true)
	}
}

// stepTruth looks at every condition of a step that may be reached.
func (c *checker) stepTruth(t *tried, s *Step, h held) {
	on := h
	if s.When != nil {
		c.truth(t, s.When, h, true)
		if on, _ = t.split(s.When, h); on == nil {
			return
		}
	}
	after := t.after(s, on)
	switch body := s.Body.(type) {
	case *Question:
		c.questionTruth(t, s, body, on, after)
	case *ClassifyStep:
		c.classTruth(t, body, on)
	}
	rest := after
	for _, j := range s.Next {
		if rest == nil {
			break
		}
		c.truth(t, j.When, rest, false)
		_, rest = t.split(j.When, rest)
	}
	for _, x := range s.texts {
		in := after
		if s.before(x) {
			in = on
		}
		for i := range x.parts {
			if w := x.parts[i].when; w != nil {
				c.expr(t, w, x.where(w.Source()), in, true)
			}
		}
	}
}

// questionTruth looks at the conditions of options and at the author's own refusals, which see the value at hand.
func (c *checker) questionTruth(t *tried, s *Step, q *Question, on, after held) {
	if q.List == "" {
		for i := range q.Choices {
			c.truth(t, q.Choices[i].When, on, true)
		}
	}
	value := t.only(after, s.ID, func(v Value) bool { return !v.IsNone() })
	for _, k := range q.Check {
		if value != nil {
			c.truth(t, k.When, value, true)
		}
	}
}

// classTruth looks at the rules of a classification; a rule that could hold but never is the first one is hidden.
func (c *checker) classTruth(t *tried, body *ClassifyStep, h held) {
	rest, hidden := h, map[int]bool{}
	for _, i := range hiddenRules(body.Rules) {
		hidden[i] = true // filed by checkClasses
	}
	for i, r := range body.Rules {
		if r.When == nil || r.When.x == nil {
			continue
		}
		if on, _ := t.split(r.When, h); on == nil {
			if !hidden[i] {
				c.truth(t, r.When, h, false)
			}
			continue
		}
		on, off := t.split(r.When, rest)
		if on == nil && !hidden[i] {
			c.add(r.at, "hidden_rule", "name", r.Value)
		}
		if rest = off; rest == nil {
			return
		}
	}
}

func (c *checker) truth(t *tried, e *Expr, h held, both bool) {
	if e != nil && e.x != nil {
		c.expr(t, e.x, e.at.find(e.src), h, both)
	}
}

// expr files a condition with one outcome only. That it never holds is judged by what may be known on the way; that it always holds only by what
// the names can be at all, because a condition that repeats what is sure on this way is no mistake.
func (c *checker) expr(t *tried, x *cond.Expr, at place, h held, both bool) {
	on, _ := t.try(x, h)
	if on == nil {
		c.add(at, "never_true", "tried", t.shown(x, h))
		return
	}
	if !both {
		return
	}
	free := append(held{}, t.full...)
	for i := range t.doms {
		if t.doms[i].values[0].IsNone() && h[i]&1 == 0 {
			free[i] &^= 1
		}
	}
	if _, off := t.try(x, free); off == nil && !asksPresence(x) {
		c.add(at, "always_true", "tried", t.shown(x, free))
	}
}

// asksPresence reports a condition that looks whether there is a value at all: written to be safe, it harms nobody.
func asksPresence(x *cond.Expr) bool {
	return strings.Contains(oneSpace(x.Source()), "is empty") || strings.Contains(oneSpace(x.Source()), "is not empty")
}

// shown lists the values tried for the names of a condition.
func (t *tried) shown(x *cond.Expr, h held) string {
	const most = 8
	var out []string
	for _, name := range x.Names() {
		i, ok := t.index[name]
		if !ok {
			continue
		}
		d := &t.doms[i]
		var vs []string
		for b, v := range d.values {
			if h[i]&(1<<b) != 0 {
				vs = append(vs, d.shown(v))
			}
		}
		if len(vs) > most {
			vs = append(vs[:most], phrase("tried_more"))
		}
		out = append(out, name+" = "+strings.Join(vs, listMark))
	}
	return strings.Join(out, phrase("tried_and"))
}
