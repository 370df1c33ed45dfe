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

// env gives the names of a running flow their values: answers, computed values, inputs, profile, consents.
type env struct {
	t     *turn
	f     *Frame
	extra map[string]labelled
}

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
	head, tail, dotted := strings.Cut(name, ".")
	if dotted {
		switch head {
		case "profile":
			k := t.profile(tail)
			return labelled{k.Value, k.Label}
		case "consent":
			return labelled{v: cond.Bool(t.consented(tail))}
		case "doctor":
			return labelled{v: cond.Number(float64(t.level()))}
		case "account":
			s := t.facts.Account[tail]
			if s == "" {
				s = t.e.lib.config.Account[tail]
			}
			return labelled{v: textOrNone(s)}
		}
	}
	if name == "ae.no" {
		return labelled{v: textOrNone(t.caseNo())}
	}
	if e.f == nil {
		return labelled{}
	}
	if v, ok := e.f.variable(name); ok {
		return labelled{v: v}
	}
	if head == "input" && dotted {
		for i := range e.f.In {
			if e.f.In[i].N == tail {
				return labelled{v: e.f.In[i].V}
			}
		}
		return labelled{}
	}
	if dotted {
		if sub := e.f.sub(head); sub != nil {
			inner := &env{t: t, f: sub}
			return inner.local(tail, words)
		}
		return labelled{}
	}
	if name == "left" {
		n := t.left()
		return labelled{v: cond.Number(float64(n))}
	}
	return e.local(name, words)
}

// local finds an answer or a computed value of one frame.
func (e *env) local(name string, words bool) labelled {
	if g := e.f.got(name); g != nil {
		x := labelled{v: g.V}
		if words {
			x.l = e.label(g)
		}
		return x
	}
	v, _ := e.f.variable(name)
	return labelled{v: v}
}

func (e *env) label(g *Got) string {
	if g.L != "" {
		return g.L
	}
	flow := e.t.versionOf(e.f)
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

// versionOf finds the flow of any frame, on the stack or returned from.
func (t *turn) versionOf(f *Frame) *Flow {
	for i := range t.st.Frames {
		if &t.st.Frames[i] == f {
			return t.flow(i)
		}
	}
	flow, _ := t.e.flowOf(f, t.topFlow())
	return flow
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

// score sums the points of the options chosen for a question.
func (e *env) score(question string) float64 {
	if e.f == nil {
		return 0
	}
	f, id := e.f, question
	if head, tail, dotted := strings.Cut(question, "."); dotted {
		if f, id = e.f.sub(head), tail; f == nil {
			return 0
		}
	}
	g := f.got(id)
	flow := e.t.versionOf(f)
	if g == nil || flow == nil {
		return 0
	}
	s := flow.Step(id)
	if s == nil {
		return g.V.Num()
	}
	q, ok := s.Body.(*Question)
	if !ok || !q.kind.choices {
		return g.V.Num()
	}
	sum := 0.0
	for _, code := range g.V.Items() {
		if i, ok := q.byCode[code]; ok {
			sum += q.Choices[i].Score
		}
	}
	return sum
}

func (e *env) inviteOK(code string) bool { return e.t.inviteOK(code) }

// left counts the questions that are still to come, as far as the answers so far tell.
func (t *turn) left() int {
	f, flow := t.top(), t.topFlow()
	if f == nil || flow == nil {
		return 0
	}
	n := 0
	for i := f.P; i < len(flow.Steps); i++ {
		s := flow.Steps[i]
		if _, ok := s.Body.(*Question); ok && (s.When == nil || i == f.P || t.holds(f, s.When)) {
			n++
		}
	}
	return n
}

func textOrNone(s string) Value {
	if s == "" {
		return cond.None()
	}
	return cond.Text(s)
}

func textValue(s string) Value { return cond.Text(s) }

func (t *turn) eval(f *Frame, e *Expr) Value {
	if e == nil || e.x == nil {
		return cond.None()
	}
	return e.x.Eval(&env{t: t, f: f})
}

func (t *turn) holds(f *Frame, e *Expr) bool { return t.holdsWith(f, e, nil) }

func (t *turn) holdsWith(f *Frame, e *Expr, extra map[string]labelled) bool {
	return e != nil && e.x != nil && e.x.True(&env{t: t, f: f, extra: extra})
}

// optional renders a text that may be absent.
func (t *turn) optional(f *Frame, x *Text) string {
	if x == nil {
		return ""
	}
	return strings.TrimSpace(t.render(f, x))
}

// textValue is the value of a text: of the one placeholder that it consists of, else the words.
func (t *turn) textValue(f *Frame, x *Text) Value {
	if len(x.parts) == 1 && x.parts[0].lit == "" && x.parts[0].when == nil && len(x.parts[0].filters) == 0 {
		e := &env{t: t, f: f}
		for i := range x.parts[0].alts {
			if v := x.parts[0].alts[i].value(e); !v.IsEmpty() {
				return v
			}
		}
		return cond.None()
	}
	return textOrNone(strings.TrimSpace(t.render(f, x)))
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
