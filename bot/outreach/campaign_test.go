package outreach

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// runner is an outreach for campaigns whose condition is everybody, with a clock that every look finds moved on.
func runner(s *store.Store, knows bool) *Outreach {
	now := time.Now()
	return New(Options{
		Store: s, Contents: catalogue, Match: steady,
		Now:     func() time.Time { now = now.Add(campaignEvery); return now },
		Segment: func(string) (store.Filter, bool) { return store.Filter{Op: flows.FilterAnd}, knows },
	})
}

// running starts a campaign of content that fits.
func running(t *testing.T, s *store.Store, kind string) string {
	t.Helper()
	ctx := store.As(t.Context(), store.Viewer{Name: "owner", Role: store.RoleOperations, Reach: store.ReachAll})
	g, err := s.SaveSegment(ctx, store.Segment{Name: kind, Source: "doctor.level >= 0", Actor: "owner"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.AddCampaign(ctx, store.Campaign{Kind: kind, Title: kind, Segment: g.ID, Daily: 1000, FromAt: s.Now() - 1, UntilAt: s.Now() + (48 * time.Hour).Milliseconds()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.MoveCampaign(ctx, c.ID, "start", "second", ""); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func campaignOf(t *testing.T, s *store.Store, id string) store.Campaign {
	t.Helper()
	c, err := s.Campaign(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// classed makes a doctor known to segments.
func classed(t *testing.T, s *store.Store, id string) {
	t.Helper()
	file, err := s.LoadDoctor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SaveDerived(t.Context(), []store.Derived{{Doctor: id, Mark: file.RefreshAt, Facets: store.Facets{Followed: true, Level: 1}}}); err != nil {
		t.Fatal(err)
	}
}

// A campaign brings each doctor of its segment one item, once, and ends when nobody waits any more.
func TestACampaignRunsAndEnds(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := seed(t, s, "o1", doctor{level: 1, consents: map[string]bool{"base": true, "push": true}})
		if err := s.DropPush(t.Context(), id, "not of the campaign"); err != nil {
			t.Fatal(err)
		}
		classed(t, s, id)
		c, o := running(t, s, store.CampaignAccess), runner(s, true)
		for range 4 {
			for _, step := range []func(context.Context) error{o.Campaigns, o.Sweep} {
				if err := step(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		r, err := s.CampaignResult(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		row := campaignOf(t, s, c)
		if row.Status != store.CampaignDone || row.Planned != 1 || r.Begun != 1 || r.Unsent() != 1 || len(r.Waiting) != 0 {
			t.Errorf("%s, %d planned, result %+v", row.Status, row.Planned, r)
		}
	})
}

// A condition that the rules do not know any more, and too many opt-outs among those spoken to, pause a campaign; a window that is over ends it.
func TestWhatStopsACampaign(t *testing.T) {
	s := storetest.SQLite(t)
	unknown := running(t, s, store.CampaignAccess)
	if err := runner(s, false).Campaigns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := campaignOf(t, s, unknown); c.Status != store.CampaignPaused || c.Reason != alarmCondition {
		t.Errorf("unknown condition: %s %q", c.Status, c.Reason)
	}
	harmful := running(t, s, store.CampaignRetention)
	for openID, n := range map[string]int{"stays": alarmFrom - 2, "leaves": 2} {
		id := store.DoctorID(storetest.Account, openID)
		turn := &store.Turn{
			Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: id, Kind: "text"},
			Doctor:  store.Doctor{ID: id, OpenID: openID, Followed: true, Phase: store.PhaseIdle, OptedOut: openID == "leaves"},
		}
		for i := range n {
			turn.Pushes = append(turn.Pushes, store.Push{ID: fmt.Sprint(openID, i), Doctor: id, Cause: fmt.Sprint(openID, i), Campaign: harmful, Flow: "back", Status: store.PushOpened})
		}
		if _, err := s.CommitTurn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	}
	if err := runner(s, true).Campaigns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := campaignOf(t, s, harmful); c.Status != store.CampaignPaused || c.Reason != alarmOptOuts {
		t.Errorf("too many opt-outs: %s %q", c.Status, c.Reason)
	}
	late := running(t, s, store.CampaignReactivation)
	o := runner(s, true)
	o.now = func() time.Time { return time.Now().Add(72 * time.Hour) }
	if err := o.Campaigns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := campaignOf(t, s, late); c.Status != store.CampaignDone {
		t.Errorf("window over: %s", c.Status)
	}
}
