package answer

import (
	"slices"
	"strings"
)

// clauseEnds end a clause of a folded text. A blank or a list mark does not.
const clauseEnds = ",;\u3002"

// rejection is a text with one clause that turns something down.
type rejection struct {
	out, kept string
	plain     bool // a word of contrast stands between the two
}

// rejections cuts off the first or the last clause when it turns something
// down. A word before the thing reaches to the end of the text, so it must
// lead the last clause or be followed by a word of contrast; a word behind the
// thing must end the first clause.
func (r *Reader) rejections(s string, before, behind []string) (rejection, bool) {
	first := strings.IndexAny(s, clauseEnds)
	if first < 0 {
		return rejection{}, false
	}
	last := strings.LastIndexAny(s, clauseEnds)
	head, tail := trimPause(s[:first]), trimPause(s[first:])
	kept := stripWord(tail, r.w.Contrasts)
	if out := cutAnySuffix(head, behind); out != head {
		return rejection{out, kept, false}, true
	}
	if out := stripWord(head, before); out != head && kept != tail {
		return rejection{out, kept, true}, true
	}
	end := stripWord(trimPause(s[last:]), r.w.Contrasts)
	if out := stripWord(end, before); out != end {
		return rejection{out, trimPause(s[:last]), false}, true
	}
	return rejection{}, false
}

// polite reads an option that is named outright between a greeting and thanks, without climbing the ladder for the whole text first.
func (c *Choices) polite(folded string) (Reading, bool) {
	core, _ := c.r.bare(folded)
	if core == folded || c.r.asked(core) {
		return Reading{}, false
	}
	if rd, _ := c.exactRungs(c.r.forms(trimOuter(folded))); rd.Status != "" { // the words belong to an option
		return Reading{}, false
	}
	rd, _ := c.exactRungs(c.r.forms(trimOuter(core)))
	return rd, rd.Status == OK
}

// mendChoice is mend for options, where a part may be turned down too.
func (c *Choices) mendChoice(folded string, rd Reading, read reread) Reading {
	if rd = c.r.mend(folded, rd, read, weighPicks); rd.Status == OK {
		return rd
	}
	core, _ := c.r.bare(folded)
	cut, ok := c.r.rejections(core, c.r.w.RejectBefore, c.r.w.RejectBehind)
	if !ok || c.r.asked(core) {
		return rd
	}
	out, kept := read(cut.out), read(cut.kept)
	if out.Status != OK || kept.Status != OK && kept.Status != Offer || overlap(out.Candidates, kept.Candidates) {
		return rd
	}
	if len(out.Candidates) > 1 && !cut.plain {
		return asOffer(kept, "rejected") // how many were turned down is not certain
	}
	return kept
}

// weighPicks takes a corrected list that says the first one again; a shorter
// or wholly different one may correct only a part of it.
func weighPicks(before, now Reading, _ string) Reading {
	if len(before.Candidates) > 1 && (len(now.Candidates) < len(before.Candidates) || !overlap(before.Candidates, now.Candidates)) {
		return asOffer(now, "corrected")
	}
	return now
}

func overlap(a, b []int) bool {
	return slices.ContainsFunc(a, func(x int) bool { return slices.Contains(b, x) })
}

// undecided reports that a text names one thing or another: a word of choice
// with something before it that is more than a lead-in.
func (r *Reader) undecided(s string) bool {
	for _, w := range r.w.Either {
		i := strings.LastIndex(s, w)
		if i < 0 || !wordEdge(s, i, i+len(w)) {
			continue
		}
		if before := s[:i]; strings.ContainsAny(before, "0123456789") || !r.fillers.covers(before) {
			return true
		}
	}
	return false
}
