package flows

import (
	"math"
	"strconv"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// loyaltyRules are the section loyalty of classes.yaml: how one figure from 0 to 100 is made of what the customers of a product do. It is about groups of
// doctors, never about one.
type loyaltyRules struct {
	field    string // of the portrait, with the answer from 0 to 10
	parts    []loyaltyPart
	examples []loyaltyExample
	at       place
}

type loyaltyPart struct {
	name, label, why string
	points           int
	low, high        float64 // at low or below it gives nothing, at high or above all its points
	at               place
}

type loyaltyExample struct {
	given map[string]float64
	want  int
	at    place
}

// Parts of the loyalty index.
const (
	LoyaltyNPS       = "nps"       // share of promoters less share of critics, -100 to 100
	LoyaltyRetention = "retention" // percent of those active before who still are
	LoyaltyDepth     = "depth"     // kinds of taking part of an active doctor, on average
	LoyaltyReferrals = "referrals" // percent of the customers who brought a colleague
)

var loyaltyParts = []string{LoyaltyNPS, LoyaltyRetention, LoyaltyDepth, LoyaltyReferrals}

// loyaltyRules reads the section; nil when there is none.
func (b *binder) loyaltyRules(o *object) *loyaltyRules {
	n := o.keys["loyalty"]
	if n == nil {
		return nil
	}
	lo := b.object(n, []string{"field", "parts", "examples"})
	lo.need("field", "parts", "examples")
	r := &loyaltyRules{field: lo.word("field"), at: b.at(n)}
	for _, item := range lo.items("parts") {
		po := b.object(item, []string{"is", "label", "points", "range", "why"})
		if !po.need("is", "label", "points", "range", "why") {
			continue
		}
		p := loyaltyPart{name: po.oneOf("is", loyaltyParts...), label: po.plain("label"), why: po.plain("why"), points: po.number("points", 1, 100, 0), at: b.at(item)}
		low, high := po.span("range")
		if low == nil || high == nil || *high <= *low {
			b.add(po.keys["range"], "super_range")
			continue
		}
		p.low, p.high = *low, *high
		r.parts = append(r.parts, p)
	}
	for _, item := range lo.items("examples") {
		eo := b.object(item, []string{"given", "expect"})
		if !eo.need("given", "expect") {
			continue
		}
		e := loyaltyExample{given: map[string]float64{}, want: eo.number("expect", 0, 100, 0), at: b.at(item)}
		b.pairs(eo.keys["given"], func(k, v *yaml.Node) { b.loyaltyGiven(k, v, e.given) })
		r.examples = append(r.examples, e)
	}
	return r
}

func (b *binder) loyaltyGiven(k, v *yaml.Node, into map[string]float64) {
	f, err := strconv.ParseFloat(v.Value, 64)
	if err != nil || !contains(loyaltyParts, k.Value) {
		b.add(k, "unknown_key", "key", k.Value, "near", cond.Nearest(k.Value, loyaltyParts))
		return
	}
	into[k.Value] = f
}

// LoyaltyInfo is what the house says about loyalty, for pages and for whoever counts.
type LoyaltyInfo struct {
	Field string // of the portrait, with the answer from 0 to 10
	rules *loyaltyRules
}

// Loyalty tells what classes.yaml says about loyalty; nil = the house weighs none.
func (lib *Library) Loyalty() *LoyaltyInfo {
	if lib.classes == nil || lib.classes.loyalty == nil {
		return nil
	}
	return &LoyaltyInfo{Field: lib.classes.loyalty.field, rules: lib.classes.loyalty}
}

// LoyaltyIndex is the figure of one product with its lines.
type LoyaltyIndex struct {
	Points int // 0 to 100
	Known  bool
	Lines  []LoyaltyLine
}

// LoyaltyLine is one part: what it is, and what it gives of its most.
type LoyaltyLine struct {
	Part, Label, Why string
	Value            float64
	Known            bool // enough doctors say something about it
	Points           float64
	Most             float64 // of 100; larger than written when another part is unknown
}

// Index weighs the parts that are known. What is not known gives its weight to the others; with nothing known there is no figure.
func (i *LoyaltyInfo) Index(values map[string]float64) LoyaltyIndex { return i.rules.index(values) }

func (r *loyaltyRules) index(values map[string]float64) LoyaltyIndex {
	var out LoyaltyIndex
	weight, sum := 0, 0.0
	for _, p := range r.parts {
		if _, ok := values[p.name]; ok {
			weight += p.points
		}
	}
	for _, p := range r.parts {
		v, ok := values[p.name]
		l := LoyaltyLine{Part: p.name, Label: p.label, Why: p.why, Value: v, Known: ok}
		if ok {
			l.Most = 100 * float64(p.points) / float64(weight)
			l.Points = l.Most * min(max((v-p.low)/(p.high-p.low), 0), 1)
			sum, out.Known = sum+l.Points, true
		}
		out.Lines = append(out.Lines, l)
	}
	out.Points = int(math.Round(sum))
	return out
}

// loyalty checks the section: weights that add up, a number behind the field, every part once, examples that come out.
func (c *checker) loyalty(r *loyaltyRules) {
	if r == nil {
		return
	}
	sum := 0
	seen, proved := map[string]bool{}, map[string]bool{}
	for _, p := range r.parts {
		sum += p.points
		if seen[p.name] {
			c.add(p.at, "loyalty_twice", "name", p.name)
		}
		seen[p.name] = true
	}
	if sum != 100 {
		c.add(r.at, "loyalty_weights", "got", itoa(sum))
	}
	if c.lib.profile[r.field] == nil {
		c.add(r.at, "loyalty_field", "name", r.field)
	}
	for _, e := range r.examples {
		for name := range e.given {
			proved[name] = true
		}
		if got := r.index(e.given); got.Points != e.want {
			c.add(e.at, "example_failed", "what", "loyalty", "want", itoa(e.want), "got", itoa(got.Points))
		}
	}
	for _, p := range r.parts {
		if !proved[p.name] {
			c.add(p.at, "rule_unproved", "name", p.name)
		}
	}
}

// TakesPart tells whether a kind of behaviour is one of the ways of taking part that the depth of loyalty counts.
func TakesPart(kind string) bool {
	switch kind {
	case didRead, didWatch, didFinish, didAttend, didAsk, didRate:
		return true
	}
	return false
}
