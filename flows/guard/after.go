package guard

import "slices"

// leastTold is how many Chinese characters a remark about what came after a medicine has at least, words of time and dose not counted.
const leastTold = 2

// followed hears what came after a medicine was taken, whatever it is called: "since taking it ...", unless it is calm ("stable", "satisfied"), denied, asked
// in general, or about another house's medicine. It hears what no list of symptoms holds.
func (t *reading) followed() []Finding {
	for i, p := range t.marks {
		if p.is&take == 0 || !t.told(i) {
			continue
		}
		if from, to, ok := t.remark(p.to, p.sent); ok {
			return []Finding{t.finding(Event, from, to, "after")}
		}
	}
	if found := t.stopped(); found != nil {
		return found
	}
	return t.appeared()
}

// stopped hears that something went away once the medicine was stopped.
func (t *reading) stopped() []Finding {
	for i, p := range t.marks {
		if p.is&stop == 0 || t.supposed(i) || t.denied(i) || t.foreign(i) || t.asked(p.sent) {
			continue
		}
		for j := i + 1; j < len(t.marks) && t.marks[j].sent == p.sent; j++ {
			if t.marks[j].is&relief != 0 && !t.denied(j) {
				return []Finding{t.finding(Event, p.from, t.marks[j].to, "stopped")}
			}
		}
	}
	return nil
}

// appeared hears what is said to have come up while a medicine is spoken of as taken by a patient: "since last week there appeared ...".
func (t *reading) appeared() []Finding {
	if !t.exposure() || t.seen&(patient|specific|take) == 0 {
		return nil
	}
	for _, p := range t.parts {
		if p.is&appear == 0 || !t.tells(mark{from: p.from, to: p.to, clause: p.clause * 8, sent: p.sent}) {
			continue
		}
		if from, to, ok := t.remark(p.to, p.sent); ok {
			return []Finding{t.finding(Event, from, to, "appeared")}
		}
	}
	return nil
}

// tells: the verb of appearing speaks of something that was, in a patient who has the medicine.
func (t *reading) tells(p mark) bool {
	ok := t.probed(p, func(i int) bool {
		return !t.supposed(i) && !t.feared(i) && !t.foreign(i) && !t.denied(i) && !t.might(i)
	})
	return ok && !t.lecture(p.sent) && (!t.asked(p.sent) || t.inSentence(p.sent, specific|when))
}

// probed asks a rule about a place that is no word of the first lexicon.
func (t *reading) probed(p mark, rule func(i int) bool) bool {
	at := 0
	for at < len(t.marks) && t.marks[at].from < p.from {
		at++
	}
	p.clause = t.clauseOf(at, p)
	marks := t.marks
	t.marks = slices.Insert(slices.Clone(marks), at, p)
	ok := rule(at)
	t.marks = marks
	return ok
}

// clauseOf is the clause, counted as marks do, of a place before mark i.
func (t *reading) clauseOf(i int, p mark) int {
	for _, j := range []int{i, i - 1} {
		if j >= 0 && j < len(t.marks) && t.marks[j].clause/8 == p.clause/8 {
			return t.marks[j].clause
		}
	}
	return p.clause
}

// lecture: the sentence speaks of figures, papers or benefits, and of nobody who takes the medicine.
func (t *reading) lecture(sent int) bool {
	return t.inSentence(sent, benefit) || t.inSentence(sent, stat) && !t.inSentence(sent, patient|specific|when)
}

// told tells whether a verb of taking speaks of a medicine that somebody has had.
func (t *reading) told(i int) bool {
	p := t.marks[i]
	if p.is&medicine == 0 && !t.ctx.Product && !t.inSentence(p.sent, drug|own|patient|specific|medicine) {
		return false
	}
	if !t.done(p) && (p.is&(medicine|doing) == 0 || t.wished(p)) {
		return false
	}
	if t.supposed(i) || t.feared(i) || t.foreign(i) || t.denied(i) || t.lecture(p.sent) {
		return false
	}
	return !t.asked(p.sent) || t.inSentence(p.sent, specific|when|patient) && !t.inSentence(p.sent, use|how|mild)
}

// remark is the first remark from a place on, in its sentence, that is neither calm nor denied.
func (t *reading) remark(start, sent int) (from, to int, ok bool) {
	for n := 0; n < 2 && start < len(t.runes) && t.sent[start] == sent; n++ {
		end := t.clauseEnd(start)
		switch {
		case t.calm(start, end):
			return 0, 0, false
		case t.content(start, end) >= leastTold:
			return start, end, true
		}
		start = end + 1
	}
	return 0, 0, false
}

// calm: what is said is good, or denies that anything came of it. A single character may belong to anything ("cannot sleep").
func (t *reading) calm(from, to int) bool {
	for _, m := range t.marks {
		if m.from < from || m.to > to {
			continue
		}
		if m.is&(relief|use|stat) != 0 || m.is&mild != 0 && m.to-m.from > 1 || m.is&neg != 0 && !t.letter("inside", t.runes[m.from]) {
			return true
		}
	}
	return false
}

// content counts the Chinese characters that are not words of time, dose, medicine or grammar.
func (t *reading) content(from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		if r := t.runes[i]; r >= 0x4e00 && r <= 0x9fff && !t.letter("many", r) && !t.letter("few", r) {
			n++
		}
	}
	const empty = when | after | period | take | drug | own | other | perf | just | but | patient | specific | ask | count | approved | rival | pressure
	for _, m := range t.marks {
		if m.from >= from && m.to <= to && m.is&empty != 0 && m.is&occurs == 0 {
			n -= m.to - m.from
		}
	}
	return n
}
