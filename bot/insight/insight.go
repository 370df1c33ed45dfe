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
	"fmt"
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
		n, err := in.Sweep(ctx)
		if err != nil && ctx.Err() == nil {
			in.log.Error("deriving failed", "error", err)
		}
		pause := sweepEvery
		if n == sweepPage {
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
	_, err = in.derive(ctx, ids)
	return len(due), err
}

// derive derives the doctors and writes the outcome. It tells how many were written.
func (in *Insight) derive(ctx context.Context, ids []string) (int, error) {
	rows, err := in.store.Dossiers(ctx, ids)
	if err != nil {
		return 0, fmt.Errorf("reading dossiers: %w", err)
	}
	out := make([]store.Derived, len(rows))
	now := in.now().In(in.zone)
	for i := range rows {
		out[i] = in.derived(&rows[i], now)
	}
	return in.store.SaveDerived(ctx, out)
}

// derived is what a dossier comes to.
func (in *Insight) derived(row *store.Dossier, now time.Time) store.Derived {
	out := store.Derived{Doctor: row.Doctor.ID, Mark: row.Doctor.RefreshAt}
	if row.Gone() {
		out.Gone = true
		return out
	}
	d := DossierOf(row)
	out.Facets = facets(row, &d)
	return out
}
