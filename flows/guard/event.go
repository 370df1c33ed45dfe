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
	if t.ownDay() {
		return ""
	}
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
	if t.marks[i].made {
		return t.exposure() || t.seen&specific != 0 && t.happened(i)
	}
	if t.marks[i].is&deathWeak != 0 {
		return t.seen&(patient|specific) != 0 && t.seen&(take|drug|own|after) != 0
	}
	return t.ctx.Product || t.seen&(take|drug|own|patient|specific|overdose) != 0
}

// belittled: "few side effects".
func (t *reading) belittled(i int) bool {
	if i+1 >= len(t.marks) {
		return false
	}
	next := t.marks[i+1]
	return next.is&mild != 0 && next.clause == t.marks[i].clause && next.from-t.marks[i].to <= 4
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
			return !slices.ContainsFunc(t.marks, func(x mark) bool {
				return x.is&perf != 0 && x.from >= p.to && x.to <= m.from && t.letter("perfect", t.runes[x.to-1])
			})
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
		near = near || p.is&other != 0 && p.sent == m.sent && (p.from < m.from || p.clause/8 == m.clause/8) // behind it stands what it was treated with
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
