package guard

import (
	"unicode"
	"unicode/utf8"
)

// reading is a text prepared for the rules.
type reading struct {
	text   string
	runes  []rune // folded: half width, lower case, simplified, without blanks and marks that nobody sees
	at     []int  // byte of the text at which each of them begins, and the end of the text
	gap    []bool // a blank stood before
	clause []int
	sent   []int
	asks   map[int]bool // sentence → it is a question
	marks  []mark
	parts  []mark // words of the second lexicon, see compose
	base   *base
	ctx    Context
	seen   class // all classes of the text
}

// maxRunes bounds what is looked at: nobody types more, and a page that was pasted is cut, not refused.
const maxRunes = 4000

// fold reads the text. Digits in circles and other signs stay as they are: no rule needs them.
func (t *reading) fold(text string) {
	t.text = text
	t.runes, t.at, t.gap = make([]rune, 0, len(text)/2), make([]int, 0, len(text)/2), make([]bool, 0, len(text)/2)
	blank := false
	for i, r := range text {
		switch {
		case len(t.runes) == maxRunes:
			t.at = append(t.at, i)
			return
		case r >= 0xff01 && r <= 0xff5e:
			r -= 0xfee0
		case r == '\n', r == '\r', r == 0x2028:
			r = '\n'
		case unicode.IsSpace(r):
			blank = true
			continue
		case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2064, r == 0xfeff, r == 0xad, r == utf8.RuneError, r < 0x20:
			continue
		}
		r = unicode.ToLower(r)
		if s, ok := t.base.simple[r]; ok {
			r = s
		}
		t.runes, t.at, t.gap = append(t.runes, r), append(t.at, i), append(t.gap, blank)
		blank = false
	}
	t.at = append(t.at, len(text))
}

// breaks sorts punctuation: 2 ends a sentence, 1 a clause.
func breaks(r rune) int {
	switch r {
	case '.', '!', '?', ';', '\n', 0x3002, 0xff61, 0x2026:
		return 2
	case ',', ':', '~', 0x2014:
		return 1
	}
	return 0
}

// split numbers the clauses and sentences. A full stop between digits is a decimal point. A blank ends a clause when both sides are longer than a
// character typed apart.
func (t *reading) split() {
	n := len(t.runes)
	t.clause, t.sent, t.asks = make([]int, n), make([]int, n), map[int]bool{}
	clause, sentence, run := 0, 0, 0
	for i, r := range t.runes {
		if t.gap[i] && run > 1 && t.ahead(i) > 1 && !latin(r) && !latin(t.runes[i-1]) {
			clause++
			run = 0
		}
		t.clause[i], t.sent[i] = clause, sentence
		run++
		level := breaks(r)
		if r == '.' && i > 0 && i+1 < n && digit(t.runes[i-1]) && digit(t.runes[i+1]) {
			level = 0
		}
		if level == 0 {
			continue
		}
		if r == '?' {
			t.asks[sentence] = true
		}
		clause++
		run = 0
		if level == 2 {
			sentence++
		}
	}
}

// ahead is how many runes stand without a blank or a break from i on.
func (t *reading) ahead(i int) int {
	n := 1
	for j := i + 1; j < len(t.runes) && !t.gap[j] && breaks(t.runes[j]) == 0; j++ {
		n++
	}
	return n
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// mark is a word of the lexicon in the text.
type mark struct {
	from, to int // runes
	is       class
	clause   int
	sent     int
	made     bool // composed of words, see compose
}

// find marks the words from left to right; of several that begin together the longest counts, and none begins inside another.
func (t *reading) find(lexicons ...*lexicon) {
	for i := range t.runes {
		if n, _ := t.base.asks.longest(t, i); n > 0 {
			t.asks[t.sent[i]] = true
		}
	}
	extra, last := 0, 0 // a "but" begins another clause
	for i := 0; i < len(t.runes); {
		if t.clause[i] != last {
			extra, last = 0, t.clause[i]
		}
		best, is := 0, class(0)
		for _, l := range lexicons {
			n, c := l.longest(t, i)
			switch {
			case n > best:
				best, is = n, c
			case n == best:
				is |= c
			}
		}
		if best == 0 {
			i++
			continue
		}
		if is&neg != 0 {
			best, is = t.shorter(i, best, is)
		}
		if is&but != 0 {
			extra++
		}
		t.marks = append(t.marks, mark{from: i, to: i + best, is: is, clause: t.clause[i]*8 + min(extra, 7), sent: t.sent[i]})
		t.seen |= is
		i += best
	}
}

// shorter is a denial without the character with which a complaint, or a word that denies nothing, begins: "also not" before "no strength".
func (t *reading) shorter(from, n int, is class) (int, class) {
	for cut := 1; cut < n; cut++ {
		m, c := t.base.words.longest(t, from+cut)
		if m == 0 || c != 0 && c&occurs == 0 || from+cut+m <= from+n || !t.letter("denying", t.runes[from+cut]) {
			continue
		}
		return cut, 0
	}
	return n, is
}
