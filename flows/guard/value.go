package guard

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// limit is the range outside which a value of a laboratory speaks for itself, wider than the usual reference range. 0 = no such limit. Figures up to least
// and from most on are no values of it but a date, a dose or another unit.
type limit struct {
	low, high   float64
	least, most float64
}

// errLimit: a limit of the data files is not a list of names and figures.
var errLimit = errors.New("guard: a limit needs names and low, high, least, most")

// readLimits reads the ranges: names, then the four figures.
func readLimits(value any) (map[string]limit, error) {
	out := map[string]limit{}
	list, ok := value.([]any)
	if !ok {
		return nil, errLimit
	}
	for _, v := range list {
		row, ok := v.(map[string]any)
		if !ok {
			return nil, errLimit
		}
		var l limit
		for name, into := range map[string]*float64{"low": &l.low, "high": &l.high, "least": &l.least, "most": &l.most} {
			figure, err := strconv.ParseFloat(fmt.Sprint(row[name]), 64)
			if err != nil {
				return nil, fmt.Errorf("%w: %s", errLimit, name)
			}
			*into = figure
		}
		for _, name := range flat(row["of"]) {
			out[name] = l
		}
	}
	return out, nil
}

// values hears laboratory values that went up or down: a name of the laboratory, and within a few characters a verb, two figures or one beyond the limit. A
// blood pressure that rises is the illness itself.
func (t *reading) values() []Finding {
	var out []Finding
	for i, m := range t.marks {
		if m.is&lab == 0 {
			continue
		}
		to := t.moved(i)
		if to == 0 && t.beyond(m) {
			to = t.clauseEnd(m.from)
		}
		if to == 0 || t.denied(i) || t.has(neg, m.to, to) || t.supposed(i) || t.general(i) || t.before(i) || t.foreign(i) || t.feared(i) {
			continue
		}
		out = append(out, t.finding(Event, m.from, to, "value"))
	}
	return out
}

// moved is where the word ends that says that the value went the wrong way; 0 = none does.
func (t *reading) moved(i int) int {
	m := t.marks[i]
	for j := i + 1; j < len(t.marks) && t.marks[j].from-m.to <= 10 && t.marks[j].clause == m.clause; j++ {
		if t.marks[j].is&(rise|fall) != 0 && (m.is&pressure == 0 || t.marks[j].is&rise == 0) {
			return t.marks[j].to
		}
	}
	return 0
}

// far is how many runes behind its name the figures of a value stand at most.
const far = 12

// beyond: a figure behind the name is outside its limits, or the second of two is a quarter higher than the first.
func (t *reading) beyond(m mark) bool {
	l, ok := t.base.limits[string(t.runes[m.from:m.to])]
	if !ok {
		return false
	}
	first := 0.0
	for i, end := m.to, t.clauseEnd(m.from); i < end && i-m.to <= far; i++ {
		v, j := t.figure(i, end)
		if j == i {
			continue
		}
		if v <= l.least || v >= l.most || t.unit(j) {
			return false
		}
		if l.high > 0 && v >= l.high || l.low > 0 && v < l.low || first > 0 && m.is&pressure == 0 && l.high > 0 && v >= first*5/4 {
			return true
		}
		if m.is&pressure != 0 {
			return false
		}
		first, i = v, j
	}
	return false
}

// figure reads a number in digits or in Chinese numerals from a place on; to is the place itself when none stands there.
func (t *reading) figure(from, end int) (v float64, to int) {
	to = from
	if from < end && digit(t.runes[from]) {
		for to < end && (digit(t.runes[to]) || t.runes[to] == '.' && to+1 < end && digit(t.runes[to+1])) {
			to++
		}
		v, _ = strconv.ParseFloat(string(t.runes[from:to]), 64) // "1.2.3" is no value: 0
		return v, to
	}
	return t.spelled(from, end)
}

// spelled reads a Chinese numeral: "four hundred fifty", "six point one", and "two thousand one", which is 2100.
func (t *reading) spelled(from, end int) (v float64, to int) {
	sum, last, unit, point := 0.0, -1.0, 1.0, 0.0
	for to = from; to < end; to++ {
		d := slices.Index(t.base.letters["digits"], t.runes[to])
		if t.letter("pair", t.runes[to]) {
			d = 2
		}
		p := slices.Index(t.base.letters["powers"], t.runes[to])
		switch {
		case d >= 0 && point > 0:
			sum, point = sum+float64(d)*point, point/10
		case d >= 0:
			last = float64(d)
		case p >= 0 && to == from && p > 0, point > 0 && p >= 0:
			return 0, from
		case p >= 0:
			unit = math.Pow10(p + 1)
			sum, last = sum+max(last, 1)*unit, -1
		case t.letter("point", t.runes[to]) && last >= 0:
			sum, last, point = sum+last, -1, 0.1
		default:
			return tail(sum, last, unit, to > from && point == 0), to
		}
	}
	return tail(sum, last, unit, point == 0), to
}

// tail adds the last digit of a numeral: behind a hundred it counts tens, behind a thousand hundreds.
func tail(sum, last, unit float64, whole bool) float64 {
	switch {
	case last < 0 || !whole:
		return sum
	case unit >= 100:
		return sum + last*unit/10
	}
	return sum + last
}

// unit: behind the figure stands a unit of time or dose.
func (t *reading) unit(i int) bool { return i < len(t.runes) && t.letter("units", t.runes[i]) }
