package handoff

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/vrep/vrep/store"
)

// Accept gives the lead to the rep; the first one wins, and accepting again changes nothing. ErrTaken, ErrEnded, ErrNotYours, ErrFiling.
func (d *Desk) Accept(ctx context.Context, lead, rep string) error {
	return d.retry(func() error { return d.accept(ctx, lead, rep) })
}

// Decline takes the rep out of the offer, or gives back a lead that the rep has accepted; reason is a code of Form.Reasons or words. When nobody is left
// who could accept, the lead is new again. ErrTaken, ErrEnded, ErrNotYours.
func (d *Desk) Decline(ctx context.Context, lead, rep, reason string) error {
	return d.retry(func() error { return d.decline(ctx, lead, rep, d.reason(reason)) })
}

// moveTries is how often a decision is made again because the lead changed under it. Every change comes from another rep, so few suffice.
const moveTries = 10

// retry decides again when the lead has moved, and wakes the sender after success.
func (d *Desk) retry(decide func() error) error {
	for try := 1; ; try++ {
		err := decide()
		if errors.Is(err, store.ErrMoved) && try < moveTries {
			continue
		}
		if err == nil {
			d.wake()
			d.Wake()
		}
		return err
	}
}

// offered reads a lead for a rep who was offered it.
func (d *Desk) offered(ctx context.Context, lead, rep string) (store.LeadWork, store.Offer, error) {
	w, err := d.store.Lead(ctx, lead)
	if errors.Is(err, store.ErrNotFound) {
		return w, store.Offer{}, ErrNotOffered
	}
	if err != nil {
		return w, store.Offer{}, err
	}
	i := slices.IndexFunc(w.Offers, func(o store.Offer) bool { return o.Rep == rep })
	if i < 0 {
		return w, store.Offer{}, ErrNotOffered
	}
	return w, w.Offers[i], nil
}

// standing says what keeps a rep from acting on a lead: it has ended, or it is somebody else's.
func (d *Desk) standing(ctx context.Context, w store.LeadWork, rep string) error {
	switch {
	case w.Who.ID == "": // nobody is behind it any more
		return errErased
	case w.Status == store.LeadWithdrawn:
		return withdrawn(w)
	case w.Lost(rep):
		return ErrNotYours
	case w.Status == store.LeadClosed && w.Rep == rep:
		return ErrFiled
	case w.Status == store.LeadClosed || w.Status == store.LeadExpired:
		return ErrEnded
	case w.Rep == "" || w.Rep == rep:
		return nil
	}
	by, err := d.store.Rep(ctx, w.Rep)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return ErrTaken{By: by.Name}
}

// withdrawn tells by whose will a lead was withdrawn.
func withdrawn(w store.LeadWork) error {
	if w.Reason == store.ReasonUnverified {
		return errUnverified
	}
	return errWithdrawn
}

// acting reads a rep who wants to see or do something; ErrFiling when the rep is not active or the filing has run out. It stands before every act but the
// report of an adverse event.
func (d *Desk) acting(ctx context.Context, rep string) (store.Rep, error) {
	who, err := d.store.Rep(ctx, rep)
	if err == nil && !d.mayTake(who) {
		return who, ErrFiling
	}
	return who, err
}

func (d *Desk) accept(ctx context.Context, lead, rep string) error {
	w, offer, err := d.offered(ctx, lead, rep)
	if err != nil {
		return err
	}
	if err := d.standing(ctx, w, rep); err != nil {
		return err
	}
	if w.Rep != rep && offer.Status != store.OfferOpen {
		return ErrNotYours
	}
	who, err := d.acting(ctx, rep)
	if err != nil || w.Rep == rep {
		return err
	}
	spec, err := d.acceptance(w, who)
	if err != nil {
		return err
	}
	_, err = d.store.MoveLead(ctx, spec)
	return err
}

// toldLife is how long the doctor may still be told that a rep has taken the lead: later the rep has spoken for himself.
const toldLife = 72 * time.Hour

// acceptance is the move by which a rep takes a lead, with everything that others are told.
func (d *Desk) acceptance(w store.LeadWork, rep store.Rep) (store.LeadMoveSpec, error) {
	status, err := Next(w.Status, EventAccept)
	if err != nil {
		return store.LeadMoveSpec{}, err
	}
	version, now := w.Version+1, d.ms()
	say := func(key string) string {
		return d.words.say(key, "surname", d.surname(w.Who), "hospital", d.hospital(w.Who), "rep", rep.Name, "url", d.link(w.ID, rep.UserID))
	}
	effects, err := d.acceptedBy(w, rep, version, say)
	if err != nil {
		return store.LeadMoveSpec{}, err
	}
	if w.Explicit && w.Who.Followed && !w.Who.OptedOut {
		text := d.words.say("doctor_accepted", "doctor", d.address(w.Who), "surname", d.words.surname(rep.Name))
		told, err := effect(leadKey(w.ID, version, "doctor"), store.DoctorLane(w.Doctor), store.KindText, store.Text{OpenID: w.Who.OpenID, Text: text})
		if err != nil {
			return store.LeadMoveSpec{}, err
		}
		told.ValidUntil = now + toldLife.Milliseconds()
		effects = append(effects, told)
	}
	return store.LeadMoveSpec{
		ID: w.ID, Version: w.Version,
		Steps:   []store.LeadStep{{Event: EventAccept, Status: status, Actor: rep.UserID}},
		Set:     func(l *store.Lead) { l.Rep, l.AcceptedAt, l.Reason = rep.UserID, now, "" },
		Answer:  &store.Offer{Rep: rep.UserID, Status: store.OfferAccepted},
		Lose:    d.lost(w, version, say("taken"), func(store.Offer) string { return say("taken_text") }),
		Effects: effects,
	}, nil
}

// acceptedBy tells the rep where the brief is, and the group who has the lead.
func (d *Desk) acceptedBy(w store.LeadWork, rep store.Rep, version int64, say func(string) string) ([]store.Effect, error) {
	var effects []store.Effect
	if d.app {
		brief, err := effect(leadKey(w.ID, version, "brief"), store.RepLane(rep.UserID), store.KindRepText, store.RepText{UserID: rep.UserID, Text: say("brief_text")})
		if err != nil {
			return nil, err
		}
		effects = append(effects, brief)
	}
	if d.robot {
		told, err := d.report(w, version, "taken", say("taken_text"))
		if err != nil {
			return nil, err
		}
		effects = append(effects, told)
	}
	return effects, nil
}

// address is how the doctor is spoken to.
func (d *Desk) address(who store.Doctor) string {
	if who.Name == "" {
		return d.words.Doctor
	}
	return d.words.say("title_teacher", "name", who.Name)
}

func (d *Desk) decline(ctx context.Context, lead, rep, reason string) error {
	w, offer, err := d.offered(ctx, lead, rep)
	if err != nil {
		return err
	}
	if err := d.standing(ctx, w, rep); err != nil {
		return err
	}
	if offer.Status == store.OfferDeclined {
		return nil
	}
	if w.Rep != rep && offer.Status != store.OfferOpen {
		return ErrNotYours
	}
	if _, err := d.acting(ctx, rep); err != nil {
		return err
	}
	return d.giveBack(ctx, w, rep, rep, store.Offer{Rep: rep, Status: store.OfferDeclined, Reason: reason})
}

// giveBack takes a rep out of a lead; answer is what becomes of the offer. When nobody is left who could accept it, the lead is new again.
func (d *Desk) giveBack(ctx context.Context, w store.LeadWork, rep, actor string, answer store.Offer) (err error) {
	status := w.Status
	others := slices.ContainsFunc(w.Offers, func(o store.Offer) bool { return o.Rep != rep && o.Status == store.OfferOpen })
	if !others {
		if status, err = Next(w.Status, EventDecline); err != nil {
			return err
		}
	}
	_, err = d.store.MoveLead(ctx, store.LeadMoveSpec{
		ID: w.ID, Version: w.Version,
		Steps:  []store.LeadStep{{Event: EventDecline, Status: status, Actor: actor, Reason: answer.Reason}},
		Set:    func(l *store.Lead) { l.Rep, l.AcceptedAt, l.Reason = "", 0, answer.Reason },
		Answer: &answer,
	})
	return err
}
