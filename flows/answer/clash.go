package answer

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Clash is a collision that would make answers to a question unclear. Lint
// turns it into messages.
type Clash struct {
	// Kind: same (two options have the same normalised name), prefix (a label
	// begins another), within (a label is inside another), shadow (a name is a
	// number, letter, yes, no, all or none word), numeric (labels are ranges
	// that hold numbers which are also positions), key (two options have the
	// same printed mark).
	Kind string
	A, B int    // options; B is -1 where only one is concerned
	Word string // the name that collides, normalised
	With string // shadow: number, letter, yes, no, all, none; else the other name
}

// Clashes lists the collisions of the options, in the order of the options.
func (c *Choices) Clashes() []Clash {
	var out []Clash
	for i, a := range c.names {
		for _, b := range c.names[i+1:] {
			out = appendClash(out, a, b)
		}
		if w := c.shadows(a); w != "" {
			out = append(out, Clash{"shadow", a.opt, -1, a.text, w})
		}
	}
	for i := range c.opts {
		if set := c.markOf[c.r.Normalise(c.marks[i])]; len(set) > 1 && set[0] == i {
			out = append(out, Clash{"key", set[0], set[1], c.marks[i], c.marks[i]})
		}
	}
	for i, s := range c.ranges {
		for p := 1; s.ok && p <= len(c.opts); p++ {
			if p != i+1 && s.holds(float64(p)) {
				out = append(out, Clash{"numeric", i, -1, c.r.Normalise(c.opts[i].Label), c.marks[p-1]})
				break
			}
		}
	}
	return out
}

func appendClash(out []Clash, a, b name) []Clash {
	long, short := a, b
	if len(b.text) > len(a.text) {
		long, short = b, a
	}
	switch {
	case a.text == b.text || a.tight == b.tight:
		return append(out, Clash{"same", a.opt, b.opt, a.text, b.text})
	case a.opt == b.opt || utf8.RuneCountInString(short.text) < 2:
		return out
	case strings.HasPrefix(long.text, short.text):
		return append(out, Clash{"prefix", short.opt, long.opt, short.text, long.text})
	case strings.Contains(long.text, short.text):
		return append(out, Clash{"within", short.opt, long.opt, short.text, long.text})
	default:
		return out
	}
}

// shadows names the meaning that a name has anyway and that differs from the
// option itself.
func (c *Choices) shadows(n name) string {
	if set, how, said := c.byMark(n.text); said && (len(set) != 1 || set[0] != n.opt) {
		return how
	}
	switch {
	case c.r.sets.all[n.text]:
		return "all"
	case c.r.sets.none[n.text] && !c.opts[n.opt].Only && c.hasOnly():
		return "none"
	default:
		return ""
	}
}

func (c *Choices) hasOnly() bool {
	for _, o := range c.opts {
		if o.Only {
			return true
		}
	}
	return false
}

// twoCounts reports places beside bare numbers where the two do not name the same options: "the first and 2" of options printed from 0 on.
func (c *Choices) twoCounts(chunks []chunk) bool {
	if !slices.ContainsFunc(chunks, c.r.w.place) {
		return false
	}
	places, marks, apart := false, false, false
	for _, ch := range chunks {
		core, _, place := c.r.w.cutOrdinal(ch.text)
		n, ok := c.r.position(cutAnySuffix(core, c.r.w.OrdinalAfter))
		if !ok {
			continue
		}
		places, marks = places || place, marks || !place
		apart = apart || !slices.Equal(c.numbered(n, true), c.numbered(n, false))
	}
	return places && marks && apart
}

// place reports a part that counts from the top.
func (w *wordTable) place(ch chunk) bool {
	_, _, place := w.leadingOrdinal(ch.text)
	return place
}
