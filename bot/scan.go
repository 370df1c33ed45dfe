package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// opening puts to a follow or scan what its code opens: the flow and the tags. A code that is closed, expired or of somebody else opens nothing.
func (b *Bot) opening(ctx context.Context, in *flows.Input) error {
	if in.Kind != flows.InFollow && in.Kind != flows.InScan || in.Key == "" {
		return nil
	}
	code, err := b.store.Scene(ctx, clip(in.Key, 64))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking up a code: %w", err)
	}
	if code.Opens(in.At.UnixMilli()) {
		in.Flow, in.Tags = code.Flow, code.Labels()
	}
	return nil
}

// scan counts a scanned code and remembers it as the first and the last one of the doctor. A scan by a follower and a follow by a scan are the same thing.
func (x *builder) scan(d *store.Doctor) {
	if x.input.Kind != flows.InFollow && x.input.Kind != flows.InScan || x.input.Key == "" || x.empties() {
		return
	}
	id := clip(x.input.Key, 64)
	x.turn.Scan = &store.Scan{Scene: id, Followed: x.d.pre == EventFollow, FirstTouch: d.Scene == ""}
	if d.Scene == "" {
		d.Scene = id
	}
	d.LastScene = id
}
