package answer

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func (r *Reader) sayDay(day time.Time) string {
	month := any(int(day.Month()))
	if r.d.Months != nil {
		month = r.d.Months[day.Month()-1]
	}
	return fmt.Sprintf(r.d.Format, day.Year(), month, day.Day(), r.d.Weekdays[int(day.Weekday())])
}

// takeDay reads the day at the start of s. A day that is understood but wrong
// (no such day, two possible weeks) comes back in moment.bad.
func (r *Reader) takeDay(s string, today time.Time, opt DateOptions) (moment, string, bool) {
	for _, take := range []func(string, time.Time, DateOptions) (moment, string, bool){r.relativeDay, r.shiftedDay, r.weekDay, r.offsetDay, r.writtenDay} {
		if m, rest, ok := take(s, today, opt); ok {
			return m, rest, true
		}
	}
	return moment{}, s, false
}

// relativeDay reads today, tomorrow, tomorrow morning …
func (r *Reader) relativeDay(s string, today time.Time, _ DateOptions) (moment, string, bool) {
	for _, w := range r.date.relativePart {
		if rest, ok := strings.CutPrefix(s, w); ok {
			v := r.d.RelativePart[w]
			shift, okS := v[0].(int)
			part, okP := v[1].(string)
			if okS && okP {
				return moment{day: today.AddDate(0, 0, shift), how: "relative", part: part}, rest, true
			}
		}
	}
	for _, w := range r.date.relative {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return moment{day: today.AddDate(0, 0, r.d.Relative[w]), how: "relative"}, rest, true
		}
	}
	return moment{}, s, false
}

// shiftedDay reads next month the 3rd, and last year 5 June.
func (r *Reader) shiftedDay(s string, today time.Time, _ DateOptions) (moment, string, bool) {
	for _, w := range r.date.monthShift {
		rest, ok := strings.CutPrefix(s, w)
		if !ok {
			continue
		}
		m := r.date.forms[5].re.FindStringSubmatch(strings.TrimSpace(rest))
		if m == nil {
			return moment{}, s, false
		}
		first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, r.d.MonthShift[w], 0)
		return exactDay(first.Year(), int(first.Month()), atoi(m[1])), strings.TrimSpace(rest)[len(m[0]):], true
	}
	for _, w := range r.date.yearShift {
		rest, ok := strings.CutPrefix(s, w)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " ,")
		for _, form := range r.date.forms[3:5] {
			if m := form.re.FindStringSubmatch(rest); m != nil {
				return exactDay(today.Year()+r.d.YearShift[w], atoi(m[1]), atoi(m[2])), rest[len(m[0]):], true
			}
		}
		return moment{}, s, false
	}
	return moment{}, s, false
}

// exactDay is a day with its year, or the refusal that there is none.
func exactDay(y, m, d int) moment {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if m < 1 || m > 12 || d < 1 || t.Day() != d || int(t.Month()) != m || y < 1900 || y > 2200 {
		return moment{bad: refuse(NoSuchDay, "got", fmt.Sprintf("%d-%d-%d", y, m, d))}
	}
	return moment{day: t, how: "date"}
}

// weekDay reads a weekday; weeks run from Monday to Sunday. Without a word for
// the week it is the nearest on the wanted side, and asked when it is today or,
// without a side, when it has passed.
func (r *Reader) weekDay(s string, today time.Time, opt DateOptions) (moment, string, bool) {
	m := r.date.week.FindStringSubmatch(s)
	if m == nil {
		return moment{}, s, false
	}
	rest := s[len(m[0]):]
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	day := monday.AddDate(0, 0, r.d.WeekDays[m[2]]-1)
	if m[1] != "" {
		return moment{day: day.AddDate(0, 0, 7*r.d.WeekShift[m[1]]), how: "weekday"}, rest, true
	}
	switch {
	case day.Equal(today) && opt.Past:
		return either(day.AddDate(0, 0, -7), day), rest, true
	case day.Equal(today), day.Before(today) && !opt.Past && !opt.Future:
		return either(day, day.AddDate(0, 0, 7)), rest, true
	case opt.Past && day.After(today):
		day = day.AddDate(0, 0, -7)
	case !opt.Past && day.Before(today):
		day = day.AddDate(0, 0, 7)
	}
	return moment{day: day, how: "weekday"}, rest, true
}

func either(a, b time.Time) moment {
	return moment{bad: refuse(Ambiguous, "day1", a.Format(isoDay), "day2", b.Format(isoDay))}
}

// offsetDay reads in three days, two weeks ago. Months are only near enough to
// be read back.
func (r *Reader) offsetDay(s string, today time.Time, _ DateOptions) (moment, string, bool) {
	if m := r.date.offset.FindStringSubmatch(s); m != nil {
		n := atoi(m[1]) * r.d.OffsetUnits[m[2]]
		if m[3] == "" {
			n = -n
		}
		return moment{day: today.AddDate(0, 0, n), how: "offset"}, s[len(m[0]):], true
	}
	if m := r.date.offsetMonth.FindStringSubmatch(s); m != nil {
		return moment{bad: refuse(DayNeeded, "got", m[0])}, s[len(m[0]):], true
	}
	return moment{}, s, false
}

// writtenDay reads a date in figures, with or without year and month.
func (r *Reader) writtenDay(s string, today time.Time, opt DateOptions) (moment, string, bool) {
	for _, form := range r.date.forms {
		m := form.re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		rest := s[len(m[0]):]
		if rest != "" && (rest[0] >= '0' && rest[0] <= '9' && m[0][len(m[0])-1] < 0x80 || rest[0] == '/' || rest[0] == '-' || rest[0] == '.' && len(rest) > 1 || rest[0] == '%') {
			continue
		}
		y, mo, d := -1, -1, -1
		for i, name := range form.re.SubexpNames() {
			switch name {
			case "y":
				y = atoi(m[i])
				if len(m[i]) == 2 {
					y += 2000
				}
			case "m":
				mo = atoi(m[i])
			case "d":
				d = atoi(m[i])
			}
		}
		return place(y, mo, d, today, opt), rest, true
	}
	return moment{}, s, false
}

// place completes a date without year or month on the wanted side of today.
func place(y, m, d int, today time.Time, opt DateOptions) moment {
	if y >= 0 {
		return exactDay(y, m, d)
	}
	if m < 0 {
		return placeDay(d, today, opt)
	}
	this := exactDay(today.Year(), m, d)
	if this.bad.Status != "" {
		return this
	}
	shift := 0
	switch {
	case opt.Future && !opt.Past && this.day.Before(today):
		shift = 1
	case opt.Past && this.day.After(today):
		shift = -1
	default:
		return this
	}
	rolled := exactDay(today.Year()+shift, m, d)
	if rolled.bad.Status != "" {
		return rolled
	}
	if opt.MaxDays > 0 && limits(rolled.day, today, opt).Status != "" {
		return this // beyond the limit: say that the day has passed
	}
	rolled.confirm = "rolled"
	return rolled
}

// placeDay finds the month of a bare day of the month.
func placeDay(d int, today time.Time, opt DateOptions) moment {
	this := exactDay(today.Year(), int(today.Month()), d)
	first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
	next, last := first.AddDate(0, 1, 0), first.AddDate(0, -1, 0)
	switch {
	case opt.Past:
		if this.bad.Status == "" && !this.day.After(today) {
			return this
		}
		return exactDay(last.Year(), int(last.Month()), d)
	case this.bad.Status == "" && !this.day.Before(today):
		return this
	case opt.Future:
		return exactDay(next.Year(), int(next.Month()), d)
	case this.bad.Status == "":
		return either(this.day, this.day.AddDate(0, 1, 0))
	default:
		return moment{bad: refuse(NoSuchDay, "got", strconv.Itoa(d))}
	}
}
