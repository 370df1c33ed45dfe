package handoff

import (
	"context"
	"errors"
	"fmt"

	"github.com/vrep/vrep/store"
)

// tellWithdrawn tells the reps who were offered a withdrawn lead, or had accepted it, once. The result is the number of leads.
func (d *Desk) tellWithdrawn(ctx context.Context) (int, error) {
	leads, err := d.store.WithdrawnLeads(ctx, sweepPage)
	if err != nil {
		return 0, err
	}
	told := 0
	var errs []error
	for _, w := range leads {
		why := "withdrawn"
		switch {
		case w.Who.ID == "":
			why = "erased"
		case w.Reason == store.ReasonUnverified:
			why = "unverified"
		case w.Reason == store.ReasonUnshared:
			why = "unshared"
		}
		say := func(o store.Offer) string {
			at, kind := d.at(o.At).Format("01-02 15:04"), d.words.Kinds.label(w.Kind) // all that may still be said of an erased doctor
			return d.words.say(why+"_text", "surname", d.surname(w.Who), "hospital", d.hospital(w.Who), "kind", kind, "at", at)
		}
		var group []store.Effect
		if d.robot && len(w.Offers) > 0 {
			e, err := d.report(w, w.Version+1, "ended", say(w.Offers[0]))
			if err != nil {
				return told, err
			}
			group = append(group, e)
		}
		ended, err := d.store.EndOffers(ctx, w.ID, w.Version, d.lost(w, w.Version+1, d.words.say(why), say), group...)
		if err != nil && !errors.Is(err, store.ErrMoved) {
			errs = append(errs, fmt.Errorf("ending offers of lead %s: %w", w.ID, err))
		}
		if ended {
			told++
		}
	}
	return told, errors.Join(errs...)
}
