// Package safety is the desk of pharmacovigilance: which act may follow which on a case, the clocks that page people, the daily reconciliation, and the
// export of a case for the safety database.
//
// It decides; the store writes. It refuses to close a case that is no valid report on one person's word, to judge what nobody has acknowledged, and to put
// anything about a doctor or patient into a message: a page holds the number of a case and a time.
//
// Invariants: every act goes through Next and is fenced by the status that it rests on; a page for a case, and an alarm for a day, has a key of its own, so
// that nobody is told twice whatever number of instances run.
package safety

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/vrep/vrep/store"
)

// Options are what a Desk needs. Store is required.
type Options struct {
	Store *store.Store
	Duty  []string         // WeCom user ids of who is paged; nobody = the worklist alone says it
	Zone  *time.Location   // in which days begin; UTC when nil
	Now   func() time.Time // time.Now when nil
	Log   *slog.Logger     // discards when nil
	Wake  func()           // called after rows were put into the outbox; may be nil
}

// Desk is the safety desk. Several may run on one store.
type Desk struct {
	store *store.Store
	duty  []string
	zone  *time.Location
	now   func() time.Time
	log   *slog.Logger
	wake  func()
	words *words
}

// New makes a Desk. It panics when the embedded words cannot be read, which a test rules out.
func New(o Options) *Desk {
	d := &Desk{store: o.Store, duty: o.Duty, zone: cmp.Or(o.Zone, time.UTC), now: o.Now, log: o.Log, wake: o.Wake, words: mustWords()}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.wake == nil {
		d.wake = func() {}
	}
	return d
}

// Pauses of the loop, by the clock on the wall.
const (
	pageEvery      = time.Second
	reconcileEvery = 5 * time.Minute
)

// Run pages and reconciles until ctx ends. What fails is logged and tried again.
func (d *Desk) Run(ctx context.Context) error {
	pages, days := time.NewTicker(pageEvery), time.NewTicker(reconcileEvery)
	defer pages.Stop()
	defer days.Stop()
	d.try(ctx, "reconciling", d.ReconcileDue)
	for {
		d.try(ctx, "paging", d.Page)
		select {
		case <-ctx.Done():
			return nil
		case <-pages.C:
		case <-days.C:
			d.try(ctx, "reconciling", d.ReconcileDue)
		}
	}
}

func (d *Desk) try(ctx context.Context, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil && ctx.Err() == nil {
		d.log.Error("safety desk failed", "at", what, "error", err)
	}
}

// urgentPage is the most cases looked at in one round.
const urgentPage = 100

// Page tells who is on duty of deaths, and of cases that nobody has acknowledged in time: once each.
func (d *Desk) Page(ctx context.Context) error {
	if len(d.duty) == 0 {
		return nil
	}
	cases, err := d.store.UrgentCases(ctx, urgentPage)
	if err != nil {
		return err
	}
	now := d.now().UnixMilli()
	var errs []error
	for _, c := range cases {
		if c.Death {
			errs = append(errs, d.tell(ctx, "death", c.No, d.words.say("death", "no", c.No, "time", d.clock(c.OpenedAt))))
		}
		if c.DueAt > 0 && c.DueAt < now {
			errs = append(errs, d.tell(ctx, "overdue", c.No, d.words.say("overdue", "no", c.No, "time", d.clock(c.OpenedAt))))
		}
	}
	return errors.Join(errs...)
}

// tell puts one message to everybody on duty into the outbox, unless it stands there.
func (d *Desk) tell(ctx context.Context, what, about, text string) error {
	effects := make([]store.Effect, len(d.duty))
	for i, user := range d.duty {
		body, err := json.Marshal(store.RepText{UserID: user, Text: text})
		if err != nil {
			return fmt.Errorf("encoding a page: %w", err)
		}
		effects[i] = store.Effect{Key: key(what, about, user), Lane: store.RepLane(user), Kind: store.KindRepText, Body: body, Intent: store.IntentSafety}
	}
	if err := d.store.AddEffects(ctx, effects); err != nil {
		return err
	}
	d.wake()
	return nil
}

func (d *Desk) clock(ms int64) string { return time.UnixMilli(ms).In(d.zone).Format("01-02 15:04") }
