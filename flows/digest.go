package flows

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Kinds of things that a doctor does.
const (
	didReply  = "reply"
	didSent   = "sent"
	didOpen   = "open"
	didRead   = "read"
	didWatch  = "watch"
	didFinish = "finish"
	didAttend = "attend"
	didAsk    = "ask"
	didRate   = "rate"
	didIgnore = "ignore"
	didMiss   = "miss"
)

// didKinds lists them, as conditions name them.
var didKinds = []string{didReply, didSent, didOpen, didRead, didWatch, didFinish, didAttend, didAsk, didRate, didIgnore, didMiss}

// DigestDays is how far back a digest goes: no rule looks further.
const DigestDays = 90

// Digest is what a doctor did, counted by kind and day (days since 1970 in the time zone of the house). It is small enough to travel with a talk, so that
// a turn computes the same score as the loop that derives: both look at days, not at minutes.
type Digest map[string]map[int]int

// DigestOf counts what was done within DigestDays before now.
func DigestOf(did []Did, now time.Time) Digest {
	today := dayNumber(now)
	out := Digest{}
	for i := range did {
		out.Add(did[i].Kind, dayNumber(did[i].At.In(now.Location())), today)
	}
	return out
}

// Add counts one thing done on a day, unless the day is out of reach.
func (d Digest) Add(kind string, day, today int) {
	if day < today-DigestDays || day > today {
		return
	}
	if d[kind] == nil {
		d[kind] = map[int]int{}
	}
	d[kind][day]++
}

// DayNumber counts days since 1970 in the location of t.
func DayNumber(t time.Time) int { return dayNumber(t) }

func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// since counts things of a kind from the day that lies so many days before today.
func (d Digest) since(kind string, today, days int) int {
	n := 0
	for day, c := range d[kind] {
		if day >= today-days && day <= today {
			n += c
		}
	}
	return n
}

// decayed sums things of a kind, each worth half after so many days. last is the day of the newest one.
func (d Digest) decayed(kind string, today, halfLife int) (sum float64, n, last int) {
	for _, day := range slices.Sorted(maps.Keys(d[kind])) { // in order: sums of fractions depend on it
		age, c := today-day, d[kind][day]
		if age < 0 || age > DigestDays {
			continue
		}
		sum += float64(c) * math.Pow(0.5, float64(age)/float64(halfLife))
		n += c
		last = max(last, day)
	}
	return sum, n, last
}

// run counts things of a kind on days after the last one of any of the others: three pushes ignored in a row.
func (d Digest) run(kind string, today int, breaks ...string) (n, last int) {
	broken := 0
	for _, b := range breaks {
		for day := range d[b] {
			broken = max(broken, day)
		}
	}
	for day, c := range d[kind] {
		if day > broken && day <= today {
			n += c
			last = max(last, day)
		}
	}
	return n, last
}

// dayText prints a day number.
func dayText(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

// startOfDay is the beginning of the day that lies so many days from the one of t.
func startOfDay(t time.Time, days int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, t.Location())
}
