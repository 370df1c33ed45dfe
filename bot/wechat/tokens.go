package wechat

import (
	"context"
	"sync"
	"time"
)

// TokenCache shares access tokens among instances. It may fail at any time: then each instance draws its own, which
// neither platform's endpoint minds.
type TokenCache interface {
	Get(ctx context.Context, key string) (string, error) // "" when there is none
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	SetNX(ctx context.Context, key, value string, ttl time.Duration) (bool, error)
	DeleteIf(ctx context.Context, key, value string) (bool, error) // deletes only that value
}

// Times of the token source.
const (
	renewEarly  = 4 * time.Minute  // before the end, or at half of a shorter life. The platform gives the next token from five minutes before the end on
	renewPause  = 10 * time.Second // after a failed renewal, while the token still holds
	renewLimit  = 15 * time.Second // for one renewal
	lockLife    = 10 * time.Second // of the lock that one instance holds while it draws
	lockWait    = 2 * time.Second  // how long the others wait for its token before they draw themselves
	lockPoll    = 50 * time.Millisecond
	cachePause  = 500 * time.Millisecond // patience with the cache
	forcePeriod = 30 * time.Second       // between forced renewals; source: the platform's page on stable_token
)

// token is an access token with its times in unix milliseconds.
type token struct {
	Value   string `json:"token"`
	RenewAt int64  `json:"renew_at"`
	EndsAt  int64  `json:"ends_at"`
}

// tokens gives out the access token of one account: from the process, else from the shared cache, else from the
// platform, one renewal at a time. It replaces the SDK's sources, which fail when their cache fails, refuse short
// lives, ignore deadlines and keep a token that the platform has refused.
type tokens struct {
	key   string // in the cache
	cache TokenCache
	now   func() time.Time
	draw  func(ctx context.Context, force bool) (value string, life time.Duration, err error)

	mu     sync.Mutex
	have   token
	quiet  int64 // no early renewal before
	forced int64 // last forced renewal
	flight *flight
}

// flight is a renewal that several callers wait for.
type flight struct {
	failed string // what it was begun to replace
	done   chan struct{}
	token  token
	err    error
}

// get returns a token that is not failed, the one that the platform has just refused ("" for none). Only if the token
// at hand is still the failed one is it renewed, so that many refused at once cost one renewal. The error is that of
// draw or of ctx.
func (t *tokens) get(ctx context.Context, failed string) (string, error) {
	for {
		value, f := t.board(ctx, failed)
		if f == nil {
			return value, nil
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if f.err != nil {
			return "", f.err
		}
		if f.token.Value != failed || f.failed == failed {
			return f.token.Value, nil
		}
	}
}

// board returns the token at hand, or the renewal to wait for. A token that is to be renewed but still holds is given
// out while the renewal runs.
func (t *tokens) board(ctx context.Context, failed string) (string, *flight) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now().UnixMilli()
	holds := t.have.Value != "" && t.have.Value != failed && now < t.have.EndsAt
	if holds && (now < t.have.RenewAt || now < t.quiet) {
		return t.have.Value, nil
	}
	if t.flight == nil {
		t.flight = &flight{failed: failed, done: make(chan struct{})}
		go t.renew(context.WithoutCancel(ctx), t.flight)
	}
	if holds {
		return t.have.Value, nil
	}
	return "", t.flight
}

func (t *tokens) renew(ctx context.Context, f *flight) {
	ctx, cancel := context.WithTimeout(ctx, renewLimit)
	defer cancel()
	f.token, f.err = t.fetch(ctx, f.failed)
	t.mu.Lock()
	if f.err == nil {
		t.have = f.token
	} else {
		t.quiet = t.now().Add(renewPause).UnixMilli()
	}
	t.flight = nil
	t.mu.Unlock()
	close(f.done)
}

// fetch takes a newer token from the cache or draws one under the lock.
func (t *tokens) fetch(ctx context.Context, failed string) (token, error) {
	if shared, ok := t.shared(ctx, failed); ok {
		return shared, nil
	}
	release, mine := t.lock(ctx)
	defer release()
	if mine {
		t.forget(ctx, failed)
		if shared, ok := t.shared(ctx, failed); ok {
			return shared, nil // drawn by another instance between the look and the lock
		}
	} else if shared, ok := t.await(ctx, failed); ok {
		return shared, nil
	}
	fresh, err := t.drawn(ctx, false)
	if err == nil && fresh.Value == failed && t.mayForce() {
		fresh, err = t.drawn(ctx, true)
	}
	if err != nil {
		return token{}, err
	}
	t.share(ctx, fresh)
	return fresh, nil
}

func (t *tokens) drawn(ctx context.Context, force bool) (token, error) {
	began := t.now()
	value, life, err := t.draw(ctx, force)
	if err != nil {
		return token{}, err
	}
	return token{
		Value:   value,
		RenewAt: began.Add(life - min(renewEarly, life/2)).UnixMilli(),
		EndsAt:  began.Add(life).UnixMilli(),
	}, nil
}

func (t *tokens) mayForce() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now().UnixMilli()
	if t.forced != 0 && now-t.forced < forcePeriod.Milliseconds() {
		return false
	}
	t.forced = now
	return true
}
