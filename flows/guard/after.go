package guard

import "slices"

// open are the rules that hear remarks of unknown meaning.
var open = []string{"after", "appeared", "meanwhile"}

// leastTold is how many Chinese characters a remark about what came after a medicine has at least, words of time and dose not counted.
const leastTold = 2

// followed hears what came after a medicine was taken, whatever it is called: "since taking it ...", unless it is calm ("stable", "satisfied"), denied, asked
// in general, or about another house's medicine. It hears what no list of symptoms holds.
func (t *reading) followed() []Finding {
	for i, p := range t.marks {
		if p.is&take == 0 {
			continue
		}
		from, to, ok := t.remark(p.to, p.sent)
		if ok && (t.told(i) || t.loosely(i) && t.content(from, to) >= leastBefore) {
			return []Finding{t.finding(Event, from, to, "after")}
		}
	}
	for _, rule := range []func() []Finding{t.stopped, t.meanwhile, t.appeared} {
		if found := rule(); found != nil {
			return found
		}
	}
	return nil
}

// leastBefore is how many such characters a remark before the medicine has at least: more, because whatever introduces a patient stands there.
const leastBefore = 3

// meanwhile hears what stands before the medicine: "short of breath these days, is on ...". It says when, or that it has come about.
func (t *reading) meanwhile() []Finding {
	for i, p := range t.marks {
		if p.is&(doing|own) == 0 || t.supposed(i) || t.denied(i) || t.feared(i) || t.foreign(i) || t.asked(p.sent) || t.lecture(p.sent) || t.wished(p) {
			continue
		}
		end := t.clauseStart(p.from)
		for n := 0; n < 2 && end > 0 && t.sent[end-1] == p.sent; n++ {
			from := t.clauseStart(end - 1)
			switch {
			case t.calm(from, end):
				end = 0
			case t.content(from, end) >= leastBefore && t.has(when|perf, from, end) && !t.has(history|take|approved, from, end):
				return []Finding{t.finding(Event, from, end-1, "meanwhile")}
			default:
				end = from
			}
		}
	}
	return nil
}

// stopped hears that something went away once the medicine was stopped.
func (t *reading) stopped() []Finding {
	for i, p := range t.marks {
		if p.is&stop == 0 || t.supposed(i) || t.denied(i) || t.foreign(i) || t.asked(p.sent) || t.lecture(p.sent) {
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
		if p.is&(appear|fuss) == 0 || !t.tells(p) {
			continue
		}
		if p.is&fuss != 0 {
			return []Finding{t.finding(Event, p.from, p.to, "fuss")}
		}
		if from, to, ok := t.remark(p.to, p.sent); ok {
			return []Finding{t.finding(Event, from, to, "appeared")}
		}
	}
	return nil
}

// tells: the verb of appearing speaks of something that was, in a patient who has the medicine.
func (t *reading) tells(p mark) bool {
	ok := t.probed(mark{from: p.from, to: p.to, clause: p.clause * 8, sent: p.sent}, func(i int) bool {
		return !t.supposed(i) && !t.feared(i) && !t.foreign(i) && !t.denied(i) && !t.might(i)
	})
	return ok && !t.lecture(p.sent) && (p.is&fuss != 0 || !t.asked(p.sent) || t.inSentence(p.sent, specific|when))
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

// loosely: a patient takes the house's medicine, with nothing that says that it is over; then no question, advice or topic may be near.
func (t *reading) loosely(i int) bool {
	p := t.marks[i]
	if !t.inSentence(p.sent, own|drug) || !t.inSentence(p.sent, patient|specific) || t.asked(p.sent) || t.inSentence(p.sent, topic|advice|compare|use|how|prescribe) {
		return false
	}
	return !t.wished(p) && !t.supposed(i) && !t.feared(i) && !t.foreign(i) && !t.denied(i) && !t.lecture(p.sent)
}
