package store_test

import (
	"errors"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

const campaignDayMs = int64(24 * time.Hour / time.Millisecond)

// asked seeds a follower who has agreed to pushes and had an effective interaction so many days ago; 0 = never.
func asked(t *testing.T, s *store.Store, openID string, ago int64, change func(*store.Turn)) string {
	t.Helper()
	id := knownDoctor(t, s, openID, false, func(turn *store.Turn) {
		turn.Doctor.Followed = true
		for i, p := range []string{store.PurposeBase, store.PurposePush} {
			turn.Consents = append(turn.Consents, store.Consent{Conversation: turn.Doctor.ID, Seq: 1, Purpose: p, Policy: "p1", Granted: true, Raw: "好", At: int64(i + 1)})
		}
		if change != nil {
			change(turn)
		}
	})
	file, err := s.LoadDoctor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	f := store.Facets{Level: 1, Followed: file.Followed}
	if ago > 0 {
		f.EffectiveAt = s.Now() - ago*campaignDayMs
	}
	if n, err := s.SaveDerived(t.Context(), []store.Derived{{Doctor: id, Mark: file.RefreshAt, Facets: f}}); err != nil || n != 1 {
		t.Fatalf("%d derived: %v", n, err)
	}
	return id
}

var everybody = store.Filter{Op: "and"}

// draft makes a campaign for everybody.
func draft(t *testing.T, s *store.Store, kind string, daily int) store.Campaign {
	t.Helper()
	ctx := as(t, store.Viewer{Name: "owner", Role: store.RoleOperations, Reach: store.ReachAll})
	g, err := s.SaveSegment(ctx, store.Segment{Name: kind + fmt.Sprint(s.Now()), Source: "doctor.level >= 0", Actor: "owner"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.AddCampaign(ctx, store.Campaign{Kind: kind, Title: "秋季 " + kind, Segment: g.ID, Flow: "reactivate", Days: 90, Daily: daily, FromAt: s.Now() - 1, UntilAt: s.Now() + 30*campaignDayMs})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func move(t *testing.T, s *store.Store, id, act, second string) store.Campaign {
	t.Helper()
	ctx := as(t, store.Viewer{Name: "owner", Role: store.RoleOperations, Reach: store.ReachAll})
	if err := s.MoveCampaign(ctx, id, act, second, ""); err != nil {
		t.Fatalf("%s: %v", act, err)
	}
	c, err := s.Campaign(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fillCampaign fills as several instances would until a day has nothing left.
func fillCampaign(t *testing.T, s *store.Store, id string, day, page int) store.Campaign {
	t.Helper()
	for {
		var all sync.WaitGroup
		var mu sync.Mutex
		most := 0
		for range 3 {
			all.Go(func() {
				c, err := s.Campaign(t.Context(), id)
				if err != nil {
					t.Error(err)
					return
				}
				n, err := s.FillCampaign(t.Context(), c, everybody, day, page)
				if err != nil && !errors.Is(err, store.ErrMoved) {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if most = max(most, n); errors.Is(err, store.ErrMoved) {
					most = max(most, 1)
				}
			})
		}
		all.Wait()
		if most == 0 || t.Failed() {
			break
		}
	}
	c, err := s.Campaign(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A campaign plans for each kind of doctor what it is for, counts the others by reason as its preview said, takes a day's share a day, and never plans anybody
// twice, however many instances fill it.
func TestACampaignIsFilled(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		sleeping := map[string]bool{}
		for i := range 5 {
			sleeping[asked(t, s, fmt.Sprintf("sleeping-%d", i), 120, nil)] = true
		}
		asked(t, s, "active", 3, nil)
		asked(t, s, "never", 0, nil)
		asked(t, s, "gone", 120, func(turn *store.Turn) { turn.Doctor.Followed = false })
		asked(t, s, "out", 120, func(turn *store.Turn) { turn.Doctor.OptedOut = true })
		asked(t, s, "no push", 120, func(turn *store.Turn) { turn.Consents = turn.Consents[:1] })
		asked(t, s, "taken back", 120, func(turn *store.Turn) { turn.Consents[1].Granted = false })

		c := draft(t, s, store.CampaignReactivation, 3)
		want := map[string]int{store.LeftActive: 1, store.LeftNever: 1, store.LeftGone: 1, store.LeftOptedOut: 1, store.LeftNoConsent: 2}
		p, err := s.PreviewCampaign(t.Context(), c, everybody)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(store.Preview{Total: 11, Reach: 5, Left: want}, p); diff != "" {
			t.Errorf("preview (-want +got):\n%s", diff)
		}
		c = move(t, s, c.ID, "start", "")
		if c = fillCampaign(t, s, c.ID, 20261122, 2); c.Planned != 3 || c.Filled {
			t.Errorf("on the first day %d planned, want the day's 3; filled %v", c.Planned, c.Filled)
		}
		c = fillCampaign(t, s, c.ID, 20261123, 2)
		if diff := cmp.Diff(want, c.Left()); c.Planned != 5 || !c.Filled || c.Considered != 11 || diff != "" {
			t.Errorf("%d planned, %d looked at, filled %v, left out (-want +got):\n%s", c.Planned, c.Considered, c.Filled, diff)
		}
		due, err := s.DuePushes(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, push := range due {
			if push.Flow != "reactivate" || push.Campaign != c.ID {
				t.Errorf("push %+v", push)
			}
			got[push.Doctor] = true
		}
		if diff := cmp.Diff(sleeping, got); diff != "" || len(due) != 5 {
			t.Errorf("%d pushes, doctors (-want +got):\n%s", len(due), diff)
		}
	})
}

// Pausing holds what is planned, resuming lets it go on, cancelling drops it; no act follows where it makes no sense.
func TestACampaignIsPaused(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		asked(t, s, "one", 3, nil)
		c := draft(t, s, store.CampaignRetention, 10)
		owner := as(t, store.Viewer{Name: "owner", Role: store.RoleOperations, Reach: store.ReachAll})
		if err := s.MoveCampaign(owner, c.ID, "pause", "", ""); !errors.Is(err, store.ErrMoved) {
			t.Errorf("pausing a draft: %v", err)
		}
		move(t, s, c.ID, "start", "")
		fillCampaign(t, s, c.ID, 20261122, 2)
		due := func() int {
			rows, err := s.DuePushes(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		before := due()
		move(t, s, c.ID, "pause", "")
		held := due()
		move(t, s, c.ID, "resume", "")
		again := due()
		c = move(t, s, c.ID, "cancel", "")
		if before != 1 || held != 0 || again != 1 || due() != 0 || c.EndedAt == 0 {
			t.Errorf("due: %d at first, %d paused, %d resumed, %d cancelled; ended %d", before, held, again, due(), c.EndedAt)
		}
		r, err := s.CampaignResult(t.Context(), c.ID)
		if err != nil || r.Ended() != 1 || r.Why["campaign_over"] != 1 {
			t.Errorf("result %+v, %v", r, err)
		}
		if err := s.MoveCampaign(owner, c.ID, "start", "", ""); !errors.Is(err, store.ErrMoved) {
			t.Errorf("starting a cancelled one: %v", err)
		}
	})
}

// What one person may start alone ends at its limit, whatever the segment has become since it was counted.
func TestOnePersonReachesNoMoreThanTheLimit(t *testing.T) {
	s := storetest.SQLite(t)
	for i := range store.CampaignAlone + 5 {
		asked(t, s, fmt.Sprintf("d%d", i), 120, nil)
	}
	c := draft(t, s, store.CampaignReactivation, 1000)
	move(t, s, c.ID, "start", "")
	if c = fillCampaign(t, s, c.ID, 20261122, 2); c.Planned != store.CampaignAlone || !c.Filled {
		t.Errorf("%d planned alone, filled %v", c.Planned, c.Filled)
	}
	c = draft(t, s, store.CampaignAccess, 1000)
	move(t, s, c.ID, "propose", "")
	move(t, s, c.ID, "start", "second")
	if c = fillCampaign(t, s, c.ID, 20261122, 2); c.Planned != 5 || c.Left()[store.LeftBusy] != store.CampaignAlone {
		t.Errorf("%d planned by two, left out %v", c.Planned, c.Left())
	}
}

// What nobody could want is refused.
func TestACampaignMakesSense(t *testing.T) {
	s := storetest.SQLite(t)
	good := draft(t, s, store.CampaignAccess, 10)
	ctx := as(t, store.Viewer{Name: "owner", Role: store.RoleOperations, Reach: store.ReachAll})
	for name, change := range map[string]func(*store.Campaign){
		"title": func(c *store.Campaign) { c.Title = " " }, "kind": func(c *store.Campaign) { c.Kind = "sales" }, "daily": func(c *store.Campaign) { c.Daily = 0 },
		"days": func(c *store.Campaign) { c.Days = -1 }, "window": func(c *store.Campaign) { c.UntilAt = c.FromAt }, "over": func(c *store.Campaign) { c.FromAt, c.UntilAt = 1, 2 },
	} {
		c := good
		change(&c)
		if _, err := s.AddCampaign(ctx, c); !errors.Is(err, store.ErrCampaign) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.AddCampaign(t.Context(), good); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("nobody: %v", err)
	}
	good.Segment = "gone"
	if _, err := s.AddCampaign(ctx, good); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no segment: %v", err)
	}
}

var campaignSize = flag.Int("campaign", 120, "doctors of the campaign")

// TestS1_43_OneToMany: a campaign for many doctors, filled by several instances day by day, plans everybody who agrees once, and nobody who has unsubscribed.
func TestS1_43_OneToMany(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		n := *campaignSize
		var doctors []store.Doctor
		var facets []store.Facets
		var consents []store.Consent
		for i := range n {
			openID := fmt.Sprint("many-", i)
			id := store.DoctorID(s.Account(), openID)
			doctors = append(doctors, store.Doctor{ID: id, Account: s.Account(), OpenID: openID, Followed: true, OptedOut: i == 7, Phase: store.PhaseIdle})
			facets = append(facets, store.Facets{Doctor: id, Account: s.Account(), Followed: true, Level: 2})
			for _, purpose := range []string{store.PurposeBase, store.PurposePush} {
				consents = append(consents, store.Consent{Conversation: id, Seq: 1, Purpose: purpose, Account: s.Account(), Policy: "p1", Granted: true})
			}
		}
		if err := s.Lock(t.Context(), func(tx *gorm.DB) error {
			return errors.Join(tx.CreateInBatches(doctors, 200).Error, tx.CreateInBatches(facets, 200).Error, tx.CreateInBatches(consents, 200).Error)
		}); err != nil {
			t.Fatal(err)
		}
		c := draft(t, s, store.CampaignAccess, (n+1)/2)
		move(t, s, c.ID, "propose", "")
		move(t, s, c.ID, "start", "second")
		began := time.Now()
		first := fillCampaign(t, s, c.ID, 20261122, 200)
		c = fillCampaign(t, s, c.ID, 20261123, 200)
		t.Logf("%d doctors looked at and %d planned in %s", c.Considered, c.Planned, time.Since(began).Round(time.Millisecond))
		due, err := s.DuePushes(t.Context(), n+1)
		if err != nil {
			t.Fatal(err)
		}
		spoken := map[string]bool{}
		for _, p := range due {
			spoken[p.Doctor] = true
		}
		if first.Planned != (n+1)/2 || c.Planned != n-1 || len(due) != n-1 || len(spoken) != n-1 || spoken[doctors[7].ID] || c.Left()[store.LeftOptedOut] != 1 {
			t.Errorf("%d planned on the first day, %d in all, %d pushes to %d doctors, left out %v", first.Planned, c.Planned, len(due), len(spoken), c.Left())
		}
	})
}

// Who takes back the consent to be written to unasked, or to be known by what was said, is out of every campaign at once, also of one that is paused.
func TestLeavingCampaigns(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id, stays := asked(t, s, "leaves", 100, nil), asked(t, s, "stays", 100, nil)
		for _, title := range []string{store.CampaignReactivation, store.CampaignAccess} {
			c := draft(t, s, title, 10)
			exec(t, s, "UPDATE pushes SET status = 'opened' WHERE status IN ('planned', 'held')") // one campaign at a time speaks to a doctor
			move(t, s, c.ID, "start", "second")
			if got := fillCampaign(t, s, c.ID, 20261122, 10); got.Planned != 2 {
				t.Fatalf("%d planned", got.Planned)
			}
			if title == store.CampaignAccess {
				move(t, s, c.ID, "pause", "")
			}
			last, err := s.LastTurn(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			turn := newTurn("leaves", last.Seq+1, title)
			turn.CancelPushes, turn.Doctor.Followed = true, true
			commit(t, s, turn)
			if n := count(t, s, &store.Push{}, "doctor = ? AND campaign = ? AND status = 'none' AND reason = 'no_consent'", id, c.ID); n != 1 {
				t.Errorf("%s goes on with who has left it", title)
			}
			if n := count(t, s, &store.Push{}, "doctor = ? AND campaign = ? AND status IN ('planned', 'held')", stays, c.ID); n != 1 {
				t.Errorf("%s has lost who stays", title)
			}
		}
	})
}
