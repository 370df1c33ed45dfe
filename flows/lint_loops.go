package flows

// checkLoops: ways that never come to an end, and rounds in which nothing is asked and nothing changes.
func checkLoops(c *checker) {
	for _, f := range c.lib.parts() {
		c.talkingRound(f)
		c.noWayOut(f)
	}
}

// idle reports a step after which every condition holds as before.
func (s *Step) idle() bool { return contains([]string{"say", "tag", "untag"}, s.Kind) }

// talkingRound finds a jump back that can be taken again and again without an answer or a computed value in between.
func (c *checker) talkingRound(f *Flow) {
	for i, s := range f.Steps {
		if !s.idle() {
			continue
		}
		for _, t := range s.targets() {
			to, ok := f.index[t.to]
			if !ok || to > i || t.soft {
				continue
			}
			if f.idlePath(to, i) {
				c.add(t.at, "talking_round", "name", t.to)
			}
		}
	}
}

// idlePath reports a way from a step forward to another one on which every step is idle.
func (f *Flow) idlePath(from, to int) bool {
	seen := make([]bool, len(f.Steps)+1)
	todo := []int{from}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i == to {
			return true
		}
		if i >= len(f.Steps) || seen[i] || !f.Steps[i].idle() {
			continue
		}
		seen[i] = true
		todo = append(todo, f.edges(i)...)
	}
	return false
}

// noWayOut files the first step from which no way leads to an end.
func (c *checker) noWayOut(f *Flow) {
	n := len(f.Steps)
	if n == 0 {
		return
	}
	back := make([][]int, n+1)
	ends := []int{n}
	for i, s := range f.Steps {
		for _, to := range f.edges(i) {
			back[to] = append(back[to], i)
		}
		if s.Kind == "end" || s.Kind == "handoff" || s.leaves(f) {
			ends = append(ends, i)
		}
	}
	out := make([]bool, n+1)
	for len(ends) > 0 {
		i := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		if out[i] {
			continue
		}
		out[i] = true
		ends = append(ends, back[i]...)
	}
	seen := f.reach(f.starts()...)
	for i, s := range f.Steps {
		if seen[i] && !out[i] {
			c.add(s.at, "no_way_out")
			return
		}
	}
}

// leaves reports a jump out of the flow, or to a target that is filed elsewhere.
func (s *Step) leaves(f *Flow) bool {
	for _, t := range s.targets() {
		if _, ok := f.index[t.to]; !ok && t.to != "skip" {
			return true
		}
	}
	return false
}
