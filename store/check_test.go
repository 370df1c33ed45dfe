package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// wangOfTheList adds a doctor of master data who does not follow.
func wangOfTheList(t *testing.T, s *store.Store, key, department string) string {
	t.Helper()
	id := addDoctor(t, s, store.Doctor{OpenID: "list-" + key, Name: "王建国", Hospital: "h1", HospitalName: "一院", Department: department, Phase: store.PhaseIdle}, nil)
	exec(t, s, "UPDATE doctors SET open_id = '', master_key = ? WHERE id = ?", key, id)
	return id
}

func onClock(t *testing.T, o store.Options, now *time.Time) *store.Store {
	o.Now = func() time.Time { return *now }
	return storetest.Open(t, o)
}

// TestMasterOf_OnlyOneFits: the one row of master data with name, hospital and department verifies; several, none, or one who is somebody else already do not.
func TestMasterOf_OnlyOneFits(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		me := knownDoctor(t, s, "me", false, nil)
		find := func(want string) {
			t.Helper()
			if id, err := s.MasterOf(t.Context(), me, "王建国", "h1", "心血管内科"); err != nil || id != want {
				t.Errorf("found %q, want %q, %v", id, want, err)
			}
		}
		find("")
		one := wangOfTheList(t, s, "k1", "心血管内科")
		find(one)
		wangOfTheList(t, s, "k2", "肾内科")
		find(one)
		second := wangOfTheList(t, s, "k3", "心血管内科")
		find("")
		exec(t, s, "UPDATE doctors SET merged_into = ? WHERE id = ?", one, second)
		find(one)
		exec(t, s, "UPDATE doctors SET open_id = 'oSomebody' WHERE id = ?", one)
		find("")
		exec(t, s, "UPDATE doctors SET merged_into = 'x' WHERE id = ?", one)
		exec(t, s, "UPDATE doctors SET name = '王建国', hospital = 'h1', department = '心血管内科', master_key = 'k9' WHERE id = ?", me)
		find(me)
		for _, missing := range [][3]string{{"", "h1", "d"}, {"王建国", "", "d"}, {"王建国", "h1", ""}} {
			if id, err := s.MasterOf(t.Context(), me, missing[0], missing[1], missing[2]); err != nil || id != "" {
				t.Errorf("%v found %q, %v", missing, id, err)
			}
		}
	})
}

// TestTurnVerifiedByMasterData makes one doctor of two in the transaction of the turn; of two followers who say that they are the same person, one does.
func TestTurnVerifiedByMasterData(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		master := wangOfTheList(t, s, "k1", "心血管内科")
		turn := func(openID string) *store.Turn {
			x := newTurn(openID, 1, openID)
			x.Doctor.Level, x.Master = store.LevelVerified, master
			x.Verify = &store.Verification{Doctor: x.Doctor.ID, Method: store.MethodMaster, Status: store.VerifyPassed, At: 10, DecidedAt: s.Now(), DecidedBy: store.MethodMaster}
			return x
		}
		first := turn("oFirst")
		commit(t, s, first)
		r := record(t, s, first.Doctor.ID)
		if d := r.Doctor; d.Level != store.LevelVerified || d.MasterKey == nil || *d.MasterKey != "k1" || d.VerifiedAt == 0 || d.ReverifyAt != d.VerifiedAt+store.ReverifyDefault.Milliseconds() {
			t.Errorf("doctor %+v", d)
		}
		checks, err := s.Checks(t.Context(), first.Doctor.ID)
		if err != nil || len(checks) != 1 || checks[0].Method != store.MethodMaster || checks[0].Level != store.LevelVerified || checks[0].Until != r.Doctor.ReverifyAt {
			t.Errorf("checks %+v, %v", checks, err)
		}
		if _, err := s.CommitTurn(t.Context(), turn("oSecond")); !errors.Is(err, store.ErrFactsStale) {
			t.Errorf("a second follower became the same person: %v", err)
		}
		if n := count(t, s, &store.Doctor{}, "level = ?", store.LevelVerified); n != 1 {
			t.Errorf("%d verified", n)
		}
	})
}

// TestRefusedWithReason: the doctor is told why, and may apply again after thirty days.
func TestRefusedWithReason(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := waiting(t, s, "o1", unchanged)
		if err := s.AskProof(t.Context(), id, store.ProofLicence, "anna"); err != nil {
			t.Fatal(err)
		}
		if rows := worklist(t, s); len(rows) != 1 || rows[0].Asked != store.ProofLicence {
			t.Errorf("worklist %+v", rows)
		}
		for proof, want := range map[string]error{"passport": store.ErrNotFound, store.ProofRep: nil} {
			if err := s.AskProof(t.Context(), id, proof, "anna"); !errors.Is(err, want) {
				t.Errorf("%s: %v", proof, err)
			}
		}
		if err := s.VerifyDoctor(t.Context(), id, store.Judgement{Actor: "anna", Reason: "编码查无此人"}); err != nil {
			t.Fatal(err)
		}
		r := record(t, s, id)
		texts := told(t, r)
		if len(texts) != 3 || !strings.Contains(texts[0], "原因：编码查无此人。") || !strings.Contains(texts[2], "执业证书编码") {
			t.Errorf("told %v", texts)
		}
		if v := r.Verification; v.Reason != "编码查无此人" || v.Asked != "" || r.Doctor.ReverifyAt < s.Now()+store.RejectedFor.Milliseconds()-60_000 {
			t.Errorf("verification %+v, again at %d", v, r.Doctor.ReverifyAt)
		}
		if err := s.AskProof(t.Context(), id, store.ProofRep, "anna"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("asking one who was refused: %v", err)
		}
		acts, err := s.Audits(t.Context(), "doctor:"+id, 10)
		if err != nil || len(acts) != 3 || acts[0].Action != "verify_refused" || acts[0].Reason == "" || acts[2].Action != "verify_ask" {
			t.Errorf("audit %+v, %v", acts, err)
		}
		checks, err := s.Checks(t.Context(), id)
		if err != nil || len(checks) != 1 || checks[0].Level != store.LevelRejected || checks[0].Actor != "anna" || checks[0].Evidence != "编码查无此人" {
			t.Errorf("checks %+v, %v", checks, err)
		}
	})
}

// TestPassedByAPersonAsSomebodyOfTheList: a person picks one of several.
func TestPassedByAPersonAsSomebodyOfTheList(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := waiting(t, s, "o1", func(turn *store.Turn) { turn.Doctor.Hospital, turn.Doctor.Department = "h1", "肾内科" })
		wangOfTheList(t, s, "k1", "心血管内科")
		near := wangOfTheList(t, s, "k2", "肾内科")
		alike, err := s.Alike(t.Context(), record(t, s, id).Doctor, 5)
		if err != nil || len(alike) != 2 || alike[0].ID != near {
			t.Fatalf("alike %+v, %v", alike, err)
		}
		if err := s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Actor: "anna", Master: near}); err != nil {
			t.Fatal(err)
		}
		r := record(t, s, id)
		checks, err := s.Checks(t.Context(), id)
		if err != nil || len(checks) != 1 || checks[0].Method != store.MethodMaster || r.Doctor.MasterKey == nil || *r.Doctor.MasterKey != "k2" || r.Doctor.Level != store.LevelVerified {
			t.Errorf("%+v, %+v, %v", r.Doctor, checks, err)
		}
		other := waiting(t, s, "o2", unchanged)
		if err := s.VerifyDoctor(t.Context(), other, store.Judgement{Passed: true, Actor: "anna", Master: near}); !errors.Is(err, store.ErrMerge) {
			t.Errorf("two doctors are one row: %v", err)
		}
		if l := record(t, s, other).Doctor.Level; l != store.LevelDeclared {
			t.Errorf("level %d after a merge that failed", l)
		}
	})
}

// TestRepConfirms: so many in a day and a week; beyond it a second person agrees, and both names stand in the history.
func TestRepConfirms(t *testing.T) {
	for name, o := range addresses(t) {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
			s := onClock(t, o, &now)
			n := 0
			confirm := func(second string) error {
				n++
				id := waiting(t, s, fmt.Sprint("o", n), unchanged)
				return s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Method: store.MethodRep, Actor: "wang", Second: second, Reason: "门诊三楼"})
			}
			done := 0
			for range 3 {
				for range store.RepConfirmsDay {
					if err := confirm(""); err == nil {
						done++
					} else if !errors.Is(err, store.ErrManyConfirmed) {
						t.Fatal(err)
					}
				}
				if err := confirm(""); !errors.Is(err, store.ErrManyConfirmed) {
					t.Errorf("one more on %s: %v", now.Format(time.DateOnly), err)
				}
				now = now.Add(25 * time.Hour)
			}
			if done != store.RepConfirmsWeek {
				t.Errorf("%d in the week, want %d", done, store.RepConfirmsWeek)
			}
			if err := confirm("boss"); err != nil {
				t.Fatal(err)
			}
			checks, err := s.Checks(t.Context(), store.DoctorID(storetest.Account, fmt.Sprint("o", n)))
			if err != nil || len(checks) != 1 || checks[0].Actor != "wang" || checks[0].Second != "boss" || checks[0].Evidence != "门诊三楼" {
				t.Errorf("checks %+v, %v", checks, err)
			}
			now = now.Add(8 * 24 * time.Hour)
			if err := confirm(""); err != nil {
				t.Errorf("a week later: %v", err)
			}
			if err := s.VerifyDoctor(t.Context(), waiting(t, s, "oByDesk", unchanged), store.Judgement{Passed: true, Actor: "wang"}); err != nil {
				t.Errorf("looking up a licence counts as meeting: %v", err)
			}
		})
	}
}

// TestRepConfirmsAtOnce: a person who confirms twenty doctors in one moment confirms as many as in a day, not more.
func TestRepConfirmsAtOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		if err := s.AddUser(t.Context(), store.User{Name: "wang", Role: store.RoleRep}, "test"); err != nil {
			t.Fatal(err)
		}
		ids := make([]string, 4*store.RepConfirmsDay)
		for i := range ids {
			ids[i] = waiting(t, s, fmt.Sprint("o", i), unchanged)
		}
		var done atomic.Int64
		var wg sync.WaitGroup
		for _, id := range ids {
			wg.Go(func() {
				err := s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Method: store.MethodRep, Actor: "wang", Reason: "门诊三楼"})
				switch {
				case err == nil:
					done.Add(1)
				case !errors.Is(err, store.ErrManyConfirmed):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if done.Load() != store.RepConfirmsDay {
			t.Errorf("%d confirmed, want %d", done.Load(), store.RepConfirmsDay)
		}
	})
}

// TestLapseVerified: after a year the level is gone, once, wherever the job runs; verifying again lifts it for another year.
func TestLapseVerified(t *testing.T) {
	for name, o := range addresses(t) {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
			s := onClock(t, o, &now)
			lapse := func(want int) {
				t.Helper()
				if n, err := s.LapseVerified(t.Context(), 50); err != nil || n != want {
					t.Errorf("%d lapsed, want %d, %v", n, want, err)
				}
			}
			id, refused := waiting(t, s, "o1", unchanged), waiting(t, s, "o2", unchanged)
			for doctor, passed := range map[string]bool{id: true, refused: false} {
				if err := s.VerifyDoctor(t.Context(), doctor, store.Judgement{Passed: passed, Actor: "anna", Reason: "核对"}); err != nil {
					t.Fatal(err)
				}
			}
			now = now.Add(store.ReverifyDefault - time.Second)
			lapse(0)
			now = now.Add(time.Second)
			lapse(1)
			lapse(0)
			r := record(t, s, id)
			if d := r.Doctor; d.Level != store.LevelDeclared || d.VerifiedAt == 0 || d.ReverifyAt != 0 || r.Verification.Status != store.VerifyLapsed {
				t.Errorf("%+v, %+v", d, r.Verification)
			}
			decided, err := s.DecidedSince(t.Context(), now.UnixMilli()-1)
			if err != nil || len(decided) != 1 || decided[0].Level != store.LevelDeclared {
				t.Errorf("the menu hears of %+v, %v", decided, err)
			}
			if rows := worklist(t, s); len(rows) != 0 {
				t.Errorf("worklist %+v", rows)
			}
			now = now.Add(time.Hour)
			if err := s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Actor: "anna"}); err != nil {
				t.Fatal(err)
			}
			checks, err := s.Checks(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			var levels []int
			for _, c := range checks {
				levels = append(levels, c.Level)
			}
			if diff := cmp.Diff([]int{store.LevelVerified, store.LevelDeclared, store.LevelVerified}, levels); diff != "" {
				t.Error(diff)
			}
			if l := record(t, s, refused).Doctor.Level; l != store.LevelRejected {
				t.Errorf("the rejected one is at level %d", l)
			}
		})
	}
}

// TestSameLicenceTwice: a number belongs to one person, and equality is found without opening anything.
func TestSameLicenceTwice(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, gives("oA", 1, "licence_no", licence, licence))
		commit(t, s, gives("oB", 1, "licence_no", licence, licence))
		commit(t, s, gives("oC", 1, "licence_no", "110110000000002", "110110000000002"))
		for openID, want := range map[string]int64{"oA": 1, "oB": 1, "oC": 0} {
			if n, err := s.SameSecret(t.Context(), store.DoctorID(storetest.Account, openID), "licence_no"); err != nil || n != want {
				t.Errorf("%s: %d others, %v", openID, n, err)
			}
		}
	})
}
