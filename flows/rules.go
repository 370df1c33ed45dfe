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
	scores   []scoreRules // the first is the one that leads look at
	leads    []leadRule
	classes  []classList
	examples []example
	exprs    []*Expr
}

type scoreRules struct {
	name   string
	shadow bool           // computed and shown, without effect
	margin int            // points below a grade at which it is lost
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
	did      string // behaviour that is worth the points each time, "" = the condition alone
	halfLife int    // days after which such a time is worth half
}

type grade struct {
	name string
	from int
}

type scoreCap struct {
	max  int
	when *Expr
	why  string
}

type leadRule struct {
	kind     string
	when     *Expr
	explicit bool
	score    string // model that min is about, "" = the first
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
	did     map[string][]int  // kind → days ago
	stands  map[string]string // what was derived before: class, result …, and grade = of the first model
	model   string            // score that is expected, "" = the first
	points  *int
	grade   string
	leads   []string
	asks    bool // leads are expected as they stand, even none
	class   map[string]string
}

// rules reads rules.yaml.
func (b *binder) rules(root *yaml.Node) *Rules {
	r := &Rules{}
	o := b.object(root, []string{"score", "leads", "classes", "examples"})
	b.step = &Step{} // collects the expressions of the file
	defer func() { r.exprs, b.step = b.step.exprs, nil }()
	for _, n := range o.items("score") {
		r.scores = append(r.scores, b.scoreRules(n, r))
	}
	for _, n := range o.items("leads") {
		lo := b.object(n, []string{"kind", "when", "explicit", "score", "min", "why", "within", "examples"})
		if !lo.need("kind", "when", "why") {
			continue
		}
		r.leads = append(r.leads, leadRule{kind: lo.word("kind"), when: lo.cond("when"), explicit: lo.flag("explicit", false), score: lo.plain("score"),
			min: lo.plain("min"), why: lo.plain("why"), within: lo.duration("within", 24*time.Hour), at: b.at(n)})
		r.examples = append(r.examples, b.examples(lo)...)
	}
	for _, n := range o.items("classes") {
		r.classes = append(r.classes, b.classList(n, r))
	}
	r.examples = append(r.examples, b.examples(o)...)
	return r
}

func (b *binder) scoreRules(n *yaml.Node, r *Rules) scoreRules {
	o := b.object(n, []string{"name", "shadow", "groups", "lines", "grades", "margin", "caps", "examples"})
	o.need("name", "groups", "lines", "grades")
	s := scoreRules{name: o.word("name"), shadow: o.flag("shadow", false), margin: o.number("margin", 0, 100, 0), groups: map[string]int{}}
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
		if line, ok := b.scoreLine(item, s.groups); ok {
			s.lines = append(s.lines, line)
		}
	}
	for _, item := range o.items("caps") {
		co := b.object(item, []string{"max", "when", "why"})
		if co.need("max", "when") {
			s.caps = append(s.caps, scoreCap{max: co.number("max", 0, 100, 100), when: co.cond("when"), why: co.plain("why")})
		}
	}
	r.examples = append(r.examples, b.examples(o)...)
	return s
}

func (b *binder) scoreLine(item *yaml.Node, groups map[string]int) (scoreLine, bool) {
	lo := b.object(item, []string{"group", "points", "when", "did", "half_life", "why", "evidence"})
	if !lo.need("group", "points", "why") || !lo.has("did") && !lo.need("when") {
		return scoreLine{}, false
	}
	line := scoreLine{group: lo.plain("group"), points: lo.number("points", -100, 100, 0), when: lo.cond("when"), why: lo.plain("why")}
	if _, ok := groups[line.group]; !ok {
		b.add(lo.keys["group"], "unknown_group", "name", line.group, "near", cond.Nearest(line.group, sortedKeys(groups)))
	}
	line.evidence, _ = lo.profileField("evidence")
	line.did, line.halfLife = lo.oneOf("did", didKinds...), max(lo.days("half_life", 14), 1)
	return line, true
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
		eo := b.object(n, []string{"profile", "doctor", "consent", "did", "stands", "expect"})
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
		b.exampleHistory(eo, &e)
		xo := b.object(eo.keys["expect"], []string{"score", "points", "grade", "leads", "class"})
		e.model = xo.plain("score")
		if xo.has("points") {
			p := xo.number("points", -1000, 1000, 0)
			e.points = &p
		}
		e.grade, e.leads, e.asks = xo.plain("grade"), xo.words("leads"), xo.has("leads")
		if n := xo.keys["class"]; n != nil {
			b.pairs(n, func(k, v *yaml.Node) { e.class[k.Value] = v.Value })
		}
		out = append(out, e)
	}
	return out
}

// exampleHistory reads what the doctor of an example did, and where the doctor stands.
func (b *binder) exampleHistory(eo *object, e *example) {
	e.did, e.stands = map[string][]int{}, map[string]string{}
	if n := eo.keys["did"]; n != nil {
		b.pairs(n, func(k, v *yaml.Node) { e.did[k.Value] = b.daysAgo(k, v) })
	}
	if n := eo.keys["stands"]; n != nil {
		so := b.object(n, slices.Concat([]string{"grade"}, rulesNames))
		for key := range so.keys {
			e.stands[key] = so.plain(key)
		}
	}
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
	sc.put("score.points", derivedNames["score.points"])
	sc.put("score.grade", derivedNames["score.grade"])
	sc.put("doctor.opted_out", dossierNames["doctor.opted_out"])
	for _, n := range rulesNames {
		sc.put(n, derivedNames[n])
	}
	l := &linker{lib: lib, scope: sc, sink: s, funcs: deedFunctions(lib.funcs)}
	for _, e := range r.exprs {
		l.compile(e, sc)
		l.withinDigest(e)
	}
	for _, lr := range r.leads {
		m := r.model(lr.score)
		if m == nil && lr.score != "" {
			l.add(lr.at, "unknown_score", "name", lr.score, "near", "")
		}
		var grades []string
		if m != nil {
			for _, g := range m.grades {
				grades = append(grades, g.name)
			}
		}
		if lr.min != "" && !contains(grades, lr.min) {
			l.add(lr.at, "unknown_grade", "name", lr.min, "near", cond.Nearest(lr.min, grades))
		}
	}
}
