package answer

import "strings"

// sameRange takes a range of numbers that is exactly the range of one label.
func (c *Choices) sameRange(n string) (Reading, bool) {
	if !c.ranged {
		return Reading{}, false
	}
	typed, units, ok := c.r.typedRange(n)
	if !ok {
		return Reading{}, false
	}
	var set []int
	for i, s := range c.ranges {
		if s.ok && s.lo == typed.lo && s.hi == typed.hi && c.r.sameUnits(units, c.r.Normalise(c.opts[i].Label)) {
			set = append(set, i)
		}
	}
	if len(set) != 1 {
		return Reading{}, false
	}
	return c.taken(set[0], "range"), true
}

// typedRange reads a text that is a range of numbers with units and words that
// change nothing, and no more.
func (r *Reader) typedRange(n string) (typed span, units []string, ok bool) {
	s, _, _ := r.numberLead(r.arabic(r.stripBack(n)))
	var bare strings.Builder
	for s != "" {
		if u := r.num.unitAt(s); u != "" {
			units, s = append(units, u), s[len(u):]
			continue
		}
		bare.WriteByte(s[0])
		s = s[1:]
	}
	core := bare.String()
	typed = r.rangeOf(core)
	for _, w := range r.n.RangeOnly {
		core = strings.ReplaceAll(core, w, "")
	}
	return typed, units, typed.ok && strings.Trim(core, "0123456789. ") == ""
}

// sameUnits reports that a label holds each of the units, or one that may stand for it.
func (r *Reader) sameUnits(units []string, label string) bool {
	for _, u := range units {
		same := strings.Contains(label, u)
		for _, own := range r.num.unitsLongest {
			same = same || strings.Contains(label, own) && r.fits(u, own)
		}
		if !same {
			return false
		}
	}
	return true
}

// unitAt is the unit at the start of s, "" when there is none.
func (ix *numberIndex) unitAt(s string) string {
	for _, u := range ix.unitsLongest {
		if strings.HasPrefix(s, u) && (u[len(u)-1] >= 0x80 || len(s) == len(u)) {
			return u
		}
	}
	return ""
}
