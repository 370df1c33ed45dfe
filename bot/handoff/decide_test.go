package handoff

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestFirstPressWins(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		reps := []string{"a", "b", "c"}
		for _, r := range reps {
			h.rep(r, "代表"+r, "all")
		}
		lead := h.lead("o1")
		h.sweep()
		h.deliver()
		answers := make([]string, 24)
		var wg sync.WaitGroup
		for i := range answers {
			task := h.offer(lead, reps[i%3]).Task
			wg.Go(func() {
				a, err := h.desk.Press(t.Context(), reps[i%3], keyAccept, task, nil)
				if err != nil {
					t.Error(err)
				}
				answers[i] = a.Text
			})
		}
		wg.Wait()
		winner := h.at(lead).Rep
		for i, got := range answers {
			want := "已由代表" + winner + "接受"
			if reps[i%3] == winner {
				want = "您已接受，请点击查看简报"
			}
			if got != want {
				t.Errorf("press of %s answers %q, want %q", reps[i%3], got, want)
			}
		}
		w := h.want(lead, store.LeadAccepted, winner)
		if w.AcceptedAt == 0 || w.Version != 3 {
			t.Errorf("lead %+v", w.Lead)
		}
		sent := h.deliver()
		if len(sent) != 4 { // brief, doctor, two lost cards
			t.Errorf("sent %v", kinds(sent))
		}
		for _, r := range reps {
			o := h.offer(lead, r)
			if r == winner {
				text := body[store.RepText](t, h.one(sent, store.RepLane(r), store.KindRepText)).Text
				if o.Status != store.OfferAccepted || !strings.Contains(text, "https://vrep.example.com/h/") || strings.Contains(text, "王建国") {
					t.Errorf("winner: %s, %q", o.Status, text)
				}
				continue
			}
			u := body[store.CardUpdate](t, h.one(sent, store.RepLane(r), store.KindCardUpdate))
			if o.Status != store.OfferLost || u.Text != "已由代表"+winner+"接受" || u.ResponseCode != o.ResponseCode || u.UserID != r {
				t.Errorf("loser %s: %s, %+v", r, o.Status, u)
			}
		}
	})
}

func TestDoctorIsToldOnlyWhatWasPromised(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	h.rep("a", "欧阳春", "all")
	for open, edit := range map[string]func(*store.Turn){
		"asked":  func(turn *store.Turn) {},
		"scored": func(turn *store.Turn) { turn.Leads[0].Explicit = false },
		"gone":   func(turn *store.Turn) { turn.Doctor.Followed = false },
		"quiet":  func(turn *store.Turn) { turn.Doctor.OptedOut = true },
	} {
		doctor := h.turn(open, func(turn *store.Turn) {
			turn.Leads = []store.Lead{{ID: leadID(open), Doctor: turn.Doctor.ID, Kind: "f2f_request", Explicit: true, Lines: "[]", Points: 71}}
			edit(turn)
		})
		h.sweep()
		h.press(leadID(open), "a", keyAccept, nil)
		var told []string
		for _, e := range h.deliver() {
			if e.Lane == store.DoctorLane(doctor.ID) {
				text := body[store.Text](t, e)
				if text.OpenID != open {
					t.Errorf("%s: message to another doctor", open)
				}
				told = append(told, text.Text)
			}
		}
		switch {
		case open != "asked" && len(told) > 0:
			t.Errorf("%s: told %v", open, told)
		case open == "asked" && (len(told) != 1 || told[0] != "王建国老师您好，我们的医药信息同事欧阳代表已接到您的预约，会尽快与您联系。"):
			t.Errorf("%s: told %v", open, told)
		}
	}
}

func TestUnsentCardIsTakenBack(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("a", "张三", "all")
		h.rep("b", "李四", "all")
		lead := h.lead("o1")
		h.sweep() // nothing delivered: b has seen nothing
		h.press(lead, "a", keyAccept, nil)
		for _, e := range h.deliver() {
			if e.Lane == store.RepLane("b") {
				t.Errorf("b is sent a %s about a lead that was gone", e.Kind)
			}
		}
		if got := h.offer(lead, "b").Status; got != store.OfferLost {
			t.Errorf("b's offer is %s", got)
		}
	})
}

func TestCardOnItsWayIsFollowedByText(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("a", "张三", "all")
		h.rep("b", "李四", "all")
		lead := h.lead("o1")
		h.sweep()
		flying, err := s.ClaimEffects(t.Context(), "slow", 10, 1<<40)
		if err != nil || len(flying) != 2 {
			t.Fatalf("claimed %d, %v", len(flying), err)
		}
		h.press(lead, "a", keyAccept, nil)
		for _, e := range flying {
			if err := s.FinishEffect(t.Context(), e, store.EffectResult{Status: store.EffectDone, Class: "ok", ResponseCode: "late"}); err != nil {
				t.Fatal(err)
			}
		}
		text := body[store.RepText](t, h.one(h.deliver(), store.RepLane("b"), store.KindRepText)).Text
		if text != "王老师（北京协和医院）的线索已由张三接受，您无需处理。" {
			t.Errorf("b reads %q", text)
		}
	})
}

func TestDeclineGoesToTheNext(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("a", "张三", "hospital:pumch")
		h.rep("b", "李四", "hospital:pumch")
		h.rep("c", "王五", "all")
		lead := h.lead("o1")
		h.sweep()
		h.deliver()
		if got := h.press(lead, "a", keyDecline, map[string]string{keyReason: "busy"}); got != "您已拒绝：近期没有时间" {
			t.Errorf("press answers %q", got)
		}
		h.want(lead, store.LeadAssigned, "")
		if got := h.press(lead, "a", keyAccept, nil); got != "这条线索没有派给您" {
			t.Errorf("accepting after declining answers %q", got)
		}
		h.press(lead, "b", keyDecline, nil)
		w := h.want(lead, store.LeadNew, "")
		if w.Reason != "未说明原因" {
			t.Errorf("reason %q", w.Reason)
		}
		h.sweep()
		h.want(lead, store.LeadAssigned, "")
		if got := h.offeredTo(lead); len(got) != 1 || got[0] != "c" {
			t.Errorf("offered to %v", got)
		}
		h.deliver()
		h.press(lead, "c", keyDecline, map[string]string{keyReason: "territory"})
		h.sweep()
		w = h.want(lead, store.LeadNew, "")
		want := "负责这家医院的同事都已拒绝：张三 近期没有时间、李四 未说明原因、王五 不是我负责的医院"
		if w.Reason != want {
			t.Errorf("the board says %q, want %q", w.Reason, want)
		}
		h.rep("d", "赵六", "all")
		h.sweep()
		if got := h.offeredTo(lead); len(got) != 1 || got[0] != "d" {
			t.Errorf("offered to %v", got)
		}
	})
}

func TestAllDeclineAtOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		reps := []string{"a", "b", "c", "d", "e"}
		for _, r := range reps {
			h.rep(r, r, "all")
		}
		lead := h.lead("o1")
		h.sweep()
		var wg sync.WaitGroup
		for _, r := range reps {
			wg.Go(func() {
				if err := h.desk.Decline(t.Context(), lead, r, "busy"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		h.want(lead, store.LeadNew, "")
	})
}

func TestGivingBack(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	h.rep("a", "张三", "all")
	h.rep("b", "李四", "all")
	lead := h.lead("o1")
	h.sweep()
	h.deliver()
	h.press(lead, "a", keyAccept, nil)
	if err := h.desk.Accept(t.Context(), lead, "a"); err != nil {
		t.Errorf("accepting twice: %v", err)
	}
	var taken ErrTaken
	if err := h.desk.Decline(t.Context(), lead, "b", ""); !errors.As(err, &taken) || taken.By != "张三" {
		t.Errorf("declining another's lead: %v", err)
	}
	if err := h.desk.Decline(t.Context(), lead, "a", "临时出差"); err != nil {
		t.Fatal(err)
	}
	h.want(lead, store.LeadNew, "")
	h.deliver()
	h.sweep()
	if got := h.offeredTo(lead); len(got) != 1 || got[0] != "b" {
		t.Fatalf("offered to %v", got)
	}
	card := h.one(h.deliver(), store.RepLane("b"), store.KindCard) // a second card, for the second round
	if body[store.Card](t, card).Task != h.offer(lead, "b").Task {
		t.Error("the card is not the offer's")
	}
	h.press(lead, "b", keyAccept, nil)
	h.want(lead, store.LeadAccepted, "b")
	r, err := s.LeadRecord(t.Context(), lead)
	if err != nil {
		t.Fatal(err)
	}
	var story []string
	for _, m := range r.Moves {
		story = append(story, fmt.Sprintf("%d %s %s", m.N, m.Event, m.Status))
	}
	want := "1 open new, 2 assign assigned, 3 accept accepted, 4 decline new, 5 assign assigned, 6 accept accepted"
	if got := strings.Join(story, ", "); got != want {
		t.Errorf("history %s", got)
	}
}

func TestStrangersAndUnknownCards(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	h.rep("a", "张三", "hospital:pumch")
	h.rep("x", "外人", "hospital:other")
	lead := h.lead("o1")
	h.sweep()
	for _, err := range []error{
		h.desk.Accept(t.Context(), lead, "x"), h.desk.Decline(t.Context(), lead, "x", ""), h.desk.Accept(t.Context(), "nolead", "a"),
		h.desk.Accept(t.Context(), lead, "nobody"),
	} {
		if !errors.Is(err, ErrNotYours) {
			t.Errorf("got %v, want ErrNotYours", err)
		}
	}
	for _, c := range [][2]string{{keyAccept, "other-task"}, {keyAccept, ""}, {"book", h.offer(lead, "a").Task}} {
		a, err := h.desk.Press(t.Context(), "a", c[0], c[1], nil)
		if a.Text != "" || err != nil {
			t.Errorf("Press(%v) = %+v, %v", c, a, err)
		}
	}
	if _, err := h.desk.Brief(t.Context(), lead, "x"); !errors.Is(err, ErrNotYours) {
		t.Errorf("a stranger's brief: %v", err)
	}
	h.want(lead, store.LeadAssigned, "")
}

func TestWithdrawnLeadIsTakenBackOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("a", "张三", "all")
		h.rep("b", "李四", "all")
		open, held := h.lead("o1"), h.lead("o2")
		h.sweep()
		h.deliver()
		h.press(held, "a", keyAccept, nil)
		h.deliver()
		for _, openID := range []string{"o1", "o2"} {
			h.turn(openID, func(turn *store.Turn) {
				turn.Doctor.Followed, turn.WithdrawLeads, turn.CancelEffects = false, "取消关注", true
			})
		}
		if got := h.press(open, "b", keyAccept, nil); got != "医生已撤回，无需跟进" {
			t.Errorf("press answers %q", got)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := newDesk(s).Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		sent := h.deliver()
		if len(sent) != 3 {
			t.Errorf("sent %v", kinds(sent))
		}
		for _, r := range []string{"a", "b"} {
			if u := body[store.CardUpdate](t, h.one(sent, store.RepLane(r), store.KindCardUpdate)); u.Text != "医生已撤回，无需跟进" {
				t.Errorf("%s reads %q", r, u.Text)
			}
		}
		if text := body[store.RepText](t, h.one(sent, store.RepLane("a"), store.KindRepText)).Text; !strings.Contains(text, "已撤回") {
			t.Errorf("the owner reads %q", text)
		}
		for _, l := range []string{open, held} {
			h.at(l)
			for _, r := range []string{"a", "b"} {
				if o := h.offer(l, r); o.Status != store.OfferLost {
					t.Errorf("offer of %s is %s", r, o.Status)
				}
				if _, err := h.desk.Brief(t.Context(), l, r); !errors.Is(err, ErrEnded) {
					t.Errorf("brief of a withdrawn lead: %v", err)
				}
			}
		}
		h.sweep()
		if more := h.deliver(); len(more) > 0 {
			t.Errorf("told again: %v", kinds(more))
		}
	})
}
