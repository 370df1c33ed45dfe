package conformance

import (
	"context"
	"fmt"
	"sync"
)

// burstCases let many doctors speak at once.
func burstCases() []kase {
	return []kase{{"burst/everybody_at_once", func(t *trial, ctx context.Context) error {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var first error
		lost := 0
		for range t.o.Doctors {
			l := t.says(t.doctor(), "hello")
			wg.Go(func() {
				_, err := t.handle(ctx, l)
				if err == nil {
					err = t.effects(ctx, l.doctor, 1)
				}
				if err == nil {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				lost++
				first = err
			})
		}
		wg.Wait()
		if lost > 0 {
			return fmt.Errorf("%d of %d doctors: %w", lost, t.o.Doctors, first)
		}
		return nil
	}}}
}
