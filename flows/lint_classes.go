package flows

import (
	"slices"
	"strings"
	"time"
)

// checkInsight: examples of classes.yaml come out as written, every value of a rule is proved by one, no rule holds for everybody, and no tag says what may
// not be kept about a person.
func checkInsight(c *checker) {
	checkBannedTags(c)
	r := c.lib.classes
	if r == nil {
		return
	}
	proved := map[string]bool{}
	doctors := []Dossier{{}, {Level: 2, Followed: true}}
	for i := range r.examples {
		d := r.examples[i].doctor(c.now)
		doctors = append(doctors, d)
		c.dossierExample(r, &r.examples[i], &d, proved)
	}
	for _, list := range r.lists() {
		c.verdicts(list.kind, list.rules, proved)
	}
	c.supers(r.supers, proved)
	c.loyalty(r.loyalty)
	for i := range r.tags {
		t := &r.tags[i]
		if t.when == nil {
			continue
		}
		if !proved["tags="+t.tag] {
			c.add(t.at, "rule_unproved", "name", t.tag)
		}
		if c.everybody(t.when, doctors) {
			c.add(t.at, "rule_everybody", "name", t.tag)
		}
	}
}

// verdictList is one list of rules with the key by which examples name it.
type verdictList struct {
	kind  string
	rules []verdictRule
}

func (c *Classes) lists() []verdictList {
	out := []verdictList{{"depth", c.depth}, {"cell", c.cells}, {"result", c.result}, {"class", c.class}}
	for i := range c.products {
		out = append(out, verdictList{"ladder", c.products[i].behaviour}, verdictList{"potential", c.products[i].potential})
	}
	return out
}

// verdicts checks one list: every value is proved, and nothing stands behind a rule for whatever is left.
func (c *checker) verdicts(kind string, rules []verdictRule, proved map[string]bool) {
	for i, v := range rules {
		if !proved[kind+"="+v.is] {
			c.add(v.at, "rule_unproved", "name", v.is)
		}
		if v.when == nil && i < len(rules)-1 {
			c.add(rules[i+1].at, "hidden_rule", "name", rules[i+1].is)
		}
	}
}

// doctor is the example as a dossier: its deeds lie so many days before now, at noon.
func (e *dossierExample) doctor(now time.Time) Dossier {
	d := e.dossier
	d.Doctor = "example"
	for _, kind := range sortedKeys(e.did) {
		for _, ago := range e.did[kind] {
			d.Did = append(d.Did, Did{Kind: kind, At: startOfDay(now, -ago).Add(time.Minute)})
		}
	}
	slices.SortStableFunc(d.Did, func(a, b Did) int { return a.At.Compare(b.At) })
	for _, kind := range e.helped {
		d.Influences = append(d.Influences, Influenced{Kind: kind, At: now})
	}
	if e.benefit {
		d.Benefit = now
	}
	return d
}

func (c *checker) dossierExample(r *Classes, e *dossierExample, d *Dossier, proved map[string]bool) {
	found := Derive(c.lib, d, c.now)
	got := found.named()
	for _, key := range sortedKeys(e.expect) {
		if want := e.expect[key]; want != got[key] {
			c.add(e.at, "example_failed", "what", key, "want", want, "got", orNone(got[key]))
			continue
		}
		proved[key], proved[key+"="+e.expect[key]] = true, true
	}
	if !e.hasTags {
		return
	}
	var on []string
	for _, t := range found.Tags {
		if !t.Remove {
			on = append(on, t.Tag)
		}
	}
	if !slices.Equal(on, e.tags) {
		c.add(e.at, "example_failed", "what", "tags", "want", strings.Join(e.tags, listMark), "got", orNone(strings.Join(on, listMark)))
		return
	}
	for _, t := range on {
		proved["tags="+t] = true
	}
}

// named gives what examples may expect.
func (f *Found) named() map[string]string {
	r := f.Leading()
	out := map[string]string{"ladder": r.Ladder, "potential": r.Potential, "matrix": r.Matrix, "class": r.Class, "affinity": itoa(f.Affinity),
		"cell": f.Cell, "result": f.Result, "depth": itoa(f.Depth)}
	if len(f.Channels) > 0 {
		out["channel"] = f.Channels[0]
	}
	if len(f.Products) > 0 {
		super := f.Supers[f.Products[0]]
		super.named(out)
	}
	return out
}

// everybody tells whether a condition holds for all of several very different doctors.
func (c *checker) everybody(e *Expr, doctors []Dossier) bool {
	if e == nil || e.x == nil {
		return false
	}
	for i := range doctors {
		f := Found{Ratings: map[string]Rating{}}
		x := newDeriver(c.lib, &doctors[i], c.now, &f)
		if c.lib.classes != nil {
			x.classes()
		}
		x.scores()
		if !x.v.holds(e) {
			return false
		}
	}
	return true
}

// checkBannedTags: nothing about health, belief, politics, wealth, tastes in gifts or prescriptions of a person may be a tag.
func checkBannedTags(c *checker) {
	check := func(at place, words ...string) {
		for _, w := range words {
			for _, banned := range theWording().BannedTags {
				if strings.Contains(w, banned) {
					c.add(at, "tag_banned", "name", w, "word", banned)
					return
				}
			}
		}
	}
	if c.lib.classes != nil {
		for i := range c.lib.classes.tags {
			t := &c.lib.classes.tags[i]
			check(t.at, t.tag, t.label, t.why)
		}
	}
	for _, f := range c.lib.parts() {
		for _, s := range f.Steps {
			switch body := s.Body.(type) {
			case *TagStep:
				check(s.at, body.Tags...)
			case *Question:
				for i := range body.Choices {
					check(body.Choices[i].at, body.Choices[i].Tag)
				}
			}
		}
	}
}
