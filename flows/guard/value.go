package guard

import "strconv"

// Limits beyond which a value speaks for itself: systolic below 90 mmHg, potassium from 5.6 mmol/l on. Source: usual reference ranges.
const (
	lowSystolic   = 90
	highPotassium = 5.6
)

// values hears laboratory values that went up or down: a name of the laboratory, and within a few characters a verb or a figure beyond the limit. A blood
// pressure that rises is the illness itself.
func (t *reading) values() []Finding {
	var out []Finding
	for i, m := range t.marks {
		if m.is&lab == 0 {
			continue
		}
		to := 0
		for j := i + 1; j < len(t.marks) && t.marks[j].from-m.to <= 10 && t.marks[j].clause == m.clause; j++ {
			if t.marks[j].is&(rise|fall) != 0 && (m.is&pressure == 0 || t.marks[j].is&rise == 0) {
				to = t.marks[j].to
				break
			}
		}
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

// beyond: a figure behind the name is beyond its limit.
func (t *reading) beyond(m mark) bool {
	end := t.clauseEnd(m.from)
	for i := m.to; i < end && i-m.to <= 6; i++ {
		if !digit(t.runes[i]) {
			continue
		}
		j := i
		for j < end && (digit(t.runes[j]) || t.runes[j] == '.') {
			j++
		}
		v, err := strconv.ParseFloat(string(t.runes[i:j]), 64)
		switch {
		case err != nil:
			return false
		case m.is&potassium != 0:
			return v >= highPotassium && v < 10
		case m.is&pressure != 0:
			return v < lowSystolic && v > 30 && j < end && t.runes[j] == '/'
		}
		return false
	}
	return false
}
