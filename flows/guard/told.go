package guard

import "slices"

// happened tells whether the sentence says of the event that it has come about, rather than that it might.
func (t *reading) happened(i int) bool {
	m := t.marks[i]
	return slices.ContainsFunc(t.marks, func(p mark) bool {
		if p.sent != m.sent || p.from == m.from {
			return false
		}
		near := p.clause == m.clause && (p.to <= m.from && m.from-p.to <= 6 || p.from >= m.to && p.from-m.to <= 2)
		return p.is&(when|specific) != 0 || p.is&perf != 0 && near || p.is&take != 0 && t.done(p)
	})
}

// done: a verb of taking in the perfect, or followed by "after".
func (t *reading) done(p mark) bool {
	end := p.to
	for _, m := range t.marks {
		if m.from >= end && m.from-end <= 1 && m.clause == p.clause && m.is&(own|drug) != 0 {
			end = m.to
		}
		if m.from >= end && m.from-end <= 4 && m.clause == p.clause && m.is&(perf|after) != 0 {
			return true
		}
	}
	return t.letter("perfect", t.runes[p.to-1]) || t.letter("each", t.runes[p.from]) && p.to-p.from > 1 || t.whose(p)
}

// whose: "the patient who takes our medicine", "it was ours that he took": beside the verb the medicine and the character that makes it whose.
func (t *reading) whose(p mark) bool {
	end := p.to
	if end < len(t.runes) && t.letter("whose", t.runes[end]) {
		end++
	}
	of := end > p.to || t.letter("whose", t.runes[p.to-1])
	if of && p.is&medicine != 0 {
		return true
	}
	for _, m := range t.marks {
		if m.from >= end && m.from-end <= 1 && m.is&(drug|own) != 0 {
			return of || m.to < len(t.runes) && t.letter("whose", t.runes[m.to])
		}
	}
	return false
}

// exposure tells whether anything in the text shows that a medicine was taken.
func (t *reading) exposure() bool { return t.ctx.Product || t.seen&(take|drug|own|overdose) != 0 }

// excused: the doctor speaks of the day, of a leave or of being busy.
func (t *reading) excused() bool {
	return slices.ContainsFunc(t.parts, func(p mark) bool { return p.is&away != 0 })
}

// ownDay: an excuse in a text without a medicine or patient: the doctor speaks of himself or his family.
func (t *reading) ownDay() bool {
	return !t.ctx.Product && t.seen&(own|drug) == 0 && t.excused() && !slices.ContainsFunc(t.parts, func(p mark) bool { return p.is&having != 0 })
}

// next tells whether a word of the second lexicon stands right behind.
func (t *reading) next(m mark, is class) bool {
	return slices.ContainsFunc(t.parts, func(p mark) bool { return p.is&is != 0 && p.from >= m.to && p.from-m.to <= 1 })
}

// alone tells whether the sign is all that was written, as an answer to what was asked about a patient.
func (t *reading) alone(i int) bool {
	m := t.marks[i]
	return m.to-m.from > 1 && len(t.runes) <= m.to-m.from+2
}
