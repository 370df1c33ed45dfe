package bot

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Reasons kept with leads that are withdrawn.
const (
	reasonUnfollowed = WhyLeft
	reasonUnshared   = store.ReasonUnshared
)

// Fields of the portrait that are columns of the doctor's row too, because worklists sort and filter by them.
const (
	fieldName       = "name"
	fieldHospital   = "hospital"
	fieldDepartment = "department"
	fieldTitle      = "title"
)

// hourMillis is an hour: segments ask for the day of the last message, in whatever zone, not for its minute.
const hourMillis = 60 * 60 * 1000

// Event is the body of journal.event: what arrived, without the sender. Empty fields are left out.
type Event struct {
	Text  string `json:"text,omitempty"`
	Event string `json:"event,omitempty"`
	Key   string `json:"key,omitempty"`
	Media string `json:"media,omitempty"`

	Detail string `json:"detail,omitempty"` // see Inbound.Detail
	Place  string `json:"place,omitempty"`  // see Inbound.Place
}

// builder turns one decision into the rows of one transaction.
type builder struct {
	in       Inbound
	input    flows.Input
	before   snapshot
	d        decision
	seq      int64
	now      int64 // unix ms
	instance string
	rules    Rules
	can      Capabilities
	export   func(doctor string, seq int64) ExportLink
	link     func(doctor string, seq int64) CardLink
	later    bool  // the passive reply would come too late: its text leaves through the outbox
	wake     int64 // when the talk is to be looked at again, unix ms; 0 = not
	begins   *begins
	urgent   bool // the talk is a safety report: quiet hours, caps and opting out do not hold for its reminders
	turn     store.Turn
}

// build makes the turn and its passive reply.
func (x *builder) build() (*store.Turn, Reply, error) {
	if x.empties() {
		x.strip()
	}
	steps := []func() error{
		x.doctor, x.answers, x.portrait, x.deeds, x.marks, x.scores, x.cases, x.aside, x.leads, x.verify, x.colleague, x.human, x.notices, x.meetings, x.recalled, x.rights, x.peers, x.switches,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, Reply{}, err
		}
	}
	reply, err := x.speak()
	if err != nil {
		return nil, Reply{}, err
	}
	if err := x.sends(&reply); err != nil {
		return nil, Reply{}, err
	}
	if err := x.journal(reply); err != nil {
		return nil, Reply{}, err
	}
	return &x.turn, reply, nil
}

func (x *builder) conversation() string { return x.before.Facts.Doctor.ID }

// ref names this turn, or one answer of it, as the source of a value.
func (x *builder) ref(answer int) string {
	if answer < 0 {
		return fmt.Sprintf("%s:%d", x.conversation(), x.seq)
	}
	return fmt.Sprintf("%s:%d:%d", x.conversation(), x.seq, answer)
}

func (x *builder) doctor() error {
	d := x.before.Facts.Doctor
	out := x.d.out
	d.Phase, d.Standing = x.d.talk.Phase, standing(out.State)
	d.UpdatedAt, d.WakeAt = x.now, x.wake
	if present(x.input.Kind) || x.input.Kind == flows.InEvent {
		d.LastInboundAt = x.now
	}
	if d.CreatedAt == 0 {
		d.CreatedAt = x.now
	}
	if typed(x.input.Kind) {
		d.LastTypedAt = x.now
	}
	switch x.d.pre {
	case EventUnfollow:
		d.Followed = false
	case EventFollow:
		d.Followed, d.OptedOut = true, false
	case EventHear:
		d.Followed = d.Followed || shows(x.d.pre, x.input.Kind, x.millis(x.in.SentAt), x.before.Talk.Left)
	}
	x.scan(&d)
	d.OptedOut = (d.OptedOut || out.OptOut) && !out.OptIn && !out.Erase
	if out.Level >= 0 {
		d.Level = out.Level
	}
	for _, a := range out.Profile {
		identify(&d, a)
	}
	if was := x.before.Facts.Doctor; d.Level == store.LevelVerified && was.Level == d.Level && was.Hospital != "" && was.Hospital != d.Hospital {
		d.ReverifyAt = x.now // whoever moves is verified again
	}
	if out.Forget {
		d = d.Forgotten()
	}
	if !d.Followed {
		d.WakeAt = 0
	}
	if d.OpenID = x.in.OpenID; x.empties() {
		d = d.Wiped()
	}
	was := x.before.Facts.Doctor
	x.turn.Refresh = d.Level != was.Level || d.Followed != was.Followed || d.LastTypedAt/hourMillis != was.LastTypedAt/hourMillis
	x.turn.Doctor = d
	return nil
}

// present tells whether only a doctor who follows can do this.
func present(kind flows.InputKind) bool {
	switch kind {
	case flows.InEvent, flows.InTick, flows.InConsent, flows.InPush:
		return false
	}
	return true
}

// identify copies a portrait field into its column.
func identify(d *store.Doctor, a flows.Assign) {
	label := a.Label
	if label == "" {
		label = a.Value.Str()
	}
	switch a.Field {
	case fieldName:
		d.Name = clip(a.Value.Str(), 64)
	case fieldHospital:
		d.Hospital, d.HospitalName = clip(a.Value.Str(), 64), clip(label, 128)
	case fieldDepartment:
		d.Department = clip(label, 64)
	case fieldTitle:
		d.Title = clip(label, 64)
	}
}

// clip shortens s to at most n characters, the size of its column.
func clip(s string, n int) string {
	runes := 0
	for i := range s {
		if runes == n {
			return s[:i]
		}
		runes++
	}
	return s
}

func (x *builder) answers() error {
	for i, a := range x.d.out.Answers {
		value, err := json.Marshal(a.Value)
		if err != nil {
			return fmt.Errorf("encoding an answer: %w", err)
		}
		x.turn.Answers = append(x.turn.Answers, store.Answer{
			Conversation: x.conversation(), Seq: x.seq, N: i, Account: x.in.Account, Talk: a.Talk, Flow: a.Flow, FlowHash: a.Hash,
			Question: a.Question, Asked: a.Asked, Value: string(value), Label: a.Label, Raw: a.Raw, How: clip(a.How, 24), At: x.millis(a.At),
		})
	}
	for _, r := range x.d.out.Retracted {
		x.turn.Retract = append(x.turn.Retract, store.Retract{Talk: r.Talk, Question: r.Question})
	}
	return nil
}

// millis is t as unix ms; the turn's clock when t is not set.
func (x *builder) millis(t time.Time) int64 {
	if t.IsZero() {
		return x.now
	}
	return t.UnixMilli()
}

func (x *builder) portrait() error {
	for _, a := range x.d.out.Profile {
		value, err := json.Marshal(a.Value)
		if err != nil {
			return fmt.Errorf("encoding a portrait value: %w", err)
		}
		source, detail, said := store.SourceComputed, a.Flow, string(value)
		if a.Answer >= 0 && a.Answer < len(x.d.out.Answers) {
			source, detail = store.SourceAnswer, store.BareQuestion(x.d.out.Answers[a.Answer].Asked)
		}
		switch {
		case a.Undo:
			said = store.TakenBack
		case a.Value.IsNone():
			said = store.Cleared
		}
		x.turn.Portrait = append(x.turn.Portrait, store.PortraitValue{
			Doctor: x.conversation(), Field: a.Field, Account: x.in.Account, Value: said, Label: a.Label,
			Source: source, Ref: x.ref(a.Answer), Detail: detail, At: x.millis(a.At),
		})
	}
	return nil
}

// marks are tags and consents.
func (x *builder) marks() error {
	for _, t := range x.d.out.Tags {
		row := store.Tag{
			Doctor: x.conversation(), Tag: t.Tag, Account: x.in.Account, Source: store.SourceAnswer, Ref: x.ref(-1), At: x.now,
		}
		if t.Remove {
			row.RemovedAt = x.now
		}
		x.turn.Tags = append(x.turn.Tags, row)
	}
	for _, c := range x.d.out.Consents {
		x.turn.Consents = append(x.turn.Consents, store.Consent{
			Conversation: x.conversation(), Seq: x.seq, Purpose: c.Purpose, Account: x.in.Account, Policy: c.Policy, Granted: c.Granted,
			Asked: c.Asked, Raw: c.Raw, At: x.now,
		})
	}
	return nil
}

func (x *builder) scores() error {
	for _, s := range x.d.out.Scores {
		lines, err := scoreLines(s.Lines)
		if err != nil {
			return err
		}
		x.turn.Scores = append(x.turn.Scores, store.Score{
			Doctor: x.conversation(), Name: s.Name, Account: x.in.Account, Points: s.Points, Grade: s.Grade, Lines: lines, At: x.now,
		})
	}
	return nil
}

func scoreLines(in []flows.ScoreLine) (string, error) {
	out := make([]store.ScoreLine, 0, len(in))
	for _, l := range in {
		out = append(out, store.ScoreLine(l))
	}
	b, err := json.Marshal(out)
	if err != nil {
		return "", fmt.Errorf("encoding score lines: %w", err)
	}
	return string(b), nil
}

// switches are the effects of the turn on what already waits: the outbox, open leads, the bodies of the journal.
func (x *builder) switches() error {
	left := x.d.pre == EventUnfollow
	if x.begins != nil {
		x.turn.Opened = x.begins.Push
	}
	x.turn.Rearm = !left && x.input.Kind != flows.InResume && present(x.input.Kind)
	x.turn.CancelEffects = left || x.d.out.OptOut
	x.turn.Closes = left
	if !left {
		x.turn.Opens = x.rules.opens(x.in, x.before.Talk.Left, x.now)
	}
	for _, p := range x.in.Permits {
		x.turn.Permits = append(x.turn.Permits, store.PermitChange(p))
		x.turn.Rearm = x.turn.Rearm || p.Accepted
	}
	for _, c := range x.d.out.Consents {
		switch {
		case c.Granted:
		case c.Purpose == store.PurposeShare:
			x.turn.WithdrawLeads = reasonUnshared
		case c.Purpose == store.PurposePush, c.Purpose == store.PurposePortrait:
			x.turn.CancelPushes = true
		}
	}
	if left {
		x.turn.WithdrawLeads = reasonUnfollowed
	}
	if left && !x.before.Facts.Doctor.Erased() {
		x.turn.Erase = store.EraseUnfollow
	}
	if x.d.out.Erase {
		x.turn.Erase, x.turn.WithdrawLeads = store.EraseRequest, store.ReasonErased
		x.turn.CancelEffects, x.turn.Rearm, x.turn.Opens = true, false, nil
	}
	if x.d.out.Forget {
		x.turn.CancelEffects, x.turn.WithdrawLeads = true, reasonUnshared
		x.turn.Blank = max(x.d.talk.Start, 1)
		x.d.talk.Start = 0
	}
	return nil
}
