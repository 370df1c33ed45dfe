package answer

import (
	"fmt"
	"slices"
	"strings"
)

// clock is a time of day as it was said.
type clock struct {
	said         bool
	part         string // am, noon, pm, evening
	hour, minute int
	timed        bool // an hour was said
	plain        bool // on the 24-hour clock without doubt
	night        bool // small hours
}

// takeTime reads a part of the day and a time at the start of s.
func (r *Reader) takeTime(s string, opt DateOptions) (clock, string) {
	c := clock{}
	rest := s
	for _, w := range r.d.Night {
		if cut, ok := strings.CutPrefix(rest, w); ok {
			c.night, c.said, rest = true, true, cut
		}
	}
	if w, code := r.partAt(rest, opt); w != "" {
		c.part, c.said, rest = code, true, strings.TrimLeft(rest[len(w):], " ,")
	}
	if m := r.date.clock.FindStringSubmatch(rest); m != nil {
		c.hour, c.minute, c.timed = atoi(m[1]), atoi(m[2]), true
		c.plain = len(m[1]) == 2 && m[1][0] == '0'
		rest = rest[len(m[0]):]
	} else if m := r.date.hour.FindStringSubmatch(rest); m != nil {
		c.hour, c.timed = atoi(m[1]), true
		switch {
		case m[2] != "":
			c.minute = 30
		case m[3] != "":
			c.minute = r.d.Quarters[m[3]]
		case m[4] != "":
			c.minute = atoi(m[4])
		}
		rest = rest[len(m[0]):]
	} else if h, cut, ok := latinHour(rest); ok {
		c.hour, c.timed, rest = h, true, cut
	}
	c.said = c.said || c.timed
	for _, w := range keys(r.d.LatinParts) {
		if cut, ok := strings.CutPrefix(strings.TrimSpace(rest), w); ok && c.timed && c.part == "" {
			c.part, rest = r.d.LatinParts[w], cut
			break
		}
	}
	return c, rest
}

// latinHour reads the 3 of 3pm.
func latinHour(s string) (int, string, bool) {
	i := 0
	for i < len(s) && i < 2 && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	after := strings.TrimSpace(s[i:])
	if i == 0 || len(after) < 2 || (after[0] != 'a' && after[0] != 'p') || (after[1] != 'm' && after[1] != '.') {
		return 0, s, false
	}
	return atoi(s[:i]), after, true
}

// partAt finds the word for a part of the day at the start of s, among the
// caller's and the known ones.
func (r *Reader) partAt(s string, opt DateOptions) (word, code string) {
	for _, own := range keys(opt.DayParts) {
		w := r.Normalise(own)
		if w != "" && len(w) > len(word) && strings.HasPrefix(s, w) {
			word, code = w, r.partCode(w, opt.DayParts[own])
		}
	}
	for _, w := range r.date.parts {
		if len(w) > len(word) && strings.HasPrefix(s, w) {
			return w, r.d.Parts[w]
		}
	}
	return word, code
}

// partCode is the code of a part: that of the known word, else by its start.
func (r *Reader) partCode(word, hours string) string {
	if code, ok := r.d.Parts[word]; ok {
		return code
	}
	switch from, _, _ := strings.Cut(hours, "-"); {
	case from < "12:00":
		return "am"
	case from < "13:30":
		return "noon"
	case from < "18:00":
		return "pm"
	default:
		return "evening"
	}
}

// settle turns what was said into the end of a value: "/pm" or "T15:00". A
// time that could be meant twice, or lies outside the hours, is refused.
func (r *Reader) settle(c clock, opt DateOptions) (string, Reading) {
	clash := refuse(TimeClash, "from", opt.Hours[0], "to", opt.Hours[1])
	if !c.timed {
		if c.night || c.part == "" || !r.partOpen(c.part, opt) {
			return "", clash
		}
		return "/" + c.part, Reading{}
	}
	if c.hour > 24 || c.minute > 59 {
		return "", refuse(Unclear, "reason", "time")
	}
	var fit []string
	for _, h := range c.hours() {
		t := fmt.Sprintf("%02d:%02d", h, c.minute)
		if opt.Hours[0] == "" || (t >= opt.Hours[0] && t <= opt.Hours[1]) {
			fit = append(fit, t)
		}
	}
	switch len(fit) {
	case 1:
		return "T" + fit[0], Reading{}
	case 2:
		return "", refuse(TimeClash, "reason", "half", "time1", fit[0], "time2", fit[1])
	}
	return "", clash
}

// hours lists the hours of the day that may be meant.
func (c clock) hours() []int {
	h := c.hour
	within := func(from, to int) []int {
		var out []int
		for _, x := range []int{h, h + 12} {
			if x >= from && x <= to && (h <= 12 || x == h) {
				out = append(out, x)
			}
		}
		return slices.Compact(out)
	}
	switch {
	case c.night:
		return within(0, 5)
	case c.part == "am":
		return within(1, 12)
	case c.part == "noon":
		return within(11, 14)
	case c.part == "pm":
		return within(12, 19)
	case c.part == "evening":
		return within(17, 23)
	case c.plain || h > 12 || h == 0:
		return []int{h}[:min(1, max(0, 24-h))]
	case h == 12:
		return []int{12}
	default:
		return []int{h, h + 12}
	}
}

// partOpen reports whether a part of the day touches the hours.
func (r *Reader) partOpen(part string, opt DateOptions) bool {
	if opt.Hours[0] == "" {
		return true
	}
	hours := r.d.PartHours[part]
	for _, w := range keys(opt.DayParts) {
		if h := opt.DayParts[w]; r.partCode(r.Normalise(w), h) == part {
			hours = h
			break
		}
	}
	from, to, ok := strings.Cut(hours, "-")
	return !ok || (from < opt.Hours[1] && to > opt.Hours[0])
}
