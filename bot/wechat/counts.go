package wechat

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// Counter counts among instances. It may fail at any time: then each instance goes on with what it has counted itself.
type Counter interface {
	Count(ctx context.Context, key string, ttl time.Duration) (int64, error) // adds one and returns the number
	Get(ctx context.Context, key string) (string, error)                     // the number as digits, "" when there is none
}

// maxCounts bounds what one process remembers; beyond it, numbers that have ended are dropped.
const maxCounts = 4096

// counts are numbers that end by themselves, shared when possible. The process keeps its own count beside the shared one and goes by the larger of the
// two, so that an outage of the cache forgets nothing that this process has done.
type counts struct {
	shared Counter // nil: this process alone
	now    func() time.Time

	mu  sync.Mutex
	own map[string]count
}

type count struct {
	n    int64
	ends int64 // unix ms
}

// add counts one and returns the number.
func (c *counts) add(ctx context.Context, key string, ttl time.Duration) int64 {
	c.mu.Lock()
	now := c.now().UnixMilli()
	if len(c.own) >= maxCounts {
		for k, v := range c.own {
			if v.ends <= now {
				delete(c.own, k)
			}
		}
	}
	if c.own == nil {
		c.own = map[string]count{}
	}
	own := c.own[key]
	if own.ends <= now {
		own.n = 0
	}
	own.n, own.ends = own.n+1, now+ttl.Milliseconds()
	c.own[key] = own
	c.mu.Unlock()
	if c.shared == nil {
		return own.n
	}
	ctx, cancel := context.WithTimeout(ctx, cachePause)
	defer cancel()
	n, err := c.shared.Count(ctx, key, ttl)
	if err != nil {
		return own.n
	}
	return max(n, own.n)
}

// read returns a number without counting.
func (c *counts) read(ctx context.Context, key string) int64 {
	c.mu.Lock()
	own := c.own[key]
	if own.ends <= c.now().UnixMilli() {
		own.n = 0
	}
	c.mu.Unlock()
	if c.shared == nil {
		return own.n
	}
	ctx, cancel := context.WithTimeout(ctx, cachePause)
	defer cancel()
	text, err := c.shared.Get(ctx, key)
	if err != nil || text == "" {
		return own.n
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return own.n
	}
	return max(n, own.n)
}
