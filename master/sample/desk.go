package sample

import (
	"context"
	_ "embed"
	"fmt"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/vrep/vrep/store"
)

//go:embed desk.yaml
var deskFile []byte

// told is something that a follower wrote and that is for the safety desk, medical information or compliance alone. Hours count back from the making of
// the world, or forward from the telling.
type told struct {
	Ago   int
	Words string
	Case  *toldCase
	Ask   *toldInquiry
	Flag  *toldFlag
}

type toldCase struct {
	Ago                                                      int
	Words, Kind, Product, Event, Patient, Reporter           string
	Serious, Onset, Status, Verdict, Reason, Reference, Told string
	Death, Unlisted                                          bool
	Moves                                                    []toldMove
}

type toldMove struct {
	Event string
	After int
}

type toldInquiry struct {
	Ago, After                                  int
	Class, Words, Status, Document, Title, Text string
	Urgent                                      bool
}

type toldFlag struct {
	Ago                         int
	Kind, Words, Status, Reason string
}

type deskWords struct {
	Desk      struct{ Lead, Second, Writer, Approver, Compliance string }
	Cases     []toldCase
	Inquiries []toldInquiry
	Flags     []toldFlag
}

var readDesk = sync.OnceValues(func() (*deskWords, error) {
	d := &deskWords{}
	if err := yaml.Unmarshal(deskFile, d); err != nil {
		return nil, fmt.Errorf("reading embedded desk: %w", err)
	}
	return d, nil
})

// all lists what is told, one after the other.
func (d *deskWords) all() []told {
	var out []told
	for i := range d.Cases {
		out = append(out, told{Ago: d.Cases[i].Ago, Words: d.Cases[i].Words, Case: &d.Cases[i]})
	}
	for i := range d.Inquiries {
		out = append(out, told{Ago: d.Inquiries[i].Ago, Words: d.Inquiries[i].Words, Ask: &d.Inquiries[i]})
	}
	for i := range d.Flags {
		out = append(out, told{Ago: d.Flags[i].Ago, Words: d.Flags[i].Words, Flag: &d.Flags[i]})
	}
	return out
}

// tell gives each of them to a follower whose first talk is older.
func (w *World) tell() error {
	d, err := readDesk()
	if err != nil {
		return err
	}
	at := 0
	for _, t := range d.all() {
		for at < len(w.People) && (w.People[at].TalkedAt == 0 || w.People[at].TalkedAt > w.hoursAgo(t.Ago+1) || link(at) != "") {
			at++
		}
		if at == len(w.People) {
			return nil // a small world has fewer who could have said it
		}
		w.tells[at] = t
		at++
	}
	return nil
}

func (w *World) hoursAgo(n int) int64 { return w.now.Add(-time.Duration(n) * time.Hour).UnixMilli() }

// hours is a number of hours in milliseconds.
func hours(n int) int64 { return (time.Duration(n) * time.Hour).Milliseconds() }

// desk is the turn in which a follower told it, with what has come of it since.
func (w *World) desk(people *deskWords, t told, d store.Doctor) *store.Turn {
	at := w.hoursAgo(t.Ago)
	d.LastInboundAt, d.LastTypedAt = max(d.LastInboundAt, at), max(d.LastTypedAt, at)
	turn := &store.Turn{Journal: w.journal(d.ID, 3, "text", text(map[string]string{"Kind": "text", "Text": t.Words}), at), Doctor: d}
	switch {
	case t.Case != nil:
		t.Case.write(turn, people, at)
	case t.Ask != nil:
		t.Ask.write(turn, people, at)
	default:
		f := store.Flag{ID: "f" + d.ID[1:], Doctor: d.ID, Kind: t.Flag.Kind, Words: t.Words, Status: t.Flag.Status, Reason: t.Flag.Reason, At: at}
		if f.Status == store.FlagClosed {
			f.Actor, f.ClosedAt = people.Desk.Compliance, at+hours(20)
		}
		turn.Flags = []store.Flag{f}
	}
	return turn
}

// write puts a case into the turn as it is now, with its history.
func (c *toldCase) write(turn *store.Turn, people *deskWords, at int64) {
	no := "AE-" + time.UnixMilli(at).UTC().Format("060102") + "-" + turn.Doctor.ID[:6]
	row := store.Case{
		No: no, Doctor: turn.Doctor.ID, Status: c.Status, Words: c.Words, Kind: c.Kind, Product: c.Product, Event: c.Event, Patient: c.Patient, Reporter: c.Reporter,
		Serious: c.Serious != "", SeriousHow: c.Serious, Death: c.Death, Unlisted: c.Unlisted, Onset: c.Onset, Fields: "{}", Verdict: c.Verdict, Reference: c.Reference,
		Complete: c.Product != "" && c.Event != "" && c.Patient != "" && c.Reporter != "", OpenedAt: at, UpdatedAt: at, DueAt: at + hours(24),
	}
	if row.Serious {
		row.DueAt = at + hours(1)
	}
	for _, m := range c.Moves {
		move := store.CaseMove{CaseNo: no, Event: m.Event, Status: c.Status, Actor: people.Desk.Lead, At: at + hours(m.After)}
		row.UpdatedAt = move.At
		switch m.Event {
		case "acknowledge":
			row.AcknowledgedAt, row.AcknowledgedBy, move.Status = move.At, move.Actor, store.CaseAcknowledged
		case "judge":
			row.ClosedBy, move.Reason, move.Status = move.Actor, c.Reason, store.CaseJudged
			if c.Verdict == store.VerdictValid {
				move.Status = store.CaseValid
			}
		case "follow":
			move.Status = store.CaseAcknowledged
			turn.CaseWords = append(turn.CaseWords, store.CaseWord{CaseNo: no, Source: store.CaseSourcePerson, Actor: move.Actor, Words: c.Told, At: move.At})
		case "second":
			row.SecondBy, move.Actor, row.ClosedAt = people.Desk.Second, people.Desk.Second, move.At
		case "send":
			move.Reason, move.Status = c.Reference, store.CaseSent
		case "close":
			row.ClosedAt = move.At
		}
		turn.CaseMoves = append(turn.CaseMoves, move)
	}
	turn.Cases = []store.Case{row}
}

// write puts an inquiry into the turn as it is now.
func (q *toldInquiry) write(turn *store.Turn, people *deskWords, at int64) {
	within := store.InquiryWithin
	if q.Urgent {
		within = store.InquiryUrgent
	}
	row := store.Inquiry{
		ID: "q" + turn.Doctor.ID[1:], Doctor: turn.Doctor.ID, Class: q.Class, Words: q.Words, Urgent: q.Urgent, Status: q.Status, DueAt: at + within.Milliseconds(), At: at,
	}
	if q.Document != "" {
		row.Actor, row.Answer = people.Desk.Writer, text(store.InquiryAnswer{Document: q.Document, Title: q.Title, Text: q.Text})
	}
	switch q.Status {
	case store.InquiryAnswered:
		row.Approver, row.AnsweredAt = people.Desk.Approver, at+hours(q.After)
	case store.InquiryClosed:
		row.Actor = people.Desk.Writer
	}
	turn.Inquiries = []store.Inquiry{row}
}

// tellDesk writes it, and the proposal that a judged case waits for: whoever judged it asks another person of the desk.
func (w *World) tellDesk(ctx context.Context, st *store.Store, t told, d store.Doctor) error {
	people, err := readDesk()
	if err != nil {
		return err
	}
	turn := w.desk(people, t, d)
	if err := commit(ctx, st, turn); err != nil || t.Case == nil || t.Case.Status != store.CaseJudged {
		return err
	}
	no := turn.Cases[0].No
	_, err = st.Propose(store.As(ctx, store.Viewer{Name: people.Desk.Lead, Role: store.RoleSafety}), store.Approval{
		Kind: store.ActCaseClose, Object: no, Body: []byte(text(map[string]string{"case": no, "verdict": t.Case.Verdict})), Reason: t.Case.Reason,
	})
	return err
}
