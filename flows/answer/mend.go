package answer

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// reread reads a folded text as the answer to one question.
type reread func(folded string) Reading

// weigh judges a corrected answer: what was said first, what stands now, and
// how the latter was typed. It returns the reading that is to stand.
type weigh func(before, now Reading, typed string) Reading

// mend reads a text once more that no rung took: without greetings, thanks and
// small pictures, then as a correction. A correction is only taken when both
// the wrong and the right answer are clear by themselves and differ.
func (r *Reader) mend(folded string, rd Reading, read reread, judge weigh) Reading {
	if rd.Status == OK {
		return rd
	}
	if core, _ := r.bare(folded); core != folded {
		again := read(core)
		if again.Status == OK {
			return again
		}
		if rd.Status == Unclear {
			rd = again
		}
		folded = core
	}
	if r.asked(folded) {
		return rd
	}
	if fixed, ok := r.corrected(folded, read, judge); ok {
		return fixed
	}
	return rd
}

// bare takes greetings off the front of a folded text, thanks and small
// pictures off its end; gone is what was taken off the end. A text that is
// nothing else stays whole.
func (r *Reader) bare(folded string) (core, gone string) {
	s := folded
	for range 2 {
		for _, g := range r.w.Greetings {
			if rest, ok := strings.CutPrefix(s, g); ok && pauses(rest) {
				s = trimPause(rest)
				break
			}
		}
	}
	front := s
	for range maxLettered {
		cut := strings.TrimRightFunc(s, isPause)
		for _, f := range r.w.Farewells {
			if rest, ok := strings.CutSuffix(cut, f); ok && trimPause(rest) != "" {
				s = strings.TrimRightFunc(rest, isPause)
				break
			}
		}
		if len(s) >= len(cut) {
			break
		}
	}
	return s, front[len(s):]
}

// isPause reports a blank or a sign between clauses that asks nothing.
func isPause(c rune) bool {
	return c == ' ' || c == ',' || c == ';' || c == '.' || c == '!' || c == '~' || c == ':' || c == 0x3002 || c == 0x3001
}

func pauses(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return s != "" && isPause(c)
}

func trimPause(s string) string { return strings.TrimFunc(s, isPause) }

// corrected reads "1, no, 2", "not 1 but 2" and "2, not 1".
func (r *Reader) corrected(folded string, read reread, judge weigh) (Reading, bool) {
	wrong, right, ok := r.retold(folded)
	if !ok {
		wrong, right, ok = r.notThis(folded)
	}
	if !ok || wrong == "" || right == "" {
		return Reading{}, false
	}
	before := read(wrong)
	if before.Status != OK {
		return Reading{}, false
	}
	now := read(right)
	if now.Status != OK && now.Status != Offer || now.Value == before.Value {
		return Reading{}, false
	}
	if judge != nil {
		now = judge(before, now, right)
	}
	return now, true
}

// retold cuts a text at the last word that takes back what stands before it.
func (r *Reader) retold(s string) (wrong, right string, ok bool) {
	from, to := -1, -1
	for _, w := range r.w.Corrections {
		if i := strings.LastIndex(s, w); i >= 0 && (i+len(w) > to || i+len(w) == to && i < from) {
			from, to = i, i+len(w)
		}
	}
	if from <= 0 {
		return "", "", false
	}
	for _, w := range r.w.Corrections {
		if utf8.RuneCountInString(w) > 1 && strings.HasSuffix(s[:from], string([]rune(w)[1:])) {
			return "", "", false // right or not right
		}
	}
	right = trimPause(s[to:])
	return trimPause(s[:from]), stripWord(right, r.w.CorrectedLeads), true
}

// moved offers the second of "formerly there, now here".
func (r *Reader) moved(folded string, read reread) (Reading, bool) {
	before, after, ok := strings.Cut(folded, ",")
	was, is := stripWord(before, r.w.Formerly), stripWord(trimPause(after), r.w.Nowadays)
	if !ok || was == before || is == trimPause(after) || r.asked(folded) {
		return Reading{}, false
	}
	now := asOffer(read(is), "corrected")
	return now, now.Status == Offer && read(was).Status == OK
}

// stripWord takes the first of the words that fits off the front, if something stays.
func stripWord(s string, words []string) string {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(s, w); ok && trimPause(rest) != "" {
			return trimPause(rest)
		}
	}
	return s
}

// notThis cuts "not this, but that" and "that, not this".
func (r *Reader) notThis(s string) (wrong, right string, ok bool) {
	s = stripWord(s, r.w.Pronouns)
	for _, not := range r.w.NotThis {
		head, rest, found := strings.Cut(s, not)
		if !found {
			continue
		}
		if trimPause(head) != "" {
			c, _ := utf8.DecodeLastRuneInString(head)
			return trimPause(rest), trimPause(head), isPause(c)
		}
		for i := range rest {
			for _, but := range r.w.ButThat {
				if i > 0 && strings.HasPrefix(rest[i:], but) {
					return r.butThat(rest[:i], rest[i+len(but):])
				}
			}
		}
	}
	return "", "", false
}

// butThat refuses "not 1, then 2", which names both.
func (r *Reader) butThat(wrong, right string) (string, string, bool) {
	for _, w := range r.w.LeadIns {
		if !slices.Contains(r.w.ButThat, w) && strings.HasSuffix(wrong, w) {
			return "", "", false
		}
	}
	return trimPause(wrong), trimPause(right), true
}
