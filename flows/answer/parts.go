package answer

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Names found in the text are put aside as private characters before it is
// split, so that a name may contain a separator.
const holder = 0xe000

// chunk is one part of a text with several choices and the separator before it.
type chunk struct {
	text   string // names as private characters
	raw    string // as typed
	opts   []int  // options named in it
	around string // what stands around the names
	sep    string
}

// split cuts a text at separators; names of options are one character each.
func (c *Choices) split(n string, rank bool) []chunk {
	s, held := c.hold(n)
	var out []chunk
	sep, from := "", 0
	cut := func(to int, with string) {
		if part := strings.TrimSpace(s[from:to]); part != "" {
			ch := unhold(part, held)
			ch.sep = sep
			out = append(out, ch)
			sep = ""
		}
		if t := strings.TrimSpace(with); t != "" || sep == "" {
			sep = with
		}
		from = to + len(with)
	}
	for i := 0; i < len(s); {
		w := c.separatorAt(s, i, rank)
		if w == "" {
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
			continue
		}
		cut(i, w)
		i += len(w)
	}
	cut(len(s), "")
	return out
}

// separatorAt returns the separator at s[i:], "" when there is none.
func (c *Choices) separatorAt(s string, i int, rank bool) string {
	r, size := utf8.DecodeRuneInString(s[i:])
	if r == '-' && rank && (strings.Count(s, "-") > 1 || strings.Contains(s, "->")) {
		return "-"
	}
	if strings.ContainsRune(" ,;/+&|.:)!(", r) || r == 0x3001 || r == 0x3002 || r == 0xb7 || (rank && (r == '>' || r == 0x2192)) {
		return s[i : i+size]
	}
	if r < 0x80 || r >= holder && r < holder+0x1000 {
		return ""
	}
	for _, w := range c.r.w.Separators {
		if strings.HasPrefix(s[i:], w) {
			return w
		}
	}
	if rank {
		for _, w := range c.r.w.RankWords {
			if strings.HasPrefix(s[i:], w) {
				return w
			}
		}
	}
	return ""
}

// hold replaces the names in n that belong to one option by a character that
// counts them.
func (c *Choices) hold(n string) (string, []heldName) {
	hs := c.hits(n)
	if len(hs) == 0 {
		return n, nil
	}
	var b strings.Builder
	var held []heldName
	at := 0
	for k, h := range hs {
		shared := k+1 < len(hs) && hs[k+1].from == h.from || k > 0 && hs[k-1].from == h.from
		if shared || h.from < at {
			continue
		}
		b.WriteString(n[at:h.from])
		b.WriteRune(rune(holder + len(held)))
		held = append(held, heldName{n[h.from:h.to], h.opt})
		at = h.to
	}
	b.WriteString(n[at:])
	return b.String(), held
}

// heldName is a name that was put aside.
type heldName struct {
	text string
	opt  int
}

// unhold takes a part with its names.
func unhold(part string, held []heldName) chunk {
	ch := chunk{text: part}
	var raw, around strings.Builder
	for _, r := range part {
		k := int(r) - holder
		if k < 0 || k >= len(held) {
			raw.WriteRune(r)
			around.WriteRune(r)
			continue
		}
		ch.opts = addOption(ch.opts, held[k].opt)
		raw.WriteString(held[k].text)
		around.WriteByte(' ')
	}
	ch.raw, ch.around = raw.String(), around.String()
	return ch
}

// parts reads every part and puts the picks together.
func (c *Choices) parts(chunks []chunk, rank bool) parsed {
	total := parsed{how: "list"}
	if c.falsePairs(chunks) || c.twoCounts(chunks) {
		return parsed{status: Conflict, note: []string{"reason", "pair"}}
	}
	read := 0
	for k, ch := range chunks {
		p := c.onePart(ch, rank)
		if p.status == "skip" {
			continue
		}
		read++
		if p.status != "" {
			if p.status == Ambiguous && len(chunks) > 1 {
				return parsed{status: Unclear}
			}
			return p
		}
		if k > 0 && contradicts(chunks[k-1], ch, p, c) {
			return parsed{status: Conflict, picks: append(total.picks, p.picks...), note: []string{"reason", "pair"}}
		}
		for _, i := range p.picks {
			if rank && slices.Contains(total.picks, i) {
				return parsed{status: Conflict, note: []string{"reason", "repeat"}}
			}
			total.picks = addOption(total.picks, i)
		}
		total.offer = total.offer || p.offer
		if p.confirm != "" {
			total.confirm = p.confirm
		}
		if len(chunks) == 1 {
			total.how = p.how
		}
	}
	if read == 0 || len(total.picks) == 0 {
		return parsed{status: Unclear}
	}
	return total
}

// contradicts reports "2. cases" where cases is not number 2.
func contradicts(before, ch chunk, p parsed, c *Choices) bool {
	if ch.sep != "." && ch.sep != ":" && ch.sep != ")" {
		return false
	}
	marked, _, _ := c.byMark(before.text)
	return len(ch.opts) == 1 && len(marked) == 1 && len(p.picks) == 1 && marked[0] != ch.opts[0]
}

// falsePairs reports a text that is number, name, number, name … throughout
// with a name that is not of its number.
func (c *Choices) falsePairs(chunks []chunk) bool {
	if len(chunks) < 4 || len(chunks)%2 != 0 {
		return false
	}
	wrong := false
	for k := 0; k < len(chunks); k += 2 {
		marked, _, _ := c.byMark(chunks[k].text)
		named := chunks[k+1]
		if len(marked) != 1 || len(named.opts) != 1 || strings.TrimSpace(named.around) != "" {
			return false
		}
		wrong = wrong || marked[0] != named.opts[0]
	}
	return wrong
}

// onePart reads one part; status "skip" marks a part that says nothing.
func (c *Choices) onePart(ch chunk, rank bool) parsed {
	if len(ch.opts) > 0 {
		return c.heldPart(ch)
	}
	part := ch.text
	forms := c.r.forms(part)
	if cut := cutAnySuffix(part, c.r.w.ManyAfter); cut != part {
		forms = append(forms, c.r.forms(cut)...)
	}
	outside := false
	for _, f := range forms {
		if set := c.byName(f); len(set) == 1 {
			return parsed{picks: set, how: c.nameHow(f, set[0])}
		}
		set, how, said := c.byMark(f)
		if len(set) == 1 {
			return parsed{picks: set, how: how}
		}
		outside = outside || said
		if p, ok := c.between(f); ok && !rank {
			return p
		}
		if p, ok := c.run(f); ok {
			return p
		}
	}
	if outside {
		return parsed{status: NotOption, note: []string{"got", part, "max", strconv.Itoa(len(c.opts))}}
	}
	if c.r.denies(part) {
		return parsed{status: Unclear, note: []string{"reason", "negation"}}
	}
	if c.r.fillers.covers(part) && !strings.ContainsAny(part, "0123456789") {
		return parsed{status: "skip"}
	}
	for _, rung := range []func([]string) (Reading, bool){c.prefix, c.part, c.fuzzy} {
		if rd, ok := rung(forms); ok {
			return fromReading(rd)
		}
	}
	return parsed{status: Unclear}
}

func fromReading(rd Reading) parsed {
	p := parsed{picks: rd.Candidates, how: rd.How, confirm: rd.Confirm, offer: rd.Status == Offer}
	if rd.Status != OK && rd.Status != Offer {
		p.status = rd.Status
	}
	return p
}

// heldPart reads a part that names options, perhaps with a number or words.
func (c *Choices) heldPart(ch chunk) parsed {
	opts, rest := ch.opts, strings.TrimSpace(ch.around)
	how := "label"
	if len(opts) > 1 {
		how = "run"
	}
	if rest == "" {
		return parsed{picks: opts, how: how}
	}
	if set, _, said := c.byMark(rest); said && len(opts) == 1 {
		if len(set) == 1 && set[0] == opts[0] {
			return parsed{picks: opts, how: "pair"}
		}
		return parsed{status: Conflict, picks: append(opts, set...), note: []string{"reason", "pair"}}
	}
	if c.r.denies(rest) {
		return parsed{status: Unclear, picks: opts, note: []string{"reason", "negation"}}
	}
	if c.r.fillers.covers(rest) && !c.r.graded(rest) && !strings.ContainsAny(rest, "0123456789") {
		return parsed{picks: opts, how: "inside"}
	}
	if rd, ok := c.part(c.r.forms(ch.raw)); ok && rd.Status == OK {
		return fromReading(rd)
	}
	if len(opts) == 1 && c.ownPiece(rest, opts[0]) {
		return parsed{picks: opts, how: "part"}
	}
	return parsed{picks: opts, how: "inside", offer: true, confirm: "sentence"}
}

// ownPiece reports that s is a piece of a name of option opt and of no other.
func (c *Choices) ownPiece(s string, opt int) bool {
	if utf8.RuneCountInString(s) < 2 || containsAny(s, c.r.w.Modifiers) || containsWhole(s, c.r.w.TooGeneral) {
		return false
	}
	own := false
	for _, nm := range c.names {
		if !strings.Contains(nm.text, s) {
			continue
		}
		if nm.opt != opt {
			return false
		}
		own = true
	}
	return own
}

// between reads a range of positions: 1-3.
func (c *Choices) between(s string) (parsed, bool) {
	marks := append([]string{"-", "~", "—", "–"}, c.r.w.RangeWords...)
	for _, m := range marks {
		left, right, ok := strings.Cut(s, m)
		if !ok || left == "" || right == "" {
			continue
		}
		a, _, _ := c.byMark(strings.TrimSpace(left))
		b, _, _ := c.byMark(strings.TrimSpace(right))
		if len(a) != 1 || len(b) != 1 {
			continue
		}
		if a[0] >= b[0] {
			return parsed{status: Unclear}, true
		}
		p := parsed{how: "range", confirm: "range"}
		for i := a[0]; i <= b[0]; i++ {
			p.picks = append(p.picks, i)
		}
		return p, true
	}
	return parsed{}, false
}

// run splits digits or letters written without separators, if there are at
// most nine options, every character is one and none repeats.
func (c *Choices) run(s string) (parsed, bool) {
	rs := []rune(s)
	if len(rs) < 2 || len(rs) > maxLettered+1 {
		return parsed{}, false
	}
	kind := runKind(c.r, rs[0])
	for _, r := range rs {
		if k := runKind(c.r, r); k == 0 || k != kind {
			return parsed{}, false
		}
	}
	if len(c.opts) > maxLettered || !c.singleMarks() {
		return parsed{status: NotOption, note: []string{"got", s}}, kind != 'a'
	}
	p := parsed{how: "run"}
	for _, r := range rs {
		set, _, _ := c.byMark(string(r))
		if len(set) != 1 {
			return parsed{status: NotOption, note: []string{"got", s}}, kind != 'a'
		}
		if slices.Contains(p.picks, set[0]) {
			return parsed{status: Conflict, note: []string{"reason", "repeat"}}, kind != 'a'
		}
		p.picks = append(p.picks, set[0])
	}
	return p, true
}

func (c *Choices) singleMarks() bool {
	for _, m := range c.marks {
		if utf8.RuneCountInString(m) != 1 {
			return false
		}
	}
	return true
}

// runKind classes a character as digit, numeral (ten and larger too, which
// stop a run) or letter.
func runKind(r *Reader, c rune) byte {
	switch {
	case c >= '0' && c <= '9':
		return '0'
	case c >= 'a' && c <= 'z':
		return 'a'
	}
	if _, ok := r.num.digit[c]; ok {
		return 'h'
	}
	if _, ok := r.num.mult[c]; ok {
		return 'h'
	}
	return 0
}
