// Package session remembers live conversations in Redis: one record for each (turn number, state, the last message keys with their replies) and a
// lease that keeps two instances from working on the same conversation at once. It also holds the few shared secrets of the platform, such as the
// access token. It is the only package that knows Redis.
//
// It refuses to be needed: everything here is a copy that saves time. Redis may be wiped, may be stale or absent; a record that cannot be read is a
// miss. The journal of package store decides.
//
// Invariants
//   - All keys of a conversation share one hash tag, so a cluster keeps them together.
//   - A state is replaced by a newer one only (turn numbers).
//   - A lease is released by its owner only.
//   - No call takes longer than about 100 ms, and while Redis is down none takes any time at all (ErrDown).
package session

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"github.com/sony/gobreaker/v2"
)

// Times of the package.
const (
	recordTTL   = 24 * time.Hour
	leaseTTL    = 3 * time.Second
	callTimeout = 100 * time.Millisecond
	ownTimeout  = 2 * time.Second        // of the embedded one: it shares our processor and is slow only when we are; going on without it would be slower still
	breakAfter  = 3                      // failures in a row
	breakFor    = 300 * time.Millisecond // then one call tries again
)

// ErrDown: Redis does not answer, or did not a moment ago. Go on without it.
var ErrDown = errors.New("session: redis is down")

// Options says where Redis is.
type Options struct {
	// Addr is host:port, several of them separated by commas for a cluster, unix:PATH, or a redis:// or rediss:// URL.
	Addr     string
	Password string
	Embedded bool   // an in-process Redis instead; Addr and Password are ignored
	Account  string // app id; part of every key
	Log      *slog.Logger
}

// Sessions is a connection to Redis. Its methods are safe for concurrent use.
type Sessions struct {
	client  redis.UniversalClient
	breaker *gobreaker.CircuitBreaker[any]
	account string
	limit   time.Duration // of one call
	inner   *embedded     // nil on a real Redis
}

// Open makes a client. It does not connect: an absent Redis is no reason not to start. Errors are mistakes in the options.
func Open(_ context.Context, o Options) (*Sessions, error) {
	if o.Account == "" {
		return nil, errors.New("session: no account")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Sessions{account: o.Account, breaker: newBreaker(o.Log), limit: callTimeout}
	opt := &redis.UniversalOptions{Addrs: []string{"127.0.0.1:6379"}, Password: o.Password}
	switch {
	case o.Embedded:
		s.inner, s.limit = startEmbedded(), ownTimeout
		opt.Dialer = s.inner.dial
	default:
		if err := address(opt, o.Addr); err != nil {
			return nil, err
		}
	}
	tune(opt, s.limit)
	s.client = redis.NewUniversalClient(opt)
	return s, nil
}

// tune sets what was found necessary: the defaults try again by themselves and wait seconds for a server that hangs.
func tune(o *redis.UniversalOptions, limit time.Duration) {
	o.MaxRetries, o.MaxRedirects = -1, 3
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = limit, limit, limit, limit
	o.DialerRetries = 1
	o.ContextTimeoutEnabled = true
	o.PoolSize = 64
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

func address(o *redis.UniversalOptions, addr string) error {
	switch {
	case addr == "":
		return errors.New("session: no redis address")
	case strings.HasPrefix(addr, "redis://"), strings.HasPrefix(addr, "rediss://"):
		u, err := redis.ParseURL(addr)
		if err != nil {
			return errors.New("session: redis address not understood; it looks like host:port or redis://user:pass@host:port/0")
		}
		o.Addrs, o.Username, o.DB, o.TLSConfig = []string{u.Addr}, u.Username, u.DB, u.TLSConfig
		if u.Password != "" {
			o.Password = u.Password
		}
		if o.TLSConfig != nil {
			o.TLSConfig.MinVersion = tls.VersionTLS12
		}
	case strings.HasPrefix(addr, "unix:"):
		path := strings.TrimPrefix(addr, "unix:")
		o.Addrs = []string{path}
		o.Dialer = func(ctx context.Context, _, _ string) (net.Conn, error) {
			d := net.Dialer{Timeout: callTimeout}
			return d.DialContext(ctx, "unix", path)
		}
	default:
		o.Addrs = strings.Split(addr, ",")
	}
	return nil
}

func newBreaker(log *slog.Logger) *gobreaker.CircuitBreaker[any] {
	return gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name:         "redis",
		Timeout:      breakFor,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= breakAfter },
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, context.Canceled) },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			log.Warn("redis breaker changed", "from", from.String(), "to", to.String())
		},
	})
}

// call runs fn under the time limit and the breaker. Whatever goes wrong is ErrDown, except that the caller gave up.
func (s *Sessions) call(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("asking redis: %w", context.Cause(ctx))
	}
	_, err := s.breaker.Execute(func() (any, error) {
		limited, cancel := context.WithTimeout(ctx, s.limit)
		defer cancel()
		err := fn(limited)
		if err != nil && ctx.Err() != nil {
			err = context.Canceled // says nothing about Redis
		}
		return nil, err
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("asking redis: %w", err)
	}
	return fmt.Errorf("%w: %w", ErrDown, err)
}

// Ping asks Redis for a sign of life. Errors match ErrDown.
func (s *Sessions) Ping(ctx context.Context) error {
	return s.call(ctx, func(ctx context.Context) error { return s.client.Ping(ctx).Err() })
}

// Embedded tells whether Redis runs inside this process.
func (s *Sessions) Embedded() bool { return s.inner != nil }

// Flush wipes the database, all accounts included. It is there for tests and drills: nothing of value is lost.
func (s *Sessions) Flush(ctx context.Context) error {
	return s.call(ctx, func(ctx context.Context) error {
		if c, ok := s.client.(*redis.ClusterClient); ok {
			return c.ForEachMaster(ctx, func(ctx context.Context, m *redis.Client) error { return m.FlushDB(ctx).Err() })
		}
		return s.client.FlushDB(ctx).Err()
	})
}

// Close ends the connections and the embedded Redis.
func (s *Sessions) Close() error {
	err := s.client.Close()
	if s.inner != nil {
		s.inner.stop()
	}
	return err
}

// recordKey and leaseKey share the hash tag in braces.
func (s *Sessions) recordKey(conversation string) string {
	return "vr:{" + s.account + ":" + conversation + "}:st"
}

func (s *Sessions) leaseKey(conversation string) string {
	return "vr:{" + s.account + ":" + conversation + "}:lease"
}

// embedded is the in-process Redis. It has no port and no clock of its own: a ticker moves its time.
type embedded struct {
	server *miniredis.Miniredis
	quit   chan struct{}
	ended  chan struct{}
}

func startEmbedded() *embedded {
	e := &embedded{server: miniredis.NewMiniRedis(), quit: make(chan struct{}), ended: make(chan struct{})}
	go e.tick()
	return e
}

func (e *embedded) tick() {
	defer close(e.ended)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.server.FastForward(time.Second)
		case <-e.quit:
			return
		}
	}
}

func (e *embedded) dial(context.Context, string, string) (net.Conn, error) { return e.server.Dial() }

func (e *embedded) stop() {
	close(e.quit)
	<-e.ended
	e.server.Close()
}

// newToken draws the name of a lease's owner.
func newToken() string { return rand.Text() }
