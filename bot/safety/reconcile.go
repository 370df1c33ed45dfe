package safety

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/vrep/vrep/store"
)

// Actor of what the desk does by itself.
const actorSystem = "system"

// reconciledDays is how far back days that did not come to zero are counted again.
const reconciledDays = 90

// Reconcile counts one day again, given by any time of it. What is not acknowledged of a day that is over is told to who is on duty, once a day.
func (d *Desk) Reconcile(ctx context.Context, at time.Time, actor string) (store.Reconciliation, error) {
	y, m, day := at.In(d.zone).Date()
	from := time.Date(y, m, day, 0, 0, 0, 0, d.zone)
	to := time.Date(y, m, day+1, 0, 0, 0, 0, d.zone)
	name := from.Format(time.DateOnly)
	row, err := d.store.Reconcile(ctx, name, from.UnixMilli(), to.UnixMilli(), actor)
	if err != nil {
		return row, err
	}
	now := d.now()
	if row.Opened == row.Acknowledged || now.Before(to) {
		return row, nil
	}
	d.log.Error("cases of a day are not acknowledged", "day", name, "opened", row.Opened, "acknowledged", row.Acknowledged)
	if len(d.duty) == 0 {
		return row, nil
	}
	text := d.words.say("mismatch", "day", name, "opened", strconv.Itoa(row.Opened), "acknowledged", strconv.Itoa(row.Acknowledged))
	return row, d.tell(ctx, "reconcile", name+":"+now.In(d.zone).Format(time.DateOnly), text)
}

// ReconcileDue counts today, yesterday, and every earlier day that did not come to zero. It may run anywhere at any time.
func (d *Desk) ReconcileDue(ctx context.Context) error {
	now := d.now()
	days := []time.Time{now, now.In(d.zone).AddDate(0, 0, -1)}
	rows, err := d.store.Reconciliations(ctx, reconciledDays)
	if err != nil {
		return err
	}
	for _, r := range rows {
		at, err := time.ParseInLocation(time.DateOnly, r.Day, d.zone)
		if err == nil && r.Opened != r.Acknowledged && now.Sub(at) > 48*time.Hour {
			days = append(days, at)
		}
	}
	var errs []error
	for _, at := range days {
		_, err := d.Reconcile(ctx, at, actorSystem)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
