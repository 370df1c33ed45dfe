package store

import (
	"encoding/json"
	"hash/fnv"
	"strings"
)

// What a row of facets says at a glance: a bit for every live tag and every consent in marks, one for every coded value of the portrait in traits. Several
// share a bit, so a bit that is set only tells that it is worth looking; one that is not set tells that there is nothing. Rows of before have all bits set.

// markBits is how many bits there are: one less than a signed column has.
const markBits = 63

// Kinds of what is marked.
const (
	markTag     = "tag"
	markConsent = "consent"
	markValue   = "value"
)

// mark is the bit of a name among others of a kind.
func mark(kind string, names ...string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(kind)) // a hash takes everything
	for _, n := range names {
		_, _ = h.Write([]byte{0})
		_, _ = h.Write([]byte(n))
	}
	return 1 << (h.Sum64() % markBits)
}

// Marks are the bits of the tags and consents that a doctor has, and of those tags that are put on now.
func (d *Dossier) Marks(put []Tag) int64 {
	var all int64
	for _, tags := range [][]Tag{d.Tags, put} {
		for _, t := range tags {
			all |= mark(markTag, t.Tag)
		}
	}
	for _, c := range d.Consents {
		if c.Granted {
			all |= mark(markConsent, c.Purpose)
		}
	}
	return all
}

// Traits are the bits of the texts, and of the items of the lists, that the portrait holds.
func (d *Dossier) Traits() int64 {
	var all int64
	for _, v := range d.Portrait {
		var value any
		if json.Unmarshal([]byte(v.Value), &value) != nil {
			continue
		}
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, item := range list {
			if text, ok := item.(string); ok {
				all |= mark(markValue, v.Field, text)
			}
		}
	}
	return all
}

// bits are the column and the bits of which one is set for whoever the comparison holds for; "" = it has none.
func (a Atom) bits() (column string, any []int64) {
	switch {
	case a.Of == "consent" && a.Op != "false" && a.Op != "empty":
		return "marks", []int64{mark(markConsent, a.Name)}
	case a.Op == "empty":
		return "", nil
	case a.Of == "tag":
		for _, t := range a.Texts {
			any = append(any, mark(markTag, t))
		}
		return "marks", any
	case a.Of == "field" && len(a.Texts) > 0:
		for _, t := range a.Texts {
			any = append(any, mark(markValue, a.Name, t))
		}
		return "traits", any
	}
	return "", nil
}

// glance asks for the bits of the comparisons that must all hold, before the first of them is looked up; "" = they have none.
func (q *filterSQL) glance(all []Filter) string {
	var parts []string
	for _, f := range all {
		if f.Op != "atom" {
			continue
		}
		column, bits := f.Atom.bits()
		if column == "" {
			continue
		}
		var sum int64
		for _, b := range bits {
			sum |= b
		}
		q.bind(sum)
		parts = append(parts, "(f."+column+" & ?) <> 0")
	}
	return strings.Join(parts, " AND ")
}
