package console

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/vrep/vrep/store"
)

// copyFormat names the form of the file; whoever reads it by machine looks at it first.
const copyFormat = "vrep-doctor-data/1"

// ownCopy is everything that is kept of a doctor, for the doctor: the same lines as a file for machines and as a page. Times are RFC 3339 in the zone of the house.
type ownCopy struct {
	Format   string     `json:"format"`
	MadeAt   string     `json:"made_at"`
	House    string     `json:"house"`
	LeftOut  string     `json:"left_out"`
	Sections []copyPart `json:"sections"`
}

// copyPart is one kind of thing that is kept.
type copyPart struct {
	Name  string     `json:"name"`
	Title string     `json:"title"`
	Lines []copyLine `json:"lines"`
}

// copyLine is one thing that is kept. Empty parts are left out of the file.
type copyLine struct {
	At    string          `json:"at,omitempty"`
	What  string          `json:"what,omitempty"`  // field, question, purpose, kind
	Words string          `json:"words,omitempty"` // in words for people
	Said  string          `json:"said,omitempty"`  // the doctor's own words
	Value json.RawMessage `json:"value,omitempty"` // for machines
	Code  string          `json:"code,omitempty"`
	From  string          `json:"from,omitempty"` // where it comes from
	Note  string          `json:"note,omitempty"`
}

// ownCopyOf puts the rows of a copy into words. Tags that the house keeps from doctors are left out, like everywhere.
func (c *Console) ownCopyOf(d store.Copy) ownCopy {
	out := ownCopy{Format: copyFormat, MadeAt: c.now().In(c.zone).Format(time.RFC3339), House: c.company, LeftOut: c.words.word("copy", "left_out")}
	add := func(name string, lines []copyLine) {
		if len(lines) > 0 {
			out.Sections = append(out.Sections, copyPart{Name: name, Title: c.words.word("copy", name), Lines: lines})
		}
	}
	add("identity", c.copyIdentity(d.Doctor))
	add("profile", c.copyProfile(d.Portrait))
	add("profile_history", c.copyHistory(d.Observations))
	add("answers", copyLines(d.Answers, func(a store.Answer) copyLine {
		l := copyLine{At: c.iso(a.At), What: store.BareQuestion(a.Asked), Words: a.Label, Said: a.Raw, Value: raw(a.Value), Code: a.Flow + "." + a.Question}
		if a.RetractedAt > 0 {
			l.Note = c.words.word("copy", "taken_back") + " " + c.iso(a.RetractedAt)
		}
		return l
	}))
	add("consents", copyLines(d.Consents, func(k store.Consent) copyLine {
		return copyLine{At: c.iso(k.At), What: c.words.word("purpose", k.Purpose), Words: c.words.word("copy", granted(k)), Said: k.Raw, Code: k.Purpose,
			From: k.Policy, Note: store.BareQuestion(k.Asked)}
	}))
	add("tags", c.copyTags(d))
	add("classes", c.copyClasses(d))
	add("sent", copyLines(d.Sent, func(s store.Sent) copyLine {
		return copyLine{At: c.iso(cmp.Or(s.SentAt, s.At)), What: c.contentTitle(s.Content), Code: s.Content, Note: c.words.orSame("pushreason", s.Why)}
	}))
	add("pushes", copyLines(d.Pushes, func(p store.Push) copyLine {
		return copyLine{At: c.iso(p.At), What: c.pushWhat(p), Words: c.words.word("push", p.Status), Code: cmp.Or(p.Flow, p.Content), Note: c.pushWhy(p.Reason)}
	}))
	add("activity", copyLines(d.Behaviours, func(b store.Behaviour) copyLine {
		return copyLine{At: c.iso(b.At), What: c.term("did", b.Kind), Words: c.contentTitle(b.Object), Code: b.Kind}
	}))
	add("meetings", copyLines(d.Meetings, func(m store.MeetingCall) copyLine {
		return copyLine{At: c.iso(cmp.Or(m.AnsweredAt, m.CameAt, m.InvitedAt)), What: m.Title, Words: joinNote(c.words.word("rsvp", m.Answer), c.words.word("came", m.Came)),
			Said: m.Question, Code: m.Meeting, Note: joinNote(c.words.word("meetingoutcome", m.Outcome), m.OutcomeWords)}
	}))
	add("contacts", copyLines(d.Leads, func(l store.Lead) copyLine {
		return copyLine{At: c.iso(l.CreatedAt), What: c.words.word("leadkind", l.Kind), Words: c.words.word("lead", l.Status), Code: l.Kind, Said: l.Wish, Note: joinNote(l.Why, l.Note)}
	}))
	add("visits", copyLines(d.Visits, func(x store.Visit) copyLine {
		return copyLine{At: c.iso(x.At), What: c.words.word("channel", x.Channel), Words: c.words.word("result", x.Result), From: nameOr(d.RepNames, x.Rep),
			Value: raw(x.Topics), Note: joinNote(x.NextStep, x.Note)}
	}))
	add("colleagues", copyLines(d.Transfers, func(x store.Transfer) copyLine {
		return copyLine{At: c.iso(x.ConfirmedAt), What: nameOr(d.RepNames, x.To), Words: c.words.word("transfer", x.Status), From: nameOr(d.RepNames, x.From)}
	}))
	add("questions", copyLines(d.Inquiries, func(q store.Inquiry) copyLine {
		return copyLine{At: c.iso(q.At), What: c.words.word("inquiryclass", q.Class), Said: q.Words, Words: q.Answer, Code: q.Class}
	}))
	add("quotes", copyLines(d.Quotes, func(q store.Quote) copyLine {
		return copyLine{At: c.iso(q.OfferedAt), What: c.words.word("quote", q.Status), Said: q.Words, Words: q.Approved, Code: q.Status, From: q.Policy,
			Note: c.words.orSame("signature", q.Signature)}
	}))
	add("cards", copyLines(d.PeerCards, func(k store.PeerCard) copyLine {
		return copyLine{At: c.iso(k.MadeAt), What: c.words.word("scene", store.SceneReferral), Note: c.iso(k.ExpiresAt)}
	}))
	add("messages", copyMessages(c, d.Journal))
	add("requests", copyLines(d.Rights, func(r store.RightsRequest) copyLine {
		return copyLine{At: c.iso(r.At), What: c.words.word("right", r.Kind), Words: c.words.word("rightstatus", r.Status), Code: r.Kind, Note: c.rightAbout(r)}
	}))
	return out
}

// copyLines turns rows into lines.
func copyLines[T any](rows []T, line func(T) copyLine) []copyLine {
	out := make([]copyLine, 0, len(rows))
	for _, r := range rows {
		out = append(out, line(r))
	}
	return out
}

func (c *Console) copyIdentity(d store.Doctor) []copyLine {
	var out []copyLine
	for _, f := range []struct{ field, value string }{
		{"name", d.Name}, {"hospital", d.HospitalName}, {"department", d.Department}, {"title", d.Title},
	} {
		if f.value != "" {
			out = append(out, copyLine{What: c.fieldLabel(f.field), Words: f.value, Code: f.field})
		}
	}
	level := copyLine{What: c.words.word("copy", "level"), Words: c.words.word("level", d.Level), Code: "level", At: c.iso(d.VerifiedAt)}
	return append(out, level, copyLine{What: c.words.word("copy", "since"), At: c.iso(d.CreatedAt), Code: "since"})
}

func (c *Console) copyProfile(rows []store.PortraitValue) []copyLine {
	var out []copyLine
	for _, p := range rows {
		if shown := c.shownValue(p.Field, p.Value, p.Label); shown != "" {
			out = append(out, copyLine{At: c.iso(p.At), What: c.fieldLabel(p.Field), Words: shown, Value: raw(p.Value), Code: p.Field, From: c.words.word("ownsource", p.Source)})
		}
	}
	return out
}

func (c *Console) copyHistory(rows []store.Observation) []copyLine {
	var out []copyLine
	for _, o := range rows {
		l := copyLine{At: c.iso(o.At), What: c.fieldLabel(o.Field), Words: c.shownValue(o.Field, o.Value, o.Label), Value: raw(o.Value), Code: o.Field, From: c.words.word("ownsource", o.Source)}
		if o.Value == store.TakenBack || o.Value == store.Cleared {
			l.Words, l.Value = c.words.word("copy", "taken_back"), nil
		}
		out = append(out, l)
	}
	return out
}

func (c *Console) copyTags(d store.Copy) []copyLine {
	var out []copyLine
	for _, t := range d.Tags {
		if c.library != nil && !c.library().TagShown(t.Tag) {
			continue
		}
		l := copyLine{At: c.iso(t.At), What: c.tagLabel(t.Tag), Code: t.Tag, From: c.words.orSame("ownsource", t.Source), Note: t.Detail}
		if t.RemovedAt > 0 {
			l.Words = c.words.word("copy", "taken_off") + " " + c.iso(t.RemovedAt)
		}
		out = append(out, l)
	}
	for _, s := range d.Suppressions {
		out = append(out, copyLine{At: c.iso(s.At), What: c.tagLabel(s.Tag), Code: s.Tag, Words: c.words.word("copy", "barred") + " " + c.iso(s.Until)})
	}
	return out
}

// tagLabel is what a doctor reads for a tag.
func (c *Console) tagLabel(tag string) string {
	if lib := c.libraryNow(); lib != nil {
		return lib.TagLabel(tag)
	}
	return tag
}

func (c *Console) copyClasses(d store.Copy) []copyLine {
	var out []copyLine
	for _, r := range d.Ratings {
		for _, k := range []struct{ kind, value string }{{"ladder", r.Ladder}, {"potential", r.Potential}, {"matrix", r.Matrix}, {"class", r.Class}} {
			if k.value != "" {
				out = append(out, copyLine{At: c.iso(r.UpdatedAt), What: c.term("name", k.kind), Words: c.term(k.kind, k.value), Code: k.kind + "=" + k.value, From: r.Product})
			}
		}
	}
	for _, s := range d.Scores {
		n, err := json.Marshal(s.Points)
		if err == nil {
			out = append(out, copyLine{At: c.iso(s.At), What: c.term("name", "score.points"), Words: c.term("grade", s.Grade), Value: n, Code: s.Name})
		}
	}
	for _, r := range d.Supers {
		stands := c.words.word("super", r.Status) + " " + c.term("stage", r.Stage)
		out = append(out, copyLine{At: c.iso(r.UpdatedAt), What: c.words.word("nav", "supers"), Words: stands, Code: "super=" + r.Status, From: r.Product, Note: r.Empathy})
	}
	return out
}

// copyMessages are the messages of the talk: what came and what was answered.
func copyMessages(c *Console, rows []store.Journal) []copyLine {
	var out []copyLine
	for _, j := range rows {
		var in struct{ Text, Place string }
		var said struct{ Text string }
		if json.Unmarshal(j.Event, &in) != nil {
			in.Text, in.Place = "", ""
		}
		if json.Unmarshal(j.Reply, &said) != nil {
			said.Text = ""
		}
		if in.Text+in.Place+said.Text != "" {
			out = append(out, copyLine{At: c.iso(j.ReceivedAt), Said: cmp.Or(in.Text, in.Place), Words: said.Text, Code: j.Kind})
		}
	}
	return out
}

func granted(k store.Consent) string {
	if k.Granted {
		return "agreed"
	}
	return "refused"
}

// raw is a JSON value as it stands, none when it is no JSON.
func raw(text string) json.RawMessage {
	if text == "" || !json.Valid([]byte(text)) {
		return nil
	}
	return json.RawMessage(text)
}

// iso is a time for machines; "" = never.
func (c *Console) iso(ms int64) string {
	if ms == 0 {
		return ""
	}
	return c.clock(ms, time.RFC3339)
}

// contentTitle is the title of a content item, else its id.
// pushWhat is the content that a push brought, or the flow that it named.
func (c *Console) pushWhat(p store.Push) string {
	if p.Flow != "" {
		return c.flowTitle(p.Flow)
	}
	return c.contentTitle(p.Content)
}

func (c *Console) contentTitle(id string) string {
	if item, ok := c.content(id); ok {
		return item.Title
	}
	return id
}
