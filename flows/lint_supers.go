package flows

import (
	"strconv"

	"go.yaml.in/yaml/v4"
)

// nameDecile is the only thing that the dimension of sales may look at: a figure of the institution.
const nameDecile = "access.decile"

// supers checks the section supers: weights that add up, limits in order, the share that the house allows itself, sales that stay with the institution, and
// an example for every lens and stage.
func (c *checker) supers(r *superRules, proved map[string]bool) {
	if r == nil {
		return
	}
	if r.look >= r.candidate || r.candidate >= r.confirmed {
		c.add(r.at, "super_limits", "look", itoa(r.look), "candidate", itoa(r.candidate), "confirmed", itoa(r.confirmed))
	}
	if r.share > superMost {
		c.add(r.at, "super_share", "got", itoa(r.share), "max", itoa(superMost))
	}
	for i := range r.lenses {
		c.superLens(&r.lenses[i], proved)
	}
	for i := range r.dimensions {
		c.superSales(&r.dimensions[i])
	}
	has := map[string]bool{}
	for _, v := range r.stages {
		has[v.is] = true
	}
	for _, stage := range superStages {
		if !has[stage] {
			c.add(r.at, "super_stage", "name", stage)
		}
	}
	c.verdicts("super.stage", r.stages, proved)
	c.verdicts("super.strength", r.strength, proved)
}

func (c *checker) superLens(l *superLens, proved map[string]bool) {
	sum := 0
	for _, w := range l.weights {
		sum += w
	}
	if sum != 100 {
		c.add(l.at, "super_weights", "name", l.name, "got", itoa(sum))
	}
	if !proved["lens."+l.name] {
		c.add(l.at, "rule_unproved", "name", l.name)
	}
}

// superSales refuses sales by person.
func (c *checker) superSales(d *superDimension) {
	if d.name != dimSales {
		return
	}
	for i := range d.lines {
		for _, e := range []*Expr{d.lines[i].of, d.lines[i].when} {
			if e == nil || e.x == nil {
				continue
			}
			if names := e.x.Names(); len(names) != 1 || names[0] != nameDecile || len(calls(e.x.Tree())) > 0 {
				c.add(d.lines[i].at, "super_sales", "name", e.src)
			}
		}
	}
}

// superExample reads of an example how the product stands, and what was settled about the doctor before.
func (b *binder) superExample(eo *object, e *dossierExample) {
	d := &e.dossier
	e.helped, e.benefit = eo.words("helped"), eo.flag("benefit", false)
	d.Lives = map[string]string{"": eo.oneOf("life", productLives...)}
	if n := eo.keys["super"]; n != nil {
		so := b.object(n, []string{"status", "card"})
		d.Supers = map[string]SuperStand{"": {Status: so.oneOf("status", SuperNear, SuperCandidate, SuperConfirmed, SuperRefused, SuperDropped),
			Card: so.flag("card", false), Touched: so.flag("card", false)}}
	}
}

// superExpected reads what an example expects of a super customer, under the names that named gives.
func (b *binder) superExpected(n *yaml.Node, into map[string]string) {
	o := b.object(n, []string{"status", "stage", "step", "strength", "gate", "lens", "parts"})
	for _, key := range sortedKeys(o.keys) {
		switch key {
		case "lens", "parts":
			b.pairs(o.keys[key], func(k, v *yaml.Node) {
				into[key+"."+k.Value] = b.scalar(v, k.Value)
			})
		default:
			into["super."+key] = o.plain(key)
		}
	}
}

// named gives what examples may expect.
func (f *SuperFound) named(out map[string]string) {
	out["super.status"], out["super.stage"], out["super.step"] = f.Status, f.Stage, f.Next.Code
	out["super.strength"], out["super.gate"] = f.Strength, f.Reason
	for _, s := range f.Scores {
		out["lens."+s.Lens] = strconv.Itoa(s.Points)
	}
	for _, p := range f.Parts {
		out["parts."+p.Dimension] = strconv.Itoa(p.Value)
	}
}
