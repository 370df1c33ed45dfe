package cond

import (
	"cmp"
	"strings"
	"time"
)

// Forms of the clock as values: a day, and a minute in the account's zone.
const (
	dayForm    = "2006-01-02"
	minuteForm = "2006-01-02T15:04"
)

// dayOf returns the day number (days since 1970-01-01) of a date value:
// "2026-03-11", alone or followed by "T15:00…" or "/pm".
func dayOf(s string) (int, bool) {
	if len(s) < len(dayForm) || (len(s) > len(dayForm) && s[len(dayForm)] != 'T' && s[len(dayForm)] != '/' && s[len(dayForm)] != ' ') {
		return 0, false
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 || s[4] != '-' || s[7] != '-' || m < 1 || m > 12 || d < 1 {
		return 0, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d {
		return 0, false
	}
	return int(t.Unix() / 86400), true
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// partOrder ranks the parts of a day.
var partOrder = map[string]int{"am": 1, "noon": 2, "pm": 3, "evening": 4}

// CompareDates orders two date values: by day, then by time or part of the
// day when both carry one of the same form.
func CompareDates(a, b string) (int, bool) {
	da, okA := dayOf(a)
	db, okB := dayOf(b)
	if !okA || !okB {
		return 0, false
	}
	if da != db || len(a) == len(dayForm) || len(b) == len(dayForm) {
		return cmp.Compare(da, db), true
	}
	ra, rb := a[len(dayForm):], b[len(dayForm):]
	if ra[0] == 'T' && rb[0] == 'T' {
		n := min(len(ra), len(rb))
		return strings.Compare(ra[:n], rb[:n]), true
	}
	if ra[0] == '/' && rb[0] == '/' {
		return cmp.Compare(partOrder[ra[1:]], partOrder[rb[1:]]), true
	}
	return 0, true
}
