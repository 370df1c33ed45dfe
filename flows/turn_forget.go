package flows

import (
	"maps"
	"slices"
	"strings"
)

// Agreed is a consent given in this talk, with what going back over its question restores.
type Agreed struct {
	Talk    int64  `json:"t"`
	Purpose string `json:"p"`
	Policy  string `json:"v,omitempty"` // of the consent that was in force before, "" = none
	Held    *Held  `json:"h,omitempty"` // what waited for the base consent
}

// decide notes a decision about a purpose; the last one of a turn counts. Without consent to share there are no leads of this talk any more.
func (t *turn) decide(c Consent) {
	t.out.Consents = slices.DeleteFunc(t.out.Consents, func(o Consent) bool { return o.Purpose == c.Purpose })
	t.out.Consents = append(t.out.Consents, c)
	if c.Purpose == "share_with_rep" && !c.Granted {
		t.st.Led, t.st.Wait = nil, nil
	}
}

// agreed remembers what a consent given now would have to restore.
func (t *turn) agreed(purpose string) {
	a := Agreed{Talk: t.st.Talk, Purpose: purpose}
	if t.consented(purpose) {
		a.Policy = t.facts.Consents[purpose]
	}
	if purpose == "base" {
		a.Held = t.st.Held.clone()
	}
	t.st.Agreed = append(t.st.Agreed, a)
}

// takeBack ends a consent when the doctor goes back over its question, at once: until the question is answered again, things are as they were before.
// An earlier consent to another notice is in force again. Without one, nothing of the doctor may stay; what had waited for the base consent waits again.
func (t *turn) takeBack(f *Frame, m Mark) {
	flow := t.topFlow()
	if m.K != "a" || flow == nil {
		return
	}
	s, g := flow.Step(m.N), f.got(m.N)
	if s == nil || g == nil || g.Known || g.V.Str() != "agree" {
		return
	}
	q, ok := s.Body.(*Question)
	if !ok || q.Type != "consent" {
		return
	}
	before := Agreed{Purpose: q.Purpose}
	for i := len(t.st.Agreed) - 1; i >= 0; i-- {
		if a := t.st.Agreed[i]; a.Talk == t.st.Talk && a.Purpose == q.Purpose {
			before = a
			t.st.Agreed = slices.Delete(t.st.Agreed, i, i+1)
			break
		}
	}
	if before.Policy != "" {
		t.decide(Consent{Purpose: q.Purpose, Policy: before.Policy, Granted: true})
		return
	}
	t.decide(Consent{Purpose: q.Purpose, Policy: q.Policy})
	if q.Purpose == "base" {
		t.forget()
		t.st.Held = before.Held
	}
}

// forget makes this a turn that leaves nothing of the doctor: consent to the base purpose is refused or taken back, and with it every other one.
func (t *turn) forget() {
	for _, purpose := range slices.Sorted(maps.Keys(t.facts.Consents)) {
		if purpose != "base" && t.consented(purpose) {
			t.decide(Consent{Purpose: purpose, Policy: t.facts.Consents[purpose]})
			t.ceased(purpose)
		}
	}
	t.out.Forget, t.out.Level = true, -1
	t.out.Answers, t.out.Profile, t.out.Tags, t.out.Leads, t.out.Verify = t.onlyUrgent(), nil, nil, nil, nil
	t.st.Held, t.st.Wait, t.st.Led = nil, nil, nil
	t.setListAside()
	t.facts.Profile, t.facts.Tags = nil, nil
	t.facts.Level, t.st.Lang = 0, ""
}

// onlyUrgent keeps the answers of a safety report when everything else is forgotten.
func (t *turn) onlyUrgent() []Answer {
	var out []Answer
	for _, a := range t.out.Answers {
		if f := t.e.lib.flows[a.Flow]; f != nil && f.Urgent {
			out = append(out, a)
		}
	}
	return out
}

// tidy ends the turn for consents: a refusal leaves no answer in the talk, and what a consent would restore is kept as long as its talk.
func (t *turn) tidy() {
	t.st.Agreed = slices.DeleteFunc(t.st.Agreed, func(a Agreed) bool { return a.Talk != t.st.Talk || len(t.st.Frames) == 0 })
	if len(t.st.Agreed) == 0 {
		t.st.Agreed = nil
	}
	if !t.refused {
		return
	}
	t.emptyFrames(len(t.st.Frames))
}

// emptyUnder does it at once for talks that the one on top was pushed over: they are asked again in this turn, from what they still know.
func (t *turn) emptyUnder() {
	for i := len(t.st.Frames) - 1; i > 0; i-- {
		if t.st.Frames[i].Own {
			t.emptyFrames(i)
			return
		}
	}
}

// emptyFrames empties the lowest n frames, safety reports excepted.
func (t *turn) emptyFrames(n int) {
	for i := range n {
		if flow := t.flow(i); flow == nil || !flow.root().Urgent {
			t.st.Frames[i].empty(flow, t.e.lib)
		}
	}
}

// empty leaves of a frame only what holds nothing of the doctor: the consents asked for, how called flows ended, and where the talk is.
func (f *Frame) empty(flow *Flow, lib *Library) {
	consent := func(id string) bool {
		if flow == nil || flow.Step(id) == nil {
			return false
		}
		q, ok := flow.Step(id).Body.(*Question)
		return ok && q.Type == "consent"
	}
	f.Got = slices.DeleteFunc(f.Got, func(g Got) bool { return !consent(g.Q) })
	f.Log = slices.DeleteFunc(f.Log, func(m Mark) bool { return m.K != "c" && (m.K != "a" || !consent(m.N)) })
	f.Vars = slices.DeleteFunc(f.Vars, func(v Var) bool { return !strings.Contains(v.N, ".") })
	f.In, f.Old = nil, nil
	f.Off = nil
	for i := range f.Subs {
		sub := &f.Subs[i]
		in := lib.flows[sub.Flow]
		if sub.R > 0 && flow != nil {
			in = flow.inner(sub.Call)
		}
		sub.empty(in, lib)
	}
}

// clone copies what is held, so that the copy can be changed.
func (h *Held) clone() *Held {
	if h == nil {
		return nil
	}
	return &Held{slices.Clone(h.Answers), slices.Clone(h.Profile), slices.Clone(h.Tags)}
}
