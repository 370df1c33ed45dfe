package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// lookups answers what the engine asks while it decides, from the database and the folder of flows in force. It keeps the first failure, so that an outage
// is not mistaken for a wrong code.
type lookups struct {
	ctx   context.Context
	store *store.Store
	lib   *flows.Library
	err   error
}

// InviteOK implements flows.Reads.
func (r *lookups) InviteOK(code string) bool {
	ok, err := r.store.InviteOK(r.ctx, code)
	return r.keep("looking up an invitation", err) && ok
}

// Price implements flows.Reads: prices are a file of the folder.
func (r *lookups) Price(hospital, product string, at time.Time) (string, bool) {
	return r.lib.Price(hospital, product, at)
}

// RepOf implements flows.Reads.
func (r *lookups) RepOf(hospital string) (string, bool) {
	rep, err := r.store.RepOf(r.ctx, hospital)
	if errors.Is(err, store.ErrNotFound) {
		return "", false
	}
	return rep.Name, r.keep("looking up a rep", err)
}

// capped tells whether the doctor has had as many unasked messages as the house allows.
func (r *lookups) capped(doctor string, caps flows.Caps, now time.Time) bool {
	for _, c := range []struct {
		most int
		span time.Duration
	}{{caps.Day, 24 * time.Hour}, {caps.Week, 7 * 24 * time.Hour}} {
		if c.most == 0 {
			continue
		}
		n, err := r.store.UnaskedSince(r.ctx, doctor, now.Add(-c.span).UnixMilli())
		if r.keep("counting messages", err) && n >= c.most {
			return true
		}
	}
	return false
}

// keep remembers the first failure; true when there is none now.
func (r *lookups) keep(what string, err error) bool {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", what, err)
	}
	return err == nil
}
