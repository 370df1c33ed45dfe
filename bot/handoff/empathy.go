package handoff

import (
	"context"
	"errors"

	"github.com/vrep/vrep/store"
)

// Empathy is the card with what the house has understood of a super customer, for the rep who goes there. It is read before the visit: the page of the rep
// offers the report once it was.
type Empathy struct {
	Product string
	Stage   string
	Says    string // statement
	Channel string // code of what the doctor cares about; "" = as the portrait has it
	Known   string // as the portrait has it
	Taboo   string
	Next    string
	Read    bool // by this rep, as it is now
}

// empathy reads the card of the doctor of a brief; none when nobody has written one.
func (d *Desk) empathy(ctx context.Context, doctor store.DoctorRecord, rep string) (*Empathy, error) {
	r, read, err := d.store.SuperOf(ctx, doctor.Doctor.ID, rep)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := r.Read()
	c := &Empathy{Product: r.Product, Stage: r.Stage, Says: r.Empathy, Channel: r.Channel, Taboo: r.Taboo, Next: r.NextStep, Read: read}
	if c.Next == "" {
		c.Next = found.Next.Say
	}
	for _, p := range doctor.Portrait {
		if p.Field == fieldEmotion {
			c.Known = p.Code
		}
	}
	return c, nil
}

// fieldEmotion is the field of the portrait with what the doctor cares about.
const fieldEmotion = "emotional_channel"

// unread tells whether there is a card that the rep of a report has not read as it is now. A report that says so is the receipt.
func (d *Desk) unread(ctx context.Context, doctor string, r Report) (bool, error) {
	card, read, err := d.store.SuperOf(ctx, doctor, r.Rep)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil || read || !r.CardRead:
		return !read, err
	}
	return false, d.store.ReadSuperCard(ctx, doctor, card.Product, r.Rep)
}

// ReadCard is the receipt of a rep who has read the card of a lead's doctor. Without a card there is nothing to do. Errors as of Brief; ErrNotYours before
// the rep has accepted.
func (d *Desk) ReadCard(ctx context.Context, lead, rep string) error {
	b, err := d.Brief(ctx, lead, rep)
	if err != nil {
		return err
	}
	if !b.Mine {
		return ErrNotYours
	}
	if b.Empathy == nil {
		return nil
	}
	w, err := d.store.Lead(ctx, lead)
	if err != nil {
		return err
	}
	return d.store.ReadSuperCard(ctx, w.Doctor, b.Empathy.Product, rep)
}
