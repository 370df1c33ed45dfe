package flows

// checkJumps: jumps that lead where the talk goes anyway.
func checkJumps(c *checker) {
	for _, f := range c.lib.Flows() {
		f.Walk(func(in *Flow, s *Step) {
			c.jumpsNowhere(in, s)
			if q, ok := s.Body.(*Question); ok {
				c.sameJumps(q)
			}
		})
	}
}

// leadsOn reports whether a target is the step after.
func (f *Flow) leadsOn(s *Step, to string) bool {
	i, ok := f.index[to]
	return ok && i == s.N+1
}

// jumpsNowhere files a goto to the next step. In an option or a conditional jump it is none where it overrides a later rule.
func (c *checker) jumpsNowhere(f *Flow, s *Step) {
	if s.Goto != "" && s.Kind != "end" && f.leadsOn(s, s.Goto) {
		c.add(s.jumpAt(s.Goto), "goto_next", "name", s.Goto)
		return
	}
	if s.Goto != "" {
		return
	}
	for i := len(s.Next) - 1; i >= 0 && f.leadsOn(s, s.Next[i].Goto); i-- {
		c.add(s.jumpAt(s.Next[i].Goto), "goto_next", "name", s.Next[i].Goto)
	}
	q, ok := s.Body.(*Question)
	if !ok || len(s.Next) > 0 {
		return
	}
	for i := range q.Choices {
		if g := q.Choices[i].Goto; g != "" && f.leadsOn(s, g) {
			c.add(q.Choices[i].at, "goto_next", "name", g)
		}
	}
}

// jumpAt is where a target is written.
func (s *Step) jumpAt(to string) place {
	for _, j := range s.gotos {
		if j.to == to && !j.soft {
			return j.at
		}
	}
	return s.at
}

// sameJumps files options that all lead to one step: the question itself could say so.
func (c *checker) sameJumps(q *Question) {
	if len(q.Choices) < 2 {
		return
	}
	to := q.Choices[0].Goto
	for i := range q.Choices {
		if q.Choices[i].Goto == "" || q.Choices[i].Goto != to {
			return
		}
	}
	c.add(q.Choices[0].at, "same_goto", "name", to)
}
