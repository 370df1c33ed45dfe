package answer

import (
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// YesNo reads the answer to a yes-or-no question; the value is the code yes or
// no. labels are the printed words for yes and for no. Only a whole text
// counts: a known word, a label or its beginning, the number 1 or 2 or a
// letter, or several words of the same side. Anything with both sides in it,
// and any question, is Unclear.
func (r *Reader) YesNo(text string, labels [2]string) Reading {
	side, how := r.side(text, labels, r.sets.yes, r.sets.no, nil, true)
	return sideReading(side, how, [2]string{"yes", "no"}, labels)
}

// Consent reads the answer to a question of consent; the value is the code
// agree or refuse. It is YesNo without the thin words (a hum, emoji) and
// without beginnings of labels: consent is never guessed.
func (r *Reader) Consent(text string, agree, refuse string) Reading {
	labels := [2]string{agree, refuse}
	side, how := r.side(text, labels, r.sets.yes, r.sets.no, r.sets.notConsent, false)
	return sideReading(side, how, [2]string{"agree", "refuse"}, labels)
}

// Sides of a yes-or-no question.
const (
	sideNone = -1
	sideYes  = 0
	sideNo   = 1
)

func sideReading(side int, how string, codes, labels [2]string) Reading {
	if side == sideNone {
		return Reading{Status: Unclear}
	}
	return Reading{Status: OK, Value: cond.Text(codes[side]), Label: labels[side], How: how, Candidates: []int{side}}
}

func (r *Reader) side(text string, labels [2]string, yes, no, except map[string]bool, beginnings bool) (int, string) {
	folded := r.fold(text)
	side, how := r.sideOnce(folded, labels, yes, no, except, beginnings)
	if side != sideNone {
		return side, how
	}
	core, gone := r.bare(folded)
	if core == folded {
		return sideNone, ""
	}
	side, how = r.sideOnce(core, labels, yes, no, except, beginnings)
	for _, f := range r.w.Farewells {
		if side == sideNo && yes[f] && strings.Contains(gone, f) {
			return sideNone, "" // no, with a sign that is a yes alone
		}
	}
	return side, how
}

func (r *Reader) sideOnce(folded string, labels [2]string, yes, no, except map[string]bool, beginnings bool) (int, string) {
	n := trimOuter(folded)
	names := [2]string{r.Normalise(labels[0]), r.Normalise(labels[1])}
	for i, l := range names {
		if l != "" && n == l && names[0] != names[1] && !strings.HasSuffix(strings.TrimRight(folded, " "), "?") {
			return i, "label"
		}
	}
	if n == "" || utf8.RuneCountInString(n) > 40 || r.asked(folded) {
		return sideNone, ""
	}
	s := sides{r: r, names: names, yes: yes, no: no, except: except, beginnings: beginnings}
	s.inverted = no[names[0]] || yes[names[1]] || r.denies(names[0]) && !r.denies(names[1]) || r.beginsNegative(names[0])
	if containsWhole(n, r.w.NotYesNo) {
		return sideNone, ""
	}
	if side, how := s.whole(n); side != sideNone {
		return side, how
	}
	if side := s.pair(n); side != sideNone {
		return side, "pair"
	}
	if side, how := s.stressed(n); side != sideNone {
		return side, how
	}
	return s.composed(n)
}

type sides struct {
	r          *Reader
	names      [2]string
	yes, no    map[string]bool
	except     map[string]bool
	beginnings bool
	inverted   bool // the label for yes is a word for no: common words say nothing
	wordsOnly  bool // no numbers or letters (parts of a longer answer)
}

// stressed reads a no with words before it that change nothing (never used), a
// label for yes with words behind it that say how much, and either label
// behind a clause that only says the thing is known.
func (s *sides) stressed(n string) (int, string) {
	rest := stripOne(n, s.r.w.NoLeads)
	if rest != n && s.r.beginsNegative(rest) {
		return s.whole(rest)
	}
	if s.names[0] == "" || s.inverted {
		return sideNone, ""
	}
	if amount, ok := strings.CutPrefix(n, s.names[0]); ok && containsWhole(amount, s.r.w.Amounts) {
		return sideYes, "label"
	}
	if known, after, ok := strings.Cut(n, ","); ok && containsWhole(strings.TrimSpace(known), s.r.w.HeardOf) {
		if side, how := s.whole(trimOuter(after)); how == "label" {
			return side, how
		}
	}
	return sideNone, ""
}

// beginsNegative reports a label that begins with a negation.
func (r *Reader) beginsNegative(label string) bool {
	for _, w := range r.w.Negation {
		if strings.HasPrefix(label, w) {
			return true
		}
	}
	return false
}

// whole reads a text that is one word of one side.
func (s *sides) whole(n string) (int, string) {
	for _, f := range s.forms(n) {
		for i, l := range s.names {
			if l != "" && s.r.sameWords(f) == s.r.sameWords(l) {
				return i, "label"
			}
		}
		word := s.word(f)
		begin := s.beginning(f)
		switch {
		case word != sideNone && begin != sideNone && word != begin:
			return sideNone, ""
		case word != sideNone:
			return word, "word"
		case begin != sideNone:
			return begin, "prefix"
		}
		if side := s.mark(f); side != sideNone {
			return side, "number"
		}
		if side := s.piece(f); side != sideNone {
			return side, "part"
		}
	}
	return sideNone, ""
}

// sameWords writes words that have two forms in one of them.
func (r *Reader) sameWords(s string) string {
	for _, w := range keys(r.w.SameWords) {
		s = strings.ReplaceAll(s, w, r.w.SameWords[w])
	}
	return s
}

// piece finds the one label of which f is two characters or more and has the
// same polarity.
func (s *sides) piece(f string) int {
	if !s.beginnings || utf8.RuneCountInString(f) < 2 {
		return sideNone
	}
	for i, l := range s.names {
		if strings.Contains(l, f) && !strings.Contains(s.names[1-i], f) && s.r.denies(l) == s.r.denies(f) {
			return i
		}
	}
	return sideNone
}

// forms are the text and what is left without particles and pronouns.
func (s *sides) forms(n string) []string {
	out := []string{n}
	if back := s.r.stripBack(n); back != n {
		out = append(out, back)
	}
	for _, p := range s.r.w.Pronouns {
		if rest, ok := strings.CutPrefix(n, p); ok && rest != "" {
			out = append(out, trimOuter(rest), s.r.stripBack(trimOuter(rest)))
			break
		}
	}
	return out
}

func (s *sides) word(f string) int {
	switch {
	case s.inverted || s.except[f]:
		return sideNone
	case s.yes[f]:
		return sideYes
	case s.no[f]:
		return sideNo
	default:
		return sideNone
	}
}

// beginning finds the one label that begins with f: two characters, or one
// that the other label does not contain.
func (s *sides) beginning(f string) int {
	if !s.beginnings {
		return sideNone
	}
	found := sideNone
	for i, l := range s.names {
		if !strings.HasPrefix(l, f) || f == l {
			continue
		}
		if utf8.RuneCountInString(f) < 2 && strings.Contains(s.names[1-i], f) {
			continue
		}
		if rest := l[len(f):]; s.r.denies(rest) && !s.r.denies(f) {
			continue
		}
		if found != sideNone {
			return sideNone
		}
		found = i
	}
	return found
}

// mark reads 1 and 2, the first and the second, a and b.
func (s *sides) mark(f string) int {
	if s.wordsOnly {
		return sideNone
	}
	core, _, _ := s.r.w.cutOrdinal(f)
	if core == "a" || core == "b" {
		return int(core[0] - 'a')
	}
	if n, ok := s.r.position(core); ok && (n == 1 || n == 2) {
		return n - 1
	}
	return sideNone
}

// pair reads the number and the word of one side together.
func (s *sides) pair(n string) int {
	if len(n) < 2 || !strings.ContainsRune("12ab", rune(n[0])) || isAlnum(n[1]) {
		return sideNone
	}
	s.wordsOnly = true
	side, _ := s.whole(trimMark(n[1:]))
	s.wordsOnly = false
	if side != sideNone && s.mark(n[:1]) == side {
		return side
	}
	return sideNone
}

// composed reads several words that are all of one side, apart or repeated.
func (s *sides) composed(n string) (int, string) {
	parts := strings.FieldsFunc(n, func(c rune) bool { return c == ' ' || isPunct(c) })
	if len(parts) == 1 {
		if unit := repeated(n); unit != "" {
			parts = []string{unit}
		} else {
			return sideNone, ""
		}
	}
	if len(parts) > 4 {
		return sideNone, ""
	}
	s.wordsOnly, s.beginnings = true, false
	all := sideNone
	for _, p := range parts {
		side, _ := s.whole(p)
		if side == sideNone {
			if unit := repeated(p); unit != "" {
				side, _ = s.whole(unit)
			}
		}
		if side == sideNone || (all != sideNone && all != side) {
			return sideNone, ""
		}
		all = side
	}
	return all, "words"
}

// repeated returns the word that s repeats two to six times, else "".
func repeated(s string) string {
	rs := []rune(s)
	for size := 1; size <= len(rs)/2 && size <= 4; size++ {
		if len(rs)%size != 0 || len(rs)/size > 6 {
			continue
		}
		unit := string(rs[:size])
		if strings.Repeat(unit, len(rs)/size) == s {
			return unit
		}
	}
	return ""
}

// Unknown reports an accepted "don't know": the author's label or one of the
// common words.
func (r *Reader) Unknown(text, label string) bool {
	n := r.Normalise(text)
	l := r.Normalise(label)
	for _, f := range []string{n, r.stripBack(n), stripOne(n, r.w.Pronouns)} {
		if f != "" && (f == l || r.sets.unknown[f]) {
			return true
		}
	}
	return false
}
