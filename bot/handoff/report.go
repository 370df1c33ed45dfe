package handoff

import "time"

// Report is what a rep reports after a visit. There is no field for prescriptions, sales or anything given: the product does not have them.
type Report struct {
	Lead     string
	Rep      string    // WeCom user id of who reports
	At       time.Time // when the visit took place
	Channel  string    // face, phone, online
	Result   string    // met, not_met
	Prefers  string    // content kind: literature, case, video, meeting; only when met
	Topics   []string  // codes of topics, or the one code "none"; only when met
	Ladder   string    // A0 … A6 or unknown; only when met
	Barriers []string  // may be empty; the one code "none" says that there are none
	NextStep string    // at most 500 characters
	NextAt   time.Time // zero = no date
	HeardAE  string    // yes or no; anything else counts as unanswered
	Note     string    // at most 1,000 characters
	CardRead bool      // the rep says with the report that the card with what the house has understood was read
}

// Answers that stand for "asked, and there is nothing".
const (
	CodeNone    = "none"
	CodeUnknown = "unknown"
	CodeYes     = "yes"
	CodeNo      = "no"
)

// Results of a visit; they are the outcomes of a lead.
const (
	ResultMet    = "met"
	ResultNotMet = "not_met"
)

// Form holds the choices of the report and of a decline, in the order to show them.
type Form struct {
	Channels, Results, Prefers, Topics, Ladder, Barriers, HeardAE, Reasons []Option
}

// Form gives the choices for the rep's page. Topics are those that the shipped content is written about; a report may name others.
func (d *Desk) Form() Form {
	w := d.words
	return Form{
		Channels: w.Channels, Results: w.Results, Prefers: w.Prefers, Topics: w.Topics, Ladder: w.Ladder, Barriers: w.Barriers,
		HeardAE: w.YesNo, Reasons: w.Reasons,
	}
}
