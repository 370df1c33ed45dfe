package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestRetract marks an answer that the doctor took back, in this talk only, and not the new one.
func TestRetract(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, newTurn("oA", 1, "m1"))
		other := newTurn("oA", 2, "m2")
		other.Answers[0].Question, other.Answers[0].Talk = "q1", 2
		commit(t, s, other)
		again := newTurn("oA", 3, "m3")
		again.Answers[0].Question = "q1"
		again.Retract = []store.Retract{{Talk: 1, Question: "q1"}}
		commit(t, s, again)
		var seqs []int64
		if err := s.DB(t.Context()).Model(&store.Answer{}).Where("retracted_at > 0").Pluck("seq", &seqs).Error; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{1}, seqs); diff != "" {
			t.Errorf("retracted (-want +got):\n%s", diff)
		}
	})
}

// TestBlank: after a refusal nothing of the talk is left but ids, times and the state that the conversation goes on with.
func TestBlank(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for seq := int64(1); seq <= 3; seq++ {
			turn := newTurn("oA", seq, fmt.Sprint("m", seq))
			turn.Answers, turn.Portrait = nil, nil
			if seq == 3 {
				turn.Blank = 2
			}
			commit(t, s, turn)
		}
		commit(t, s, newTurn("oB", 2, "n2"))
		var rows []store.Journal
		if err := s.DB(t.Context()).Order("conversation, seq").Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, r := range rows {
			got[r.MessageKey] = fmt.Sprintf("%d %d %d", len(r.Event), len(r.State), len(r.Reply))
		}
		const seal = 40 // mark, key, nonce and tag
		full := fmt.Sprintf("%d %d %d", 20+seal, 10+seal, 18+seal)
		if diff := cmp.Diff(map[string]string{"m1": full, "m2": "0 0 0", "m3": strings.Replace(full, "60", "0", 1), "n2": full}, got); diff != "" {
			t.Errorf("sizes of event, state and reply (-want +got):\n%s", diff)
		}
		again := newTurn("oA", 4, "m2")
		if c := commit(t, s, again); !c.Duplicate || c.Seq != 2 || len(c.Reply) != 0 {
			t.Errorf("resend of a blanked message: %+v", c)
		}
	})
}

// TestInviteRace lets ten doctors use a code with three uses at once, on two instances.
func TestInviteRace(t *testing.T) {
	twoInstances(t, func(t *testing.T, a, b *store.Store) {
		if err := a.AddInvite(t.Context(), store.Invite{Code: "VR2026", MaxUses: 3}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		used := 0
		for i := range 10 {
			wg.Go(func() {
				turn := newTurn(fmt.Sprint("o", i), 1, fmt.Sprint("m", i))
				turn.Invite = "VR2026"
				_, err := []*store.Store{a, b}[i%2].CommitTurn(t.Context(), turn)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					used++
				case !errors.Is(err, store.ErrInviteUsed):
					t.Errorf("turn %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		ok, err := a.InviteOK(t.Context(), "VR2026")
		if used != 3 || ok || err != nil {
			t.Errorf("used %d times, still good %v, %v", used, ok, err)
		}
		if n := count(t, a, &store.Journal{}, "1 = 1"); n != 3 {
			t.Errorf("%d turns kept, want 3", n)
		}
	})
}

func TestInvites(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for _, in := range []store.Invite{{Code: "GOOD"}, {Code: "PAST", ExpiresAt: 1}, {Code: "GOOD", MaxUses: 9}} {
			if err := s.AddInvite(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		for code, want := range map[string]bool{"GOOD": true, "PAST": false, "NONE": false, " good": true} {
			if ok, err := s.InviteOK(t.Context(), code); ok != want || err != nil {
				t.Errorf("%s: %v, %v", code, ok, err)
			}
		}
		turn := newTurn("oA", 1, "m1")
		turn.Invite = "GOOD"
		commit(t, s, turn)
		if ok, err := s.InviteOK(t.Context(), "GOOD"); ok || err != nil {
			t.Errorf("used code: %v, %v", ok, err)
		}
	})
}

func leadTurn(openID string, seq int64, key, id string) *store.Turn {
	turn := newTurn(openID, seq, key)
	turn.Leads = []store.Lead{{ID: id, Doctor: turn.Doctor.ID, Kind: "visit", Level: "hot", Why: "想约时间", Lines: "[]"}}
	return turn
}

// TestLeadOpensOnce: a second wish of the same kind makes no second lead while the first is open.
func TestLeadOpensOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, leadTurn("oA", 1, "m1", "L1"))
		commit(t, s, leadTurn("oA", 2, "m2", "L2"))
		commit(t, s, leadTurn("oB", 1, "n1", "L3"))
		gone := newTurn("oA", 3, "m3")
		gone.WithdrawLeads = "退订"
		commit(t, s, gone)
		commit(t, s, gone)
		commit(t, s, leadTurn("oA", 4, "m4", "L4"))
		var leads []store.Lead
		var moves []store.LeadMove
		if err := s.DB(t.Context()).Order("id").Find(&leads).Error; err != nil {
			t.Fatal(err)
		}
		if err := s.DB(t.Context()).Order("lead_id, n").Find(&moves).Error; err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range leads {
			got = append(got, fmt.Sprint(l.ID, " ", l.Status, " ", l.OpenKey != nil, " ", l.Version, " ", l.Reason))
		}
		for _, m := range moves {
			got = append(got, fmt.Sprint(m.Lead, " ", m.N, " ", m.Event, " ", m.Status, " ", m.Reason))
		}
		want := []string{
			"L1 withdrawn false 2 退订", "L3 new true 1 ", "L4 new true 1 ",
			"L1 1 open new 想约时间", "L1 2 withdraw withdrawn 退订", "L3 1 open new 想约时间", "L4 1 open new 想约时间",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("leads and moves (-want +got):\n%s", diff)
		}
	})
}

// TestContentIsGivenOnce: what is given already, or on its way from elsewhere, is dropped together with its effect.
func TestContentIsGivenOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for seq := int64(1); seq <= 2; seq++ {
			turn := newTurn("oA", seq, fmt.Sprint("m", seq))
			news, text := effect(turn, 1), effect(turn, 2)
			turn.Effects = []store.Effect{news, text}
			turn.Sent = []store.Sent{{Doctor: turn.Doctor.ID, Content: "c1", Effect: news.Key, At: 5}}
			commit(t, s, turn)
		}
		if n := count(t, s, &store.Effect{}, "1 = 1"); n != 3 {
			t.Errorf("%d effects, want the content once and both texts", n)
		}
		if n := count(t, s, &store.Sent{}, "1 = 1"); n != 1 {
			t.Errorf("%d sent rows", n)
		}
	})
}

// TestCaseKeepsWhatPeopleDid: the intake fills a case and never undoes an acknowledgement.
func TestCaseKeepsWhatPeopleDid(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oA", 1, "m1")
		turn.Cases = []store.Case{{No: "AE1", Doctor: turn.Doctor.ID, Status: store.CaseOpen, Words: "头晕", OpenedAt: 7}}
		commit(t, s, turn)
		same := newTurn("oA", 2, "m2")
		same.Cases = turn.Cases
		commit(t, s, same)
		if err := s.AcknowledgeCase(t.Context(), "AE1", "pv"); err != nil {
			t.Fatal(err)
		}
		full := newTurn("oA", 3, "m3")
		full.Cases = []store.Case{{No: "AE1", Doctor: turn.Doctor.ID, Status: store.CaseReported, Words: "other", Product: "达保星", Complete: true, OpenedAt: 9}}
		commit(t, s, full)
		var c store.Case
		if err := s.DB(t.Context()).Take(&c).Error; err != nil {
			t.Fatal(err)
		}
		if c.Status != store.CaseAcknowledged || c.AcknowledgedBy != "pv" || c.Words != "头晕" || c.OpenedAt != 7 || c.Product != "达保星" || !c.Complete {
			t.Errorf("case %+v", c)
		}
	})
}

// TestLongNames: what people typed is cut to the column, characters stay whole.
func TestLongNames(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oA", 1, "m1")
		for range 200 {
			turn.Doctor.Name += "欧😀"
		}
		commit(t, s, turn)
		f, err := s.LoadDoctor(t.Context(), turn.Doctor.ID)
		if err != nil || len([]rune(f.Name)) != 64 {
			t.Errorf("name of %d characters, %v", len([]rune(f.Name)), err)
		}
	})
}
