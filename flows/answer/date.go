package answer

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// isoDay is the form of a day as a value.
const isoDay = "2006-01-02"

// DateOptions limits a date. MinDays and MaxDays count days from today in the
// wanted direction (future unless Past); MaxDays 0 means no limit.
type DateOptions struct {
	Past, Future     bool
	MinDays, MaxDays int
	Hours            [2]string         // opening hours "08:00", "18:00"; DateTime only
	DayParts         map[string]string // word for a part of the day → "08:00-12:00"; DateTime only
}

// Date reads a day. The value is an ISO date, or the text any when the doctor
// leaves it to us (not with Past). A part of the day or a time is dropped.
// now gives today and must be in the account's time zone.
func (r *Reader) Date(text string, now time.Time, opt DateOptions) Reading {
	return r.when(text, now, opt, false)
}

// DateTime reads a day with a part of the day or a time, if one was said. The
// value is "2026-03-11", "2026-03-11/pm" (am, noon, pm, evening),
// "2026-03-11T15:00" or "any".
func (r *Reader) DateTime(text string, now time.Time, opt DateOptions) Reading {
	return r.when(text, now, opt, true)
}

// moment is a date under way.
type moment struct {
	day     time.Time
	how     string
	confirm string
	part    string // code of a part of the day that came with the day
	bad     Reading
}

func (r *Reader) when(text string, now time.Time, opt DateOptions, withTime bool) Reading {
	folded := r.fold(text)
	if utf8.RuneCountInString(folded) > 2*maxText {
		return Reading{Status: Unclear}
	}
	read := func(s string) Reading { return r.whenOnce(s, now, opt, withTime) }
	return r.mendWhen(folded, read(folded), read)
}

func (r *Reader) whenOnce(folded string, now time.Time, opt DateOptions, withTime bool) Reading {
	n := trimOuter(folded)
	if n == "" || utf8.RuneCountInString(n) > maxText {
		return Reading{Status: Unclear}
	}
	if !opt.Past && (r.sets.any[n] || r.leftToUs(n)) {
		return Reading{Status: OK, Value: cond.Text("any"), Label: r.d.AnyLabel, How: "any"}
	}
	if containsAny(n, r.d.Lunar) {
		return refuse(Lunar)
	}
	hedged := containsAny(n, r.d.Hedges)
	s := r.arabic(n)
	for range 3 {
		s = stripOne(s, r.d.Leads)
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	m, rest, ok := r.takeDay(s, today, opt)
	if !ok {
		return r.noDay(n, s, today, opt, withTime)
	}
	if m.bad.Status != "" {
		return m.bad
	}
	if rest, ok = r.checkWeekday(m.day, rest); !ok {
		return refuse(Conflict, "reason", "weekday")
	}
	rd := r.finishDay(m, rest, now, opt, withTime)
	if rd.Status == OK && rd.Confirm == "" && hedged {
		rd.Confirm = "rough"
	}
	if rd.Status == OK && r.asked(folded) {
		return asOffer(rd, "question")
	}
	return rd
}

// noDay explains a text without a day; a time in front of the day is turned.
func (r *Reader) noDay(n, s string, today time.Time, opt DateOptions, withTime bool) Reading {
	c, rest := r.takeTime(s, opt)
	rest = r.cutDateTails(rest)
	if c.said && rest != "" {
		if m, tail, ok := r.takeDay(rest, today, opt); ok && m.bad.Status == "" && m.part == "" && r.cutDateTails(tail) == "" {
			return r.join(m, c, today, opt, withTime)
		}
	}
	if c.said && rest == "" {
		note := []string{"reason", "time_only"}
		if v, bad := r.settle(c, opt); bad.Status == "" {
			note = append(note, "time", v)
		}
		return refuse(DayNeeded, note...)
	}
	if r.date.monthOnly.MatchString(s) || containsAny(n, r.d.Vague) {
		return refuse(DayNeeded, "got", n)
	}
	return Reading{Status: Unclear}
}

// finishDay reads what follows the day and checks the limits.
func (r *Reader) finishDay(m moment, rest string, now time.Time, opt DateOptions, withTime bool) Reading {
	rest = r.cutDateTails(rest)
	c, rest := r.takeTime(rest, opt)
	if m.part != "" && c.part == "" {
		c.part, c.said = m.part, true
	}
	if c.timed && len(c.hours()) == 0 {
		return refuse(TimeClash, "from", opt.Hours[0], "to", opt.Hours[1]) // one at night may be the day after
	}
	if later := cutTail(rest, r.d.About); c.timed && later != rest {
		rest, m.confirm = later, "rough"
	}
	rest = r.cutDateTails(rest)
	if rest != "" {
		return refuse(Unclear, "reason", "rest")
	}
	return r.join(m, c, now, opt, withTime)
}

func (r *Reader) cutDateTails(s string) string {
	s = strings.TrimLeft(s, " ,.!;~()")
	for range 4 {
		cut := s
		for _, t := range r.d.Tails {
			if after, ok := strings.CutPrefix(s, t); ok {
				cut = strings.TrimLeft(after, " ,.!;~()")
				break
			}
		}
		if cut == s {
			break
		}
		s = cut
	}
	return s
}

// join puts day and time together.
func (r *Reader) join(m moment, c clock, now time.Time, opt DateOptions, withTime bool) Reading {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if bad := limits(m.day, today, opt); bad.Status != "" {
		return bad
	}
	value := m.day.Format(isoDay)
	if withTime && c.said {
		v, bad := r.settle(c, opt)
		if bad.Status != "" {
			return bad
		}
		value += v
		if opt.Future && strings.HasPrefix(v, "T") && value < now.Format("2006-01-02T15:04") {
			return refuse(WrongSide, "got", value, "side", "future")
		}
	}
	return Reading{Status: OK, Value: cond.Text(value), Label: r.SayDate(value), How: m.how, Confirm: m.confirm}
}

// limits checks the side and the distance of a day.
func limits(day, today time.Time, opt DateOptions) Reading {
	diff := int(day.Sub(today).Hours() / 24)
	got := day.Format(isoDay)
	side := "future"
	if opt.Past {
		diff, side = -diff, "past"
	}
	if opt.Past == opt.Future {
		return Reading{}
	}
	if diff < 0 {
		return refuse(WrongSide, "got", got, "side", side)
	}
	if diff < opt.MinDays || (opt.MaxDays > 0 && diff > opt.MaxDays) {
		return refuse(Range, "got", got, "min", strconv.Itoa(opt.MinDays), "max", strconv.Itoa(opt.MaxDays), "side", side)
	}
	return Reading{}
}

// checkWeekday takes a weekday behind a date and compares.
func (r *Reader) checkWeekday(day time.Time, rest string) (string, bool) {
	s := strings.TrimLeft(rest, " ,(")
	m := r.date.week.FindStringSubmatch(s)
	if m == nil || m[1] != "" {
		return rest, true
	}
	want := r.d.WeekDays[m[2]] % 7
	return strings.TrimLeft(s[len(m[0]):], " ,)"), int(day.Weekday()) == want
}

// SayDate writes a date value for people: year, month, day, weekday, and the
// part of the day or the time. Other texts come back as they are.
func (r *Reader) SayDate(value string) string {
	if value == "any" {
		return r.d.AnyLabel
	}
	if len(value) < len(isoDay) {
		return value
	}
	day, err := time.Parse(isoDay, value[:len(isoDay)])
	if err != nil {
		return value
	}
	out := r.sayDay(day)
	if t := r.SayTime(value); t != "" {
		out += " " + t
	}
	return out
}

// SayTime is the time of day, or the part of the day, of a value; "" when it holds a day only.
func (r *Reader) SayTime(value string) string {
	if len(value) < len(isoDay) {
		return ""
	}
	switch rest := value[len(isoDay):]; {
	case strings.HasPrefix(rest, "/"):
		return r.d.PartLabels[rest[1:]]
	case strings.HasPrefix(rest, "T") && len(rest) >= 6:
		return rest[1:6]
	}
	return ""
}
