package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// silent commits one turn that leaves a talk to be woken.
func silent(t *testing.T, s *store.Store, openID string, seq, wakeAt int64) string {
	t.Helper()
	id := store.DoctorID(s.Account(), openID)
	turn := &store.Turn{
		Journal: store.Journal{Conversation: id, Seq: seq, MessageKey: fmt.Sprintf("%s-%d", openID, seq), Kind: "text"},
		Doctor:  store.Doctor{ID: id, OpenID: openID, Followed: true, Phase: store.PhaseAsking, WakeAt: wakeAt},
	}
	if _, err := s.CommitTurn(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	return id
}

// Talks are claimed when their time has come, by one instance, and come back when nobody took the turn.
func TestClaimWakes(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		now := s.Now()
		first := silent(t, s, "o1", 1, now-2000)
		second := silent(t, s, "o2", 1, now-1000)
		silent(t, s, "o3", 1, now+time.Hour.Milliseconds())
		silent(t, s, "o4", 1, 0)
		claim := func(lease time.Duration) []store.Wake {
			t.Helper()
			w, err := s.ClaimWakes(t.Context(), 10, lease)
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		got := claim(0)
		if len(got) != 2 || got[0].Doctor != first || got[0].OpenID != "o1" || got[0].DueAt != now-2000 || got[1].Doctor != second {
			t.Fatalf("claimed %+v", got)
		}
		if got = claim(time.Hour); len(got) != 2 { // the lease was over at once
			t.Fatalf("claimed again %+v", got)
		}
		if got = claim(time.Hour); len(got) != 0 {
			t.Errorf("claimed within the lease: %+v", got)
		}
		silent(t, s, "o1", 2, 0) // the turn that follows writes the next time
		file, err := s.LoadDoctor(t.Context(), first)
		if err != nil || file.WakeAt != 0 {
			t.Errorf("wakes at %d, %v", file.WakeAt, err)
		}
	})
}

// Many claims at once never give one talk twice.
func TestClaimWakesOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for i := range 20 {
			silent(t, s, fmt.Sprint("o", i), 1, s.Now()-1)
		}
		var mu sync.Mutex
		var all sync.WaitGroup
		seen := map[string]int{}
		for range 4 {
			all.Go(func() {
				w, err := s.ClaimWakes(t.Context(), 20, time.Hour)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				for _, x := range w {
					seen[x.Doctor]++
				}
			})
		}
		all.Wait()
		for d, n := range seen {
			if n != 1 {
				t.Errorf("%s was claimed %d times", d, n)
			}
		}
		if len(seen) != 20 {
			t.Errorf("%d talks claimed, want 20", len(seen))
		}
	})
}

// Only what nobody asked for counts, and only what was not cancelled.
func TestEnough(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := silent(t, s, "o1", 1, 0)
		now := s.Now()
		for i, c := range []struct {
			intent string
			at     int64
		}{
			{store.IntentReminder, now}, {store.IntentReminder, now - 5000}, {store.IntentPush, now}, {store.IntentAsked, now}, {store.IntentReply, now},
			{store.IntentReminder, now - 30*time.Hour.Milliseconds()},
		} {
			e := store.Effect{Key: fmt.Sprint("e", i), Lane: store.DoctorLane(id), Kind: store.KindText, Body: []byte("{}"), Intent: c.intent, CreatedAt: c.at}
			if err := s.AddEffects(t.Context(), []store.Effect{e}); err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct {
			day, week int
			want      bool
		}{{0, 0, false}, {3, 0, true}, {4, 0, false}, {0, 4, true}, {4, 5, false}} {
			if got, err := s.Enough(t.Context(), id, tt.day, tt.week); err != nil || got != tt.want {
				t.Errorf("caps %d a day, %d a week: %v %v", tt.day, tt.week, got, err)
			}
		}
	})
}

// The rep of a hospital is the one whose territory names it, before one for everything; who may not visit does not count.
func TestRepOf(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		until := s.Now() + time.Hour.Milliseconds()
		for _, r := range []struct {
			rep  store.Rep
			land store.Territory
		}{
			{store.Rep{UserID: "a", Name: "甲", FilingUntil: until, Active: true}, store.Territory{Kind: store.TerritoryAll}},
			{store.Rep{UserID: "b", Name: "乙", FilingUntil: until, Active: true}, store.Territory{Kind: store.TerritoryHospital, Value: "h1"}},
			{store.Rep{UserID: "c", Name: "丙", FilingUntil: s.Now() - 1, Active: true}, store.Territory{Kind: store.TerritoryHospital, Value: "h2"}},
			{store.Rep{UserID: "d", Name: "丁", FilingUntil: until}, store.Territory{Kind: store.TerritoryHospital, Value: "h3"}},
		} {
			if err := s.SaveRep(t.Context(), r.rep); err != nil {
				t.Fatal(err)
			}
			if err := s.SetTerritories(t.Context(), r.rep.UserID, []store.Territory{r.land}); err != nil {
				t.Fatal(err)
			}
		}
		for hospital, want := range map[string]string{"h1": "乙", "h2": "甲", "h3": "甲", "other": "甲"} {
			if rep, err := s.RepOf(t.Context(), hospital); err != nil || rep.Name != want {
				t.Errorf("%s: %q %v, want %q", hospital, rep.Name, err, want)
			}
		}
	})
}
