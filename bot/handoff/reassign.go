package handoff

import (
	"context"
	"errors"

	"github.com/vrep/vrep/store"
)

// Reassign offers leads that one rep holds to another one, as one act of a person: because the first has left, or cannot go. The new rep gets the card and
// accepts like every lead; the old one loses the lead at once. It gives the number of leads that moved; those that ended meanwhile are left out. ErrFiling:
// the new rep may not take leads. Within a transaction of the context all of it is part of that.
func (d *Desk) Reassign(ctx context.Context, leads []string, to, actor, reason string) (moved int, err error) {
	who, err := d.acting(ctx, to)
	if err != nil {
		return 0, err
	}
	for _, id := range leads {
		ok, err := d.reassign(ctx, id, who, actor, reason)
		if err != nil {
			return moved, err
		}
		if ok {
			moved++
		}
	}
	d.wake()
	d.Wake()
	return moved, nil
}

func (d *Desk) reassign(ctx context.Context, id string, to store.Rep, actor, reason string) (bool, error) {
	w, err := d.store.Lead(ctx, id)
	if err != nil {
		return false, err
	}
	status, err := Next(w.Status, EventReassign)
	if errors.Is(err, ErrIllegal) || w.Rep == to.UserID {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	task := taskID(w.ID, to.UserID, w.Version+1)
	spec := store.LeadMoveSpec{
		ID: w.ID, Version: w.Version, Steps: []store.LeadStep{{Event: EventReassign, Status: status, Actor: actor, Reason: reason}},
		Set:    func(l *store.Lead) { l.Rep, l.AcceptedAt, l.Reason = "", 0, "" },
		Lose:   func(store.Offer) *store.Effect { return nil },
		Offers: []store.Offer{{Rep: to.UserID, Status: store.OfferOpen, Task: task, At: d.ms()}},
	}
	if w.Rep != "" {
		spec.Answer = &store.Offer{Rep: w.Rep, Status: store.OfferLost}
	}
	if d.app {
		e, err := effect(store.OfferKey(task), store.RepLane(to.UserID), store.KindCard, d.card(w, to.UserID, task))
		if err != nil {
			return false, err
		}
		spec.Effects = []store.Effect{e}
	}
	_, err = d.store.MoveLead(ctx, spec)
	if errors.Is(err, store.ErrMoved) {
		return false, nil // the old rep was quicker: what the person saw is not so any more
	}
	return err == nil, err
}
