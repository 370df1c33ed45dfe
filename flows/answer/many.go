package answer

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// Many reads the answer to a question with several choices. min and max limit
// the number of choices; max 0 means no limit. Codes come in the order of the
// options.
func (c *Choices) Many(text string, min, max int) Reading {
	return c.list(text, min, max, false)
}

// Rank is Many with the order kept as it was said.
func (c *Choices) Rank(text string, min, max int) Reading {
	return c.list(text, min, max, true)
}

// parsed is what a text with several choices came to.
type parsed struct {
	status  Status // "" = picks are good
	picks   []int
	how     string
	confirm string
	offer   bool
	note    []string
}

func (c *Choices) list(text string, least, most int, rank bool) Reading {
	folded := c.r.fold(text)
	n := trimOuter(folded)
	if n == "" || len(c.opts) == 0 || utf8.RuneCountInString(n) > maxText {
		return Reading{Status: Unclear}
	}
	read := func(s string) Reading { return c.listOnce(s, least, most, rank) }
	return c.mendChoice(folded, read(folded), read)
}

// listOnce reads a text as it is. An option with a question behind it is not chosen.
func (c *Choices) listOnce(folded string, least, most int, rank bool) Reading {
	n := trimOuter(folded)
	if n == "" {
		return Reading{Status: Unclear}
	}
	p := c.parse(n, rank)
	if p.status == "" && c.r.asked(folded) {
		p.status, p.note = Unclear, []string{"reason", "question"}
	}
	if p.status != "" {
		rd := refuse(p.status, p.note...)
		rd.Candidates = p.picks
		return rd
	}
	if !rank {
		slices.Sort(p.picks)
	}
	return c.limits(p, least, most)
}

// limits checks the number of choices and those that stand alone.
func (c *Choices) limits(p parsed, least, most int) Reading {
	labels := make([]string, len(p.picks))
	codes := make([]string, len(p.picks))
	only := false
	for k, i := range p.picks {
		labels[k], codes[k] = c.opts[i].Label, c.opts[i].Code
		only = only || c.opts[i].Only
	}
	chosen := strings.Join(labels, c.r.w.ListMark)
	got := strconv.Itoa(len(codes))
	var rd Reading
	switch {
	case only && len(codes) > 1:
		rd = refuse(Conflict, "reason", "only", "chosen", chosen)
	case most > 0 && len(codes) > most:
		rd = refuse(TooMany, "got", got, "max", strconv.Itoa(most), "chosen", chosen)
	case len(codes) < least && !only:
		rd = refuse(TooFew, "got", got, "min", strconv.Itoa(least), "chosen", chosen)
	default:
		rd = Reading{Status: OK, Value: cond.List(codes...), Label: chosen, How: p.how, Confirm: p.confirm}
		if p.offer {
			rd.Status = Offer
		}
	}
	rd.Candidates = p.picks
	return rd
}

// parse reads a normalised text into options.
func (c *Choices) parse(n string, rank bool) parsed {
	for _, f := range c.r.forms(n) {
		if set := c.byName(f); len(set) == 1 {
			return parsed{picks: set, how: c.nameHow(f, set[0])}
		}
	}
	if held, _ := c.hold(n); c.r.undecided(held) {
		return parsed{status: Unclear, note: []string{"reason", "either"}}
	}
	if rank {
		if p, ok := c.byPlace(n); ok {
			return p
		}
	} else if p, ok := c.special(n); ok {
		return p
	}
	return c.parts(c.split(n, rank), rank)
}

// special reads all, none, all except, the first and the last few.
func (c *Choices) special(n string) (parsed, bool) {
	for _, f := range c.r.forms(n) {
		switch {
		case c.r.sets.all[f]:
			return parsed{picks: c.allBut(nil), how: "all"}, true
		case c.r.sets.none[f]:
			return c.none()
		}
		if p, ok := c.few(f); ok {
			return p, true
		}
		if p, ok := c.except(f); ok {
			return p, true
		}
	}
	return parsed{}, false
}

// allBut lists all options but those given and those that stand alone.
func (c *Choices) allBut(not []int) []int {
	var out []int
	for i, o := range c.opts {
		if !o.Only && !slices.Contains(not, i) {
			out = append(out, i)
		}
	}
	return out
}

// none is the one option that stands alone, if there is exactly one.
func (c *Choices) none() (parsed, bool) {
	var set []int
	for i, o := range c.opts {
		if o.Only {
			set = append(set, i)
		}
	}
	if len(set) == 1 {
		return parsed{picks: set, how: "none"}, true
	}
	return parsed{status: Unclear, note: []string{"reason", "none"}}, true
}

// few reads the first three, the last two.
func (c *Choices) few(s string) (parsed, bool) {
	for k, lists := range [][]string{c.r.w.FirstBefore, c.r.w.FinalBefore} {
		for _, b := range lists {
			rest, ok := strings.CutPrefix(s, b)
			if !ok {
				continue
			}
			rest = cutAnySuffix(rest, c.r.w.ManyAfter)
			core := cutAnySuffix(rest, c.r.w.FewAfter)
			f, whole := c.r.wholeFigure(core)
			if !whole || (core == rest && f.numeral) || f.val != float64(int(f.val)) {
				continue
			}
			count := int(f.val)
			if count < 1 || count > len(c.opts) {
				return parsed{status: NotOption, note: []string{"got", s, "max", strconv.Itoa(len(c.opts))}}, true
			}
			from := 0
			if k == 1 {
				from = len(c.opts) - count
			}
			p := parsed{how: "first", confirm: "range"}
			for i := range count {
				p.picks = append(p.picks, from+i)
			}
			return p, true
		}
	}
	return parsed{}, false
}

func cutAnySuffix(s string, suffixes []string) string {
	for _, x := range suffixes {
		if cut, ok := strings.CutSuffix(s, x); ok && cut != "" {
			return trimOuter(cut)
		}
	}
	return s
}

// except reads all but some, in either order. It must be said that the rest is
// wanted.
func (c *Choices) except(s string) (parsed, bool) {
	if !containsAny(s, c.r.w.ExceptBefore) {
		return parsed{}, false
	}
	rest, wanted := s, false
	for _, all := range c.r.w.RestAll {
		if cut, ok := strings.CutSuffix(s, all); ok {
			rest, wanted = trimOuter(cut), true
			break
		}
		if cut, ok := strings.CutPrefix(s, all); ok {
			rest, wanted = trimOuter(cut), true
			break
		}
	}
	if !wanted {
		return parsed{}, false
	}
	for _, b := range c.r.w.ExceptBefore {
		core, ok := strings.CutPrefix(rest, b)
		if !ok {
			continue
		}
		p := c.parse(trimOuter(cutAnySuffix(trimOuter(core), c.r.w.ExceptAfter)), false)
		if p.status != "" || p.offer {
			return parsed{status: Unclear}, true
		}
		return parsed{picks: c.allBut(p.picks), how: "except", confirm: "except"}, true
	}
	return parsed{}, false
}
