package guard

// leastTold is how many Chinese characters a remark about what came after a medicine has at least, words of time and dose not counted.
const leastTold = 2

// followed hears what came after a medicine was taken, whatever it is called: "since taking it ...", unless it is calm ("stable", "satisfied"), denied, asked
// in general, or about another house's medicine. It hears what no list of symptoms holds.
func (t *reading) followed() []Finding {
	for i, p := range t.marks {
		if p.is&take == 0 || !t.told(i) {
			continue
		}
		if from, to, ok := t.remark(p); ok {
			return []Finding{t.finding(Event, from, to, "after")}
		}
	}
	return nil
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
	if t.supposed(i) || t.feared(i) || t.foreign(i) || t.denied(i) || t.inSentence(p.sent, stat|benefit) {
		return false
	}
	return !t.asked(p.sent) || t.inSentence(p.sent, specific|when|patient) && !t.inSentence(p.sent, use|how|mild)
}

// remark is the first remark behind the verb, in its sentence, that is neither calm nor denied.
func (t *reading) remark(p mark) (from, to int, ok bool) {
	start := p.to
	for n := 0; n < 2 && start < len(t.runes) && t.sent[start] == p.sent; n++ {
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
	for _, m := range t.marks {
		if m.from >= from && m.to <= to && m.is&(when|after|period|take|drug|own|other|perf|just|but|patient|specific|ask|count|approved|rival) != 0 && m.is&occurs == 0 {
			n -= m.to - m.from
		}
	}
	return n
}
