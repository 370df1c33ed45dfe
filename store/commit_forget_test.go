package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// known fills every table that knows something of the doctor.
func known(t *testing.T, s *store.Store, openID string) *store.Turn {
	t.Helper()
	turn := leadTurn(openID, 1, openID+"-1", "L"+openID)
	id := turn.Doctor.ID
	d := &turn.Doctor
	d.Hospital, d.HospitalName, d.Department, d.Title, d.Level, d.Scene = "h1", "某院", "肾内科", "主任医师", store.LevelVerified, "rep:7"
	turn.Leads[0].Note, turn.Leads[0].Wish, turn.Leads[0].Lines = "想了解肾内科用药", "周三下午", `[{"evidence":"肾内科"}]`
	turn.Tags = []store.Tag{{Doctor: id, Tag: "肾性贫血", Source: store.SourceAnswer, At: 5}}
	turn.Scores = []store.Score{{Doctor: id, Name: "intent", Points: 40, Grade: "B", Lines: "[]", At: 5}}
	turn.Consents = []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeBase, Policy: "v1", Granted: true, Raw: "同意", At: 5}}
	turn.Cases = []store.Case{{No: "AE-" + openID, Doctor: id, Status: store.CaseOpen, Words: "吃药后头晕", OpenedAt: 5}}
	turn.Verify = &store.Verification{Doctor: id, Method: "licence", Status: store.VerifyOpen, LeadKind: "visit", LeadNote: "想约", At: 5}
	turn.Sent = []store.Sent{
		{Doctor: id, Content: "given", Effect: "earlier", Why: "肾内科", At: 4},
		{Doctor: id, Content: "c1", Effect: effect(turn, 1).Key, Why: "肾内科", At: 5},
	}
	turn.Effects = []store.Effect{effect(turn, 1)}
	commit(t, s, turn)
	return turn
}

// TestForget: after a refusal nothing is known of the doctor but that he refused, what the law wants kept, and the turn's own rows; nobody else is
// touched.
func TestForget(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		gone, stays := known(t, s, "oA"), known(t, s, "oB")
		no := newTurn("oA", 2, "oA-2")
		id := no.Doctor.ID
		no.Answers, no.Portrait, no.Doctor = nil, nil, gone.Doctor
		no.Consents = []store.Consent{{Conversation: id, Seq: 2, Purpose: store.PurposeBase, Policy: "v1", Raw: "不同意", At: 6}}
		no.Blank, no.CancelEffects, no.WithdrawLeads = 1, true, "unshared"
		no.Effects = []store.Effect{effect(no, 0)}
		commit(t, s, no)

		f, err := s.LoadDoctor(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := store.Doctor{
			ID: id, Account: storetest.Account, OpenID: "oA", Phase: store.PhaseAsking, Followed: true, Scene: "rep:7",
			CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt, RefreshAt: f.RefreshAt, FrozenUntil: 5 + store.FreezeAfterCase.Milliseconds(),
		}
		if diff := cmp.Diff(want, f.Doctor, cmpopts.IgnoreFields(store.Doctor{}, "SealedKey")); diff != "" || len(f.Portrait)+len(f.Tags) != 0 || f.OpenCase != "AE-oA" || len(f.Sent) != 1 {
			t.Errorf("facts %+v; doctor (-want +got):\n%s", f, diff)
		}
		got := map[string]int64{}
		for name, q := range map[string]struct {
			record any
			where  string
		}{
			"answers": {&store.Answer{}, "conversation = ?"}, "portrait": {&store.PortraitValue{}, "doctor = ?"}, "tags": {&store.Tag{}, "doctor = ?"},
			"scores": {&store.Score{}, "doctor = ?"}, "verification": {&store.Verification{}, "doctor = ?"}, "consents": {&store.Consent{}, "conversation = ?"},
			"cases":           {&store.Case{}, "doctor = ?"},
			"emptied leads":   {&store.Lead{}, "doctor = ? AND status = 'withdrawn' AND reason = 'unshared' AND score_lines = '[]' AND note = '' AND wish = ''"},
			"emptied reasons": {&store.Sent{}, "doctor = ? AND why = ''"},
		} {
			for who, d := range map[string]string{"oA": id, "oB": stays.Doctor.ID} {
				got[who+" "+name] = count(t, s, q.record, q.where, d)
			}
		}
		wantRows := map[string]int64{
			"oA answers": 0, "oA portrait": 0, "oA tags": 0, "oA scores": 0, "oA verification": 0, "oA consents": 2, "oA cases": 1, "oA emptied leads": 1, "oA emptied reasons": 1,
			"oB answers": 1, "oB portrait": 1, "oB tags": 1, "oB scores": 1, "oB verification": 1, "oB consents": 1, "oB cases": 1, "oB emptied leads": 0, "oB emptied reasons": 0,
		}
		if diff := cmp.Diff(wantRows, got); diff != "" {
			t.Errorf("rows left (-want +got):\n%s", diff)
		}
		for key, status := range map[string]string{effect(gone, 1).Key: store.EffectCancel, effect(no, 0).Key: store.EffectReady, effect(stays, 1).Key: store.EffectReady} {
			if count(t, s, &store.Effect{}, "effect_key = ? AND status = ?", key, status) != 1 {
				t.Errorf("effect %s is not %s", key, status)
			}
		}
	})
}

// TestAKeyOfAnotherConversation: a message key that comes twice from different doctors is a defect. The second doctor gets an error, never the first
// one's reply.
func TestAKeyOfAnotherConversation(t *testing.T) {
	twoInstances(t, func(t *testing.T, a, b *store.Store) {
		commit(t, a, newTurn("oA", 1, "m1"))
		for i, s := range []*store.Store{a, b} {
			c, err := s.CommitTurn(t.Context(), newTurn(fmt.Sprint("oB", i), 1, "m1"))
			if !errors.Is(err, store.ErrKeyTaken) || c.Duplicate || len(c.Reply) != 0 {
				t.Errorf("another doctor's turn gave %+v, %v", c, err)
			}
		}
		if n := count(t, a, &store.Journal{}, "1 = 1"); n != 1 {
			t.Errorf("%d turns, want 1", n)
		}
	})
}
