package answer

import (
	"strings"
	"unicode/utf8"
)

// hit is a name found inside a text.
type hit struct{ from, to, opt int }

// hits finds the names of two characters or more in s, from left to right,
// the longest at each place, none overlapping. A name that two options share
// gives a hit for each.
func (c *Choices) hits(s string) []hit {
	var out []hit
	for i := 0; i < len(s); {
		best := 0
		for _, nm := range c.names {
			if len(nm.text) > best && strings.HasPrefix(s[i:], nm.text) && utf8.RuneCountInString(nm.text) >= 2 && wordEdge(s, i, i+len(nm.text)) {
				best = len(nm.text)
			}
		}
		if best == 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
			continue
		}
		for _, opt := range c.exact[s[i:i+best]] {
			out = append(out, hit{i, i + best, opt})
		}
		i += best
	}
	return out
}

// wordEdge keeps a Latin name or a number from matching inside a longer one.
func wordEdge(s string, from, to int) bool {
	inner := func(a, b byte) bool { return isAlnum(a) && isAlnum(b) }
	return (from == 0 || !inner(s[from-1], s[from])) && (to == len(s) || !inner(s[to-1], s[to]))
}

func isAlnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z'
}

// inside finds the one option named in a sentence. What stands around it must
// be words that change nothing, else it is only offered; a negation gives no
// answer at all.
func (c *Choices) inside(n string) (Reading, bool) {
	hs := c.hits(n)
	if len(hs) == 0 {
		return Reading{}, false
	}
	var set []int
	var around strings.Builder
	at := 0
	covered := true
	for _, h := range hs {
		set = addOption(set, h.opt)
		if h.from < at {
			continue
		}
		covered = covered && c.r.fillers.covers(n[at:h.from]) && !c.r.graded(n[at:h.from])
		around.WriteString(n[at:h.from])
		around.WriteByte(' ')
		at = h.to
	}
	covered = covered && c.r.fillers.covers(n[at:])
	around.WriteString(n[at:])
	if c.r.denies(around.String()) {
		rd := refuse(Unclear, "reason", "negation")
		rd.Candidates = set
		return rd, true
	}
	if len(set) > 1 {
		return Reading{Status: Ambiguous, How: "inside", Candidates: set}, true
	}
	if !covered {
		return c.offered(set[0], "inside", "sentence"), true
	}
	return c.taken(set[0], "inside"), true
}

// graded reports a text that ends in a word of degree, which changes what the
// option behind it means (very satisfied, satisfied).
func (r *Reader) graded(before string) bool {
	before = strings.TrimRight(before, " ")
	for _, w := range r.w.Degrees {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}
