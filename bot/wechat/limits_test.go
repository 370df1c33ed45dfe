package wechat

import (
	"testing"
	"time"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/store/storetest"
)

func push() bot.Effect {
	e := textEffect()
	e.Intent = bot.IntentPush
	return e
}

// tries sends an effect n times and counts how many were accepted; the others must be held for the wait given.
func tries(t *testing.T, s *Sender, e bot.Effect, n int, wait time.Duration) (accepted int) {
	t.Helper()
	for range n {
		if _, err := s.Send(t.Context(), e); err == nil {
			accepted++
			continue
		}
		if r := refusalOf(t, s, e); r.Class != bot.ClassRetry || r.After != wait {
			t.Errorf("class %s, after %v, want %v", r.Class, r.After, wait)
		}
	}
	return accepted
}

func midnight(now time.Time) time.Duration { return pause("midnight", now) }

// TestReserve: pushes of all instances stop together when only the reserve is left; conversations go on, past the limit too.
func TestReserve(t *testing.T) {
	p, redis, c := newPlatform(t), storetest.RedisServer(t), &clock{at: testNow}
	all := instances(t, p, redis, c, func(o *SenderOptions) { o.DailyLimits, o.DailyReserve = "custom=20", 25 })
	sent := 0
	for range 10 {
		for _, s := range all {
			sent += tries(t, s, push(), 1, midnight(testNow))
		}
	}
	if sent != 15 {
		t.Errorf("%d pushes of a limit of 20 with a quarter in reserve, want 15", sent)
	}
	if got := tries(t, all[0], textEffect(), 30, 0); got != 30 {
		t.Errorf("%d of 30 answers", got)
	}
	c.pass(24 * time.Hour)
	if got := tries(t, all[0], push(), 1, 0); got != 1 {
		t.Error("the next day is held as well")
	}
}

// TestReserveWithoutRedis: each instance counts what it has sent itself.
func TestReserveWithoutRedis(t *testing.T) {
	p, redis, c := newPlatform(t), storetest.RedisServer(t), &clock{at: testNow}
	s := instances(t, p, redis, c, func(o *SenderOptions) { o.DailyLimits, o.DailyReserve = "custom=10", 0 })[0]
	got := tries(t, s, push(), 4, 0)
	redis.Kill(t)
	if got += tries(t, s, push(), 10, midnight(testNow)); got != 10 {
		t.Errorf("%d pushes of 10", got)
	}
}

// TestRemindersAreBulk and answers, notices and safety are not.
func TestRemindersAreBulk(t *testing.T) {
	p := newPlatform(t)
	s := p.sender(t, func(o *SenderOptions) { o.DailyLimits, o.DailyReserve = "custom=10", 90 })
	for intent, want := range map[string]int{bot.IntentReminder: 1, "reply": 5, "safety": 5, "": 5} {
		e := textEffect()
		e.Intent = intent
		got := 0
		for range 5 {
			if _, err := s.Send(t.Context(), e); err == nil {
				got++
			}
		}
		if intent != bot.IntentReminder && got != want || got > want {
			t.Errorf("%q: %d of 5", intent, got)
		}
	}
}

// TestThePlatformSaysEnough: 45009 holds that call until midnight for pushes, 45011 for a minute; answers are tried all the same, other calls too.
func TestThePlatformSaysEnough(t *testing.T) {
	for code, wait := range map[int]time.Duration{45009: midnight(testNow), 45011: time.Minute} {
		p, c := newPlatform(t), &clock{at: testNow}
		s := p.sender(t, func(o *SenderOptions) {
			o.Now, o.PushTemplate = c.now, Template{ID: "TEMPLATE", Fields: "thing1=title"}
		})
		p.answer = map[string]any{"errcode": code}
		if r := refusalOf(t, s, textEffect()); r.Class != bot.ClassRetry || r.After != wait {
			t.Errorf("%d: class %s, after %v", code, r.Class, r.After)
		}
		p.answer = nil
		if got := tries(t, s, push(), 3, wait); got != 0 {
			t.Errorf("%d: %d pushes went out", code, got)
		}
		if got := tries(t, s, textEffect(), 3, 0); got != 3 {
			t.Errorf("%d: %d answers of 3", code, got)
		}
		notice := push()
		notice.Channel = bot.ChannelSubscribe
		if got := tries(t, s, notice, 1, 0); got != 1 {
			t.Errorf("%d: another call was held", code)
		}
		c.pass(wait)
		if got := tries(t, s, push(), 3, 0); got != 3 {
			t.Errorf("%d: %d pushes of 3 after the wait", code, got)
		}
	}
}

// TestMembers: within every minute a member gets 30 messages at most, within every hour 1,000; nobody else is held.
func TestMembers(t *testing.T) {
	p, c := newPlatform(t), &clock{at: time.Unix(1793499600, 0)}
	s := p.sender(t, func(o *SenderOptions) { o.Now = c.now })
	text := effect(bot.KindRepText, bot.RepText{UserID: "zhang", Text: "x"})
	var at []time.Time
	for second := 0; second < 2*60*60; second += 2 {
		if _, err := s.Send(t.Context(), text); err == nil {
			at = append(at, c.now())
		} else if r := refusalOf(t, s, text); r.Class != bot.ClassRetry || r.After <= 0 || r.After > time.Hour {
			t.Fatalf("class %s, after %v", r.Class, r.After)
		}
		c.pass(2 * time.Second)
	}
	for _, l := range memberLimits {
		for first, last := 0, 0; last < len(at); last++ {
			for at[last].Sub(at[first]) >= l.per {
				first++
			}
			if n := last - first + 1; int64(n) > l.n {
				t.Fatalf("%d messages within %v up to %v", n, l.per, at[last])
			}
		}
	}
	if len(at) < 1000 {
		t.Errorf("only %d messages in two hours", len(at))
	}
	if _, err := s.Send(t.Context(), effect(bot.KindRepText, bot.RepText{UserID: "wang", Text: "x"})); err != nil {
		t.Errorf("another member: %v", err)
	}
}

func TestDailyLimitsThatAreNone(t *testing.T) {
	for _, text := range []string{"custom", "custom=x", "custom=0", "custom=-1", "customs=5", "=5"} {
		if _, err := NewSender(SenderOptions{DailyLimits: text}); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestOldCountsAreDropped(t *testing.T) {
	c := &clock{at: testNow}
	n := &counts{now: c.now}
	for i := range 2 * maxCounts {
		n.add(t.Context(), string(rune('a'+i%26))+time.Duration(i).String(), time.Second)
		c.pass(time.Millisecond)
	}
	if len(n.own) > maxCounts {
		t.Errorf("%d counts are remembered", len(n.own))
	}
}
