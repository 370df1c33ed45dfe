package flows

import (
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// Rules are rules.yaml: the score with its lines, the leads that a score or a wish asks for, the classes of doctors.
type Rules struct {
	score    scoreRules
	leads    []leadRule
	classes  []classList
	examples []example
	exprs    []*Expr
}

type scoreRules struct {
	name   string
	groups map[string]int // most points of a group
	lines  []scoreLine
	grades []grade // highest first
	caps   []scoreCap
}

type scoreLine struct {
	group    string
	points   int
	when     *Expr
	why      string
	evidence string // field whose label and value are shown, "" = found in the condition
}

type grade struct {
	name string
	from int
}

type scoreCap struct {
	max  int
	when *Expr
}

type leadRule struct {
	kind     string
	when     *Expr
	explicit bool
	min      string
	why      string
	within   time.Duration
	at       place
}

type classList struct {
	name  string
	save  string
	rules []ClassRule
}

// example is a check of the rules that stands beside them.
type example struct {
	at      place
	profile map[string]Value
	level   int
	consent map[string]string
	points  *int
	grade   string
	leads   []string
	class   map[string]string
}

// rules reads rules.yaml.
func (b *binder) rules(root *yaml.Node) *Rules {
	r := &Rules{}
	o := b.object(root, []string{"score", "leads", "classes", "examples"})
	b.step = &Step{} // collects the expressions of the file
	defer func() { r.exprs, b.step = b.step.exprs, nil }()
	if n := o.keys["score"]; n != nil {
		r.score = b.scoreRules(n, r)
	}
	for _, n := range o.items("leads") {
		lo := b.object(n, []string{"kind", "when", "explicit", "min", "why", "within", "examples"})
		if !lo.need("kind", "when", "why") {
			continue
		}
		r.leads = append(r.leads, leadRule{kind: lo.word("kind"), when: lo.cond("when"), explicit: lo.flag("explicit", false), min: lo.plain("min"),
			why: lo.plain("why"), within: lo.duration("within", 24*time.Hour), at: b.at(n)})
		r.examples = append(r.examples, b.examples(lo)...)
	}
	for _, n := range o.items("classes") {
		r.classes = append(r.classes, b.classList(n, r))
	}
	r.examples = append(r.examples, b.examples(o)...)
	return r
}

func (b *binder) scoreRules(n *yaml.Node, r *Rules) scoreRules {
	o := b.object(n, []string{"name", "groups", "lines", "grades", "caps", "examples"})
	o.need("name", "groups", "lines", "grades")
	s := scoreRules{name: o.word("name"), groups: map[string]int{}}
	if g := o.keys["groups"]; g != nil {
		gs := b.numbers(g)
		for _, e := range gs {
			s.groups[e.name] = e.from
		}
	}
	if g := o.keys["grades"]; g != nil {
		s.grades = b.numbers(g)
		slices.SortStableFunc(s.grades, func(a, b grade) int { return b.from - a.from })
	}
	for _, item := range o.items("lines") {
		lo := b.object(item, []string{"group", "points", "when", "why", "evidence"})
		if !lo.need("group", "points", "when", "why") {
			continue
		}
		line := scoreLine{group: lo.plain("group"), points: lo.number("points", -100, 100, 0), when: lo.cond("when"), why: lo.plain("why")}
		if _, ok := s.groups[line.group]; !ok {
			b.add(lo.keys["group"], "unknown_group", "name", line.group, "near", cond.Nearest(line.group, sortedKeys(s.groups)))
		}
		line.evidence, _ = lo.profileField("evidence")
		s.lines = append(s.lines, line)
	}
	for _, item := range o.items("caps") {
		co := b.object(item, []string{"max", "when", "why"})
		if co.need("max", "when") {
			s.caps = append(s.caps, scoreCap{max: co.number("max", 0, 100, 100), when: co.cond("when")})
		}
	}
	r.examples = append(r.examples, b.examples(o)...)
	return s
}

// numbers reads a map name → number in its order.
func (b *binder) numbers(n *yaml.Node) []grade {
	var out []grade
	b.pairs(n, func(k, v *yaml.Node) {
		f, err := parseFloat(b.scalar(v, k.Value))
		if err != nil || f == nil {
			b.add(v, "want_number", "key", k.Value, "low", "0", "high", "100")
			return
		}
		out = append(out, grade{name: k.Value, from: int(*f)})
	})
	return out
}

func (b *binder) classList(n *yaml.Node, r *Rules) classList {
	o := b.object(n, []string{"name", "save", "rules", "examples"})
	o.need("name", "rules")
	c := classList{name: o.word("name")}
	c.save, _ = o.profileField("save")
	for _, item := range o.items("rules") {
		if item.Kind != yaml.MappingNode || len(item.Content) != 2 {
			b.add(item, "class_rule")
			continue
		}
		rule := ClassRule{Value: item.Content[0].Value, at: b.at(item.Content[0])}
		if v := item.Content[1]; v.Kind != yaml.ScalarNode || v.Value != "else" {
			rule.When = b.expression(v, rule.Value, true)
		}
		c.rules = append(c.rules, rule)
	}
	r.examples = append(r.examples, b.examples(o)...)
	return c
}

func (b *binder) examples(o *object) []example {
	var out []example
	for _, n := range o.items("examples") {
		eo := b.object(n, []string{"profile", "doctor", "consent", "expect"})
		if !eo.need("expect") {
			continue
		}
		e := example{at: b.at(n), profile: map[string]Value{}, consent: map[string]string{}, class: map[string]string{}}
		if p := eo.keys["profile"]; p != nil {
			b.pairs(p, func(k, v *yaml.Node) { e.profile[k.Value] = nodeValue(v) })
		}
		if d := eo.keys["doctor"]; d != nil {
			e.level = b.object(d, []string{"level"}).number("level", 0, 9, 0)
		}
		for _, c := range eo.words("consent") {
			e.consent[c] = "example"
		}
		xo := b.object(eo.keys["expect"], []string{"points", "grade", "leads", "class"})
		if xo.has("points") {
			p := xo.number("points", -1000, 1000, 0)
			e.points = &p
		}
		e.grade, e.leads = xo.plain("grade"), xo.words("leads")
		if n := xo.keys["class"]; n != nil {
			b.pairs(n, func(k, v *yaml.Node) { e.class[k.Value] = v.Value })
		}
		out = append(out, e)
	}
	return out
}

// nodeValue reads a written value without a type: a list, a number or a text.
func nodeValue(n *yaml.Node) Value {
	if n.Kind == yaml.SequenceNode {
		items := make([]string, 0, len(n.Content))
		for _, c := range n.Content {
			items = append(items, c.Value)
		}
		return cond.List(items...)
	}
	if n.Kind != yaml.ScalarNode || n.Value == "" || (n.Style == 0 && n.Tag == "!!null") {
		return cond.None()
	}
	if n.Style == 0 && !strings.HasPrefix(n.Value, "0") || n.Value == "0" {
		if f, err := parseFloat(n.Value); err == nil && f != nil {
			return cond.Number(*f)
		}
	}
	if n.Style == 0 && (n.Value == "true" || n.Value == "false") {
		return cond.Bool(n.Value == "true")
	}
	return cond.Text(n.Value)
}

// link compiles the conditions.
func (r *Rules) link(lib *Library, s *lint.Sink) {
	sc := newScope(lib, nil)
	sc.put("score.points", cond.Type{Kind: cond.KindNumber})
	sc.put("score.grade", cond.Type{Kind: cond.KindText})
	l := &linker{lib: lib, scope: sc, sink: s, funcs: lib.funcs}
	for _, e := range r.exprs {
		l.compile(e, sc)
	}
	var grades []string
	for _, g := range r.score.grades {
		grades = append(grades, g.name)
	}
	for _, lr := range r.leads {
		if lr.min != "" && !contains(grades, lr.min) {
			l.add(lr.at, "unknown_grade", "name", lr.min, "near", cond.Nearest(lr.min, grades))
		}
	}
}
