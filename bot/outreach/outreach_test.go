package outreach

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	never = time.Now().AddDate(1, 0, 0)
	past  = time.Now().AddDate(0, 0, -2)
)

// catalogue has traps around every good item: expired, above the level, already given.
func catalogue() []flows.Content {
	return []flows.Content{
		{ID: "old_case", Kind: "case", Topics: []string{"ckd"}, Audience: 1, Until: past, Title: "过期病例", URL: "https://c.example.com/0"},
		{ID: "lit", Kind: "literature", Topics: []string{"ckd"}, Audience: 1, Until: never, Title: "文献", URL: "https://c.example.com/1"},
		{ID: "case_any", Kind: "case", Topics: []string{"elderly"}, Audience: 1, Until: never, Title: "病例一", URL: "https://c.example.com/2"},
		{ID: "case_ckd", Kind: "case", Topics: []string{"ckd"}, Audience: 2, Until: never, Title: "病例二", URL: "https://c.example.com/3"},
		{ID: "video", Kind: "video", Audience: 0, Until: never, Title: "视频", URL: "https://c.example.com/4"},
	}
}

// steady never tries something else.
func steady() flows.MatchRules {
	rules := flows.UsualMatch()
	rules.Explore = 0
	return rules
}

type doctor struct {
	level    int
	gone     bool
	optedOut bool
	consents map[string]bool
	portrait map[string]string
	sent     []string
	caseAt   time.Duration // before now
	cause    string
}

// seed commits one turn that makes the doctor with a planned push.
func seed(t *testing.T, s *store.Store, openID string, d doctor) string {
	t.Helper()
	id := store.DoctorID(storetest.Account, openID)
	now := s.Now()
	turn := &store.Turn{
		Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: openID, Kind: "text", Event: []byte("{}"), State: []byte("{}"), Reply: []byte("{}"), ReceivedAt: now},
		Doctor:  store.Doctor{ID: id, OpenID: openID, Name: "王建国", Level: d.level, Phase: store.PhaseIdle, Followed: !d.gone, OptedOut: d.optedOut},
		Pushes:  []store.Push{{ID: id, Doctor: id, Cause: d.cause, Status: store.PushPlanned, DueAt: now, At: now}},
	}
	for purpose, granted := range d.consents {
		turn.Consents = append(turn.Consents, store.Consent{Conversation: id, Seq: 1, Purpose: purpose, Policy: "p1", Granted: granted, Raw: "好", At: now})
	}
	for field, value := range d.portrait {
		turn.Portrait = append(turn.Portrait, store.PortraitValue{Doctor: id, Field: field, Value: value, Source: store.SourceRep, At: now})
	}
	for _, c := range d.sent {
		turn.Sent = append(turn.Sent, store.Sent{Doctor: id, Content: c, Effect: "earlier:" + c, At: now})
	}
	if d.caseAt > 0 {
		turn.Cases = []store.Case{{No: "AE-" + openID, Doctor: id, Status: store.CaseReported, Fields: "{}", OpenedAt: now - d.caseAt.Milliseconds()}}
	}
	if _, err := s.CommitTurn(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	return id
}

func push(t *testing.T, s *store.Store, id string) (store.Push, []store.Effect) {
	t.Helper()
	r, err := s.DoctorRecord(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Pushes) != 1 {
		t.Fatalf("%d pushes", len(r.Pushes))
	}
	return r.Pushes[0], r.Effects
}

func TestSweepDecides(t *testing.T) {
	both := map[string]bool{"push": true, "portrait": true}
	cases := []struct {
		name    string
		doctor  doctor
		status  string
		content string
		reason  string
	}{
		{"kind and topic", doctor{level: 2, consents: both, portrait: map[string]string{"prefers": `["case"]`, "topics": `["ckd"]`}}, store.PushQueued, "case_ckd", "kind+topic"},
		{"below the level", doctor{level: 1, consents: both, portrait: map[string]string{"prefers": `["case"]`, "topics": `["ckd"]`}}, store.PushQueued, "case_any", "kind"},
		{"a text value", doctor{level: 2, consents: both, portrait: map[string]string{"prefers": `"video"`}}, store.PushQueued, "video", "kind"},
		{"interests", doctor{level: 2, consents: both, portrait: map[string]string{"interests": `["video"]`}}, store.PushQueued, "video", "kind"},
		{"given before", doctor{level: 2, consents: both, portrait: map[string]string{"prefers": `["case"]`}, sent: []string{"case_ckd"}}, store.PushQueued, "case_any", "kind"},
		{"all given", doctor{level: 2, consents: both, portrait: map[string]string{"prefers": `["case"]`}, sent: []string{"case_ckd", "case_any"}}, store.PushNone, "", ReasonNoContent},
		{"kind without content", doctor{level: 2, consents: both, portrait: map[string]string{"prefers": `["meeting"]`}}, store.PushNone, "", ReasonNoContent},
		{"no preference", doctor{level: 2, consents: both}, store.PushQueued, "lit", "next"},
		{"wants nothing", doctor{level: 2, consents: both, portrait: map[string]string{"prefers": `["none"]`}}, store.PushNone, "", ReasonUnwanted},
		{"no consent", doctor{level: 2, consents: map[string]bool{"base": true}}, store.PushNone, "", ReasonNoConsent},
		{"consent taken back", doctor{level: 2, consents: map[string]bool{"push": false, "portrait": true}}, store.PushNone, "", ReasonNoConsent},
		{"asked without consent", doctor{level: 2, cause: "ask:x:1", portrait: map[string]string{"prefers": `["case"]`}}, store.PushQueued, "lit", "next"},
		{"asked with portrait", doctor{level: 2, cause: "ask:x:1", consents: map[string]bool{"portrait": true}, portrait: map[string]string{"prefers": `["video"]`}}, store.PushQueued, "video", "kind"},
		{"asked after refusal", doctor{level: 2, cause: "ask:x:1", consents: both, portrait: map[string]string{"prefers": `["none"]`}}, store.PushQueued, "lit", "next"},
		{"left", doctor{level: 2, gone: true, consents: both}, store.PushNone, "", ReasonGone},
		{"opted out", doctor{level: 2, optedOut: true, consents: both}, store.PushNone, "", ReasonOptedOut},
		{"opted out after a visit", doctor{level: 2, optedOut: true, consents: both, cause: "visit:x"}, store.PushNone, "", ReasonOptedOut},
		{"asked but opted out", doctor{level: 2, optedOut: true, consents: both, cause: "ask:x:1"}, store.PushNone, "", ReasonOptedOut},
		{"asked but left", doctor{level: 2, gone: true, cause: "ask:x:1"}, store.PushNone, "", ReasonGone},
		{"rejected, like a new follower", doctor{level: store.LevelRejected, consents: both}, store.PushQueued, "video", "next"},
		{"adverse event", doctor{level: 2, consents: both, caseAt: time.Hour}, store.PushPlanned, "", ReasonFreeze},
		{"adverse event, asked", doctor{level: 2, cause: "ask:x:1", caseAt: time.Hour}, store.PushQueued, "lit", "next"},
		{"old adverse event", doctor{level: 2, consents: both, caseAt: store.FreezeAfterCase + time.Minute}, store.PushQueued, "lit", "next"},
	}
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		woken := 0
		o := New(Options{Store: s, Contents: catalogue, Match: steady, Wake: func() { woken++ }})
		for i, c := range cases {
			id := seed(t, s, fmt.Sprintf("o%d", i), c.doctor)
			if err := o.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			p, effects := push(t, s, id)
			code, _ := flows.ReadWhy(p.Reason)
			got := []string{p.Status, p.Content, code}
			if diff := cmp.Diff([]string{c.status, c.content, c.reason}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
			if c.content == "" {
				if len(effects) != 0 {
					t.Errorf("%s: %d effects", c.name, len(effects))
				}
				continue
			}
			if len(effects) != 1 || effects[0].Kind != store.KindNews || effects[0].ValidUntil == 0 {
				t.Fatalf("%s: effects %+v", c.name, effects)
			}
			var news store.News
			if err := json.Unmarshal(effects[0].Body, &news); err != nil {
				t.Fatal(err)
			}
			if news.Content != c.content || news.OpenID != fmt.Sprintf("o%d", i) || news.Title == "" || news.URL == "" {
				t.Errorf("%s: %+v", c.name, news)
			}
		}
		if woken == 0 {
			t.Error("nobody was woken")
		}
	})
}

// What the rep has reported decides the next content, whatever the doctor had said before.
func TestFeedbackSteersTheNextContent(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := seed(t, s, "o1", doctor{
			level: 2, consents: map[string]bool{"push": true}, portrait: map[string]string{"prefers": `["literature"]`, "topics": `["elderly"]`},
		})
		o := New(Options{Store: s, Contents: catalogue, Match: steady})
		if err := o.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		file, err := s.LoadDoctor(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		next := &store.Turn{
			Journal: store.Journal{Conversation: id, Seq: 2, MessageKey: "second", Kind: "text", Event: []byte("{}"), State: []byte("{}"), Reply: []byte("{}"), ReceivedAt: s.Now()},
			Doctor:  file.Doctor,
			Leads:   []store.Lead{{ID: "lead", Doctor: id, Kind: "f2f_request", Lines: "[]"}},
		}
		if _, err := s.CommitTurn(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		_, err = s.FileVisit(t.Context(), store.VisitFiling{
			Move:  store.LeadMoveSpec{ID: "lead", Version: 1, Steps: []store.LeadStep{{Event: "close", Status: store.LeadClosed, Actor: "a"}}},
			Visit: store.Visit{Rep: "a", At: s.Now(), Result: "met", Topics: "[]", Barriers: "[]"}, Push: true,
			Portrait: []store.PortraitValue{
				{Field: "prefers", Value: `["case"]`, Source: store.SourceRep}, {Field: "topics", Value: `["ckd"]`, Source: store.SourceRep},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := o.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		r, err := s.DoctorRecord(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		given := map[string]bool{}
		for _, x := range r.Sent {
			given[x.Content] = true
		}
		if diff := cmp.Diff(map[string]bool{"lit": true, "case_ckd": true}, given); diff != "" || len(r.Effects) != 2 {
			t.Errorf("%d effects, given (-want +got):\n%s", len(r.Effects), diff)
		}
	})
}

func TestNeverTwice(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := seed(t, s, "o1", doctor{level: 2, consents: map[string]bool{"push": true}, portrait: map[string]string{"prefers": `["case"]`}})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := New(Options{Store: s, Contents: catalogue, Match: steady}).Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		r, err := s.DoctorRecord(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Effects) != 1 || len(r.Sent) != 1 || r.Sent[0].Effect != r.Effects[0].Key || r.Pushes[0].Status != store.PushQueued {
			t.Errorf("%d effects, %d sent rows, push %s", len(r.Effects), len(r.Sent), r.Pushes[0].Status)
		}
	})
}

func TestLastValidDayEndsInTheZone(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	o := New(Options{Zone: zone})
	until := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	e, err := o.effect(store.Push{ID: "p"}, store.Doctor{ID: "d"}, flows.Content{ID: "c", Until: until})
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 12, 1, 0, 0, 0, 0, zone).UnixMilli(); e.ValidUntil != want {
		t.Errorf("valid until %d, want %d", e.ValidUntil, want)
	}
}

func TestRunServesWakesAndEnds(t *testing.T) {
	s := storetest.SQLite(t)
	woken := make(chan struct{}, 4)
	o := New(Options{Store: s, Contents: catalogue, Match: steady, Wake: func() { woken <- struct{}{} }})
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(done)
		if err := o.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	seed(t, s, "o1", doctor{level: 2, consents: map[string]bool{"push": true}})
	o.Wake()
	select {
	case <-woken:
	case <-time.After(10 * time.Second):
		t.Error("nobody was woken")
	}
	cancel()
	<-done
}

// TestCaps: what nobody asked for is put off once the doctor has had enough; what was asked for is not.
func TestCaps(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		o := New(Options{Store: s, Contents: catalogue, Match: steady, Caps: func() flows.Caps { return flows.Caps{Day: 1} }})
		both := map[string]bool{"push": true, "portrait": true}
		for name, tt := range map[string]struct{ cause, status, reason string }{
			"unasked": {"visit:x", store.PushPlanned, ReasonCaps}, "asked": {"ask:x:1", store.PushQueued, "next"},
		} {
			id := seed(t, s, name, doctor{level: 2, consents: both, cause: tt.cause})
			e := store.Effect{Key: "remind:" + name, Intent: store.IntentReminder, Lane: store.DoctorLane(id), Kind: store.KindText, Body: []byte("{}")}
			if err := s.AddEffects(t.Context(), []store.Effect{e}); err != nil {
				t.Fatal(err)
			}
			if err := o.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p, _ := push(t, s, id); p.Status != tt.status || !strings.HasPrefix(p.Reason, tt.reason) {
				t.Errorf("%s: %s %q", name, p.Status, p.Reason)
			}
		}
	})
}
