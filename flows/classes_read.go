package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// potentials are the rows of the matrix.
var potentials = []string{"high", "mid", "low", ""}

func (b *binder) matrixRules(o *object) matrixRules {
	m := matrixRules{from: []int{0, 3, 5}, rows: map[string][]string{}}
	n := o.keys["matrix"]
	if n == nil {
		return m
	}
	mo := b.object(n, []string{"from", "high", "mid", "low", "unknown"})
	mo.need("high", "mid", "low", "unknown")
	if mo.has("from") {
		m.from = nil
		for _, s := range mo.words("from") {
			m.from = append(m.from, max(stageOf(s), 0))
		}
		if len(m.from) == 0 || m.from[0] != 0 || !slices.IsSorted(m.from) {
			b.add(mo.keys["from"], "matrix_from")
		}
	}
	for _, row := range potentials {
		key := row
		if row == "" {
			key = "unknown"
		}
		m.rows[row] = mo.words(key)
		if mo.has(key) && len(m.rows[row]) != len(m.from) {
			b.add(mo.keys[key], "matrix_row", "want", itoa(len(m.from)), "got", itoa(len(m.rows[row])))
		}
	}
	return m
}

// cell is the cell of a potential and a stage, "" when there is no table.
func (m *matrixRules) cell(potential string, stage int) string {
	row := m.rows[potential]
	for i := min(len(m.from), len(row)) - 1; i >= 0; i-- {
		if stage >= m.from[i] {
			return row[i]
		}
	}
	return ""
}

func (b *binder) affinityRules(o *object) affinityRules {
	a := affinityRules{window: DigestDays, open: 40, reply: 30, speed: 20, attend: 10, fast: 10 * time.Minute, slow: 72 * time.Hour, from: []int{0, 15, 35, 55, 75}}
	n := o.keys["affinity"]
	if n == nil {
		return a
	}
	ao := b.object(n, []string{"window", "open", "reply", "speed", "attend", "fast", "slow", "from"})
	a.window = ao.days("window", DigestDays)
	a.open, a.reply = ao.number("open", 0, 100, a.open), ao.number("reply", 0, 100, a.reply)
	a.speed, a.attend = ao.number("speed", 0, 100, a.speed), ao.number("attend", 0, 100, a.attend)
	a.fast, a.slow = ao.duration("fast", a.fast), ao.duration("slow", a.slow)
	if sum := a.open + a.reply + a.speed + a.attend; sum != 100 {
		b.add(n, "affinity_sum", "got", itoa(sum))
	}
	if ao.has("from") {
		a.from = nil
		for _, s := range ao.words("from") {
			v, err := strconv.Atoi(s)
			if err != nil {
				b.add(ao.keys["from"], "want_number", "key", "from", "low", "0", "high", "100")
			}
			a.from = append(a.from, v)
		}
		if len(a.from) != 5 || a.from[0] != 0 || !slices.IsSorted(a.from) {
			b.add(ao.keys["from"], "affinity_from")
		}
	}
	return a
}

// place is where the value of a key stands.
func (o *object) place(key string) place {
	if n := o.keys[key]; n != nil {
		return o.b.at(n)
	}
	return o.b.at(o.node)
}

// channelNames are the ways to reach a doctor.
var channelNames = []string{"chat", "article", "meeting", "phone", "face"}

func (b *binder) channelRules(o *object) channelRules {
	c := channelRules{holds: 180}
	n := o.keys["channels"]
	if n == nil {
		return c
	}
	co := b.object(n, []string{"holds", "wishes"})
	c.holds = co.days("holds", 180)
	for _, item := range co.items("wishes") {
		wo := b.object(item, []string{"field", "value", "is"})
		if wo.need("field", "value", "is") {
			c.wishes = append(c.wishes, channelWish{field: wo.plain("field"), value: wo.plain("value"), channel: wo.oneOf("is", channelNames...), at: wo.place("field")})
		}
	}
	return c
}

func (b *binder) tagRule(n *yaml.Node, c *Classes) (tagRule, bool) {
	o := b.object(n, []string{"tag", "label", "group", "when", "why", "expires", "visible", "lens", "examples"})
	if !o.need("tag", "group") {
		return tagRule{}, false
	}
	t := tagRule{tag: o.plain("tag"), label: o.plain("label"), group: o.oneOf("group", tagGroups...), when: o.cond("when"), why: o.plain("why"),
		expires: o.days("expires", 0), visible: o.flag("visible", true), lens: o.words("lens"), at: b.at(n)}
	if t.label == "" {
		t.label = t.tag
	}
	if t.when != nil {
		o.need("why")
	}
	if len([]rune(t.tag)) > maxTag {
		b.add(o.keys["tag"], "tag_long", "max", itoa(maxTag))
	}
	if slices.ContainsFunc(c.tags, func(u tagRule) bool { return u.tag == t.tag }) {
		b.add(o.keys["tag"], "tag_twice", "name", t.tag)
	}
	c.examples = append(c.examples, b.dossierExamples(o)...)
	return t, true
}

// maxTag is the longest tag, in characters: the width of its column.
const maxTag = 64

// dossierExample is a doctor made up, with what the rules must find.
type dossierExample struct {
	at      place
	dossier Dossier
	did     map[string][]int // kind → days ago
	helped  []string         // kinds of outcome, today
	benefit bool             // one was asked for today
	expect  map[string]string
	tags    []string
	hasTags bool
}

func (b *binder) dossierExamples(o *object) []dossierExample {
	var out []dossierExample
	for _, n := range o.items("examples") {
		eo := b.object(n, []string{"profile", "doctor", "consent", "hospital", "access", "did", "tags", "visits", "life", "helped", "benefit", "super", "expect"})
		if !eo.need("expect") {
			continue
		}
		e := dossierExample{at: b.at(n), did: map[string][]int{}, expect: map[string]string{}}
		b.exampleDossier(eo, &e)
		xo := b.object(eo.keys["expect"], []string{"ladder", "potential", "matrix", "class", "affinity", "cell", "result", "depth", "channel", "tags", "super"})
		for _, key := range sortedKeys(xo.keys) {
			switch key {
			case "tags":
				e.hasTags, e.tags = true, xo.words(key)
			case "super":
				b.superExpected(xo.keys[key], e.expect)
			default:
				e.expect[key] = xo.plain(key)
			}
		}
		out = append(out, e)
	}
	return out
}

func (b *binder) exampleDossier(eo *object, e *dossierExample) {
	d := &e.dossier
	d.Profile, d.Consents, d.Followed = map[string]Known{}, map[string]Consented{}, true
	if p := eo.keys["profile"]; p != nil {
		b.pairs(p, func(k, v *yaml.Node) { d.Profile[k.Value] = Known{Value: nodeValue(v), Source: "answer"} })
	}
	if n := eo.keys["doctor"]; n != nil {
		do := b.object(n, []string{"level", "followed", "owner"})
		d.Level, d.Followed, d.Owner = do.number("level", 0, 9, 0), do.flag("followed", true), do.plain("owner")
	}
	for _, p := range eo.words("consent") {
		d.Consents[p] = Consented{Policy: "example"}
	}
	if n := eo.keys["hospital"]; n != nil {
		ho := b.object(n, []string{"level", "grade", "province", "city"})
		d.Hospital = Place{ID: "example", Level: ho.plain("level"), Grade: ho.plain("grade"), Province: ho.plain("province"), City: ho.plain("city")}
	}
	if n := eo.keys["access"]; n != nil {
		ao := b.object(n, []string{"state", "drug", "decile"})
		d.Hospital.Access = map[string]Access{"": {State: ao.plain("state"), Drug: ao.plain("drug"), Decile: ao.number("decile", 0, 10, 0)}}
	}
	for _, t := range eo.words("tags") {
		d.Tags = append(d.Tags, Tagged{Tag: t, Source: "answer"})
	}
	for _, s := range eo.words("visits") {
		d.Visits = append(d.Visits, Visited{ID: "example", Channel: "face", Met: true, Ladder: s})
	}
	if n := eo.keys["did"]; n != nil {
		b.pairs(n, func(k, v *yaml.Node) { e.did[k.Value] = b.daysAgo(k, v) })
	}
	b.superExample(eo, e)
}

// daysAgo reads when something was done: open: [1, 5, 20].
func (b *binder) daysAgo(kind, n *yaml.Node) []int {
	if !contains(didKinds, kind.Value) {
		b.add(kind, "not_allowed", "key", "did", "value", kind.Value, "allowed", strings.Join(didKinds, listMark), "near", cond.Nearest(kind.Value, didKinds))
	}
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	var out []int
	for _, item := range items {
		days, err := strconv.Atoi(b.scalar(item, kind.Value))
		if err != nil || days < 0 {
			b.add(item, "want_number", "key", kind.Value, "low", "0", "high", "3650")
			continue
		}
		out = append(out, days)
	}
	return out
}
