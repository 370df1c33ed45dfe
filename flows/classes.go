package flows

import (
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// Classes are classes.yaml: how tags, the adoption ladder, potential, classes, digital affinity, channels, cells and the result of recruiting are derived
// from everything known about a doctor. The shapes are those of the trade: potential × adoption, seven stages, five grades of affinity.
type Classes struct {
	labels   map[string]map[string]string // kind → value → words for people
	ladder   ladderRules
	products []productRules
	matrix   matrixRules
	affinity affinityRules
	channels channelRules
	depth    []verdictRule // participation, 0 to 7
	cells    []verdictRule
	result   []verdictRule
	class    []verdictRule
	tags     []tagRule
	supers   *superRules // nil = the house looks for none
	loyalty  *loyaltyRules
	examples []dossierExample
	exprs    map[string][]*Expr // by section: what a condition may read grows from one to the next
	at       place
}

// verdictRule gives a value when its condition holds; of a list the first that holds counts.
type verdictRule struct {
	is   string
	when *Expr // nil = whatever is left
	why  string
	at   place
}

type ladderRules struct {
	answer, rep, behaviour int // weight of a source, percent
	halfLife               int // days after which a weight is half
	most                   int // highest stage that behaviour alone can raise to
}

type productRules struct {
	code      string
	label     string
	field     string // of the portrait, with the stage that was said
	at        place  // of the field
	behaviour []verdictRule
	potential []verdictRule
}

// matrixRules is the table potential × adoption.
type matrixRules struct {
	from []int               // lowest stage of each column
	rows map[string][]string // potential ("" = unknown) → cell of each column
}

type affinityRules struct {
	window                     int // days
	open, reply, speed, attend int // weights, percent
	fast, slow                 time.Duration
	from                       []int // least percent of each grade, from 0
}

type channelRules struct {
	holds  int // days for which a wish of the doctor's own beats what was seen
	wishes []channelWish
}

// channelWish names the channel that an answer stands for.
type channelWish struct {
	field   string
	value   string
	channel string
	at      place
}

// tagRule is one tag of the house. Without a condition it is only described: flows and people put it on.
type tagRule struct {
	tag     string
	label   string
	group   string
	when    *Expr
	why     string
	expires int // days after which it goes, 0 = never
	visible bool
	lens    []string
	at      place
}

// tagGroups are what a tag may be about.
var tagGroups = []string{"identity", "clinic", "awareness", "feeling", "situation", "behaviour", "channel", "content", "access", "compliance"}

// Sections of classes.yaml in the order in which they are derived.
const (
	sectionBehaviour = "behaviour"
	sectionPotential = "potential"
	sectionDepth     = "depth"
	sectionCell      = "cell"
	sectionResult    = "result"
	sectionClass     = "class"
	sectionTags      = "tags"
	sectionSuper     = "super" // dimensions of super customers
	sectionLens      = "lens"  // what reads them
)

// classes reads classes.yaml.
func (b *binder) classes(root *yaml.Node) *Classes {
	c := &Classes{labels: map[string]map[string]string{}, exprs: map[string][]*Expr{}, at: b.at(root)}
	o := b.object(root, []string{"labels", "ladder", "products", "matrix", "affinity", "channels", "depth", "cells", "result", "classes", "tags", "supers", "loyalty", "examples"})
	if n := o.keys["labels"]; n != nil {
		b.pairs(n, func(k, v *yaml.Node) {
			words := map[string]string{}
			b.pairs(v, func(code, text *yaml.Node) { words[code.Value] = b.scalar(text, code.Value) })
			c.labels[k.Value] = words
		})
	}
	c.ladder = b.ladderRules(o)
	for _, n := range o.items("products") {
		c.products = append(c.products, b.productRules(n, c))
	}
	c.matrix, c.affinity, c.channels = b.matrixRules(o), b.affinityRules(o), b.channelRules(o)
	c.depth = b.verdicts(o, "depth", sectionDepth, c)
	c.cells = b.verdicts(o, "cells", sectionCell, c)
	c.result = b.verdicts(o, "result", sectionResult, c)
	c.class = b.verdicts(o, "classes", sectionClass, c)
	b.section(c, sectionTags, func() {
		for _, n := range o.items("tags") {
			if t, ok := b.tagRule(n, c); ok {
				c.tags = append(c.tags, t)
			}
		}
	})
	c.supers, c.loyalty = b.superRules(o, c), b.loyaltyRules(o)
	c.examples = append(c.examples, b.dossierExamples(o)...)
	return c
}

// section reads conditions of one section: what they may read is settled when they are linked.
func (b *binder) section(c *Classes, name string, read func()) {
	before := b.step
	b.step = &Step{}
	read()
	c.exprs[name] = append(c.exprs[name], b.step.exprs...)
	b.step = before
}

// verdicts reads a list of {is, when, why}; "when: else" takes what is left.
func (b *binder) verdicts(o *object, key, section string, c *Classes) []verdictRule {
	var out []verdictRule
	b.section(c, section, func() {
		for _, n := range o.items(key) {
			ro := b.object(n, []string{"is", "when", "why", "examples"})
			if !ro.need("is", "when", "why") {
				continue
			}
			r := verdictRule{is: ro.plain("is"), why: ro.plain("why"), at: b.at(n)}
			if ro.plain("when") != "else" {
				r.when = ro.cond("when")
			}
			out = append(out, r)
			c.examples = append(c.examples, b.dossierExamples(ro)...)
		}
	})
	return out
}

func (b *binder) ladderRules(o *object) ladderRules {
	r := ladderRules{answer: 100, rep: 80, behaviour: 40, halfLife: 180, most: 2}
	n := o.keys["ladder"]
	if n == nil {
		return r
	}
	lo := b.object(n, []string{"answer", "rep", "behaviour", "half_life", "behaviour_most"})
	r.answer, r.rep, r.behaviour = lo.number("answer", 1, 100, 100), lo.number("rep", 1, 100, 80), lo.number("behaviour", 0, 100, 40)
	r.halfLife = lo.days("half_life", 180)
	if s := lo.plain("behaviour_most"); s != "" {
		r.most = lo.stage("behaviour_most")
	}
	return r
}

// days reads a span written as 90d.
func (o *object) days(key string, def int) int {
	return int(o.duration(key, time.Duration(def)*24*time.Hour).Hours() / 24)
}

// stage reads A0 to A6.
func (o *object) stage(key string) int {
	s := o.oneOf(key, stages...)
	return max(stageOf(s), 0)
}

// stages are those of the adoption ladder: unknown, aware, informed, tried, regular, convinced, advocate.
var stages = []string{"A0", "A1", "A2", "A3", "A4", "A5", "A6"}

// stageOf is the number of a stage, -1 when it is none.
func stageOf(s string) int {
	for i, name := range stages {
		if name == s {
			return i
		}
	}
	return -1
}

func (b *binder) productRules(n *yaml.Node, c *Classes) productRules {
	o := b.object(n, []string{"code", "label", "ladder", "behaviour", "potential"})
	o.need("code", "ladder", "potential")
	p := productRules{code: o.word("code"), label: o.plain("label"), field: o.plain("ladder"), at: o.place("ladder")}
	p.behaviour = b.verdicts(o, "behaviour", sectionBehaviour, c)
	for _, r := range p.behaviour {
		if stageOf(r.is) < 0 {
			b.sink.Add(r.at.file, r.at.line, r.at.column, r.at.width, "not_allowed", "key", "is", "value", r.is, "allowed", strings.Join(stages, listMark), "near", cond.Nearest(r.is, stages))
		}
	}
	p.potential = b.verdicts(o, "potential", sectionPotential, c)
	return p
}
