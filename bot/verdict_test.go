package bot

import (
	"errors"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

var noon = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

func TestJudgeDecidesByClassKindAndAttempts(t *testing.T) {
	refuse := func(c Class, after time.Duration) error {
		return &SendError{Class: c, Code: 1, Reason: "r", After: after}
	}
	cases := []struct {
		name     string
		kind     string
		attempts int
		err      error
		status   string
		class    string
		least    time.Duration // of the wait
		most     time.Duration
	}{
		{"accepted", store.KindText, 1, nil, store.EffectDone, "ok", 0, 0},
		{"busy", store.KindText, 1, refuse(ClassRetry, 0), store.EffectReady, "retry", time.Second, 3 * time.Second},
		{"busy again", store.KindText, 4, refuse(ClassRetry, 0), store.EffectReady, "retry", 12 * time.Second, 20 * time.Second},
		{"busy for long", store.KindText, 20, refuse(ClassRetry, 0), store.EffectReady, "retry", 8 * time.Minute, 12 * time.Minute},
		{"the platform names the time", store.KindText, 1, refuse(ClassRetry, time.Hour), store.EffectReady, "retry", time.Hour, time.Hour},
		{"too often", store.KindText, 25, refuse(ClassRetry, 0), store.EffectDead, "retry", 0, 0},
		{"a card is tried for longer", store.KindCard, 25, refuse(ClassRetry, 0), store.EffectReady, "retry", time.Minute, 12 * time.Minute},
		{"any other error", store.KindText, 1, errors.New("boom"), store.EffectReady, "retry", time.Second, 3 * time.Second},
		{"nothing left", store.KindText, 1, refuse(ClassWait, 0), store.EffectWaiting, "wait", 0, 0},
		{"blocked", store.KindText, 1, refuse(ClassGone, 0), store.EffectCancel, "gone", 0, 0},
		{"too long", store.KindText, 1, refuse(ClassContent, 0), store.EffectDead, "content", 0, 0},
		{"wrong secret", store.KindText, 1, refuse(ClassConfig, 0), store.EffectReady, "config", 10 * time.Minute, 10 * time.Minute},
		{"answer of a text lost", store.KindText, 1, refuse(ClassUnknown, 0), store.EffectReady, "unknown", 30 * time.Second, 30 * time.Second},
		{"answer of a text lost twice", store.KindText, 2, refuse(ClassUnknown, 0), store.EffectDead, "unknown", 0, 0},
		{"answer of an article lost twice", store.KindNews, 2, refuse(ClassUnknown, 0), store.EffectDead, "unknown", 0, 0},
		{"answer of a card lost twice", store.KindCard, 2, refuse(ClassUnknown, 0), store.EffectReady, "unknown", 30 * time.Second, 30 * time.Second},
	}
	for _, c := range cases {
		r := judge(Effect{Kind: c.kind, Attempts: c.attempts}, c.err, noon)
		if r.Status != c.status || r.Class != c.class {
			t.Errorf("%s: %s %s, want %s %s", c.name, r.Status, r.Class, c.status, c.class)
		}
		wait := time.UnixMilli(r.NextAt).Sub(noon)
		if r.NextAt == 0 {
			wait = 0
		}
		if wait < c.least || wait > c.most {
			t.Errorf("%s: waits %s, want %s to %s", c.name, wait, c.least, c.most)
		}
	}
}

func TestBackOffGrowsAndStaysBounded(t *testing.T) {
	for n := range 70 {
		wait := backOff(n)
		if wait < time.Second || wait > lastWait*6/5 {
			t.Errorf("after attempt %d the wait is %s", n, wait)
		}
	}
}
