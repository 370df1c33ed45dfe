package flows

import (
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// Standings of a doctor as a super customer of a product.
const (
	SuperNear      = "near"      // worth looking at: something is missing
	SuperCandidate = "candidate" // the rules would have it, people have not decided
	SuperConfirmed = "confirmed" // two people of different roles have decided
	SuperRefused   = "refused"   // people have decided against it
	SuperDropped   = "dropped"   // was one, and must not be one any more
)

// Gates that no rule of the house can open.
const (
	GateVerified = "verified" // it is certain who the doctor is
	GateConsent  = "consent"  // the doctor agreed to be remembered by what was said and done
	GateMaterial = "material" // the doctor has not asked for a benefit of his own
	GateStays    = "stays"    // the doctor wants to hear of us
)

// SuperStand is what was derived last about a super customer, and what people have settled.
type SuperStand struct {
	Status  string
	Touched bool // people have written something: what they wrote is not thrown away
	Card    bool // the understanding is written down
	Review  time.Time
}

// Influenced is one outcome that the doctor helped to. No sales.
type Influenced struct {
	Kind  string // referral, hosted, access, spoke, shared, cocreated
	Other string // doctor or hospital that it was about
	At    time.Time
}

// SuperGate is one gate with whether it stands open.
type SuperGate struct {
	Gate     string
	Holds    bool
	Why      string // rule in words, "" for those that no rule of the house can open
	Evidence string
}

// SuperStep is what comes next with a doctor.
type SuperStep struct {
	Code, Say, Why string
	Days           int // from now
}

// SuperFound is what the rules find about a doctor and a product. Status "" = nothing to look at.
type SuperFound struct {
	Status   string
	Stage    string
	Reason   string // first gate that is shut, "" = none or not asked
	Best     int
	Lens     string // of the best score
	Parts    []SuperPart
	Scores   []SuperScore // in the order of the lenses
	Gates    []SuperGate
	Next     SuperStep
	Unknown  []string // reasons of lines that rest on what nobody knows
	Strength string   // of the relation: weak, mid, strong
	Because  string   // the rule of the strength in words, with what it rests on
	Review   bool     // confirmed, and to be looked at again now
	Life     string   // stage of the product's life
}

// superValues are what the names of a super customer stand for.
type superValues struct {
	stand SuperStand
	parts []SuperPart
	best  int
	found *SuperFound
}

// supers finds where the doctor stands as a super customer of every product.
func (x *deriver) supers() {
	r := x.rules.supers
	if r == nil {
		return
	}
	x.found.Supers = map[string]SuperFound{}
	for i := range x.rules.products {
		x.product = x.rules.products[i].code
		x.found.Supers[x.product] = x.super(r, x.product)
	}
	x.product = ""
}

// ofProduct is what stands under a product, or under none: examples name no product.
func ofProduct[T any](m map[string]T, product string) T {
	if v, ok := m[product]; ok {
		return v
	}
	return m[""]
}

// super derives one product. Before the doctor agreed, nothing is weighed.
func (x *deriver) super(r *superRules, product string) SuperFound {
	stand := ofProduct(x.d.Supers, product)
	f := SuperFound{Life: ofProduct(x.d.Lives, product)}
	f.Gates = x.fixedGates()
	shut := firstShut(f.Gates)
	if shut != "" && shut != GateMaterial {
		return x.withoutWeight(r, stand, f, shut)
	}
	x.sup = &superValues{stand: stand, found: &f}
	defer func() { x.sup = nil }()
	x.lenses(r, &f)
	for i := range r.gates {
		g := &r.gates[i]
		f.Gates = append(f.Gates, SuperGate{Gate: g.is, Holds: x.v.holds(g.when), Why: g.why, Evidence: x.v.proof(g.when)})
	}
	f.Reason = firstShut(f.Gates)
	if f.Status = r.status(&f, stand, x.now); f.Status == "" {
		return f
	}
	x.place(r, &f, stand)
	return f
}

// lenses weighs the doctor for every department. The best score is that of a lens on whose list the doctor stands.
func (x *deriver) lenses(r *superRules, f *SuperFound) {
	shares, parts, unknown := r.evaluate(x.v)
	f.Parts, f.Unknown, x.sup.parts = parts, unknown, parts
	for i := range r.lenses {
		l := &r.lenses[i]
		s := r.weigh(l, shares, f.Life)
		s.Listed, s.Tags = x.v.holds(l.list), x.lensTags(l.name)
		if f.Scores = append(f.Scores, s); s.Listed && s.Points > f.Best {
			f.Best, f.Lens = s.Points, s.Lens
		}
	}
	x.sup.best = f.Best
}

// withoutWeight is where a doctor stands who may not be weighed: nothing is said of the doctor, and who was a super customer is one no more.
func (x *deriver) withoutWeight(r *superRules, stand SuperStand, f SuperFound, shut string) SuperFound {
	f.Reason = shut
	if stand.Status == SuperConfirmed || stand.Touched || stand.Status == SuperRefused || stand.Status == SuperDropped {
		f.Status = SuperDropped
		x.place(r, &f, stand)
	}
	return f
}

// fixedGates are those that no rule of the house can open.
func (x *deriver) fixedGates() []SuperGate {
	d := x.d
	consents := d.personal()
	return []SuperGate{
		{Gate: GateVerified, Holds: d.Level == 2}, {Gate: GateConsent, Holds: consents}, {Gate: GateStays, Holds: d.Followed && !d.OptedOut},
		{Gate: GateMaterial, Holds: d.Benefit.IsZero()},
	}
}

func firstShut(gates []SuperGate) string {
	i := slices.IndexFunc(gates, func(g SuperGate) bool { return !g.Holds })
	if i < 0 {
		return ""
	}
	return gates[i].Gate
}

// status is the standing that follows from points, gates and what people settled. Nobody is confirmed here.
func (r *superRules) status(f *SuperFound, stand SuperStand, now time.Time) string {
	had := stand.Status != "" && stand.Status != SuperNear || stand.Touched
	switch {
	case f.Reason == GateMaterial:
		if had || f.Best >= r.look {
			return SuperDropped
		}
		return ""
	case stand.Status == SuperConfirmed:
		f.Review = f.Reason != "" || f.Best < r.candidate || !stand.Review.IsZero() && !stand.Review.After(now)
		return SuperConfirmed
	case stand.Status == SuperRefused && stand.Review.After(now):
		return SuperRefused
	}
	from := r.candidate
	if stand.Status == SuperCandidate {
		from -= r.margin
	}
	switch {
	case f.Best >= from && f.Reason == "":
		return SuperCandidate
	case f.Best >= r.look:
		return SuperNear
	case stand.Touched:
		return SuperDropped
	}
	return ""
}

// place finds the stage, the strength of the relation and the next step. There is always one: the last step of a stage is for whatever is left.
func (x *deriver) place(r *superRules, f *SuperFound, stand SuperStand) {
	if x.sup == nil {
		x.sup = &superValues{stand: stand, found: f}
		defer func() { x.sup = nil }()
	}
	f.Stage = superStages[0]
	if v := x.v.first(r.stages); v != nil {
		f.Stage = v.is
	}
	if v := x.v.first(r.strength); v != nil {
		f.Strength, f.Because = v.is, strings.TrimSpace(v.why+" "+x.v.proof(v.when))
	}
	f.Next = x.superStep(r, f.Stage)
}

func (x *deriver) superStep(r *superRules, stage string) SuperStep {
	for i := range r.steps[stage] {
		if s := &r.steps[stage][i]; x.v.holds(s.when) {
			return SuperStep{Code: s.code, Say: s.say, Days: s.days, Why: s.why}
		}
	}
	return SuperStep{}
}

// lensTags are the tags of a lens that the doctor has.
func (x *deriver) lensTags(lens string) []string {
	var out []string
	held := x.d.holding(x.now)
	for i := range x.rules.tags {
		t := &x.rules.tags[i]
		if contains(t.lens, lens) && (contains(held, t.tag) || slices.ContainsFunc(x.found.Tags, func(f TagFound) bool { return f.Tag == t.tag && !f.Remove })) {
			out = append(out, t.tag)
		}
	}
	return out
}

// superValue gives the names that tags and super customers read beside the rest.
func (x *deriver) superValue(name string) Value {
	switch name {
	case "usage":
		return cond.Number(float64(max(stageOf(x.found.Ratings[x.leading()].Ladder), 0)))
	case "helped":
		return cond.List(x.helped()...)
	case "product.life":
		return textOrNone(ofProduct(x.d.Lives, x.leading()))
	case "super.panels":
		return cond.Number(float64(x.panels()))
	}
	if x.sup == nil {
		return cond.None()
	}
	switch name {
	case "super.status":
		return textOrNone(x.sup.found.Status)
	case "super.card":
		return cond.Bool(x.sup.stand.Card)
	case "super.best":
		return cond.Number(float64(x.sup.best))
	}
	for _, p := range x.sup.parts {
		if name == "super."+p.Dimension {
			return cond.Number(float64(p.Value))
		}
	}
	return cond.None()
}

// helpedDays is how far back an outcome counts.
const helpedDays = 365

// helped lists the kinds of outcome that the doctor helped to within a year.
func (x *deriver) helped() []string {
	var out []string
	for _, i := range x.d.Influences {
		if !i.At.Before(x.now.AddDate(0, 0, -helpedDays)) && !contains(out, i.Kind) {
			out = append(out, i.Kind)
		}
	}
	slices.Sort(out)
	return out
}

// panelGroups are the groups of the portrait that say how a doctor thinks, feels and stands. Source: the three sides from which a customer is understood.
var panelGroups = []string{"rational", "emotional", "situation"}

// panels counts the sides of which something is known.
func (x *deriver) panels() int {
	n := 0
	for _, group := range panelGroups {
		for name, k := range x.d.Profile {
			if f := x.lib.profile[name]; f != nil && f.Group == group && !k.Value.IsEmpty() {
				n++
				break
			}
		}
	}
	return n
}
