package conformance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vrep/vrep/sim"
)

// forgedCases: what did not come from the platform, or came before, is not believed. A replay byte for byte is a repeated delivery: it has no second effect.
func forgedCases(mode string) []kase {
	var out []kase
	for _, kind := range sim.ForgeKinds(mode) {
		switch kind {
		case "echo_post", "oversize": // have cases of their own
		case "replay":
			out = append(out, kase{"forged/" + kind, (*trial).replayed})
		default:
			out = append(out, kase{"forged/" + kind, func(t *trial, ctx context.Context) error { return t.forged(ctx, kind) }})
		}
	}
	return out
}

func (t *trial) forged(ctx context.Context, kind string) error {
	d := t.doctor()
	honest := t.says(d, "hello")
	earlier := t.line.Callback(honest.plain, d, time.Now())
	short, cancel := context.WithTimeout(ctx, t.o.Patience)
	defer cancel()
	if _, err := t.handled(honest, t.line.Post(short, earlier)); err != nil {
		return fmt.Errorf("the honest message before it was %w", err)
	}
	c, err := t.line.Forge(kind, t.says(d, "forged").plain, d, time.Now(), earlier)
	if err != nil {
		return err
	}
	next, cancelNext := context.WithTimeout(ctx, t.o.Patience)
	defer cancelNext()
	if err := t.refused(t.line.Post(next, c)); err != nil {
		return err
	}
	return t.effects(ctx, d, 1)
}

func (t *trial) replayed(ctx context.Context) error {
	l := t.says(t.doctor(), "hello")
	c := t.line.Callback(l.plain, l.doctor, time.Now())
	var said []string
	for range 2 {
		next, cancel := context.WithTimeout(ctx, t.o.Patience)
		a := t.line.Post(next, c)
		cancel()
		if len(said) == 1 && t.refused(a) == nil {
			continue
		}
		words, err := t.handled(l, a)
		if err != nil {
			return err
		}
		said = append(said, words)
	}
	if len(slices.Compact(said)) != 1 {
		return fmt.Errorf("the same bytes are answered differently the second time")
	}
	return t.effects(ctx, l.doctor, 1)
}
