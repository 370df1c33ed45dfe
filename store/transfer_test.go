package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestWhoLooksAfterADoctor (property): through any row of transfers, refusals and leads, exactly those reps see the doctor who were given the doctor last, or took a
// lead since; before the first transfer all of the territory do. Lists, counts, the record and the proposals of a departure agree.
func TestWhoLooksAfterADoctor(t *testing.T) {
	reps := []string{"r1", "r2", "r3"}
	now := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = func() time.Time { return now } })
	for _, rep := range reps {
		if err := s.SaveRep(t.Context(), store.Rep{UserID: rep, Name: rep, Active: true, Team: "east"}); err != nil {
			t.Fatal(err)
		}
		if err := s.SetTerritories(t.Context(), rep, []store.Territory{{Kind: store.TerritoryAll}}); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		openID := fmt.Sprint("walk", n)
		id := knownDoctor(t, s, openID, true, nil)
		sees, seq, leads := slices.Clone(reps), int64(1), 0
		step := func() { now = now.Add(time.Minute) }
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			step()
			rep := rapid.SampledFrom(reps).Draw(rt, "rep")
			switch rapid.SampledFrom([]string{"give", "refuse", "lead"}).Draw(rt, "act") {
			case "give":
				p, err := s.ProposeTransfer(t.Context(), id, rep, store.TransferPool, "安排")
				if err != nil {
					rt.Fatal(err)
				}
				if p.From == rep {
					if _, err := s.DropTransfers(t.Context(), []string{p.ID}, "同一位"); err != nil {
						rt.Fatal(err)
					}
					continue
				}
				if done, err := s.ConfirmTransfers(t.Context(), []store.TransferPick{{ID: p.ID, To: rep}}, store.TransferAct{Reason: "安排"}, nil); err != nil || len(done) != 1 {
					rt.Fatalf("%d given, %v", len(done), err)
				}
				sees = []string{rep}
			case "refuse":
				seq++
				turn := newTurn(openID, seq, fmt.Sprint(openID, "-", seq))
				turn.Colleague, turn.Journal.ReceivedAt = store.ColleagueAnother, now.UnixMilli()
				turn.Doctor.Name = openID
				f, err := s.LoadDoctor(t.Context(), id)
				if err != nil {
					rt.Fatal(err)
				}
				turn.Doctor = f.Doctor
				hold, held := holdOf(t, s, id)
				commit(t, s, turn)
				if held && hold.Status != store.TransferRefused {
					sees = nil
				}
			case "lead":
				leads++
				lead := fmt.Sprint(openID, "-lead", leads)
				exec(t, s, "INSERT INTO leads (id, account, doctor, kind, status, level, explicit, points, score_lines, why, note, wish, rep, reason, outcome, version, due_at, created_at, accepted_at, visited_at, closed_at, updated_at) VALUES (?, ?, ?, 'f2f_request', 'closed', '', FALSE, 0, '[]', '', '', '', ?, '', '', 1, 0, ?, ?, 0, 0, 0)",
					lead, storetest.Account, id, rep, now.UnixMilli(), now.UnixMilli())
				if !slices.Contains(sees, rep) {
					sees = append(sees, rep)
				}
			}
			step()
			for _, rep := range reps {
				if seen, err := s.SeesDoctor(as(t, store.Viewer{Reach: store.ReachOwn, Rep: rep}), id); err != nil || seen != slices.Contains(sees, rep) {
					rt.Fatalf("%s sees the doctor: %v, want %v of %v (%v)", rep, seen, !seen, sees, err)
				}
			}
		}
		checkSight(t, rt, s, id, reps, sees)
	})
}

// holdOf is the transfer that decides about a doctor.
func holdOf(t *testing.T, s *store.Store, doctor string) (store.Transfer, bool) {
	t.Helper()
	var rows []store.Transfer
	if err := s.DB(t.Context()).Where("hold_key = ?", doctor).Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		return store.Transfer{}, false
	}
	return rows[0], true
}

// checkSight compares who comes to the doctor, by each way, with who should.
func checkSight(t *testing.T, rt *rapid.T, s *store.Store, id string, reps, sees []string) {
	t.Helper()
	for _, rep := range reps {
		ctx, want := as(t, store.Viewer{Reach: store.ReachOwn, Rep: rep}), slices.Contains(sees, rep)
		seen, err := s.SeesDoctor(ctx, id)
		_, errRecord := s.DoctorRecord(ctx, id)
		page, errPage := s.DoctorPage(ctx, store.DoctorQuery{Search: id, Size: 5})
		if err != nil || errPage != nil || seen != want || (errRecord == nil) != want || (page.Total == 1) != want {
			rt.Fatalf("%s: sees %v, record %v, %d listed, want %v of %v (%v %v)", rep, seen, errRecord, page.Total, want, sees, err, errPage)
		}
		board, err := s.LeadBoard(ctx, 500)
		if err != nil {
			rt.Fatal(err)
		}
		for _, l := range board {
			if l.Doctor == id && !want {
				rt.Fatalf("%s sees the lead %s", rep, l.ID)
			}
		}
		rows, err := s.Transfers(ctx, store.TransferQuery{Statuses: []string{store.TransferConfirmed, store.TransferContacted, store.TransferRefused, store.TransferProposed}, Limit: 10_000})
		if err != nil {
			rt.Fatal(err)
		}
		for _, r := range rows {
			if r.Doctor == id && !want {
				rt.Fatalf("%s sees the transfer %s", rep, r.ID)
			}
		}
		charges, err := s.ChargesOf(t.Context(), rep)
		if err != nil {
			rt.Fatal(err)
		}
		if slices.ContainsFunc(charges, func(c store.Charge) bool { return c.Doctor == id }) && !want {
			rt.Fatalf("%s would give the doctor away", rep)
		}
	}
}
