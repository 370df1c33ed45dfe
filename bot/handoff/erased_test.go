package handoff

import (
	"errors"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// gone is a turn with which the doctor leaves.
func gone(turn *store.Turn) {
	turn.Doctor = turn.Doctor.Wiped()
	turn.WithdrawLeads, turn.CancelEffects, turn.Erase = "unfollowed", true, store.EraseUnfollow
}

// TestErasedDoctorIsTakenFromTheReps: reps are told which lead is meant without a word about the doctor; those who have not heard of it never do.
func TestErasedDoctorIsTakenFromTheReps(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("a", "张三", "all")
		h.rep("b", "李四", "all")
		held, open := h.lead("o1"), h.lead("o2")
		h.sweep()
		h.deliver()
		h.press(held, "a", keyAccept, nil)
		h.deliver()
		unheard := h.lead("o3")
		h.sweep() // not delivered
		for _, openID := range []string{"o1", "o2", "o3"} {
			h.turn(openID, gone)
		}
		if got := h.press(open, "b", keyAccept, nil); got != "医生的资料已删除，无需跟进" {
			t.Errorf("press answers %q", got)
		}
		h.sweep()
		h.sweep()
		sent := h.deliver()
		text := body[store.RepText](t, h.one(sent, store.RepLane("a"), store.KindRepText)).Text
		if !strings.Contains(text, "希望当面交流") || !strings.Contains(text, "请不要再联系") {
			t.Errorf("the owner reads %q", text)
		}
		for _, e := range sent {
			if words := string(e.Body); strings.Contains(words, "王") || strings.Contains(words, "协和") || strings.Contains(e.Key, unheard) {
				t.Errorf("%s to %s: %s", e.Kind, e.Lane, words)
			}
		}
		if len(sent) != 3 { // the owner's text, and the open card at both reps
			t.Errorf("sent %v", kinds(sent))
		}
		if w := h.at(held); w.Who.ID != "" || w.Wish+w.Note+w.Why != "" || w.Status != store.LeadWithdrawn {
			t.Errorf("lead %+v", w)
		}
		if _, err := h.desk.Brief(t.Context(), held, "a"); !errors.Is(err, ErrEnded) || h.desk.Explain(err) != "医生的资料已删除，无需跟进" {
			t.Errorf("brief: %v", err)
		}
		no, err := h.desk.ReportHeard(t.Context(), Heard{Lead: held, Rep: "a", What: "皮疹"})
		if err != nil {
			t.Fatalf("a safety report is kept back: %v", err)
		}
		if again, err := h.desk.ReportHeard(t.Context(), Heard{Lead: held, Rep: "a", What: "皮疹"}); err != nil || again != no {
			t.Errorf("sent again: %s, %v", again, err)
		}
		if c, err := s.Case(t.Context(), no); err != nil || !strings.Contains(c.Words, "皮疹") {
			t.Errorf("case %+v, %v", c, err)
		}
	})
}

// TestErasedVisit: a lead that was visited and closed shows nothing of the doctor any more.
func TestErasedVisit(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	lead := h.accepted("o1")
	r := goodReport(lead, "a")
	r.Note, r.NextStep = "王主任喜欢下午", "给王主任送资料"
	if _, err := h.desk.FileVisit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	h.turn("o1", gone)
	if _, err := h.desk.Brief(t.Context(), lead, "a"); !errors.Is(err, ErrEnded) {
		t.Errorf("brief: %v", err)
	}
	rec, err := s.LeadRecord(t.Context(), lead)
	if err != nil || rec.Visit == nil || rec.Visit.Result != ResultMet || rec.Visit.Note+rec.Visit.NextStep != "" || rec.Lead.Status != store.LeadClosed {
		t.Errorf("record %+v, %v", rec, err)
	}
}
