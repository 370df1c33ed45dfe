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

// pinned is asked when a turn found no version of some flows of its talk: do they exist and could not be read just then? Then the talk must not be moved
// to the new version; the turn is refused and the platform sends again. Versions that are lost for good must not hold the talk up, whatever else is
// on its stack: the engine has brought it to the version in force, or ended it, and filed a problem.
func (b *Bot) pinned(ctx context.Context, moved []flows.Moved) error {
	for _, m := range moved {
		if m.How != leftAsLost {
			continue
		}
		v, err := b.store.FlowVersion(ctx, m.From)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return fmt.Errorf("reading a pinned flow version: %w", err)
		}
		if l, err := loadVersion(v); err == nil && l.Flow(m.Flow) != nil && l.Flow(m.Flow).Hash() == m.From {
			return fmt.Errorf("a pinned flow version was not readable: %w", store.ErrUnavailable)
		}
		b.log.Error("flow version lost", "flow", m.Flow, "version", m.From, "now", m.To)
	}
	return nil
}

// standing is where an open talk stands, for those who want to know how many doctors a change of a flow meets.
func standing(st flows.State) string {
	var stands []store.Stand
	for _, at := range st.Standing() {
		stands = append(stands, store.Stand{Flow: at.Flow, Hash: at.Hash, Question: at.Question})
	}
	return store.JoinStands(stands)
}

// How a talk leaves a version that was recalled or is lost, see flows.Moved.
const (
	leftByMove = "recall"
	leftByStop = "stop"
	leftAsLost = "lost"
)

// recalled records talks that left a recalled version: compliance must be able to show for every doctor what became of it.
func (x *builder) recalled() error {
	for _, m := range x.d.out.Moved {
		if m.How != leftByMove && m.How != leftByStop {
			continue
		}
		x.turn.Audits = append(x.turn.Audits, store.Audit{
			Actor: "bot", Action: "leave_recalled", Object: "doctor:" + x.conversation(), At: x.now,
			Detail: fmt.Sprintf("%s %s to %s (%s): %s", m.Flow, m.From, m.To, m.How, m.Reason),
		})
	}
	return nil
}
