package flows

import (
	"math"
	"slices"
	"time"
)

// rung is one piece of evidence of how far a doctor has come with a product.
type rung struct {
	stage  int
	answer bool // the doctor's own word; else a rep's report
	weight int  // percent
	at     time.Time
	ref    string
}

// ladder folds the evidence in the order of time. A doctor's own answer always counts. A rep's report counts when it weighs at least as much as what stands,
// whose weight fades, and takes the doctor down by one step at most. Behaviour only raises, and not beyond its highest stage. Nothing of an earlier
// derivation is needed, so that it can be done again at any time.
func (x *deriver) ladder(p *productRules) string {
	r := &x.rules.ladder
	stands := rung{}
	for _, e := range x.rungs(p) {
		if !e.answer && float64(e.weight) < faded(stands, e.at, r.halfLife) {
			continue
		}
		if !e.answer && e.stage < stands.stage-1 {
			e.stage = stands.stage - 1
		}
		stands = e
	}
	why := "rep"
	if stands.answer {
		why = "answer"
	}
	if b := x.v.first(p.behaviour); b != nil {
		if stage := min(stageOf(b.is), r.most); stage > stands.stage {
			x.because("ladder", stages[stage], b.why, x.v.proof(b.when), "")
			return stages[stage]
		}
	}
	if stands.weight == 0 {
		x.because("ladder", stages[0], x.lib.Word("ladder_source", "none"), "", "")
		return stages[0]
	}
	x.because("ladder", stages[stands.stage], x.lib.Word("ladder_source", why), stands.at.In(x.now.Location()).Format(time.DateOnly), stands.ref)
	return stages[stands.stage]
}

// faded is what is left of the weight of a piece of evidence.
func faded(e rung, at time.Time, halfLife int) float64 {
	if e.weight == 0 {
		return 0
	}
	days := at.Sub(e.at).Hours() / 24
	return float64(e.weight) * math.Pow(0.5, max(days, 0)/float64(halfLife))
}

// rungs lists the evidence about a product, oldest first: what was said over time, and the reports of reps.
func (x *deriver) rungs(p *productRules) []rung {
	var out []rung
	add := func(k Known) {
		stage := stageOf(k.Value.Str())
		if stage < 0 {
			return
		}
		e := rung{stage: stage, answer: k.Source != "rep", weight: x.rules.ladder.answer, at: k.At, ref: k.Ref}
		if !e.answer {
			e.weight = x.rules.ladder.rep
		}
		out = append(out, e)
	}
	for _, k := range x.d.History[p.field] {
		add(k)
	}
	if len(out) == 0 {
		add(x.d.Profile[p.field])
	}
	if p.field != "" && x.product == x.leading() {
		for _, v := range x.d.Visits {
			known := slices.ContainsFunc(out, func(e rung) bool { return !e.answer && e.ref == visitRef(v.ID) })
			if stage := stageOf(v.Ladder); stage >= 0 && !known {
				out = append(out, rung{stage: stage, weight: x.rules.ladder.rep, at: v.At, ref: visitRef(v.ID)})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b rung) int { return a.at.Compare(b.at) })
	return out
}

// visitRef is how values name the report that they come from.
func visitRef(id string) string { return "visit:" + id }
