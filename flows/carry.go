package flows

import (
	"slices"

	"github.com/vrep/vrep/flows/cond"
)

// carrying brings one flow of the stack, with the rounds of its blocks, from an older version to another.
type carrying struct {
	t     *turn
	i     int   // position on the stack
	n     int   // rounds that stand on it
	from  *Flow // nil when the old version is lost
	to    *Flow
	m     *Migrate
	force bool              // there is no way back: what does not fit is kept as it is
	asked map[string]string // answered questions as the doctor saw them, by the name of their record
}

// section is a frame of the flow that is carried: the flow itself, or a round of one of its blocks.
type section struct {
	f        *Frame
	from, to *Flow  // nil when that version has no such steps
	was, is  string // what stands before its ids in the records
}

// carry moves a flow of the stack to another version, with its answers, to the place that corresponds. A move that the entry does not describe in full
// does not happen: the flow goes on as it was, and the operators hear of it once. Away from a recalled or lost version it always happens.
func (t *turn) carry(i int, from, to *Flow, m *Migrate, how, reason string) {
	f := &t.st.Frames[i]
	c := &carrying{t: t, i: i, n: t.rounds(i), from: from, to: to, m: m, force: how != howMove, asked: map[string]string{}}
	sections := c.sections()
	if !c.force {
		if what := c.missing(sections); what != "" {
			if stay := to.hash + m.sum(); f.Stay != stay {
				t.problem("migrate_refused", f, "name", what)
				f.Stay = stay
			}
			return
		}
	}
	t.moved(f, to.hash, how, reason)
	top := sections[len(sections)-1]
	was, done := top.waiting(), top.passed()
	for _, s := range sections {
		c.see(s)
	}
	for _, s := range sections {
		c.answers(s)
		s.f.rehash(to.hash)
	}
	c.settle(was, done)
}

// rounds counts the rounds that stand on a flow of the stack.
func (t *turn) rounds(i int) int {
	n := 0
	for i+n+1 < len(t.st.Frames) && t.st.Frames[i+n+1].R > 0 {
		n++
	}
	return n
}

// sections are the flow and the rounds that stand on it.
func (c *carrying) sections() []section {
	t := c.t
	out := []section{{f: &t.st.Frames[c.i], from: c.from, to: c.to, was: t.prefix(c.i), is: t.prefix(c.i)}}
	for k := 1; k <= c.n; k++ {
		out = append(out, c.round(out[k-1], &t.st.Frames[c.i+k]))
	}
	return out
}

// round is the section of a round of one of the blocks of a section.
func (c *carrying) round(s section, f *Frame) section {
	out := section{f: f, was: f.within(s.was)}
	as := Frame{Call: c.m.renamed(f.Call), R: f.R}
	out.is = as.within(s.is)
	if s.from != nil {
		out.from = s.from.inner(f.Call)
	}
	if s.to != nil {
		out.to = s.to.inner(as.Call)
	}
	return out
}

// missing names an answer, a block or a call for which the new version has no place, "" when everything has one.
func (c *carrying) missing(sections []section) string {
	for _, s := range sections {
		if what := c.lacks(s); what != "" {
			return what
		}
	}
	if c.called() && sections[c.n].calling(c, c.above()) < 0 {
		return c.above().Call
	}
	return ""
}

// lacks names what of one section has no place.
func (c *carrying) lacks(s section) string {
	if s.f.R > 0 && c.m.dropped(s.f.Call) {
		return ""
	}
	if s.to == nil {
		return s.f.Call
	}
	taken := map[string]bool{}
	for _, g := range s.f.Got {
		if c.drops(s, g.Q) {
			continue
		}
		id := c.m.renamed(g.Q)
		if taken[id] || !s.to.accepts(id, c.m.value(id, g.V), g.Unknown) {
			return g.Q
		}
		taken[id] = true
	}
	for i := range s.f.Subs {
		if sub := &s.f.Subs[i]; sub.R > 0 {
			if what := c.lacks(c.round(s, sub)); what != "" {
				return what
			}
		}
	}
	return ""
}

// drops reports an answer that does not come along: the entry says so, or it is whether there was another round of a block that does not ask any more.
func (c *carrying) drops(s section, id string) bool {
	return c.m.dropped(id) || id == anotherName && s.f.R > 0 && s.to != nil && s.to.Step(id) == nil
}

// accepts reports whether a value could be an answer to a question of these steps: its kind, and its codes. Limits are not looked at: an answer that
// was good when it was given stays good.
func (f *Flow) accepts(id string, v Value, unknown bool) bool {
	s := f.Step(id)
	if s == nil {
		return false
	}
	q, ok := s.Body.(*Question)
	if !ok || q.kind == nil {
		return false
	}
	typ := q.kind.typ(q)
	switch {
	case unknown:
		return true
	case typ.Kind == cond.KindDate:
		return v.Kind() == cond.KindText && (looksLikeDate(v.Str()) || v.Str() == "any")
	case typ.Kind != v.Kind():
		return false
	}
	return len(typ.Codes) == 0 || !slices.ContainsFunc(v.Items(), func(code string) bool { return !contains(typ.Codes, code) })
}
