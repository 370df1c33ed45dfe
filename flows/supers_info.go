package flows

import (
	"slices"
	"time"
)

// SuperInfo is what the house says about super customers, for pages.
type SuperInfo struct {
	Look, Candidate, Confirmed int // points
	Share                      int // most of the verified doctors, percent
	Review, Again              int // days
	Dimensions                 []SuperName
	Lenses                     []SuperLensInfo
	Stages                     []string // in their order
	Channels                   []SuperChannel
}

// SuperName is a code with its words.
type SuperName struct{ Code, Label string }

// SuperLensInfo is one lens.
type SuperLensInfo struct {
	Code, Label string
	Roles       []string       // who looks through it unless they choose another
	Weights     map[string]int // dimension → percent
	List        string         // condition for standing on its list, "" = everybody
	Why         string
	Tags        []string // that belong to it
}

// Supers tells what classes.yaml says about super customers; nil = the house looks for none.
func (lib *Library) Supers() *SuperInfo {
	if lib.classes == nil || lib.classes.supers == nil {
		return nil
	}
	r := lib.classes.supers
	out := &SuperInfo{Look: r.look, Candidate: r.candidate, Confirmed: r.confirmed, Share: r.share, Review: r.review, Again: r.again, Stages: superStages, Channels: r.channels}
	for i := range r.dimensions {
		out.Dimensions = append(out.Dimensions, SuperName{r.dimensions[i].name, r.dimensions[i].label})
	}
	for i := range r.lenses {
		l := &r.lenses[i]
		info := SuperLensInfo{Code: l.name, Label: l.label, Roles: l.roles, Weights: l.weights, List: l.list.Source(), Why: l.why}
		for k := range lib.classes.tags {
			if contains(lib.classes.tags[k].lens, l.name) {
				info.Tags = append(info.Tags, lib.classes.tags[k].tag)
			}
		}
		out.Lenses = append(out.Lenses, info)
	}
	return out
}

// Lens finds a lens; the first one when there is none of the name.
func (i *SuperInfo) Lens(code string) SuperLensInfo {
	for _, l := range i.Lenses {
		if l.Code == code {
			return l
		}
	}
	return i.Lenses[0]
}

// LensOf is the lens of a role, the first one when none is the role's own.
func (i *SuperInfo) LensOf(role string) SuperLensInfo {
	for _, l := range i.Lenses {
		if contains(l.Roles, role) {
			return l
		}
	}
	return i.Lenses[0]
}

// Channel finds a way to what a doctor cares about by its code; the zero value when there is none.
func (i *SuperInfo) Channel(code string) SuperChannel {
	for _, c := range i.Channels {
		if c.Code == code {
			return c
		}
	}
	return SuperChannel{}
}

// PlanStep is one entry of the plan for the coming year. Review: the standing is to be looked at again; else something is done with the doctor.
type PlanStep struct {
	At     time.Time
	Say    string
	Review bool
}

// SuperPlan is the plan of the twelve months after now: the next step at its time, the steps of the stage after it at their distance, and the reviews
// between. It is never empty while the stage has a step.
func (lib *Library) SuperPlan(stage string, next SuperStep, at, review, now time.Time) []PlanStep {
	if lib.classes == nil || lib.classes.supers == nil {
		return nil
	}
	r := lib.classes.supers
	end := now.AddDate(1, 0, 0)
	if at.Before(now) {
		at = now
	}
	var out []PlanStep
	if next.Say != "" {
		out = append(out, PlanStep{At: at, Say: next.Say})
	}
	steps := r.steps[stage]
	for i := 0; len(steps) > 0 && len(out) < planMost; i++ {
		s := steps[i%len(steps)]
		if at = at.AddDate(0, 0, max(s.days, planLeast)); !at.Before(end) {
			break
		}
		if s.code != next.Code || len(steps) == 1 {
			out = append(out, PlanStep{At: at, Say: s.say})
		}
	}
	if review.IsZero() {
		return out
	}
	for ; review.Before(end); review = review.AddDate(0, 0, max(r.review, planLeast)) {
		out = append(out, PlanStep{At: review, Review: true})
	}
	slices.SortStableFunc(out, func(a, b PlanStep) int { return a.At.Compare(b.At) })
	return out
}

// Limits of a plan.
const (
	planMost  = 40 // entries
	planLeast = 7  // days between two entries
)
