package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestTakeFollowers: who is new becomes a doctor, who is known stays as he is, and a page that is written twice counts once.
func TestTakeFollowers(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		at, err := s.Takeover(ctx)
		if at != (store.Takeover{}) || err != nil {
			t.Fatalf("before: %+v, %v", at, err)
		}
		known := silent(t, s, "o7", 1, 0)
		before, err := s.LoadDoctor(ctx, known)
		if err != nil {
			t.Fatal(err)
		}
		page := make([]string, 1201) // more than one transaction
		for i := range page {
			page[i] = fmt.Sprintf("o%d", i)
		}
		for range 2 { // the second instance comes late
			if err := s.TakeFollowers(ctx, store.Takeover{}, page, "o1200", 1300); err != nil {
				t.Fatal(err)
			}
		}
		at, err = s.Takeover(ctx)
		if at.Done != 1201 || at.Total != 1300 || at.NextDoctor != store.DoctorID(s.Account(), "o1200") || at.StartedAt == 0 || at.FinishedAt != 0 || err != nil {
			t.Errorf("after one page: %+v, %v", at, err)
		}
		if next, err := s.NextFollower(ctx, at); next != "o1200" || err != nil {
			t.Errorf("goes on after %q, %v", next, err)
		}
		after, err := s.LoadDoctor(ctx, known)
		if diff := cmp.Diff(before, after); diff != "" || err != nil {
			t.Errorf("a known doctor was changed: %s %v", diff, err)
		}
		fresh, err := s.LoadDoctor(ctx, store.DoctorID(s.Account(), "o1200"))
		want := store.Doctor{ID: store.DoctorID(s.Account(), "o1200"), Account: s.Account(), OpenID: "o1200", Phase: store.PhaseIdle, Followed: true, UpdatedAt: fresh.UpdatedAt}
		if diff := cmp.Diff(want, fresh.Doctor, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("a new doctor: %s %v", diff, err)
		}
		if err := s.TakeFollowers(ctx, at, nil, "", 1300); err != nil {
			t.Fatal(err)
		}
		at, err = s.Takeover(ctx)
		if at.Done != 1201 || at.FinishedAt == 0 || at.NextDoctor != "" || err != nil {
			t.Errorf("at the end: %+v, %v", at, err)
		}
		if err := s.TakeFollowers(ctx, store.Takeover{}, page, "o1200", 1300); err != nil { // somebody who slept through it
			t.Fatal(err)
		}
		again, err := s.Takeover(ctx)
		if again != at || err != nil {
			t.Errorf("begun anew: %+v, %v", again, err)
		}
	})
}

// TestTakeFollowersAfterErasure: an old list does not bring back who has left and was erased.
func TestTakeFollowersAfterErasure(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		gone := silent(t, s, "o1", 1, 0)
		if _, err := s.Erase(t.Context(), gone, store.EraseUnfollow); err != nil {
			t.Fatal(err)
		}
		if err := s.TakeFollowers(t.Context(), store.Takeover{}, []string{"o1", "o2"}, "o1", 2); err != nil {
			t.Fatal(err)
		}
		if d, err := s.LoadDoctor(t.Context(), gone); err == nil && (d.Followed || d.OpenID != "") {
			t.Errorf("the erased doctor is back: %+v", d.Doctor)
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		at, err := s.Takeover(t.Context())
		if next, err2 := s.NextFollower(t.Context(), at); at.NextDoctor != gone || next != "" || err != nil || err2 != nil {
			t.Errorf("after an erased doctor it goes on from %q: %+v, %v, %v", next, at, err, err2)
		}
		if _, err := s.LoadDoctor(t.Context(), store.DoctorID(s.Account(), "o2")); err != nil {
			t.Error(err)
		}
	})
}

func TestMediaIDs(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if id, until, err := s.MediaID(ctx, "a.png"); id != "" || until != 0 || err != nil {
			t.Errorf("%q, %d, %v", id, until, err)
		}
		for _, id := range []string{"M1", "M2"} {
			if err := s.KeepMediaID(ctx, "a.png", id, 42); err != nil {
				t.Fatal(err)
			}
			if got, until, err := s.MediaID(ctx, "a.png"); got != id || until != 42 || err != nil {
				t.Errorf("%q, %d, %v", got, until, err)
			}
		}
		if id, _, err := s.MediaID(ctx, "b.png"); id != "" || err != nil {
			t.Errorf("another asset: %q, %v", id, err)
		}
	})
}

func TestVerifiedDoctors(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		ids := map[string]string{}
		for _, openID := range []string{"o1", "o2", "o3"} {
			ids[openID] = silent(t, s, openID, 1, 0)
		}
		began := s.Now() - 1
		for openID, passed := range map[string]bool{"o1": true, "o2": false} {
			if err := s.VerifyDoctor(ctx, ids[openID], store.Judgement{Passed: passed, Actor: "admin"}); err != nil {
				t.Fatal(err)
			}
		}
		decided, err := s.DecidedSince(ctx, began)
		if err != nil {
			t.Fatal(err)
		}
		levels, last := map[string]int{}, int64(0)
		for _, d := range decided {
			levels[d.OpenID], last = d.Level, max(last, d.At)
		}
		if diff := cmp.Diff(map[string]int{"o1": store.LevelVerified, "o2": store.LevelRejected}, levels); diff != "" {
			t.Error(diff)
		}
		if later, err := s.DecidedSince(ctx, last); len(later) != 0 || err != nil {
			t.Errorf("later: %+v, %v", later, err)
		}
		verified, err := s.VerifiedOpenIDs(ctx)
		if diff := cmp.Diff([]string{"o1"}, verified); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}
