package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// demoSupers is what the people of the sample house have settled about their super customers.
type demoSupers struct {
	Why   string `yaml:"why"`
	Cards []struct {
		Empathy string `yaml:"empathy"`
		Taboo   string `yaml:"taboo"`
	} `yaml:"cards"`
	Influences []struct {
		Kind string `yaml:"kind"`
		Note string `yaml:"note"`
	} `yaml:"influences"`
	Done string `yaml:"done"`
	Late string `yaml:"late"`
}

// How many of the candidates of the sample are super customers already: of each department's best, so that every lens has some.
const demoPerLens = 3

// fillSupers lets the people of the sample house decide about those whom the rules have found: some are confirmed by two roles, most of these understood,
// some have helped to something, and one proposal waits. Where somebody has decided before, it does nothing.
func (w *demoWorld) fillSupers(ctx context.Context) error {
	for { // everybody is weighed before anybody is chosen
		if n, err := w.app.insight.Sweep(ctx); err != nil || n == 0 {
			if err != nil {
				return err
			}
			break
		}
	}
	info, classes := w.app.flows.Library().Supers(), w.app.flows.Library().Classes()
	if info == nil || classes == nil || len(classes.Products) == 0 {
		return nil
	}
	product := classes.Products[0].Code
	all, err := w.app.store.SuperBriefs(ctx, product)
	if err != nil {
		return err
	}
	var ripe []string
	for _, b := range all {
		switch {
		case b.Status == store.SuperConfirmed, b.Status == store.SuperRefused:
			return nil
		case b.Status == store.SuperCandidate && b.Best >= info.Confirmed:
			ripe = append(ripe, b.Doctor)
		}
	}
	rows, err := w.app.store.SupersOf(ctx, product, ripe)
	if err != nil {
		return err
	}
	best := slices.SortedFunc(maps.Values(rows), func(a, b store.SuperRow) int {
		return cmp.Or(cmp.Compare(b.Best, a.Best), cmp.Compare(a.Doctor, b.Doctor))
	})
	return w.decideSupers(ctx, info, product, best)
}

// bestOf are the best few of every lens, each once, but for one whom somebody is to decide about.
func bestOf(info *flows.SuperInfo, ripe []store.SuperRow) []store.SuperRow {
	var out []store.SuperRow
	taken := map[string]bool{}
	for _, l := range info.Lenses {
		points := func(r store.SuperRow) int { return r.Found.Score(l.Code).Points }
		slices.SortStableFunc(ripe, func(a, b store.SuperRow) int { return cmp.Compare(points(b), points(a)) })
		left := demoPerLens
		for _, r := range ripe {
			if left > 0 && len(out) < len(ripe)-1 && !taken[r.Doctor] && r.Found.Score(l.Code).Listed {
				taken[r.Doctor] = true
				out = append(out, r)
				left--
			}
		}
	}
	return out
}

// decideSupers confirms the best of every lens, and leaves one proposal open.
func (w *demoWorld) decideSupers(ctx context.Context, info *flows.SuperInfo, product string, ripe []store.SuperRow) error {
	words, order := readDemo().Supers, bestOf(info, ripe)
	for i, r := range order {
		err := w.app.store.ConfirmSuper(ctx, store.SuperConfirm{
			Doctor: r.Doctor, Product: product, First: demoAccount(store.RoleManager), FirstRole: store.RoleManager, Second: demoAccount(store.RoleMedical),
			SecondRole: store.RoleMedical, Least: info.Confirmed, Share: info.Share, Review: time.Duration(info.Review) * 24 * time.Hour, Reason: words.Why,
		})
		if err != nil {
			return fmt.Errorf("confirming a sample super customer: %w", err)
		}
		if err := w.workSuper(ctx, words, order, i, product); err != nil {
			return err
		}
	}
	for _, r := range ripe {
		if !slices.ContainsFunc(order, func(o store.SuperRow) bool { return o.Doctor == r.Doctor }) {
			return w.proposeSuper(ctx, r, words.Why, product)
		}
	}
	return nil
}

// workSuper is what has been done with one of them: a card for most, an outcome for every second, and a step that is late for one.
func (w *demoWorld) workSuper(ctx context.Context, words demoSupers, order []store.SuperRow, i int, product string) error {
	ctx = store.As(ctx, store.Viewer{Name: demoAccount(store.RoleManager), Role: store.RoleManager, Reach: store.ReachAll})
	r, st := order[i], w.app.store
	if i%4 != 3 {
		card := words.Cards[i%len(words.Cards)]
		if err := st.WriteSuperCard(ctx, store.SuperCard{Doctor: r.Doctor, Product: product, Empathy: card.Empathy, Taboo: card.Taboo}); err != nil {
			return fmt.Errorf("writing a sample card: %w", err)
		}
	}
	if r.Depth >= 5 || i%2 == 0 {
		in := words.Influences[i%len(words.Influences)]
		other := ""
		if in.Kind == store.InfluenceReferral {
			other = order[(i+1)%len(order)].Doctor
		}
		row := store.Influence{Doctor: r.Doctor, Product: product, Kind: in.Kind, Note: in.Note, Other: other, At: w.app.now().AddDate(0, 0, -3*i-2).UnixMilli()}
		if err := st.AddInfluence(ctx, row); err != nil {
			return fmt.Errorf("writing a sample outcome: %w", err)
		}
	}
	switch i {
	case 1:
		return st.DoneSuper(ctx, r.Doctor, product, words.Done)
	case 2:
		return st.PlanSuper(ctx, r.Doctor, product, words.Late, w.app.now().AddDate(0, 0, -3).UnixMilli())
	}
	return nil
}

// proposeSuper lets the market department ask for a second person.
func (w *demoWorld) proposeSuper(ctx context.Context, r store.SuperRow, why, product string) error {
	ctx = store.As(ctx, store.Viewer{Name: demoAccount(store.RoleMarketing), Role: store.RoleMarketing, Reach: store.ReachAll})
	body, err := json.Marshal(map[string]string{"doctor": r.Doctor, "product": product, "lens": r.Lens})
	if err != nil {
		return fmt.Errorf("writing a sample proposal: %w", err)
	}
	_, err = w.app.store.Propose(ctx, store.Approval{Kind: store.ActSuper, Object: r.Doctor + ":" + product, Body: body, Reason: why})
	return err
}
