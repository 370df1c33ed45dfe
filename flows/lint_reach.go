package flows

import (
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// held tells which values every name may have at a place; a bit for each value of its domain. nil = the place is not reached.
type held []uint64

// tried follows the values of names through a flow: every condition and every jump lets some of them pass. What may change behind the flow's back
// (portrait, consents, level) is taken as open again wherever the talk waits.
type tried struct {
	f         *Flow
	doms      []domain
	index     map[string]int
	full      held
	in        []held // per step, one more for the end
	keepLevel bool   // the level changes only where the flow calls another or verifies
	deciders  map[*cond.Expr]*cond.Decider
}

// Bounds of the work: combinations tried for one condition (beyond them it counts as open), steps of a flow, names, and how often a step is looked at
// again. A flow that needs more is not tried at all.
const (
	maxTrials   = 1000
	maxTried    = 2000
	maxNames    = 200
	maxRevisits = 20
)

func newTried(f *Flow, keepLevel bool) *tried {
	t := &tried{f: f, doms: f.domains(), index: map[string]int{}, keepLevel: keepLevel, deciders: map[*cond.Expr]*cond.Decider{}}
	if keepLevel && !slices.ContainsFunc(t.doms, func(d domain) bool { return d.name == levelName }) {
		t.doms = append(t.doms, f.domain(levelName, cond.Type{}, nil))
	}
	for i, d := range t.doms {
		t.index[d.name] = i
		t.full = append(t.full, 1<<len(d.values)-1)
	}
	t.in = make([]held, len(f.Steps)+1)
	return t
}

// run works out what may hold at every step, beginning with start. It gives up, and says false, where that takes too long.
func (t *tried) run(start held) bool {
	if len(t.f.Steps) > maxTried || len(t.doms) > maxNames {
		return false
	}
	left := maxRevisits * (len(t.f.Steps) + 1)
	todo := []int{}
	pass := func(to int, h held) {
		if h != nil && t.merge(to, h) {
			todo = append(todo, to)
		}
	}
	for _, first := range t.f.starts() {
		pass(first, start)
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i < len(t.f.Steps) {
			if left--; left < 0 {
				return false
			}
			t.leave(t.f.Steps[i], t.in[i], pass)
		}
	}
	return true
}

func (t *tried) merge(to int, h held) bool {
	if t.in[to] == nil {
		t.in[to] = append(held{}, h...)
		return true
	}
	grown := false
	for i, bits := range h {
		if bits&^t.in[to][i] != 0 {
			t.in[to][i] |= bits
			grown = true
		}
	}
	return grown
}

// leave hands what holds after a step to the steps that may follow.
func (t *tried) leave(s *Step, in held, pass func(to int, h held)) {
	on, off := t.split(s.When, in)
	if off != nil {
		if _, ok := s.Body.(*Question); ok {
			off = t.only(off, s.ID, func(v Value) bool { return v.IsNone() })
		}
		pass(s.N+1, off)
	}
	if on == nil || s.Kind == "end" {
		return
	}
	for _, j := range s.targets() {
		if to, ok := t.f.index[j.to]; ok && to <= s.N { // at the limit of visits the jump goes where the target's failure goes
			pass(s.N+1, on)
			for _, b := range t.f.Steps[to].targets() {
				if way, ok := t.f.index[b.to]; ok && b.soft {
					pass(way, t.full)
				}
			}
		}
	}
	out := t.after(s, on)
	if q, ok := s.Body.(*Question); ok {
		out = t.choiceJumps(s, q, on, out, pass)
	}
	for _, j := range s.Next {
		var yes held
		yes, out = t.split(j.When, out)
		if to, ok := t.f.index[j.Goto]; ok {
			pass(to, yes)
		}
		if out == nil {
			return
		}
	}
	switch to, ok := t.f.index[s.Goto]; {
	case s.Goto == "":
		pass(s.N+1, out)
	case ok:
		pass(to, out)
	}
}

// choiceJumps follows the jumps of options and of failure; what it returns goes on to next and goto, nil = nothing does.
func (t *tried) choiceJumps(s *Step, q *Question, on, out held, pass func(int, held)) held {
	for _, j := range s.gotos {
		if to, ok := t.f.index[j.to]; ok && j.soft {
			pass(to, t.reset(on, func(name string) bool { return name == s.ID || strings.Contains(name, ".") }))
		}
	}
	rest := out
	for i := range q.Choices {
		c := &q.Choices[i]
		to, ok := t.f.index[c.Goto]
		switch {
		case c.Goto == "":
		case q.Type != "one" && q.Type != "consent":
			if ok {
				pass(to, out)
			}
		default:
			if ok {
				pass(to, t.only(out, s.ID, func(v Value) bool { return v.Str() == c.Code }))
			}
			if rest != nil {
				rest = t.only(rest, s.ID, func(v Value) bool { return v.Str() != c.Code })
			}
		}
	}
	return rest
}

// after is what holds once a step was carried out.
func (t *tried) after(s *Step, h held) held {
	switch body := s.Body.(type) {
	case *SayStep, *TagStep, *EndStep:
		return h
	case *Question:
		h = t.reset(h, t.outside(false))
		h = t.reset(h, func(name string) bool { return name == s.ID })
		if body.Required && body.Unknown == nil && !t.f.skips(s) {
			h = t.only(h, s.ID, func(v Value) bool { return !v.IsNone() })
		}
		return h
	case *SetStep:
		return t.reset(h, func(name string) bool {
			for _, p := range body.Pairs {
				if name == p.Name || name == "profile."+p.Field {
					return true
				}
			}
			return false
		})
	case *ClassifyStep:
		return t.classified(body, h)
	case *SendStep, *LeadStep, *ReportStep, *HandoffStep:
		return t.reset(h, t.outside(false))
	case *CallStep, *VerifyStep:
		return t.reset(h, t.outside(true))
	}
	out := append(held{}, t.full...)
	if i, ok := t.index[levelName]; ok && t.keepLevel && !s.changesLevel() {
		out[i] = h[i]
	}
	return out
}

// changesLevel reports a block in which the level may change.
func (s *Step) changesLevel() bool {
	body, ok := s.Body.(*BlockStep)
	changes := false
	if ok {
		body.Inner.Walk(func(_ *Flow, s *Step) {
			switch s.Body.(type) {
			case *CallStep, *VerifyStep:
				changes = true
			}
		})
	}
	return changes
}

// outside are the names that others may change while the talk waits.
func (t *tried) outside(level bool) func(string) bool {
	return func(name string) bool {
		return strings.Contains(name, ".") && (level || !t.keepLevel || name != levelName)
	}
}

// classified keeps the classes whose rule may be the first to hold.
func (t *tried) classified(body *ClassifyStep, h held) held {
	possible := map[string]bool{}
	rest := h
	for _, r := range body.Rules {
		if rest == nil {
			break
		}
		var on held
		if on, rest = t.split(r.When, rest); on != nil {
			possible[r.Value] = true
		}
	}
	out := t.reset(h, func(name string) bool { return name == body.Name || name == "profile."+body.Save })
	if rest != nil { // no else: the class may stay as it was
		return out
	}
	return t.only(out, body.Name, func(v Value) bool { return possible[v.Str()] })
}

// reset opens names again.
func (t *tried) reset(h held, which func(name string) bool) held {
	out := append(held{}, h...)
	for i := range t.doms {
		if which(t.doms[i].name) {
			out[i] = t.full[i]
		}
	}
	return out
}

// only keeps the values of a name that fit; nil when none does. A name that no condition compares changes nothing.
func (t *tried) only(h held, name string, fits func(Value) bool) held {
	i, ok := t.index[name]
	if !ok || h == nil {
		return h
	}
	out := append(held{}, h...)
	for b, v := range t.doms[i].values {
		if !fits(v) {
			out[i] &^= 1 << b
		}
	}
	if out[i] == 0 {
		return nil
	}
	return out
}

// split parts what holds by a condition: with which values it may be true, with which it may be false; nil = with none.
func (t *tried) split(e *Expr, h held) (on, off held) {
	if e == nil || h == nil {
		return h, nil
	}
	if e.x == nil {
		return h, h
	}
	return t.try(e.x, h)
}

// try sets the names of a condition to every combination of their values.
func (t *tried) try(x *cond.Expr, h held) (on, off held) {
	d := t.deciders[x]
	if d == nil {
		d = x.Decider()
		t.deciders[x] = d
	}
	w := &trial{t: t, at: map[string]int{}}
	combos := 1
	for _, name := range x.Names() {
		i, ok := t.index[name]
		if !ok {
			continue
		}
		w.vars = append(w.vars, i)
		w.at[name] = 0
		n := 0
		for b := range t.doms[i].values {
			if h[i]&(1<<b) != 0 {
				n++
			}
		}
		if combos *= n; combos > maxTrials {
			return h, h
		}
	}
	yes, no := make(held, len(h)), make(held, len(h))
	w.each(0, h, func() {
		v := d.Decide(w, w.knows)
		for _, i := range w.vars {
			bit := uint64(1) << w.at[t.doms[i].name]
			if v != cond.Never {
				yes[i] |= bit
			}
			if v != cond.Always {
				no[i] |= bit
			}
		}
		w.on, w.off = w.on || v != cond.Never, w.off || v != cond.Always
	})
	return w.kept(w.on, yes, h), w.kept(w.off, no, h)
}

// trial is one combination of values.
type trial struct {
	t       *tried
	vars    []int
	at      map[string]int // name → position in its domain
	on, off bool
}

func (w *trial) each(n int, h held, do func()) {
	if n == len(w.vars) {
		do()
		return
	}
	d := &w.t.doms[w.vars[n]]
	for b := range d.values {
		if h[w.vars[n]]&(1<<b) != 0 {
			w.at[d.name] = b
			w.each(n+1, h, do)
		}
	}
}

// kept is what holds with the values left.
func (w *trial) kept(any bool, left, h held) held {
	if !any {
		return nil
	}
	out := append(held{}, h...)
	for _, i := range w.vars {
		out[i] = left[i]
	}
	return out
}

func (w *trial) knows(name string) bool { _, ok := w.at[name]; return ok }

// Value implements cond.Env.
func (w *trial) Value(name string) cond.Value {
	b, ok := w.at[name]
	if !ok {
		return cond.None()
	}
	return w.t.doms[w.t.index[name]].values[b]
}

// Now implements cond.Env; no comparison with constants asks for the clock.
func (*trial) Now() time.Time { return time.Time{} }
