package handoff

import (
	"context"
	"strconv"
	"time"

	"github.com/vrep/vrep/store"
)

// poolEvery is the pause between two looks at the doctors without a rep and at first contacts that are late: both are counted in days.
const poolEvery = 10 * time.Minute

// poolSeen is how many doctors one look considers.
const poolSeen = 500

// PoolLate tells whether a doctor has been without a rep for too long: a super customer for two working days, others for ten.
func (d *Desk) PoolLate(r store.PoolRow) bool { return d.PoolDays(r) > poolMost(r) }

// PoolDays is for how many working days the doctor has had no rep.
func (d *Desk) PoolDays(r store.PoolRow) int { return WorkingDaysBetween(d.at(r.Since), d.now()) }

func poolMost(r store.PoolRow) int {
	if r.Super == store.SuperConfirmed {
		return PoolSuperDays
	}
	return PoolDays
}

// watch tells managers, once for each, of doctors who have had no rep for too long, and of first contacts that are late. It looks every poolEvery.
func (d *Desk) watch(ctx context.Context) error {
	last := d.watched.Load()
	if d.ms() < last+poolEvery.Milliseconds() && d.ms() >= last || !d.watched.CompareAndSwap(last, d.ms()) {
		return nil
	}
	rows, _, err := d.store.Pool(ctx, poolSeen, store.AloneLeft, store.AloneRefused) // who never had a rep is on the list, and no news
	if err != nil {
		return err
	}
	var tell []store.Notice
	for _, r := range rows {
		if !d.PoolLate(r) {
			continue
		}
		key := "pool_other"
		if r.Super == store.SuperConfirmed {
			key = "pool_super"
		}
		words := d.words.say(key, "days", strconv.Itoa(poolMost(r)))
		tell = append(tell, store.Notice{ID: "pool:" + r.Doctor + ":" + strconv.FormatInt(r.Since, 10), Doctor: r.Doctor, Words: words})
	}
	late, err := d.store.LateTransfers(ctx, poolSeen)
	if err != nil {
		return err
	}
	for _, t := range late {
		words := d.words.say("late_contact", "days", strconv.Itoa(ContactDays), "rep", t.RepName)
		tell = append(tell, store.Notice{ID: "late:" + t.ID, Doctor: t.Doctor, Words: words})
	}
	return d.store.TellManagers(ctx, tell)
}
