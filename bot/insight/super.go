package insight

import (
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// supers fills in what is settled about super customers.
func supers(row *store.Dossier, d *flows.Dossier) {
	d.Supers, d.Lives, d.Benefit = map[string]flows.SuperStand{}, row.Lives, moment(row.Material())
	for i := range row.Supers {
		r := &row.Supers[i]
		d.Supers[r.Product] = flows.SuperStand{
			Status: r.Status, Touched: r.Touched(), Card: r.Card(), Review: moment(r.ReviewAt),
		}
	}
	for _, in := range row.Influences {
		d.Influences = append(d.Influences, flows.Influenced{Kind: in.Kind, Other: in.Other, At: moment(in.At)})
	}
}

// supers are the rows that differ from what stands, those that are no more, and what moved.
func (w *writer) supers(row *store.Dossier, found *flows.Found, cause string, out *store.Derived) {
	for product, f := range found.Supers {
		at := slices.IndexFunc(row.Supers, func(r store.Super) bool { return r.Product == product })
		stands := store.Super{Product: product}
		if at >= 0 {
			stands = row.Supers[at]
		}
		if f.Status == "" {
			if at >= 0 {
				out.SupersGone = append(out.SupersGone, product)
			}
			continue
		}
		is := w.super(stands, &f, found.Depth)
		if was := stands.Read().Strength; at >= 0 && was != f.Strength {
			out.Changes = append(out.Changes, store.Change{Product: product, Kind: store.ChangeStrength, Before: was, After: f.Strength, Cause: cause, Evidence: f.Because})
		}
		if is == stands {
			continue
		}
		out.Supers = append(out.Supers, is)
		if is.Status != stands.Status || is.Stage != stands.Stage {
			out.SuperMoves = append(out.SuperMoves, store.SuperMove{Product: product, Event: store.SuperEventDerive, Status: is.Status, Stage: is.Stage, Reason: f.Reason, At: w.now})
		}
		if at >= 0 && is.Stage != stands.Stage {
			out.Changes = append(out.Changes, store.Change{Product: product, Kind: store.ChangeStage, Before: stands.Stage, After: is.Stage, Cause: cause, Evidence: f.Next.Why})
		}
	}
	slices.SortFunc(out.Supers, func(a, b store.Super) int { return strings.Compare(a.Product, b.Product) })
	slices.SortFunc(out.SuperMoves, func(a, b store.SuperMove) int { return strings.Compare(a.Product, b.Product) })
}

// super is a row as the rules would have it. What people wrote stays; the day of the next step stays while the step does.
func (w *writer) super(r store.Super, f *flows.SuperFound, depth int) store.Super {
	before := r.Read()
	if f.Status != r.Status {
		r.Reason = f.Reason
	}
	r.Status, r.Stage, r.Best, r.Lens, r.Depth = f.Status, f.Stage, f.Best, f.Lens, depth
	p := points(f)
	r.Points = w.text(p)
	if r.NextStep == "" && (r.NextAt == 0 || before.Next.Code != p.Next.Code) {
		r.NextAt = w.now + (time.Duration(p.Next.Days) * 24 * time.Hour).Milliseconds()
	}
	return r
}

// points is everything that the rules found, for the row.
func points(f *flows.SuperFound) store.SuperPoints {
	p := store.SuperPoints{Life: f.Life, Next: store.SuperStep{Code: f.Next.Code, Say: f.Next.Say, Why: f.Next.Why, Days: f.Next.Days}, Unknown: f.Unknown,
		Strength: f.Strength, Review: f.Review}
	for _, part := range f.Parts {
		p.Parts = append(p.Parts, store.SuperPart(part))
	}
	for _, g := range f.Gates {
		p.Gates = append(p.Gates, store.SuperGate(g))
	}
	for _, s := range f.Scores {
		l := store.SuperLens{Lens: s.Lens, Points: s.Points, Listed: s.Listed, Weights: s.Weights, Tags: s.Tags}
		for _, line := range s.Lines {
			l.Lines = append(l.Lines, store.ScoreLine(line))
		}
		p.Lenses = append(p.Lenses, l)
	}
	return p
}
