package answer

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// maxMatches is how many entries a word may fit before it says nothing.
const maxMatches = 500

// Entry is one institution (or other item) of a long list.
type Entry struct {
	ID, Label string
	Aka       []string
	Note      string // shown beside candidates, such as the city
}

// entryName is one normalised name of an entry.
type entryName struct {
	text  string
	entry int32
	label bool
}

// Index finds entries of a long list by what doctors type. It is immutable.
type Index struct {
	r       *Reader
	entries []Entry
	labels  []string // tight label of each entry
	names   []entryName
	exact   map[string][]int32  // tight name → names
	pairs   map[[2]rune][]int32 // two neighbouring characters → names, ascending
	places  map[string]bool     // notes of entries, normalised
	longest int                 // bytes of the longest name
}

// NewIndex prepares entries; do it once a list.
func (r *Reader) NewIndex(entries []Entry) *Index {
	ix := &Index{r: r, entries: entries, exact: make(map[string][]int32, len(entries)), pairs: map[[2]rune][]int32{}, places: map[string]bool{}}
	for i, e := range entries {
		ix.labels = append(ix.labels, squeeze(r.Normalise(e.Label)))
		ix.add(e.Label, i, true)
		if place := r.Normalise(e.Note); place != "" {
			ix.places[place] = true
		}
		for _, a := range e.Aka {
			ix.add(a, i, false)
		}
	}
	return ix
}

func (ix *Index) add(text string, entry int, label bool) {
	n := squeeze(ix.r.Normalise(text))
	if n == "" {
		return
	}
	id := int32(len(ix.names))
	ix.names = append(ix.names, entryName{n, int32(entry), label})
	ix.exact[n] = append(ix.exact[n], id)
	ix.longest = max(ix.longest, len(n))
	prev := rune(-1)
	for _, c := range n {
		if prev >= 0 {
			key := [2]rune{prev, c}
			if list := ix.pairs[key]; len(list) == 0 || list[len(list)-1] != id {
				ix.pairs[key] = append(list, id)
			}
		}
		prev = c
	}
}

// Len is the number of entries.
func (ix *Index) Len() int { return len(ix.entries) }

// Entry returns entry i, as Candidates count them.
func (ix *Index) Entry(i int) Entry { return ix.entries[i] }

// Names reports that text is exactly a name of an entry.
func (ix *Index) Names(text string) bool {
	return len(ix.exact[squeeze(ix.r.Normalise(text))]) > 0
}

// Find reads the name of an entry; the value is its ID. A whole name wins, with
// or without the word hospital; a part of one entry only is offered; otherwise the best candidates (at most limit) are named and Note more
// counts the rest.
func (ix *Index) Find(text string, limit int) Reading {
	folded := ix.r.fold(text)
	if utf8.RuneCountInString(folded) > 2*maxText || limit < 1 {
		return Reading{Status: Unclear}
	}
	read := func(s string) Reading { return ix.findOnce(s, limit) }
	rd := ix.r.mend(folded, read(folded), read, nil)
	if rd.Status == OK {
		return rd
	}
	if now, ok := ix.r.moved(folded, read); ok {
		return now
	}
	return rd
}

func (ix *Index) findOnce(folded string, limit int) Reading {
	n := trimOuter(folded)
	if n == "" || utf8.RuneCountInString(n) > maxText {
		return Reading{Status: Unclear}
	}
	rd := ix.find(n, limit)
	if rd.Status == Offer && ix.r.undecided(n) {
		return Reading{Status: Unclear, Candidates: rd.Candidates}
	}
	if rd.Status == OK && ix.r.asked(folded) {
		return asOffer(rd, "question")
	}
	return rd
}

func (ix *Index) find(n string, limit int) Reading {
	for _, f := range ix.forms(n) {
		t := squeeze(f)
		if rd, ok := ix.whole(t, limit); ok {
			return rd
		}
		if rd, ok := ix.placed(t); ok {
			return rd
		}
		if utf8.RuneCountInString(t) < 2 {
			continue
		}
		if containsWhole(t, ix.r.w.IndexGeneric) {
			return refuse(Generic, "got", t)
		}
		if rd, ok := ix.containing(t, limit); ok {
			return rd
		}
	}
	if rd, ok := ix.insideText(squeeze(n), limit); ok {
		return rd
	}
	return ix.nearly(squeeze(n), limit)
}

// forms are the text and what is left without words around a name.
func (ix *Index) forms(n string) []string {
	out := []string{n}
	front := n
	for range 3 {
		cut := stripOne(front, ix.r.w.IndexFillers)
		if cut == front {
			break
		}
		front = cut
		out = append(out, front)
	}
	for range 2 {
		cut := cutAnySuffix(front, ix.r.w.IndexFillers)
		if cut == front {
			break
		}
		front = cut
		out = append(out, front)
	}
	return out
}

// whole takes a label; another name only if it is no part of other entries.
func (ix *Index) whole(t string, limit int) (Reading, bool) {
	ids := ix.exact[t]
	if len(ids) == 0 {
		return Reading{}, false
	}
	set, label := []int{}, -1
	for _, id := range ids {
		nm := ix.names[id]
		set = addOption(set, int(nm.entry))
		if nm.label {
			label = int(nm.entry)
		}
	}
	if len(set) == 1 && label >= 0 {
		return ix.taken(label, "exact"), true
	}
	all := ix.having(t)
	if len(set) == 1 && ix.ownName(t, set[0], all) {
		return ix.taken(set[0], "exact"), true
	}
	if len(all) <= maxMatches {
		for _, e := range all {
			set = addOption(set, e)
		}
	}
	return ix.several(set, t, limit), true
}

// containing finds the entries of which t is a part.
func (ix *Index) containing(t string, limit int) (Reading, bool) {
	set := ix.having(t)
	switch {
	case len(set) == 0:
		return Reading{}, false
	case len(set) > 1:
		return ix.several(set, t, limit), true
	case ix.telling(t) && ix.nearlyWhole(t, set[0]):
		return ix.taken(set[0], "part"), true
	default:
		return asOffer(ix.taken(set[0], "part"), "fuzzy"), true
	}
}

// telling reports that something is left of t when general words are removed.
func (ix *Index) telling(t string) bool {
	for _, g := range ix.r.w.IndexGeneric {
		t = strings.ReplaceAll(t, g, "")
	}
	return utf8.RuneCountInString(t) >= 2
}

// nearlyWhole reports that t is a name of the entry but for a word like
// hospital at the end, on either side.
func (ix *Index) nearlyWhole(t string, entry int) bool {
	for _, suffix := range ix.r.w.IndexSuffixes {
		base, _ := strings.CutSuffix(t, suffix)
		for _, s := range []string{base, base + suffix} {
			for _, id := range ix.exact[s] {
				if int(ix.names[id].entry) == entry {
					return true
				}
			}
		}
	}
	return false
}

// having lists the entries one of whose names contains t, in order.
func (ix *Index) having(t string) []int {
	list := ix.rarest(t)
	var set []int
	last := -1
	for _, id := range list {
		nm := ix.names[id]
		if int(nm.entry) != last && strings.Contains(nm.text, t) {
			last = int(nm.entry)
			set = append(set, last)
		}
	}
	return set
}

// rarest returns the shortest list of names that hold a pair of neighbouring
// characters of t; nil when some pair occurs nowhere.
func (ix *Index) rarest(t string) []int32 {
	var best []int32
	prev, first := rune(-1), true
	for _, c := range t {
		if prev >= 0 {
			list := ix.pairs[[2]rune{prev, c}]
			if len(list) == 0 {
				return nil
			}
			if first || len(list) < len(best) {
				best, first = list, false
			}
		}
		prev = c
	}
	return best
}

func (ix *Index) taken(i int, how string) Reading {
	e := ix.entries[i]
	return Reading{Status: OK, Value: cond.Text(e.ID), Label: e.Label, How: how, Candidates: []int{i}}
}

// several names the best candidates: those that begin with t, then the
// shortest, then by order.
func (ix *Index) several(set []int, t string, limit int) Reading {
	rank := func(e int) (int, int) {
		begins := 1
		if strings.HasPrefix(ix.labels[e], t) {
			begins = 0
		}
		return begins, len(ix.labels[e])
	}
	if len(set) > maxMatches {
		return refuse(Generic, "got", t, "count", strconv.Itoa(len(set)))
	}
	slices.SortStableFunc(set, func(a, b int) int {
		ba, la := rank(a)
		bb, lb := rank(b)
		return cmp.Or(cmp.Compare(ba, bb), cmp.Compare(la, lb))
	})
	rd := Reading{Status: Ambiguous, How: "part", Candidates: set[:min(limit, len(set))]}
	if more := len(set) - limit; more > 0 {
		rd.Note = map[string]string{"more": strconv.Itoa(more)}
	}
	return rd
}

// insideText finds whole names of four characters or more in a sentence.
func (ix *Index) insideText(t string, limit int) (Reading, bool) {
	var set []int
	var around strings.Builder
	start := true // nothing but words around a name stands before it
	for i := 0; i < len(t); {
		best := ""
		for j := min(len(t), i+ix.longest); j > i; j-- {
			if utf8.RuneStart(byteAt(t, j)) && len(ix.exact[t[i:j]]) > 0 && utf8.RuneCountInString(t[i:j]) >= 4 {
				best = t[i:j]
				break
			}
		}
		if best == "" {
			_, size := utf8.DecodeRuneInString(t[i:])
			around.WriteString(t[i : i+size])
			i += size
			continue
		}
		for _, id := range ix.exact[best] {
			set = addOption(set, int(ix.names[id].entry))
		}
		start = start && ix.r.ixFill.covers(around.String())
		around.WriteByte(' ')
		i += len(best)
	}
	switch {
	case len(set) == 0:
		return Reading{}, false
	case ix.r.denies(around.String()):
		return refuse(Unclear, "reason", "negation"), true
	case len(set) > 1:
		return ix.several(set, t, limit), true
	case ix.r.ixFill.covers(around.String()), start && ix.r.ward(around.String()), ix.ownWords(around.String(), set[0]):
		return ix.taken(set[0], "inside"), true
	default:
		return asOffer(ix.taken(set[0], "inside"), "sentence"), true
	}
}

func byteAt(s string, i int) byte {
	if i >= len(s) {
		return 0
	}
	return s[i]
}
