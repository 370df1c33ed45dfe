package guard

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
	for j := i + 1; j < len(t.marks) && t.marks[j].clause/8 == m.clause/8; j++ {
		n := t.marks[j]
		switch {
		case n.is&but != 0 && t.letter("rather", t.runes[n.from]): // "that, rather, never"
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
