package answer

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// One reads the answer to a question with one choice: number, letter, whole
// label, number and label together, beginning of one label, one label inside
// the sentence (if inside), part of one label; then what may only be offered.
func (c *Choices) One(text string, inside bool) Reading {
	folded := c.r.fold(text)
	n := trimOuter(folded)
	if n == "" || len(c.opts) == 0 || utf8.RuneCountInString(n) > maxText {
		return Reading{Status: Unclear}
	}
	if rd, ok := c.polite(folded); ok {
		return rd
	}
	read := func(s string) Reading { return c.one(s, inside) }
	rd := c.mendChoice(folded, read(folded), read)
	if added := rd.Note["text"]; added != "" {
		rd.Note["text"] = closed(typed([]rune(trimOuter(plainText(text))), n, added))
	}
	return rd
}

func (c *Choices) one(folded string, inside bool) Reading {
	n := trimOuter(folded)
	if n == "" {
		return Reading{Status: Unclear}
	}
	rd := c.ladder(n, inside)
	if rd.Status == OK && c.r.asked(folded) && !c.labelled(folded) {
		rd.Status, rd.Confirm = Offer, "question"
	}
	return rd
}

// labelled reports that the text is a label as it is printed, which may be a question itself.
func (c *Choices) labelled(folded string) bool {
	return slices.ContainsFunc(c.opts, func(o Option) bool { return c.r.fold(o.Label) == folded })
}

func (c *Choices) ladder(n string, inside bool) Reading {
	forms := c.r.forms(n)
	rd, outside := c.exactRungs(forms)
	if rd.Status != "" {
		return rd
	}
	if rd, ok := c.pair(n); ok {
		return rd
	}
	if outside {
		return c.outside(n)
	}
	if rd, ok := c.sameRange(n); ok {
		return rd
	}
	if rd, ok := c.inNumericLabel(n); ok {
		return rd
	}
	if rd, ok := c.prefix(forms); ok {
		return rd
	}
	if rd, ok := c.written(n); ok {
		return rd
	}
	if inside {
		if rd, ok := c.inside(n); ok {
			if rd.Status != Offer {
				return rd
			}
			if piece, whole := c.part(forms); whole && piece.Status == OK {
				return piece
			}
			if more, ok := c.several(n); ok {
				return more
			}
			if c.joined(n) {
				return Reading{Status: Unclear, Candidates: rd.Candidates}
			}
			return rd
		}
	}
	if rd, ok := c.part(forms); ok {
		return rd
	}
	if rd, ok := c.several(n); ok {
		return rd
	}
	if rd, ok := c.fuzzy(forms); ok {
		return rd
	}
	return Reading{Status: Unclear}
}

// exactRungs tries number, letter and whole label on each form. A form that
// is the number of one option and the name of another is not decided.
func (c *Choices) exactRungs(forms []string) (rd Reading, outside bool) {
	for _, f := range forms {
		named := c.byName(f)
		marked, how, said := c.byMark(f)
		if named != nil {
			for _, i := range marked {
				named = addOption(named[:len(named):len(named)], i)
			}
			rd, _ = c.fromSet(named, c.nameHow(f, named[0]))
			if marked != nil && rd.Status == OK {
				rd.How = how
			}
			return rd, false
		}
		if rd, ok := c.fromSet(marked, how); ok {
			return rd, false
		}
		outside = outside || said
	}
	return Reading{}, outside
}

// outside refuses a number or letter that no option has; labels that are
// ranges may hold it, then it is offered.
func (c *Choices) outside(n string) Reading {
	if rd, ok := c.inNumericLabel(n); ok {
		return rd
	}
	if rd, ok := c.several(n); ok {
		return rd
	}
	return refuse(NotOption, "got", n, "max", strconv.Itoa(len(c.opts)))
}

// inNumericLabel offers the one label whose range holds the typed number.
func (c *Choices) inNumericLabel(n string) (Reading, bool) {
	if !c.ranged {
		return Reading{}, false
	}
	num := c.r.Number(n, NumberOptions{})
	if num.Status == Unit {
		num = c.r.anyUnit(n)
	}
	if num.Status != OK {
		return Reading{}, false
	}
	var set []int
	for i, s := range c.ranges {
		if s.ok && s.holds(num.Value.Num()) {
			set = append(set, i)
		}
	}
	if len(set) != 1 {
		return Reading{}, false
	}
	return c.offered(set[0], "in_range", "in_range"), true
}

// pair reads a number and a label together, in either order.
func (c *Choices) pair(n string) (Reading, bool) {
	head, rest := c.cutMark(n)
	if head < 0 {
		head, rest = c.cutTailMark(n)
	}
	if head < 0 || rest == "" {
		return Reading{}, false
	}
	for _, f := range c.r.forms(rest) {
		set := c.byName(f)
		if set == nil {
			set, _ = c.beginnings(f)
		}
		switch {
		case len(set) == 1 && set[0] == head:
			return c.taken(head, "pair"), true
		case len(set) > 0:
			rd := refuse(Conflict, "reason", "pair")
			rd.Candidates = append([]int{head}, set...)
			return rd, true
		}
	}
	return Reading{}, false
}

// cutMark takes the number or letter of an option off the front.
func (c *Choices) cutMark(n string) (int, string) {
	if n[0] >= 'a' && n[0] <= 'z' && len(n) > 1 && (n[1] < 'a' || n[1] > 'z') {
		if set, _, _ := c.byLetter(n[0]); len(set) == 1 {
			return set[0], trimMark(n[1:])
		}
		return -1, ""
	}
	s, _, place := c.r.w.leadingOrdinal(n)
	ps, rest := c.r.pieces(s)
	if len(ps) == 0 || rest == s {
		return -1, ""
	}
	set := c.markOf[strings.TrimRight(s[:len(s)-len(rest)], ".")]
	if v, ok, _ := valueOf(ps); ok && (place || set == nil) {
		set = nil
		if v == float64(int(v)) {
			set = c.numbered(int(v), place)
		}
	}
	if len(set) != 1 {
		return -1, ""
	}
	if len(s) != len(n) {
		for _, a := range c.r.w.OrdinalAfter {
			if cut, ok := strings.CutPrefix(rest, a); ok {
				rest = cut
				break
			}
		}
	}
	return set[0], trimMark(rest)
}

// cutTailMark takes an Arabic number off the end.
func (c *Choices) cutTailMark(n string) (int, string) {
	i := len(n)
	for i > 0 && n[i-1] >= '0' && n[i-1] <= '9' {
		i--
	}
	if i == len(n) || i == 0 {
		return -1, ""
	}
	if set := c.markOf[n[i:]]; len(set) == 1 {
		return set[0], trimMark(n[:i])
	}
	return -1, ""
}

func trimMark(s string) string { return strings.Trim(trimOuter(s), "-") }

// beginnings lists the options one of whose names begins with s. sure is
// false when the rest of the name turns its meaning.
func (c *Choices) beginnings(s string) (set []int, sure bool) {
	sure = true
	if utf8.RuneCountInString(s) < 2 {
		return nil, false
	}
	for _, nm := range c.names {
		rest, ok := strings.CutPrefix(nm.text, s)
		if !ok {
			rest, ok = strings.CutPrefix(nm.tight, s)
		}
		if !ok {
			continue
		}
		set = addOption(set, nm.opt)
		sure = sure && !c.r.denies(rest) && !containsAny(rest, c.r.w.Modifiers)
	}
	return set, sure
}

func (c *Choices) prefix(forms []string) (Reading, bool) {
	for _, f := range forms {
		set, sure := c.beginnings(f)
		if len(set) == 1 && !sure {
			return c.offered(set[0], "prefix", "fuzzy"), true
		}
		if rd, ok := c.fromSet(set, "prefix"); ok {
			return rd, true
		}
	}
	return Reading{}, false
}

// part finds the one option of which the text is a piece.
func (c *Choices) part(forms []string) (Reading, bool) {
	for _, f := range forms {
		if utf8.RuneCountInString(f) < 2 {
			continue
		}
		var set []int
		sure := true
		for _, nm := range c.names {
			i := strings.Index(nm.text, f)
			if i < 0 {
				continue
			}
			around := nm.text[:i] + " " + nm.text[i+len(f):]
			if c.r.denies(around) && !c.r.denies(f) {
				continue
			}
			set = addOption(set, nm.opt)
			sure = sure && !containsAny(around, c.r.w.Modifiers) && !containsWhole(f, c.r.w.TooGeneral)
		}
		if len(set) == 1 && !sure {
			return c.offered(set[0], "part", "fuzzy"), true
		}
		if rd, ok := c.fromSet(set, "part"); ok {
			return rd, true
		}
	}
	return Reading{}, false
}

// several recognises an answer that names more than one option.
func (c *Choices) several(n string) (Reading, bool) {
	chunks := c.split(n, false)
	if len(chunks) < 2 && len(n) > 3*maxLettered {
		return Reading{}, false
	}
	p := c.parts(chunks, false)
	if p.status == "" && len(p.picks) > 1 {
		return Reading{Status: Ambiguous, How: "several", Candidates: p.picks}, true
	}
	return Reading{}, false
}

// fuzzy offers the one label of four characters or more that is one slip away.
func (c *Choices) fuzzy(forms []string) (Reading, bool) {
	for _, f := range forms {
		var set []int
		for _, nm := range c.names {
			if utf8.RuneCountInString(nm.text) >= 4 && c.r.oneSlip(f, nm.text) {
				set = addOption(set, nm.opt)
			}
		}
		if len(set) == 1 {
			return c.offered(set[0], "fuzzy", "fuzzy"), true
		}
		if rd, ok := c.fromSet(set, "fuzzy"); ok {
			return rd, true
		}
	}
	return Reading{}, false
}

// joined reports that a text names an option and, joined to it by a word for
// and or for or, something else.
func (c *Choices) joined(n string) bool {
	if c.r.undecided(n) {
		return true
	}
	for k, ch := range c.split(n, false) {
		sep, _ := utf8.DecodeRuneInString(ch.sep)
		if k > 0 && sep >= 0x80 && !isPunct(sep) && !c.r.fillers.covers(ch.around) {
			return true
		}
	}
	return false
}

// oneSlip reports that one character more, less, other or swapped with its
// neighbour makes a into b. Two characters that tell one thing from another,
// such as inner and outer, are no slip.
func (r *Reader) oneSlip(a, b string) bool {
	if len(a)-len(b) > utf8.UTFMax || len(b)-len(a) > utf8.UTFMax {
		return false
	}
	s, t := []rune(a), []rune(b)
	if len(s) > len(t) {
		s, t = t, s
	}
	if len(t)-len(s) > 1 {
		return false
	}
	i := 0
	for i < len(s) && s[i] == t[i] {
		i++
	}
	rs, rt := s[i:], t[i:]
	if len(s) < len(t) {
		return string(rs) == string(rt[1:])
	}
	if len(rs) == 0 {
		return false
	}
	if string(rs[1:]) == string(rt[1:]) {
		return !slices.ContainsFunc(r.w.NoSlips, func(set string) bool { return strings.ContainsRune(set, rs[0]) && strings.ContainsRune(set, rt[0]) })
	}
	return len(rs) > 1 && rs[0] == rt[1] && rs[1] == rt[0] && string(rs[2:]) == string(rt[2:])
}
