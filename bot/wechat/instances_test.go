package wechat

import (
	"sync"
	"testing"
	"time"

	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// instances are four senders of one account on one Redis, each with a connection of its own.
func instances(t *testing.T, p *fakePlatform, redis *storetest.Server, c *clock, change ...func(*SenderOptions)) []*Sender {
	t.Helper()
	var all []*Sender
	for range 4 {
		s := storetest.Sessions(t, session.Options{Addr: redis.Address})
		all = append(all, p.sender(t, append(change, func(o *SenderOptions) { o.Cache, o.Counter, o.Now = s, s, c.now })...))
	}
	return all
}

// sendAll sends n texts through each sender at once.
func sendAll(t *testing.T, senders []*Sender, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for _, s := range senders {
		for range n {
			wg.Go(func() {
				if _, err := s.Send(t.Context(), textEffect()); err != nil {
					t.Errorf("Send: %v", err)
				}
			})
		}
	}
	wg.Wait()
}

func (p *fakePlatform) expire(token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.valid = token
}

// TestOneRenewalAmongInstances: whatever makes a token end, four instances draw one, and a Redis that is killed costs no message.
func TestOneRenewalAmongInstances(t *testing.T) {
	p, redis, c := newPlatform(t), storetest.RedisServer(t), &clock{at: testNow}
	all := instances(t, p, redis, c)
	drawn := func(what string, want int) {
		t.Helper()
		if _, _, _, draws := p.seen(); draws != want {
			t.Errorf("%s: %d draws, want %d", what, draws, want)
		}
	}
	p.expire(canaryToken + "1")
	sendAll(t, all, 10)
	drawn("at the start", 1)
	p.expire(canaryToken + "2")
	c.pass(7200*time.Second + time.Second)
	sendAll(t, all, 10)
	drawn("after the end", 2)
	p.expire(canaryToken + "3") // somebody else has ended it: the refusal is the first sign
	sendAll(t, all, 10)
	drawn("after a refusal", 3)

	redis.Kill(t)
	sendAll(t, all, 10)
	drawn("without Redis", 3)
	c.pass(7200*time.Second + time.Second)
	sendAll(t, all, 10)
	if _, _, _, draws := p.seen(); draws < 4 || draws > 3+len(all) {
		t.Errorf("without Redis after the end: %d draws, want one of each instance at most", draws-3)
	}
}

// TestEarlyRenewalAmongInstances: shortly before its end a token is renewed once, while everyone goes on with the old one.
func TestEarlyRenewalAmongInstances(t *testing.T) {
	p, redis, c := newPlatform(t), storetest.RedisServer(t), &clock{at: testNow}
	all := instances(t, p, redis, c)
	sendAll(t, all, 5)
	c.pass(7200*time.Second - renewEarly)
	for range 5 {
		sendAll(t, all, 5)
	}
	for _, s := range all {
		settle(t, s)
	}
	if _, _, _, draws := p.seen(); draws != 2 {
		t.Errorf("%d draws, want 2", draws)
	}
}

// settle waits for a renewal that runs beside the calls.
func settle(t *testing.T, s *Sender) {
	t.Helper()
	s.wechat.tokens.mu.Lock()
	f := s.wechat.tokens.flight
	s.wechat.tokens.mu.Unlock()
	if f != nil {
		select {
		case <-f.done:
		case <-t.Context().Done():
		}
	}
}
