package guard

import (
	"slices"
	"strings"
)

// identities hears who a patient is: identity cards, numbers of records and beds, names and telephones of patients.
func (t *reading) identities() []Finding {
	var out []Finding
	add := func(sort string, from, to int) {
		f := t.finding(Identity, from, to, sort)
		f.Sort = sort
		out = append(out, f)
	}
	for i := 0; i < len(t.runes); i++ {
		if !digit(t.runes[i]) || i > 0 && (digit(t.runes[i-1]) || latin(t.runes[i-1])) {
			continue
		}
		j := i
		for j < len(t.runes) && digit(t.runes[j]) {
			j++
		}
		switch n := j - i; {
		case n == 17 && j < len(t.runes) && t.runes[j] == 'x':
			add(Number, i, j+1)
		case n == 18:
			add(Number, i, j)
		case t.ctx.Own:
		case n == 11 && t.runes[i] == '1' && t.seen&(patient|specific) != 0:
			add(Phone, i, j)
		case n >= 4 && t.labelled(i):
			add(Number, i, j)
		}
		i = j
	}
	if !t.ctx.Own {
		for _, m := range t.marks {
			if m.is&(patient|specific) == 0 {
				continue
			}
			if from, to, ok := t.named(m.to); ok {
				add(Name, from, to)
			}
		}
	}
	slices.SortFunc(out, func(a, b Finding) int { return a.From - b.From })
	return out
}

// numbers tells whether the text holds a figure at all.
func (t *reading) numbers() bool { return slices.ContainsFunc(t.runes, digit) }

// labelled: the digits are the number of a record.
func (t *reading) labelled(i int) bool {
	from := max(0, i-8)
	before := string(t.runes[from:i])
	return slices.ContainsFunc(t.base.records, func(r string) bool { return strings.Contains(before, r) })
}

// named reads a name behind the word for a patient: one of the usual family names with one or two characters, and then something that ends a name.
func (t *reading) named(from int) (int, int, bool) {
	i, said := from, false
	for i < len(t.runes) && i-from < 4 && t.letter("called", t.runes[i]) {
		said = said || t.runes[i] != ',' && t.runes[i] != ':'
		i++
	}
	if i >= len(t.runes) || !t.letter("surnames", t.runes[i]) {
		return 0, 0, false
	}
	if slices.ContainsFunc(t.marks, func(m mark) bool { return m.to-m.from > 1 && m.from <= i && m.to > i }) {
		return 0, 0, false // a word that begins like a name
	}
	for _, n := range []int{3, 2} {
		end := i + n
		if end > len(t.runes) || slices.ContainsFunc(t.runes[i:end], func(r rune) bool { return r < 0x4e00 || r > 0x9fff }) || t.wordWithin(i, end) {
			continue
		}
		if end == len(t.runes) && (said || n == 3) || end < len(t.runes) && (t.letter("behind", t.runes[end]) || digit(t.runes[end])) {
			return i, end, true
		}
	}
	return 0, 0, false
}

// wordWithin: a word of more than one character begins within.
func (t *reading) wordWithin(from, to int) bool {
	return slices.ContainsFunc(t.marks, func(m mark) bool { return m.from >= from && m.from < to && m.to-m.from > 1 })
}
