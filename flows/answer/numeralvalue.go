package answer

import "strings"

// valueOf computes a written number. likely marks a value that needs a yes.
func valueOf(ps []piece) (val float64, ok, likely bool) {
	if len(ps) == 1 && (ps[0].kind == 'a' || ps[0].kind == 'd' || ps[0].kind == 'w') {
		return ps[0].val, true, false
	}
	for i, p := range ps {
		if p.kind == 'p' {
			return pointValue(ps, i)
		}
	}
	if allDigits(ps) {
		return digitsValue(ps)
	}
	s := sum{last: 1e18}
	for i, p := range ps {
		if !s.add(p, i, ps) {
			return 0, false, false
		}
	}
	v, ok := s.end(ps)
	return v, ok, false
}

func allDigits(ps []piece) bool {
	for _, p := range ps {
		if p.kind != 'd' {
			return false
		}
	}
	return true
}

// digitsValue reads digits in a row: two without a zero at the end are an
// estimate (three to five), three without any zero are likely a number.
func digitsValue(ps []piece) (val float64, ok, likely bool) {
	zero := false
	for _, p := range ps {
		val = val*10 + p.val
		zero = zero || p.val == 0
		if val > 1e15 {
			return 0, false, false
		}
	}
	switch {
	case len(ps) == 2:
		return val, ps[0].val != 0 && ps[1].val == 0, false
	case ps[0].val == 0:
		return 0, false, false
	case zero || len(ps) >= 4:
		return val, true, false
	default:
		return val, false, true
	}
}

func pointValue(ps []piece, at int) (float64, bool, bool) {
	if at == 0 || at == len(ps)-1 || !allDigits(ps[at+1:]) {
		return 0, false, false
	}
	whole, ok, _ := valueOf(ps[:at])
	scale := 0.1
	for _, p := range ps[at+1:] {
		whole += p.val * scale
		scale /= 10
	}
	return whole, ok && whole < 1e9, false
}

// sum adds up a number with multipliers from left to right.
type sum struct {
	total   float64 // closed by ten thousands
	section float64 // below ten thousand
	cur     float64
	has     bool    // cur is set
	arabic  bool    // cur was written in Arabic digits
	zero    bool    // a zero stands before cur
	last    float64 // last multiplier
	implied bool    // the number began with a hundred without a one
}

func (s *sum) add(p piece, i int, ps []piece) bool {
	switch p.kind {
	case 'd':
		if s.has {
			return false
		}
		if p.val == 0 {
			s.zero = true
			return i > 0 && i < len(ps)-1 && ps[i-1].kind == 'u'
		}
		s.cur, s.has, s.arabic = p.val, true, false
		return true
	case 'a':
		if s.has {
			return false
		}
		s.cur, s.has, s.arabic = p.val, true, true
		return true
	case 'w':
		if s.has || i+1 < len(ps) && ps[i+1].kind != 'd' {
			return false
		}
		s.section, s.last = s.section+p.val, 10
		return true
	default:
		return s.multiply(p.val, i, ps)
	}
}

func (s *sum) multiply(u float64, i int, ps []piece) bool {
	if u >= 1e4 {
		return s.close(u, i, ps)
	}
	if !s.has {
		if u != 10 && i != 0 {
			return false
		}
		s.cur, s.implied = 1, u != 10
	}
	if u >= s.last || (s.implied && i > 0) {
		return false
	}
	if s.arabic && s.cur >= 1000 && u < 1000 {
		return false
	}
	s.section += s.cur * u
	s.last, s.has, s.zero = u, false, false
	return true
}

// close ends a section with ten thousand or a hundred million.
func (s *sum) close(u float64, i int, ps []piece) bool {
	if i > 0 && ps[i-1].kind == 'u' && ps[i-1].val == 1e4 && s.section == 0 {
		s.total *= u // ten thousand times ten thousand, or times a hundred million
		s.last = u
		return true
	}
	if s.has {
		s.section += s.cur
	} else if i == 0 {
		s.section = 1
	}
	if s.section == 0 || (s.total > 0 && s.total/u < 1) {
		return false
	}
	if s.total > 0 && u == 1e8 {
		s.section += s.total
		s.total = 0
	}
	s.total += s.section * u
	s.section, s.has, s.zero, s.last = 0, false, false, u
	return s.total < 1e15
}

// end adds what stands behind the last multiplier: 3 in one ten-thousand
// three is three thousand, unless a zero says otherwise.
func (s *sum) end(ps []piece) (float64, bool) {
	if !s.has {
		return s.total + s.section, true
	}
	prev := ps[len(ps)-2]
	short := prev.kind == 'u' && prev.val >= 100 && !s.zero && s.cur < 10 && !strings.Contains(ps[len(ps)-1].text, ".")
	switch {
	case short:
		s.section += s.cur * prev.val / 10
	case s.cur >= s.last || (s.arabic && strings.Contains(ps[len(ps)-1].text, ".")):
		return 0, false
	default:
		s.section += s.cur
	}
	return s.total + s.section, true
}
