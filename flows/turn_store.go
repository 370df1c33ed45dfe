package flows

import (
	"slices"

	"github.com/vrep/vrep/flows/cond"
)

// store accepts an answer for good and goes on.
func (t *turn) store(f *Frame, s *Step, d Draft) {
	q := s.Body.(*Question)
	g := d.Got
	g.Q = s.ID
	asked, label, hash := t.plainPrompt(), t.houseLabel(q, &g), f.Hash
	if was := t.shown; was.id == t.questionID(len(t.st.Frames)-1, s.ID) {
		asked, hash = was.asked, was.hash
	}
	t.keep(f, s, g)
	refused := q.Type == "consent" && q.Purpose == "base" && g.V.Str() != "agree"
	if q.Type == "consent" {
		t.consent(q, g.V.Str() == "agree", asked, d.Raw)
	}
	index := -1
	if !refused {
		index = t.record(f, Answer{Talk: t.st.Talk, Flow: f.Flow, Hash: hash, Question: t.questionID(len(t.st.Frames)-1, s.ID), Asked: asked,
			Value: g.V, Label: label, Raw: d.Raw, How: d.How, At: t.in.At})
	}
	t.save(f, q, s, Assign{Field: q.Save, Value: g.V, Label: label, From: s.ID, Answer: index}, g.Unknown)
	if flow := t.topFlow(); flow != nil && flow.reports {
		t.fillCase(q, s, &g, label)
	}
	t.took(s, &g)
	for _, code := range g.V.Items() {
		i, ok := q.byCode[code]
		if !ok {
			continue
		}
		if tag := q.Choices[i].Tag; tag != "" {
			t.tag(f, s.ID, tag, false)
		}
		if say := q.Choices[i].Say; say != nil {
			t.say(t.render(f, say))
		}
	}
	t.settle()
	if v := t.chosen(f, q, g.V); v.to != "" {
		if !t.jump(f, v.to) {
			t.advance()
		}
		return
	}
	if !t.leave(f, s) {
		t.advance()
	}
}

// save writes an answer into its profile field. "Don't know" is a state of a field with three of them, and nothing to any other.
func (t *turn) save(f *Frame, q *Question, s *Step, a Assign, unknown bool) {
	if q.Save == "" {
		return
	}
	if unknown {
		if field := t.e.lib.profile[q.Save]; field == nil || field.Type != tristate {
			return
		}
		a.Value, a.Label = cond.Text(unknownCode), q.Unknown.Label
	}
	t.assign(f, a)
	if !unknown {
		t.place(f, q, s, a.Value.Str(), a.Answer)
	}
}

// plainPrompt is the question as the doctor saw it, without the dialogue about it.
func (t *turn) plainPrompt() string {
	f := t.top()
	mode := f.Mode
	if mode != modeKnown {
		f.Mode = modePlain
	}
	text := t.prompted()
	f.Mode = mode
	return text
}

func element(q *Question, s *Step) string {
	if q.Element != "" {
		return q.Element
	}
	return s.ID
}

// mayStore reports whether answers of a frame may be stored now: after consent, and always in an adverse event report (legal duty).
func (t *turn) mayStore(f *Frame) bool {
	if t.consented("base") {
		return true
	}
	if f == nil {
		return false
	}
	flow := t.e.lib.flows[f.Flow]
	return flow != nil && flow.Urgent
}

// record files an answer, or holds it until consent; the index is the position in the outcome or among the held ones.
func (t *turn) record(f *Frame, a Answer) int {
	if t.mayStore(f) {
		t.out.Answers = append(t.out.Answers, a)
		return len(t.out.Answers) - 1
	}
	if t.st.Held == nil {
		t.st.Held = &Held{}
	}
	t.st.Held.Answers = append(t.st.Held.Answers, a)
	return len(t.st.Held.Answers) - 1
}

// assign writes a profile field, or holds the write until consent.
func (t *turn) assign(f *Frame, a Assign) {
	a = t.typed(a)
	a.At = t.in.At
	if f != nil {
		a.Flow = f.Flow
		old := t.profile(a.Field)
		m := Mark{K: "p", N: a.Field, L: old.Label, B: a.From}
		if !old.Value.IsNone() {
			m.V = &old.Value
		}
		f.Log = append(f.Log, m)
		t.note("profile." + a.Field)
	}
	t.write(a)
}

// typed gives a value the type of its field.
func (t *turn) typed(a Assign) Assign {
	if field := t.e.lib.profile[a.Field]; field != nil && field.Type == "list" && a.Value.Kind() == cond.KindText {
		a.Value = cond.List(a.Value.Str())
	}
	return a
}

// place writes where the chosen entry of a look-up lies into the portrait field province, when the list says it and the portrait has the field:
// territories of reps go by it. Who names a hospital has said where it is.
func (t *turn) place(f *Frame, q *Question, s *Step, code string, answer int) {
	list := t.e.lib.lists[q.List]
	if fed := t.fedList(q); fed != nil {
		list = fed
	}
	if q.Type != "lookup" || list == nil || t.e.lib.profile[fieldProvince] == nil {
		return
	}
	where := list.Place(code, fieldProvince)
	value := cond.None()
	switch {
	case where != "":
		value = cond.Text(where)
	case t.profile(fieldProvince).Value.IsNone():
		return
	}
	t.assign(f, Assign{Field: fieldProvince, Value: value, Label: where, From: s.ID, Answer: answer})
}

// fieldProvince is the portrait field, and the column of a look-up list, that names a province.
const fieldProvince = "province"

func (t *turn) write(a Assign) {
	if a.Field == languageField { // from the next step on
		t.st.Lang = ""
		defer func() { t.tongue = t.language() }()
	}
	if t.consented("base") {
		t.out.Profile = append(t.out.Profile, a)
		return
	}
	if t.st.Held == nil {
		t.st.Held = &Held{}
	}
	for i := range t.st.Held.Profile {
		if t.st.Held.Profile[i].Field == a.Field {
			t.st.Held.Profile[i] = a
			return
		}
	}
	t.st.Held.Profile = append(t.st.Held.Profile, a)
}

// tag puts a tag on the doctor or takes it off; by is the step of the frame that does it.
func (t *turn) tag(f *Frame, by, tag string, remove bool) {
	c := TagChange{Tag: tag, Remove: remove}
	if !remove && !t.personal() {
		return // whoever does not want to be remembered by preferences gets no tag
	}
	if f != nil {
		c.Flow = f.Flow
		m := Mark{K: "t", N: tag, B: by}
		if remove {
			m.K = "u"
		}
		if had := t.tagged(tag); had != remove {
			v := cond.Bool(had)
			m.V = &v
		}
		f.Log = append(f.Log, m)
	}
	t.writeTag(c)
}

// tagged reports a tag as it stands in this turn.
func (t *turn) tagged(tag string) bool {
	lists := [][]TagChange{t.out.Tags}
	if t.st.Held != nil {
		lists = append(lists, t.st.Held.Tags)
	}
	for _, list := range lists {
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].Tag == tag {
				return !list[i].Remove
			}
		}
	}
	return t.facts.Tags[tag]
}

func (t *turn) writeTag(c TagChange) {
	if t.consented("base") {
		t.out.Tags = append(t.out.Tags, c)
		return
	}
	if t.st.Held == nil {
		t.st.Held = &Held{}
	}
	t.st.Held.Tags = append(t.st.Held.Tags, c)
}

// profile is a field as it stands in this turn: written now, held, or known before.
func (t *turn) profile(field string) Known {
	for i := len(t.out.Profile) - 1; i >= 0; i-- {
		if a := &t.out.Profile[i]; a.Field == field {
			return Known{Value: a.Value, Label: a.Label, At: a.At, Source: "answer"}
		}
	}
	if t.st.Held != nil {
		for i := range t.st.Held.Profile {
			if a := &t.st.Held.Profile[i]; a.Field == field {
				return Known{Value: a.Value, Label: a.Label, At: a.At, Source: "answer"}
			}
		}
	}
	return t.facts.Profile[field]
}

// consent notes a decision. With consent to the base purpose everything held is written; with its refusal everything is forgotten.
func (t *turn) consent(q *Question, granted bool, asked, raw string) {
	if granted {
		t.agreed(q.Purpose)
	}
	had := t.consented(q.Purpose)
	t.decide(Consent{Purpose: q.Purpose, Policy: q.Policy, Granted: granted, Asked: asked, Raw: raw})
	t.raised = t.raised || granted
	if had && !granted {
		t.out.Right = Right{Kind: "withdraw", Detail: q.Purpose}
		t.ceased(q.Purpose)
	}
	if q.Purpose != "base" {
		return
	}
	if !granted {
		t.refused = true
		t.emptyUnder()
		t.forget()
		return
	}
	t.unhold()
}

// unhold writes what had waited for the base consent.
func (t *turn) unhold() {
	held := t.st.Held
	t.st.Held = nil
	if code := t.st.Lang; code != "" {
		t.write(Assign{Field: languageField, Value: cond.Text(code), Label: t.house().lib.LanguageName(code), From: languageField, Answer: -1, At: t.in.At})
	}
	if held == nil {
		return
	}
	base := len(t.out.Answers)
	t.out.Answers = append(t.out.Answers, held.Answers...)
	for _, a := range held.Profile {
		if a.Answer >= 0 {
			a.Answer += base
		}
		t.out.Profile = append(t.out.Profile, a)
	}
	t.out.Tags = append(t.out.Tags, held.Tags...)
}

// retract takes an answer back: from what is held, from this turn, or from what was stored before.
func (t *turn) retract(question string) {
	if t.st.Held != nil {
		for i := range t.st.Held.Answers {
			if t.st.Held.Answers[i].Question == question {
				t.st.Held.Answers[i].Question = ""
				t.dropHeld(i)
				return
			}
		}
	}
	t.dropNew(question)
	t.out.Retracted = append(t.out.Retracted, Retracted{Talk: t.st.Talk, Question: question})
}

// dropNew removes an answer that this turn itself has recorded, and keeps the references of writes right.
func (t *turn) dropNew(question string) {
	i := slices.IndexFunc(t.out.Answers, func(a Answer) bool { return a.Talk == t.st.Talk && a.Question == question })
	if i < 0 {
		return
	}
	t.out.Answers = slices.Delete(t.out.Answers, i, i+1)
	for n := range t.out.Profile {
		switch a := &t.out.Profile[n]; {
		case a.Answer == i:
			a.Answer = -1
		case a.Answer > i:
			a.Answer--
		}
	}
}

// dropHeld removes a held answer and keeps the references of held writes right.
func (t *turn) dropHeld(i int) {
	h := t.st.Held
	h.Answers = append(h.Answers[:i], h.Answers[i+1:]...)
	kept := h.Profile[:0]
	for _, a := range h.Profile {
		switch {
		case a.Answer == i:
			continue
		case a.Answer > i:
			a.Answer--
		}
		kept = append(kept, a)
	}
	h.Profile = kept
}
