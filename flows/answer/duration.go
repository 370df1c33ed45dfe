package answer

import (
	"strings"
	"unicode/utf8"
)

// Duration reads a length of time; the value is in minutes. A bare number is
// taken in opt.Unit (hours or minutes) and refused without one; days and half
// days are refused, since nobody says how many hours they have.
func (r *Reader) Duration(text string, opt NumberOptions) Reading {
	folded := r.fold(text)
	if utf8.RuneCountInString(folded) > 2*maxText {
		return Reading{Status: Unclear}
	}
	read := func(s string) Reading { return r.durationOnce(s, opt) }
	return r.mend(folded, read(folded), read, nil)
}

func (r *Reader) durationOnce(folded string, opt NumberOptions) Reading {
	n := trimOuter(folded)
	if n == "" || utf8.RuneCountInString(n) > maxText {
		return Reading{Status: Unclear}
	}
	rd := r.duration(n, opt)
	if rd.Status == OK && r.asked(folded) {
		return asOffer(rd, "question")
	}
	return rd
}

func (r *Reader) duration(n string, opt NumberOptions) Reading {
	for range 3 {
		n = stripOne(n, r.n.Leads)
	}
	for range 2 {
		for _, t := range append(append([]string{}, r.n.Tails...), r.w.Particles...) {
			if cut, ok := strings.CutSuffix(n, t); ok && cut != "" {
				n = trimOuter(cut)
				break
			}
		}
	}
	plain := opt
	plain.Unit = ""
	if m, ok := clockForm(n); ok {
		return r.bounded(m, plain, "clock")
	}
	total, rest, last := 0.0, n, 0.0
	for rest != "" {
		m, unit, after, ok := r.durationPiece(rest, last)
		if !ok {
			return r.bareDuration(n, opt)
		}
		if last > 0 && (unit >= last || m >= last) {
			return Reading{Status: Unclear}
		}
		total, last, rest = total+m, unit, after
	}
	return r.bounded(total, plain, "duration")
}

// clockForm reads h:mm.
func clockForm(n string) (float64, bool) {
	h, m, ok := strings.Cut(n, ":")
	if !ok || len(h) < 1 || len(h) > 2 || len(m) != 2 {
		return 0, false
	}
	v := 0.0
	for _, d := range h + m {
		if d < '0' || d > '9' {
			return 0, false
		}
	}
	v = float64(atoi(m))
	return float64(atoi(h))*60 + v, v < 60
}

func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// durationPiece reads one number with its unit: 1 hour, one and a half hours,
// half an hour, a half after hours, 20 after hours. last is the unit before.
func (r *Reader) durationPiece(s string, last float64) (minutes, unit float64, rest string, ok bool) {
	s = strings.TrimSpace(s)
	if last > 0 {
		for _, and := range r.n.DurationAnd {
			if cut, found := strings.CutPrefix(s, and); found && cut != "" {
				s = cut
				break
			}
		}
	}
	half := r.n.DurationHalf
	if cut, found := strings.CutPrefix(s, half); found {
		if last == 60 && cut == "" {
			return 30, 1, "", true
		}
		u, after := r.durationUnit(cut)
		return u / 2, u, after, u > 1 && last == 0
	}
	f, after := r.takeFigure(s)
	if !f.ok {
		return 0, 0, "", false
	}
	after = strings.TrimSpace(after)
	v := f.val
	if cut, found := strings.CutPrefix(after, r.n.DurationClassifier+half); found {
		v, after = v+0.5, cut
	}
	u, tail := r.durationUnit(after)
	if u == 0 {
		if after == "" && last == 60 && v < 60 {
			return v, 1, "", true
		}
		return 0, 0, "", false
	}
	return v * u, u, tail, true
}

func (r *Reader) durationUnit(s string) (minutes float64, rest string) {
	for _, g := range []struct {
		words   []string
		minutes float64
	}{{r.n.DurationQuarter, 15}, {r.n.DurationHour, 60}, {r.n.DurationMinute, 1}, {r.n.DurationSecond, 1.0 / 60}} {
		for _, w := range g.words {
			after, ok := strings.CutPrefix(s, w)
			if ok && (w[len(w)-1] >= 0x80 || after == "" || after[0] < 'a' || after[0] > 'z') {
				return g.minutes, strings.TrimSpace(after)
			}
		}
	}
	return 0, s
}

// TimeUnit reports whether a word is a unit that Duration can take a bare number in.
func (r *Reader) TimeUnit(word string) bool {
	unit, rest := r.durationUnit(r.Normalise(word))
	return unit > 0 && rest == ""
}

// bareDuration takes a number without a unit in the unit of the question.
func (r *Reader) bareDuration(n string, opt NumberOptions) Reading {
	f, ok := r.wholeFigure(n)
	if !ok {
		return Reading{Status: Unclear}
	}
	unit, rest := r.durationUnit(r.Normalise(opt.Unit))
	if unit == 0 || rest != "" {
		return refuse(Unit, "got", n, "want", opt.Unit)
	}
	opt.Unit = ""
	return r.bounded(f.val*unit, opt, "duration")
}
