package answer

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Commands recognises exact command words. It is immutable.
type Commands struct {
	r     *Reader
	words map[string]string // normalised word → command
}

// Commands prepares command words by command name. A word given to two
// commands belongs to the first by name.
func (r *Reader) Commands(words map[string][]string) *Commands {
	c := &Commands{r: r, words: map[string]string{}}
	for _, command := range slices.Sorted(maps.Keys(words)) {
		for _, w := range words[command] {
			n := r.Normalise(w)
			if _, taken := c.words[n]; !taken && n != "" {
				c.words[n] = command
			}
		}
	}
	return c
}

// Match reports which command the whole text is.
func (c *Commands) Match(text string) (command string, ok bool) {
	if len(text) > 4*maxText {
		return "", false
	}
	n := c.r.Normalise(text)
	if command, ok = c.words[n]; ok {
		return command, true
	}
	if first, size := utf8.DecodeRuneInString(n); size < len(n) && isPunct(first) && strings.Trim(n, string(first)) == "" {
		command, ok = c.words[string(first)] // ??? is ?
	}
	return command, ok
}

// Words returns the commands by normalised word, for lint.
func (c *Commands) Words() map[string]string { return maps.Clone(c.words) }

// Listener finds words anywhere in a text. It is immutable.
type Listener struct {
	r     *Reader
	words []listened
}

type listened struct{ word, norm string }

// Heard is what a listener found.
type Heard struct {
	Found   bool
	Negated bool     // every hit follows a negation: less certain, but still a hit
	Words   []string // the words found, as they were configured, without repeats
}

// listenWindow is how many characters before a word are searched for a
// negation in the same clause.
const listenWindow = 6

// Listener prepares words to listen for.
func (r *Reader) Listener(words []string) *Listener {
	l := &Listener{r: r}
	for _, w := range words {
		if n := joinHan(r.Normalise(w)); n != "" {
			l.words = append(l.words, listened{w, n})
		}
	}
	return l
}

// Hear looks for the words in a text of any length. A negation never hides a
// hit: for safety words, recall comes before precision.
func (l *Listener) Hear(text string) Heard {
	s := joinHan(l.r.fold(text))
	h := Heard{Negated: true}
	for _, w := range l.words {
		hit := false
		for at := 0; ; {
			i := strings.Index(s[at:], w.norm)
			if i < 0 {
				break
			}
			i += at
			at = i + len(w.norm)
			if !wordEdge(s, i, at) {
				continue
			}
			hit = true
			h.Negated = h.Negated && l.r.negatedBefore(s[:i])
		}
		if hit {
			h.Found = true
			h.Words = append(h.Words, w.word)
		}
	}
	h.Negated = h.Negated && h.Found
	return h
}

// negatedBefore reports an odd number of negations in the clause before a word.
func (r *Reader) negatedBefore(before string) bool {
	if i := strings.LastIndexFunc(before, func(c rune) bool { return isPunct(c) && c != 0x3001 || c == ' ' }); i >= 0 {
		_, size := utf8.DecodeRuneInString(before[i:])
		before = before[i+size:]
	}
	rs := []rune(before)
	window := string(rs[max(0, len(rs)-listenWindow):])
	for _, w := range r.w.ListenNotNegation {
		window = strings.ReplaceAll(window, w, "")
	}
	count := 0
	for _, w := range r.w.ListenNegation {
		count += strings.Count(window, w)
		window = strings.ReplaceAll(window, w, "")
	}
	return count%2 == 1
}

// joinHan removes blanks beside Han characters, so that a word typed with
// gaps is still heard.
func joinHan(s string) string {
	if !strings.Contains(s, " ") {
		return s
	}
	rs := []rune(s)
	var b strings.Builder
	for i, c := range rs {
		if c == ' ' && i > 0 && i+1 < len(rs) && unicode.Is(unicode.Han, rs[i-1]) && unicode.Is(unicode.Han, rs[i+1]) {
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}
