package store_test

import (
	"errors"
	"flag"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

var manyDoctors = flag.Int("manydoctors", 300, "doctors of the work with many at once")

// TestWorkWithMany does what is done with many doctors at once, and what is asked again and again while there are many, on both engines: it prints and gates nothing
// on a clock.
func TestWorkWithMany(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		n := *manyDoctors
		ids := manyVerified(t, s, n)
		took := func(what string, do func() error) {
			t.Helper()
			began := time.Now()
			if err := do(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			t.Logf("%-40s %8.1f ms", what, time.Since(began).Seconds()*1000)
		}
		guests := ids[:min(n, 10_000)]
		ctx := as(t, store.Viewer{Name: "ops", Role: store.RoleOperations, Reach: store.ReachAll})
		m, err := s.SaveMeeting(ctx, store.Meeting{Title: "会", Mode: "live", BeginsAt: s.Now() + 1e6, EndsAt: s.Now() + 2e6}, nil)
		if err != nil {
			t.Fatal(err)
		}
		push := func(what string) func(f store.MeetingFile, doctor string) (store.Push, error) {
			return func(f store.MeetingFile, doctor string) (store.Push, error) {
				return store.Push{Doctor: doctor, Cause: store.MeetingCause(f.ID, what, doctor), Flow: "meeting_" + what, Inputs: `{"meeting":"` + f.ID + `"}`}, nil
			}
		}
		if err := s.MoveMeeting(ctx, store.MeetingStep{ID: m.ID, From: store.MeetingDraft, Event: "open", Status: store.MeetingOpen}); err != nil {
			t.Fatal(err)
		}
		took(fmt.Sprint("inviting ", len(guests)), func() error {
			got, err := s.InviteToMeeting(ctx, m.ID, guests, push(store.CauseInvite))
			if err == nil && got.Made != len(guests) {
				err = fmt.Errorf("%+v", got)
			}
			return err
		})
		took("whom to tell, every second", func() error { _, err := s.MeetingDue(t.Context(), m.ID, store.ToldReplay, 0, 500); return err })
		took("pushes that are due, every second", func() error { _, err := s.DuePushes(t.Context(), 200); return err })
		took("ending invitations, once", func() error { return s.EndInvitations(t.Context(), m.ID) })
		if left := count(t, s, &store.Push{}, "status = 'planned'"); left != 0 {
			t.Errorf("%d wait still", left)
		}
		told := make([]store.Push, len(guests))
		for i, doctor := range guests {
			told[i] = store.Push{Doctor: doctor, Cause: store.MeetingCause(m.ID, "cancelled", doctor), Flow: "meeting_cancelled", Campaign: "c1"}
		}
		took("telling all", func() error { _, err := s.TellMeeting(t.Context(), m.ID, store.ToldCancelled, told); return err })
		if told := count(t, s, &store.Push{}, "flow = 'meeting_cancelled' AND status = 'planned'"); told != int64(len(guests)) {
			t.Errorf("%d are told", told)
		}
		exec(t, s, "UPDATE pushes SET status = 'opened' WHERE campaign = 'c1'")
		took("what became of a campaign, now and then", func() error {
			r, err := s.CampaignResult(t.Context(), "c1")
			return errors.Join(err, errUnless(r.Sent == len(guests), "sent", r.Sent))
		})
		took("doctors without a rep, the page", func() error {
			_, all, err := s.Pool(t.Context(), 100)
			return errors.Join(err, errUnless(all == int64(n), "all", all))
		})
		took("those who have lost one, every 10 minutes", func() error {
			_, all, err := s.Pool(t.Context(), 500, store.AloneLeft, store.AloneRefused)
			return errors.Join(err, errUnless(all == int64(n/10), "lost", all))
		})
		took("late first contacts", func() error { _, err := s.LateTransfers(t.Context(), 500); return err })
	})
}

func errUnless(ok bool, what string, n any) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s: %v", what, n)
}

// manyVerified writes doctors who follow and have agreed; one in ten has a rep who is out of work.
func manyVerified(t *testing.T, s *store.Store, n int) []string {
	t.Helper()
	const page = 500
	ids := make([]string, n)
	now := s.Now()
	for from := 0; from < n; from += page {
		var doctors []store.Doctor
		var facets []store.Facets
		var consents []store.Consent
		for i := from; i < min(from+page, n); i++ {
			id := store.DoctorID(storetest.Account, fmt.Sprint(i))
			ids[i] = id
			doctors = append(doctors, store.Doctor{ID: id, Account: storetest.Account, OpenID: fmt.Sprint(i), Level: store.LevelVerified, Followed: true, VerifiedAt: now, CreatedAt: now})
			f := store.Facets{Doctor: id, Account: storetest.Account, Level: store.LevelVerified, Followed: true}
			if i%10 == 9 {
				f.Owner = "old"
			}
			facets = append(facets, f)
			for _, purpose := range []string{store.PurposeBase, store.PurposePush, store.PurposeShare} {
				consents = append(consents, store.Consent{Conversation: id, Seq: 1, Purpose: purpose, Account: storetest.Account, Granted: true, Raw: "好", At: now})
			}
		}
		write := func(tx *gorm.DB) error {
			return errors.Join(tx.CreateInBatches(doctors, page).Error, tx.CreateInBatches(facets, page).Error, tx.CreateInBatches(consents, page).Error)
		}
		err := s.Lock(t.Context(), write)
		for try := 0; try < 5 && errors.Is(err, store.ErrUnavailable); try++ { // the server writes out what it holds
			err = s.Lock(t.Context(), write)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return ids
}
