package flows

import (
	"slices"
	"time"

	"github.com/vrep/vrep/flows/guard"
)

// deathCaseClock is until when a person must look at a case in which somebody has died. Source: the house rule that the desk is paged at once.
const deathCaseClock = 30 * time.Minute

// Flag is something that compliance must look at. Words is empty where they may not be kept.
type Flag struct {
	Kind  string // benefit, count, complaint, patient
	Words string
}

// Inquiry is a medical question that only medical information answers. It never becomes an answer, a tag or a score.
type Inquiry struct {
	Class  string // label, beyond, compare, patient
	Words  string
	Urgent bool // answered the same day
}

// found is what the guard hears in a text; a text is heard once.
func (t *turn) found(text string) []guard.Finding {
	if t.heardText != text || t.heardAll == nil {
		t.heardText, t.heardAll = text, t.e.lib.guard.Detect(text, t.hearing())
		if t.heardAll == nil {
			t.heardAll = []guard.Finding{}
		}
	}
	return t.heardAll
}

// hearing is what the talk tells the guard: whether a safety report is being filled in, and whether the waiting question asks for the doctor's own data.
func (t *turn) hearing() guard.Context {
	c := guard.Context{Product: t.reporting()}
	if s := t.pendingStep(); s != nil {
		q := s.Body.(*Question)
		field := t.e.lib.profile[q.Save]
		c.Own = q.Type == "phone" || q.PII || field != nil && field.PII
	}
	return c
}

// reporting tells whether a safety report is being filled in.
func (t *turn) reporting() bool {
	for i := range t.st.Frames {
		if f := t.flow(i); f != nil && f.reports {
			return true
		}
	}
	return false
}

// opens tells whether one of the findings opens a case.
func opens(found []guard.Finding) bool { return slices.ContainsFunc(found, guard.Finding.OpensCase) }

// hears reports whether a listener hears a text: its own words, and for safety reports whatever the guard hears.
func (t *turn) hears(ls *listener, text string) bool {
	return ls.Do == "report" && opens(t.found(text)) || ls.hears(t.e.lib.reader, text)
}

// mask hides who a patient is before anything of the message is used or kept.
func (t *turn) mask() {
	if t.in.Text == "" {
		return
	}
	found := t.found(t.in.Text)
	masked := guard.Mask(t.in.Text, found)
	if masked == t.in.Text {
		return
	}
	t.in.Text = masked
	t.keepOf(masked)
	t.flag("patient", "")
	t.sayLine("patient_masked")
}

// keepOf says what may be kept of the message.
func (t *turn) keepOf(text string) { t.out.Kept = &text }

func (t *turn) flag(kind, words string) {
	t.out.Flags = append(t.out.Flags, Flag{Kind: kind, Words: words})
}

// aside deals with what is for compliance or medical information alone; true means that the message is dealt with and no answer to the waiting question.
// Strictly, questions that an approved answer of the house may deal with wait for it.
func (t *turn) aside(text string, strict bool) bool {
	for _, f := range t.found(text) {
		switch {
		case t.out.Kept != nil && f.Asks() && len(t.out.Inquiries) > 0: // passed on already
		case f.Kind == guard.Count:
			t.keepOf("")
			t.flag("count", "")
			return t.replyAside("counted")
		case f.Kind == guard.Benefit:
			t.flag("benefit", text)
			return t.replyAside("no_benefit")
		case f.Kind == guard.Beyond && strict, f.Asks() && !strict:
			t.keepOf("")
			t.out.Inquiries = append(t.out.Inquiries, Inquiry{Class: string(f.Kind), Words: text, Urgent: f.Urgent})
			return t.passedOn("inquiry_" + string(f.Kind))
		}
	}
	return false
}

// passedOn says that medical information answers. Where free words were asked for, the question was an answer too: the flow goes on with a remark in its
// place, so that the words stand nowhere but in the inquiry.
func (t *turn) passedOn(line string) bool {
	s := t.pendingStep()
	if s == nil || t.st.Ask != nil || t.st.Asleep > 0 || t.top().Mode != modePlain {
		return t.replyAside(line)
	}
	if q := s.Body.(*Question); q.Type != "text" || q.Save != "" || t.hearing().Own {
		return t.replyAside(line)
	}
	t.sayLine(line)
	t.in.Text = t.houseLine("passed_on", "")
	return false
}

// replyAside says a fixed line and asks the waiting question again.
func (t *turn) replyAside(line string) bool {
	t.sayLine(line)
	if !t.st.Idle() && t.st.Asleep == 0 {
		t.prompt()
	}
	return true
}

// complained notes a complaint; the message goes on to be read.
func (t *turn) complained(text string) {
	if slices.ContainsFunc(t.found(text), func(f guard.Finding) bool { return f.Kind == guard.Complaint }) {
		t.flag("complaint", text)
		t.sayLine("complaint_noted")
	}
}

// weigh puts what the guard hears in words about a case into the case: its kind, seriousness and death, and the clock that follows from them.
func (t *turn) weigh(c *Case, words string, opening bool) {
	kind := ""
	for _, f := range t.found(words) {
		if !f.OpensCase() {
			continue
		}
		if kind == "" || f.Kind == guard.Event {
			kind = string(f.Kind)
		}
		c.Serious, c.Death = c.Serious || f.Serious, c.Death || f.Death
	}
	if opening {
		c.Kind = kind
	}
	c.hurry()
}

// Weight is what the guard hears in words about a patient, for reports that do not come from a talk.
type Weight struct {
	Kind    string // ae, special, quality; "" = nothing that it knows
	Serious bool
	Death   bool
}

// Weigh hears words about a patient.
func (lib *Library) Weigh(words string) Weight {
	var w Weight
	for _, f := range lib.guard.Detect(words, guard.Context{Product: true}) {
		if f.OpensCase() && (w.Kind == "" || f.Kind == guard.Event) {
			w.Kind = string(f.Kind)
		}
		w.Serious, w.Death = w.Serious || f.Serious, w.Death || f.Death
	}
	return w
}

// hurry shortens the clock of a serious or fatal case.
func (c *Case) hurry() {
	switch {
	case c.Death:
		c.Serious, c.Within = true, shorter(c.Within, deathCaseClock)
	case c.Serious:
		c.Within = shorter(c.Within, seriousCaseClock)
	}
}

func shorter(a, b time.Duration) time.Duration {
	if a == 0 || b < a {
		return b
	}
	return a
}
