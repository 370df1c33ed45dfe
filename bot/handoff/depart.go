package handoff

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/store"
)

// Depart marks that a rep leaves the doctors: no new lead goes there from now on, leads that are only offered go to others, and for each doctor a new rep is
// proposed, by territory and then by load, among those who may take leads. Nothing moves before a person confirms. Done again, it adds the doctors who came
// since. Errors as of store.OpenDeparture.
func (d *Desk) Depart(ctx context.Context, rep, cause, reason string) (store.Departure, error) {
	doctors, err := d.store.ChargesOf(ctx, rep)
	if err != nil {
		return store.Departure{}, err
	}
	next, err := d.chooser(ctx, rep)
	if err != nil {
		return store.Departure{}, err
	}
	rows := make([]store.Transfer, len(doctors))
	for i, c := range doctors {
		rows[i] = store.Transfer{Doctor: c.Doctor, To: next.choose(c)}
	}
	out, err := d.store.OpenDeparture(ctx, store.Departure{Rep: rep, Cause: cause, Reason: reason}, rows)
	if err != nil {
		return out, err
	}
	return out, d.giveOffers(ctx, rep)
}

// giveOffers takes a rep who leaves out of the leads that others may still accept.
func (d *Desk) giveOffers(ctx context.Context, rep string) error {
	ids, err := d.store.HeldLeads(ctx, rep)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := d.retry(func() error {
			w, offer, err := d.offered(ctx, id, rep)
			if err != nil || w.Rep != "" || offer.Status != store.OfferOpen {
				return err
			}
			return d.giveBack(ctx, w, rep, actorDesk, store.Offer{Rep: rep, Status: store.OfferLost, Reason: d.words.Board["leaves"]})
		})
		if err != nil && !errors.Is(err, ErrNotOffered) {
			return err
		}
	}
	return nil
}

// Suggest proposes who is to look after a doctor instead of a rep; "" = nobody fits.
func (d *Desk) Suggest(ctx context.Context, c store.Charge, not string) (string, error) {
	next, err := d.chooser(ctx, not)
	if err != nil {
		return "", err
	}
	return next.choose(c), nil
}

// SuggestAll proposes a rep for each of some doctors without one, so that the load is spread; "" = nobody fits.
func (d *Desk) SuggestAll(ctx context.Context, doctors []store.Charge) ([]string, error) {
	next, err := d.chooser(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]string, len(doctors))
	for i, c := range doctors {
		out[i] = next.choose(c)
	}
	return out, nil
}

// chooser spreads doctors over the reps who may take them.
type chooser struct {
	reps []store.RepEntry
	load map[string]int64 // open leads, and the doctors who were given in this round
}

// chooser knows every rep who may take doctors from another one.
func (d *Desk) chooser(ctx context.Context, from string) (*chooser, error) {
	reps, err := d.store.Reps(ctx)
	if err != nil {
		return nil, err
	}
	out := &chooser{load: map[string]int64{}}
	for _, r := range reps {
		if r.UserID != from && d.mayTake(r.Rep) {
			out.reps = append(out.reps, r)
			out.load[r.UserID] = r.Held
		}
	}
	return out, nil
}

// choose picks the least loaded rep of the closest territory that covers the doctor.
func (c *chooser) choose(of store.Charge) string {
	for _, land := range []store.Territory{
		{Kind: store.TerritoryHospital, Value: of.Hospital}, {Kind: store.TerritoryProvince, Value: of.Province}, {Kind: store.TerritoryAll},
	} {
		fit := slices.DeleteFunc(slices.Clone(c.reps), func(r store.RepEntry) bool { return !covers(r, land) })
		if len(fit) == 0 {
			continue
		}
		best := slices.MinFunc(fit, func(a, b store.RepEntry) int {
			return cmp.Or(cmp.Compare(c.load[a.UserID], c.load[b.UserID]), cmp.Compare(a.UserID, b.UserID))
		})
		c.load[best.UserID]++
		return best.UserID
	}
	return ""
}

// Lapsed are the active reps whose filing has run out and who still look after doctors: a departure is proposed for each.
func (d *Desk) Lapsed(ctx context.Context) ([]store.RepEntry, error) {
	reps, err := d.store.Reps(ctx)
	if err != nil {
		return nil, err
	}
	var out []store.RepEntry
	for _, r := range reps {
		if !r.Active || r.Leaving || r.FilingUntil > d.ms() {
			continue
		}
		doctors, err := d.store.ChargesOf(ctx, r.UserID)
		if err != nil {
			return nil, err
		}
		if len(doctors) > 0 {
			out = append(out, r)
		}
	}
	return out, nil
}

// Transfer confirms proposals: the doctors go to their new reps, with their open leads, the doctors are told, and each new rep gets one message with the way to
// the list. Within a transaction of the context all of it is part of that. ErrFiling: a rep who may not take leads; others as of store.ConfirmTransfers.
func (d *Desk) Transfer(ctx context.Context, picks []store.TransferPick, batch, actor, reason string) (int, error) {
	checked := map[string]bool{}
	for _, p := range picks {
		if p.To == "" || checked[p.To] {
			continue
		}
		if _, err := d.acting(ctx, p.To); err != nil {
			return 0, err
		}
		checked[p.To] = true
	}
	act := store.TransferAct{Batch: batch, Due: WorkingDaysAfter(d.now().In(d.zone), ContactDays).UnixMilli(), Reason: reason}
	done, err := d.store.ConfirmTransfers(ctx, picks, act, func(ctx context.Context, rows []store.Transfer) error {
		if err := d.moveLeads(ctx, rows, actor, reason); err != nil {
			return err
		}
		return d.tellTaken(ctx, rows)
	})
	if err != nil {
		return 0, err
	}
	d.wake()
	d.Wake()
	return len(done), nil
}

// moveLeads offers the open leads of the doctors to the new reps.
func (d *Desk) moveLeads(ctx context.Context, rows []store.Transfer, actor, reason string) error {
	to := make(map[string]string, len(rows))
	doctors := make([]string, len(rows))
	for i, t := range rows {
		to[t.Doctor], doctors[i] = t.To, t.Doctor
	}
	leads, err := d.store.HandedLeads(ctx, doctors)
	if err != nil {
		return err
	}
	for _, l := range leads {
		rep, err := d.acting(ctx, to[l.Doctor])
		if err != nil {
			return err
		}
		if _, err := d.reassign(ctx, l.ID, rep, actor, reason); err != nil {
			return err
		}
	}
	return nil
}

// tellTaken tells each new rep once how many doctors came, and where the list is.
func (d *Desk) tellTaken(ctx context.Context, rows []store.Transfer) error {
	if !d.app {
		return nil
	}
	byRep := map[string][]store.Transfer{}
	for _, t := range rows {
		byRep[t.To] = append(byRep[t.To], t)
	}
	var effects []store.Effect
	for rep, some := range byRep {
		text := d.words.say("taken_over", "count", strconv.Itoa(len(some)), "days", strconv.Itoa(ContactDays), "day", d.at(some[0].DueAt).Format("01-02"), "url", d.TakenLink(rep))
		e, err := effect("taken:"+some[0].ID, store.RepLane(rep), store.KindRepText, store.RepText{UserID: rep, Text: text})
		if err != nil {
			return err
		}
		effects = append(effects, e)
	}
	slices.SortFunc(effects, func(a, b store.Effect) int { return strings.Compare(a.Key, b.Key) })
	return d.store.AddEffects(ctx, effects)
}
