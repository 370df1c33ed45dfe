package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// oldLimit is how long reading an old flow version may take: it happens within a turn.
const oldLimit = 2 * time.Second

// SaveVersions keeps the bundle of every flow of the engine's library under its hash, so that talks that begin now can go on after the files have
// changed. Call it before the first turn.
func (b *Bot) SaveVersions(ctx context.Context) error {
	l := b.engine.Library()
	for _, f := range l.Flows() {
		bundle, err := l.Bundle(f.ID)
		if err != nil {
			return fmt.Errorf("bundling flow %s: %w", f.ID, err)
		}
		body, err := json.Marshal(bundle)
		if err != nil {
			return fmt.Errorf("encoding flow %s: %w", f.ID, err)
		}
		v := store.FlowVersion{Hash: bundle.Hash, Account: b.store.Account(), Flow: bundle.Flow, Bundle: body, At: b.now().UnixMilli()}
		if err := b.store.SaveFlowVersion(ctx, v); err != nil {
			return fmt.Errorf("saving flow %s: %w", f.ID, err)
		}
	}
	return nil
}

// OldLibraries gives the engine the versions of flows that are no longer in the folder. What was read once is kept: versions never change and few are
// in use at a time.
func OldLibraries(st *store.Store) func(hash string) (*flows.Library, error) {
	var mu sync.Mutex
	known := map[string]*flows.Library{}
	return func(hash string) (*flows.Library, error) {
		mu.Lock()
		defer mu.Unlock()
		if l := known[hash]; l != nil {
			return l, nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), oldLimit)
		defer cancel()
		v, err := st.FlowVersion(ctx, hash)
		if err != nil {
			return nil, fmt.Errorf("reading flow version: %w", err)
		}
		l, err := loadVersion(v)
		if err != nil {
			return nil, err
		}
		known[hash] = l
		return l, nil
	}
}

func loadVersion(v store.FlowVersion) (*flows.Library, error) {
	var bundle flows.Bundle
	if err := json.Unmarshal(v.Bundle, &bundle); err != nil {
		return nil, fmt.Errorf("decoding flow version: %w", err)
	}
	l, problems := flows.LoadBundle(bundle)
	if l == nil {
		return nil, fmt.Errorf("loading flow version %s: %d problems", v.Hash, len(problems))
	}
	return l, nil
}

// pinned is asked when a turn found no version of a flow: is it one that exists and could not be read just then? Then the talk must not be moved to the
// new version; the turn is refused and the platform sends again.
func (b *Bot) pinned(ctx context.Context, st flows.State) error {
	for _, frame := range st.Frames {
		if frame.R > 0 { // a round: its version is that of the frame below
			continue
		}
		if now := b.engine.Library().Flow(frame.Flow); now != nil && now.Hash() == frame.Hash {
			continue
		}
		v, err := b.store.FlowVersion(ctx, frame.Hash)
		switch {
		case errors.Is(err, store.ErrNotFound):
			continue
		case err != nil:
			return fmt.Errorf("reading a pinned flow version: %w", err)
		}
		if _, err := loadVersion(v); err == nil {
			return fmt.Errorf("a pinned flow version was not readable: %w", store.ErrUnavailable)
		}
	}
	return nil
}
