package store_test

import (
	"errors"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// aside is a turn that opens a case, an inquiry and a flag.
func aside(openID string) *store.Turn {
	turn := newTurn(openID, 1, openID+"-k")
	id := turn.Doctor.ID
	turn.Cases = []store.Case{{No: "AE-" + openID, Doctor: id, Status: store.CaseOpen, Words: "皮疹", Fields: "{}", OpenedAt: 1000, Serious: true, DueAt: 2000}}
	turn.Inquiries = []store.Inquiry{{ID: "q-" + openID, Doctor: id, Class: store.InquiryBeyond, Words: "儿童能用吗", Status: store.InquiryOpen, DueAt: 9, At: 5}}
	turn.Flags = []store.Flag{{ID: "f-" + openID, Doctor: id, Kind: store.FlagBenefit, Words: "讲课费", Status: store.FlagOpen, At: 5}}
	return turn
}

// TestCaseOpensWithItsHistory: the row, the first move, the clock of the law and the pause of promotion are of one transaction; further words and moves are
// numbered; what a person judged is not overwritten by the intake.
func TestCaseOpensWithItsHistory(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, aside("oA"))
		f, err := s.CaseFile(t.Context(), "AE-oA")
		if err != nil || len(f.History) != 1 || f.History[0].Event != store.CaseEventOpen || f.Kind != store.CaseKindEvent || f.Source != store.CaseSourceDoctor {
			t.Fatalf("%+v %v", f, err)
		}
		if f.LegalAt != 1000+store.LegalSerious.Milliseconds() {
			t.Errorf("legal clock %d", f.LegalAt)
		}
		d, err := s.LoadDoctor(t.Context(), f.Doctor)
		if err != nil || d.FrozenUntil != 1000+store.FreezeAfterCase.Milliseconds() {
			t.Errorf("frozen until %d %v", d.FrozenUntil, err)
		}
		if err := s.AcknowledgeCase(t.Context(), "AE-oA", "pv"); err != nil {
			t.Fatal(err)
		}
		judge := store.CaseStep{No: "AE-oA", From: store.CaseAcknowledged, Event: "judge", Status: store.CaseValid, Actor: "pv", Reason: "r",
			Set: func(c *store.Case) { c.Verdict, c.ClosedBy, c.Serious = store.VerdictValid, "pv", false }}
		if err := s.MoveCase(t.Context(), judge); err != nil {
			t.Fatal(err)
		}
		if err := s.MoveCase(t.Context(), judge); !errors.Is(err, store.ErrMoved) {
			t.Errorf("judged twice on one reading: %v", err)
		}
		next := newTurn("oA", 2, "oA-2")
		next.Cases = []store.Case{{No: "AE-oA", Doctor: next.Doctor.ID, Status: store.CaseReported, Product: "示例", Fields: "{}", OpenedAt: 1000, Serious: true, Death: true}}
		next.CaseWords = []store.CaseWord{{CaseNo: "AE-oA", Source: store.CaseSourceDoctor, Words: "补充一", At: 7}, {CaseNo: "AE-oA", Source: store.CaseSourceDoctor, Words: "补充二", At: 8}}
		commit(t, s, next)
		f, err = s.CaseFile(t.Context(), "AE-oA")
		if err != nil || f.Status != store.CaseValid || f.Serious || f.Death || f.Product != "示例" || len(f.Told) != 2 || f.Told[1].N != 2 || f.LegalAt != 1000+store.LegalOther.Milliseconds() {
			t.Errorf("%+v %v", f, err)
		}
		for i, m := range f.History {
			if m.N != i+1 {
				t.Errorf("move %d has number %d", i, m.N)
			}
		}
	})
}

// TestCaseClosesByTwo: a case that is no valid report cannot be closed without a second person, whoever asks.
func TestCaseClosesByTwo(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, aside("oA"))
		closing := func(second string) error {
			return s.MoveCase(t.Context(), store.CaseStep{No: "AE-oA", From: store.CaseOpen, Event: "second", Status: store.CaseClosed, Actor: second,
				Set: func(c *store.Case) { c.Verdict, c.ClosedBy, c.SecondBy = store.VerdictNone, "a", second }})
		}
		for _, second := range []string{"", "a"} {
			if err := closing(second); !errors.Is(err, store.ErrSamePerson) {
				t.Errorf("closed by a and %q: %v", second, err)
			}
		}
		if err := closing("b"); err != nil {
			t.Error(err)
		}
	})
}

// TestReconcile counts what was opened against what was acknowledged, and misses a case whose row is gone.
func TestReconcile(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, aside("oA"))
		commit(t, s, aside("oB"))
		if err := s.AcknowledgeCase(t.Context(), "AE-oA", "pv"); err != nil {
			t.Fatal(err)
		}
		day, err := s.Reconcile(t.Context(), "1970-01-01", 0, 5000, "system")
		if err != nil || day.Opened != 2 || day.Acknowledged != 1 || len(day.MissingCases()) != 1 || day.MissingCases()[0] != "AE-oB" {
			t.Errorf("%+v %v", day, err)
		}
		if err := s.AcknowledgeCase(t.Context(), "AE-oB", "pv"); err != nil {
			t.Fatal(err)
		}
		if day, err = s.Reconcile(t.Context(), "1970-01-01", 0, 5000, "u"); err != nil || day.Acknowledged != 2 {
			t.Errorf("%+v %v", day, err)
		}
		days, err := s.Reconciliations(t.Context(), 10)
		if err != nil || len(days) != 1 || days[0].Actor != "u" {
			t.Errorf("%+v %v", days, err)
		}
	})
}

// TestInquiriesAndFlags: written by one, released by another; a doctor who refuses consent leaves no words behind.
func TestInquiriesAndFlags(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, aside("oA"))
		ctx := t.Context()
		e := store.Effect{Key: "inquiry:q", Lane: store.DoctorLane(store.DoctorID(storetest.Account, "oA")), Kind: store.KindText, Body: []byte("{}")}
		if err := s.SendInquiry(ctx, "q-oA", "b", e); !errors.Is(err, store.ErrMoved) {
			t.Errorf("released without an answer: %v", err)
		}
		if err := s.WriteInquiry(ctx, "q-oA", "a", store.InquiryAnswer{Document: "d", Text: "答"}); err != nil {
			t.Fatal(err)
		}
		if err := s.SendInquiry(ctx, "q-oA", "a", e); !errors.Is(err, store.ErrSamePerson) {
			t.Errorf("released by the writer: %v", err)
		}
		if err := s.SendInquiry(ctx, "q-oA", "b", e); err != nil {
			t.Fatal(err)
		}
		if err := s.CloseInquiry(ctx, "q-oA", "a", "r"); !errors.Is(err, store.ErrMoved) {
			t.Errorf("closed after the answer: %v", err)
		}
		if err := s.CloseFlag(ctx, "f-oA", "c", "已说明"); err != nil {
			t.Fatal(err)
		}
		if err := s.CloseFlag(ctx, "f-oA", "c", "again"); !errors.Is(err, store.ErrMoved) {
			t.Errorf("closed twice: %v", err)
		}
		commit(t, s, aside("oB"))
		no := newTurn("oB", 2, "oB-2")
		no.Blank = 1
		commit(t, s, no)
		row, err := s.Inquiry(ctx, "q-oB")
		if err != nil || row.Words != "" || row.Status != store.InquiryClosed {
			t.Errorf("after refusal %+v %v", row.Inquiry, err)
		}
		if _, err := s.Case(ctx, "AE-oB"); err != nil {
			t.Errorf("the case is gone: %v", err)
		}
	})
}
