package console

import (
	"sync"
	"time"
)

// Limits of the login: so many wrong passwords are free, then the wait doubles from two seconds up to the longest.
const (
	freeForAccount = 3
	freeForAddress = 12
	longestWait    = 15 * time.Minute
	forgetAfter    = time.Hour
	mostKeys       = 20_000
)

// throttle slows guessing down, by account and by address. It counts in the process: with n instances a guesser has at most n times as many tries.
// A try is counted before the password is looked at, so that many at once do not slip through.
type throttle struct {
	mu    sync.Mutex
	now   func() time.Time
	tries map[string]tries
}

type tries struct {
	n    int
	next time.Time // no try before it
	last time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, tries: make(map[string]tries)}
}

// take counts a try of a key with so many free ones. When the key has to wait it counts nothing and gives the time left.
func (t *throttle) take(key string, free int) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	e := t.tries[key]
	if now.Sub(e.last) > forgetAfter {
		e = tries{}
	}
	if wait := e.next.Sub(now); wait > 0 {
		return wait
	}
	e.n++
	e.last = now
	if over := e.n - free; over >= 0 {
		e.next = now.Add(pause(over))
	}
	t.makeRoom(now)
	t.tries[key] = e
	return 0
}

// pause is the wait after the last free try (over 0: two seconds) and every later one.
func pause(over int) time.Duration {
	if over > 10 {
		return longestWait
	}
	return min(2*time.Second<<over, longestWait)
}

// forget clears a key after a right password.
func (t *throttle) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, key)
}

// makeRoom keeps the memory bounded: old keys first, then any.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.tries) < mostKeys {
		return
	}
	for key, e := range t.tries {
		if now.Sub(e.last) > forgetAfter {
			delete(t.tries, key)
		}
	}
	for key := range t.tries {
		if len(t.tries) < mostKeys {
			return
		}
		delete(t.tries, key)
	}
}
