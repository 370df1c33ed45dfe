package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// proposed marks the departure of a rep who looks after some doctors.
func proposed(t *testing.T, s *store.Store, rep, cause string, doctors ...string) store.Departure {
	t.Helper()
	rows := make([]store.Transfer, len(doctors))
	for i, d := range doctors {
		rows[i] = store.Transfer{Doctor: d, To: "new"}
	}
	d, err := s.OpenDeparture(t.Context(), store.Departure{Rep: rep, Cause: cause, Reason: "交接"}, rows)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func withReps(t *testing.T, s *store.Store, reps ...string) {
	t.Helper()
	for _, rep := range reps {
		if err := s.SaveRep(t.Context(), store.Rep{UserID: rep, Name: rep, Active: true, Team: "east"}); err != nil {
			t.Fatal(err)
		}
	}
}

// Who has left the house is put out of work although a departure for another cause is open.
func TestLeavingWhileADepartureIsOpen(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		withReps(t, s, "old", "new")
		id := knownDoctor(t, s, "oA", true, nil)
		first := proposed(t, s, "old", store.DepartTerritory, id)
		second := proposed(t, s, "old", store.DepartLeft, id)
		rep, err := s.Rep(t.Context(), "old")
		if err != nil || second.ID != first.ID || second.Cause != store.DepartLeft || rep.Active {
			t.Errorf("%+v, active %v, %v", second, rep.Active, err)
		}
		if third := proposed(t, s, "old", store.DepartFiling); third.Cause != store.DepartLeft {
			t.Errorf("who has left is back for another cause: %+v", third)
		}
	})
}

// A departure of which the last doctor is erased, or goes to somebody by another way, is over: the rep is no longer leaving.
func TestDeparturesThatRunOut(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		withReps(t, s, "r1", "r2", "new")
		gone, given := knownDoctor(t, s, "oA", true, nil), knownDoctor(t, s, "oB", true, nil)
		proposed(t, s, "r1", store.DepartTerritory, gone)
		proposed(t, s, "r2", store.DepartTerritory, given)
		other := proposed(t, s, "r1", store.DepartTerritory, given)
		erased(t, s, gone, store.EraseRequest)
		rows, err := s.Transfers(t.Context(), store.TransferQuery{Statuses: []string{store.TransferProposed}, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		pick := rows[slices.IndexFunc(rows, func(r store.TransferRow) bool { return r.Departure == other.ID })]
		if _, err := s.ConfirmTransfers(t.Context(), []store.TransferPick{{ID: pick.ID, To: "new"}}, store.TransferAct{Reason: "交接"}, nil); err != nil {
			t.Fatal(err)
		}
		for _, rep := range []string{"r1", "r2"} {
			if r, err := s.Rep(t.Context(), rep); err != nil || r.Leaving {
				t.Errorf("%s is leaving still, %v", rep, err)
			}
		}
	})
}

// A follow-up after a meeting goes to the rep who looks after the doctor now, and to nobody when the doctor refuses that one.
func TestFollowUpsGoWithTheDoctor(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		withReps(t, s, "old", "new")
		id := knownDoctor(t, s, "oA", true, nil)
		until := s.Now() + 1000
		if err := s.Put(t.Context(), &store.Attendance{Meeting: "m1", Doctor: id, Account: s.Account(), Came: store.DidAttend, FollowRep: "old", FollowUntil: until}); err != nil {
			t.Fatal(err)
		}
		p, err := s.ProposeTransfer(t.Context(), id, "new", store.TransferPool, "安排")
		if err != nil {
			t.Fatal(err)
		}
		calls := func(rep string) int {
			rows, err := s.MeetingCalls(as(t, store.Viewer{Reach: store.ReachOwn, Rep: rep}), time.UnixMilli(until), 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		if _, err := s.ConfirmTransfers(t.Context(), []store.TransferPick{{ID: p.ID, To: "new"}}, store.TransferAct{Reason: "安排"}, nil); err != nil {
			t.Fatal(err)
		}
		if calls("old") != 0 || calls("new") != 1 {
			t.Errorf("%d calls wait for the old rep, %d for the new one", calls("old"), calls("new"))
		}
		f, err := s.LoadDoctor(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		turn := newTurn("oA", 2, "m2")
		turn.Doctor, turn.Colleague = f.Doctor, store.ColleagueNone
		commit(t, s, turn)
		var row store.Attendance
		if err := s.DB(t.Context()).Take(&row, "doctor = ?", id).Error; err != nil || row.FollowRep != "" {
			t.Errorf("the refused rep is to call: %+v, %v", row, err)
		}
	})
}

// Whoever has lost a rep is found among any number of doctors who never had one.
func TestPoolByCause(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		withReps(t, s, "old", "new")
		var ids []string
		for _, openID := range []string{"oA", "oB"} {
			id := knownDoctor(t, s, openID, true, func(turn *store.Turn) { turn.Doctor.Level = store.LevelVerified })
			file, err := s.LoadDoctor(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			owner := ""
			if openID == "oB" {
				owner = "old"
			}
			if n, err := s.SaveDerived(t.Context(), []store.Derived{{Doctor: id, Mark: file.RefreshAt, Facets: store.Facets{Owner: owner}}}); n != 1 || err != nil {
				t.Fatalf("%d derived, %v", n, err)
			}
			ids = append(ids, id)
		}
		proposed(t, s, "old", store.DepartLeft, ids[1])
		if rows, all, err := s.Pool(t.Context(), 1); err != nil || all != 2 || rows[0].Doctor != ids[0] || rows[0].Cause != store.AlonePool {
			t.Errorf("%d: %+v, %v", all, rows, err)
		}
		if rows, all, err := s.Pool(t.Context(), 1, store.AloneLeft, store.AloneRefused); err != nil || all != 1 || rows[0].Doctor != ids[1] || rows[0].Cause != store.AloneLeft {
			t.Errorf("%d: %+v, %v", all, rows, err)
		}
	})
}
