package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// bare is the turn after the first one of a doctor, with nothing of its own.
func bare(t *testing.T, s *store.Store, openID string, seq int64) *store.Turn {
	t.Helper()
	turn := newTurn(openID, seq, openID+"-next")
	f, err := s.LoadDoctor(t.Context(), turn.Doctor.ID)
	if err != nil {
		t.Fatal(err)
	}
	turn.Doctor, turn.Answers, turn.Portrait = f.Doctor, nil, nil
	return turn
}

func put(t *testing.T, s *store.Store, rows ...any) {
	t.Helper()
	for _, r := range rows {
		if err := s.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

func statuses(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	var rows []store.Effect
	if err := s.DB(t.Context()).Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range rows {
		out[e.Key] = e.Status
		if e.ValidUntil > 0 {
			out[e.Key] += " once"
		}
	}
	return out
}

// TestWithdrawnPushes: what was to be sent unasked goes, planned or queued; what was asked for, what belongs to the talk, and other doctors stay.
func TestWithdrawnPushes(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, newTurn("oA", 1, "m1"))
		commit(t, s, newTurn("oB", 1, "n1"))
		a, b := store.DoctorID(storetest.Account, "oA"), store.DoctorID(storetest.Account, "oB")
		for _, e := range []store.Effect{
			{Key: "push:1", Lane: store.DoctorLane(a), Status: store.EffectWaiting, Intent: store.IntentPush}, {Key: "push:2", Lane: store.DoctorLane(a), Status: store.EffectClaimed, Intent: store.IntentPush},
			{Key: "push:3", Lane: store.DoctorLane(a), Status: store.EffectDone, Intent: store.IntentPush}, {Key: "asked", Lane: store.DoctorLane(a), Status: store.EffectWaiting, Intent: store.IntentAsked},
			{Key: "other", Lane: store.DoctorLane(b), Status: store.EffectWaiting, Intent: store.IntentPush},
		} {
			e.Account, e.Kind, e.Body = storetest.Account, store.KindNews, []byte("{}")
			put(t, s, &e)
		}
		put(t, s, &store.Sent{Doctor: a, Content: "c1", Account: storetest.Account, Effect: "push:1"},
			&store.Push{ID: "p1", Account: storetest.Account, Doctor: a, Cause: "visit:1", Status: store.PushPlanned}, &store.Push{ID: "p2", Account: storetest.Account, Doctor: a, Cause: "ask:a:1", Status: store.PushPlanned},
			&store.Push{ID: "p3", Account: storetest.Account, Doctor: b, Cause: "visit:2", Status: store.PushPlanned})
		no := bare(t, s, "oA", 2)
		no.CancelPushes, no.Rearm = true, true // the doctor wrote: what waited is woken, and what may not go out any more is not
		commit(t, s, no)
		want := map[string]string{"push:1": store.EffectCancel, "push:2": store.EffectClaimed + " once", "push:3": store.EffectDone, "asked": store.EffectReady, "other": store.EffectWaiting}
		if diff := cmp.Diff(want, statuses(t, s)); diff != "" {
			t.Errorf("effects (-want +got):\n%s", diff)
		}
		if n := count(t, s, &store.Sent{}, "doctor = ?", a); n != 0 {
			t.Error("content that never left counts as given")
		}
		if n := count(t, s, &store.Push{}, "id = 'p1' AND status = 'none' AND reason = 'no_consent' OR id IN ('p2', 'p3') AND status = 'planned'"); n != 3 {
			t.Errorf("%d pushes are as they should be", n)
		}
	})
}

// TestUnshared: with the consent to share, cards that had not left the house stay in it, words for the rep go to those who run the house, and the wish
// behind a verification is dropped.
func TestUnshared(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := known(t, s, "oA")
		id, lead := turn.Doctor.ID, turn.Leads[0].ID
		for key, e := range map[string]store.Effect{
			"offer:lead-" + lead + "-2-ab": {Kind: store.KindCard, Status: store.EffectReady}, "lead:" + lead + ":2:brief": {Kind: store.KindRepText, Status: store.EffectClaimed},
			"lead:" + lead + ":2:lost": {Kind: store.KindCardUpdate, Status: store.EffectReady}, "notice:n1": {Kind: store.KindRepText, Status: store.EffectReady}, "lead:other:1": {Kind: store.KindRepText, Status: store.EffectReady},
		} {
			e.Key, e.Account, e.Lane, e.Body = key, storetest.Account, "r:zhang", []byte("{}")
			put(t, s, &e)
		}
		put(t, s, &store.Notice{ID: "n1", Account: storetest.Account, Doctor: id, Team: store.TeamRep, Words: "想聊聊", Rep: "zhang", DoneAt: 3},
			&store.Notice{ID: "n2", Account: storetest.Account, Doctor: id, Team: store.TeamRep, Words: "再聊聊"})
		no := bare(t, s, "oA", 2)
		no.WithdrawLeads = store.ReasonUnshared
		commit(t, s, no)
		want := map[string]string{
			"offer:lead-" + lead + "-2-ab": store.EffectCancel, "lead:" + lead + ":2:brief": store.EffectClaimed + " once", "lead:" + lead + ":2:lost": store.EffectReady,
			"notice:n1": store.EffectCancel, "lead:other:1": store.EffectReady,
		}
		got := statuses(t, s)
		for _, e := range turn.Effects {
			delete(got, e.Key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("effects (-want +got):\n%s", diff)
		}
		if n := count(t, s, &store.Notice{}, "id = 'n2' AND team = ?", store.TeamOps); n != 1 {
			t.Error("words for the rep still wait for one")
		}
		if err := s.PassNotice(t.Context(), "n2", "zhang", store.Effect{Key: "notice:n2", Lane: "r:zhang"}); !errors.Is(err, store.ErrMoved) {
			t.Errorf("a rep who was about to be told: %v", err)
		}
		if n := count(t, s, &store.Verification{}, "doctor = ? AND lead_kind = '' AND lead_note = ''", id); n != 1 {
			t.Error("a wish still waits behind the verification")
		}
		if n := count(t, s, &store.Lead{}, "id = ? AND status = 'withdrawn' AND reason = 'unshared' AND open_key IS NULL", lead); n != 1 {
			t.Error("the lead is open")
		}
	})
}

// TestMergedRecordIsErasedToo: what the master data said of the same person, under another id, goes with the follower.
func TestMergedRecordIsErasedToo(t *testing.T) {
	places(t, func(t *testing.T, s *store.Store, at store.Options) {
		commit(t, s, newTurn("oA", 1, "m1"))
		id := store.DoctorID(storetest.Account, "oA")
		from := listed(t, s, intake(t, s), store.MasterDoctor{
			Key: "D1", Name: canary + "名", Hospital: "h1", HospitalName: "甲医院", Values: []store.ImportedValue{value("title", "attending", canary)},
		})["D1"]
		if _, err := s.MergeDoctors(t.Context(), id, from, store.MergeByPerson, "ops"); err != nil {
			t.Fatal(err)
		}
		if left := carriers(t, at); left["observations"] < 2 {
			t.Fatalf("the test proves nothing: %v", left)
		}
		e, err := s.Erase(t.Context(), id, store.EraseRequest)
		if err != nil {
			t.Fatal(err)
		}
		finish(t, s, e)
		if left := carriers(t, at); len(left) != 0 {
			t.Errorf("left in %v", left)
		}
	})
}

// TestRequestsOutliveTheDoctor: what was asked for stays as proof, for nobody; what was open cannot be done any more.
func TestRequestsOutliveTheDoctor(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oA", 1, "m1")
		id, now := turn.Doctor.ID, s.Now()
		turn.Rights = []store.RightsRequest{
			{ID: "r1", Doctor: id, Kind: store.RightsTag, Status: store.RightsDone, Detail: "肾性贫血", At: now, DoneAt: now},
			{ID: "r2", Doctor: id, Kind: store.RightsExport, Status: store.RightsOpen, Token: store.ExportDigest("secret"), ExpiresAt: now + 1000, At: now},
		}
		commit(t, s, turn)
		if err := s.ExportWaits(t.Context(), id, "secret"); err != nil {
			t.Fatal(err)
		}
		if err := s.ExportWaits(t.Context(), id, "guess"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a guessed link: %v", err)
		}
		if _, err := s.Erase(t.Context(), id, store.EraseRequest); err != nil {
			t.Fatal(err)
		}
		rows, err := s.RightsRequests(t.Context(), 10)
		if err != nil || len(rows) != 2 {
			t.Fatalf("%+v, %v", rows, err)
		}
		for _, r := range rows {
			if r.Doctor+r.Detail+r.Token+r.Who.Name != "" || r.ID == "r1" || r.ID == "r2" || r.Kind == store.RightsExport && r.Status != store.RightsRefused {
				t.Errorf("%+v", r)
			}
		}
		if err := s.ExportWaits(t.Context(), id, "secret"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the link still opens: %v", err)
		}
	})
}

// TestRightsList narrows to whom the person may see and hides names from who sees none; closing needs words, and happens once.
func TestRightsList(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oA", 1, "m1")
		turn.Doctor.Name = "张敏"
		turn.Rights = []store.RightsRequest{{ID: "r1", Doctor: turn.Doctor.ID, Kind: store.RightsExport, Status: store.RightsOpen, At: 5}}
		commit(t, s, turn)
		for name, tt := range map[string]struct {
			who  store.Viewer
			n    int
			seen bool
		}{
			"all": {store.Viewer{Name: "a", Reach: store.ReachAll}, 1, true}, "masked": {store.Viewer{Name: "a", Reach: store.ReachAll, Masked: true}, 1, false}, "own": {store.Viewer{Name: "a", Reach: store.ReachOwn, Rep: "x"}, 0, false},
		} {
			rows, err := s.RightsRequests(store.As(t.Context(), tt.who), 10)
			if err != nil || len(rows) != tt.n || tt.n > 0 && (strings.Contains(rows[0].Who.Name, "敏") != tt.seen || rows[0].DueAt != 5+store.RightsWithin.Milliseconds()) {
				t.Errorf("%s: %+v, %v", name, rows, err)
			}
		}
		ctx := store.As(t.Context(), store.Viewer{Name: "officer", Reach: store.ReachAll})
		for _, tt := range []struct {
			words string
			want  error
		}{{"  ", store.ErrNoReason}, {"已寄出", nil}, {"已寄出", store.ErrMoved}} {
			if err := s.CloseRight(ctx, "r1", true, tt.words); !errors.Is(err, tt.want) {
				t.Errorf("%q: %v, want %v", tt.words, err, tt.want)
			}
		}
	})
}
