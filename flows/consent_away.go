package flows

// Request is what doctors are asked to agree to for one purpose, in the words of the flows in force.
type Request struct {
	Purpose string
	Policy  string // version of the notice
	Text    string
}

// Requests lists what the flows ask consent for, one entry for each purpose, the base purpose first; account is what texts print about the house. Where
// several flows ask for the same, the first one by id counts.
func (e *Engine) Requests(account map[string]string) []Request {
	t := &turn{e: e, facts: Facts{Account: account}, out: &Outcome{}}
	var out []Request
	for _, purpose := range e.lib.purposes() {
		if q := t.request(purpose); q != nil {
			out = append(out, Request{Purpose: purpose, Policy: q.Policy, Text: t.render(nil, q.Ask)})
		}
	}
	return out
}

// request is the question by which consent to a purpose is asked for.
func (t *turn) request(purpose string) *Question {
	for _, f := range t.house().lib.Flows() {
		if q := f.consentTo(purpose); q != nil {
			return q
		}
	}
	return nil
}

// decideAway takes a decision about a purpose that was made outside the talk. It has the effects of the same answer in the talk and says nothing: the
// doctor is on another page. Without the base consent no talk goes on but a safety report.
func (t *turn) decideAway() {
	q := t.request(t.in.Key)
	if q == nil || !t.mayDecide(q) {
		return
	}
	c := Consent{Purpose: q.Purpose, Policy: q.Policy, Granted: t.in.Granted, Asked: t.render(nil, q.Ask), Raw: t.in.Text}
	if !c.Granted {
		c.Policy = t.facts.Consents[q.Purpose]
	}
	t.decide(c)
	t.raised = t.raised || c.Granted
	if q.Purpose != "base" {
		return
	}
	if c.Granted {
		t.unhold()
		return
	}
	if !t.urgent() {
		t.stopAll("stop")
	}
	t.refused = true
	t.emptyUnder()
	t.forget()
}

// mayDecide tells whether a decision made outside the talk changes anything, and may: without the base consent there is nothing else to agree to.
func (t *turn) mayDecide(q *Question) bool {
	if !t.in.Granted {
		return t.consented(q.Purpose)
	}
	if q.Purpose != "base" && !t.consented("base") {
		return false
	}
	return !t.consented(q.Purpose) || t.facts.Consents[q.Purpose] != q.Policy
}
