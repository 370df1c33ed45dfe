package answer

import (
	"regexp"
	"strings"
	"time"
)

// withYear finds a year in the text of a date.
var withYear = regexp.MustCompile(`\d{4}`)

// mendWhen is mend for dates, where one day may be turned down for another.
func (r *Reader) mendWhen(folded string, rd Reading, read reread) Reading {
	judge := func(before, after Reading, typed string) Reading {
		return r.weighDays(before, after, r.arabic(typed))
	}
	if rd = r.mend(folded, rd, read, judge); rd.Status == OK {
		return rd
	}
	core, _ := r.bare(folded)
	cut, ok := r.rejections(core, nil, r.d.Busy)
	if !ok {
		cut, ok = r.freeFirst(core)
	}
	if !ok || r.asked(core) || cutAnySuffix(cut.kept, r.d.Free) == cut.kept {
		return rd
	}
	out := read(cut.out)
	if out.Status != OK || len(out.Value.Str()) < len(isoDay) {
		return rd
	}
	kept := read(cut.kept)
	if day := out.Value.Str()[:len(isoDay)]; kept.Status == DayNeeded && kept.Note["time"] != "" && len(out.Value.Str()) > len(isoDay) {
		kept = read(day + " " + cut.kept)
	}
	if kept.Status != OK || kept.Value == out.Value {
		return rd
	}
	return judge(out, kept, cut.kept)
}

// freeFirst cuts a text whose last clause says which day does not suit.
func (r *Reader) freeFirst(s string) (rejection, bool) {
	last := strings.LastIndexAny(s, clauseEnds)
	if last < 0 {
		return rejection{}, false
	}
	end := stripWord(trimPause(s[last:]), r.w.Contrasts)
	out := cutAnySuffix(end, r.d.Busy)
	return rejection{out: out, kept: trimPause(s[:last])}, out != end
}

// weighDays takes a corrected day that stands by itself. One that may lean on
// the first (its week, its month, its part of the day) is only offered.
func (r *Reader) weighDays(before, after Reading, typed string) Reading {
	a, b := before.Value.Str(), after.Value.Str()
	if len(a) < len(isoDay) || len(b) < len(isoDay) || len(a) > len(b) {
		return asOffer(after, "corrected")
	}
	for range 3 {
		typed = stripOne(typed, r.d.Leads)
	}
	first, errA := time.Parse(isoDay, a[:len(isoDay)])
	second, errB := time.Parse(isoDay, b[:len(isoDay)])
	if errA != nil || errB != nil {
		return asOffer(after, "corrected")
	}
	yearA, weekA := first.ISOWeek()
	yearB, weekB := second.ISOWeek()
	week := r.date.week.FindStringSubmatch(typed)
	leans := false
	switch {
	case week != nil:
		leans = week[1] == "" && (yearA != yearB || weekA != weekB)
	case after.How == "date" && !withYear.MatchString(typed):
		bareDay := r.date.forms[5].re.MatchString(typed)
		leans = first.Year() != second.Year() || bareDay && first.Month() != second.Month()
	}
	if leans {
		return asOffer(after, "corrected")
	}
	return after
}

// leftToUs reports a text of which every part leaves the time to us.
func (r *Reader) leftToUs(n string) bool {
	parts := strings.FieldsFunc(n, isPause)
	for _, p := range parts {
		if !r.sets.any[p] && !r.sets.any[r.stripBack(p)] {
			return false
		}
	}
	return len(parts) > 0
}
