package guard

import "slices"

// remark is the first remark from a place on, in its sentence, that is neither calm nor denied.
func (t *reading) remark(start, sent int) (from, to int, ok bool) {
	for n := 0; n < 2 && start < len(t.runes) && t.sent[start] == sent; n++ {
		end := t.clauseEnd(start)
		switch {
		case t.calm(start, end):
			if start = t.but(end, sent); start == 0 {
				return 0, 0, false
			}
			n = 0
			continue
		case t.content(start, end) >= leastTold:
			return start, end, true
		}
		start = end + 1
	}
	return 0, 0, false
}

// calm: what is said is good, or denies that anything came of it. What was good "again" or "only then" was not before.
func (t *reading) calm(from, to int) bool {
	for i, m := range t.marks {
		if m.from < from || m.to > to {
			continue
		}
		switch {
		case m.is&relief != 0:
			if !t.onlyThen(from, m.from) {
				return true
			}
		case m.is&(use|stat) != 0, m.is&mild != 0 && m.to-m.from > 1, m.is&neg != 0 && t.nothing(i, to):
			return true
		}
	}
	return false
}

// but is the place behind the next "but" that begins a clause of the sentence; 0 = there is none.
func (t *reading) but(from, sent int) int {
	for _, p := range t.parts {
		if p.is&however != 0 && p.from > from && p.sent == sent && t.clauseStart(p.from) == p.from {
			return p.to
		}
	}
	return 0
}

// onlyThen: a word before the relief says that it came late.
func (t *reading) onlyThen(from, to int) bool {
	return slices.ContainsFunc(t.parts, func(p mark) bool { return p.is&late != 0 && p.from >= from && p.to <= to })
}

// nothing: a denial says that nothing came of it, rather than that something can no longer be done. A single character may belong to anything ("cannot
// sleep", "has not come").
func (t *reading) nothing(i, end int) bool {
	m := t.marks[i]
	if m.to-m.from > 1 {
		return true
	}
	if t.letter("inside", t.runes[m.from]) {
		return false
	}
	return end-m.to <= 1 || i+1 < len(t.marks) && t.marks[i+1].from-m.to <= 2 && t.marks[i+1].is&(occurs|mild|perf|noEffect|take) != 0
}

// content counts the Chinese characters that are not words of time, dose, medicine or grammar.
func (t *reading) content(from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		if r := t.runes[i]; r >= 0x4e00 && r <= 0x9fff && !t.letter("many", r) && !t.letter("few", r) {
			n++
		}
	}
	const empty = when | after | period | take | drug | own | other | perf | just | but | patient | specific | ask | count | rival | pressure | approved | elsewhere | population
	for _, m := range t.marks {
		if m.from >= from && m.to <= to && m.is&empty != 0 && m.is&occurs == 0 && (m.is&perf == 0 || m.to-m.from == 1 || !t.letter("degree", t.runes[m.from])) {
			n -= m.to - m.from
		}
	}
	return n
}
