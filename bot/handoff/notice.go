package handoff

import (
	"context"
	"errors"
	"fmt"

	"github.com/vrep/vrep/store"
)

// passNotices hands what flows tell the rep of a doctor to a rep who looks after the doctor's hospital; the result is the number that were handed over. One
// without a rep waits on the worklist of the house until there is one, or until somebody of the house has dealt with it.
func (d *Desk) passNotices(ctx context.Context) (int, error) {
	if !d.app {
		return 0, nil // words about a doctor are not for a group
	}
	waiting, err := d.store.OpenNotices(ctx, []string{store.TeamRep}, sweepPage)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	reps, err := d.store.Reps(ctx)
	if err != nil {
		return 0, err
	}
	passed := 0
	var errs []error
	for _, n := range waiting {
		chosen, _ := d.candidates(store.LeadWork{Who: n.Who, Province: n.Province}, reps)
		if len(chosen) == 0 {
			continue
		}
		rep := chosen[0].UserID
		// No name: it belongs to the rep who has accepted the doctor's lead (see the package's invariant).
		text := d.words.say("notice_text", "hospital", d.hospital(n.Who), "words", d.words.quiet(n.Words, n.Who.Name))
		e, err := effect("notice:"+n.ID, store.RepLane(rep), store.KindRepText, store.RepText{UserID: rep, Text: text})
		if err == nil {
			e.Intent = store.IntentNotice
			err = d.store.PassNotice(ctx, n.ID, rep, e)
		}
		switch {
		case errors.Is(err, store.ErrMoved):
		case err != nil:
			errs = append(errs, fmt.Errorf("passing notice %s: %w", n.ID, err))
		default:
			passed++
		}
	}
	return passed, errors.Join(errs...)
}
