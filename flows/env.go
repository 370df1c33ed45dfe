package flows

import (
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// labelled is a value with its words for people.
type labelled struct {
	v Value
	l string
}

// env gives the names of a running flow their values: answers, computed values, inputs, profile, consents. Within a round of a block, names of its own
// come first, then those of the frame that it stands on.
type env struct {
	t     *turn
	f     *Frame
	up    *env  // of a round that has returned: where it stood; rounds on the stack find it themselves
	inner *Flow // its flow, as far as known
	extra map[string]labelled
}

func (t *turn) env(f *Frame) *env { return &env{t: t, f: f} }

// Now implements cond.Env.
func (e *env) Now() time.Time { return e.t.in.At }

// Value implements cond.Env.
func (e *env) Value(name string) cond.Value { return e.find(name, false).v }

// find looks a name up; words asks for the label too.
func (e *env) find(name string, words bool) labelled {
	if x, ok := e.extra[name]; ok {
		return x
	}
	t := e.t
	if head, tail, dotted := strings.Cut(name, "."); dotted {
		switch head {
		case "profile":
			k := t.profile(tail)
			if words && t.e.home != nil {
				k.Label = t.fieldWords(tail, k)
			}
			return labelled{k.Value, k.Label}
		case "consent":
			return labelled{v: cond.Bool(t.consented(tail))}
		case "doctor":
			return labelled{v: t.standing(tail)}
		case "account":
			s := t.e.lib.config.spoken[tail]
			if s == "" {
				s = t.facts.Account[tail]
			}
			if s == "" {
				s = t.e.lib.config.Account[tail]
			}
			return labelled{v: textOrNone(s)}
		}
	}
	if name == "ae.no" {
		return labelled{v: textOrNone(t.caseNo())}
	}
	for x := e; x != nil && x.f != nil; x = x.outer() {
		if v, ok := x.own(name, words); ok {
			return v
		}
	}
	if name == "left" && e.f != nil {
		return labelled{v: cond.Number(float64(t.left()))}
	}
	return labelled{}
}

// outer is where a round stands, nil for a flow of its own.
func (e *env) outer() *env {
	if e.up != nil || e.f.R == 0 {
		return e.up
	}
	if i := e.t.depthOf(e.f); i > 0 {
		return e.t.env(&e.t.st.Frames[i-1])
	}
	return nil
}

// own finds a name that belongs to the frame itself; ok is true when the frame hides one of the same name further out, even without a value.
func (e *env) own(name string, words bool) (x labelled, ok bool) {
	if v, ok := e.f.variable(name); ok {
		return labelled{v: v}, true
	}
	if g := e.f.got(name); g != nil {
		x := labelled{v: g.V}
		if words {
			x.l = e.label(g)
		}
		return x, true
	}
	head, tail, dotted := strings.Cut(name, ".")
	switch {
	case e.f.R > 0 && name == roundName:
		return labelled{v: cond.Number(float64(e.f.R))}, true
	case e.f.R > 0 && !dotted:
		if v, ok := e.f.input(name); ok {
			return v, true
		}
	case e.f.R == 0 && dotted && head == "input":
		x, _ := e.f.input(tail)
		return x, true
	}
	if dotted {
		if x, ok := e.ran(head, tail, words); ok {
			return x, true
		}
	}
	if e.f.R == 0 {
		return labelled{}, false
	}
	flow := e.flow()
	return labelled{}, flow != nil && flow.scope != nil && flow.scope.hides(name)
}

// hides reports a name that the steps of the flow give themselves.
func (s *scope) hides(name string) bool {
	_, ok := s.from[name]
	return ok
}

func (f *Frame) input(name string) (labelled, bool) {
	for i := range f.In {
		if f.In[i].N == name {
			return labelled{f.In[i].V, f.In[i].L}, true
		}
	}
	return labelled{}, false
}

// ran reads what a called flow or a block has brought.
func (e *env) ran(step, name string, words bool) (labelled, bool) {
	if flow := e.flow(); flow != nil {
		if s := flow.Step(step); s != nil {
			if body, ok := s.Body.(*BlockStep); ok {
				return e.rounds(s, body, name, words), true
			}
		}
	}
	sub := e.f.sub(step)
	if sub == nil {
		return labelled{}, false
	}
	inner := &env{t: e.t, f: sub}
	x, ok := inner.own(name, words)
	return x, ok
}

// each calls do for every round of a block that has returned, in order.
func (e *env) each(s *Step, body *BlockStep, do func(round *env)) {
	for i := range e.f.Subs {
		if sub := &e.f.Subs[i]; sub.R > 0 && sub.Call == s.ID {
			do(&env{t: e.t, f: sub, up: e, inner: body.Inner})
		}
	}
}

// rounds reads one name of all rounds: a list, or of what is gone through once the value itself.
func (e *env) rounds(s *Step, body *BlockStep, name string, words bool) labelled {
	var items, labels []string
	var last labelled
	n := 0
	e.each(s, body, func(round *env) {
		n++
		last, _ = round.own(name, words)
		if last.v.IsEmpty() {
			return
		}
		if last.v.Kind() == cond.KindList {
			items = append(items, last.v.Items()...)
		} else {
			items = append(items, last.v.Str())
		}
		if words {
			labels = append(labels, filterless(round, last))
		}
	})
	switch {
	case name == countName:
		return labelled{v: cond.Number(float64(n))}
	case !body.Loops():
		return last
	}
	x := labelled{v: cond.List(items...)}
	if words && len(labels) > 0 {
		x.l = strings.Join(labels, e.t.e.lib.line("list_separator"))
	}
	return x
}

// filterless is how a value is printed when the text does not say.
func filterless(e *env, x labelled) string { return (&part{}).filter(e, x, false) }

func (e *env) label(g *Got) string {
	if g.L != "" {
		return g.L
	}
	flow := e.flow()
	if flow == nil {
		return g.V.Str()
	}
	if s := flow.Step(g.Q); s != nil {
		if q, ok := s.Body.(*Question); ok {
			return e.t.gotLabel(q, g)
		}
	}
	return g.V.Str()
}

// flow is the version that the frame runs.
func (e *env) flow() *Flow {
	if e.inner == nil {
		if i := e.t.depthOf(e.f); i >= 0 {
			e.inner = e.t.flow(i)
		} else {
			e.inner, _ = e.t.flowOf(e.f, e.t.topFlow())
		}
	}
	return e.inner
}

// depthOf is where a frame stands on the stack, -1 when it has returned.
func (t *turn) depthOf(f *Frame) int {
	for i := range t.st.Frames {
		if &t.st.Frames[i] == f {
			return i
		}
	}
	return -1
}

// caseNo is the number of the case at hand: the running intake's, or the one that an offer is about.
func (t *turn) caseNo() string {
	if t.st.Case != "" {
		return t.st.Case
	}
	if n := len(t.out.Cases); n > 0 {
		return t.out.Cases[n-1].No
	}
	return ""
}

func (e *env) inviteOK(code string) bool { return e.t.inviteOK(code) }

// price is product information: it is for verified doctors, wherever a flow says it.
func (e *env) price(hospital, product string) Value {
	if e.t.facts.Reads == nil || e.t.level() < 2 {
		return cond.None()
	}
	text, _ := e.t.facts.Reads.Price(hospital, product, e.t.in.At)
	return textOrNone(text)
}

func (e *env) repOf(hospital string) Value {
	if e.t.facts.Reads == nil || hospital == "" {
		return cond.None()
	}
	name, _ := e.t.facts.Reads.RepOf(hospital)
	return textOrNone(name)
}

func textOrNone(s string) Value {
	if s == "" {
		return cond.None()
	}
	return cond.Text(s)
}

func textValue(s string) Value { return cond.Text(s) }

func (e *env) eval(x *Expr) Value {
	if x == nil || x.x == nil {
		return cond.None()
	}
	return x.x.Eval(e)
}

func (e *env) holds(x *Expr) bool { return x != nil && x.x != nil && x.x.True(e) }

func (t *turn) eval(f *Frame, e *Expr) Value { return t.env(f).eval(e) }

func (t *turn) holds(f *Frame, e *Expr) bool { return t.holdsWith(f, e, nil) }

func (t *turn) holdsWith(f *Frame, e *Expr, extra map[string]labelled) bool {
	return (&env{t: t, f: f, extra: extra}).holds(e)
}

// optional renders a text that may be absent.
func (t *turn) optional(f *Frame, x *Text) string {
	if x == nil {
		return ""
	}
	return strings.TrimSpace(t.render(f, x))
}

// textValue is the value of a text: of the one placeholder that it consists of, else the words.
func (t *turn) textValue(f *Frame, x *Text) labelled {
	if p := x.only(); p != nil {
		e := &env{t: t, f: f}
		for i := range p.alts {
			if v := p.alts[i].value(e); !v.v.IsEmpty() {
				return v
			}
		}
		return labelled{}
	}
	return labelled{v: textOrNone(strings.TrimSpace(t.render(f, x)))}
}

// only is the one placeholder that a text consists of, nil when there is more or less.
func (x *Text) only() *part {
	if len(x.parts) == 1 && x.parts[0].lit == "" && x.parts[0].when == nil && len(x.parts[0].filters) == 0 {
		return &x.parts[0]
	}
	return nil
}

// wish is what the doctor would like to get now.
func (t *turn) wish(f *Frame, body *SendStep) Wish {
	w := Wish{Level: t.level(), Now: t.in.At, Sent: map[string]bool{}, Kinds: t.profile("prefers").Value.Items(), Topics: t.profile("topics").Value.Items()}
	for id := range t.facts.Sent {
		w.Sent[id] = true
	}
	for i := range t.out.Sends {
		w.Sent[t.out.Sends[i].Content.ID] = true
	}
	if body.Prefer != nil {
		if v := t.eval(f, body.Prefer); !v.IsEmpty() {
			w.Kinds, w.Only = v.Items(), true
		}
	}
	if body.Topics != nil {
		w.Topics = t.eval(f, body.Topics).Items()
	}
	return w
}
