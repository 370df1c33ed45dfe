package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// waiting commits a turn after which a self-declared doctor waits for verification, with a wish for a visit behind it.
func waiting(t *testing.T, s *store.Store, openID string, edit func(*store.Turn)) string {
	t.Helper()
	id := store.DoctorID(storetest.Account, openID)
	now := s.Now()
	turn := &store.Turn{
		Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: openID, Kind: "text", Event: []byte("{}"), State: []byte("{}"), Reply: []byte("{}"), ReceivedAt: now},
		Doctor:  store.Doctor{ID: id, OpenID: openID, Name: "王建国", Level: store.LevelDeclared, Phase: store.PhaseIdle, Followed: true},
		Consents: []store.Consent{
			{Conversation: id, Seq: 1, Purpose: store.PurposeShare, Policy: "p", Granted: true, At: now},
		},
		Verify: &store.Verification{Doctor: id, Method: "licence", LeadKind: "f2f_request", LeadNote: "医生主动预约", Status: store.VerifyOpen, At: now},
	}
	edit(turn)
	if _, err := s.CommitTurn(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	return id
}

func unchanged(*store.Turn) {}

func record(t *testing.T, s *store.Store, doctor string) store.DoctorRecord {
	t.Helper()
	r, err := s.DoctorRecord(t.Context(), doctor)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told is what the doctor is told, in order of the outbox rows.
func told(t *testing.T, r store.DoctorRecord) []string {
	t.Helper()
	var texts []string
	for _, e := range r.Effects {
		var text store.Text
		if err := json.Unmarshal(e.Body, &text); err != nil {
			t.Fatal(err)
		}
		if e.Kind != store.KindText || text.OpenID != r.Doctor.OpenID {
			t.Errorf("effect %+v", e)
		}
		texts = append(texts, text.Text)
	}
	return texts
}

func TestVerifyDoctor(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := waiting(t, s, "o1", unchanged)
		before := record(t, s, id)
		if len(before.Leads) != 0 {
			t.Fatal("an unverified doctor's wish is a lead already")
		}
		var wg sync.WaitGroup
		results := make([]error, 6)
		for i := range results {
			wg.Go(func() { results[i] = s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Actor: "admin"}) })
		}
		wg.Wait()
		done := 0
		for _, err := range results {
			switch {
			case err == nil:
				done++
			case !errors.Is(err, store.ErrMoved):
				t.Error(err)
			}
		}
		r := record(t, s, id)
		if done != 1 || len(r.Leads) != 1 || len(r.Effects) != 1 {
			t.Fatalf("%d decisions, %d leads, %d effects", done, len(r.Leads), len(r.Effects))
		}
		if r.Doctor.Level != store.LevelVerified || r.Doctor.Version != before.Doctor.Version+1 {
			t.Errorf("level %d, version %d after %d", r.Doctor.Level, r.Doctor.Version, before.Doctor.Version)
		}
		l := r.Leads[0]
		if l.Status != store.LeadNew || !l.Explicit || l.Kind != "f2f_request" || l.Note != "医生主动预约" || l.Version != 1 || l.OpenKey == nil || l.Why == "" || l.DueAt <= l.CreatedAt {
			t.Errorf("lead %+v", l)
		}
		if len(r.Moves) != 1 || r.Moves[0].Event != "open" {
			t.Errorf("history %+v", r.Moves)
		}
		if v := r.Verification; v.Status != store.VerifyPassed || v.DecidedBy != "admin" || v.DecidedAt == 0 || v.LeadKind != "" {
			t.Errorf("verification %+v", v)
		}
		if texts := told(t, r); !strings.HasPrefix(texts[0], "王建国老师您好，") || !strings.Contains(texts[0], "已为您登记") {
			t.Errorf("told %v", texts)
		}
	})
}

func TestVerifyDoctorRefusedThenCorrected(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := waiting(t, s, "o1", unchanged)
		if err := s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: false, Actor: "admin"}); err != nil {
			t.Fatal(err)
		}
		r := record(t, s, id)
		if r.Doctor.Level != store.LevelRejected || len(r.Leads) != 0 || r.Verification.Status != store.VerifyRefused {
			t.Errorf("level %d, leads %d, %s", r.Doctor.Level, len(r.Leads), r.Verification.Status)
		}
		if texts := told(t, r); len(texts) != 1 || !strings.Contains(texts[0], "未核验通过") {
			t.Errorf("told %v", texts)
		}
		if err := s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Actor: "admin"}); err != nil {
			t.Fatal(err)
		}
		if r = record(t, s, id); r.Doctor.Level != store.LevelVerified || len(r.Leads) != 1 || len(r.Effects) != 2 {
			t.Errorf("after the correction: level %d, leads %d, effects %d", r.Doctor.Level, len(r.Leads), len(r.Effects))
		}
	})
}

func TestVerifiedButNotToBeNamed(t *testing.T) {
	s := storetest.SQLite(t)
	for openID, c := range map[string]struct {
		edit func(*store.Turn)
		told int
	}{
		"refused":          {func(turn *store.Turn) { turn.Consents[0].Granted = false }, 1},
		"left":             {func(turn *store.Turn) { turn.Doctor.Followed = false }, 0},
		"unasked to share": {func(turn *store.Turn) { turn.Consents = nil }, 1},
		"quiet":            {func(turn *store.Turn) { turn.Doctor.OptedOut = true }, 0},
		"nothing":          {func(turn *store.Turn) { turn.Verify.LeadKind = "" }, 1},
		"unasked":          {func(turn *store.Turn) { turn.Verify = nil }, 1},
	} {
		id := waiting(t, s, openID, c.edit)
		if err := s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Actor: "admin"}); err != nil {
			t.Fatal(err)
		}
		r := record(t, s, id)
		if len(r.Leads) != 0 || len(r.Effects) != c.told || r.Doctor.Level != store.LevelVerified || r.Verification.Status != store.VerifyPassed {
			t.Errorf("%s: leads %d, effects %d, level %d", openID, len(r.Leads), len(r.Effects), r.Doctor.Level)
		}
	}
	if err := s.VerifyDoctor(t.Context(), "nobody", store.Judgement{Passed: true, Actor: "admin"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("verifying nobody: %v", err)
	}
}

// An invitation code typed later verifies at once; the wish that waited since then must not be lost.
func TestInviteReleasesTheWaitingLead(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		if err := s.AddInvite(t.Context(), store.Invite{Code: "ABC123", MaxUses: 1}); err != nil {
			t.Fatal(err)
		}
		id := waiting(t, s, "o1", unchanged)
		f, err := s.LoadDoctor(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		now := s.Now()
		turn := &store.Turn{
			Journal: store.Journal{Conversation: id, Seq: 2, MessageKey: "second", Kind: "text", Event: []byte("{}"), State: []byte("{}"), Reply: []byte("{}"), ReceivedAt: now},
			Doctor:  f.Doctor, Invite: "ABC123",
			Verify: &store.Verification{Doctor: id, Method: "invite", Status: store.VerifyPassed, At: now, DecidedAt: now, DecidedBy: "invite"},
		}
		turn.Doctor.Level = store.LevelVerified
		if _, err := s.CommitTurn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		r := record(t, s, id)
		if len(r.Leads) != 1 || r.Leads[0].Status != store.LeadNew || r.Verification.LeadKind != "" {
			t.Errorf("leads %+v, verification %+v", r.Leads, r.Verification)
		}
	})
}

// next commits a further turn of a doctor.
func next(t *testing.T, s *store.Store, id string, seq int64, edit func(*store.Turn)) {
	t.Helper()
	f, err := s.LoadDoctor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	turn := &store.Turn{
		Journal: store.Journal{Conversation: id, Seq: seq, MessageKey: fmt.Sprint(id, seq), Kind: "text", Event: []byte("{}"), State: []byte("{}"), Reply: []byte("{}"), ReceivedAt: s.Now()},
		Doctor:  f.Doctor,
	}
	edit(turn)
	if _, err := s.CommitTurn(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
}

func worklist(t *testing.T, s *store.Store) []store.VerificationRow {
	t.Helper()
	rows, err := s.OpenVerifications(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Overview(t.Context(), 0)
	if err != nil || o.Verifications != int64(len(rows)) {
		t.Errorf("the overview counts %d, the list has %d, %v", o.Verifications, len(rows), err)
	}
	return rows
}

func neverAsked(turn *store.Turn) {
	turn.Consents = nil
	turn.Verify.LeadKind, turn.Verify.LeadNote = "human", ""
}

func share(granted bool) func(*store.Turn) {
	return func(turn *store.Turn) {
		turn.Consents = []store.Consent{{Conversation: turn.Doctor.ID, Seq: turn.Journal.Seq, Purpose: store.PurposeShare, Policy: "p", Granted: granted, At: turn.Journal.ReceivedAt}}
	}
}

// No word about sharing is no consent: the wish stays with the house until the doctor agrees.
func TestWishWithoutConsentStaysWithTheHouse(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := waiting(t, s, "o1", neverAsked)
		if err := s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Actor: "admin"}); err != nil {
			t.Fatal(err)
		}
		r := record(t, s, id)
		wish, ok := r.Wish()
		if len(r.Leads) != 0 || r.Doctor.Level != store.LevelVerified || !ok || !wish.HeldBack() || wish.LeadKind != "human" {
			t.Fatalf("leads %+v, verification %+v", r.Leads, r.Verification)
		}
		rows := worklist(t, s)
		if len(rows) != 1 || rows[0].Doctor != id || rows[0].Shared || !rows[0].HeldBack() || rows[0].Status != store.VerifyPassed {
			t.Fatalf("worklist %+v", rows)
		}
		next(t, s, id, 2, share(false))
		if r = record(t, s, id); len(r.Leads) != 0 || len(worklist(t, s)) != 1 {
			t.Fatalf("after a refusal: leads %+v", r.Leads)
		}
		next(t, s, id, 3, share(true))
		r = record(t, s, id)
		if len(r.Leads) != 1 || r.Leads[0].Kind != "human" || r.Leads[0].Status != store.LeadNew || r.Verification.LeadKind != "" {
			t.Errorf("after the consent: leads %+v, verification %+v", r.Leads, r.Verification)
		}
		if rows := worklist(t, s); len(rows) != 0 {
			t.Errorf("worklist %+v", rows)
		}
	})
}

// A consent releases nothing of a doctor whom nobody has verified.
func TestConsentAloneReleasesNothing(t *testing.T) {
	s := storetest.SQLite(t)
	id := waiting(t, s, "o1", neverAsked)
	next(t, s, id, 2, share(true))
	if r := record(t, s, id); len(r.Leads) != 0 || r.Verification.LeadKind != "human" {
		t.Errorf("leads %+v, verification %+v", r.Leads, r.Verification)
	}
	if rows := worklist(t, s); len(rows) != 1 || !rows[0].Shared || rows[0].HeldBack() {
		t.Errorf("worklist %+v", rows)
	}
}

// A verified doctor who asks for a person without sharing is on the worklist for the wish alone.
func TestCloseWish(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := waiting(t, s, "o1", func(turn *store.Turn) {
			neverAsked(turn)
			turn.Doctor.Level = store.LevelVerified
		})
		if rows := worklist(t, s); len(rows) != 1 || !rows[0].HeldBack() {
			t.Fatalf("worklist %+v", rows)
		}
		before := record(t, s, id).Doctor.Version
		if err := s.CloseWish(t.Context(), id, "admin"); err != nil {
			t.Fatal(err)
		}
		r := record(t, s, id)
		if v := r.Verification; v.LeadKind != "" || v.Status != store.VerifyPassed || v.DecidedBy != "admin" || r.Doctor.Version != before+1 {
			t.Errorf("verification %+v, version %d after %d", v, r.Doctor.Version, before)
		}
		if rows := worklist(t, s); len(rows) != 0 {
			t.Errorf("worklist %+v", rows)
		}
		if err := s.CloseWish(t.Context(), id, "admin"); !errors.Is(err, store.ErrMoved) {
			t.Errorf("closing again: %v", err)
		}
		if err := s.CloseWish(t.Context(), "nobody", "admin"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("closing nobody's: %v", err)
		}
		acts, err := s.Audits(t.Context(), "doctor:"+id, 10)
		if err != nil || len(acts) != 1 || acts[0].Action != "wish_close" || acts[0].Actor != "admin" || acts[0].Detail != "human" {
			t.Errorf("audit %+v, %v", acts, err)
		}
		next(t, s, id, 2, share(true))
		if r := record(t, s, id); len(r.Leads) != 0 {
			t.Errorf("a wish that was dealt with became a lead: %+v", r.Leads)
		}
	})
}

// A doctor who turns out to be none is taken from the reps in the transaction that says so.
func TestRefusalWithdrawsOpenLeads(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id, other := waiting(t, s, "o1", unchanged), waiting(t, s, "o2", unchanged)
		for _, d := range []string{id, other} {
			if err := s.VerifyDoctor(t.Context(), d, store.Judgement{Passed: true, Actor: "admin"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.VerifyDoctor(t.Context(), id, store.Judgement{Passed: false, Actor: "boss"}); err != nil {
			t.Fatal(err)
		}
		r := record(t, s, id)
		l := r.Leads[0]
		if l.Status != store.LeadWithdrawn || l.Reason != store.ReasonUnverified || l.OpenKey != nil || l.ClosedAt == 0 || l.Version != 2 || r.Doctor.Level != store.LevelRejected {
			t.Errorf("level %d, lead %+v", r.Doctor.Level, l)
		}
		if m := r.Moves[0]; m.Event != "withdraw" || m.Actor != "boss" || m.Reason != store.ReasonUnverified || m.N != 2 {
			t.Errorf("history %+v", r.Moves)
		}
		if l := record(t, s, other).Leads[0]; l.Status != store.LeadNew {
			t.Errorf("another doctor's lead is %s", l.Status)
		}
	})
}
