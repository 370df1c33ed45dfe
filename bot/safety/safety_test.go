package safety

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// statuses are all that a case can have.
var statuses = []string{store.CaseOpen, store.CaseReported, store.CaseAcknowledged, store.CaseJudged, store.CaseValid, store.CaseSent, store.CaseClosed}

// TestEveryMove: from every status the end can be reached, nothing skips the acknowledgement, and what is not listed is refused.
func TestEveryMove(t *testing.T) {
	events := []string{EventAcknowledge, EventJudge, EventSecond, EventDisagree, EventFollow, EventSend, EventClose, EventReopen}
	for _, from := range statuses {
		for _, e := range events {
			to, err := Next(from, e)
			if _, can := moves[from][e]; can != (err == nil) || err != nil && !errors.Is(err, ErrMove) {
				t.Errorf("%s %s: %q %v", from, e, to, err)
			}
			if err == nil && (from == store.CaseOpen || from == store.CaseReported) && to != store.CaseAcknowledged {
				t.Errorf("%s leads to %s without an acknowledgement", from, to)
			}
		}
		if from != store.CaseClosed && !reaches(from, store.CaseClosed, map[string]bool{}) {
			t.Errorf("%s never ends", from)
		}
	}
	if len(moves) != len(statuses) {
		t.Errorf("%d statuses in the table, want %d", len(moves), len(statuses))
	}
}

func reaches(from, to string, seen map[string]bool) bool {
	if from == to || from == store.CaseAcknowledged && to == store.CaseValid {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, next := range moves[from] {
		if reaches(next, to, seen) {
			return true
		}
	}
	return false
}

func TestWords(t *testing.T) {
	w := mustWords()
	for _, name := range []string{"death", "overdue", "mismatch"} {
		if !strings.Contains(w.say(name, "no", "AE-1", "day", "2026-11-22"), "登录工作台") {
			t.Errorf("%s says %q", name, w.say(name))
		}
	}
	for _, code := range []string{"death", "life", "hospital", "disability", "congenital", "important"} {
		if len(w.Serious[code]) == 0 {
			t.Errorf("no words for %s", code)
		}
	}
}

// desk is a desk on a store with one case of a doctor.
func desk(t *testing.T, s *store.Store, now func() time.Time, c store.Case) *Desk {
	t.Helper()
	id := store.DoctorID(storetest.Account, "o1")
	c.No, c.Doctor, c.Status, c.Fields, c.OpenedAt = "AE-1", id, store.CaseOpen, "{}", s.Now()
	_, err := s.CommitTurn(t.Context(), &store.Turn{
		Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: "k1", Kind: "text", Event: []byte("{}"), State: []byte("{}"), Reply: []byte("{}"), ReceivedAt: s.Now()},
		Doctor:  store.Doctor{ID: id, OpenID: "o1", Phase: store.PhaseIdle, Followed: true}, Cases: []store.Case{c},
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Store: s, Duty: []string{"pv1", "pv2"}, Now: now})
}

// TestPageOnce: a death is told to everybody on duty once, however often the desk looks, and no more once somebody has it.
func TestPageOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		d := desk(t, s, time.Now, store.Case{Death: true, Serious: true, Words: "没抢救过来"})
		for range 3 {
			if err := d.Page(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		claimed, err := s.ClaimEffects(t.Context(), "x", 10, time.Minute)
		if err != nil || len(claimed) != 2 {
			t.Fatalf("%d pages %v", len(claimed), err)
		}
		for _, e := range claimed {
			if body := string(e.Body); !strings.Contains(body, "AE-1") || strings.Contains(body, "抢救") {
				t.Errorf("page %s", body)
			}
		}
	})
}

// TestActs: what may follow what, in the store: acknowledgement, judgement, two people, the clock of the law, the history.
func TestActs(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		d := desk(t, s, time.Now, store.Case{Words: "头晕"})
		ctx := store.As(t.Context(), store.Viewer{Name: "a", Role: store.RoleSafety})
		if err := d.Judge(ctx, "AE-1", "a", Judgement{Verdict: store.VerdictNone, Reason: "r"}); !errors.Is(err, ErrMove) {
			t.Errorf("judged unseen: %v", err)
		}
		if err := d.Acknowledge(ctx, "AE-1", "a"); err != nil {
			t.Fatal(err)
		}
		if err := d.Judge(ctx, "AE-1", "a", Judgement{Verdict: store.VerdictNone}); !errors.Is(err, ErrReason) {
			t.Errorf("judged without a reason: %v", err)
		}
		if err := d.Judge(ctx, "AE-1", "a", Judgement{Verdict: store.VerdictNone, Reason: "r"}); !errors.Is(err, ErrReason) {
			t.Errorf("judged with a reason that says nothing: %v", err)
		}
		if err := d.Judge(ctx, "AE-1", "a", Judgement{Verdict: store.VerdictNone, Unlisted: true, Reason: "问的是别的药"}); err != nil {
			t.Fatal(err)
		}
		asked := proposals(t, s, ctx)
		if len(asked) != 1 || asked[0].Object != "AE-1" || asked[0].Actor != "a" || asked[0].Status != store.ApprovalOpen || !strings.Contains(string(asked[0].Body), store.VerdictNone) {
			t.Errorf("asked %+v", asked)
		}
		if err := d.Second(ctx, "AE-1", "a", "a"); !errors.Is(err, store.ErrSamePerson) {
			t.Errorf("closed alone: %v", err)
		}
		if err := d.Second(ctx, "AE-1", "c", "b"); !errors.Is(err, store.ErrMoved) {
			t.Errorf("closed on somebody else's judgement: %v", err)
		}
		if err := d.Judge(ctx, "AE-1", "a", Judgement{Verdict: store.VerdictIncomplete, Unlisted: true, Reason: "无法随访"}); err != nil {
			t.Fatal(err)
		}
		if asked = proposals(t, s, ctx); len(asked) != 2 || asked[0].Status != store.ApprovalOpen || asked[1].Status != store.ApprovalRefused {
			t.Errorf("judged anew: %+v", asked)
		}
		row, err := s.Case(ctx, "AE-1")
		if err != nil || row.Status != store.CaseJudged || row.LegalAt-row.OpenedAt != store.LegalSerious.Milliseconds() {
			t.Errorf("%+v %v", row.Case, err)
		}
		if err := d.Second(ctx, "AE-1", "a", "b"); err != nil {
			t.Fatal(err)
		}
		if err := d.Reopen(ctx, "AE-1", "b", "又有新情况"); err != nil {
			t.Fatal(err)
		}
		f, err := s.CaseFile(ctx, "AE-1")
		if err != nil || len(f.History) != 6 || f.Verdict != "" || f.Status != store.CaseAcknowledged {
			t.Errorf("%+v %v", f, err)
		}
		if err := d.Acknowledge(ctx, "AE-9", "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no such case: %v", err)
		}
	})
}

// proposals are what was asked of a second person, open ones first.
func proposals(t *testing.T, s *store.Store, ctx context.Context) []store.Approval {
	t.Helper()
	rows, err := s.Approvals(ctx, []string{store.ActCaseClose}, 10)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestClocks: death at once, new or serious 15 days, others 30; a doubt about quality that harmed nobody one day.
func TestClocks(t *testing.T) {
	for _, tt := range []struct {
		c    store.Case
		days int64
	}{{store.Case{Death: true}, 0}, {store.Case{Serious: true}, 15}, {store.Case{Unlisted: true}, 15}, {store.Case{}, 30}, {store.Case{Kind: store.CaseKindSpecial}, 30},
		{store.Case{Kind: store.CaseKindQuality}, 1}, {store.Case{Kind: store.CaseKindQuality, Serious: true}, 15}} {
		if got := tt.c.ByLaw() / (24 * time.Hour.Milliseconds()); got != tt.days {
			t.Errorf("%+v: %d days, want %d", tt.c, got, tt.days)
		}
	}
}
