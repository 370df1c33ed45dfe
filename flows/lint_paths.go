package flows

import "cmp"

// targets are all places that a step names: goto, next, choices, on_fail.
func (s *Step) targets() []jumpRef {
	out := append([]jumpRef{}, s.gotos...)
	if q, ok := s.Body.(*Question); ok {
		for i := range q.Choices {
			if g := q.Choices[i].Goto; g != "" {
				out = append(out, jumpRef{to: g, at: q.Choices[i].at})
			}
		}
	}
	return out
}

// jumps are the steps that a step may jump to.
func (f *Flow) jumps(s *Step) []int {
	var out []int
	for _, t := range s.targets() {
		switch i, ok := f.index[t.to]; {
		case ok:
			out = append(out, i)
		case !contains([]string{"end", "stop", "human", "skip"}, t.to):
			out = append(out, s.N+1) // a slip that is filed elsewhere; what follows is no further mistake
		}
	}
	return out
}

// falls reports whether the step after may come next.
func (f *Flow) falls(s *Step) bool {
	if s.When != nil {
		return true
	}
	if s.Kind == "end" || s.Goto != "" {
		return f.skips(s)
	}
	q, ok := s.Body.(*Question)
	if !ok || q.Type != "one" && q.Type != "consent" || len(q.Choices) == 0 || f.skips(s) || !q.Required || q.Unknown != nil {
		return true
	}
	for i := range q.Choices {
		if q.Choices[i].Goto == "" {
			return true
		}
	}
	return false
}

// skips reports a question whose failure goes on with the step after.
func (f *Flow) skips(s *Step) bool {
	q, ok := s.Body.(*Question)
	return ok && (q.OnFail == "skip" || (q.OnFail == "" && f.lib.config.OnFail == "skip"))
}

// edges are the steps that may come after a step; len(Steps) stands for falling off the end.
func (f *Flow) edges(i int) []int {
	s := f.Steps[i]
	out := f.jumps(s)
	if f.falls(s) {
		out = append(out, i+1)
	}
	return out
}

// starts are the steps that may come first: any of them when a block takes its steps in an order of their own.
func (f *Flow) starts() []int {
	if !f.loose() {
		return []int{0}
	}
	out := make([]int, len(f.Steps))
	for i := range out {
		out[i] = i
	}
	return out
}

// reach marks the steps that may be reached from a set of steps.
func (f *Flow) reach(start ...int) []bool {
	seen := make([]bool, len(f.Steps)+1)
	for len(start) > 0 {
		i := start[len(start)-1]
		start = start[:len(start)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		if i < len(f.Steps) {
			start = append(start, f.edges(i)...)
		}
	}
	return seen
}

// checkPaths: steps without a way to them, ways without an end, refusals without an exit.
func checkPaths(c *checker) {
	for _, f := range c.lib.parts() {
		if len(f.Steps) == 0 {
			continue
		}
		seen := f.reach(f.starts()...)
		for i, s := range f.Steps {
			if !seen[i] {
				c.add(s.at, "unreachable")
				break // what follows is a consequence
			}
		}
		if seen[len(f.Steps)] && f.block == nil { // the last step of a block ends the round
			c.add(f.Steps[len(f.Steps)-1].at, "loose_end")
		}
		for _, s := range f.Steps {
			c.jumpsBack(f, s)
		}
	}
}

// jumpsBack files refusals that lead back. An ordinary jump back needs no word: it is taken at most as often as max_visits says, 3 times if nothing does.
func (c *checker) jumpsBack(f *Flow, s *Step) {
	for _, t := range s.targets() {
		if i, ok := f.index[t.to]; ok && i <= s.N && t.soft {
			c.add(t.at, "no_exit", "name", t.to)
		}
	}
}

// checkOptional: questions that a doctor may skip, whose refusals call a person all the same.
func checkOptional(c *checker) {
	c.questions(func(_ *Flow, s *Step, q *Question) {
		if !q.Required && s.ID != anotherName && !contains(s.meant, "on_fail") && cmp.Or(q.OnFail, c.lib.config.OnFail) == "human" {
			c.add(s.at.find("required:"), "optional_human", "name", s.ID)
		}
	})
}
