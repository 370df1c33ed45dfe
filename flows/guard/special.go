package guard

// specials hears special situations and doubts about quality. events are those that were heard already.
func (t *reading) specials(events []Finding) []Finding {
	var out []Finding
	for i, m := range t.marks {
		switch {
		case m.is&(pregnancy|child|overdose|misuse|noEffect|quality|qualityStrong) == 0 && m.is&(take|pressure) == 0:
		case m.is&take != 0 && m.is&(overdose|misuse) == 0 && t.handful(m) && t.real(i):
			out = append(out, t.special(m, Overdose))
		case m.is&pressure != 0 && t.stillHigh(m) && !(t.asked(m.sent) && t.inSentence(m.sent, advice)) && t.useless(i):
			out = append(out, t.special(m, NoEffect))
		case m.is&pregnancy != 0 && t.exposed(i):
			out = append(out, t.special(m, Pregnancy))
		case m.is&child != 0 && t.exposed(i):
			out = append(out, t.special(m, Child))
		case m.is&overdose != 0 && t.real(i) && (t.dosed() || m.to-m.from > 3):
			out = append(out, t.special(m, Overdose))
		case m.is&misuse != 0 && t.real(i) && (t.dosed() || m.to-m.from > 2):
			out = append(out, t.special(m, Misuse))
		case m.is&noEffect != 0 && t.useless(i):
			out = append(out, t.special(m, NoEffect))
		case m.is&(quality|qualityStrong) != 0 && t.faulty(i):
			out = append(out, t.finding(Quality, m.from, m.to, "quality"))
		}
		if m.is&interact != 0 && len(events) > 0 && t.seen&other != 0 {
			out = append(out, t.special(m, Together))
		}
	}
	return append(out, t.mistaken()...)
}

func (t *reading) special(m mark, sort string) Finding {
	f := t.finding(Special, m.from, m.to, sort)
	f.Sort = sort
	return f
}

// real tells whether something is told as having happened.
func (t *reading) real(i int) bool {
	m := t.marks[i]
	switch {
	case t.denied(i), t.supposed(i), t.feared(i), m.is&misuse == 0 && t.foreign(i):
		return false
	case t.inSentence(m.sent, specific):
		return true
	case t.asked(m.sent) && t.might(i):
		return false
	case t.happened(i):
		return true
	}
	return !t.inSentence(m.sent, stat) && (!t.asked(m.sent) || t.inSentence(m.sent, patient))
}

// exposed: somebody pregnant, nursing or young has had the medicine. A question whether they may have it is none.
func (t *reading) exposed(i int) bool {
	m := t.marks[i]
	if t.denied(i) || t.supposed(i) || t.feared(i) || t.foreign(i) {
		return false
	}
	taken := false
	for _, p := range t.marks {
		taken = taken || p.is&(take|doing) != 0 && p.sent == m.sent && (t.done(p) || t.inSentence(m.sent, specific|when|doing) || !t.asked(m.sent) && t.inSentence(m.sent, patient)) && !t.wished(p)
	}
	if !taken {
		return m.is&pregnancy != 0 && m.is&patient == 0 && !t.asked(m.sent) && t.plainly(m)
	}
	return t.inSentence(m.sent, specific|when) || !t.lecture(m.sent) && !(t.asked(m.sent) && t.inSentence(m.sent, use) && !t.happened(i))
}

// plainly: nothing but that the patient is pregnant is said.
func (t *reading) plainly(m mark) bool {
	from := t.clauseStart(m.from)
	return t.has(patient|specific, from, m.from) && t.clauseEnd(m.from)-from <= 8
}

// wished: the verb of taking belongs to a question whether it may be taken.
func (t *reading) wished(p mark) bool {
	for _, m := range t.marks {
		if m.is&(modal|use) != 0 && m.clause == p.clause && m.to <= p.from && p.from-m.to <= 2 && m.from != p.from {
			return true
		}
	}
	return false
}

// dosed: a dose is spoken of at all, rather than too many forms.
func (t *reading) dosed() bool {
	return t.ctx.Product || t.seen&(take|drug|own|patient|specific|pack|serious) != 0
}

// useless: the medicine did not work. That a meeting or a paper was of no use is something else.
func (t *reading) useless(i int) bool {
	m := t.marks[i]
	if t.supposed(i) || t.feared(i) || t.foreign(i) || t.asked(m.sent) && t.might(i) {
		return false
	}
	if t.inSentence(m.sent, stat) && !t.happened(i) && !t.inSentence(m.sent, specific) {
		return false
	}
	alone := len(t.runes) <= m.to-m.from+3
	return alone || t.ctx.Product || t.seen&(take|drug|own|patient|specific) != 0 || t.inSentence(m.sent, lab)
}

// faulty: the product was not as it should be.
func (t *reading) faulty(i int) bool {
	m := t.marks[i]
	if t.denied(i) || t.supposed(i) || t.feared(i) || t.foreign(i) {
		return false
	}
	if t.asked(m.sent) && t.might(i) && !t.inSentence(m.sent, specific) {
		return false
	}
	if m.is&qualityStrong != 0 {
		return !t.inSentence(m.sent, stat) || t.happened(i)
	}
	return t.inSentence(m.sent, pack) && (t.happened(i) || !t.asked(m.sent))
}
