package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/vrep/vrep/store"
)

// demoHandover is what the people of the sample house say about a rep who leaves.
type demoHandover struct {
	Why    string `yaml:"why"`    // the rep leaves
	Given  string `yaml:"given"`  // doctors are given to others
	Wishes string `yaml:"wishes"` // a doctor is to have another rep
}

// demoGiven is how many doctors of the leaving rep are given away already, and demoReached with how many of these the new rep has been in touch.
const (
	demoGiven   = 12
	demoReached = 5
)

// fillHandovers lets one rep of the sample change the territory: some of the doctors are given to others, some of these were called, and the rest waits for the
// manager; one doctor of another rep is to have another. Where somebody has marked a departure before, it does nothing.
func (w *demoWorld) fillHandovers(ctx context.Context) error {
	ctx = store.As(ctx, store.Viewer{Name: demoAccount(store.RoleManager), Role: store.RoleManager, Reach: store.ReachAll})
	st, words := w.app.store, readDemo().Handover
	marked, err := st.Departures(ctx, 1)
	if err != nil || len(marked) > 0 {
		return err
	}
	rep, other, err := w.busiest(ctx)
	if err != nil || rep == "" {
		return err
	}
	d, err := w.app.desk.Depart(ctx, rep, store.DepartTerritory, words.Why)
	if err != nil {
		return fmt.Errorf("marking a sample departure: %w", err)
	}
	f, err := st.DepartureFile(ctx, d.ID)
	if err != nil {
		return err
	}
	var picks []store.TransferPick
	for _, r := range f.Rows {
		if r.To != "" && len(picks) < demoGiven {
			picks = append(picks, store.TransferPick{ID: r.ID, To: other})
		}
	}
	if _, err := w.app.desk.Transfer(ctx, picks, "", demoAccount(store.RoleManager), words.Given); err != nil {
		return fmt.Errorf("giving sample doctors away: %w", err)
	}
	for i, p := range picks[:min(demoReached, len(picks))] {
		if _, err := w.app.desk.Pack(ctx, p.ID, p.To, p.To); err != nil {
			return fmt.Errorf("reading a sample pack: %w", err)
		}
		if i > 0 {
			if err := st.ContactTransfer(ctx, p.ID, p.To); err != nil {
				return fmt.Errorf("recording a sample contact: %w", err)
			}
		}
	}
	return w.wishAnother(ctx, other, words.Wishes)
}

// onPhone tells whether a rep is one of those whose phones the demo has: whoever tries it finds the cards of their own talks there, and no others.
func onPhone(rep string) bool {
	for _, r := range readDemo().Reps {
		if r.UserID == rep {
			return true
		}
	}
	return false
}

// busiest are the two reps of the demo manager's team with the most doctors, but for those whom the demo plays; "" = there are none.
func (w *demoWorld) busiest(ctx context.Context) (first, second string, err error) {
	reps, err := w.app.store.Reps(ctx)
	if err != nil || len(reps) == 0 {
		return "", "", err
	}
	doctors := map[string]int{}
	for _, r := range reps {
		if onPhone(r.UserID) || r.Team != reps[0].Team || !r.Active || r.FilingUntil < w.app.now().UnixMilli() {
			continue
		}
		charges, err := w.app.store.ChargesOf(ctx, r.UserID)
		if err != nil {
			return "", "", err
		}
		doctors[r.UserID] = len(charges)
	}
	order := slices.SortedFunc(maps.Keys(doctors), func(a, b string) int { return cmp.Or(cmp.Compare(doctors[b], doctors[a]), cmp.Compare(a, b)) })
	if len(order) < 2 || doctors[order[0]] == 0 {
		return "", "", nil
	}
	return order[0], order[1], nil
}

// wishAnother proposes another rep for the first doctor of a rep.
func (w *demoWorld) wishAnother(ctx context.Context, rep, why string) error {
	charges, err := w.app.store.ChargesOf(ctx, rep)
	if err != nil || len(charges) == 0 {
		return err
	}
	if _, err := w.app.store.ProposeTransfer(ctx, charges[len(charges)-1].Doctor, "", store.TransferAsked, why); err != nil {
		return fmt.Errorf("proposing another rep for a sample doctor: %w", err)
	}
	return nil
}
