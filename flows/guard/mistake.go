package guard

// many pills at once: from here on a number of them is no dose of anybody.
const tooMany = 10

// handful: a verb of taking and a number of pills that nobody takes at once.
func (t *reading) handful(m mark) bool {
	n := 0
	for i := m.to; i < len(t.runes) && i-m.to < far && t.sent[i] == m.sent; i++ {
		switch r := t.runes[i]; {
		case digit(r):
			n = min(n*10+int(r-'0'), 1<<20)
		case t.letter("tens", r):
			n = max(n, 1) * tooMany
		case t.letter("pills", r):
			return n >= tooMany && !t.inSentence(m.sent, period|prescribe)
		case n > 0 && !t.letter("few", r) && !t.letter("many", r):
			n = 0
		}
	}
	return false
}

// highSystolic is what the systolic pressure of a treated patient should stay below (mmHg; the Chinese guideline on hypertension).
const highSystolic = 140

// unmoved: a denial and then the character for falling stand behind the blood pressure.
func (t *reading) unmoved(m mark) bool {
	for _, p := range t.marks {
		if p.is&neg == 0 || p.from < m.to || p.from-m.to > 3 || p.clause != m.clause {
			continue
		}
		for i := p.to; i < len(t.runes) && i-p.to <= 6 && breaks(t.runes[i]) == 0; i++ {
			if t.letter("fallen", t.runes[i]) {
				return true
			}
		}
	}
	return false
}

// stillHigh: the blood pressure has not fallen, or is "still" at a figure that a medicine should have lowered.
func (t *reading) stillHigh(m mark) bool {
	if t.unmoved(m) {
		return true
	}
	still := false
	for i := m.to; i < len(t.runes) && i-m.to <= 6 && breaks(t.runes[i]) == 0; i++ {
		still = still || t.letter("still", t.runes[i])
		if !digit(t.runes[i]) {
			continue
		}
		n := 0
		for ; i < len(t.runes) && digit(t.runes[i]); i++ {
			n = min(n*10+int(t.runes[i]-'0'), 1<<20)
		}
		return still && n >= highSystolic && n < 300
	}
	return false
}

// mistaken hears that something was dispensed, given or taken wrongly, as something else, or that some of it is lacking.
func (t *reading) mistaken() []Finding {
	for i := 0; i+1 < len(t.runes); i++ {
		probe := mark{from: i, to: i + 2, is: misuse, clause: t.clause[i] * 8, sent: t.sent[i]}
		switch {
		case t.letter("handled", t.runes[i]) && t.letter("wrongly", t.runes[i+1]), t.takenAs(i):
			if t.dosed() && t.probed(probe, t.real) {
				return []Finding{t.special(probe, Misuse)}
			}
		case t.lacks(i):
			if t.inSentence(probe.sent, pack) && t.probed(probe, t.real) {
				return []Finding{t.finding(Quality, i, i+2, "quality")}
			}
		}
	}
	return nil
}

// takenAs: "chewed as sweets".
func (t *reading) takenAs(i int) bool {
	if !t.letter("as", t.runes[i]) || t.letter("asday", t.runes[i+1]) {
		return false
	}
	for j := i + 2; j < min(len(t.runes), i+6) && breaks(t.runes[j]) == 0; j++ {
		if t.letter("eaten", t.runes[j]) {
			return true
		}
	}
	return false
}

// lacks: "two pieces short".
func (t *reading) lacks(i int) bool {
	if !t.letter("lacking", t.runes[i]) {
		return false
	}
	i++
	if t.letter("perfect", t.runes[i]) {
		i++
	}
	return i+1 < len(t.runes) && (digit(t.runes[i]) || t.letter("few", t.runes[i]) || t.letter("many", t.runes[i])) && t.letter("counters", t.runes[i+1])
}
