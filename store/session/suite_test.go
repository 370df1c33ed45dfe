package session_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

const doctor = "9c1185a5c5e9fc54612808977ee8f548"

func begin(t *testing.T, s *session.Sessions, key string, want session.Status) session.Begun {
	t.Helper()
	b, err := s.Begin(t.Context(), doctor, key)
	if err != nil {
		t.Fatalf("beginning: %v", err)
	}
	if b.Status != want {
		t.Fatalf("Begin(%s) = %d, want %d", key, b.Status, want)
	}
	return b
}

func finish(t *testing.T, s *session.Sessions, seq int64, state, key, reply, lease string) {
	t.Helper()
	if err := s.Finish(t.Context(), doctor, seq, []byte(state), key, []byte(reply), lease); err != nil {
		t.Fatalf("finishing: %v", err)
	}
}

func TestTurns(t *testing.T) {
	storetest.SessionEngines(t, func(t *testing.T, s *session.Sessions) {
		b := begin(t, s, "k1", session.Miss)
		finish(t, s, 1, "one", "k1", "r1", b.Lease)

		b = begin(t, s, "k2", session.Fresh)
		if b.Record.Seq != 1 || string(b.Record.State) != "one" {
			t.Errorf("record = %d %q", b.Record.Seq, b.Record.State)
		}
		finish(t, s, 2, "two", "k2", "r2", b.Lease)

		for key, want := range map[string]string{"k1": "r1", "k2": "r2"} {
			if b := begin(t, s, key, session.Duplicate); string(b.Reply) != want {
				t.Errorf("duplicate %s got %q, want %q", key, b.Reply, want)
			}
		}
		begin(t, s, "k3", session.Fresh) // a duplicate keeps no lease
	})
}

func TestLease(t *testing.T) {
	storetest.SessionEngines(t, func(t *testing.T, s *session.Sessions) {
		b := begin(t, s, "k1", session.Miss)
		begin(t, s, "k2", session.Busy)
		s.Release(t.Context(), doctor, "someone else")
		begin(t, s, "k2", session.Busy)
		finish(t, s, 1, "one", "k1", "", "someone else")
		begin(t, s, "k2", session.Busy)
		s.Release(t.Context(), doctor, b.Lease)
		b = begin(t, s, "k2", session.Fresh)
		finish(t, s, 2, "two", "k2", "", b.Lease)
		begin(t, s, "k3", session.Fresh)
	})
}

func TestLeaseEnds(t *testing.T) {
	storetest.SessionEngines(t, func(t *testing.T, s *session.Sessions) {
		first := begin(t, s, "k1", session.Miss)
		var second session.Begun
		until(t, 10*time.Second, func() bool {
			b, err := s.Begin(t.Context(), doctor, "k2")
			second = b
			return err == nil && b.Status == session.Miss
		})
		finish(t, s, 1, "late", "k1", "", first.Lease)
		begin(t, s, "k3", session.Busy) // the late owner did not release the lease of the second
		if second.Lease == first.Lease {
			t.Error("two owners with one name")
		}
	})
}

func TestNewerStateStays(t *testing.T) {
	storetest.SessionEngines(t, func(t *testing.T, s *session.Sessions) {
		finish(t, s, 300, "new", "k300", "r300", "")
		finish(t, s, 299, "old", "k299", "r299", "")
		finish(t, s, 300, "again", "k300", "r300", "")
		b := begin(t, s, "k301", session.Fresh)
		if b.Record.Seq != 300 || string(b.Record.State) != "new" {
			t.Errorf("record = %d %q, want the newer", b.Record.Seq, b.Record.State)
		}
		if len(b.Record.Recent) != 2 {
			t.Errorf("remembers %d messages, want 2", len(b.Record.Recent))
		}
	})
}

// TestSameRecordOnBothEngines holds the script against the Go code.
func TestSameRecordOnBothEngines(t *testing.T) {
	engines := []*session.Sessions{storetest.Embedded(t), storetest.Redis(t)}
	for i := range 60 {
		seq := int64(i + 1 - i%7*3)
		reply := fmt.Sprintf("%0*d", i*29%400, i)
		var got [2]session.Begun
		for n, s := range engines {
			finish(t, s, max(seq, 0), fmt.Sprint("state", i), fmt.Sprint("k", i%23), reply, "")
			got[n] = begin(t, s, "none", session.Fresh)
			s.Release(t.Context(), doctor, got[n].Lease)
			got[n].Lease = ""
		}
		if a, b := fmt.Sprint(got[0].Record), fmt.Sprint(got[1].Record); a != b {
			t.Fatalf("after step %d\nembedded %s\nredis    %s", i, a, b)
		}
	}
}

func TestFlushAndForget(t *testing.T) {
	storetest.SessionEngines(t, func(t *testing.T, s *session.Sessions) {
		finish(t, s, 1, "one", "k1", "r1", "")
		if err := s.Forget(t.Context(), doctor); err != nil {
			t.Fatal(err)
		}
		b := begin(t, s, "k1", session.Miss)
		finish(t, s, 1, "one", "k1", "r1", b.Lease)
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin(t, s, "k1", session.Miss)
	})
}

// TestOneOwner lets many ask for the same lease at once.
func TestOneOwner(t *testing.T) {
	storetest.SessionEngines(t, func(t *testing.T, s *session.Sessions) {
		var owners, answered atomic.Int64
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				b, err := s.Begin(t.Context(), doctor, fmt.Sprint("k", i))
				if err == nil {
					answered.Add(1)
				}
				if b.Lease != "" {
					owners.Add(1)
				}
			})
		}
		wg.Wait()
		if answered.Load() == 0 || owners.Load() != 1 {
			t.Errorf("%d owners of one lease, %d calls answered", owners.Load(), answered.Load())
		}
	})
}

func TestCache(t *testing.T) {
	storetest.SessionEngines(t, func(t *testing.T, s *session.Sessions) {
		ctx := t.Context()
		if v, err := s.Get(ctx, "tok"); v != "" || err != nil {
			t.Errorf("absent value = %q, %v", v, err)
		}
		if ok, err := s.SetNX(ctx, "tok", "a", time.Minute); !ok || err != nil {
			t.Errorf("first SetNX = %v, %v", ok, err)
		}
		if ok, err := s.SetNX(ctx, "tok", "b", time.Minute); ok || err != nil {
			t.Errorf("second SetNX = %v, %v", ok, err)
		}
		if ok, err := s.DeleteIf(ctx, "tok", "b"); ok || err != nil {
			t.Errorf("DeleteIf of another's value = %v, %v", ok, err)
		}
		if ok, err := s.DeleteIf(ctx, "tok", "a"); !ok || err != nil {
			t.Errorf("DeleteIf = %v, %v", ok, err)
		}
		if err := s.Set(ctx, "tok", "c", time.Minute); err != nil {
			t.Fatal(err)
		}
		if v, err := s.Get(ctx, "tok"); v != "c" || err != nil {
			t.Errorf("value = %q, %v", v, err)
		}
		if err := s.Delete(ctx, "tok"); err != nil {
			t.Fatal(err)
		}
		if v, err := s.Get(ctx, "tok"); v != "" || err != nil {
			t.Errorf("deleted value = %q, %v", v, err)
		}
	})
}

// TestCount: every caller gets a number of its own, the number is read by Get, and it ends some time after the last count.
func TestCount(t *testing.T) {
	storetest.SessionEngines(t, func(t *testing.T, s *session.Sessions) {
		ctx := t.Context()
		var sum atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				n, err := s.Count(ctx, "calls", time.Minute)
				if err != nil {
					t.Error(err)
				}
				sum.Add(n)
			})
		}
		wg.Wait()
		if sum.Load() != 210 {
			t.Errorf("the numbers 1 to 20 add up to %d", sum.Load())
		}
		if v, err := s.Get(ctx, "calls"); v != "20" || err != nil {
			t.Errorf("value = %q, %v", v, err)
		}
		if n, err := s.Count(ctx, "short", 50*time.Millisecond); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		until(t, 10*time.Second, func() bool {
			v, err := s.Get(ctx, "short")
			return v == "" && err == nil
		})
	})
}

// TestScriptOverwritesDamage puts what is not ours under the key of a conversation on a real Redis.
func TestScriptOverwritesDamage(t *testing.T) {
	server := storetest.RedisServer(t)
	s := storetest.Sessions(t, session.Options{Addr: server.Address})
	raw := redis.NewClient(&redis.Options{Network: "unix", Addr: strings.TrimPrefix(server.Address, "unix:")})
	defer raw.Close()
	key := "vr:{" + storetest.Account + ":" + doctor + "}:st"
	for name, damage := range map[string]func() error{
		"text": func() error { return raw.Set(t.Context(), key, "{}", 0).Err() },
		"short": func() error {
			return raw.Set(t.Context(), key, "\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x01\x00x", 0).Err()
		},
		"entries": func() error { return raw.Append(t.Context(), key, "\x00\x00").Err() },
		"list":    func() error { return raw.RPush(t.Context(), key, "x").Err() },
	} {
		if name == "list" {
			if err := raw.Del(t.Context(), key).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := damage(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b := begin(t, s, "k", session.Miss)
		finish(t, s, 1, "fresh", "k", "", b.Lease)
		b = begin(t, s, "k2", session.Fresh)
		if string(b.Record.State) != "fresh" {
			t.Errorf("%s: state %q", name, b.Record.State)
		}
		s.Release(t.Context(), doctor, b.Lease)
	}
}

// TestDown kills and pauses a real Redis: no call may take long, and service comes back by itself.
func TestDown(t *testing.T) {
	server := storetest.RedisServer(t)
	s := storetest.Sessions(t, session.Options{Addr: server.Address})
	finish(t, s, 1, "one", "k1", "r1", "")

	server.Kill(t)
	expectDown(t, s)
	server.Start(t)
	until(t, 5*time.Second, func() bool { return s.Ping(t.Context()) == nil })
	begin(t, s, "k1", session.Miss)

	server.Pause(t)
	expectDown(t, s)
	server.Resume(t)
	until(t, 5*time.Second, func() bool { return s.Ping(t.Context()) == nil })
}

func expectDown(t *testing.T, s *session.Sessions) {
	t.Helper()
	for range 6 {
		start := time.Now()
		_, err := s.Begin(t.Context(), doctor, "k")
		if !errors.Is(err, session.ErrDown) {
			t.Errorf("without redis: %v, want ErrDown", err)
		}
		if took := time.Since(start); took > 150*time.Millisecond {
			t.Errorf("without redis a call took %v", took)
		}
	}
	start := time.Now()
	for range 1000 {
		if err := s.Ping(t.Context()); err == nil {
			t.Error("redis is there")
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("1000 calls without redis took %v", took)
	}
}

// TestCallerGivesUp: a caller's cancelled context says nothing about Redis.
func TestCallerGivesUp(t *testing.T) {
	s := storetest.Embedded(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 {
		if _, err := s.Begin(gone, doctor, "k"); !errors.Is(err, context.Canceled) || errors.Is(err, session.ErrDown) {
			t.Errorf("cancelled call: %v", err)
		}
	}
	begin(t, s, "k", session.Miss)
}

func TestAddresses(t *testing.T) {
	for _, addr := range []string{"", "redis://:%zz@host/x"} {
		if s, err := session.Open(t.Context(), session.Options{Account: "wx", Addr: addr}); err == nil {
			t.Errorf("address %q accepted", addr)
			_ = s.Close()
		}
	}
	for _, addr := range []string{"127.0.0.1:1", "127.0.0.1:1,127.0.0.1:2", "rediss://u:p@127.0.0.1:1/2", "unix:/nowhere"} {
		s, err := session.Open(t.Context(), session.Options{Account: "wx", Addr: addr})
		if err != nil {
			t.Errorf("address %q: %v", addr, err)
			continue
		}
		if err := s.Ping(t.Context()); !errors.Is(err, session.ErrDown) {
			t.Errorf("address %q answers: %v", addr, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func until(t *testing.T, limit time.Duration, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v", limit)
		}
	}
}
