package outreach

import (
	"context"
	"fmt"

	"github.com/vrep/vrep/store"
)

// lookBack is how far back a process that starts looks for content that nobody opened: longer than any outage that is worth making up for.
const lookBack = 30 * 24 * 60 * 60 * 1000 // ms

// Ignored records content that was sent and not opened in time, once for each. It may run anywhere at the same time. What it looked at before in this
// process is not looked at again.
func (o *Outreach) Ignored(ctx context.Context) error {
	if o.seen == (store.SentMark{}) {
		o.seen.At = max(0, o.now().UnixMilli()-lookBack)
	}
	for {
		last, _, err := o.store.IgnoreUnopened(ctx, o.seen, sweepPage)
		if err != nil {
			return fmt.Errorf("looking for ignored content: %w", err)
		}
		if last == o.seen {
			return nil
		}
		o.seen = last
	}
}
