package flows

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkLabels: labels that hold one another, numbering with gaps, and options which lack what their words promise.
func checkLabels(c *checker) {
	c.questions(func(_ *Flow, s *Step, q *Question) {
		if q.reader == nil || q.Type == "lookup" {
			return
		}
		c.labelsWithin(q, s)
		c.keyGaps(q, s)
		c.promises(q, s)
	})
}

// labelsWithin files a label that begins another one, or stands in it without a word before it that the answer reader tells apart.
func (c *checker) labelsWithin(q *Question, s *Step) {
	for i := range q.Choices {
		short := c.lib.reader.Normalise(q.Choices[i].Label)
		if utf8.RuneCountInString(short) < 2 {
			continue
		}
		for j := range q.Choices {
			long := c.lib.reader.Normalise(q.Choices[j].Label)
			before, after, ok := strings.Cut(long, short)
			if i == j || !ok || long == short || numberGoesOn(before, short, after) {
				continue
			}
			if before == "" {
				c.add(c.choice(q, s, j), "label_begins", "a", q.Choices[i].Label, "b", q.Choices[j].Label)
			} else if !slices.ContainsFunc(theWording().ToldApart, func(w string) bool { return strings.HasSuffix(before, w) }) {
				c.add(c.choice(q, s, j), "label_within", "a", q.Choices[i].Label, "b", q.Choices[j].Label)
			}
		}
	}
}

// numberGoesOn reports that a piece is cut out of a longer number or word of letters: 5 in 15, A in AB.
func numberGoesOn(before, piece, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(piece)
	end, _ := utf8.DecodeLastRuneInString(piece)
	next, _ := utf8.DecodeRuneInString(after)
	joined := func(a, b rune) bool {
		return a != utf8.RuneError && b != utf8.RuneError && a < unicode.MaxASCII && b < unicode.MaxASCII &&
			(unicode.IsDigit(a) && (unicode.IsDigit(b) || b == '.') || unicode.IsLetter(a) && unicode.IsLetter(b) || a == '.' && unicode.IsDigit(b))
	}
	return joined(last, first) || joined(end, next)
}

// keyGaps files own keys that leave numbers out. A key that questionnaires use for "not known" may stand apart, and so may the last options.
func (c *checker) keyGaps(q *Question, s *Step) {
	written := false
	for i := range q.Choices {
		written = written || q.Choices[i].Key != ""
	}
	if !written {
		return
	}
	last, have := 0, false
	for i := range q.Choices {
		n, err := strconv.Atoi(q.reader.Mark(i))
		if err != nil {
			return // letters and the like have no gaps that doctors would miss
		}
		apart := q.Choices[i].Last || q.Choices[i].Only || (i == len(q.Choices)-1 && contains(theWording().OddKeys, q.Choices[i].Key))
		if have && n != last+1 && n != last-1 && n != last && !apart {
			c.add(c.choice(q, s, i), "key_gap", "before", strconv.Itoa(last), "key", q.reader.Mark(i))
			return
		}
		last, have = n, true
	}
}

// promises files an "other" that takes no words, and a "none of these" that may be chosen beside others.
func (c *checker) promises(q *Question, s *Step) {
	w := theWording()
	for i := range q.Choices {
		o := &q.Choices[i]
		label := strings.TrimRight(strings.Map(dropMarks, c.lib.reader.Normalise(o.Label)), " ")
		if q.Type == "one" && o.Text == "" && o.Goto == "" && o.Say == nil && contains(w.Other, label) {
			c.add(c.choice(q, s, i), "other_without_text", "label", o.Label)
		}
		if q.Type == "many" && !o.Only && (contains(w.None, label) || contains(w.NoneCodes, o.Code)) {
			c.add(c.choice(q, s, i), "none_without_only", "label", o.Label)
		}
	}
}

// dropMarks takes punctuation out of a label.
func dropMarks(r rune) rune {
	if unicode.IsPunct(r) {
		return -1
	}
	return r
}
