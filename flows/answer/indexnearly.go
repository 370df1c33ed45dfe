package answer

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// nearly offers names that are one slip away, or hold all characters of t in
// order (a short form that nobody listed).
func (ix *Index) nearly(t string, limit int) Reading {
	if size := utf8.RuneCountInString(t); size < 3 || size > 30 {
		return Reading{Status: Unclear}
	}
	var slips, forms []int
	for _, id := range ix.sharing(t) {
		nm := ix.names[id]
		switch {
		case ix.r.oneSlip(t, nm.text):
			slips = addOption(slips, int(nm.entry))
		case inOrder(t, nm.text):
			forms = addOption(forms, int(nm.entry))
		}
	}
	set := slips
	if len(set) == 0 {
		set = forms
	}
	switch {
	case len(set) == 0:
		return Reading{Status: Unclear}
	case len(set) == 1:
		return asOffer(ix.taken(set[0], "fuzzy"), "fuzzy")
	default:
		return ix.several(set, t, limit)
	}
}

// sharing lists the names with one of the rarer pairs of t.
func (ix *Index) sharing(t string) []int32 {
	var out []int32
	prev := rune(-1)
	for _, c := range t {
		if prev >= 0 {
			if list := ix.pairs[[2]rune{prev, c}]; len(list) <= 2000 {
				out = append(out, list...)
			}
		}
		prev = c
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func inOrder(short, long string) bool {
	for _, c := range short {
		i := strings.IndexRune(long, c)
		if i < 0 {
			return false
		}
		long = long[i+utf8.RuneLen(c):]
	}
	return true
}
