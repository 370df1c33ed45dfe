package guard

// talk hears requests for benefits, counts of prescriptions and complaints.
func (t *reading) talk() []Finding {
	var out []Finding
	done := map[Kind]bool{}
	for i, m := range t.marks {
		kind := Kind("")
		switch {
		case m.is&(benefit|benefitStrong) != 0 && t.wanted(i):
			kind = Benefit
		case m.is&complaint != 0 && !t.denied(i):
			kind = Complaint
		case m.is&tally != 0 && t.tallied(m), m.is&prescribe != 0 && t.counted(m):
			kind = Count
		}
		if kind != "" && !done[kind] {
			done[kind] = true
			out = append(out, t.finding(kind, m.from, m.to, string(kind)))
		}
	}
	return out
}

// wanted: a benefit is asked for, or spoken of as usual. A refusal is not.
func (t *reading) wanted(i int) bool {
	m := t.marks[i]
	if t.denied(i) && !t.asked(m.sent) || t.inSentence(m.sent, stat) && !t.asked(m.sent) {
		return false
	}
	if m.is&benefitStrong != 0 {
		return true
	}
	return t.asked(m.sent) || t.has(want, max(0, m.from-6), m.from) || t.has(want, m.to, min(len(t.runes), m.to+3))
}

// counted: a number of packs or prescriptions within a time or by a department. What one patient takes is a dose.
func (t *reading) counted(m mark) bool {
	if !t.inSentence(m.sent, period) {
		return false
	}
	end := min(len(t.runes), m.to+14)
	for _, p := range t.marks {
		if p.is&count == 0 || p.from < m.to || p.to > end || p.sent != m.sent {
			continue
		}
		n, ok := t.number(m.to, p.from)
		if ok && (n > 3 || t.seen&(patient|specific) == 0) {
			return true
		}
	}
	return false
}

// many is what a numeral above three counts at least.
const many = 4

// number reads roughly how many.
func (t *reading) number(from, to int) (int, bool) {
	n, ok := 0, false
	for i := from; i < to; i++ {
		switch r := t.runes[i]; {
		case digit(r):
			n, ok = min(n*10+int(r-'0'), 1<<20), true
		case t.letter("many", r):
			n, ok = n+many, true
		case t.letter("few", r):
			n, ok = n+1, true
		}
	}
	return n, ok
}

// tallied: somebody wants or gives a statistic of who prescribes how much.
func (t *reading) tallied(m mark) bool {
	return t.inSentence(m.sent, want|period|ask) || t.has(prescribe, m.from, len(t.runes)) || t.numbers() || len(t.runes) <= m.to-m.from+4
}
