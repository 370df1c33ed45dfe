package answer

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// NumberOptions limits a number.
type NumberOptions struct {
	Min, Max *float64 // inclusive; nil = no limit. Minutes for Duration, 0..100 for Percent
	Unit     string   // what is asked for; other kinds of units are refused
	Count    bool     // words for none are 0
	Integer  bool     // whole numbers only
}

// Number reads a number in figures or Chinese numerals. The whole text must be
// one number with words around it that change nothing: estimates with a
// direction (more than fifty) are offered, ranges and vague amounts refused.
func (r *Reader) Number(text string, opt NumberOptions) Reading {
	folded := r.fold(text)
	if utf8.RuneCountInString(folded) > 2*maxText {
		return Reading{Status: Unclear}
	}
	read := func(s string) Reading { return r.numberOnce(s, opt) }
	return r.mend(folded, read(folded), read, nil)
}

func (r *Reader) numberOnce(folded string, opt NumberOptions) Reading {
	n, dash := numberText(folded)
	if n == "" || utf8.RuneCountInString(n) > maxText {
		return Reading{Status: Unclear}
	}
	rd := r.number(n, opt)
	switch {
	case r.asked(folded):
		rd = asOffer(rd, "question")
	case dash: // a sign of subtraction, or the mark of a list
		rd = asOffer(rd, "dash")
	}
	return rd
}

// numberText trims like trimOuter, but keeps a decimal point in front. dash tells that a dash was trimmed off, which may have been a sign.
func numberText(folded string) (n string, dash bool) {
	n = trimOuter(folded)
	lead, _, _ := strings.Cut(folded, n)
	if lead == "." && startsDigit(n) {
		n = "." + n
	}
	return n, strings.ContainsAny(lead, "-\u2013\u2014\u2212")
}

func (r *Reader) number(n string, opt NumberOptions) Reading {
	n = r.cutPeriod(n, opt.Unit)
	if opt.Count && (r.num.zero[n] || r.num.zero[r.stripBack(n)]) {
		return r.bounded(0, opt, "word")
	}
	if opt.Max != nil && r.num.full[r.stripBack(n)] {
		return r.bounded(*opt.Max, opt, "word")
	}
	if rest, share := r.shareOf(n, opt); share {
		n = rest
	}
	s, sign, rough := r.numberLead(n)
	for _, v := range r.n.Half {
		if rest, ok := strings.CutPrefix(s, v); ok {
			return r.tail(figure{val: 50, ok: true, numeral: true}, rest, sign, rough, opt)
		}
	}
	f, rest := r.takeFigure(s)
	switch {
	case f.likely:
		rd := r.tail(figure{val: f.val, ok: true, numeral: true}, rest, sign, rough, opt)
		return asOffer(rd, "digits")
	case f.ok:
		return r.tail(f, rest, sign, rough, opt)
	case containsAny(n, r.n.Periods):
		return refuse(Unit, "got", n, "want", opt.Unit)
	case rest == s:
		return r.inSentence(n, opt)
	default:
		return refuse(Unclear, "reason", "range")
	}
}

// cutPeriod drops the period that the unit of the question names as well: in a
// month, per month. Another period stays and is refused.
func (r *Reader) cutPeriod(n, unit string) string {
	_, period, ok := strings.Cut(unit, "/")
	words := r.n.PeriodWords[period]
	if !ok || words == nil {
		return n
	}
	if head, tail, found := strings.Cut(n, "/"); found && containsWhole(strings.TrimSpace(tail), words) {
		return strings.TrimSpace(head)
	}
	for range 2 { // words like about may stand before it
		for _, w := range words {
			if rest, found := strings.CutPrefix(n, w); found && utf8.RuneCountInString(w) > 1 {
				return trimPause(rest)
			}
		}
		n = stripOne(n, r.n.Leads)
	}
	return n
}

// shareOf reads the form 8/10 of a scale: it returns the part before the stroke
// when what follows is the upper end.
func (r *Reader) shareOf(n string, opt NumberOptions) (string, bool) {
	left, right, ok := strings.Cut(n, "/")
	if !ok || opt.Max == nil {
		return n, false
	}
	whole, okR := r.wholeFigure(strings.TrimSpace(right))
	return strings.TrimSpace(left), okR && whole.val == *opt.Max
}

// numberLead strips what may stand before a number. rough marks an estimate
// with a direction.
func (r *Reader) numberLead(n string) (s string, sign float64, rough bool) {
	s, sign = n, 1
	for range 3 {
		cut := stripOne(s, r.n.Leads)
		if cut == s {
			break
		}
		s = cut
	}
	for _, l := range r.n.RoughLeads {
		if rest, ok := strings.CutPrefix(s, l); ok && startsFigure(r, strings.TrimSpace(rest)) {
			s, rough = strings.TrimSpace(rest), true
			break
		}
	}
	for _, m := range r.n.Minus {
		if rest, ok := strings.CutPrefix(s, m); ok && startsFigure(r, r.pointFirst(strings.TrimSpace(rest))) {
			rest = strings.TrimSpace(rest)
			s, sign = rest, -1
			break
		}
	}
	return r.pointFirst(s), sign, rough
}

// pointFirst writes the zero that is left out before a decimal point (point five).
func (r *Reader) pointFirst(s string) string {
	rest, ok := strings.CutPrefix(s, r.n.Point)
	if !ok || rest == "" {
		return s
	}
	if rest[0] >= '0' && rest[0] <= '9' {
		return "0." + rest
	}
	if c, _ := utf8.DecodeRuneInString(rest); r.num.isDigit(c) {
		return r.n.ZeroDigit + s
	}
	return s
}

func startsFigure(r *Reader, s string) bool {
	_, rest := r.takeFigure(s)
	return rest != s
}

// tail judges what follows a number: nothing, a unit, words that change
// nothing, words that make it an estimate, or anything else.
func (r *Reader) tail(f figure, rest string, sign float64, rough bool, opt NumberOptions) Reading {
	how := "figure"
	if f.numeral {
		how = "numeral"
	}
	rest = strings.TrimSpace(rest)
	rest, rough = r.cutRough(rest, rough)
	unit, rest := r.cutUnit(rest)
	rest, rough = r.cutRough(rest, rough)
	if unit == "" {
		unit, rest = r.cutUnit(rest)
	}
	for range 3 {
		rest = cutTail(rest, r.n.Tails)
	}
	if rest != "" {
		return r.badTail(rest, opt)
	}
	if unit != "" && !r.fits(unit, opt.Unit) {
		return refuse(Unit, "got", unit, "want", opt.Unit)
	}
	rd := r.bounded(sign*f.val, opt, how)
	if rough {
		rd = asOffer(rd, "rough")
	}
	return rd
}

func (r *Reader) cutRough(rest string, rough bool) (string, bool) {
	for _, t := range r.n.RoughTails {
		if cut, ok := strings.CutPrefix(rest, t); ok {
			return strings.TrimSpace(cut), true
		}
	}
	return rest, rough
}

func cutTail(rest string, tails []string) string {
	rest = trimTail(rest)
	for _, t := range tails {
		if cut, ok := strings.CutPrefix(rest, t); ok {
			return trimTail(cut)
		}
	}
	return rest
}

func trimTail(s string) string {
	if s == "" {
		return s
	}
	return strings.TrimLeft(s, " ,.!~)")
}

// badTail says why what follows a number is not accepted.
func (r *Reader) badTail(rest string, opt NumberOptions) Reading {
	if containsAny(rest, r.n.Periods) {
		return refuse(Unit, "got", rest, "want", opt.Unit)
	}
	for _, m := range r.n.RangeMarks {
		if after, ok := strings.CutPrefix(rest, m); ok && startsFigure(r, strings.TrimSpace(after)) {
			return refuse(Unclear, "reason", "range")
		}
	}
	if containsAny(rest, r.n.VagueTails) {
		return refuse(Unclear, "reason", "vague")
	}
	return Reading{Status: Unclear}
}

// cutUnit takes the longest known unit off the front.
func (r *Reader) cutUnit(s string) (unit, rest string) {
	for _, u := range r.num.unitsLongest {
		if after, ok := strings.CutPrefix(s, u); ok {
			if u[len(u)-1] < 0x80 && after != "" && isAlnum(after[0]) {
				continue
			}
			return u, strings.TrimSpace(after)
		}
	}
	return "", s
}

// fits reports whether a typed unit may stand for the one asked for.
func (r *Reader) fits(unit, want string) bool {
	group := r.num.unitGroup[unit]
	if want == "" {
		return r.num.free[unit]
	}
	want, _, _ = strings.Cut(want, "/")
	w := r.Normalise(want)
	return unit == w || group == r.num.unitGroup[w] && group != ""
}

// inSentence offers the only number of a sentence.
func (r *Reader) inSentence(n string, opt NumberOptions) Reading {
	if containsAny(n, r.n.Vague) || r.denies(n) || r.undecided(n) {
		return refuse(Unclear, "reason", "vague")
	}
	at, count := -1, 0
	var f figure
	var rest string
	for i := 0; i < len(n); {
		g, after := r.takeFigure(n[i:])
		if after == n[i:] {
			if n[i] >= '0' && n[i] <= '9' {
				return Reading{Status: Unclear} // digits in no known form
			}
			_, size := utf8.DecodeRuneInString(n[i:])
			i += size
			continue
		}
		if count++; count == 1 {
			f, rest, at = g, after, i
		}
		i = len(n) - len(after)
	}
	if count != 1 || !f.ok || f.numeral && f.val == 1 {
		return Reading{Status: Unclear}
	}
	for _, v := range slices.Concat(r.n.VagueLeads, r.n.RoughLeads, r.n.Minus, []string{r.n.Point}) {
		if strings.HasSuffix(n[:at], v) {
			return refuse(Unclear, "reason", "vague")
		}
	}
	unit, _ := r.cutUnit(rest)
	if unit != "" && !r.fits(unit, opt.Unit) {
		return Reading{Status: Unclear}
	}
	return asOffer(r.bounded(f.val, opt, "sentence"), "sentence")
}

// asOffer turns an accepted reading into one that needs a yes.
func asOffer(rd Reading, confirm string) Reading {
	if rd.Status == OK {
		rd.Status, rd.Confirm = Offer, confirm
	}
	return rd
}

// bounded checks limits and makes the reading.
func (r *Reader) bounded(v float64, opt NumberOptions, how string) Reading {
	v = math.Round(v*1e9) / 1e9
	got := strconv.FormatFloat(v, 'f', -1, 64)
	if opt.Integer && v != math.Trunc(v) {
		return refuse(Fraction, "got", got)
	}
	if (opt.Min != nil && v < *opt.Min) || (opt.Max != nil && v > *opt.Max) {
		return refuse(Range, "got", got, "min", bound(opt.Min), "max", bound(opt.Max))
	}
	if opt.Min == nil && v < 0 && r.counted(opt.Unit) {
		return refuse(Range, "got", got, "min", "0", "max", bound(opt.Max))
	}
	if v == 0 {
		v = 0 // no negative zero
	}
	return Reading{Status: OK, Value: cond.Number(v), Label: got + opt.Unit, How: how}
}

func bound(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// counted reports a unit of things, which are never fewer than none.
func (r *Reader) counted(unit string) bool {
	unit, _, _ = strings.Cut(unit, "/")
	return unit != "" && r.num.free[r.Normalise(unit)]
}

// anyUnit reads a number with whatever unit it has.
func (r *Reader) anyUnit(n string) Reading {
	s, sign, _ := r.numberLead(n)
	f, rest := r.takeFigure(s)
	unit, rest := r.cutUnit(strings.TrimSpace(rest))
	if !f.ok || unit == "" || r.stripBack(rest) != "" {
		return Reading{Status: Unclear}
	}
	return r.bounded(sign*f.val, NumberOptions{}, "figure")
}

// span is the range of numbers that a label stands for.
type span struct {
	ok         bool
	lo, hi     float64
	above, low bool // lo, hi themselves are outside
}

func (s span) holds(v float64) bool {
	if v < s.lo || v > s.hi || (s.above && v == s.lo) || (s.low && v == s.hi) {
		return false
	}
	return true
}

// rangeOf reads a normalised label as a range of numbers.
func (r *Reader) rangeOf(label string) span {
	for _, form := range r.ranges {
		m := form.re.FindStringSubmatch(label)
		if m == nil {
			continue
		}
		a, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return span{}
		}
		switch form.kind {
		case "between":
			b, err := strconv.ParseFloat(m[2], 64)
			return span{ok: err == nil && a <= b, lo: a, hi: b}
		case "from":
			return span{ok: true, lo: a, hi: math.Inf(1)}
		case "above":
			return span{ok: true, lo: a, hi: math.Inf(1), above: true}
		case "below":
			return span{ok: true, lo: math.Inf(-1), hi: a, low: true}
		default:
			return span{ok: true, lo: math.Inf(-1), hi: a}
		}
	}
	return span{}
}
