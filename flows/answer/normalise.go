package answer

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalise is the one form in which answers, labels, other names, commands
// and listeners' words are compared: NFKC, no variation selectors, keycaps,
// zero-width or control characters, lower case, traditional characters of the
// table made simple, white space as single blanks, outer punctuation trimmed
// (unless nothing else is left). Enclosed numbers that follow one another are
// kept apart by a blank.
func (r *Reader) Normalise(s string) string { return trimOuter(r.fold(s)) }

// fold is Normalise without the trimming of punctuation. A second pass is
// needed when a dropped character stood between two that join.
func (r *Reader) fold(s string) string {
	if len(s) > memoText {
		return r.foldAll(s)
	}
	slot := &r.memo.slots[maphash.String(r.memo.seed, s)%memoSlots]
	if known := slot.Load(); known != nil && known.from == s {
		return known.to
	}
	to := r.foldAll(s)
	slot.Store(&folded{s, to})
	return to
}

func (r *Reader) foldAll(s string) string {
	for range 4 {
		if s = r.foldOnce(s); norm.NFKC.IsNormalString(s) {
			break
		}
	}
	return s
}

// memo remembers the last texts that were folded: one message is folded for commands, listeners and the question in turn.
type memo struct {
	seed  maphash.Seed
	slots [memoSlots]atomic.Pointer[folded]
}

type folded struct{ from, to string }

const (
	memoSlots = 256
	memoText  = 128 // bytes; longer texts are not remembered
)

func (r *Reader) foldOnce(s string) string {
	s = norm.NFKC.String(separateEnclosed(s))
	var b strings.Builder
	b.Grow(len(s))
	blank := true
	for _, c := range s {
		if dropped(c) {
			continue
		}
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' || unicode.IsSpace(c) {
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
			continue
		}
		if c < 0x20 || c == 0x7f || c == unicode.ReplacementChar {
			continue
		}
		blank = false
		c = unicode.ToLower(c)
		if t, ok := r.simple[c]; ok {
			c = t
		}
		b.WriteRune(c)
	}
	return strings.TrimRight(b.String(), " ")
}

// dropped reports characters that carry no meaning: variation selectors, the
// keycap sign, zero-width and direction marks, private use, skin tones.
func dropped(c rune) bool {
	switch {
	case c < 0xad:
		return false
	case c == 0xad, c == 0x20e3, c == 0xfeff, c >= 0xfe00 && c <= 0xfe0f, c >= 0xe000 && c <= 0xf8ff:
		return true
	case c >= 0x200b && c <= 0x200f, c >= 0x202a && c <= 0x202e, c >= 0x2060 && c <= 0x2069:
		return true
	default:
		return c >= 0x1f3fb && c <= 0x1f3ff
	}
}

// enclosed reports a number in a circle, in brackets, with a full stop or on a
// keycap, and what to write for those that NFKC leaves alone.
func enclosed(c rune) (string, bool) {
	switch {
	case c >= 0x2460 && c <= 0x249b, c == 0x24ea:
		return string(c), true
	case c >= 0x2776 && c <= 0x277f:
		return small(int(c-0x2776) + 1), true
	case c >= 0x2780 && c <= 0x2789:
		return small(int(c-0x2780) + 1), true
	case c >= 0x278a && c <= 0x2793:
		return small(int(c-0x278a) + 1), true
	case c >= 0x24f5 && c <= 0x24fe:
		return small(int(c-0x24f5) + 1), true
	case c == 0x1f51f:
		return "10", true
	case c >= 0x1f170 && c <= 0x1f189:
		return string('a' + c - 0x1f170), true
	default:
		return "", false
	}
}

func small(n int) string {
	if n >= 10 {
		return "1" + string(rune('0'+n-10))
	}
	return string(rune('0' + n))
}

// separateEnclosed keeps ①③ from becoming 13.
func separateEnclosed(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	var b strings.Builder
	rs := []rune(s)
	touching := false // the last thing written was an enclosed number
	for i, c := range rs {
		w, is := enclosed(c)
		if !is && c >= '0' && c <= '9' && keycap(rs[i+1:]) {
			w, is = string(c), true
		}
		if !is {
			if touching && c >= '0' && c <= '9' {
				b.WriteByte(' ')
			}
			touching = touching && dropped(c)
			b.WriteRune(c)
			continue
		}
		if touching {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		touching = true
	}
	return b.String()
}

func keycap(after []rune) bool {
	if len(after) > 0 && after[0] == 0xfe0f {
		after = after[1:]
	}
	return len(after) > 0 && after[0] == 0x20e3
}

// isPunct reports what may be trimmed from the ends. Signs that change a
// meaning (% + < > = / & @ $ -) are not among them.
func isPunct(c rune) bool {
	switch c {
	case '%', '+', '<', '>', '=', '/', '&', '@', '$', '-', '|', '^', 0xa5, 0x2264, 0x2265, 0x2248, 0xb0, 0x2103:
		return false
	}
	return unicode.IsPunct(c) || c == '~' || c == '`' || c == 0x3002
}

// trimOuter removes blanks and punctuation from both ends, keeping the sign of
// a number, a whole emoticon in brackets, and a text that is nothing else.
func trimOuter(s string) string {
	s = strings.TrimSpace(s)
	if s != "" && plainSign(s[0]) && plainSign(s[len(s)-1]) {
		return s
	}
	if u := strings.TrimFunc(s, func(c rune) bool { return c != '[' && c != ']' && (isPunct(c) || c == ' ') }); emoticon(u) {
		return u
	}
	t := s
	for {
		before := t
		t = strings.TrimFunc(t, func(c rune) bool { return isPunct(c) || c == ' ' })
		t = strings.TrimRight(t, "- ")
		if rest, ok := strings.CutPrefix(t, "-"); ok && !startsDigit(rest) {
			t = rest
		}
		if t == before {
			break
		}
	}
	if t == "" {
		return s
	}
	return t
}

// emoticon reports a text that is words in square brackets, as chat clients
// send small pictures.
func emoticon(s string) bool {
	return len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' && strings.Count(s, "[") == strings.Count(s, "]")
}

// plainSign reports a letter or digit of ASCII, which is never trimmed away.
func plainSign(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func startsDigit(s string) bool {
	return s != "" && (s[0] >= '0' && s[0] <= '9' || s[0] == '.')
}

// asked reports whether a folded text ends as a question does.
func (r *Reader) asked(folded string) bool {
	t := strings.TrimRight(folded, " )]}\"'")
	if strings.HasSuffix(t, "?") {
		return true
	}
	t = trimOuter(t)
	for _, q := range r.w.Questions {
		if strings.HasSuffix(t, q) && t != q {
			return true
		}
	}
	return false
}

// squeeze drops blanks and punctuation inside a normalised text.
func squeeze(s string) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' || isPunct(c) || c == '-' || c == '/' {
			return -1
		}
		return c
	}, s)
}

// forms lists the readings of a normalised text from as typed to stripped of
// lead-ins and final particles.
func (r *Reader) forms(n string) []string {
	out := []string{n}
	add := func(s string) {
		s = trimOuter(s)
		for _, have := range out {
			if have == s {
				return
			}
		}
		if s != "" {
			out = append(out, s)
		}
	}
	back := r.stripBack(n)
	add(back)
	front := n
	for range 3 {
		if front == "" || !r.firsts[front[0]] {
			break
		}
		cut := stripOne(front, r.w.LeadIns)
		if cut == front {
			break
		}
		front = cut
		add(front)
		add(r.stripBack(front))
	}
	return out
}

func stripOne(s string, leads []string) string {
	for _, l := range leads {
		if rest, ok := strings.CutPrefix(s, l); ok && rest != "" {
			return trimOuter(rest)
		}
	}
	return s
}

// stripBack removes final particles, at least one character stays.
func (r *Reader) stripBack(s string) string {
	for range 4 {
		if s == "" || !r.lasts[s[len(s)-1]] {
			return s
		}
		cut := s
		for _, p := range r.w.Particles {
			if rest, ok := strings.CutSuffix(s, p); ok && rest != "" {
				cut = trimOuter(rest)
				break
			}
		}
		if cut == s || cut == "" {
			return s
		}
		s = cut
	}
	return s
}

// denies reports a negation in s, words that only look like one set aside.
func (r *Reader) denies(s string) bool {
	for _, w := range r.w.NotNegation {
		if strings.Contains(s, w) {
			s = strings.ReplaceAll(s, w, " ")
		}
	}
	return containsAny(s, r.w.Negation)
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
