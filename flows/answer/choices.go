package answer

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// maxLettered is the largest number of options that may be answered by letter,
// and by several digits run together.
const maxLettered = 9

// Option is one choice of a question, in the order in which it is shown.
type Option struct {
	Code, Label string
	Aka         []string // other names, as good as the label
	Key         string   // printed and typed instead of the position
	Only        bool     // excludes all others (none of the above)
	Last        bool     // stays at the end when the caller shuffles
	Text        bool     // a written addition may follow; One puts it in Note["text"], as it was typed
}

// name is one way to name an option, normalised.
type name struct {
	text  string
	tight string // without blanks and punctuation
	opt   int
	aka   bool
}

// Choices is the prepared list of options of one question. It is immutable
// and safe for concurrent use.
type Choices struct {
	r       *Reader
	opts    []Option
	marks   []string         // what is printed before each option
	markOf  map[string][]int // normalised mark → options
	names   []name
	exact   map[string][]int // normalised or tight name → options
	ranges  []span           // of labels that are ranges of numbers
	ranged  bool
	letters bool // letters may stand for positions
	printed string
}

// Choices prepares options; do it once a question.
func (r *Reader) Choices(opts []Option) *Choices {
	c := &Choices{r: r, opts: opts, marks: make([]string, len(opts)), markOf: map[string][]int{}, exact: map[string][]int{},
		ranges: make([]span, len(opts)), letters: len(opts) <= maxLettered}
	for i, o := range opts {
		c.marks[i] = o.Key
		if o.Key == "" {
			c.marks[i] = strconv.Itoa(i + 1)
		}
		m := r.Normalise(c.marks[i])
		c.markOf[m] = addOption(c.markOf[m], i)
		c.addName(o.Label, i, false)
		for _, a := range o.Aka {
			c.addName(a, i, true)
		}
		if c.ranges[i] = r.rangeOf(r.Normalise(o.Label)); c.ranges[i].ok {
			c.ranged = true
		}
	}
	lines := make([]string, len(opts))
	for i, o := range opts {
		lines[i] = c.marks[i] + ". " + o.Label
	}
	c.printed = strings.Join(lines, "\n")
	for _, m := range c.marks {
		if _, err := strconv.Atoi(m); err != nil {
			c.letters = false
		}
	}
	return c
}

func addOption(list []int, i int) []int {
	for _, have := range list {
		if have == i {
			return list
		}
	}
	return append(list, i)
}

func (c *Choices) addName(text string, i int, aka bool) {
	n := c.r.Normalise(text)
	if n == "" {
		return
	}
	tight := squeeze(n)
	if tight == "" {
		tight = n
	}
	c.names = append(c.names, name{n, tight, i, aka})
	c.exact[n] = addOption(c.exact[n], i)
	if tight != n {
		c.exact[tight] = addOption(c.exact[tight], i)
	}
}

// Len is the number of options.
func (c *Choices) Len() int { return len(c.opts) }

// Option returns option i.
func (c *Choices) Option(i int) Option { return c.opts[i] }

// Mark is what to print before option i: its key, else its position from 1.
func (c *Choices) Mark(i int) string { return c.marks[i] }

// Printed is the list as it stands below a question, one option a line.
func (c *Choices) Printed() string { return c.printed }

// taken makes the reading of one chosen option.
func (c *Choices) taken(i int, how string) Reading {
	return Reading{Status: OK, Value: cond.Text(c.opts[i].Code), Label: c.opts[i].Label, How: how, Candidates: []int{i}}
}

// offered makes a reading that needs a yes.
func (c *Choices) offered(i int, how, confirm string) Reading {
	rd := c.taken(i, how)
	rd.Status, rd.Confirm = Offer, confirm
	return rd
}

// fromSet turns the options that fit on one rung into a reading.
func (c *Choices) fromSet(set []int, how string) (Reading, bool) {
	switch len(set) {
	case 0:
		return Reading{}, false
	case 1:
		return c.taken(set[0], how), true
	default:
		return Reading{Status: Ambiguous, How: how, Candidates: set}, true
	}
}

// byName looks a text up as a whole label or other name.
func (c *Choices) byName(s string) []int {
	if set := c.exact[s]; set != nil {
		return set
	}
	if t := squeeze(s); t != s && utf8.RuneCountInString(t) >= 2 {
		return c.exact[t]
	}
	return nil
}

func (c *Choices) nameHow(s string, opt int) string {
	for _, n := range c.names {
		if n.opt == opt && (n.text == s || n.tight == squeeze(s)) {
			if n.aka {
				return "alias"
			}
			return "label"
		}
	}
	return "label"
}

// byMark looks a text up as a number (printed mark), a letter or an ordinal.
// said reports that the text is of that form although no option has it.
func (c *Choices) byMark(s string) (set []int, how string, said bool) {
	if set := c.markOf[s]; set != nil {
		return set, "number", true
	}
	if len(s) == 1 && s[0] >= 'a' && s[0] <= 'z' {
		return c.byLetter(s[0])
	}
	if i := c.byWord(s); i >= 0 {
		return []int{i}, "number", true
	}
	core, ordinal, place := c.r.w.cutOrdinal(s)
	if ordinal && len(core) == 1 && core[0] >= 'a' && core[0] <= 'z' {
		return c.byLetter(core[0])
	}
	if !ordinal {
		for _, after := range c.r.w.LetterAfter {
			if cut, ok := strings.CutSuffix(s, after); ok && len(cut) == 1 && cut[0] >= 'a' && cut[0] <= 'z' {
				return c.byLetter(cut[0])
			}
		}
		core = s
	}
	n, ok := c.r.position(core)
	if !ok {
		return nil, "", false
	}
	return c.numbered(n, place), "number", true
}

// numbered is the option with a number: a place counts from the top, whatever is printed before the options.
func (c *Choices) numbered(n int, place bool) []int {
	switch {
	case !place:
		return c.markOf[strconv.Itoa(n)]
	case n < 1 || n > len(c.opts):
		return nil
	}
	return []int{n - 1}
}

func (c *Choices) byLetter(b byte) ([]int, string, bool) {
	i := int(b - 'a')
	if !c.letters {
		return nil, "", false
	}
	if i >= len(c.opts) {
		return nil, "letter", i < maxLettered
	}
	return []int{i}, "letter", true
}

// byWord knows the last option, and of two the former and the latter.
func (c *Choices) byWord(s string) int {
	for _, w := range c.r.w.LastWords {
		if s == w && len(c.opts) > 0 {
			return len(c.opts) - 1
		}
	}
	if len(c.opts) == 2 {
		for _, w := range c.r.w.Former {
			if s == w {
				return 0
			}
		}
		for _, w := range c.r.w.Latter {
			if s == w {
				return 1
			}
		}
	}
	return -1
}

// cutOrdinal strips the words around an ordinal. A counter behind a bare
// number makes a quantity, so it is stripped only where an ordinal word leads;
// the sign of a number may stand alone.
// place reports the word that counts from the top, the others name what is printed.
func (w *wordTable) cutOrdinal(s string) (core string, ordinal, place bool) {
	if core, ordinal, place = w.leadingOrdinal(s); ordinal {
		for _, a := range w.OrdinalAfter {
			if cut, ok := strings.CutSuffix(core, a); ok && cut != "" {
				return trimOuter(cut), true, place
			}
		}
		return core, true, place
	}
	for _, a := range w.NumberSign {
		if cut, ok := strings.CutSuffix(s, a); ok && cut != "" {
			return trimOuter(cut), true, false
		}
	}
	return s, false, false
}

// leadingOrdinal takes an ordinal word off the front.
func (w *wordTable) leadingOrdinal(s string) (rest string, ordinal, place bool) {
	for k, list := range [2][]string{w.PlaceBefore, w.OrdinalBefore} {
		for _, b := range list {
			if rest, ok := strings.CutPrefix(s, b); ok && rest != "" {
				return trimOuter(rest), true, k == 0
			}
		}
	}
	return s, false, false
}

// position reads a small whole number in figures or numerals.
func (r *Reader) position(s string) (int, bool) {
	if s == "" || len(s) > 12 || strings.ContainsAny(s, ".,") || containsAny(s, r.n.Counting) {
		return 0, false
	}
	f, ok := r.wholeFigure(s)
	if !ok || f.val < 0 || f.val > 999 || f.val != float64(int(f.val)) {
		return 0, false
	}
	return int(f.val), true
}
