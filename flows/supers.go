package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// superRules are the section supers of classes.yaml: how the doctors are found on whom the house can lean, how they are understood, and what comes next
// with each. Five dimensions are weighed by lenses, one for each department; sales enter as a figure of the institution only.
type superRules struct {
	look, candidate, confirmed int // points from which a doctor is looked at, a candidate, ripe to be confirmed
	margin                     int // points below candidate at which a candidate is lost
	share                      int // most super customers of a product, percent of the verified doctors
	review, again              int // days between reviews; days after which a refused one may be proposed again
	dimensions                 []superDimension
	lenses                     []superLens
	lifecycle                  map[string]map[string]int // stage of a product's life → dimension → percent of its weight
	gates                      []verdictRule
	strength, stages           []verdictRule
	steps                      map[string][]superStepRule // by stage
	channels                   []SuperChannel
	at                         place
}

// superDimension is one of the five things that lenses weigh, 0 to 100.
type superDimension struct {
	name  string
	label string
	lines []superLine
	at    place
}

// superLine gives points when its condition holds, or by where a number stands between two others.
type superLine struct {
	points    int
	when, of  *Expr
	low, high float64 // range of the number
	why       string
	at        place
}

// superLens is how one department looks.
type superLens struct {
	name    string
	label   string
	roles   []string // who looks through it unless they choose another
	weights map[string]int
	list    *Expr // who stands on its list, nil = everybody
	why     string
	at      place
}

// superStepRule is a next step of a stage; of several the first whose condition holds.
type superStepRule struct {
	code string
	when *Expr // nil = whatever is left
	say  string
	days int
	why  string
	at   place
}

// SuperChannel is a way to what a doctor cares about, with how to speak and what to bring.
type SuperChannel struct {
	Code, Label, Tone, Gesture string
}

// Dimensions of a super customer. Source: institution decile × knowledge × affinity × academic influence × influence on access.
var superDimensions = []string{dimSales, "knowledge", "affinity", "influence", "access"}

// dimSales is the dimension that may look at nothing but the institution.
const dimSales = "sales"

// superStages are the stages in their order; the last one is for those who have gone quiet.
var superStages = []string{"find", "understand", "influence", "rely", "asleep"}

// superMost is the largest share of doctors that may be super customers of a product, in percent. Source: one in ten, from the study that the idea rests on.
const superMost = 10

// productLives are the stages of a product's life.
var productLives = []string{"launch", "growth", "mature", "vbp", "decline"}

// strengths of a relation.
var strengths = []string{"weak", "mid", "strong"}

// superRules reads the section; nil when there is none.
func (b *binder) superRules(o *object, c *Classes) *superRules {
	n := o.keys["supers"]
	if n == nil {
		return nil
	}
	so := b.object(n, []string{"look", "candidate", "confirmed", "margin", "share", "review", "again", "dimensions", "lenses", "lifecycle", "gates", "strength",
		"stages", "steps", "channels"})
	so.need("dimensions", "lenses", "stages", "steps")
	r := &superRules{at: b.at(n), look: so.number("look", 1, 100, 50), candidate: so.number("candidate", 1, 100, 65), confirmed: so.number("confirmed", 1, 100, 75),
		margin: so.number("margin", 0, 20, 5), share: so.number("share", 1, 100, superMost), review: so.days("review", 180), again: so.days("again", 180),
		lifecycle: map[string]map[string]int{}, steps: map[string][]superStepRule{}}
	b.section(c, sectionSuper, func() {
		for _, n := range so.items("dimensions") {
			r.dimensions = append(r.dimensions, b.superDimension(n))
		}
	})
	b.section(c, sectionLens, func() {
		for _, n := range so.items("lenses") {
			r.lenses = append(r.lenses, b.superLens(n))
		}
		b.superSteps(so, r)
	})
	if len(r.lenses) == 0 && so.has("lenses") {
		b.add(so.keys["lenses"], "missing_key", "key", "lens")
	}
	r.gates = b.verdicts(so, "gates", sectionLens, c)
	r.strength = b.superVerdicts(so, "strength", c, strengths)
	r.stages = b.superVerdicts(so, "stages", c, superStages)
	b.superLives(so, r)
	for _, n := range so.items("channels") {
		co := b.object(n, []string{"is", "label", "tone", "gesture"})
		if co.need("is", "label", "tone", "gesture") {
			r.channels = append(r.channels, SuperChannel{co.word("is"), co.plain("label"), co.plain("tone"), co.plain("gesture")})
		}
	}
	return r
}

// superVerdicts reads verdicts whose values are given.
func (b *binder) superVerdicts(o *object, key string, c *Classes, allowed []string) []verdictRule {
	rules := b.verdicts(o, key, sectionLens, c)
	for _, r := range rules {
		if !contains(allowed, r.is) {
			b.sink.Add(r.at.file, r.at.line, r.at.column, r.at.width, "not_allowed", "key", "is", "value", r.is, "allowed", strings.Join(allowed, listMark), "near", cond.Nearest(r.is, allowed))
		}
	}
	return rules
}

func (b *binder) superDimension(n *yaml.Node) superDimension {
	o := b.object(n, []string{"is", "label", "lines"})
	o.need("is", "lines")
	d := superDimension{name: o.oneOf("is", superDimensions...), label: o.plain("label"), at: b.at(n)}
	for _, item := range o.items("lines") {
		lo := b.object(item, []string{"points", "when", "of", "range", "why"})
		if !lo.need("points", "why") || !lo.has("when") && !lo.need("of", "range") {
			continue
		}
		l := superLine{points: lo.number("points", 1, 100, 0), when: lo.cond("when"), of: lo.expr("of"), why: lo.plain("why"), at: b.at(item)}
		if low, high := lo.span("range"); low != nil && high != nil {
			l.low, l.high = *low, *high
		}
		if l.of != nil && l.high <= l.low && lo.has("range") {
			b.add(lo.keys["range"], "super_range")
		}
		d.lines = append(d.lines, l)
	}
	return d
}

func (b *binder) superLens(n *yaml.Node) superLens {
	o := b.object(n, []string{"lens", "label", "roles", "weights", "list", "why"})
	o.need("lens", "label", "weights")
	l := superLens{name: o.word("lens"), label: o.plain("label"), roles: o.words("roles"), list: o.cond("list"), why: o.plain("why"), at: b.at(n)}
	l.weights = b.superShares(o, "weights", 100)
	return l
}

// superShares reads dimension → percent.
func (b *binder) superShares(o *object, key string, most int) map[string]int {
	out := map[string]int{}
	if n := o.keys[key]; n != nil {
		wo := b.object(n, superDimensions)
		for name := range wo.keys {
			out[name] = wo.number(name, 0, most, 0)
		}
	}
	return out
}

func (b *binder) superLives(o *object, r *superRules) {
	n := o.keys["lifecycle"]
	if n == nil {
		return
	}
	lo := b.object(n, productLives)
	for life := range lo.keys {
		r.lifecycle[life] = b.superShares(lo, life, 500)
	}
}

// superSteps reads the next steps of every stage. A list that could leave a doctor without one is refused.
func (b *binder) superSteps(o *object, r *superRules) {
	n := o.keys["steps"]
	if n == nil {
		return
	}
	so := b.object(n, superStages)
	for stage := range so.keys {
		for _, item := range so.items(stage) {
			io := b.object(item, []string{"is", "when", "say", "days", "why"})
			if !io.need("is", "when", "say") {
				continue
			}
			s := superStepRule{code: io.word("is"), say: io.plain("say"), days: io.number("days", 0, 365, 14), why: io.plain("why"), at: b.at(item)}
			if io.plain("when") != "else" {
				s.when = io.cond("when")
			}
			r.steps[stage] = append(r.steps[stage], s)
		}
	}
	for _, stage := range superStages {
		list := r.steps[stage]
		if !slices.ContainsFunc(list, func(s superStepRule) bool { return s.when == nil && s.say != "" }) {
			b.add(n, "super_step", "stage", stage)
		}
	}
}

// link checks what can only be known once names have a meaning: numbers are numbers, and sales look at the institution alone.
func (r *superRules) link(l *linker) {
	if r == nil {
		return
	}
	for i := range r.dimensions {
		for k := range r.dimensions[i].lines {
			line := &r.dimensions[i].lines[k]
			if line.of != nil && line.of.x != nil && line.of.x.Type().Kind != cond.KindNumber {
				l.add(line.at, "super_number", "src", line.of.src)
			}
		}
	}
}
