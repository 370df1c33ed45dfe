package flows

import (
	"slices"
	"strings"
)

// see notes the answered questions of a section as the doctor saw them.
func (c *carrying) see(s section) {
	if s.from == nil {
		return
	}
	for _, g := range s.f.Got {
		step := s.from.Step(g.Q)
		if step == nil {
			continue
		}
		if q, ok := step.Body.(*Question); ok && q.Ask != nil && q.kind != nil {
			text := c.t.render(s.f, q.Ask)
			if more := q.kind.print(c.t, s.f, step); more != "" {
				text += "\n" + more
			}
			c.asked[recordID(s.was, g.Q)] = text
		}
	}
	for i := range s.f.Subs {
		if sub := &s.f.Subs[i]; sub.R > 0 {
			c.see(c.round(s, sub))
		}
	}
}

// answers gives every answer of a section its new name and value. What stops counting is retracted; a new name or value is a new record beside the
// retracted one.
func (c *carrying) answers(s section) {
	f := s.f
	var kept []Got
	for _, g := range f.Got {
		was := recordID(s.was, g.Q)
		if c.drops(s, g.Q) {
			if !g.Known {
				c.t.retract(was)
			}
			continue
		}
		id := c.m.renamed(g.Q)
		v := c.m.value(id, g.V)
		if s.to != nil && s.to.accepts(id, v, g.Unknown) {
			changed := was != recordID(s.is, id) || !v.Equal(g.V)
			if !v.Equal(g.V) {
				g.L = ""
			}
			g.Q, g.V = id, v
			if changed && !g.Known {
				c.rerecord(s, was, &g)
			}
		}
		kept = append(kept, g)
	}
	f.Got = kept
	for i := range f.Old {
		g := &f.Old[i]
		g.Q = c.m.renamed(g.Q)
		g.V = c.m.value(g.Q, g.V)
	}
	c.runs(s)
	c.history(s)
}

// runs brings the rounds and called flows along that have returned to a section.
func (c *carrying) runs(s section) {
	f := s.f
	for i := range f.Subs {
		if f.Subs[i].R > 0 && c.m.dropped(f.Subs[i].Call) {
			call := f.Subs[i].Call
			c.t.discard(f, s.was, call, false, func(*Frame) bool { return true })
			c.runs(s)
			return
		}
	}
	for i := range f.Subs {
		if sub := &f.Subs[i]; sub.R > 0 {
			c.answers(c.round(s, sub))
		} else {
			c.returned(sub)
		}
		f.Subs[i].Call = c.m.renamed(f.Subs[i].Call)
	}
	for i := range f.Off {
		f.Off[i].Call = c.m.renamed(f.Off[i].Call)
	}
}

// history lets going back find its way by the new names. Computed values are not gone back over: they are computed anew on the way forward.
func (c *carrying) history(s section) {
	f := s.f
	f.Log = slices.DeleteFunc(f.Log, func(m Mark) bool {
		return m.K == "s" && !strings.Contains(m.N, ".") || m.K == "a" && c.drops(s, m.N)
	})
	for i := range f.Log {
		m := &f.Log[i]
		m.B = c.m.renamed(m.B)
		switch m.K {
		case "a":
			if m.N = c.m.renamed(m.N); m.V != nil {
				v := c.m.value(m.N, *m.V)
				m.V, m.L = &v, ""
			}
		case "c":
			m.N = c.m.renamed(m.N)
		case "s":
			m.N = c.result(m.N)
		}
	}
	for i := range f.Visits {
		f.Visits[i].ID = c.m.renamed(f.Visits[i].ID)
	}
	for i := range f.Vars {
		f.Vars[i].N = c.result(f.Vars[i].N)
	}
}

// result is the name of what a step reports: book.ended.
func (c *carrying) result(name string) string {
	head, tail, dotted := strings.Cut(name, ".")
	if !dotted {
		return name
	}
	return c.m.renamed(head) + "." + tail
}

// rerecord puts an answer on record under its new name and value. One that still waits for consent just changes.
func (c *carrying) rerecord(s section, was string, g *Got) {
	t := c.t
	step := s.to.Step(g.Q)
	q, is := step.Body.(*Question), recordID(s.is, g.Q)
	label, index := t.gotLabel(q, g), t.heldAnswer(was)
	if index >= 0 {
		a := &t.st.Held.Answers[index]
		a.Question, a.Value, a.Label, a.Hash = is, g.V, label, c.to.hash
	} else {
		t.retract(was)
		index = t.record(s.f, Answer{Talk: t.st.Talk, Flow: s.f.Flow, Hash: c.to.hash, Question: is, Asked: c.asked[was], Value: g.V, Label: label,
			How: "moved", At: t.in.At})
	}
	if q.Save != "" && !g.Unknown {
		t.write(t.typed(Assign{Field: q.Save, Value: g.V, Label: label, From: g.Q, Flow: s.f.Flow, Answer: index, At: t.in.At}))
	}
}

// heldAnswer is the position of an answer that waits for consent, -1 when it does not.
func (t *turn) heldAnswer(question string) int {
	if t.st.Held == nil {
		return -1
	}
	return slices.IndexFunc(t.st.Held.Answers, func(a Answer) bool { return a.Question == question })
}

// returned moves a called flow that has ended already, if its own entry describes the move in full. Otherwise it keeps its version.
func (c *carrying) returned(sub *Frame) {
	to := c.to.lib.Flow(sub.Flow)
	from, lost := c.t.e.flowOf(sub, nil)
	if to == nil || lost || to.shape == from.shape {
		return
	}
	m := to.entry(from)
	if m == nil || m.Policy != PolicyMove {
		return
	}
	inner := &carrying{t: c.t, from: from, to: to, m: m, asked: c.asked}
	s := section{f: sub, from: from, to: to, was: sub.within(""), is: sub.within("")}
	if inner.lacks(s) != "" {
		return
	}
	inner.see(s)
	c.t.moved(sub, to.hash, howMove, "")
	inner.answers(s)
	sub.Hash = to.hash
}
