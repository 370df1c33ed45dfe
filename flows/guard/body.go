package guard

import "fmt"

// bodyFile holds the second lexicon.
const bodyFile = "body.yaml"

// Classes of the second lexicon (data/body.yaml). They are of the same type as the others and never meet them.
const (
	part    class = 1 << iota // of the body, what leaves it, what it does
	sign                      // what may be wrong with it
	grow                      // "comes up", "full of"
	lump                      // spots, blisters
	appear                    // "appeared", "complains of"
	away                      // an excuse, the doctor's own life
	about                     // behind an event: a talk about it
	having                    // behind an event: those who have it
	however                   // "but" at the beginning of a clause
	late                      // "only then", before a relief
	fuss                      // the patient wants the money back, the doctor reports something
)

// bodyGroups names the classes of data/body.yaml.
var bodyGroups = map[string]class{"part": part, "sign": sign, "grow": grow, "lump": lump, "appear": appear, "away": away, "about": about, "having": having, "fuss": fuss, "however": however, "late": late, "plain": 0}

// Runes that may stand between a part of the body and what is wrong with it: many behind a word, few behind a single character, which often belongs to
// something else.
const (
	reach      = 7
	reachShort = 2
	reachLump  = 5
)

// compose finds complaints that no list holds: a part of the body and what is wrong with it, something that grows, an act that the body cannot do. Each
// becomes a mark like a weak word, which counts only where a medicine is spoken of.
func (t *reading) compose() {
	t.parts = t.scan(t.base.body)
	parts := t.parts
	for i, p := range parts {
		for _, s := range parts[i+1:] {
			if t.clause[s.from] != t.clause[p.from] || s.from-p.to > reach {
				break
			}
			if t.belongs(p, s) {
				t.insert(p.from, s.to)
				break
			}
		}
	}
	for i := range t.runes {
		if from, to := t.helpless(i); to > from && !t.covered(parts, i) {
			t.insert(from, to)
		}
	}
}

// helpless is where characters say that the body cannot do something ("cannot walk"), or that something is bad ("vomits until", "keeps coughing").
func (t *reading) helpless(i int) (from, to int) {
	next := func(set string, at int) bool { return at < len(t.runes) && t.letter(set, t.runes[at]) }
	switch {
	case i > 0 && t.letter("inside", t.runes[i]) && t.letter("acts", t.runes[i-1]) && next("results", i+1):
		return i - 1, i + 2
	case t.letter("ailing", t.runes[i]) && next("so", i+1), t.letter("very", t.runes[i]) && next("ailing", i+1):
		return i, i + 2
	}
	return 0, 0
}

// belongs tells whether two words make a complaint.
func (t *reading) belongs(p, s mark) bool {
	gap := s.from - p.to
	switch {
	case p.is&grow != 0 && s.is&lump != 0:
		return gap <= reachLump
	case p.is&part != 0 && s.is&sign != 0 && p.to-p.from > 1:
		return true
	case p.is&part != 0 && s.is&sign != 0:
		return gap <= reachShort
	case p.is&sign != 0 && s.is&part != 0:
		return gap == 0 && p.to-p.from > 1 && s.to-s.from > 1
	}
	return false
}

// scan marks the words of one lexicon from left to right, the longest first; words of class 0 only keep their parts from being heard.
func (t *reading) scan(l *lexicon) []mark {
	var out []mark
	for i := 0; i < len(t.runes); {
		n, is := l.longest(t, i)
		if n == 0 {
			i++
			continue
		}
		out = append(out, mark{from: i, to: i + n, is: is, clause: t.clause[i], sent: t.sent[i]})
		i += n
	}
	return out
}

// covered: a plain word stands over the place.
func (t *reading) covered(parts []mark, at int) bool {
	for _, p := range parts {
		if p.is == 0 && p.from <= at && p.to > at {
			return true
		}
	}
	return false
}

// decided are the words that other rules judge.
const decided = occurs | noEffect | lab | population | elsewhere

// insert puts a complaint among the marks, unless a word there decides already: one that can be an adverse event, or a denial between its two parts.
func (t *reading) insert(from, to int) {
	at, clause := 0, t.clause[from]*8
	kept := t.marks[:0:0]
	for _, m := range t.marks {
		over := m.from < to && m.to > from
		if over && (m.is&decided != 0 || m.is&quality != 0 && t.inClause(m.clause, pack)) || over && m.is&neg != 0 && m.from > from && m.to < to && m.to-m.from > 1 {
			return
		}
		if m.to <= from {
			at = len(kept) + 1
			if m.clause/8 == t.clause[from] {
				clause = m.clause
			}
		}
		if !over || m.is&(take|drug|own|patient|specific|when) != 0 && m.from < from {
			kept = append(kept, m)
		}
	}
	m := mark{from: from, to: to, is: weak, clause: clause, sent: t.sent[from], made: true}
	t.marks = append(kept[:at], append([]mark{m}, kept[at:]...)...)
	t.seen |= weak
}

// readBody reads the second lexicon.
func (b *base) readBody(file map[string]any) error {
	for group, value := range file {
		switch is, ok := bodyGroups[group]; {
		case group == "acts", group == "results", group == "ailing", group == "so", group == "very":
			b.letters[group] = []rune(fmt.Sprint(value))
		case !ok:
			return fmt.Errorf("reading %s: unknown group %q", bodyFile, group)
		default:
			for _, w := range flat(value) {
				b.body.add(b.folded(w), is)
			}
		}
	}
	return nil
}
