package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// clock is a settable clock in unix milliseconds.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time      { return time.UnixMilli(c.ms.Load()) }
func (c *clock) add(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// timed runs the test on each engine with a clock that stands at one hour.
func timed(t *testing.T, test func(t *testing.T, s *store.Store, c *clock)) {
	for name, open := range map[string]func(testing.TB, ...storetest.Option) *store.Store{"sqlite": storetest.SQLite, "mariadb": storetest.MariaDB} {
		t.Run(name, func(t *testing.T) {
			var c clock
			c.add(time.Hour)
			test(t, open(t, func(o *store.Options) { o.Now = c.now }), &c)
		})
	}
}

func add(t *testing.T, s *store.Store, effects ...store.Effect) {
	t.Helper()
	if err := s.AddEffects(t.Context(), effects); err != nil {
		t.Fatal(err)
	}
}

func text(lane, key string) store.Effect {
	return store.Effect{Key: key, Lane: lane, Kind: store.KindText, Body: []byte(`{}`)}
}

func claim(t *testing.T, s *store.Store, owner string, want ...string) []store.Effect {
	t.Helper()
	rows, err := s.ClaimEffects(t.Context(), owner, 32, time.Minute)
	if err != nil {
		t.Fatalf("claiming: %v", err)
	}
	var keys []string
	for _, e := range rows {
		keys = append(keys, e.Key)
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Fatalf("claimed (-want +got):\n%s", diff)
	}
	return rows
}

func end(t *testing.T, s *store.Store, e store.Effect, r store.EffectResult) {
	t.Helper()
	if err := s.FinishEffect(t.Context(), e, r); err != nil {
		t.Fatalf("finishing %s: %v", e.Key, err)
	}
}

var done = store.EffectResult{Status: store.EffectDone, Class: "ok"}

// TestLaneOrder: of a lane only the oldest effect that is to be sent is given out. What waits for the doctor keeps nothing back.
func TestLaneOrder(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		add(t, s, text("d:1", "a1"), text("d:1", "a2"), text("d:2", "b1"), text("d:1", "a3"), text("d:1", "a1"))
		rows := claim(t, s, "x", "a1", "b1")
		claim(t, s, "y")
		end(t, s, rows[1], done)
		end(t, s, rows[0], store.EffectResult{Status: store.EffectReady, NextAt: s.Now() + 5000, Class: "retry", Code: 45009})
		claim(t, s, "y") // a1 is not due and a2 must not overtake it
		c.add(6 * time.Second)
		rows = claim(t, s, "y", "a1")
		if rows[0].Attempts != 2 || rows[0].ClaimEpoch != 2 || rows[0].ClaimOwner != "y" || rows[0].Code != 45009 {
			t.Errorf("second attempt %+v", rows[0])
		}
		end(t, s, rows[0], store.EffectResult{Status: store.EffectDead, Class: "content", Code: 45002, Reason: "too long"})
		rows = claim(t, s, "y", "a2")
		end(t, s, rows[0], store.EffectResult{Status: store.EffectWaiting, Class: "wait", Code: 45015})
		claim(t, s, "y", "a3")
		counts, err := s.OutboxCounts(t.Context())
		if diff := cmp.Diff(map[string]int64{"dead": 1, "done": 1, "waiting_window": 1, "claimed": 1}, counts); diff != "" || err != nil {
			t.Errorf("counts (-want +got):\n%s%v", diff, err)
		}
	})
}

// TestClaimRunsOut: another takes over, the first owner's result no longer counts, and both attempts are on record.
func TestClaimRunsOut(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		add(t, s, text("d:1", "a1"))
		first := claim(t, s, "x", "a1")[0]
		c.add(59 * time.Second)
		claim(t, s, "y")
		c.add(2 * time.Second)
		second := claim(t, s, "y", "a1")[0]
		if second.Attempts != 2 || second.ClaimEpoch != first.ClaimEpoch+1 {
			t.Errorf("taken over %+v", second)
		}
		if err := s.FinishEffect(t.Context(), first, done); !errors.Is(err, store.ErrMoved) {
			t.Errorf("late owner: %v, want ErrMoved", err)
		}
		end(t, s, second, store.EffectResult{Status: store.EffectDone, Class: "ok", Latency: 80 * time.Millisecond})
		var log []store.Delivery
		if err := s.DB(t.Context()).Order("attempt").Find(&log).Error; err != nil {
			t.Fatal(err)
		}
		if len(log) != 2 || log[0].Class != "ok" || log[1].LatencyMS != 80 {
			t.Errorf("deliveries %+v", log)
		}
		if n := count(t, s, &store.Effect{}, "status = ? AND done_at > 0 AND claim_owner = ''", store.EffectDone); n != 1 {
			t.Error("effect is not done")
		}
	})
}

// TestManyClaim: dispatchers of two instances never get the same effect.
func TestManyClaim(t *testing.T) {
	twoInstances(t, func(t *testing.T, a, b *store.Store) {
		var effects []store.Effect
		for i := range 60 {
			effects = append(effects, text(fmt.Sprint("d:", i%30), fmt.Sprint("k", i)))
		}
		add(t, a, effects...)
		var mu sync.Mutex
		var wg sync.WaitGroup
		sent := map[string]int{}
		var left atomic.Int64
		left.Store(60)
		for i := range 6 {
			wg.Go(func() {
				s := []*store.Store{a, b}[i%2]
				for left.Load() > 0 && t.Context().Err() == nil {
					rows, err := s.ClaimEffects(t.Context(), fmt.Sprint("owner", i), 7, time.Minute)
					if err != nil {
						t.Errorf("claiming: %v", err)
						return
					}
					for _, e := range rows {
						mu.Lock()
						sent[e.Key]++
						mu.Unlock()
						if err := s.FinishEffect(t.Context(), e, done); err != nil {
							t.Errorf("finishing: %v", err)
						}
						left.Add(-1)
					}
				}
			})
		}
		wg.Wait()
		for i := range 60 {
			if n := sent[fmt.Sprint("k", i)]; n != 1 {
				t.Errorf("k%d was given out %d times", i, n)
			}
		}
	})
}

// TestTooLate: an effect past its time is cancelled and its content may be chosen again.
func TestTooLate(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		turn := newTurn("oA", 1, "m1")
		late, good := effect(turn, 1), effect(turn, 2)
		late.ValidUntil = s.Now() + 1000
		turn.Effects = []store.Effect{late, good}
		turn.Sent = []store.Sent{{Doctor: turn.Doctor.ID, Content: "c1", Effect: late.Key, At: 5}}
		commit(t, s, turn)
		c.add(2 * time.Second)
		claim(t, s, "x", good.Key)
		if n := count(t, s, &store.Effect{}, "effect_key = ? AND status = ?", late.Key, store.EffectCancel); n != 1 {
			t.Error("late effect is not cancelled")
		}
		if n := count(t, s, &store.Sent{}, "1 = 1"); n != 0 {
			t.Error("content of the late effect still counts as given")
		}
	})
}

// TestWindow: what waits for the doctor is ready when the doctor writes, in its old order.
func TestWindow(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, _ *clock) {
		turn := newTurn("oA", 1, "m1")
		turn.Effects = []store.Effect{effect(turn, 1), effect(turn, 2)}
		commit(t, s, turn)
		rows := claim(t, s, "x", effect(turn, 1).Key)
		end(t, s, rows[0], store.EffectResult{Status: store.EffectWaiting, Class: "wait", Code: 45015})
		end(t, s, claim(t, s, "x", effect(turn, 2).Key)[0], store.EffectResult{Status: store.EffectWaiting, Class: "wait", Held: true})
		silent := newTurn("oA", 2, "m2")
		commit(t, s, silent)
		claim(t, s, "x")
		typed := newTurn("oA", 3, "m3")
		typed.Rearm = true
		typed.Effects = []store.Effect{effect(typed, 1)}
		commit(t, s, typed)
		for _, key := range []string{effect(turn, 1).Key, effect(turn, 2).Key, effect(typed, 1).Key} {
			end(t, s, claim(t, s, "x", key)[0], done)
		}
	})
}

// TestLeaving cancels what waits, keeps what is being sent from a second attempt, and lets the farewell of the same turn go.
func TestLeaving(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		turn := newTurn("oA", 1, "m1")
		turn.Effects = []store.Effect{effect(turn, 1), effect(turn, 2)}
		turn.Sent = []store.Sent{{Doctor: turn.Doctor.ID, Content: "c2", Effect: effect(turn, 2).Key, At: 5}}
		commit(t, s, turn)
		add(t, s, text("d:other", "other"))
		rows := claim(t, s, "x", effect(turn, 1).Key, "other")
		leave := newTurn("oA", 2, "m2")
		leave.CancelEffects = true
		leave.Effects = []store.Effect{effect(leave, 1)}
		commit(t, s, leave)
		if n := count(t, s, &store.Sent{}, "1 = 1"); n != 0 {
			t.Error("cancelled content still counts as given")
		}
		end(t, s, rows[0], store.EffectResult{Status: store.EffectReady, NextAt: s.Now(), Class: "retry"})
		c.add(time.Second)
		claim(t, s, "x", effect(leave, 1).Key)
		counts, err := s.OutboxCounts(t.Context())
		if diff := cmp.Diff(map[string]int64{"cancelled": 2, "claimed": 2}, counts); diff != "" || err != nil {
			t.Errorf("counts (-want +got):\n%s%v", diff, err)
		}
	})
}

// TestReceipts: a yes of the platform dates the content and keeps the card's code.
func TestReceipts(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, _ *clock) {
		turn := newTurn("oA", 1, "m1")
		news := effect(turn, 1)
		news.Kind = store.KindNews
		turn.Effects = []store.Effect{news}
		turn.Sent = []store.Sent{{Doctor: turn.Doctor.ID, Content: "c1", Effect: news.Key, At: 5}}
		commit(t, s, turn)
		body, err := json.Marshal(store.Card{UserID: "rep1", Task: "offer@1", Lead: "L1"})
		if err != nil {
			t.Fatal(err)
		}
		add(t, s, store.Effect{Key: "card", Lane: store.RepLane("rep1"), Kind: store.KindCard, Body: body})
		err = s.Lock(t.Context(), func(tx *gorm.DB) error {
			return tx.Create(&[]store.Offer{
				{Lead: "L1", Rep: "rep1", Account: storetest.Account, Status: store.OfferOpen, Task: "offer@1"},
				{Lead: "L1", Rep: "rep2", Account: storetest.Account, Status: store.OfferOpen, Task: "offer@2"},
			}).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		rows := claim(t, s, "x", news.Key, "card")
		end(t, s, rows[0], done)
		end(t, s, rows[1], store.EffectResult{Status: store.EffectDone, Class: "ok", ResponseCode: "RC"})
		if n := count(t, s, &store.Sent{}, "sent_at = ?", s.Now()); n != 1 {
			t.Error("content is not dated")
		}
		if n := count(t, s, &store.Offer{}, "response_code = 'RC' AND rep = 'rep1'"); n != 1 {
			t.Error("response code is lost")
		}
	})
}

// TestDeadLetters are kept, listed and can be sent again under the same key.
func TestDeadLetters(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, _ *clock) {
		add(t, s, text("d:1", "a1"))
		e := claim(t, s, "x", "a1")[0]
		end(t, s, e, store.EffectResult{Status: store.EffectDead, Class: "config", Code: 48001, Reason: "not allowed"})
		dead, err := s.Unsent(t.Context(), store.EffectDead, 10)
		if err != nil || len(dead) != 1 || dead[0].Reason != "not allowed" || dead[0].Code != 48001 {
			t.Fatalf("dead letters %+v, %v", dead, err)
		}
		if err := s.RetryEffect(t.Context(), dead[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := s.RetryEffect(t.Context(), dead[0].ID); !errors.Is(err, store.ErrMoved) {
			t.Errorf("second retry: %v", err)
		}
		if again := claim(t, s, "x", "a1")[0]; again.Attempts != 2 {
			t.Errorf("attempt %d, want 2", again.Attempts)
		}
	})
}
