package answer

import (
	"strings"
	"unicode/utf8"
)

// Percent reads a share of a hundred: 30%, thirty in a hundred, three tenths,
// a bare number from 1 to 100. A bare number below 1 may mean two things and
// is refused; half is offered.
func (r *Reader) Percent(text string, opt NumberOptions) Reading {
	zero, hundred := 0.0, 100.0
	if opt.Min == nil {
		opt.Min = &zero
	}
	if opt.Max == nil {
		opt.Max = &hundred
	}
	opt.Unit = "%"
	folded := r.fold(text)
	if utf8.RuneCountInString(folded) > 2*maxText {
		return Reading{Status: Unclear}
	}
	read := func(s string) Reading { return r.percentOnce(s, opt) }
	return r.mend(folded, read(folded), read, nil)
}

func (r *Reader) percentOnce(folded string, opt NumberOptions) Reading {
	n := trimOuter(folded)
	if n == "" || utf8.RuneCountInString(n) > maxText {
		return Reading{Status: Unclear}
	}
	rd := r.percent(n, opt)
	if rd.Status == OK && r.asked(folded) {
		return asOffer(rd, "question")
	}
	return rd
}

func (r *Reader) percent(n string, opt NumberOptions) Reading {
	n = r.stripBack(n)
	if v, ok := r.n.PercentWhole[n]; ok {
		return r.bounded(v, opt, "word")
	}
	for _, h := range r.n.HalfWords {
		if n == h {
			return asOffer(r.bounded(50, opt, "word"), "rough")
		}
	}
	s, sign, rough := r.numberLead(n)
	for _, lead := range r.n.PercentBefore {
		if rest, ok := strings.CutPrefix(s, lead); ok {
			f, tail := r.takeFigure(rest)
			if !f.ok {
				return Reading{Status: Unclear}
			}
			return r.tail(f, tail, sign, rough, opt)
		}
	}
	if strings.Contains(s, r.n.Fraction) {
		return refuse(Unclear, "reason", "fraction")
	}
	f, rest := r.takeFigure(s)
	if rest == s {
		return Reading{Status: Unclear}
	}
	if rd, ok := r.tenths(s, f, rest, opt); ok {
		return rd
	}
	if !f.ok {
		return refuse(Unclear, "reason", "range")
	}
	if f.val > 0 && f.val < 1 && !containsAny(rest, r.n.PercentMark) {
		return refuse(Unclear, "reason", "fraction")
	}
	return r.tail(f, rest, sign, rough, opt)
}

// tenths reads three tenths, three and a half tenths, nine tenths nine, and
// discounts (75 off a hundred is written as seven five).
func (r *Reader) tenths(s string, f figure, rest string, opt NumberOptions) (Reading, bool) {
	if after, ok := strings.CutPrefix(rest, r.n.Tenth); ok {
		if !f.ok || f.val > 10 {
			return refuse(Unclear, "reason", "range"), true
		}
		v := f.val * 10
		after = trimTail(r.stripBack(after))
		switch d, tail := r.takeFigure(after); {
		case after == "" || containsWhole(after, r.n.Tails):
		case after == r.n.TenthHalf:
			v += 5
		case d.ok && d.val < 10 && d.numeral && tail == "":
			v += d.val
		default:
			return Reading{Status: Unclear}, true
		}
		return r.bounded(v, opt, "tenths"), true
	}
	if after, ok := strings.CutPrefix(rest, r.n.Discount); ok && r.stripBack(after) == after && after == "" {
		digits := s[:len(s)-len(rest)]
		var v float64
		switch two := []rune(digits); {
		case f.ok && f.val < 10:
			v = f.val * 10
		case len(two) == 2 && f.val >= 10:
			v = f.val
		default:
			return Reading{Status: Unclear}, true
		}
		return r.bounded(v, opt, "discount"), true
	}
	return Reading{}, false
}

func containsWhole(s string, list []string) bool {
	for _, w := range list {
		if s == w {
			return true
		}
	}
	return false
}
