// Package insight keeps what is derived about doctors true: tags, ladder, classes, scores and the facets that segments ask for. It claims doctors of whom
// something changed, reads everything known about them, derives with pure functions of package flows, and writes the outcome in one transaction.
//
// It refuses to decide what a rule means (package flows) and to change anything that a doctor, a rep or a person of the house has said: what it writes can
// be thrown away and derived again.
//
// Invariants: deriving twice gives the same rows; what was derived from a dossier that has changed meanwhile is not written; several instances may run on
// one database.
package insight

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Times of the loop.
const (
	sweepEvery = 300 * time.Millisecond // what an answer changes is to be seen within a second
	sweepPage  = 100                    // doctors of one round
	sweepLease = time.Minute            // after which another instance takes a doctor that was claimed and not written
)

// Options are what an Insight needs. Store and Library are required.
type Options struct {
	Store   *store.Store
	Library func() *flows.Library // the flows and rules in force
	Zone    *time.Location        // in which days begin; UTC when nil
	Now     func() time.Time      // time.Now when nil
	Log     *slog.Logger          // discards when nil
}

// Insight derives. Several may run on one store.
type Insight struct {
	store   *store.Store
	library func() *flows.Library
	zone    *time.Location
	now     func() time.Time
	log     *slog.Logger

	announced string // hash of the rules for which a job was asked; used by Run alone
}

// New makes an Insight.
func New(o Options) *Insight {
	in := &Insight{store: o.Store, library: o.Library, zone: cmp.Or(o.Zone, time.UTC), now: o.Now, log: o.Log}
	if in.now == nil {
		in.now = time.Now
	}
	if in.log == nil {
		in.log = slog.New(slog.DiscardHandler)
	}
	return in
}

// Run derives whoever is due until ctx ends. A failed round is logged and tried again. Between full rounds it rests as long as the last one took, so that
// doctors who write now are not kept waiting.
func (in *Insight) Run(ctx context.Context) error {
	timer := time.NewTimer(sweepEvery)
	defer timer.Stop()
	for {
		began := time.Now()
		busy, err := in.round(ctx)
		if err != nil && ctx.Err() == nil {
			in.log.Error("deriving failed", "error", err)
		}
		pause := sweepEvery
		if busy {
			pause = min(pause, time.Since(began))
		}
		timer.Reset(pause)
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
	}
}

// round ends verifications that have held for their time, derives one page of those that are due, and when none are left one page of the job. It tells whether there is more to do at once.
func (in *Insight) round(ctx context.Context) (bool, error) {
	if err := in.Announce(ctx); err != nil {
		return false, err
	}
	if _, err := in.store.LapseVerified(ctx, sweepPage); err != nil {
		return false, err
	}
	if n, err := in.Sweep(ctx); err != nil || n == sweepPage {
		return err == nil, err
	}
	return in.Step(ctx)
}

// Sweep derives one page of the doctors that are due and tells how many were claimed.
func (in *Insight) Sweep(ctx context.Context) (int, error) {
	due, err := in.store.ClaimRefresh(ctx, sweepPage, sweepLease)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	ids := make([]string, len(due))
	for i, d := range due {
		ids[i] = d.Doctor
	}
	_, _, err = in.derive(ctx, ids, "")
	return len(due), err
}
