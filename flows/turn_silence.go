package flows

import (
	"strings"
	"time"
)

// expire ends a talk that was silent for too long; answers given are kept.
func (t *turn) expire() {
	if t.st.At == 0 || (t.st.Idle() && t.st.Asleep == 0) {
		return
	}
	limit := defaultExpire
	if flow := t.quietFlow(); flow != nil {
		limit = flow.Expire
	}
	if t.in.At.Sub(time.UnixMilli(t.st.At)) < limit {
		return
	}
	t.st.Asleep, t.st.Ask = 0, nil
	if len(t.st.Frames) == 0 {
		return
	}
	if t.flow(0) == nil {
		t.moved(&t.st.Frames[0], "", howLost, "")
	}
	t.lapse()
	t.finishTalk("expired")
	if t.in.Kind == InText {
		t.sayLine("expired")
	}
}

// quietFlow is the flow whose reminders and patience count now (see Engine.silent).
func (t *turn) quietFlow() *Flow {
	if f := t.e.report(t.st); f != nil {
		return f.in(t.e.lang)
	}
	if len(t.st.Frames) == 0 {
		return nil
	}
	return t.bottom()
}

// bottom is the flow at the bottom of the stack; when its version is not to be had, the one in force says how long it waits (see Engine.Due).
func (t *turn) bottom() *Flow {
	if flow := t.flow(0); flow != nil {
		return flow
	}
	return t.e.lib.Flow(t.st.Frames[0].Flow)
}

// lapse does what the flow wants for a talk that nobody goes on with: its answers are taken back, or handed to a person.
func (t *turn) lapse() {
	flow := t.flow(0)
	if flow == nil {
		return
	}
	switch flow.OnExpire {
	case "drop":
		t.undoFrames(func(f *Flow) bool { return f == nil || !f.root().Urgent })
	case "lead":
		note := ""
		t.asHouse(func() { note = t.partial() })
		if note != "" {
			t.lead(Lead{Kind: unfinishedKind, Level: "warm", Why: t.houseLine("unfinished", flow.Title), Note: note, Within: 24 * time.Hour})
		}
	}
}

// unfinishedKind is the kind of lead that a talk leaves which has expired.
const unfinishedKind = "unfinished"

// partial lists the answers given so far in their order, a line each, for a person who takes over. What a safety report holds stays with the safety desk.
func (t *turn) partial() string {
	var lines []string
	for i := range t.st.Frames {
		lines = append(lines, t.env(&t.st.Frames[i]).given()...)
	}
	return strings.Join(lines, "\n")
}

// given are the questions of a frame, and of what it has called, with their answers.
func (e *env) given() []string {
	flow := e.flow()
	if flow == nil || flow.root().Urgent {
		return nil
	}
	var lines []string
	runs := 0
	for _, m := range e.f.Log {
		switch {
		case m.K == "c" && runs < len(e.f.Subs):
			in := &env{t: e.t, f: &e.f.Subs[runs]}
			if runs++; in.f.R > 0 {
				in.up, in.inner = e, flow.inner(in.f.Call)
			}
			lines = append(lines, in.given()...)
		case m.K == "a":
			if line := e.answered(flow, m.N); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// answered is one question with its answer, "" when there is none that was asked for.
func (e *env) answered(flow *Flow, id string) string {
	g, s := e.f.got(id), flow.Step(id)
	if g == nil || g.Known || s == nil {
		return ""
	}
	q, ok := s.Body.(*Question)
	if !ok || q.Type == "consent" || q.Ask == nil {
		return ""
	}
	ask, _, _ := strings.Cut(e.render(q.Ask), "\n")
	return ask + " " + e.t.gotLabel(q, g)
}

// remind says the reminder that is due after silence. Of several that are due only the last one is said; all of them count as told.
func (t *turn) remind() {
	if t.st.Idle() || t.st.Asleep > 0 {
		return
	}
	flow := t.quietFlow()
	if flow == nil {
		return
	}
	silence, last := t.in.At.Sub(time.UnixMilli(t.st.At)), t.st.Told
	for last < len(flow.Remind) && silence >= flow.Remind[last].After {
		last++
	}
	if last == t.st.Told {
		return
	}
	if _, quiet := t.e.lib.Quiet(t.in.At); quiet && !flow.Urgent {
		return // Due comes back when the quiet hours end
	}
	t.st.Told = last
	if t.muted || len(t.st.Frames) > 0 && t.flow(0) == nil {
		t.out.Skipped = append(t.out.Skipped, Skip{Step: "remind", Why: "version"})
		return
	}
	if !flow.Urgent && (t.facts.OptedOut || t.facts.Capped) {
		t.out.Skipped = append(t.out.Skipped, Skip{Step: "remind", Why: "capped"})
		return
	}
	t.say(t.render(t.top(), flow.Remind[last-1].Say))
	if t.st.Ask != nil && flow.reports {
		t.prompt()
	}
}
