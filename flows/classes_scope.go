package flows

import (
	"slices"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
)

// Names that rules and segments may use beside profile, consent and doctor.level. What stands in derived grows with the sections of classes.yaml.
var (
	dossierNames = map[string]cond.Type{
		"doctor.followed":   {Kind: cond.KindBool},
		"doctor.opted_out":  {Kind: cond.KindBool},
		"doctor.owner":      {Kind: cond.KindText, Missing: true},
		"doctor.last_typed": {Kind: cond.KindDate, Missing: true},
		"doctor.effective":  {Kind: cond.KindDate, Missing: true},
		"hospital.id":       {Kind: cond.KindText, Missing: true},
		"hospital.level":    {Kind: cond.KindText, Missing: true},
		"hospital.grade":    {Kind: cond.KindText, Codes: []string{"primary", "county", "city", "tertiary"}, Missing: true},
		"hospital.province": {Kind: cond.KindText, Missing: true},
		"hospital.city":     {Kind: cond.KindText, Missing: true},
		"access.state":      {Kind: cond.KindText, Codes: []string{"untouched", "touched", "intent", "scheduled", "admitted", "bought", "stopped"}, Missing: true},
		"access.drug":       {Kind: cond.KindText, Codes: []string{"yes", "no"}, Missing: true},
		"access.decile":     {Kind: cond.KindNumber, Missing: true},
		"tags":              {Kind: cond.KindList},
	}
	derivedNames = map[string]cond.Type{
		"ladder":       {Kind: cond.KindText, Codes: stages},
		"potential":    {Kind: cond.KindText, Codes: []string{"high", "mid", "low"}, Missing: true},
		"matrix":       {Kind: cond.KindText, Missing: true},
		"class":        {Kind: cond.KindText, Missing: true},
		"result":       {Kind: cond.KindText, Missing: true},
		"cell":         {Kind: cond.KindText, Missing: true},
		"affinity":     {Kind: cond.KindNumber, Missing: true},
		"depth":        {Kind: cond.KindNumber},
		"recency":      {Kind: cond.KindNumber, Missing: true}, // days since the last effective interaction
		"frequency":    {Kind: cond.KindNumber},                // effective interactions in 90 days
		"response":     {Kind: cond.KindNumber, Missing: true}, // percent of contacts that were answered
		"reachable":    {Kind: cond.KindBool},
		"score.points": {Kind: cond.KindNumber},
		"score.grade":  {Kind: cond.KindText, Missing: true},

		"usage":           {Kind: cond.KindNumber}, // stage of the adoption ladder as a number, 0 to 6
		"helped":          {Kind: cond.KindList, Codes: []string{"access", "cocreated", "hosted", "referral", "shared", "spoke"}},
		"product.life":    {Kind: cond.KindText, Codes: productLives, Missing: true},
		"super.sales":     {Kind: cond.KindNumber},
		"super.knowledge": {Kind: cond.KindNumber},
		"super.affinity":  {Kind: cond.KindNumber},
		"super.influence": {Kind: cond.KindNumber},
		"super.access":    {Kind: cond.KindNumber},
		"super.best":      {Kind: cond.KindNumber},
		"super.status":    {Kind: cond.KindText, Codes: []string{SuperNear, SuperCandidate, SuperConfirmed, SuperRefused, SuperDropped}, Missing: true},
		"super.card":      {Kind: cond.KindBool},
		"super.panels":    {Kind: cond.KindNumber}, // sides of which something is known, 0 to 3
	}
)

// sectionNames are the derived names that the conditions of a section may read: those of the sections before it.
var sectionNames = map[string][]string{
	sectionBehaviour: {"recency", "frequency", "reachable"},
	sectionPotential: {"recency", "frequency", "reachable", "ladder"},
	sectionDepth:     {"recency", "frequency", "reachable", "ladder", "potential", "matrix"},
	sectionCell:      {"recency", "frequency", "reachable", "ladder", "potential", "matrix", "depth"},
	sectionResult:    {"recency", "frequency", "reachable", "ladder", "potential", "matrix", "depth", "cell", "affinity", "response"},
	sectionClass:     {"recency", "frequency", "reachable", "ladder", "potential", "matrix", "depth", "cell", "affinity", "response", "result"},
	sectionTags:      tagNames,
	sectionSuper:     tagNames,
	sectionLens:      slices.Concat(tagNames, lensNames),
}

// tagNames are the names that a rule about tags may read.
var tagNames = []string{"recency", "frequency", "reachable", "ladder", "potential", "matrix", "depth", "cell", "affinity", "response", "result", "class",
	"score.points", "score.grade", "usage", "helped", "product.life"}

// lensNames are what lenses, gates, stages and steps of super customers may look at beside.
var lensNames = []string{"super.sales", "super.knowledge", "super.affinity", "super.influence", "super.access", "super.best", "super.status", "super.card",
	"super.panels"}

// rulesNames are the derived names that rules.yaml may read: they travel with a talk, as they stood when it was last derived.
var rulesNames = []string{"ladder", "potential", "matrix", "class", "result", "cell", "affinity"}

// deedFunctions count what a doctor did: count(open, 90d), in_a_row(ignore).
func deedFunctions(base map[string]cond.Function) map[string]cond.Function {
	out := make(map[string]cond.Function, len(base)+2)
	for name, f := range base {
		out[name] = f
	}
	kind := cond.Type{Kind: cond.KindText, Codes: didKinds}
	out["count"] = cond.Function{Args: []cond.Type{kind, {Kind: cond.KindDays}}, Result: cond.Type{Kind: cond.KindNumber},
		Call: func(env cond.Env, args []cond.Value) cond.Value {
			c, ok := env.(deeds)
			if !ok {
				return cond.Number(0)
			}
			return cond.Number(float64(c.count(args[0].Str(), int(args[1].Num()))))
		}}
	out["in_a_row"] = cond.Function{Args: []cond.Type{kind}, Result: cond.Type{Kind: cond.KindNumber},
		Call: func(env cond.Env, args []cond.Value) cond.Value {
			c, ok := env.(deeds)
			if !ok {
				return cond.Number(0)
			}
			return cond.Number(float64(c.inARow(args[0].Str())))
		}}
	return out
}

// deeds is what the environment of rules offers to these functions.
type deeds interface {
	count(kind string, days int) int
	inARow(kind string) int
}

// insightScope types the names of a section.
func insightScope(lib *Library, section string) *scope {
	sc := newScope(lib, nil)
	putAll(sc, dossierNames)
	for _, n := range sectionNames[section] {
		sc.put(n, derivedNames[n])
	}
	return sc
}

func putAll(sc *scope, names map[string]cond.Type) {
	for _, n := range sortedKeys(names) {
		sc.put(n, names[n])
	}
}

// link compiles the conditions of classes.yaml, section by section.
func (c *Classes) link(lib *Library, s *lint.Sink) {
	for _, section := range sortedKeys(c.exprs) {
		sc := insightScope(lib, section)
		l := &linker{lib: lib, scope: sc, sink: s, funcs: deedFunctions(lib.funcs)}
		for _, e := range c.exprs[section] {
			l.compile(e, sc)
			l.withinDigest(e)
		}
	}
	l := &linker{lib: lib, sink: s}
	c.supers.link(l)
	for _, p := range c.products {
		if p.field != "" {
			l.field(p.field, p.at)
		}
	}
	for _, w := range c.channels.wishes {
		l.field(w.field, w.at)
	}
}

// withinDigest refuses spans of behaviour that a digest does not hold.
func (l *linker) withinDigest(e *Expr) {
	if e.x == nil {
		return
	}
	for _, days := range spans(e.x.Tree()) {
		if days > DigestDays {
			l.add(e.at.find(e.src), "digest_span", "got", itoa(days), "max", itoa(DigestDays))
		}
	}
}

// spans lists the days of all calls that count behaviour.
func spans(n cond.Node) []int {
	var out []int
	if n.Part == cond.PartCall && n.Name == "count" && len(n.Kids) == 2 && n.Kids[1].Part == cond.PartValue && contains(didKinds, n.Kids[0].Value.Str()) {
		out = append(out, int(n.Kids[1].Value.Num()))
	}
	for _, k := range n.Kids {
		out = slices.Concat(out, spans(k))
	}
	return out
}
