package console

import (
	"encoding/json"
	"fmt"
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

// timeline puts everything of a doctor into one row, newest first.
func (c *Console) timeline(rec store.DoctorRecord, titles map[string]string) []item {
	items := slices.Concat(c.answerItems(rec), c.messageItems(rec), c.effectItems(rec), c.consentItems(rec), c.leadItems(rec), c.caseItems(rec),
		c.pushItems(rec, titles))
	slices.SortStableFunc(items, func(a, b item) int { return int(min(1, max(-1, b.At-a.At))) })
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

func (c *Console) answerItems(rec store.DoctorRecord) []item {
	items := make([]item, 0, len(rec.Answers))
	for _, a := range rec.Answers {
		it := item{At: a.At, Kind: "answer", Title: a.Label, Asked: a.Asked, Words: a.Raw, Note: a.Flow + " · " + a.Question}
		if a.RetractedAt > 0 {
			it.Kind = "retracted"
		}
		items = append(items, it)
	}
	return items
}

// messageItems are the turns that hold no answer: a follow, a question of the doctor, a picture.
func (c *Console) messageItems(rec store.DoctorRecord) []item {
	answered := make(map[int64]bool, len(rec.Answers)+len(rec.Consents))
	for _, a := range rec.Answers {
		answered[a.Seq] = true
	}
	for _, k := range rec.Consents {
		answered[k.Seq] = true
	}
	var items []item
	for _, j := range rec.Journal {
		if answered[j.Seq] {
			continue
		}
		var in struct{ Kind, Text, Event string }
		var out struct{ Text string }
		if json.Unmarshal(j.Event, &in) != nil {
			in.Kind = j.Kind
		}
		if json.Unmarshal(j.Reply, &out) != nil {
			out.Text = ""
		}
		code := in.Kind
		if code == "" {
			code = j.Kind
		}
		if in.Event != "" {
			code = in.Event
		}
		items = append(items, item{At: j.ReceivedAt, Kind: "message", Title: c.words.event(code), Words: in.Text, Note: out.Text})
	}
	return items
}

// effectItems are the messages that we sent, or could not send, outside a reply.
func (c *Console) effectItems(rec store.DoctorRecord) []item {
	var items []item
	for _, e := range rec.Effects {
		var body struct{ Text, Title string }
		if json.Unmarshal(e.Body, &body) != nil {
			continue
		}
		it := item{At: e.CreatedAt, Kind: "out", Title: body.Title, Asked: body.Text, Badge: c.badge("effect", e.Status)}
		if e.DoneAt > 0 {
			it.At = e.DoneAt
		}
		if it.Title == "" {
			it.Title = c.words.word("effectkind", e.Kind)
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
		items = append(items, item{At: k.At, Kind: kind, Title: c.words.word("purpose", k.Purpose), Asked: k.Asked, Words: k.Raw, Note: k.Policy})
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
			At: m.At, Kind: "lead", Title: title, Note: joinNote(c.actor(rec.RepNames, m.Actor), m.Reason), Badge: c.badge("lead", m.Status), Link: "/console/leads/" + m.Lead,
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

func (c *Console) caseItems(rec store.DoctorRecord) []item {
	var items []item
	for _, k := range rec.Cases {
		items = append(items, item{At: k.OpenedAt, Kind: "case", Title: k.No, Badge: c.badge("case", k.Status), Link: "/console/cases/" + k.No})
		if k.AcknowledgedAt > 0 {
			items = append(items, item{At: k.AcknowledgedAt, Kind: "case", Title: fmt.Sprintf("%s · %s", k.No, c.words.word("case", store.CaseAcknowledged)), Note: k.AcknowledgedBy})
		}
	}
	if v := rec.Verification; v != nil {
		items = append(items, item{At: v.At, Kind: "verify", Title: c.words.word("verifymethod", v.Method), Badge: c.badge("verify", store.VerifyOpen)})
		if v.DecidedAt > 0 {
			items = append(items, item{At: v.DecidedAt, Kind: "verify", Title: c.words.word("verifymethod", v.Method), Badge: c.badge("verify", v.Status), Note: v.DecidedBy})
		}
	}
	return items
}

func (c *Console) pushItems(rec store.DoctorRecord, titles map[string]string) []item {
	var items []item
	for _, p := range rec.Pushes {
		title := titles[p.Content]
		if title == "" {
			title = p.Content
		}
		items = append(items, item{At: p.At, Kind: "push", Title: title, Note: p.Reason, Badge: c.badge("push", p.Status)})
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
