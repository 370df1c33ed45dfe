package wechat

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"
)

// shared returns the token of the cache, unless it is the failed one or due.
func (t *tokens) shared(ctx context.Context, failed string) (token, bool) {
	if t.cache == nil {
		return token{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, cachePause)
	defer cancel()
	text, err := t.cache.Get(ctx, t.key)
	var found token
	if err != nil || text == "" || json.Unmarshal([]byte(text), &found) != nil {
		return token{}, false
	}
	return found, found.Value != "" && found.Value != failed && t.now().UnixMilli() < found.RenewAt
}

// share puts a token into the cache. A failure costs the others a draw of their own.
func (t *tokens) share(ctx context.Context, fresh token) {
	ttl := time.UnixMilli(fresh.EndsAt).Sub(t.now())
	text, err := json.Marshal(fresh)
	if t.cache == nil || err != nil || ttl <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, cachePause)
	defer cancel()
	_ = t.cache.Set(ctx, t.key, string(text), ttl)
}

// forget deletes the failed token from the cache, and only that one. The caller holds the lock.
func (t *tokens) forget(ctx context.Context, failed string) {
	if t.cache == nil || failed == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, cachePause)
	defer cancel()
	text, err := t.cache.Get(ctx, t.key)
	var found token
	if err == nil && json.Unmarshal([]byte(text), &found) == nil && found.Value == failed {
		_, _ = t.cache.DeleteIf(ctx, t.key, text)
	}
}

// lock takes the right to draw among instances. Without a cache, or when it fails, everyone has it.
func (t *tokens) lock(ctx context.Context) (release func(), mine bool) {
	none := func() {}
	if t.cache == nil {
		return none, true
	}
	key, owner := t.key+":lock", rand.Text()
	short, cancel := context.WithTimeout(ctx, cachePause)
	defer cancel()
	got, err := t.cache.SetNX(short, key, owner, lockLife)
	if err != nil {
		return none, true
	}
	if !got {
		return none, false
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cachePause)
		defer cancel()
		_, _ = t.cache.DeleteIf(ctx, key, owner) // else it ends by itself
	}, true
}

// await waits for the token that another instance is drawing.
func (t *tokens) await(ctx context.Context, failed string) (token, bool) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	tick := time.NewTicker(lockPoll)
	defer tick.Stop()
	for {
		if found, ok := t.shared(ctx, failed); ok {
			return found, true
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return token{}, false
		}
	}
}
