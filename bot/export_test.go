package bot

import (
	"context"
	"sync"
)

// DrainDue sends what is due now, one after the other in a lane and several lanes at once, until nothing is.
func (b *Bot) DrainDue(ctx context.Context) {
	for ctx.Err() == nil {
		claimed := b.claim(ctx, 64)
		if len(claimed) == 0 {
			return
		}
		var flying sync.WaitGroup
		for _, e := range claimed {
			flying.Go(func() { b.deliver(ctx, e) })
		}
		flying.Wait()
	}
}
