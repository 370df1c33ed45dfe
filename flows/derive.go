package flows

import (
	"maps"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// Reason is one line of what something derived rests on.
type Reason struct {
	Kind     string // ladder, potential, matrix, class, result, cell, affinity, channel, depth, tag
	Product  string // "" = not about a product
	Value    string
	Why      string // the rule in words
	Evidence string // what is known of the doctor
	Ref      string // answer, visit or import that it rests on, "" = several or none
}

// Found is what the rules find in a dossier.
type Found struct {
	Ratings   map[string]Rating // by product
	Products  []string          // in the order of classes.yaml; the first is the leading one
	Affinity  int               // digital affinity 0 to 4, -1 = nothing is known
	Response  int               // percent of contacts that were answered, -1 = there were none
	Channels  []string          // the doctor's own wish first, then what works best
	Depth     int               // participation, 0 to 7
	Cell      string
	Result    string
	Effective time.Time // last effective interaction; zero = none
	Topics    map[string]float64
	Scores    []Score
	Leads     []Lead // ripe since the last derivation
	Tags      []TagFound
	Supers    map[string]SuperFound // by product
	Reasons   []Reason
	Next      time.Time // when time alone changes something; zero = never
}

// TagFound is a tag to be put on, changed or taken off; a tag that stays as it is, is not named.
type TagFound struct {
	Tag     string
	Remove  bool
	Expires time.Time // zero = never
	Why     string
}

// Leading is the rating of the leading product.
func (f *Found) Leading() Rating {
	if len(f.Products) == 0 {
		return Rating{}
	}
	return f.Ratings[f.Products[0]]
}

// deriver carries one derivation.
type deriver struct {
	lib     *Library
	rules   *Classes
	d       *Dossier
	now     time.Time
	product string // whose ladder, access and classes conditions read
	found   *Found
	deeds   deedFacts
	v       *view
	sup     *superValues // of the product at hand, while super customers are looked for
}

// Derive finds out everything that the rules of a library say about a doctor. It is pure: the same dossier, rules and clock always give the same. The clock
// must be in the time zone of the house.
func Derive(lib *Library, d *Dossier, now time.Time) Found {
	f := Found{Ratings: map[string]Rating{}}
	x := newDeriver(lib, d, now, &f)
	if d.unclassed() {
		f.Topics = nil
		x.cleared()
		return f
	}
	if x.rules != nil {
		x.classes()
	}
	x.scores()
	if x.rules != nil {
		x.tags()
		x.supers()
	}
	x.next()
	return f
}

func newDeriver(lib *Library, d *Dossier, now time.Time, f *Found) *deriver {
	f.Affinity, f.Response = -1, -1
	x := &deriver{lib: lib, rules: lib.classes, d: d, now: now, found: f, deeds: deedsOf(d.Did, now)}
	x.v = &view{lib: lib, level: standing(d.Level), now: now, digest: DigestOf(d.Did, now), more: x.value,
		profile: func(field string) Known { return d.Profile[field] },
		consent: func(p string) bool { return d.Consents[p].Policy != "" }}
	f.Effective, f.Topics = x.deeds.effective, x.topics()
	return x
}

// classes derives everything but scores and tags, in the order in which one may read the other.
func (x *deriver) classes() {
	f := x.found
	for i := range x.rules.products {
		f.Products = append(f.Products, x.rules.products[i].code)
	}
	x.each(func(p *productRules, r *Rating) { r.Ladder = x.ladder(p) })
	x.each(func(p *productRules, r *Rating) {
		r.Potential = x.verdict("potential", p.potential)
		r.Matrix = x.rules.matrix.cell(r.Potential, max(stageOf(r.Ladder), 0))
		x.because("matrix", r.Matrix, "", x.lib.Word("ladder", r.Ladder)+x.lib.line("rounds_separator")+x.lib.Word("potential", r.Potential), "")
	})
	f.Depth, _ = strconv.Atoi(x.verdict("depth", x.rules.depth))
	f.Cell = x.verdict("cell", x.rules.cells)
	x.affinity()
	x.channels()
	f.Result = x.verdict("result", x.rules.result)
	x.each(func(_ *productRules, r *Rating) { r.Class = x.verdict("class", x.rules.class) })
}

// each goes through the products; conditions read the one at hand. Afterwards they read the leading one.
func (x *deriver) each(do func(p *productRules, r *Rating)) {
	for i := range x.rules.products {
		p := &x.rules.products[i]
		x.product = p.code
		r := x.found.Ratings[p.code]
		do(p, &r)
		x.found.Ratings[p.code] = r
	}
	x.product = ""
}

// verdict is the value of the first rule that holds, with its reason; "" = none does.
func (x *deriver) verdict(kind string, rules []verdictRule) string {
	r := x.v.first(rules)
	if r == nil {
		return ""
	}
	x.because(kind, r.is, r.why, x.v.proof(r.when), "")
	return r.is
}

func (x *deriver) because(kind, value, why, evidence, ref string) {
	x.found.Reasons = append(x.found.Reasons, Reason{Kind: kind, Product: x.product, Value: value, Why: why, Evidence: evidence, Ref: ref})
}

// scores evaluates the models of rules.yaml. Without the base consent there are none.
func (x *deriver) scores() {
	r := x.lib.rules
	if r == nil || !x.v.consent("base") {
		return
	}
	standing := map[string]string{}
	for name, s := range x.d.Scores {
		standing[name] = s.Grade
	}
	x.found.Scores = r.scoresOf(x.v, standing)
	x.v.score = model(x.found.Scores, "")
	x.leads(r, standing)
}

// leads finds the leads that time or behaviour has made ripe since the doctor was last derived; those of the doctor's own words are made by the turn. None is
// made while an adverse event report holds back promotion.
func (x *deriver) leads(r *Rules, standing map[string]string) {
	d := x.d
	if d.DerivedAt.IsZero() || d.OpenCase || d.FrozenUntil.After(x.now) || d.OptedOut {
		return
	}
	then := *x.v
	then.now = d.DerivedAt.In(x.now.Location())
	then.digest = DigestOf(d.until(d.DerivedAt), then.now)
	had := r.asks(&then, r.scoresOf(&then, standing))
	now := *x.v
	for _, kind := range r.asks(&now, x.found.Scores) {
		if contains(had, kind) {
			continue
		}
		if l, ok := r.ask(kind, x.found.Scores); ok {
			x.found.Leads = append(x.found.Leads, l)
		}
	}
}

// until lists what was done up to a moment.
func (d *Dossier) until(t time.Time) []Did {
	n := sort.Search(len(d.Did), func(i int) bool { return d.Did[i].At.After(t) })
	return d.Did[:n]
}

// value gives the names of dossierNames and derivedNames.
func (x *deriver) value(name string) Value {
	if v, ok := x.known(name); ok {
		return v
	}
	if v, ok := x.found.Ratings[x.leading()].value(name); ok {
		return v
	}
	switch name {
	case "result":
		return textOrNone(x.found.Result)
	case "cell":
		return textOrNone(x.found.Cell)
	case "affinity":
		return unlessNegative(x.found.Affinity)
	case "depth":
		return cond.Number(float64(x.found.Depth))
	case "response":
		return unlessNegative(x.found.Response)
	case "frequency":
		return cond.Number(float64(x.deeds.frequency))
	case "recency":
		if x.deeds.effective.IsZero() {
			return cond.None()
		}
		return cond.Number(float64(dayNumber(x.now) - dayNumber(x.deeds.effective.In(x.now.Location()))))
	case "reachable":
		return cond.Bool(x.d.Followed && !x.d.OptedOut)
	}
	return x.superValue(name)
}

// known gives the names that are read from the dossier as they are.
func (x *deriver) known(name string) (Value, bool) {
	d := x.d
	a, ok := d.Hospital.Access[x.leading()]
	if !ok {
		a = d.Hospital.Access[""] // of an example
	}
	switch name {
	case "doctor.followed":
		return cond.Bool(d.Followed), true
	case "doctor.opted_out":
		return cond.Bool(d.OptedOut), true
	case "doctor.owner":
		return textOrNone(d.Owner), true
	case "doctor.last_typed":
		return dayOrNone(d.LastTyped, x.now.Location()), true
	case "doctor.effective":
		return dayOrNone(x.deeds.effective, x.now.Location()), true
	case "hospital.id":
		return textOrNone(d.Hospital.ID), true
	case "hospital.level":
		return textOrNone(d.Hospital.Level), true
	case "hospital.grade":
		return textOrNone(d.Hospital.Grade), true
	case "hospital.province":
		return textOrNone(d.Hospital.Province), true
	case "hospital.city":
		return textOrNone(d.Hospital.City), true
	case "access.state":
		return textOrNone(a.State), true
	case "access.drug":
		return textOrNone(a.Drug), true
	case "access.decile":
		if a.Decile == 0 {
			return cond.None(), true
		}
		return cond.Number(float64(a.Decile)), true
	case "tags":
		return cond.List(d.holding(x.now)...), true
	}
	return cond.None(), false
}

// leading is the product at hand, else the first one.
func (x *deriver) leading() string {
	if x.product == "" && x.rules != nil && len(x.rules.products) > 0 {
		return x.rules.products[0].code
	}
	return x.product
}

// holding lists the tags that have not expired.
func (d *Dossier) holding(now time.Time) []string {
	var out []string
	for _, t := range d.Tags {
		if t.Expires.IsZero() || t.Expires.After(now) {
			out = append(out, t.Tag)
		}
	}
	return out
}

func unlessNegative(n int) Value {
	if n < 0 {
		return cond.None()
	}
	return cond.Number(float64(n))
}

func dayOrNone(t time.Time, zone *time.Location) Value {
	if t.IsZero() {
		return cond.None()
	}
	return cond.Text(t.In(zone).Format(time.DateOnly))
}

// next is when time alone changes something: a tag ends, or a day passes after which spans and half-lives count differently.
func (x *deriver) next() {
	due := func(t time.Time) {
		if t.After(x.now) && (x.found.Next.IsZero() || t.Before(x.found.Next)) {
			x.found.Next = t
		}
	}
	for _, t := range x.d.Tags {
		due(x.ends(t))
	}
	for _, tag := range slices.Sorted(maps.Keys(x.d.Barred)) {
		due(x.d.Barred[tag])
	}
	for _, product := range slices.Sorted(maps.Keys(x.d.Supers)) {
		due(x.d.Supers[product].Review)
	}
	if x.d.Followed || len(x.v.digest) > 0 { // whoever is only known from master data does not change overnight
		due(startOfDay(x.now, 1).Add(nightly(x.d.Doctor)))
	}
}

// nightly spreads the doctors over the small hours, so that not all of them are due at midnight.
func nightly(doctor string) time.Duration {
	sum := 0
	for i := range len(doctor) {
		sum = (sum*31 + int(doctor[i])) % (5 * 3600)
	}
	return time.Duration(sum) * time.Second
}
