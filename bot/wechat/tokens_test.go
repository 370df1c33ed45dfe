package wechat

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// mint is a token endpoint in memory.
type mint struct {
	mu     sync.Mutex
	n      int
	forced int
	same   bool // gives the same token until forced
	life   time.Duration
	slow   time.Duration
	err    error
}

func (m *mint) draw(ctx context.Context, force bool) (string, time.Duration, error) {
	if m.slow > 0 {
		select {
		case <-time.After(m.slow):
		case <-ctx.Done():
			return "", 0, ctx.Err()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.n++
	if force {
		m.forced++
	}
	serial := m.n
	if m.same {
		serial = m.forced
	}
	return fmt.Sprintf("t%d", serial), m.life, m.err
}

func (m *mint) draws() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.n
}

func newTokens(m *mint, cache TokenCache) *tokens {
	return &tokens{key: "k", cache: cache, now: time.Now, draw: m.draw}
}

func get(t *testing.T, ts *tokens, failed string) string {
	t.Helper()
	value, err := ts.get(t.Context(), failed)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return value
}

func TestTokenIsKeptAndRenewedEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 2 * time.Hour}
		ts := newTokens(m, nil)
		for range 10 {
			if got := get(t, ts, ""); got != "t1" {
				t.Errorf("token %s", got)
			}
		}
		time.Sleep(2*time.Hour - renewEarly - time.Second)
		get(t, ts, "")
		synctest.Wait()
		if m.draws() != 1 {
			t.Errorf("%d draws before it is due", m.draws())
		}
		time.Sleep(time.Second)
		get(t, ts, "") // still holds: given out while the renewal runs
		synctest.Wait()
		if got := get(t, ts, ""); got != "t2" || m.draws() != 2 {
			t.Errorf("token %s after %d draws", got, m.draws())
		}
	})
}

// TestShortLives: three hundred seconds are legal and must not lead to a draw per call.
func TestShortLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 300 * time.Second}
		ts := newTokens(m, nil)
		for range 10 {
			get(t, ts, "")
		}
		if m.draws() != 1 {
			t.Errorf("%d draws", m.draws())
		}
	})
}

func TestFailedRenewalLeavesTheTokenInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour}
		ts := newTokens(m, nil)
		get(t, ts, "")
		m.err = errors.New("down")
		time.Sleep(time.Hour - time.Minute)
		for range 20 {
			if got := get(t, ts, ""); got != "t1" {
				t.Errorf("token %s", got)
			}
			synctest.Wait()
		}
		if m.draws() != 2 {
			t.Errorf("%d draws, want 2: one first, one failed and then a pause", m.draws())
		}
		time.Sleep(2 * time.Minute)
		if _, err := ts.get(t.Context(), ""); err == nil {
			t.Error("an ended token was given out")
		}
	})
}

func TestOneFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour, slow: time.Second}
		ts := newTokens(m, nil)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { get(t, ts, "") })
		}
		wg.Wait()
		if m.draws() != 1 {
			t.Errorf("%d draws", m.draws())
		}
	})
}

// TestOneCallerGivesUp: its deadline is its own, the others get the token.
func TestOneCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour, slow: 3 * time.Second}
		ts := newTokens(m, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if got := get(t, ts, ""); got != "t1" {
				t.Errorf("token %s", got)
			}
		})
		if _, err := ts.get(ctx, ""); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		wg.Wait()
	})
}

func TestInstancesShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, cache := &mint{life: time.Hour, slow: time.Second}, &memoryCache{}
		var wg sync.WaitGroup
		for range 4 {
			ts := newTokens(m, cache)
			wg.Go(func() {
				if got := get(t, ts, ""); got != "t1" {
					t.Errorf("token %s", got)
				}
			})
		}
		wg.Wait()
		if m.draws() != 1 {
			t.Errorf("%d draws by four instances", m.draws())
		}
		if _, locked := cache.m["k:lock"]; locked {
			t.Error("the lock was left behind")
		}
	})
}

func TestCacheDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour}
		ts := newTokens(m, &memoryCache{down: true})
		for range 5 {
			if got := get(t, ts, ""); got != "t1" {
				t.Errorf("token %s", got)
			}
		}
		if m.draws() != 1 {
			t.Errorf("%d draws", m.draws())
		}
	})
}

// TestLockHolderDied: nobody waits longer than the wait for a token that does not come.
func TestLockHolderDied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, cache := &mint{life: time.Hour}, &memoryCache{m: map[string]string{"k:lock": "a dead instance"}}
		began := time.Now()
		if got := get(t, newTokens(m, cache), ""); got != "t1" || time.Since(began) > lockWait+time.Second {
			t.Errorf("token %s after %v", got, time.Since(began))
		}
		if cache.m["k:lock"] != "a dead instance" {
			t.Error("somebody else's lock was released")
		}
	})
}

// TestRefusedTokenIsReplacedOnceAmongInstances: the second instance takes the first one's new token from the cache.
func TestRefusedTokenIsReplacedOnceAmongInstances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, cache := &mint{life: time.Hour, same: true}, &memoryCache{}
		a, b := newTokens(m, cache), newTokens(m, cache)
		old := get(t, a, "")
		if got := get(t, b, ""); got != old {
			t.Fatalf("instances differ: %s, %s", got, old)
		}
		fresh := get(t, a, old)
		if fresh == old {
			t.Error("the refused token came again")
		}
		if got := get(t, b, old); got != fresh || m.forced != 1 {
			t.Errorf("second instance: %s, forced %d times", got, m.forced)
		}
		if got := get(t, a, "some older token"); got != fresh {
			t.Errorf("a late refusal of an older token replaced %s by %s", fresh, got)
		}
	})
}

// TestForcingIsRare: the platform allows twenty a day and one in thirty seconds.
func TestForcingIsRare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour, same: true}
		ts := newTokens(m, nil)
		failed := get(t, ts, "")
		for range 5 {
			failed = get(t, ts, failed)
		}
		if m.forced != 1 {
			t.Errorf("forced %d times at once", m.forced)
		}
		time.Sleep(forcePeriod)
		get(t, ts, failed)
		if m.forced != 2 {
			t.Errorf("forced %d times after the period", m.forced)
		}
	})
}
