package flows

import "regexp"

// checkStretch: what is said between two answers goes out as one passive reply, so it must fit one message on its worst way. A condition of the form
// "name == value" has one outcome within a stretch, so texts of different values of one name are not added up.
func checkStretch(c *checker) {
	done := map[*Flow]*stretch{}
	for _, f := range c.lib.order { // called flows before their callers
		parts := f.parts()
		for i := len(parts) - 1; i >= 0; i-- { // blocks before what they stand in
			st := &stretch{f: parts[i], all: done}
			st.measure()
			done[parts[i]] = st
			if at, n, ok := st.worst(); ok {
				c.add(at, "stretch_too_long", "n", itoa(n), "max", itoa(maxMessage))
			}
		}
	}
}

// stretch measures a flow: bytes said before its first question, after its last one, and in all if it asks nothing.
type stretch struct {
	f                   *Flow
	all                 map[*Flow]*stretch
	head, tail, through int // through is -1 when every way asks something
	asks                bool
	best                []int // bytes on the worst way to a step within the walk at hand, -1 = not reached
	vars                map[string]map[string]bool
	steps               []measured
}

// measured is what the walks, of which there is one from every answer, ask of each step.
type measured struct {
	own         int  // bytes said there
	waits       bool // the talk rests there
	name, value string
	fixed       bool // its condition compares the name with the value
}

var reIs = regexp.MustCompile(`^([A-Za-z_][\w.]*) == (\S+)$`)

// measure fills the figures that callers need; a flow on its own is judged by worst.
func (st *stretch) measure() {
	st.vars = map[string]map[string]bool{}
	st.steps = make([]measured, len(st.f.Steps))
	for i, s := range st.f.Steps {
		m := &st.steps[i]
		m.own, m.waits = st.said(s)
		if m.name, m.value, m.fixed = s.fixedBy(); m.fixed {
			if st.vars[m.name] == nil {
				st.vars[m.name] = map[string]bool{}
			}
			st.vars[m.name][m.value] = true
		}
	}
	st.best = make([]int, len(st.f.Steps)+1)
	for i := range st.best {
		st.best[i] = -1
	}
	for _, s := range st.f.Steps {
		if _, waits := st.starts(s); waits {
			st.asks = true
		}
	}
	w := st.walk(0, 0, "", "")
	st.head, st.through = w.asked, w.ended
	for i, s := range st.f.Steps {
		if st.f.edges(i) == nil && s.Kind != "end" {
			continue
		}
		if says, waits := st.starts(s); waits {
			st.tail = max(st.tail, st.walk(i+1, says, "", "").ended)
		}
	}
}

// fixedBy is the condition of a step, if it compares one name with one value.
func (s *Step) fixedBy() (name, value string, ok bool) {
	if s.When == nil {
		return "", "", false
	}
	m := reIs.FindStringSubmatch(oneSpace(s.When.src))
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// starts tells whether an answer is waited for at a step, and what is said at once when it came.
func (st *stretch) starts(s *Step) (says int, waits bool) {
	if q, asks := s.Body.(*Question); asks {
		for i := range q.Choices {
			if say := q.Choices[i].Say; say != nil {
				says = max(says, say.bytes())
			}
		}
		return says, true
	}
	if in := st.inside(s); in != nil && in.asks {
		return in.tail, true
	}
	return 0, false
}

// inside is the measure of the flow that a step goes through: a called one, or the steps of a block.
func (st *stretch) inside(s *Step) *stretch {
	switch body := s.Body.(type) {
	case *CallStep:
		return st.all[st.f.lib.flows[body.Flow]]
	case *BlockStep:
		return st.all[body.Inner]
	}
	return nil
}

// walked is the worst of the ways from one answer: bytes until the next question and until the end (-1: no such way), and where it becomes too much.
type walked struct {
	asked, ended int
	at           place
	over         bool
}

// walk adds up what is said from a step on. Jumps back are not followed: what they lead to is said in another round of the same way.
func (st *stretch) walk(from, bytes int, name, value string) walked {
	f := st.f
	w := walked{asked: -1, ended: -1}
	best, last := st.best, min(from, len(f.Steps))
	best[last] = bytes
	reach := func(to, n int) {
		best[to], last = max(best[to], n), max(last, to)
	}
	see := func(s *Step, n int) {
		if n > maxMessage && !w.over {
			w.at, w.over = s.at, true
		}
	}
	for i := from; i < len(f.Steps) && i <= last; i++ {
		if best[i] < 0 {
			continue
		}
		s, m, n := f.Steps[i], st.steps[i], best[i]
		if s.When != nil {
			reach(i+1, n)
		}
		if m.fixed && m.name == name && m.value != value {
			continue
		}
		if m.own <= maxMessage { // else filed on its own
			n += m.own
		}
		see(s, n)
		if m.waits {
			w.asked = max(w.asked, n)
			if in := st.inside(s); in == nil || in.through < 0 {
				continue
			}
		}
		if s.Kind == "end" {
			w.ended = max(w.ended, n)
			continue
		}
		for _, to := range f.edges(i) {
			if to > i {
				reach(to, n)
			}
		}
	}
	w.ended = max(w.ended, best[len(f.Steps)])
	for i := from; i <= last; i++ {
		best[i] = -1
	}
	return w
}

// said is what a step says when the talk comes to it, and whether the talk rests there.
func (st *stretch) said(s *Step) (bytes int, waits bool) {
	switch body := s.Body.(type) {
	case *SayStep:
		for _, x := range body.Texts {
			bytes = max(bytes, x.bytes()+body.Link.bytes())
		}
	case *AnswerStep:
		if body.Text != nil {
			bytes = body.Text.bytes()
		}
	case *HandoffStep:
		if body.Say != nil {
			bytes = body.Say.bytes()
		}
	case *Question:
		return body.bytes(), true
	}
	if in := st.inside(s); in != nil {
		return max(in.head, in.through*s.rounds(), 0), in.asks
	}
	return bytes, false
}

// rounds is how often the steps of a block may be gone through.
func (s *Step) rounds() int {
	b, ok := s.Body.(*BlockStep)
	if !ok || !b.Loops() {
		return 1
	}
	n := b.Max
	if b.ForEach != nil {
		if q := b.source(b.Inner.outer); q != nil {
			n = min(n, len(q.Body.(*Question).Choices))
		}
	}
	if b.Times != nil {
		if t, err := parseFloat(b.Times.src); err == nil && t != nil {
			n = min(n, int(*t))
		}
	}
	return n
}

// worst looks at every stretch of the flow and returns the place where the first one that is too long has become too long.
func (st *stretch) worst() (place, int, bool) {
	begin := func(i int) (int, int, bool) {
		if i < 0 {
			return 0, 0, true
		}
		says, waits := st.starts(st.f.Steps[i])
		return i + 1, says, waits
	}
	for i := -1; i < len(st.f.Steps); i++ {
		from, bytes, ok := begin(i)
		if !ok {
			continue
		}
		w := st.walk(from, bytes, "", "")
		if !w.over {
			continue
		}
		if n, over := st.whatever(from, bytes, w); over {
			return w.at, n, true
		}
	}
	if n := st.tail + st.head; st.f.block != nil && st.f.block.rounds() > 1 && st.asks && n > maxMessage { // one round after the other
		return st.f.block.at, n, true
	}
	return place{}, 0, false
}

// whatever tries the values of each name that conditions compare: if for one name no value makes the stretch too long, it is not.
func (st *stretch) whatever(from, bytes int, w walked) (int, bool) {
	least := max(w.asked, w.ended)
	for _, name := range sortedKeys(st.vars) {
		most, over := 0, false
		for _, value := range append(sortedKeys(st.vars[name]), "") {
			v := st.walk(from, bytes, name, value)
			most, over = max(most, v.asked, v.ended), over || v.over
		}
		if !over {
			return 0, false
		}
		least = min(least, most)
	}
	return least, true
}

// bytes is the length of a text with long values in its placeholders and the line break before it.
func (x *Text) bytes() int {
	return len(rePlaceholder.ReplaceAllStringFunc(x.src, filled)) + 1
}

// bytes is the length of a question with its printed options.
func (q *Question) bytes() int {
	n := 0
	if q.Ask != nil {
		n = q.Ask.bytes()
	}
	if q.Type != "lookup" && q.Form != "plain" {
		for i := range q.Choices {
			n += len("\n0. ") + len(q.Choices[i].Label)
		}
	}
	return n
}
