package guard

import "slices"

// events hears adverse events.
func (t *reading) events() []Finding {
	var out []Finding
	for i, m := range t.marks {
		if m.is&occurs == 0 {
			continue
		}
		why := t.heard(i)
		if why == "" {
			continue
		}
		f := t.finding(Event, m.from, m.to, why)
		f.Serious, f.Death = m.is&(serious|death|deathWeak) != 0, m.is&(death|deathWeak) != 0
		out = append(out, f)
	}
	if out = append(out, t.values()...); len(out) == 0 {
		out = t.followed()
	}
	return out
}

// heard is the rule by which a word counts as an adverse event, "" when it does not.
func (t *reading) heard(i int) string {
	m := t.marks[i]
	why := ""
	switch {
	case m.is&(strong|death) != 0:
		why = "word"
	case m.is&serious != 0 && t.evidence(i):
		why = "serious"
	case m.is&noun != 0 && !t.belittled(i):
		why = "noun"
	case m.is&(weak|deathWeak) != 0 && m.is&typo != 0 && t.evidence(i):
		why = "typo"
	case m.is&(weak|deathWeak) != 0 && t.evidence(i):
		why = "sign"
	case m.is&weak != 0 && m.is&typo == 0 && t.alone(i):
		why = "sign"
	}
	if why == "" || t.negated(i) || t.supposed(i) || t.general(i) || t.feared(i) || t.before(i) || t.foreign(i) || t.cured(i) {
		return ""
	}
	return why
}

// evidence tells whether anything in the text shows that a medicine was taken, or that the talk is about a patient who takes one.
func (t *reading) evidence(i int) bool {
	if t.marks[i].made || t.excused() {
		return t.exposure()
	}
	if t.marks[i].is&deathWeak != 0 {
		return t.seen&(patient|specific) != 0 && t.seen&(take|drug|own|after) != 0
	}
	return t.ctx.Product || t.seen&(take|drug|own|patient|specific|overdose) != 0
}

// exposure tells whether anything in the text shows that a medicine was taken.
func (t *reading) exposure() bool { return t.ctx.Product || t.seen&(take|drug|own|overdose) != 0 }

// excused: the doctor speaks of the day, of a leave or of being busy.
func (t *reading) excused() bool {
	return slices.ContainsFunc(t.parts, func(p mark) bool { return p.is&away != 0 })
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

// belittled: "few side effects".
func (t *reading) belittled(i int) bool {
	if i+1 >= len(t.marks) {
		return false
	}
	next := t.marks[i+1]
	return next.is&mild != 0 && next.clause == t.marks[i].clause && next.from-t.marks[i].to <= 4
}

// window is how many runes before a word a negation still belongs to it; enumerated events between them do not count.
const window = 10

// negated tells whether the clause denies the event.
func (t *reading) negated(i int) bool {
	return t.denied(i) || t.deniedAfter(i) || t.listed(i)
}

// denied: "no dizziness". An odd number of negations denies; one that belongs to a verb of taking, to a relief or to what came before "all the same"
// does not.
func (t *reading) denied(i int) bool {
	m := t.marks[i]
	count, far := 0, m.from
	for j := i - 1; j >= 0; j-- {
		p := t.marks[j]
		if p.clause != m.clause || far-p.to > window {
			break
		}
		switch {
		case p.is&occurs != 0 && p.is&neg == 0:
			if count > 0 { // what stands before it denies that one: "neither coughs nor swells"
				return count%2 == 1
			}
			far = p.from
		case p.is&(just|relief) != 0 && p.is&neg == 0:
			return count%2 == 1
		case p.is&neg != 0:
			count++
		case p.is&take != 0 && p.to-p.from > 1 && t.negBefore(j):
			return count%2 == 1
		}
	}
	return count%2 == 1
}

// negBefore: a negation stands right before the word.
func (t *reading) negBefore(j int) bool {
	return j > 0 && t.marks[j-1].is&neg != 0 && t.marks[j].from-t.marks[j-1].to <= 1
}

// deniedAfter: "dizziness: none". Nothing but the negation, and at most another event, may follow in the clause.
func (t *reading) deniedAfter(i int) bool {
	m := t.marks[i]
	for j := i + 1; j < len(t.marks) && t.marks[j].clause == m.clause; j++ {
		n := t.marks[j]
		switch {
		case n.is&neg != 0:
			end := t.clauseEnd(n.from)
			rest := end - n.to
			if rest == 1 && t.letter("inside", t.runes[n.from]) { // "without end"
				return false
			}
			return rest <= 1 && n.from-t.marks[j-1].to <= 2 || rest <= 4 && t.has(perf, n.to, end) && !t.has(relief|occurs, n.to, end) && n.from-t.marks[j-1].to <= 2
		case n.is&(occurs|ask) == 0:
			return false
		}
	}
	return false
}

// listed: an item of a list that began with a denied one in the clause before: "no dizziness, nausea, vomiting".
func (t *reading) listed(i int) bool {
	m := t.marks[i]
	from := t.clauseStart(m.from)
	if i == 0 || m.from != from || t.clauseEnd(m.from)-m.to > 1 {
		return false
	}
	p := t.marks[i-1]
	return p.is&occurs != 0 && p.sent == m.sent && p.clause/8 == m.clause/8-1 && t.clauseEnd(p.from)-p.to <= 1 && (t.denied(i-1) || t.listed(i-1))
}

func (t *reading) clauseStart(i int) int {
	c := t.clause[i]
	for i > 0 && t.clause[i-1] == c {
		i--
	}
	return i
}

// clauseEnd is the rune after the last of the clause, without the sign that ends it.
func (t *reading) clauseEnd(i int) int {
	c := t.clause[i]
	for i < len(t.runes) && t.clause[i] == c {
		i++
	}
	if i > 0 && breaks(t.runes[i-1]) > 0 {
		i--
	}
	return i
}

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
	for _, m := range t.marks {
		if m.from >= p.to && m.from-p.to <= 4 && m.clause == p.clause && m.is&(perf|after) != 0 {
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
	for _, m := range t.marks {
		if m.from >= end && m.from-end <= 1 && m.is&(drug|own) != 0 {
			return of || m.to < len(t.runes) && t.letter("whose", t.runes[m.to])
		}
	}
	return false
}

// supposed: "if a rash appears".
func (t *reading) supposed(i int) bool {
	m := t.marks[i]
	for _, p := range t.marks {
		if p.is&hypo != 0 && p.sent == m.sent && p.from < m.from {
			return !t.has(specific|when, 0, p.from) && !(t.inSentence(m.sent, when) && t.inSentence(m.sent, specific))
		}
	}
	return false
}

// general: a question or remark about the medicine as such.
func (t *reading) general(i int) bool {
	m := t.marks[i]
	if !t.exposure() && t.next(m, about) {
		return true
	}
	if t.inSentence(m.sent, specific) {
		return false
	}
	if !t.exposure() && t.next(m, having) {
		return true
	}
	asked := t.asked(m.sent)
	switch {
	case asked && t.might(i):
		return true
	case t.happened(i):
		return false
	case t.inSentence(m.sent, stat):
		return true
	case !asked:
		return t.conditional(i)
	case m.is&noun != 0:
		return true
	case t.inSentence(m.sent, how):
		return true
	}
	return t.conditional(i) || t.bare(i)
}

// might: a modal verb governs the event.
func (t *reading) might(i int) bool {
	m := t.marks[i]
	for j := i - 1; j >= 0; j-- {
		p := t.marks[j]
		if p.clause != m.clause || m.from-p.to > window {
			return false
		}
		if p.is&modal != 0 {
			return true
		}
	}
	return false
}

// conditional: the event is a condition of who is to be treated: "can it be given with oedema?".
func (t *reading) conditional(i int) bool {
	m := t.marks[i]
	if t.happened(i) {
		return false
	}
	for _, p := range t.marks {
		if p.is&(use|advice) != 0 && p.from >= m.to && p.sent == m.sent && p.from-m.to <= 12 {
			return true
		}
	}
	return false
}

// bare: the medicine, the event and a question mark, nothing else.
func (t *reading) bare(i int) bool {
	m := t.marks[i]
	return t.asked(m.sent) && t.inClause(m.clause, drug|own) && !t.inSentence(m.sent, patient|perf|take|when)
}

// feared: "afraid of a rash", "prevents oedema".
func (t *reading) feared(i int) bool {
	m := t.marks[i]
	for j := i - 1; j >= 0; j-- {
		p := t.marks[j]
		if p.clause != m.clause || m.from-p.to > window {
			return false
		}
		if p.is&worry != 0 {
			return !t.has(perf, p.to, m.from)
		}
	}
	return false
}

// before: the event is older than the medicine: an illness or allergy of the past, with nothing said about taking ours.
func (t *reading) before(i int) bool {
	m := t.marks[i]
	for _, p := range t.marks {
		if p.is&history == 0 || p.sent != m.sent || p.from-m.to > 1 {
			continue
		}
		if !t.inSentence(m.sent, drug|own|take) || p.clause == m.clause && p.to <= m.from && !t.has(take|drug|own, p.to, m.from) && t.pastOnly(p) {
			return true
		}
	}
	return false
}

// pastOnly: the clause says that this was so before the medicine was taken.
func (t *reading) pastOnly(p mark) bool {
	return !t.inClause(p.clause, own|drug|after) || p.to-p.from >= 3
}

// foreign: what was taken is another house's, and ours is not spoken of, or is what was taken instead.
func (t *reading) foreign(i int) bool {
	if t.seen&other == 0 || t.ctx.Product {
		return false
	}
	m := t.marks[i]
	if t.replaced(m) {
		return true
	}
	if t.seen&own != 0 {
		return false
	}
	ours := false
	near := false
	for _, p := range t.marks {
		ours = ours || p.is&drug != 0 && p.to-p.from > 1 || p.is&interact != 0
		near = near || p.is&other != 0 && p.sent == m.sent
	}
	return near && !ours
}

// replaced: the other house's medicine stands before the event in its clause and ours does not, and the sentence says that it was changed for that.
func (t *reading) replaced(m mark) bool {
	from := t.clauseStart(m.from)
	if !t.has(other, from, m.from) || t.has(own, from, m.from) || t.has(drug, from, m.from) {
		return false
	}
	return t.has(interact, m.to, len(t.runes)) && !t.has(after, m.to, min(len(t.runes), m.to+2))
}

// cured: what was taken has taken the complaint away: "took it, the headache is gone".
func (t *reading) cured(i int) bool {
	m := t.marks[i]
	for _, p := range t.marks {
		if p.is&relief != 0 && p.clause == m.clause && p.from >= m.to && p.from-m.to <= 3 {
			return !t.has(perf, m.to, p.from) && t.seen&stop == 0 && t.has(take|drug|own, 0, m.from) && !t.has(neg, m.to, p.from)
		}
	}
	return false
}
