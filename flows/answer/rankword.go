package answer

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// byPlace reads a ranking in which every option is given its place: "first 3,
// second 1" or "price first, meeting second". ok is false when the text is not
// of that form. Where the places and the order of the words disagree and the
// place may be the number of an option as well, nothing is taken.
func (c *Choices) byPlace(n string) (p parsed, ok bool) {
	ordinal := c.r.w.PlaceBefore[0]
	if !strings.Contains(n, ordinal) {
		return parsed{}, false
	}
	clauses := strings.FieldsFunc(n, isPause)
	if len(clauses) < 2 {
		return parsed{}, false
	}
	places := make([]int, len(clauses))
	counted := false
	for k, clause := range clauses {
		place, rest, hasCounter := c.place(clause, ordinal)
		if place < 1 || place > len(clauses) || places[place-1] != 0 || rest == "" {
			return parsed{}, false
		}
		q := c.parts(c.split(rest, false), false)
		if q.status != "" || q.offer || len(q.picks) != 1 {
			return parsed{}, false
		}
		places[place-1] = q.picks[0] + 1
		counted = counted || hasCounter && place != k+1
	}
	if counted {
		return parsed{status: Conflict, note: []string{"reason", "pair"}}, true
	}
	p.how = "places"
	for _, pick := range places {
		if slices.Contains(p.picks, pick-1) {
			return parsed{status: Conflict, note: []string{"reason", "repeat"}}, true
		}
		p.picks = append(p.picks, pick-1)
	}
	return p, true
}

// place cuts the place off a clause, at its front or at its end. counter tells
// that a counter stood behind it, as behind the number of an option.
func (c *Choices) place(clause, ordinal string) (n int, rest string, counter bool) {
	i := strings.Index(clause, ordinal)
	if i < 0 {
		return 0, "", false
	}
	after := clause[i+len(ordinal):]
	_, size := utf8.DecodeRuneInString(after)
	n, ok := c.r.position(after[:size])
	if !ok {
		return 0, "", false
	}
	after = after[size:]
	if i > 0 {
		before := clause[:i]
		for _, is := range c.r.w.ButThat {
			before = strings.TrimSuffix(before, is)
		}
		return n, trimPause(before), after != ""
	}
	for _, w := range c.r.w.OrdinalAfter {
		if cut, found := strings.CutPrefix(after, w); found {
			after, counter = cut, true
			break
		}
	}
	rest = stripWord(after, c.r.w.ButThat)
	if first, _ := utf8.DecodeRuneInString(after); rest == after && runKind(c.r, first) != 0 {
		return 0, "", false
	}
	return n, rest, counter && rest == after
}
