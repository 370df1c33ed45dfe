package handoff

import "time"

// Times of a handover in working days. Source: the house's handbook on departures of reps.
const (
	ContactDays   = 5  // until the new rep's first contact
	PoolDays      = 10 // how long a doctor may be without a rep
	PoolSuperDays = 2  // how long a super customer may
)

// WorkingDaysAfter is the end of the n-th working day after a moment, in the zone of the moment. Saturday and Sunday are free; public holidays are not known to the
// program, so that a date never falls later than it should.
func WorkingDaysAfter(from time.Time, n int) time.Time {
	day := from
	for n > 0 {
		if day = day.AddDate(0, 0, 1); working(day) {
			n--
		}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, 23, 59, 0, 0, from.Location())
}

// WorkingDaysBetween counts the working days that have passed from one moment to another, the first day not included.
func WorkingDaysBetween(from, to time.Time) int {
	to = to.In(from.Location())
	if !from.Before(to) {
		return 0
	}
	y, m, d := from.Date()
	day, n := time.Date(y, m, d, 0, 0, 0, 0, from.Location()), 0
	weeks := int(to.Sub(day).Hours()) / (7 * 24)
	day, n = day.AddDate(0, 0, 7*weeks), 5*weeks
	for day = day.AddDate(0, 0, 1); !day.After(to); day = day.AddDate(0, 0, 1) {
		if working(day) {
			n++
		}
	}
	return n
}

func working(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }
