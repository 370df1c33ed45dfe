package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/store"
)

// demoCosts are what the sample house has spent in each of its months.
type demoCosts []struct {
	Kind   string `yaml:"kind"`
	Source string `yaml:"source"`
	Yuan   int64  `yaml:"yuan"`
	Note   string `yaml:"note"`
}

// Measures of the invented past.
const (
	pastPage   = 200
	pastMonths = 6  // for which costs were written down
	pastMoved  = 35 // percent of the doctors who have stood elsewhere before
	pastLevel  = 45 // days before today on which most of those moves lie, and twice as far at most
)

// fillPast gives the doctors of the sample the history that the months since they came would have left: since when they are weighed, where some of them
// stood before, and what the house has spent. Then the months are counted. Done again, it changes nothing.
func (w *demoWorld) fillPast(ctx context.Context) error {
	for last := ""; ; {
		ids, err := w.app.store.DoctorIDs(ctx, last, pastPage)
		if err != nil {
			return err
		}
		if err := w.pastOf(ctx, ids); err != nil {
			return fmt.Errorf("writing a sample past: %w", err)
		}
		if len(ids) < pastPage {
			break
		}
		last = ids[len(ids)-1]
	}
	if err := w.fillCosts(ctx); err != nil {
		return err
	}
	return w.app.insight.RecountFigures(ctx)
}

func (w *demoWorld) pastOf(ctx context.Context, ids []string) error {
	rows, err := w.app.store.Dossiers(ctx, ids)
	if err != nil {
		return err
	}
	leading := ""
	if classes := w.app.flows.Library().Classes(); classes != nil && len(classes.Products) > 0 {
		leading = classes.Products[0].Code
	}
	var out []store.Derived
	for i := range rows {
		d := &rows[i]
		if d.Facets == nil || len(d.Behaviours) == 0 || d.Facets.Since <= d.Behaviours[0].At+pastHour {
			continue
		}
		row := store.Derived{Doctor: d.Doctor.ID, Mark: d.Doctor.RefreshAt, NextAt: d.Doctor.RefreshAt, Facets: *d.Facets}
		row.Facets.Since = d.Behaviours[0].At + pastHour
		w.movesOf(d, leading, &row)
		out = append(out, row)
	}
	if _, err = w.app.store.SaveDerived(ctx, out); err != nil {
		return err
	}
	for i := range out {
		if err := w.visitOf(ctx, &out[i]); err != nil {
			return err
		}
	}
	return nil
}

// pastVisits is how many days ago reps have been to the super customers of the sample.
const pastVisits = 12

// askedBefore gives a super customer who may be named to reps the lead of a visit some time ago.
func (w *demoWorld) askedBefore(d *store.Dossier, out *store.Derived) {
	shares := slices.ContainsFunc(d.Consents, func(c store.Consent) bool { return c.Purpose == store.PurposeShare && c.Granted })
	if d.Owner == "" || !shares {
		return
	}
	at := w.app.now().AddDate(0, 0, -pastVisits).UnixMilli()
	out.Leads = []store.Lead{{ID: d.Doctor.ID[:24] + "00009a57", Kind: "high_intent", Level: "warm", Status: store.LeadAccepted, Rep: d.Owner, Lines: "[]",
		Why: readDemo().Supers.Why, CreatedAt: at - 48*pastHour, AcceptedAt: at - 24*pastHour, DueAt: at}}
}

// visitOf files the visit of such a lead.
func (w *demoWorld) visitOf(ctx context.Context, row *store.Derived) error {
	for _, l := range row.Leads {
		at := w.app.now().AddDate(0, 0, -pastVisits).UnixMilli()
		visit := store.Visit{Rep: l.Rep, At: at, Channel: "face", Result: store.VisitMet, Topics: "[]", Barriers: "[]"}
		done := store.LeadMoveSpec{ID: l.ID, Version: 1, Steps: []store.LeadStep{{Event: "visit", Status: store.LeadVisited, Actor: l.Rep}, {Event: "close", Status: store.LeadClosed, Actor: l.Rep}},
			Set: func(l *store.Lead) { l.VisitedAt, l.ClosedAt, l.Outcome = at, at+2*pastHour, store.VisitMet }}
		_, err := w.app.store.FileVisit(ctx, store.VisitFiling{Visit: visit, Move: done})
		if err != nil && !errors.Is(err, store.ErrMoved) && !errors.Is(err, store.ErrNotFound) { // or it was filed before, or there is such a lead
			return err
		}
	}
	return nil
}

const pastHour = int64(time.Hour / time.Millisecond)

// movesOf invents what moved before today: a class that was one lower or higher, the day on which somebody came onto the list of super customers, and a
// relation that was weaker.
func (w *demoWorld) movesOf(d *store.Dossier, leading string, out *store.Derived) {
	h := fnv.New32a()
	h.Write([]byte(d.Doctor.ID))
	dice := int64(h.Sum32())
	now := w.app.now().UnixMilli()
	at := max(now-(dice%(2*pastLevel)+3)*24*pastHour, out.Facets.Since+pastHour)
	before := map[string][2]string{"A": {"B", "C"}, "B": {"C", "A"}, "C": {"D", "B"}, "D": {"U", "C"}}[d.Facets.Class]
	if was := before[min(dice%5/4, 1)]; dice%100 < pastMoved && was != "" {
		out.Changes = append(out.Changes, store.Change{Product: leading, Kind: store.ChangeClass, Before: was, After: d.Facets.Class, Cause: insight.CauseClock, At: at})
	}
	for i := range d.Supers {
		r := &d.Supers[i]
		listed := out.Facets.Since + (now-out.Facets.Since)/3
		past := store.SuperMove{Product: r.Product, Event: store.SuperEventDerive, Status: r.Status, Stage: r.Stage, At: listed}
		if r.Status == store.SuperConfirmed {
			past.Status = store.SuperCandidate
			out.SuperMoves = append(out.SuperMoves, store.SuperMove{Product: r.Product, Event: store.SuperEventConfirm, Status: r.Status, Stage: r.Stage, Actor: r.FirstBy,
				Role: r.FirstRole, Reason: r.FirstBy + " + " + r.SecondBy, At: listed + (now-listed)/2})
			w.askedBefore(d, out)
		}
		out.SuperMoves = append(out.SuperMoves, past)
		if is := r.Read().Strength; is == "mid" || is == "strong" {
			was := map[string]string{"mid": "weak", "strong": "mid"}[is]
			out.Changes = append(out.Changes, store.Change{Product: r.Product, Kind: store.ChangeStrength, Before: was, After: is, Cause: insight.CauseClock, At: max(at, listed+pastHour)})
		}
	}
}

// fillCosts lets operations write down what the months have cost, unless somebody did before.
func (w *demoWorld) fillCosts(ctx context.Context) error {
	now := w.app.now().In(w.app.cfg.Zone)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, w.app.cfg.Zone)
	from, to := first.AddDate(0, 1-pastMonths, 0).Format("2006-01"), first.Format("2006-01")
	there, err := w.app.store.Costs(ctx, from, to)
	if err != nil || len(there) > 0 {
		return err
	}
	ctx = store.As(ctx, store.Viewer{Name: demoAccount(store.RoleOperations), Role: store.RoleOperations, Reach: store.ReachAll})
	for back := range pastMonths {
		for i, c := range readDemo().Costs {
			cents := c.Yuan * int64(100+7*((i+back)%4)-7*back)
			if err := w.app.store.AddCost(ctx, store.Cost{Month: first.AddDate(0, -back, 0).Format("2006-01"), Kind: c.Kind, Source: c.Source, Cents: cents, Note: c.Note}); err != nil {
				return fmt.Errorf("writing a sample cost: %w", err)
			}
		}
	}
	return nil
}
