package bot

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// dispatcher is a Bot that only drains: it has no flows and no session store behind it.
func dispatcher(t *testing.T, st *store.Store, now func() time.Time, o *outside, name string) *Bot {
	t.Helper()
	return New(Options{Store: st, Sessions: &session.Sessions{}, Engine: always(&flows.Engine{}), Senders: o.senders(), Rules: platform, Instance: name, Now: now})
}

func TestDrainBooksEveryResultClass(t *testing.T) {
	cases := []struct {
		name   string
		answer func(n int, e Effect) (Receipt, error)
		want   string
		sends  int
	}{
		{"yes", nil, store.EffectDone, 1},
		{"busy once", func(n int, _ Effect) (Receipt, error) {
			if n == 1 {
				return Receipt{}, &SendError{Class: ClassRetry, Code: -1, Reason: "busy"}
			}
			return Receipt{}, nil
		}, store.EffectDone, 2},
		{"window closed", refusing(ClassWait), store.EffectWaiting, 1},
		{"blocked", refusing(ClassGone), store.EffectCancel, 1},
		{"too long", refusing(ClassContent), store.EffectDead, 1},
		{"settings", refusing(ClassConfig), store.EffectReady, 1},
		{"answer lost", refusing(ClassUnknown), store.EffectDead, 2},
		{"panic", func(int, Effect) (Receipt, error) { panic("sender") }, store.EffectDead, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			clk := newClock(noon)
			st := storetest.SQLite(t, clk.option())
			id := doctorRow(t, st, "o1", nil)
			platform := &outside{answer: c.answer}
			b := dispatcher(t, st, clk.Now, platform, "one")
			texts(t, st, store.DoctorLane(id), id, 1)
			drain(t, b)
			for n := 1; n <= c.sends; n++ {
				eventually(t, fmt.Sprintf("send %d", n), func() bool { return len(platform.sent()) == n && counts(t, st)[store.EffectClaimed] == 0 })
				if n < c.sends {
					clk.advance(5 * time.Minute)
					b.Wake()
				}
			}
			eventually(t, "the end "+c.want, func() bool { return cmp.Equal(map[string]int64{c.want: 1}, counts(t, st)) }) // a refused channel is looked at again first
		})
	}
}

func refusing(c Class) func(int, Effect) (Receipt, error) {
	return func(int, Effect) (Receipt, error) { return Receipt{}, &SendError{Class: c, Reason: "no"} }
}

func TestDrainKeepsDeadLettersThatCanBeSentAgain(t *testing.T) {
	clk := newClock(noon)
	st := storetest.SQLite(t, clk.option())
	id := doctorRow(t, st, "o1", nil)
	platform := &outside{answer: func(n int, _ Effect) (Receipt, error) {
		if n == 1 {
			return Receipt{}, &SendError{Class: ClassContent, Code: 45002, Reason: "too long"}
		}
		return Receipt{}, nil
	}}
	b := dispatcher(t, st, clk.Now, platform, "one")
	texts(t, st, store.DoctorLane(id), id, 1)
	drain(t, b)
	eventually(t, "a dead letter", func() bool { return counts(t, st)[store.EffectDead] == 1 })
	dead, err := st.Unsent(t.Context(), store.EffectDead, 10)
	if err != nil || len(dead) != 1 || dead[0].Code != 45002 || dead[0].Reason != "too long" {
		t.Fatalf("dead letters %+v, %v", dead, err)
	}
	if err := st.RetryEffect(t.Context(), dead[0].ID); err != nil {
		t.Fatal(err)
	}
	b.Wake()
	eventually(t, "sent again", func() bool { return counts(t, st)[store.EffectDone] == 1 })
}

func TestDrainKeepsTheOrderOfALane(t *testing.T) {
	clk := newClock(noon)
	st := storetest.SQLite(t, clk.option())
	platform := &outside{}
	platform.answer = func(n int, e Effect) (Receipt, error) {
		if n == 1 && e.Key[len(e.Key)-1] == '2' { // every third one is refused once
			return Receipt{}, &SendError{Class: ClassRetry, Reason: "busy"}
		}
		return Receipt{}, nil
	}
	for i := range 3 {
		openID := fmt.Sprintf("o%d", i)
		id := doctorRow(t, st, openID, nil)
		texts(t, st, store.DoctorLane(id), openID, 4)
	}
	b := dispatcher(t, st, clk.Now, platform, "one")
	drain(t, b)
	eventually(t, "all stuck behind the refused ones", func() bool { return len(platform.sent()) == 9 && counts(t, st)[store.EffectClaimed] == 0 })
	clk.advance(time.Minute)
	b.Wake()
	eventually(t, "all sent", func() bool { return counts(t, st)[store.EffectDone] == 12 })
	for i := range 3 {
		var lane []string
		for _, key := range platform.sent() {
			if key[:2] == fmt.Sprintf("o%d", i) {
				lane = append(lane, key[3:])
			}
		}
		if diff := cmp.Diff([]string{"0", "1", "2", "2", "3"}, lane); diff != "" {
			t.Errorf("lane %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestTwoInstancesSendEachEffectOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, st *store.Store) {
		platform := &outside{}
		for i := range 8 {
			id := doctorRow(t, st, fmt.Sprintf("o%d", i), nil)
			texts(t, st, store.DoctorLane(id), fmt.Sprintf("o%d", i), 4)
		}
		drain(t, dispatcher(t, st, nil, platform, "one"))
		drain(t, dispatcher(t, st, nil, platform, "two"))
		eventually(t, "all sent", func() bool { return counts(t, st)[store.EffectDone] == 32 })
		keys := platform.sent()
		slices.Sort(keys)
		if unique := slices.Compact(slices.Clone(keys)); len(unique) != 32 || len(keys) != 32 {
			t.Errorf("%d sends of %d effects", len(keys), len(unique))
		}
	})
}

// An instance that dies between the platform's yes and the booking leaves its claim to run out: the effect is sent once more, and only once.
func TestACrashCostsOneDuplicateAtMost(t *testing.T) {
	clk := newClock(noon)
	st := storetest.SQLite(t, clk.option())
	id := doctorRow(t, st, "o1", nil)
	texts(t, st, store.DoctorLane(id), id, 2)
	claimed, err := st.ClaimEffects(t.Context(), "dead", 5, claimLease) // it sent this one, and died
	if err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %d, %v", len(claimed), err)
	}
	platform := &outside{}
	b := dispatcher(t, st, clk.Now, platform, "next")
	drain(t, b)
	clk.advance(claimLease / 2)
	b.Wake()
	texts(t, st, store.RepLane("rep"), "other", 1) // proof that the loop has run
	eventually(t, "another lane goes on", func() bool { return len(platform.sent()) == 1 })
	clk.advance(claimLease)
	b.Wake()
	eventually(t, "all sent", func() bool { return counts(t, st)[store.EffectDone] == 3 })
	if diff := cmp.Diff([]string{"other:0", id + ":0", id + ":1"}, platform.sent()); diff != "" {
		t.Errorf("sends after the crash (-want +got):\n%s", diff)
	}
}

func TestDrainFinishesWhatIsInFlight(t *testing.T) {
	st := storetest.SQLite(t)
	id := doctorRow(t, st, "o1", nil)
	texts(t, st, store.DoctorLane(id), id, 2)
	flying, land := make(chan struct{}), make(chan struct{})
	platform := &outside{answer: func(int, Effect) (Receipt, error) {
		close(flying)
		<-land
		return Receipt{}, nil
	}}
	b := dispatcher(t, st, nil, platform, "one")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Drain(ctx) }()
	<-flying
	cancel()
	close(land)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{store.EffectDone: 1, store.EffectReady: 1}, counts(t, st)); diff != "" {
		t.Errorf("outbox after the end (-want +got):\n%s", diff)
	}
}

func TestDrainHoldsBackWhatMayNotGoOut(t *testing.T) {
	old := noon.Add(-49 * time.Hour).UnixMilli()
	cases := []struct {
		name   string
		intent string
		doctor func(*store.Doctor)
		want   string
		why    string
		sends  int
	}{
		{"typed lately", store.IntentReply, nil, store.EffectDone, WhyChat, 1},
		{"silent for two days", store.IntentReply, func(d *store.Doctor) { d.LastTypedAt = old }, store.EffectWaiting, WhyClosed, 0},
		{"left", store.IntentReply, func(d *store.Doctor) { d.Followed = false }, store.EffectCancel, WhyLeft, 0},
		{"unsubscribed", store.IntentHandoff, func(d *store.Doctor) { d.OptedOut = true }, store.EffectCancel, WhyOptedOut, 0},
		{"unsubscribed, but reported an event since", store.IntentSafety, func(d *store.Doctor) { d.OptedOut = true }, store.EffectDone, WhyChat, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			clk := newClock(noon)
			st := storetest.SQLite(t, clk.option())
			id := doctorRow(t, st, "o1", c.doctor)
			e := Effect{Key: "k", Lane: store.DoctorLane(id), Kind: store.KindText, Body: []byte(`{}`), Intent: c.intent}
			if err := st.AddEffects(t.Context(), []Effect{e}); err != nil {
				t.Fatal(err)
			}
			platform := &outside{}
			drain(t, dispatcher(t, st, clk.Now, platform, "one"))
			eventually(t, "a result", func() bool { return counts(t, st)[c.want] == 1 })
			r, err := st.DoctorRecord(t.Context(), id)
			if err != nil || r.Effects[0].Reason != c.why {
				t.Errorf("reason %q, want %q, %v", r.Effects[0].Reason, c.why, err)
			}
			if len(platform.sent()) != c.sends || r.Effects[0].Attempts != c.sends {
				t.Errorf("%d sends and %d attempts, want %d", len(platform.sent()), r.Effects[0].Attempts, c.sends)
			}
		})
	}
}

func TestDrainCancelsWhatIsTooLate(t *testing.T) {
	clk := newClock(noon)
	st := storetest.SQLite(t, clk.option())
	e := Effect{Key: "k", Lane: store.RepLane("rep"), Kind: store.KindRepText, Body: []byte(`{}`), ValidUntil: noon.Add(-time.Second).UnixMilli()}
	if err := st.AddEffects(t.Context(), []Effect{e}); err != nil {
		t.Fatal(err)
	}
	platform := &outside{}
	drain(t, dispatcher(t, st, clk.Now, platform, "one"))
	eventually(t, "cancelled", func() bool { return counts(t, st)[store.EffectCancel] == 1 })
	if len(platform.sent()) != 0 {
		t.Error("it was sent all the same")
	}
}
