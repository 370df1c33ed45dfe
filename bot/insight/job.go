package insight

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vrep/vrep/store"
)

// Times of the job that derives every doctor again.
const (
	jobPage  = 200
	jobLease = time.Minute // after which another instance goes on
)

// Announce adds a job when the rules in force are others than those of the newest one. It looks once for every change that this process sees, so that a
// process that still has the old rules does not ask for them again.
func (in *Insight) Announce(ctx context.Context) error {
	hash := in.library().RulesHash()
	if hash == in.announced {
		return nil
	}
	if _, err := in.store.AddJob(ctx, store.JobClassify, hash, ""); err != nil {
		return err
	}
	in.announced = hash
	return nil
}

// Step does one page of the job for the rules in force and tells whether there was one. A process that dies leaves the position behind, and another one
// goes on from there.
func (in *Insight) Step(ctx context.Context) (bool, error) {
	hash := in.library().RulesHash()
	j, err := in.store.ClaimJob(ctx, store.JobClassify, hash, jobLease)
	if err != nil || j == nil {
		return false, err
	}
	ids, err := in.store.DoctorIDs(ctx, j.Position, jobPage)
	if err != nil {
		return false, err
	}
	if len(ids) > 0 {
		if err := in.store.HoldDoctors(ctx, ids, sweepLease); err != nil {
			return false, err
		}
		_, changed, err := in.derive(ctx, ids, CauseRules+hash[:12])
		if err != nil {
			return false, fmt.Errorf("deriving a page: %w", err)
		}
		j.Done, j.Changed, j.Position = j.Done+len(ids), j.Changed+changed, ids[len(ids)-1]
	}
	if len(ids) < jobPage {
		j.Status = store.JobDone
	}
	if err := in.store.SaveJob(ctx, *j); err != nil && !errors.Is(err, store.ErrMoved) {
		return false, err
	}
	return true, nil
}
