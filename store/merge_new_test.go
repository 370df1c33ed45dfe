package store_test

import (
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// Rows in every table that knows a doctor, on both sides, do not keep two records from becoming one.
func TestMergingMovesWhatIsNew(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		withReps(t, s, "r1", "new")
		to := knownDoctor(t, s, "oA", true, nil)
		from := listed(t, s, intake(t, s), store.MasterDoctor{Key: "D1", Name: "林知远"})["D1"]
		for _, id := range []string{to, from} {
			for _, m := range []string{"both", id} {
				if err := s.Put(t.Context(), &store.Attendance{Meeting: m, Doctor: id, Account: s.Account(), InvitedBy: id, Question: "问题"}); err != nil {
					t.Fatal(err)
				}
			}
			for _, one := range []any{
				&store.MeetingItem{Meeting: id, N: 1, Account: s.Account(), Doctor: id, Topic: "题目", Role: "speaker"},
				&store.Influence{ID: id, Account: s.Account(), Doctor: id, Kind: store.InfluenceSpoke, Other: from},
				&store.SuperMove{Doctor: id, Product: "p1", N: 1, Account: s.Account()}, &store.Super{Doctor: id, Product: "p1", Account: s.Account(), Points: "{}"},
				&store.Facets{Doctor: id, Account: s.Account()},
			} {
				if err := s.Put(t.Context(), one); err != nil {
					t.Fatal(err)
				}
			}
			p, err := s.ProposeTransfer(t.Context(), id, "new", store.TransferPool, "安排")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.ConfirmTransfers(t.Context(), []store.TransferPick{{ID: p.ID, To: "new"}}, store.TransferAct{Reason: "安排"}, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := s.ProposeTransfer(t.Context(), id, "r1", store.TransferAsked, "想换一位"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.MergeDoctors(t.Context(), to, from, store.MergeByPerson, "ops"); err != nil {
			t.Fatal(err)
		}
		for what, c := range map[string]struct {
			record any
			where  string
			want   int64
		}{
			"attendances": {&store.Attendance{}, "doctor = ?", 3}, "agenda": {&store.MeetingItem{}, "doctor = ?", 2}, "influences": {&store.Influence{}, "doctor = ?", 2},
			"transfers": {&store.Transfer{}, "doctor = ?", 4}, "hold": {&store.Transfer{}, "hold_key = ?", 1}, "supers": {&store.Super{}, "doctor = ?", 1},
			"about": {&store.Influence{}, "other = ?", 2},
		} {
			if n := count(t, s, c.record, c.where, to); n != c.want {
				t.Errorf("%s: %d, want %d", what, n, c.want)
			}
			if n := count(t, s, c.record, c.where, from); n != 0 {
				t.Errorf("%s: %d are left with who is gone", what, n)
			}
		}
		if n := count(t, s, &store.Attendance{}, "meeting = 'both' AND invited_by = ?", to); n != 1 {
			t.Error("of two answers that of the list stays")
		}
		// From now on they are one: a third wish is the one that waits.
		if p, err := s.ProposeTransfer(t.Context(), to, "r1", store.TransferAsked, "再想一次"); err != nil || p.Status != store.TransferProposed {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
