package conformance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/vrep/vrep/sim"
)

// connectionCases are about networks that are slow or end early.
func connectionCases() []kase {
	return []kase{
		{"connection/half_closed", (*trial).halfClosed},
		{"connection/cut_in_the_body", (*trial).cut},
		{"connection/slow_body", func(t *trial, ctx context.Context) error {
			l := t.says(t.doctor(), "hello")
			over := t.o.Patience / 5
			_, err := t.handled(l, t.sent(ctx, l, func(line *sim.Line, ctx context.Context, c sim.Callback) sim.Answer {
				return line.PostSlowly(ctx, c, over)
			}))
			return err
		}},
		{"connection/slow_bodies_hold_up_nobody", (*trial).slowOthers},
	}
}

// halfClosed: a client that shuts its sending side after the request is still there. If the server hangs up all the same, the next delivery must be answered.
func (t *trial) halfClosed(ctx context.Context) error {
	if err := t.overHTTP(); err != nil {
		return err
	}
	l := t.says(t.doctor(), "hello")
	first, err := t.handled(l, t.sent(ctx, l, (*sim.Line).PostHalfClosed))
	again, retryErr := t.handle(ctx, l)
	switch {
	case retryErr != nil:
		return fmt.Errorf("the delivery after it: %w", retryErr)
	case err == nil && first != again:
		return errors.New("the delivery after it is answered otherwise")
	}
	return t.effects(ctx, l.doctor, 1)
}

// cut: half a message has no effect, and the whole one after it is answered.
func (t *trial) cut(ctx context.Context) error {
	if err := t.overHTTP(); err != nil {
		return err
	}
	l := t.says(t.doctor(), "hello")
	t.sent(ctx, l, (*sim.Line).PostCut)
	if _, err := t.handle(ctx, l); err != nil {
		return err
	}
	return t.effects(ctx, l.doctor, 1)
}

// slowOthers: while many bodies trickle in, somebody else is answered as usual.
func (t *trial) slowOthers(ctx context.Context) error {
	slow, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for range t.o.Slow {
		l := t.says(t.doctor(), "hello")
		wg.Go(func() { l.line.PostSlowly(slow, l.line.Callback(l.plain, l.doctor, time.Now()), 4*t.o.Patience) })
	}
	defer stop()
	for range 3 {
		if _, err := t.handle(ctx, t.says(t.doctor(), "hello")); err != nil {
			return fmt.Errorf("beside %d slow connections: %w", t.o.Slow, err)
		}
	}
	return nil
}
