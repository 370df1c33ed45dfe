package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// leadHuman is the kind of a lead that comes from the wish to talk to a person.
const leadHuman = "human"

// noticeWords is the most characters of a notice: it must fit one message to a rep.
const noticeWords = 600

// humanWithin is how soon a person must take such a lead.
const humanWithin = 4 * time.Hour

func (x *builder) leads() error {
	for i, l := range x.d.out.Leads {
		row, err := x.lead(i, l)
		if err != nil {
			return err
		}
		x.turn.Leads = append(x.turn.Leads, row)
	}
	return nil
}

// lead is the n-th lead of the turn.
func (x *builder) lead(n int, l flows.Lead) (store.Lead, error) {
	lines, err := scoreLines(l.Lines)
	if err != nil {
		return store.Lead{}, err
	}
	open := store.LeadOpenKey(x.conversation(), l.Kind)
	row := store.Lead{
		ID: rowID("lead", x.conversation(), strconv.FormatInt(x.seq, 10), strconv.Itoa(n)), Account: x.in.Account,
		Doctor: x.conversation(), Kind: l.Kind, OpenKey: &open, Status: store.LeadNew, Level: l.Level, Explicit: l.Explicit,
		Points: l.Points, Lines: lines, Why: l.Why, Note: l.Note, Wish: l.Wish, CreatedAt: x.now, UpdatedAt: x.now,
	}
	if l.Within > 0 {
		row.DueAt = x.now + l.Within.Milliseconds()
	}
	return row, nil
}

// rowID is an id of 32 hex digits derived from names, so that a turn decided twice makes the same rows.
func rowID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// colleague is what the doctor says about the rep. Who wants no rep at all has no lead any more.
func (x *builder) colleague() error {
	x.turn.Colleague = x.d.out.Colleague
	if x.turn.Colleague == store.ColleagueNone && x.turn.WithdrawLeads == "" {
		x.turn.WithdrawLeads = store.ReasonNoRep
	}
	return nil
}

func (x *builder) verify() error {
	v := x.d.out.Verify
	if v == nil {
		return nil
	}
	row := store.Verification{Doctor: x.conversation(), Account: x.in.Account, Method: v.Method, Status: store.VerifyOpen, At: x.now}
	if v.Invite != "" || v.Master != "" {
		row.Status, row.DecidedAt, row.DecidedBy = store.VerifyPassed, x.now, v.Method
		x.turn.Invite, x.turn.Master = v.Invite, v.Master
	}
	if v.Lead != nil {
		row.LeadKind, row.LeadNote = v.Lead.Kind, v.Lead.Note
	}
	x.turn.Verify = &row
	return nil
}

// shareable tells whether a rep may hear of the doctor: verified, and agreed to it.
func (x *builder) shareable() bool {
	consented := x.before.Facts.Consents[store.PurposeShare] != ""
	for _, c := range x.d.out.Consents {
		if c.Purpose == store.PurposeShare {
			consented = c.Granted
		}
	}
	return x.turn.Doctor.Level == store.LevelVerified && consented
}

// notices puts what teams are told on the worklist. What a rep may not hear goes to those who run the house.
func (x *builder) notices() error {
	for i, n := range x.d.out.Notices {
		team := n.To
		if team == store.TeamRep && !x.shareable() {
			team = store.TeamOps
		}
		x.turn.Notices = append(x.turn.Notices, store.Notice{
			ID: rowID("notice", x.conversation(), strconv.FormatInt(x.seq, 10), strconv.Itoa(i)), Account: x.in.Account, Doctor: x.conversation(),
			Team: team, Flow: n.Flow, Words: clip(n.Text, noticeWords), At: x.now,
		})
	}
	return nil
}

// meetings hands on what was answered about meetings.
func (x *builder) meetings() error {
	for _, m := range x.d.out.Meetings {
		x.turn.Meetings = append(x.turn.Meetings, store.MeetingSaid{Meeting: m.Meeting, Doctor: x.conversation(), Said: m.Said})
	}
	return nil
}

// human makes sure that somebody hears of a doctor who was told that a colleague will call: a lead when a rep may know the doctor, else a line in the
// worklist of those who verify doctors.
func (x *builder) human() error {
	if !x.d.out.Human || x.d.out.Queue != "" { // another team takes over, and is told by a notice
		return nil
	}
	if x.shareable() {
		row, err := x.lead(len(x.turn.Leads), flows.Lead{Kind: leadHuman, Level: "hot", Explicit: true, Within: humanWithin})
		if err != nil {
			return err
		}
		x.turn.Leads = append(x.turn.Leads, row)
		return nil
	}
	if x.turn.Verify == nil {
		x.turn.Verify = &store.Verification{
			Doctor: x.conversation(), Account: x.in.Account, Method: store.SourceRep, Status: store.VerifyOpen, At: x.now,
		}
	}
	if x.turn.Verify.LeadKind == "" {
		x.turn.Verify.LeadKind = leadHuman
	}
	return nil
}

// report is an adverse event report while its intake runs. The engine says what each turn adds; the row in the database is always the whole report.
type report struct {
	No       string            `json:"no"`
	Words    string            `json:"words,omitempty"`
	More     []string          `json:"more,omitempty"` // typed about the same event after it was opened
	Fields   map[string]string `json:"fields,omitempty"`
	Kind     string            `json:"kind,omitempty"`
	Serious  bool              `json:"serious,omitempty"`
	Death    bool              `json:"death,omitempty"`
	DueAt    int64             `json:"due,omitempty"`
	OpenedAt int64             `json:"opened,omitempty"`
}

// cases opens or fills adverse event reports.
func (x *builder) cases() error {
	for _, c := range x.d.out.Cases {
		r := x.d.talk.Case.with(c, x.now)
		row, err := r.row(c.Complete)
		if err != nil {
			return err
		}
		row.Account, row.Doctor, row.UpdatedAt = x.in.Account, x.conversation(), x.now
		x.turn.Cases = slices.DeleteFunc(x.turn.Cases, func(k store.Case) bool { return k.No == row.No })
		x.turn.Cases = append(x.turn.Cases, row)
		x.d.talk.Case = &r
		if c.Words != "" && !c.New {
			x.turn.CaseWords = append(x.turn.CaseWords, store.CaseWord{
				CaseNo: c.No, Source: store.CaseSourceDoctor, Actor: x.conversation(), Words: c.Words, At: x.now,
			})
		}
		if c.New && row.Kind == store.CaseKindQuality {
			x.quality(c)
		}
	}
	x.reminded()
	if st := x.d.talk.State; st.Case == "" {
		x.d.talk.Case = nil // the intake is over
	}
	return nil
}

// quality tells quality assurance what a case of theirs is about; the case itself stays with the safety desk.
func (x *builder) quality(c flows.Case) {
	x.turn.Notices = append(x.turn.Notices, store.Notice{
		ID: rowID("quality", c.No), Account: x.in.Account, Doctor: x.conversation(), Team: store.TeamQuality, Words: clip(c.No+"\n"+c.Words, noticeWords), At: x.now,
	})
}

// with is the report after c. Another number begins another report.
func (r *report) with(c flows.Case, now int64) report {
	out := report{No: c.No, OpenedAt: now}
	if r != nil && r.No == c.No && !c.New {
		out = *r
	}
	out.Fields = make(map[string]string, len(c.Fields)+len(out.Fields))
	if r != nil && r.No == c.No {
		for k, v := range r.Fields {
			out.Fields[k] = v
		}
	}
	for k, v := range c.Fields {
		out.Fields[k] = v
	}
	switch {
	case c.New:
		out.Words, out.Kind = c.Words, c.Kind
	case c.Words != "":
		out.More = append(slices.Clone(out.More), c.Words)
	}
	out.Serious, out.Death = out.Serious || c.Serious, out.Death || c.Death
	if due := now + c.Within.Milliseconds(); c.Within > 0 && (out.DueAt == 0 || due < out.DueAt) {
		out.DueAt = due
	}
	return out
}

// row is the report as it is stored. Elements of the intake that have a column of their own are copied there.
func (r *report) row(ended bool) (store.Case, error) {
	fields := make(map[string]string, len(r.Fields)+1)
	for k, v := range r.Fields {
		fields[k] = v
	}
	if len(r.More) > 0 {
		fields["words"] = strings.Join(r.More, "\n")
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return store.Case{}, fmt.Errorf("encoding a case: %w", err)
	}
	row := store.Case{
		No: r.No, Status: store.CaseOpen, Words: r.Words, Product: fields["product"], Event: fields["event"], Patient: fields["patient"],
		Reporter: fields["reporter"], Serious: r.Serious, SeriousHow: fields["serious"], Onset: fields["onset"], Fields: string(body),
		DueAt: r.DueAt, OpenedAt: r.OpenedAt, Kind: caseKinds[r.Kind], Death: r.Death, Source: store.CaseSourceDoctor,
	}
	if ended {
		row.Status = store.CaseReported
		row.Complete = row.Patient != "" && row.Reporter != "" && row.Product != "" && row.Event != ""
	}
	return row, nil
}
