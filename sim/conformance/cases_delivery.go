package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"slices"
	"sync"
	"time"

	"github.com/vrep/vrep/sim"
)

// deliveryCases are about messages that arrive more than once, as the platform does it when an answer is late.
func deliveryCases() []kase {
	return []kase{
		{"delivery/text", func(t *trial, ctx context.Context) error {
			_, err := t.handle(ctx, t.says(t.doctor(), "hello"))
			return err
		}},
		{"delivery/text_has_effect", func(t *trial, ctx context.Context) error {
			if err := t.probed(); err != nil {
				return err
			}
			d := t.doctor()
			if _, err := t.handle(ctx, t.says(d, "hello")); err != nil {
				return err
			}
			return t.effects(ctx, d, 1)
		}},
		{"delivery/three_times", func(t *trial, ctx context.Context) error {
			return t.repeated(ctx, t.says(t.doctor(), "hello"))
		}},
		{"delivery/event_three_times", func(t *trial, ctx context.Context) error {
			return t.repeated(ctx, t.event(t.doctor(), time.Now(), "CLICK", text("EventKey", "conformance")))
		}},
		{"delivery/retry_after_another", (*trial).retryAfterAnother},
		{"delivery/overlapping", (*trial).overlapping},
		{"delivery/same_second", (*trial).sameSecond},
		{"delivery/same_words_twice", (*trial).sameWords},
		{"delivery/late_reply", (*trial).lateReply},
	}
}

// repeated posts one letter three times: the same is said each time and it has one effect.
func (t *trial) repeated(ctx context.Context, l letter) error {
	var first string
	for n := range 3 {
		said, err := t.handle(ctx, l)
		if err != nil {
			return fmt.Errorf("delivery %d: %w", n+1, err)
		}
		if n == 0 {
			first = said
		}
		if said != first {
			return fmt.Errorf("delivery %d of one message is answered otherwise than the first", n+1)
		}
	}
	return t.effects(ctx, l.doctor, 1)
}

// retryAfterAnother: what was said to a message stays what is said to its retry, also when the doctor spoke meanwhile.
func (t *trial) retryAfterAnother(ctx context.Context) error {
	d := t.doctor()
	one, two := t.says(d, "hello"), t.says(d, "and now?")
	first, err := t.handle(ctx, one)
	if err != nil {
		return err
	}
	if _, err := t.handle(ctx, two); err != nil {
		return err
	}
	again, err := t.handle(ctx, one)
	if err != nil {
		return err
	}
	if again != first {
		return errors.New("the retry is answered otherwise than the first delivery")
	}
	return t.effects(ctx, d, 2)
}

// overlapping: the platform may send again while the first delivery is in progress, and shows the reply of one of them.
func (t *trial) overlapping(ctx context.Context) error {
	l := t.says(t.doctor(), "hello")
	said, errs := make([]string, 3), make([]error, 3)
	var wg sync.WaitGroup
	for i := range said {
		wg.Go(func() { said[i], errs[i] = t.handle(ctx, l) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if len(slices.Compact(said)) != 1 {
		return errors.New("three overlapping deliveries of one message are answered differently")
	}
	return t.effects(ctx, l.doctor, 1)
}

// sameSecond: events have no id, and several different ones of a second are several events.
func (t *trial) sameSecond(ctx context.Context) error {
	d, at := t.doctor(), time.Now()
	first, err := t.handle(ctx, t.event(d, at, "CLICK", text("EventKey", "conformance-a")))
	if err != nil {
		return err
	}
	second, err := t.handle(ctx, t.event(d, at, "CLICK", text("EventKey", "conformance-b")))
	switch {
	case err != nil:
		return err
	case first != "" && second == "":
		return errors.New("the second event of a second gets no reply, the first one does")
	}
	return t.effects(ctx, d, 2)
}

// sameWords: two messages with the same words are two messages.
func (t *trial) sameWords(ctx context.Context) error {
	d := t.doctor()
	for range 2 {
		if _, err := t.handle(ctx, t.says(d, "hello")); err != nil {
			return err
		}
	}
	return t.effects(ctx, d, 2)
}

// lateReply: the platform hangs up while the server still thinks; nothing is lost by that, and the retry is answered.
func (t *trial) lateReply(ctx context.Context) error {
	for range 5 {
		l := t.says(t.doctor(), "hello")
		gone, cancel := context.WithCancel(ctx)
		written := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { cancel() }}
		t.sent(httptrace.WithClientTrace(gone, written), l, (*sim.Line).Post)
		cancel()
		if _, err := t.handle(ctx, l); err != nil {
			return fmt.Errorf("after hanging up: %w", err)
		}
		if err := t.effects(ctx, l.doctor, 1); err != nil {
			return err
		}
	}
	return nil
}
