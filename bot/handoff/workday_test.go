package handoff

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWorkingDays(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	at := func(day int) time.Time { return time.Date(2026, 11, day, 15, 0, 0, 0, zone) } // the 2nd is a Monday
	for _, c := range []struct{ from, n, until int }{{2, 5, 9}, {6, 1, 9}, {7, 1, 9}, {8, 5, 13}, {6, 10, 20}, {4, 0, 4}} {
		got := WorkingDaysAfter(at(c.from), c.n)
		if got.Day() != c.until || got.Hour() != 23 {
			t.Errorf("%d working days after the %d.: %v, want the %d.", c.n, c.from, got, c.until)
		}
		if passed := WorkingDaysBetween(at(c.from), at(c.until)); passed != c.n {
			t.Errorf("from the %d. to the %d. pass %d working days, want %d", c.from, c.until, passed, c.n)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		from := at(2).Add(time.Duration(rapid.IntRange(0, 60*24*60).Draw(t, "minutes")) * time.Minute)
		n := rapid.IntRange(0, 60).Draw(t, "days")
		if got := WorkingDaysBetween(from, WorkingDaysAfter(from, n)); got != n {
			t.Fatalf("%d working days after %v are %d", n, from, got)
		}
	})
}
