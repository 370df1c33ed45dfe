package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
)

const hour = int64(time.Hour / time.Millisecond)

// opening commits a turn that opens an allowance at a time (unix ms).
func opening(t *testing.T, s *store.Store, openID string, seq int64, channel string, from int64) string {
	t.Helper()
	turn := newTurn(openID, seq, fmt.Sprint(openID, "/", seq))
	turn.Opens = &store.Allowance{Channel: store.ChannelChat, Left: 5, From: from, Until: from + 48*hour}
	if channel == store.ChannelQuick {
		turn.Opens = &store.Allowance{Channel: store.ChannelQuick, Left: 3, From: from, Until: from + 60_000}
	}
	commit(t, s, turn)
	return turn.Doctor.ID
}

func purse(t *testing.T, s *store.Store, doctor string) store.Purse {
	t.Helper()
	p, err := s.Purse(t.Context(), doctor)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// left wants how many messages the ledger has left.
func left(t *testing.T, s *store.Store, doctor, when string, chat, quick int) store.Purse {
	t.Helper()
	p := purse(t, s, doctor)
	if p.ChatLeft != chat || p.QuickLeft != quick {
		t.Errorf("%s: %d and %d left, want %d and %d", when, p.ChatLeft, p.QuickLeft, chat, quick)
	}
	return p
}

// spend takes one off what the ledger shows now.
func spend(t *testing.T, s *store.Store, doctor, channel string, keep int) (store.Spent, bool) {
	t.Helper()
	sp := store.Spent{Channel: channel, Seen: purse(t, s, doctor).Ledger}
	ok, err := s.Spend(t.Context(), sp, keep)
	if err != nil {
		t.Fatal(err)
	}
	return sp, ok
}

// settled books the end of a send.
func settled(t *testing.T, s *store.Store, key string, sp store.Spent, how store.Settling) {
	t.Helper()
	add(t, s, text("d:"+key, key))
	end(t, s, claim(t, s, "x", key)[0], store.EffectResult{Status: store.EffectDone, Class: "ok", Channel: sp.Channel, Spent: sp, Settle: how})
}

// TestLedgerRenews: a fresh allowance replaces what was left of its sort, in whatever order the messages arrive.
func TestLedgerRenews(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		start := s.Now()
		id := opening(t, s, "oA", 1, store.ChannelChat, start)
		if _, ok := spend(t, s, id, store.ChannelChat, 0); !ok {
			t.Fatal("nothing to spend")
		}
		left(t, s, id, "after one", 4, 0)
		c.add(10 * time.Second)
		opening(t, s, "oA", 2, store.ChannelQuick, s.Now())
		left(t, s, id, "a click leaves the chat alone", 4, 3)
		opening(t, s, "oA", 3, store.ChannelChat, s.Now())
		p := left(t, s, id, "a new message", 5, 3)
		if p.ChatUntil != s.Now()+48*hour || p.QuickUntil != s.Now()+60_000 {
			t.Errorf("ends %d and %d", p.ChatUntil, p.QuickUntil)
		}
		spend(t, s, id, store.ChannelChat, 0)
		opening(t, s, "oA", 4, store.ChannelChat, start+1000)
		if p := left(t, s, id, "an older message", 4, 3); p.ChatUntil != s.Now()+48*hour {
			t.Error("an older message has moved the end")
		}
		opening(t, s, "oA", 5, store.ChannelChat, s.Now())
		left(t, s, id, "a message of the same second", 4, 3)
	})
}

// TestLedgerSpends: only what is left beyond what is kept, and only of the allowance that was seen.
func TestLedgerSpends(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		id := opening(t, s, "oA", 1, store.ChannelChat, s.Now())
		for n := range 4 {
			if _, ok := spend(t, s, id, store.ChannelChat, 1); !ok {
				t.Errorf("send %d refused", n)
			}
		}
		if _, ok := spend(t, s, id, store.ChannelChat, 1); ok {
			t.Error("the kept one was spent")
		}
		stale := store.Spent{Channel: store.ChannelChat, Seen: purse(t, s, id).Ledger}
		c.add(time.Minute)
		opening(t, s, "oA", 2, store.ChannelChat, s.Now())
		if ok, err := s.Spend(t.Context(), stale, 0); ok || err != nil {
			t.Errorf("spent of an allowance that is gone: %v, %v", ok, err)
		}
		if _, ok := spend(t, s, id, store.ChannelQuick, 0); ok {
			t.Error("spent of an allowance that never was")
		}
		if ok, err := s.Spend(t.Context(), store.Spent{Channel: store.ChannelApp}, 0); !ok || err != nil {
			t.Errorf("a channel without a ledger: %v, %v", ok, err)
		}
		left(t, s, id, "in the end", 5, 0)
	})
}

// TestLedgerSettles: what was not sent comes back to where it was taken, never to a later allowance; what the platform says is believed.
func TestLedgerSettles(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		id := opening(t, s, "oA", 1, store.ChannelChat, s.Now())
		sp, _ := spend(t, s, id, store.ChannelChat, 0)
		settled(t, s, "refund", sp, store.SettleRefund)
		left(t, s, id, "a refund", 5, 0)

		sp, _ = spend(t, s, id, store.ChannelChat, 0)
		c.add(time.Minute)
		opening(t, s, "oA", 2, store.ChannelChat, s.Now())
		settled(t, s, "late refund", sp, store.SettleRefund)
		left(t, s, id, "a refund to an allowance that is gone", 5, 0)

		sp, _ = spend(t, s, id, store.ChannelChat, 0)
		c.add(time.Minute)
		opening(t, s, "oA", 3, store.ChannelChat, s.Now())
		c.add(time.Second)
		settled(t, s, "across", sp, store.SettleKept)
		left(t, s, id, "a send that ended under the next allowance", 4, 0)

		sent := s.Now()
		sp, _ = spend(t, s, id, store.ChannelChat, 0)
		c.add(time.Second)
		settled(t, s, "before", sp, store.SettleKept)
		c.add(time.Second)
		opening(t, s, "oA", 4, store.ChannelChat, sent)
		left(t, s, id, "a message written before a send ended, heard after it", 3, 0)
		c.add(time.Second)
		opening(t, s, "oA", 5, store.ChannelChat, s.Now())
		left(t, s, id, "the next message", 5, 0)

		sp, _ = spend(t, s, id, store.ChannelChat, 0)
		opening(t, s, "oA", 6, store.ChannelQuick, s.Now())
		settled(t, s, "closed", sp, store.SettleClosed)
		left(t, s, id, "the platform says none; a click came meanwhile", 0, 3)
		sp, _ = spend(t, s, id, store.ChannelQuick, 0)
		settled(t, s, "closed too", sp, store.SettleClosed)
		left(t, s, id, "the platform says none", 0, 0)
	})
}

// TestLedgerCountsOnBoth: the platform takes the short allowance first, as it stands when the message gets there. A click during the call, or the end of
// the short allowance, changes which one that is, and the ledger has to believe the worse of both.
func TestLedgerCountsOnBoth(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		id := opening(t, s, "oA", 1, store.ChannelChat, s.Now())
		c.add(time.Second)
		sp, _ := spend(t, s, id, store.ChannelChat, 0)
		opening(t, s, "oA", 2, store.ChannelQuick, s.Now())
		settled(t, s, "click heard during the call", sp, store.SettleKept)
		left(t, s, id, "a click during a chat message", 4, 2)

		c.add(2 * time.Minute)
		sp, _ = spend(t, s, id, store.ChannelChat, 0)
		clicked := s.Now()
		c.add(time.Second)
		settled(t, s, "click heard after the call", sp, store.SettleKept)
		opening(t, s, "oA", 3, store.ChannelQuick, clicked)
		left(t, s, id, "a click before the end of a chat message, heard after it", 3, 0)
		c.add(time.Second)
		opening(t, s, "oA", 4, store.ChannelQuick, s.Now())
		left(t, s, id, "the next click", 3, 3)

		sp, _ = spend(t, s, id, store.ChannelQuick, 0)
		c.add(58 * time.Second)
		settled(t, s, "in time", sp, store.SettleKept)
		left(t, s, id, "one that ended in time", 3, 2)
		sp, _ = spend(t, s, id, store.ChannelQuick, 0)
		c.add(2 * time.Second)
		settled(t, s, "too slow", sp, store.SettleKept)
		left(t, s, id, "one that outlasted the minute", 2, 1)
	})
}

// TestLedgerCloses: who leaves takes everything along, and nothing comes back by a refund or by following again.
func TestLedgerCloses(t *testing.T) {
	timed(t, func(t *testing.T, s *store.Store, c *clock) {
		id := opening(t, s, "oA", 1, store.ChannelChat, s.Now())
		opening(t, s, "oA", 2, store.ChannelQuick, s.Now())
		permit := newTurn("oA", 3, "permit")
		permit.Permits = []store.PermitChange{{Template: "a", Accepted: true}, {Template: "b", Accepted: true}, {Template: "a", Accepted: true}, {Template: "b"}}
		commit(t, s, permit)
		if diff := cmp.Diff(map[string]int{"a": 2}, purse(t, s, id).Permits); diff != "" {
			t.Errorf("permits (-want +got):\n%s", diff)
		}
		taken := store.Spent{Channel: store.ChannelSubscribe, Template: "a", Seen: purse(t, s, id).Ledger}
		if ok, err := s.Spend(t.Context(), taken, 0); !ok || err != nil {
			t.Fatalf("spending a permit: %v, %v", ok, err)
		}
		settled(t, s, "permit back", taken, store.SettleRefund)
		if n := purse(t, s, id).Permits["a"]; n != 2 {
			t.Errorf("%d permits after the refund", n)
		}
		sp, _ := spend(t, s, id, store.ChannelChat, 0)
		leave := newTurn("oA", 4, "leave")
		leave.Closes = true
		commit(t, s, leave)
		settled(t, s, "refund", sp, store.SettleRefund)
		if p := left(t, s, id, "after leaving", 0, 0); p.ChatUntil > s.Now() || p.QuickUntil > s.Now() || len(p.Permits) > 0 {
			t.Errorf("still open: %+v", p)
		}
		c.add(time.Second)
		opening(t, s, "oA", 5, store.ChannelQuick, s.Now())
		left(t, s, id, "after coming back", 0, 3)
		if ok, _ := s.Spend(t.Context(), taken, 0); ok {
			t.Error("a permit has survived")
		}
	})
}

// TestManySpend: however many spend at once, no more is taken than was there.
func TestManySpend(t *testing.T) {
	twoInstances(t, func(t *testing.T, a, b *store.Store) {
		id := opening(t, a, "oA", 1, store.ChannelChat, a.Now())
		seen := purse(t, a, id).Ledger
		var took atomic.Int64
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				ok, err := []*store.Store{a, b}[i%2].Spend(t.Context(), store.Spent{Channel: store.ChannelChat, Seen: seen}, 1)
				if err != nil {
					t.Errorf("spending: %v", err)
				}
				if ok {
					took.Add(1)
				}
			})
		}
		wg.Wait()
		if took.Load() != 4 {
			t.Errorf("%d were taken of four", took.Load())
		}
		left(t, a, id, "afterwards", 1, 0)
	})
}
