package outreach

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// openerOf is an outreach on two flows whose Begin answers what the test says and counts.
func openerOf(t *testing.T, s *store.Store, quiet string, now func() time.Time, answer *string, begun *int) *Outreach {
	t.Helper()
	head := "approval: {no: T-1, until: 2099-12-31}\n"
	steps := "steps:\n  - say: 您好。\n  - end: done\n"
	lib, _ := flows.Load(fstest.MapFS{
		"_config.yaml": {Data: []byte("quiet: " + quiet + "\ncaps: {day: 1, week: 2}\n")},
		"back.yaml":    {Data: []byte("flow: back\ntitle: 回来\n" + head + "start: {on: [\"push:back\"], when: consent.base}\n" + steps)},
		"care.yaml":    {Data: []byte("flow: care\ntitle: 换人\nkind: service\n" + head + "start: {on: [\"push:care\"], when: consent.base}\n" + steps)},
	})
	if lib.Flow("back") == nil || !lib.Flow("care").Service {
		t.Fatal("the flows were not read")
	}
	return New(Options{Store: s, Contents: catalogue, Now: now, Caps: lib.Caps, Zone: time.FixedZone("CST", 8*3600), Flows: Flows{
		Library: func() *flows.Library { return lib },
		Begin: func(context.Context, store.Push) (string, error) {
			*begun++
			return *answer, nil
		},
	}})
}

// planned seeds a doctor with a planned push that names a flow.
func planned(t *testing.T, s *store.Store, openID, flow string, change func(*store.Turn)) string {
	t.Helper()
	id, now := store.DoctorID(storetest.Account, openID), s.Now()
	turn := &store.Turn{
		Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: openID, Kind: "text", ReceivedAt: now},
		Doctor:  store.Doctor{ID: id, OpenID: openID, Phase: store.PhaseIdle, Followed: true, LastInboundAt: now},
		Pushes:  []store.Push{{ID: id, Doctor: id, Cause: "test:" + id, Flow: flow, Status: store.PushPlanned, DueAt: now, At: now}},
		Consents: []store.Consent{
			{Conversation: id, Seq: 1, Purpose: store.PurposeBase, Policy: "p1", Granted: true, Raw: "好", At: now},
			{Conversation: id, Seq: 1, Purpose: store.PurposePush, Policy: "p1", Granted: true, Raw: "好", At: now},
		},
	}
	if change != nil {
		change(turn)
	}
	if _, err := s.CommitTurn(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	return id
}

// Who may not be written to is not, who may not be written to now is later; what serves the doctor alone needs neither consent nor room under the caps.
func TestWhenAFlowMayBegin(t *testing.T) {
	noPush := func(t *store.Turn) { t.Consents = t.Consents[:1] }
	noBase := func(t *store.Turn) { t.Consents = nil }
	noPortrait := func(t *store.Turn) {
		t.Consents = append(t.Consents, store.Consent{Conversation: t.Doctor.ID, Seq: 1, Purpose: store.PurposePortrait, Policy: "p1", Raw: "关闭个性化"})
	}
	sorted := func(t *store.Turn) {
		noPortrait(t)
		t.Pushes[0].Campaign = "c1"
	}
	frozen := func(t *store.Turn) {
		t.Cases = []store.Case{{No: "AE-" + t.Doctor.OpenID, Doctor: t.Doctor.ID, Status: store.CaseReported, Fields: "{}", OpenedAt: t.Journal.ReceivedAt}}
	}
	full := func(t *store.Turn) {
		t.Effects = []store.Effect{{Key: "e" + t.Doctor.ID, Lane: store.DoctorLane(t.Doctor.ID), Kind: store.KindText, Body: []byte("{}"), Intent: store.IntentPush, Status: store.EffectDone, CreatedAt: t.Journal.ReceivedAt}}
	}
	cases := []struct {
		name, flow, answer string
		change             func(*store.Turn)
		quiet              bool
		begun              int
		status, reason     string
	}{
		{name: "begun", flow: "back", begun: 1, status: store.PushPlanned}, // the turn ends it, which this Begin has not
		{name: "opted out", flow: "back", change: func(t *store.Turn) { t.Doctor.OptedOut = true }, status: store.PushNone, reason: ReasonOptedOut},
		{name: "opted out of service", flow: "care", change: func(t *store.Turn) { t.Doctor.OptedOut = true }, status: store.PushNone, reason: ReasonOptedOut},
		{name: "left", flow: "care", change: func(t *store.Turn) { t.Doctor.Followed = false }, status: store.PushNone, reason: ReasonGone},
		{name: "no consent", flow: "back", change: noPush, status: store.PushNone, reason: ReasonNoConsent},
		{name: "service without consent", flow: "care", change: noPush, begun: 1, status: store.PushPlanned},
		{name: "without a portrait", flow: "back", change: noPortrait, begun: 1, status: store.PushPlanned},
		{name: "campaign without a portrait", flow: "back", change: sorted, status: store.PushNone, reason: ReasonNoConsent},
		{name: "content of a campaign without a portrait", change: sorted, status: store.PushNone, reason: ReasonNoConsent},
		{name: "nothing agreed", flow: "care", change: noBase, status: store.PushNone, reason: ReasonNoConsent},
		{name: "frozen", flow: "back", change: frozen, status: store.PushPlanned, reason: ReasonFreeze},
		{name: "service while frozen", flow: "care", change: frozen, begun: 1, status: store.PushPlanned},
		{name: "caps", flow: "back", change: full, status: store.PushPlanned, reason: ReasonCaps},
		{name: "service beyond caps", flow: "care", change: full, begun: 1, status: store.PushPlanned},
		{name: "quiet", flow: "care", quiet: true, status: store.PushPlanned, reason: ReasonQuiet},
		{name: "too late", flow: "back", change: func(t *store.Turn) { t.Pushes[0].At -= pushLife.Milliseconds() + 1 }, status: store.PushNone, reason: ReasonTooLate},
		{name: "talk open", flow: "back", answer: store.PushTalk, begun: 1, status: store.PushPlanned, reason: store.PushTalk},
		{name: "window", flow: "back", answer: store.PushWindow, begun: 1, status: store.PushPlanned, reason: store.PushWindow},
		{name: "not eligible", flow: "back", answer: flows.UnbegunWhen, begun: 1, status: store.PushNone, reason: flows.UnbegunWhen},
	}
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for _, c := range cases {
			id := planned(t, s, c.name, c.flow, c.change)
			begun, now := 0, time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))
			if c.quiet {
				now = now.Add(12*time.Hour + 30*time.Minute)
			}
			clock := func() time.Time { return now }
			if c.name == "frozen" || c.name == "service while frozen" || c.name == "too late" {
				clock = time.Now
			}
			quiet := "21:30-08:00"
			if !c.quiet {
				quiet = "" // the test's own clock
			}
			o := openerOf(t, s, quiet, clock, &c.answer, &begun)
			if err := o.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			p, _ := push(t, s, id)
			if p.Status != c.status || p.Reason != c.reason || begun != c.begun {
				t.Errorf("%s: %s %q, begun %d times; want %s %q, %d", c.name, p.Status, p.Reason, begun, c.status, c.reason, c.begun)
			}
			if err := s.DropPush(t.Context(), id, "over"); err != nil && p.Status == store.PushPlanned {
				t.Fatal(err)
			}
		}
	})
}

// A flow that waits for its doctor is looked at again as soon as the doctor has spoken, also when that happened while it was being put off.
func TestADoctorWhoSpeaksEndsTheWaiting(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		answer, begun := store.PushWindow, 0
		o := openerOf(t, s, "", nil, &answer, &begun)
		id := planned(t, s, "o1", "back", nil)
		for range 2 {
			if err := o.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if begun != 1 {
			t.Fatalf("tried %d times before the doctor spoke", begun)
		}
		speak := func(seq int64) {
			file, err := s.LoadDoctor(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			turn := &store.Turn{Journal: store.Journal{Conversation: id, Seq: seq, MessageKey: "m" + string(rune('0'+seq)), Kind: "text"}, Doctor: file.Doctor, Rearm: true}
			turn.Doctor.LastInboundAt = s.Now() + seq
			if _, err := s.CommitTurn(t.Context(), turn); err != nil {
				t.Fatal(err)
			}
		}
		speak(2)
		if err := o.Sweep(t.Context()); err != nil || begun != 2 {
			t.Fatalf("tried %d times: %v", begun, err)
		}
		o.flows.Begin = func(context.Context, store.Push) (string, error) {
			begun++
			speak(4)
			return store.PushWindow, nil
		}
		speak(3)
		begun = 3
		if err := o.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if due, err := s.DuePushes(t.Context(), 10); err != nil || len(due) != 1 {
			t.Errorf("%d due after the doctor spoke during the decision: %v", len(due), err)
		}
	})
}
