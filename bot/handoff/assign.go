package handoff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// actorDesk is who moves a lead when no person does.
const actorDesk = "desk"

// sweepPage is the number of leads read at a time.
const sweepPage = 200

// Sweep tells reps of withdrawn leads and of notices, and offers new leads to reps, once. It may run anywhere at the same time: every move is fenced by the lead's
// version. One lead that fails does not stop the others.
func (d *Desk) Sweep(ctx context.Context) error {
	told, errTold := d.tellWithdrawn(ctx)
	made, errMade := d.assignNew(ctx)
	passed, errPassed := d.passNotices(ctx)
	if told+made+passed > 0 {
		d.wake()
	}
	return errors.Join(errTold, errMade, errPassed, d.watch(ctx))
}

// assignNew offers every new lead; the result is the number of leads that were assigned.
func (d *Desk) assignNew(ctx context.Context) (int, error) {
	made, after := 0, ""
	var reps []store.RepEntry
	var errs []error
	for {
		leads, err := d.store.NewLeads(ctx, after, sweepPage)
		if err != nil || len(leads) == 0 {
			return made, errors.Join(append(errs, err)...)
		}
		if reps == nil {
			if reps, err = d.store.Reps(ctx); err != nil {
				return made, err
			}
		}
		for _, w := range leads {
			ok, err := d.assign(ctx, w, reps)
			if err != nil {
				errs = append(errs, fmt.Errorf("assigning lead %s: %w", w.ID, err))
			}
			if ok {
				made++
			}
		}
		after = leads[len(leads)-1].ID
	}
}

// assign offers one lead to the reps who fit it best. false: nobody fits, and the board says why, or another desk was quicker.
func (d *Desk) assign(ctx context.Context, w store.LeadWork, reps []store.RepEntry) (bool, error) {
	chosen, why := d.candidates(w, reps)
	chosen = chosen[:min(len(chosen), maxOffers)]
	if len(chosen) == 0 {
		if w.Reason == why {
			return false, nil
		}
		return false, d.store.NoteLead(ctx, w.ID, w.Version, why)
	}
	status, err := Next(w.Status, EventAssign)
	if err != nil {
		return false, err
	}
	round := w.Version + 1
	spec := store.LeadMoveSpec{
		ID: w.ID, Version: w.Version, Steps: []store.LeadStep{{Event: EventAssign, Status: status, Actor: actorDesk}},
		Set: func(l *store.Lead) { l.Reason = "" },
	}
	for _, r := range chosen {
		task := taskID(w.ID, r.UserID, round)
		spec.Offers = append(spec.Offers, store.Offer{Rep: r.UserID, Status: store.OfferOpen, Task: task, At: d.ms()})
		if !d.app {
			continue
		}
		e, err := effect(store.OfferKey(task), store.RepLane(r.UserID), store.KindCard, d.card(w, r.UserID, task))
		if err != nil {
			return false, err
		}
		e.NextAt = d.offPeak(w)
		spec.Effects = append(spec.Effects, e)
	}
	if d.robot {
		e, err := d.announce(w, round)
		if err != nil {
			return false, err
		}
		e.NextAt = d.offPeak(w)
		spec.Effects = append(spec.Effects, e)
	}
	_, err = d.store.MoveLead(ctx, spec)
	if errors.Is(err, store.ErrMoved) {
		return false, nil
	}
	return err == nil, err
}

// offPeak is when a card about a lead may leave: WeCom asks not to send on the full and half hour, so a lead that the doctor did not ask for in words
// waits for the next minute; 0 = now.
func (d *Desk) offPeak(w store.LeadWork) int64 {
	now := d.now()
	if w.Explicit || now.Minute()%30 != 0 {
		return 0
	}
	return now.Truncate(time.Minute).Add(time.Minute).UnixMilli()
}

// candidates are the reps who fit a lead: the one to whom the doctor was transferred, else the one whose code brought the doctor, else those of the doctor's hospital, else those of the province, else
// those for everything; the ones who hold the fewest leads first. Without any, the text for the board says why.
func (d *Desk) candidates(w store.LeadWork, reps []store.RepEntry) ([]store.RepEntry, string) {
	declined := map[string]string{}
	for _, o := range w.Offers {
		if o.Status == store.OfferDeclined {
			declined[o.Rep] = o.Reason
		}
	}
	var reasons []string
	unfit := false
	if w.Refused {
		return nil, d.words.Board["refused"]
	}
	for _, land := range []store.Territory{
		{Kind: landCode, Value: w.Holder},
		{Kind: landCode, Value: w.SceneRep},
		{Kind: store.TerritoryHospital, Value: w.Who.Hospital},
		{Kind: store.TerritoryProvince, Value: w.Province},
		{Kind: store.TerritoryAll},
	} {
		var fit []store.RepEntry
		for _, r := range reps {
			reason, said := declined[r.UserID]
			switch {
			case !covers(r, land):
			case said:
				reasons = append(reasons, r.Name+" "+reason)
			case !d.mayTake(r.Rep):
				unfit = true
			default:
				fit = append(fit, r)
			}
		}
		if len(fit) > 0 {
			slices.SortStableFunc(fit, func(a, b store.RepEntry) int { return cmp.Compare(a.Held, b.Held) })
			return fit, ""
		}
	}
	switch {
	case len(reasons) > 0:
		slices.Sort(reasons)
		return nil, fill(d.words.Board["all_declined"], "reasons", strings.Join(slices.Compact(reasons), d.words.Between))
	case unfit:
		return nil, d.words.Board["no_filing"]
	}
	return nil, d.words.Board["no_territory"]
}

// landCode stands for the doctors who came by a rep's own code, or were given to the rep: its value is the rep.
const landCode = "code"

// covers tells whether a rep looks after exactly this kind of territory.
func covers(r store.RepEntry, land store.Territory) bool {
	if land.Kind == landCode {
		return land.Value != "" && r.UserID == land.Value
	}
	if land.Value == "" && land.Kind != store.TerritoryAll {
		return false
	}
	return slices.ContainsFunc(r.Territories, func(t store.Territory) bool { return t.Kind == land.Kind && t.Value == land.Value })
}

// mayTake tells whether a rep may be given a lead: active, and the filing has not run out (source: the filing rules for medical representatives, under
// which nobody without a valid filing may visit a hospital), and not about to give the doctors away.
func (d *Desk) mayTake(r store.Rep) bool { return r.Active && !r.Leaving && r.FilingUntil > d.ms() }
