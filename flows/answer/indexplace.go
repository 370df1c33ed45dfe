package answer

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxWard is the longest name of a department behind that of an institution.
const maxWard = 10

// placed reads a place and another name of the one entry there.
func (ix *Index) placed(t string) (Reading, bool) {
	for i := range t {
		if i == 0 || !ix.places[t[:i]] {
			continue
		}
		for _, name := range []string{t[i:], cutAnyPrefix(t[i:], ix.r.w.PlaceTails)} {
			set := []int{}
			for _, id := range ix.exact[name] {
				if e := int(ix.names[id].entry); ix.r.Normalise(ix.entries[e].Note) == t[:i] {
					set = addOption(set, e)
				}
			}
			if len(set) == 1 && !containsWhole(name, ix.r.w.IndexGeneric) {
				return ix.taken(set[0], "place"), true
			}
		}
	}
	return Reading{}, false
}

func cutAnyPrefix(s string, words []string) string {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return rest
		}
	}
	return s
}

// ownName reports that t, another name of the entry only, may be taken: every
// other entry that has t in a name is a sibling, whose label is the same up to
// t and then goes on in another way, so that it would have been said in full.
func (ix *Index) ownName(t string, entry int, having []int) bool {
	if len(having) <= 1 {
		return true
	}
	stem, _, found := strings.Cut(ix.labels[entry], t)
	if !found || containsWhole(t, ix.r.w.IndexGeneric) || len(having) > maxMatches {
		return false
	}
	return !slices.ContainsFunc(having, func(e int) bool { return !strings.HasPrefix(ix.labels[e], stem+t) })
}

// ward reports what stands behind a name that is a department of it, and no
// other institution.
func (r *Reader) ward(around string) bool {
	s := strings.TrimSpace(around)
	if utf8.RuneCountInString(s) > maxWard || containsAny(s, r.w.IndexOthers) || r.undecided(s) || strings.Contains(s, " ") {
		return false
	}
	return cutAnySuffix(s, r.w.IndexWards) != s
}

// ownWords reports that what stands around a name is a piece of the label of
// the entry, or its place.
func (ix *Index) ownWords(around string, entry int) bool {
	s := strings.TrimSpace(around)
	for _, word := range ix.r.w.IndexFillers {
		if rest, ok := strings.CutPrefix(s, word); ok && rest != "" {
			s = rest
			break
		}
	}
	place := ix.r.Normalise(ix.entries[entry].Note)
	if s == place {
		return s != ""
	}
	return utf8.RuneCountInString(s) >= 2 && !containsWhole(s, ix.r.w.IndexGeneric) && strings.Contains(ix.labels[entry], s)
}
