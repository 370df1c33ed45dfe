package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// lookups answers what the engine asks while it decides, from the database and the folder of flows in force. It keeps the first failure, so that an outage
// is not mistaken for a wrong code.
type lookups struct {
	ctx    context.Context
	store  *store.Store
	lib    *flows.Library
	doctor string // id
	err    error
}

// InviteOK implements flows.Reads.
func (r *lookups) InviteOK(code string) bool {
	ok, err := r.store.InviteOK(r.ctx, code)
	return r.keep("looking up an invitation", err) && ok
}

// Master implements flows.Reads.
func (r *lookups) Master(name, hospital, department string) (string, bool) {
	id, err := r.store.MasterOf(r.ctx, r.doctor, name, hospital, department)
	return id, r.keep("looking up master data", err) && id != ""
}

// Price implements flows.Reads: from the table of official prices, once the house keeps one; until then from the file of the folder. What is not known or
// not valid any more is none: a person answers then.
func (r *lookups) Price(hospital, product string, at time.Time) (string, bool) {
	kept, err := r.store.HasPrices(r.ctx)
	if !r.keep("looking up prices", err) {
		return "", false
	}
	if !kept {
		return r.lib.Price(hospital, product, at)
	}
	rows, err := r.store.PricesAt(r.ctx, hospital, product, at)
	if !r.keep("looking up prices", err) || len(rows) == 0 {
		return "", false
	}
	lines := make([]flows.PriceLine, len(rows))
	for i, p := range rows {
		lines[i] = flows.PriceLine{
			Product: product, Pack: strings.TrimSpace(p.Spec + " " + p.Package), Price: p.Amount + " " + p.Unit, Kind: p.Kind, Basis: p.Policy,
			Place: p.Province + p.City, From: day(p.FromAt, at.Location()),
		}
		if p.UntilAt != 0 {
			lines[i].Until = day(p.UntilAt-1, at.Location())
		}
	}
	return r.lib.SayPrices(lines), true
}

// day is the date of a time, unix ms.
func day(ms int64, zone *time.Location) string {
	return time.UnixMilli(ms).In(zone).Format(time.DateOnly)
}

// RepOf implements flows.Reads.
func (r *lookups) RepOf(hospital string) (string, bool) {
	rep, err := r.store.RepOf(r.ctx, hospital)
	if errors.Is(err, store.ErrNotFound) {
		return "", false
	}
	return rep.Name, r.keep("looking up a rep", err)
}

// Quote implements flows.Peers.
func (r *lookups) Quote(id string) (string, bool) {
	words, err := r.store.QuoteWords(r.ctx, r.doctor, id)
	return words, r.keep("looking up words", err) && words != ""
}

// Cards implements flows.Peers.
func (r *lookups) Cards() (open int, standing string) {
	c, err := r.store.CardStanding(r.ctx, r.doctor)
	r.keep("looking up cards", err)
	return c.Open, c.Standing
}

// capped tells whether the doctor has had as many unasked messages as the house allows.
func (r *lookups) capped(doctor string, caps flows.Caps) bool {
	enough, err := r.store.Enough(r.ctx, doctor, caps.Day, caps.Week)
	return r.keep("counting messages", err) && enough
}

// keep remembers the first failure; true when there is none now.
func (r *lookups) keep(what string, err error) bool {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", what, err)
	}
	return err == nil
}
