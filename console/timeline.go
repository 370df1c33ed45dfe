package console

import (
	"cmp"
	"slices"
	"time"

	"github.com/vrep/vrep/store"
)

// item is one thing that happened between the house and a doctor.
type item struct {
	At    int64
	Kind  string // code of the word group "timeline"
	Title string
	Asked string // our words
	Words string // the doctor's words
	Badge badge  // state, Text "" = none
	Note  string
	Link  string
}

// day is the items of one date.
type day struct {
	Date    string
	Weekday string
	Items   []item
}

// timeline puts everything of a doctor into one row, newest first; of things that happened at once, what followed from the others stands above them.
// Without safety it holds no more of an adverse event than its number and state.
func (c *Console) timeline(past store.DoctorPast, titles map[string]string, safety bool) []item {
	rec := past.DoctorRecord
	items := slices.Concat(c.effectItems(rec), c.pushItems(rec, titles), c.leadItems(rec), c.verifyItems(rec), c.caseItems(rec, safety), c.consentItems(rec),
		c.answerItems(rec, safety), c.scanItems(rec), c.openItems(rec, titles), c.messageItems(rec, safety),
		c.learntItems(past), c.deedItems(past, titles), c.changeItems(past), c.rightItems(past), c.transferItems(past))
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(b.At, a.At) })
	return items
}

// days groups items by date.
func (c *Console) days(items []item) []day {
	var days []day
	for _, it := range items {
		t := time.UnixMilli(it.At).In(c.zone)
		date := t.Format(time.DateOnly)
		if len(days) == 0 || days[len(days)-1].Date != date {
			days = append(days, day{Date: date, Weekday: c.words.word("weekday", int(t.Weekday()))})
		}
		days[len(days)-1].Items = append(days[len(days)-1].Items, it)
	}
	return days
}

func (c *Console) answerItems(rec store.DoctorRecord, safety bool) []item {
	items := make([]item, 0, len(rec.Answers))
	for _, a := range rec.Answers {
		if rec.Consenting(a) || !safety && c.desk.SafetyOnly(a, rec.Cases) {
			continue
		}
		it := item{At: a.At, Kind: "answer", Title: a.Label, Asked: store.BareQuestion(a.Asked), Words: a.Raw, Note: c.flowTitle(a.Flow)}
		if a.Label == a.Raw {
			it.Title = ""
		}
		if a.RetractedAt > 0 {
			it.Kind = "retracted"
		}
		items = append(items, it)
	}
	return items
}

func (c *Console) consentItems(rec store.DoctorRecord) []item {
	var items []item
	for _, k := range rec.Consents {
		kind := "refusal"
		if k.Granted {
			kind = "consent"
		}
		note := joinNote(c.words.word("timelinenote", "policy"), k.Policy)
		items = append(items, item{At: k.At, Kind: kind, Title: c.words.word("purpose", k.Purpose), Asked: store.BareQuestion(k.Asked), Words: k.Raw, Note: note})
	}
	return items
}

func (c *Console) leadItems(rec store.DoctorRecord) []item {
	var items []item
	kinds := make(map[string]string, len(rec.Leads))
	opened := make(map[string]bool, len(rec.Leads))
	for _, l := range rec.Leads {
		kinds[l.ID] = c.words.word("leadkind", l.Kind)
	}
	for _, m := range rec.Moves {
		opened[m.Lead] = opened[m.Lead] || m.Event == "open"
		title := c.words.word("leadevent", m.Event) + " · " + kinds[m.Lead]
		items = append(items, item{
			At: m.At, Kind: "lead", Title: title, Note: joinNote(c.actor(rec.RepNames, m.Actor), c.words.orSame("leadreason", m.Reason)), Badge: c.badge("lead", m.Status), Link: "/console/leads/" + m.Lead,
		})
	}
	for _, l := range rec.Leads {
		if !opened[l.ID] {
			items = append(items, item{At: l.CreatedAt, Kind: "lead", Title: c.words.word("leadevent", "open") + " · " + kinds[l.ID], Note: l.Why, Link: "/console/leads/" + l.ID})
		}
	}
	for _, v := range rec.Visits {
		title := c.words.word("channel", v.Channel) + " · " + c.words.word("result", v.Result)
		items = append(items, item{At: v.At, Kind: "visit", Title: title, Note: joinNote(nameOr(rec.RepNames, v.Rep), v.NextStep), Link: "/console/leads/" + v.Lead})
	}
	return items
}

// caseItems are the adverse event reports; what was said is for the safety desk only.
func (c *Console) caseItems(rec store.DoctorRecord, safety bool) []item {
	var items []item
	for _, k := range rec.Cases {
		link := "/console/cases/" + k.No
		it := item{At: k.OpenedAt, Kind: "case", Title: k.No, Badge: c.badge("case", k.Status), Link: link}
		if safety {
			it.Words = k.Words
		}
		if k.AcknowledgedAt > 0 {
			items = append(items, item{At: k.AcknowledgedAt, Kind: "case", Title: k.No, Badge: c.badge("case", store.CaseAcknowledged), Note: k.AcknowledgedBy, Link: link})
		}
		items = append(items, it)
	}
	return items
}

func (c *Console) verifyItems(rec store.DoctorRecord) []item {
	v := rec.Verification
	if v == nil {
		return nil
	}
	method := c.words.word("verifymethod", v.Method)
	var items []item
	if v.DecidedAt > 0 {
		it := item{At: v.DecidedAt, Kind: "verify", Title: method, Badge: c.badge("verify", v.Status)}
		if v.DecidedBy != v.Method {
			it.Note = c.actor(rec.RepNames, v.DecidedBy)
		}
		items = append(items, it)
	}
	if v.At != v.DecidedAt {
		items = append(items, item{At: v.At, Kind: "verify", Title: method, Badge: c.badge("verify", store.VerifyOpen)})
	}
	return items
}

// joinNote puts two remarks into one line; either may be empty.
func joinNote(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

// actor names who moved a lead: a rep, the doctor or the system.
func (c *Console) actor(reps map[string]string, id string) string {
	if name := reps[id]; name != "" {
		return name
	}
	return c.words.word("actor", id)
}
