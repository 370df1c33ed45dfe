package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// defaultCaseClock is until when a person must look at a case that says nothing else.
const defaultCaseClock = 24 * time.Hour

// seriousCaseClock is the same once a criterion of seriousness was named, until the intake itself says otherwise.
const seriousCaseClock = time.Hour

// openCase opens an adverse event case at once, or adds words to the one that this talk has just opened.
func (t *turn) openCase(words string, within time.Duration) {
	if t.st.Case != "" {
		if !slices.ContainsFunc(t.out.Cases, func(c Case) bool { return c.No == t.st.Case && c.Words == words }) && t.st.Ask != nil {
			t.out.Cases = append(t.out.Cases, Case{No: t.st.Case, Words: words})
		}
		return
	}
	if t.facts.CaseNo == "" {
		t.problem("no_case_number", t.top())
		return
	}
	t.st.Case = t.facts.CaseNo
	c := Case{No: t.st.Case, New: true, Words: words, Within: within}
	t.weigh(&c, words, true)
	t.out.Cases = append(t.out.Cases, c)
}

// openedNow is the case entry of this turn, made when there is none.
func (t *turn) openedNow() *Case {
	for i := range t.out.Cases {
		if t.out.Cases[i].No == t.st.Case {
			return &t.out.Cases[i]
		}
	}
	t.out.Cases = append(t.out.Cases, Case{No: t.st.Case})
	return &t.out.Cases[len(t.out.Cases)-1]
}

// fillCase adds one answer of the intake to its case, at once. A phone stands there in full, because the safety desk calls it. A criterion of
// seriousness shortens the clock at once, so that an intake that is never finished is not overlooked.
func (t *turn) fillCase(q *Question, s *Step, g *Got, label string) {
	if t.st.Case == "" || s.asksAnother() {
		return
	}
	if q.Type == "phone" && !g.Unknown {
		label = g.V.Str()
	}
	t.asHouse(func() {
		own := s
		if flow := t.topFlow(); flow != nil && flow.Step(s.ID) != nil {
			own = flow.Step(s.ID)
		}
		if f := t.top(); f.R > 0 {
			label = t.inRounds(own.Body.(*Question), own, label)
		}
		t.caseField(element(q, s), label)
	})
	c := t.openedNow()
	switch name := element(q, s); {
	case name == "serious" && q.grave(g.V):
		c.Serious = true
		t.weigh(c, label, false)
		c.hurry()
	case name == "event":
		t.weigh(c, label, false)
	}
}

// inRounds puts the answers of earlier rounds before that of the round on top.
func (t *turn) inRounds(q *Question, s *Step, label string) string {
	var all []string
	if n := len(t.st.Frames) - 1; n > 0 {
		below := &t.st.Frames[n-1]
		for i := range below.Subs {
			if sub := &below.Subs[i]; sub.R > 0 && sub.Call == t.top().Call && sub.got(s.ID) != nil {
				all = append(all, t.gotLabel(q, sub.got(s.ID)))
			}
		}
	}
	return strings.Join(append(all, label), t.e.lib.line("list_separator"))
}

// caseRounds collects the answers of all rounds, by element.
func (t *turn) caseRounds(f *Frame, flow *Flow, into map[string][]string) {
	for i := range f.Subs {
		sub := &f.Subs[i]
		in := flow.inner(sub.Call)
		if sub.R == 0 || in == nil {
			continue
		}
		for k := range sub.Got {
			s := in.Step(sub.Got[k].Q)
			if s == nil || s.asksAnother() {
				continue
			}
			if q, ok := s.Body.(*Question); ok {
				into[element(q, s)] = append(into[element(q, s)], t.gotLabel(q, &sub.Got[k]))
			}
		}
		t.caseRounds(sub, in, into)
	}
}

func (t *turn) caseField(element, text string) {
	c := t.openedNow()
	if c.Fields == nil {
		c.Fields = map[string]string{}
	}
	c.Fields[element] = text
}

// grave reports whether a choice was taken that is not "none of these".
func (q *Question) grave(v Value) bool {
	return slices.ContainsFunc(v.Items(), func(code string) bool {
		i, ok := q.byCode[code]
		return ok && !q.Choices[i].Only
	})
}

// closeCase ends the intake: every answer of the flow stands in the case, with what was computed.
func (t *turn) closeCase(f *Frame, product string, serious bool, within time.Duration) {
	if t.st.Case == "" {
		t.problem("no_case_number", f)
		return
	}
	flow := t.topFlow()
	rounds := map[string][]string{}
	t.caseRounds(f, flow, rounds)
	for _, name := range sortedKeys(rounds) {
		t.caseField(name, strings.Join(rounds[name], t.e.lib.line("list_separator")))
	}
	for i := range f.Got {
		g := &f.Got[i]
		if s := flow.Step(g.Q); s != nil {
			if q, ok := s.Body.(*Question); ok {
				t.fillCase(q, s, g, t.gotLabel(q, g))
			}
		}
	}
	if product != "" {
		t.caseField("product", product)
	}
	c := t.openedNow()
	c.Serious, c.Complete, c.Within = serious || c.Serious, true, within
	c.hurry()
}

// verify performs the verification by invitation code or master data, or asks a person for it.
func (t *turn) verify(method, code string) bool {
	if t.level() >= 2 {
		return true
	}
	if method == "invite" {
		if !t.inviteOK(code) {
			return false
		}
		t.out.Verify = &Verify{Method: method, Invite: code}
		t.out.Level, t.raised = 2, true
		return true
	}
	if method == "master" {
		return t.verifyByMaster()
	}
	v := Verify{Method: method}
	if t.out.Verify != nil {
		v.Lead = t.out.Verify.Lead
	} else if len(t.st.Wait) > 0 && t.consented("share_with_rep") {
		lead := t.st.Wait[0]
		v.Lead = &lead
	}
	t.out.Verify = &v
	if t.level() < 1 && t.facts.Level != rejectedLevel {
		t.out.Level = 1
	}
	return false
}

// verifyByMaster verifies a doctor whom the master data of the house knows by name, hospital and department. Who says all of who they are, and is not found,
// has declared it.
func (t *turn) verifyByMaster() bool {
	name, hospital, department := t.profile("name"), t.profile("hospital"), t.profile("department")
	for _, k := range []Known{name, hospital, department} {
		if k.Value.IsEmpty() {
			return false
		}
	}
	if t.facts.Reads != nil {
		if id, ok := t.facts.Reads.Master(name.Value.Str(), hospital.Value.Str(), t.fieldWords("department", department)); ok {
			t.out.Verify = &Verify{Method: "master", Master: id}
			t.out.Level, t.raised = 2, true
			return true
		}
	}
	if t.facts.Level == 0 && t.level() == 0 && !t.profile("title").Value.IsEmpty() {
		t.out.Level = 1
	}
	return false
}

func (t *turn) inviteOK(code string) bool {
	return code != "" && t.facts.Reads != nil && t.facts.Reads.InviteOK(code)
}

// lead makes a lead, or lets it wait: an unverified doctor is asked to be verified, and nothing goes to a rep without consent to share.
func (t *turn) lead(l Lead) (made, waiting bool) {
	if contains(t.st.Led, l.Kind) {
		return true, false
	}
	for _, w := range t.st.Wait { // what was said first counts, unless this wish is the more explicit one
		if w.Kind == l.Kind && (w.Explicit || !l.Explicit) {
			l = w
		}
	}
	verified := t.level() >= 2
	if verified && t.consented("share_with_rep") {
		t.st.Led = append(t.st.Led, l.Kind)
		t.out.Leads = append(t.out.Leads, l)
		t.st.Wait = slices.DeleteFunc(t.st.Wait, func(w Lead) bool { return w.Kind == l.Kind })
		return true, false
	}
	if !slices.ContainsFunc(t.st.Wait, func(w Lead) bool { return w.Kind == l.Kind }) {
		t.st.Wait = append(t.st.Wait, l)
	}
	t.askToVerify()
	return false, true
}

// askToVerify turns a waiting lead into a request to verify the doctor; nothing is asked for before the doctor has agreed to share.
func (t *turn) askToVerify() {
	if len(t.st.Wait) == 0 || t.level() >= 2 || t.facts.Level == rejectedLevel || !t.consented("share_with_rep") {
		return
	}
	if t.out.Verify == nil {
		t.out.Verify = &Verify{Method: "rep"}
	}
	if t.out.Verify.Lead == nil {
		l := t.st.Wait[0]
		t.out.Verify.Lead = &l
	}
}

// finish ends the turn: waiting leads that may go now, scores, leads and classes by rule, the pending question.
func (t *turn) finish() {
	if t.raised && t.level() >= 2 && t.consented("share_with_rep") {
		for _, l := range slices.Clone(t.st.Wait) {
			t.lead(l)
		}
	}
	t.score()
	if t.raised {
		t.askToVerify()
	}
	if s := t.pendingStep(); s != nil || t.st.Ask != nil {
		t.out.Pending = t.pending(s)
	}
	if len(t.st.Frames) == 0 && t.st.Ask == nil && !t.consented("base") {
		t.st.Held = nil
	}
	if t.in.Kind == InText && t.st.Asleep == 0 && len(t.out.Says)+len(t.out.Sends)+len(t.out.Images) == 0 {
		t.sayLine("noted") // a flow without last words; nobody is left without an answer
	}
	t.tidy()
	if len(t.st.Frames) > 0 {
		t.snapshot()
	}
	pack(t.st.Frames)
	t.out.State = t.st
}

func (t *turn) pending(s *Step) Pending {
	p := Pending{Asked: t.prompted(), Confirming: t.st.Ask != nil}
	f, flow := t.top(), t.topFlow()
	t.offer(&p, s)
	if s == nil || flow == nil {
		if t.st.Ask != nil && t.st.Ask.Kind == "offer" {
			for _, ls := range t.e.lib.config.listen {
				if ls.ID == t.st.Ask.Name {
					p.ID, p.Flow, p.Type = ls.Call, ls.Call, "yesno"
				}
			}
		}
		return p
	}
	p.Flow, p.Hash, p.ID = f.Flow, f.Hash, t.questionID(len(t.st.Frames)-1, s.ID)
	p.Type = s.Body.(*Question).Type
	p.Confirming = p.Confirming || f.Mode == modeValue || f.Mode == modeKnown
	return p
}

// score evaluates the rules when this turn changed what they look at.
func (t *turn) score() {
	r := t.e.lib.rules
	if r == nil || !t.consented("base") || !t.personal() || t.out.Forget || len(t.out.Cases) > 0 { // a safety report is never scored
		return
	}
	if len(t.out.Answers) == 0 && len(t.out.Profile) == 0 && t.out.Level < 0 && len(t.out.Consents) == 0 {
		return
	}
	before, after := t.views()
	for i := range r.classes {
		c := &r.classes[i]
		if was, is := c.class(before), c.class(after); c.save != "" && is != "" && (is != was || t.facts.Profile[c.save].Value.IsNone()) {
			t.write(Assign{Field: c.save, Value: textValue(is), From: c.name, Answer: -1, At: t.in.At})
		}
	}
	was, is := r.scoresOf(before, t.facts.Grades), r.scoresOf(after, t.facts.Grades)
	t.out.Scores = append(t.out.Scores, is...)
	had := r.asks(before, was)
	for _, kind := range r.asks(after, is) {
		if !contains(had, kind) {
			t.ruleLead(r, kind, is)
		}
	}
	first := model(is, "")
	for i := range t.out.Leads {
		t.out.Leads[i].Points, t.out.Leads[i].Lines = first.Points, first.Lines
	}
	if v := t.out.Verify; v != nil && v.Lead != nil {
		v.Lead.Points, v.Lead.Lines = first.Points, first.Lines
	}
}

// views are what the rules look at before and after the turn. What the doctor did and what was derived is the same in both.
func (t *turn) views() (before, after *view) {
	before = &view{lib: t.e.lib, level: standing(t.facts.Level), now: t.in.At, digest: t.facts.Digest,
		profile: func(f string) Known { return t.facts.Profile[f] },
		consent: func(p string) bool { return t.facts.Consents[p] != "" },
		more:    t.facts.derived(t.facts.OptedOut)}
	after = &view{lib: t.e.lib, level: t.level(), now: t.in.At, digest: t.facts.Digest, profile: t.profile, consent: t.consented,
		more: t.facts.derived((t.facts.OptedOut || t.out.OptOut) && !t.out.OptIn)}
	return before, after
}

// derived gives the names that travel with a talk.
func (f *Facts) derived(optedOut bool) func(name string) Value {
	return func(name string) Value {
		switch name {
		case "doctor.opted_out":
			return cond.Bool(optedOut)
		case "affinity":
			n, err := strconv.Atoi(f.Classes[name])
			if err != nil {
				return cond.None()
			}
			return cond.Number(float64(n))
		}
		return textOrNone(f.Classes[name])
	}
}

// ruleLead makes a lead that a rule asks for. An explicit wish may wait; a score asks only once the doctor may be visited (see Rules.asks).
func (t *turn) ruleLead(r *Rules, kind string, scores []Score) {
	if l, ok := r.ask(kind, scores); ok {
		t.lead(l)
	}
}

// ask is the lead of a rule.
func (r *Rules) ask(kind string, scores []Score) (Lead, bool) {
	for i := range r.leads {
		l := &r.leads[i]
		if l.kind != kind {
			continue
		}
		s := model(scores, l.score)
		lead := Lead{Kind: kind, Level: "warm", Explicit: l.explicit, Why: l.why, Within: l.within, Points: s.Points, Lines: s.Lines}
		if l.explicit || s.Grade == "hot" {
			lead.Level = "hot"
		}
		return lead, true
	}
	return Lead{}, false
}

// HistoryFields lists the fields of the portrait of which rules look at every value, not only the last.
func (lib *Library) HistoryFields() []string {
	if lib.classes == nil {
		return nil
	}
	var out []string
	for _, p := range lib.classes.products {
		if p.field != "" && !contains(out, p.field) {
			out = append(out, p.field)
		}
	}
	return out
}
