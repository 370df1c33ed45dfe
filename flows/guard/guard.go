package guard

import (
	"slices"
	"strings"
)

// Options are what a house adds to the shipped words.
type Options struct {
	Products []string // names of its medicines, brand and generic
	Uses     []string // what they are approved for: a question about something else is outside the label
}

// Guard hears. It is immutable and safe for concurrent use.
type Guard struct {
	base  *base
	house *lexicon
}

// New makes a guard.
func New(o Options) *Guard {
	g := &Guard{base: shipped(), house: newLexicon()}
	for _, name := range o.Products {
		g.add(name, own)
	}
	for _, name := range o.Uses {
		g.add(name, approved)
	}
	return g
}

func (g *Guard) add(text string, is class) {
	if w := g.base.folded(text); w != "" {
		g.house.add(w, is)
	}
}

// Detect hears a text. The findings stand in the order of the text.
func (g *Guard) Detect(text string, ctx Context) []Finding {
	t := g.read(text, ctx)
	if len(t.marks) == 0 && !t.numbers() {
		return nil
	}
	out := t.events()
	special := t.specials(out)
	out = append(untold(out, special), special...)
	out = append(out, t.identities()...)
	out = append(out, t.talk()...)
	out = append(out, t.questions(out)...)
	slices.SortStableFunc(out, func(a, b Finding) int { return a.From - b.From })
	return out
}

// untold leaves out remarks of unknown meaning that turned out to be a special situation.
func untold(events, special []Finding) []Finding {
	return slices.DeleteFunc(events, func(e Finding) bool {
		return slices.Contains(open, e.Why) && slices.ContainsFunc(special, func(s Finding) bool { return s.Kind == Special && s.From >= e.From && s.To <= e.To })
	})
}

func (g *Guard) read(text string, ctx Context) *reading {
	t := &reading{base: g.base, ctx: ctx}
	t.fold(text)
	t.split()
	t.find(g.base.words, g.house)
	t.compose()
	return t
}

// Mask hides what findings of Identity show of a patient: of a name the first character stays, of a number its length. It is the text itself when there
// is none.
func Mask(text string, found []Finding) string {
	var b strings.Builder
	last := 0
	for _, f := range found {
		if f.Kind != Identity || f.From < last {
			continue
		}
		b.WriteString(text[last:f.From])
		for i, r := range text[f.From:f.To] {
			if i == 0 && f.Sort == Name {
				b.WriteRune(r)
				continue
			}
			b.WriteByte('*')
		}
		last = f.To
	}
	if last == 0 {
		return text
	}
	b.WriteString(text[last:])
	return b.String()
}

// finding is a finding over runes from (inclusive) to (exclusive).
func (t *reading) finding(kind Kind, from, to int, why string) Finding {
	return Finding{Kind: kind, From: t.at[from], To: t.at[to], Why: why}
}

// has tells whether a clause holds a word of a class within runes from to.
func (t *reading) has(is class, from, to int) bool {
	return slices.ContainsFunc(t.marks, func(m mark) bool { return m.is&is != 0 && m.from >= from && m.to <= to })
}

// inSentence tells whether the sentence holds a word of a class.
func (t *reading) inSentence(sent int, is class) bool {
	return slices.ContainsFunc(t.marks, func(m mark) bool { return m.sent == sent && m.is&is != 0 })
}

// inClause tells whether the clause holds a word of a class.
func (t *reading) inClause(clause int, is class) bool {
	return slices.ContainsFunc(t.marks, func(m mark) bool { return m.clause == clause && m.is&is != 0 })
}

// letter tells whether a rune belongs to a set of the data files.
func (t *reading) letter(set string, r rune) bool { return slices.Contains(t.base.letters[set], r) }

// asked tells whether the sentence is a question.
func (t *reading) asked(sent int) bool { return t.asks[sent] || t.inSentence(sent, ask) }
