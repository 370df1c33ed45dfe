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
