package flows

import "strings"

// Request is what doctors are asked to agree to for one purpose, in the words of the flows in force.
type Request struct {
	Purpose string
	Policy  string // version of the notice
	Text    string // "" = the words say what was talked about before: it can be asked for in a talk only
}

// Requests lists what the flows ask consent for, one entry for each purpose, the base purpose first; account is what texts print about the house. Where
// several flows ask for the same, a question that can stand alone counts before others, one without a condition before those, then the first by id.
func (e *Engine) Requests(account map[string]string) []Request {
	t := &turn{e: e, facts: Facts{Account: account}, out: &Outcome{}}
	var out []Request
	for _, purpose := range e.lib.purposes() {
		if q := t.request(purpose); q != nil {
			r := Request{Purpose: purpose, Policy: q.Policy}
			if q.alone() {
				r.Text = t.render(nil, q.Ask)
			}
			out = append(out, r)
		}
	}
	return out
}

// request is the question by which consent to a purpose is asked for outside a talk.
func (t *turn) request(purpose string) (found *Question) {
	most := -1
	for _, f := range t.house().lib.Flows() {
		s := f.consentTo(purpose)
		if s == nil {
			continue
		}
		q, rank := s.Body.(*Question), 0
		switch {
		case q.alone() && s.When == nil:
			rank = 2
		case q.alone():
			rank = 1
		}
		if rank > most {
			found, most = q, rank
		}
	}
	if found == nil && purpose == purposePortrait {
		return t.portrait()
	}
	return found
}

// portrait is the question for consent to be remembered by preferences where no flow asks it: the fixed lines hold its words and the version of the notice.
func (t *turn) portrait() *Question {
	c := t.house().lib.config
	return &Question{Type: "consent", Purpose: purposePortrait, Policy: c.commands["personal_on"].policy, Ask: c.text("personal_on_ask")}
}

// alone tells whether the question's words need no talk around them: they print the house's names at most.
func (q *Question) alone() bool {
	for _, name := range q.Ask.names() {
		if !strings.HasPrefix(name, "account.") {
			return false
		}
	}
	return true
}

// decideAway takes a decision about a purpose that was made outside the talk. It has the effects of the same answer in the talk and says nothing: the
// doctor is on another page. Without the base consent no talk goes on but a safety report.
func (t *turn) decideAway() {
	q := t.request(t.in.Key)
	if q == nil || !t.mayDecide(q) {
		return
	}
	if !t.in.Granted {
		t.withdraw(q.Purpose, t.render(nil, q.Ask))
		return
	}
	t.decide(Consent{Purpose: q.Purpose, Policy: q.Policy, Granted: true, Asked: t.render(nil, q.Ask), Raw: t.in.Text})
	t.raised = true
	if q.Purpose == "base" {
		t.unhold()
	}
}

// mayDecide tells whether a decision made outside the talk changes anything, and may: without the base consent there is nothing else to agree to.
func (t *turn) mayDecide(q *Question) bool {
	if !t.in.Granted {
		return t.consented(q.Purpose)
	}
	if q.Purpose != "base" && !t.consented("base") || !q.alone() {
		return false
	}
	return !t.consented(q.Purpose) || t.facts.Consents[q.Purpose] != q.Policy
}
