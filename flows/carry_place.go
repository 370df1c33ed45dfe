package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// settle gives the carried frames their places: blocks and calls that others stand on theirs, the frame that asks the one that corresponds.
func (c *carrying) settle(was *Step, done map[string]bool) {
	t := c.t
	for k := 0; k < c.n; k++ {
		f, round := &t.st.Frames[c.i+k], &t.st.Frames[c.i+k+1]
		block := t.flow(c.i + k).Step(c.m.renamed(round.Call))
		if block == nil || block.Kind != "block" || c.m.dropped(round.Call) {
			c.cut(k)
			break
		}
		round.Call = block.ID
		c.at(k).walk(f, block.N, done, true)
		f.P = block.N
	}
	top := c.at(c.n)
	if c.called() {
		if p := (section{to: top.flow}).calling(c, c.above()); p >= 0 {
			top.walk(top.f, p, done, true)
			top.f.P = p
			return
		}
		c.unstack()
		top = c.at(c.n)
	}
	top.place(was, done)
}

// cut takes the rounds from a block on off the stack that the new version does not have. Answers that the entry does not drop stay on record.
func (c *carrying) cut(k int) {
	t, at := c.t, c.i+k
	for n := c.i + c.n; n > at; n-- {
		round := t.st.Frames[n]
		t.st.Frames = slices.Delete(t.st.Frames, n, n+1)
		below := &t.st.Frames[n-1]
		below.keepRun(round)
		if c.m.dropped(round.Call) {
			t.discard(below, t.prefix(n-1), round.Call, false, func(*Frame) bool { return true })
		}
	}
	c.n = k
}

// unstack ends called flows that the new version does not call: what they collected is kept as if they had returned.
func (c *carrying) unstack() {
	t := c.t
	for c.called() {
		n := c.i + c.n + 1
		above := t.st.Frames[n]
		for k := t.rounds(n); k > 0; k-- {
			t.st.Frames = slices.Delete(t.st.Frames, n+k, n+k+1)
		}
		t.st.Frames = slices.Delete(t.st.Frames, n, n+1)
		t.st.Frames[n-1].keepRun(above)
	}
}

// called reports that a called flow stands on the carried frames.
func (c *carrying) called() bool {
	n := c.i + c.n + 1
	return n < len(c.t.st.Frames) && c.t.st.Frames[n].Call != ""
}

func (c *carrying) above() *Frame { return &c.t.st.Frames[c.i+c.n+1] }

// calling is the step of the new version that called a flow, -1 when there is none.
func (s section) calling(c *carrying, above *Frame) int {
	if s.to == nil {
		return -1
	}
	if step := s.to.Step(c.m.renamed(above.Call)); step != nil && step.calls(above.Flow) {
		return step.N
	}
	found := -1
	for _, step := range s.to.Steps {
		if !step.calls(above.Flow) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = step.N
	}
	return found
}

func (s *Step) calls(flow string) bool {
	body, ok := s.Body.(*CallStep)
	return ok && body.Flow == flow
}

// waiting is the question that waits in the old version, nil when it is lost or no question waits.
func (s section) waiting() *Step {
	if s.from == nil || s.f.Q == "" {
		return nil
	}
	return s.from.Step(s.f.Q)
}

// passed are the steps before the old place that are no questions, as facts: what they say and do has been said and done already.
func (s section) passed() map[string]bool {
	out := map[string]bool{}
	if s.from == nil {
		return out
	}
	for _, step := range s.from.Steps[:min(s.f.P, len(s.from.Steps))] {
		if _, ok := step.Body.(*Question); !ok {
			out[s.from.facts(step)] = true
		}
	}
	return out
}

// facts is a step without its name, for comparison.
func (f *Flow) facts(s *Step) string {
	w := &canon{lib: f.lib}
	w.step("", s)
	var b strings.Builder
	for _, x := range w.facts {
		b.WriteString(x.line() + "\n")
	}
	return b.String()
}

// placing finds the place of one carried frame.
type placing struct {
	c    *carrying
	f    *Frame
	flow *Flow // its steps in the new version
	k    int   // how many frames below belong to the same flow
}

func (c *carrying) at(k int) *placing {
	return &placing{c: c, f: &c.t.st.Frames[c.i+k], flow: c.t.flow(c.i + k), k: k}
}

// place finds where a moved flow goes on: at the question that the entry names, else at the same question, else at the first one that applies and has no
// answer after the last answer.
func (p *placing) place(was *Step, done map[string]bool) {
	f, m, target := p.f, p.c.m, -1
	if m.Resume != "" {
		target = p.open(m.Resume)
	}
	if target < 0 && f.Q != "" && !m.dropped(f.Q) {
		target = p.open(m.renamed(f.Q))
	}
	try := cloneFrames([]Frame{*f})[0]
	w := p.walk(&try, target, done, false)
	if target >= 0 && (w.reached || w.looped && p.holds(f, p.flow.Steps[target])) {
		p.walk(f, target, done, true)
		f.P = target
		p.ask(was, p.flow.Steps[target])
		return
	}
	f.calm()
	p.walk(f, w.open, done, true)
	if f.P = w.open; w.start >= 0 {
		f.P = w.start
	}
	p.renewed()
}

// renewed lets nothing that was typed be read as an answer, when this is the frame that asks.
func (p *placing) renewed() {
	if p.c.i+p.k == len(p.c.t.st.Frames)-1 {
		p.c.t.renewed = lineRenewed
	}
}

// open is the position of a question that has no answer yet, -1 when there is no such question.
func (p *placing) open(id string) int {
	i, ok := p.flow.index[id]
	if !ok || p.f.got(id) != nil {
		return -1
	}
	if _, ok := p.flow.Steps[i].Body.(*Question); !ok {
		return -1
	}
	return i
}

// ask lets a question wait in the new version. What the doctor sees is answered only when both versions read an answer alike; else it is asked again.
func (p *placing) ask(was, is *Step) {
	f, m := p.f, p.c.m
	if was != nil && f.Q == was.ID && m.renamed(was.ID) == is.ID && p.alike(was, is) {
		f.Q = is.ID
		if f.Draft != nil {
			f.Draft.Q, f.Draft.V = is.ID, m.value(is.ID, f.Draft.V)
		}
		for i := range f.Cand {
			f.Cand[i] = m.value(is.ID, cond.Text(f.Cand[i])).Str()
		}
		return
	}
	f.calm()
	f.Q = is.ID
	p.renewed()
}

// alike reports whether two versions of a question read every answer alike: the same facts, with codes in their new names, and no words that stand for
// another option now.
func (p *placing) alike(was, is *Step) bool {
	a, ok := was.Body.(*Question)
	b, too := is.Body.(*Question)
	if !ok || !too {
		return false
	}
	old := *a
	old.Choices = slices.Clone(a.Choices)
	for i := range old.Choices {
		old.Choices[i].Code = p.c.m.value(is.ID, cond.Text(old.Choices[i].Code)).Str()
	}
	return len(reused(&old, b)) == 0 && slices.Equal(shapeFacts(p.flow.lib, old), shapeFacts(p.flow.lib, *b))
}

// shapeFacts are the facts of a question that decide how it is read.
func shapeFacts(lib *Library, q Question) []string {
	w := &canon{lib: lib}
	w.question("", q)
	var out []string
	for _, x := range w.facts {
		if !x.shown {
			out = append(out, x.line())
		}
	}
	return out
}
