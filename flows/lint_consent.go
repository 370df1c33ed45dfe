package flows

import (
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// checkConsent: leads before consent, and anything kept on the way of a doctor who has refused. A flow that does not ask for consent itself is
// taken to run after the one that does; answers and writes before consent are held by the engine, so they are no mistake.
func checkConsent(c *checker) {
	for _, f := range c.lib.parts() {
		for _, s := range f.Steps {
			q, ok := s.Body.(*Question)
			if !ok || q.Type != "consent" || q.Purpose != "base" || f.root().Urgent {
				continue
			}
			c.beforeConsent(f, s)
			c.afterRefusal(f, s, q)
		}
	}
}

// beforeConsent looks at the steps that are passed before the question, whatever way is taken; the steps of blocks are among them.
func (c *checker) beforeConsent(f *Flow, ask *Step) {
	if f.outer != nil {
		c.beforeConsent(f.outer, f.block)
	}
	seen := make([]bool, len(f.Steps)+1)
	todo := []int{0}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i >= len(f.Steps) || seen[i] || i == ask.N {
			continue
		}
		seen[i] = true
		if f.Steps[i].N < ask.N {
			(&Flow{Steps: f.Steps[i : i+1]}).Walk(func(_ *Flow, s *Step) {
				if what := leaves(s); what != "" {
					c.add(s.at, "before_consent", "what", c.word(what))
				}
			})
		}
		todo = append(todo, f.edges(i)...)
	}
}

// afterRefusal follows the ways of a doctor who refused: conditions that hang on the consent alone are decided.
func (c *checker) afterRefusal(f *Flow, ask *Step, q *Question) {
	no := refusalEnv{ask.ID, cond.Text("refuse")}
	start := f.next(ask, no)
	if i, ok := q.byCode["refuse"]; ok && i < len(q.Choices) && q.Choices[i].Goto != "" {
		if to, ok := f.index[q.Choices[i].Goto]; ok {
			start = []int{to}
		} else {
			start = nil
		}
	}
	c.refused(f, start, no)
}

// refused files the first step from some on that keeps something; true when there is one.
func (c *checker) refused(f *Flow, start []int, no refusalEnv) bool {
	seen := make([]bool, len(f.Steps)+1)
	for len(start) > 0 {
		i := start[len(start)-1]
		start = start[:len(start)-1]
		if i >= len(f.Steps) && f.outer != nil && !seen[len(f.Steps)] { // the round is over
			seen[len(f.Steps)] = true
			if c.refused(f.outer, f.outer.next(f.block, no), no) {
				return true
			}
		}
		if i >= len(f.Steps) || seen[i] {
			continue
		}
		seen[i] = true
		s := f.Steps[i]
		runs, skips := true, s.When != nil
		if s.When != nil && s.When.x != nil && no.decides(s.When.x) {
			runs = s.When.x.True(no)
			skips = !runs
		}
		if skips {
			start = append(start, i+1)
		}
		if !runs {
			continue
		}
		if what := keeps(s); what != "" {
			c.add(s.at, "after_refusal", "what", c.word(what))
			return true
		}
		if b, ok := s.Body.(*BlockStep); ok {
			if c.refused(&Flow{Steps: b.Inner.Steps, index: b.Inner.index}, b.Inner.starts(), no) {
				return true
			}
		}
		start = append(start, f.next(s, no)...)
	}
	return false
}

// next are the steps that may follow once a step was carried out.
func (f *Flow) next(s *Step, no refusalEnv) []int {
	var out []int
	add := func(to string) {
		if i, ok := f.index[to]; ok {
			out = append(out, i)
		}
	}
	if s.Kind == "end" {
		return nil
	}
	if q, ok := s.Body.(*Question); ok {
		for i := range q.Choices {
			if q.Choices[i].Goto != "" {
				add(q.Choices[i].Goto)
			}
		}
	}
	for _, j := range s.Next {
		if j.When != nil && j.When.x != nil && no.decides(j.When.x) {
			if j.When.x.True(no) {
				add(j.Goto)
				return out
			}
			continue
		}
		add(j.Goto)
	}
	if s.Goto != "" {
		add(s.Goto)
		return out
	}
	return append(out, s.N+1)
}

// leaves names what a step tells others of the doctor, "" = nothing. The safety desk may hear at any time.
func leaves(s *Step) string {
	switch body := s.Body.(type) {
	case *LeadStep:
		return "what_lead"
	case *HandoverStep:
		return "what_handover"
	case *NotifyStep:
		if body.To != "pv" {
			return "what_notify"
		}
	}
	return ""
}

// keeps names what a step keeps of the doctor, "" = nothing.
func keeps(s *Step) string {
	if what := leaves(s); what != "" {
		return what
	}
	switch body := s.Body.(type) {
	case *TagStep:
		if s.Kind == "tag" {
			return "what_tag"
		}
	case *Question:
		if body.Save != "" {
			return "what_save"
		}
	case *SetStep:
		for _, p := range body.Pairs {
			if p.Field != "" {
				return "what_save"
			}
		}
	case *ClassifyStep:
		if body.Save != "" {
			return "what_save"
		}
	}
	return ""
}

// refusalEnv knows one thing only: that consent was refused.
type refusalEnv struct {
	id string
	v  cond.Value
}

// decides reports whether an expression hangs on the refusal alone.
func (r refusalEnv) decides(x *cond.Expr) bool {
	for _, n := range x.Names() {
		if n != r.id && n != "consent.base" {
			return false
		}
	}
	return len(x.Names()) > 0
}

// Value implements cond.Env.
func (r refusalEnv) Value(name string) cond.Value {
	if strings.HasPrefix(name, "consent.") {
		return cond.Bool(false)
	}
	return r.v
}

// Now implements cond.Env; nothing that hangs on the refusal alone asks for the clock.
func (refusalEnv) Now() time.Time { return time.Time{} }
