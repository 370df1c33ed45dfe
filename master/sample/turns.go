package sample

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vrep/vrep/store"
)

// Flows that the answers of the sample belong to.
const (
	flowOnboarding = "onboarding"
	flowVisit      = "first_visit"
	flowCommunity  = "community"
	flowVerify     = "verify"
)

// turns are the follow and, when there was one, the first visit of a follower.
func (w *World) turns(p *Person, id, openID string) []*store.Turn {
	d := store.Doctor{ID: id, OpenID: openID, Phase: store.PhaseIdle, Followed: true, CreatedAt: p.FollowedAt, LastInboundAt: p.FollowedAt}
	out := []*store.Turn{{Journal: w.journal(id, 1, "event", `{"Kind":"event","Event":"subscribe"}`, p.FollowedAt), Doctor: d}}
	if p.TalkedAt == 0 {
		return out
	}
	d.Name, d.Hospital, d.HospitalName, d.Department, d.Title, d.Level = p.Name, p.Hospital, p.HospitalName, p.Department, p.Title, p.Level
	d.LastInboundAt, d.LastTypedAt = p.TalkedAt, p.TalkedAt
	for _, deed := range p.Deeds {
		if deed.Kind == store.DidReply || deed.Kind == store.DidAsk {
			d.LastInboundAt, d.LastTypedAt = max(d.LastInboundAt, deed.At), max(d.LastTypedAt, deed.At)
		}
	}
	t := &store.Turn{Journal: w.journal(id, 2, "text", text(map[string]string{"Kind": "text", "Text": w.words.Consent.Agree}), p.TalkedAt), Doctor: d}
	w.consent(t, p)
	w.rights(t, p)
	w.verify(t, p)
	for _, v := range p.Values {
		w.say(t, flowOnboarding, Said{Field: v.Field, Question: v.Field, Value: v.Value, Label: v.Label}, p.TalkedAt)
	}
	for _, s := range p.Profile {
		w.say(t, flowVisit, s, p.TalkedAt+60_000)
	}
	for _, s := range p.Community {
		w.say(t, flowCommunity, s, p.TalkedAt+120_000)
	}
	for _, s := range p.Standing {
		t.Portrait = append(t.Portrait, store.PortraitValue{Doctor: id, Field: s.Field, Value: s.Value, Label: s.Label, Source: store.SourceImport,
			Detail: w.words.Note, At: p.TalkedAt, Confidence: 80})
	}
	today := text(time.UnixMilli(p.TalkedAt).In(w.now.Location()).Format(time.DateOnly))
	for _, field := range []string{"onboarded", "first_visit_done"} {
		t.Portrait = append(t.Portrait, store.PortraitValue{Doctor: id, Field: field, Value: today, Label: today[1 : len(today)-1], Source: store.SourceComputed,
			Ref: fmt.Sprintf("%s:2", id), Detail: flowVisit, At: p.TalkedAt, Confidence: 100})
	}
	for i, tag := range p.Tags {
		if i == 0 || !contains(p.Tags[:i], tag) {
			t.Tags = append(t.Tags, store.Tag{Doctor: id, Tag: tag, Source: store.SourceAnswer, Ref: fmt.Sprintf("%s:2", id), At: p.TalkedAt, Confidence: 100})
		}
	}
	if p.Lead != nil {
		l := *p.Lead
		l.ID, l.Doctor = leadID(id), id
		t.Leads = []store.Lead{l}
		p.Lead.ID, p.Lead.Doctor = l.ID, id
	}
	return append(out, t)
}

// waitsFor is how many days a request to be verified waits in the sample; earlier ones put it off.
const waitsFor = 15

// verify is how the doctor was verified, or the request of one who waits for a person: half of them gave a licence number, which belongs to nobody.
func (w *World) verify(t *store.Turn, p *Person) {
	row := store.Verification{Doctor: t.Doctor.ID, Method: store.MethodRep, Status: store.VerifyOpen, At: p.TalkedAt}
	n := t.Doctor.ID[0]
	switch {
	case p.Level == store.LevelVerified:
		row.Method, row.Status, row.DecidedAt, row.DecidedBy = store.MethodInvite, store.VerifyPassed, p.TalkedAt, store.MethodInvite
	case p.TalkedAt < w.now.UnixMilli()-waitsFor*dayMS:
		return
	case n < '8':
		number := fmt.Sprintf("%015d", 990000000000000+p.TalkedAt%1_000_000_000*100+int64(n))
		row.Method = store.MethodLicence
		w.say(t, flowVerify, Said{Field: "licence_no", Question: "licence", Value: text(number), Label: number}, p.TalkedAt)
	}
	t.Verify = &row
}

// leadID is an id that links can carry: 32 hex digits.
func leadID(doctor string) string { return doctor[:26] + "5a3913" }

func (w *World) journal(id string, seq int64, kind, event string, at int64) store.Journal {
	return store.Journal{Conversation: id, Seq: seq, MessageKey: fmt.Sprintf("sample:%s:%d", id, seq), Kind: kind, Event: []byte(event), SentAt: at, ReceivedAt: at}
}

// refuses: of those who are asked whether preferences may be formed, one in so many does not agree.
const refuses = 7

// consent writes what was agreed to.
func (w *World) consent(t *store.Turn, p *Person) {
	add := func(purpose, asked string) {
		t.Consents = append(t.Consents, store.Consent{
			Conversation: t.Doctor.ID, Seq: 2, Purpose: purpose, Policy: "sample_2026_11", Granted: true, Asked: asked, Raw: w.words.Consent.Agree, At: p.TalkedAt,
		})
	}
	add(store.PurposeBase, w.words.Consent.Base)
	if len(p.Profile) > 2 {
		add("push", w.words.Consent.Push)
		if p.Shares || p.TalkedAt%refuses != 0 {
			add("portrait", w.words.Consent.Portrait)
		}
	}
	if p.Shares {
		add(store.PurposeShare, w.words.Consent.Share)
	}
}

// say adds one answer with the value of the portrait that it sets.
func (w *World) say(t *store.Turn, flow string, s Said, at int64) {
	n := len(t.Answers)
	t.Answers = append(t.Answers, store.Answer{
		Conversation: t.Doctor.ID, Seq: 2, N: n, Talk: 1, Flow: flow, Question: s.Question, Asked: s.Asked, Value: s.Value, Label: s.Label, Raw: s.Label,
		How: "exact", At: at,
	})
	t.Portrait = append(t.Portrait, store.PortraitValue{
		Doctor: t.Doctor.ID, Field: s.Field, Value: s.Value, Label: s.Label, Source: store.SourceAnswer,
		Ref: fmt.Sprintf("%s:2:%d", t.Doctor.ID, n), Detail: flow + "." + s.Question, At: at, Confidence: 100,
	})
}

// visit files the report of a visit that has been.
func (w *World) visit(ctx context.Context, st *store.Store, p *Person) error {
	v := *p.Visit
	f := store.VisitFiling{Visit: v, Move: store.LeadMoveSpec{
		ID: p.Lead.ID, Version: 1,
		Steps: []store.LeadStep{{Event: "visit", Status: store.LeadVisited, Actor: v.Rep}, {Event: "close", Status: store.LeadClosed, Actor: v.Rep}},
		Set: func(l *store.Lead) {
			l.VisitedAt, l.ClosedAt, l.Outcome = v.At, v.At+2*60*60_000, v.Result
		},
	}}
	_, err := st.FileVisit(ctx, f)
	if errors.Is(err, store.ErrMoved) { // filed when the sample was written before
		return nil
	}
	return err
}
