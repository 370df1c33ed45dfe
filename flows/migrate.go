package flows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// Policies of a migrate entry: what becomes of a talk that stands on an older shape.
const (
	PolicyPin     = "pin"     // it goes on as it began
	PolicyMove    = "move"    // it goes on in this version with the answers that it has
	PolicyRestart = "restart" // it begins again; the answers that it has are offered
)

// Migrate is one entry of migrate: what becomes of talks that began on an older version. The first entry that fits counts.
type Migrate struct {
	From   string                       // a hash or its beginning, a version label, or any
	Policy string                       // pin, move, restart
	Rename map[string]string            // old question → new question
	Values map[string]map[string]string // question, by its new id → old code → new code
	Drop   []string                     // old questions whose answers stop counting
	Resume string                       // question at which moved talks go on, "" = the same one

	at place
}

// minPrefix is how much of a hash an entry must name.
const minPrefix = 6

const resumeSame = "same"

// migrate reads one entry. An entry that says where answers go is a move, if it does not say otherwise.
func (b *binder) migrate(n *yaml.Node) Migrate {
	o := b.object(n, []string{"from", "policy", "rename", "values", "drop", "resume"})
	m := Migrate{From: o.plain("from"), Rename: map[string]string{}, Values: map[string]map[string]string{}, Drop: o.words("drop"), at: b.at(n)}
	o.need("from")
	names := func(n *yaml.Node, into map[string]string) {
		if n.Kind != yaml.MappingNode {
			b.add(n, "want_map")
			return
		}
		b.pairs(n, func(k, v *yaml.Node) { into[k.Value] = b.scalar(v, k.Value) })
	}
	if r := o.keys["rename"]; r != nil {
		names(r, m.Rename)
	}
	if v := o.keys["values"]; v != nil && v.Kind == yaml.MappingNode {
		b.pairs(v, func(k, v *yaml.Node) {
			m.Values[k.Value] = map[string]string{}
			names(v, m.Values[k.Value])
		})
	} else if v != nil {
		b.add(v, "want_map")
	}
	if m.Resume = o.word("resume"); m.Resume == resumeSame {
		m.Resume = ""
	}
	def := PolicyPin
	if len(m.Rename)+len(m.Values)+len(m.Drop) > 0 || o.has("resume") {
		def = PolicyMove
	}
	m.Policy = cmp.Or(o.oneOf("policy", PolicyPin, PolicyMove, PolicyRestart), def)
	return m
}

// fits reports whether the entry speaks of a version.
func (m *Migrate) fits(old *Flow) bool {
	if m.From == "any" || m.From == old.Version {
		return true
	}
	return len(m.From) >= minPrefix && (strings.HasPrefix(old.hash, m.From) || strings.HasPrefix(old.shape+old.text, m.From))
}

// entry is the entry that speaks of an older version, nil when none does.
func (f *Flow) entry(old *Flow) *Migrate {
	for i := range f.Migrate {
		if f.Migrate[i].fits(old) {
			return &f.Migrate[i]
		}
	}
	return nil
}

// sum names what the entry says: an operator hears once for each what it does not cover.
func (m *Migrate) sum() string {
	return digest([]string{fmt.Sprint(m.From, m.Policy, m.Rename, m.Values, m.Drop, m.Resume)})[:8]
}

// renamed is the id that an old question has now.
func (m *Migrate) renamed(id string) string { return cmp.Or(m.Rename[id], id) }

// dropped reports that the answer of an old question stops counting.
func (m *Migrate) dropped(id string) bool { return slices.Contains(m.Drop, id) }

// value is what an old answer is in the new version; id is the new one.
func (m *Migrate) value(id string, v Value) Value {
	codes := m.Values[id]
	if len(codes) == 0 {
		return v
	}
	switch v.Kind() {
	case cond.KindText:
		return cond.Text(cmp.Or(codes[v.Str()], v.Str()))
	case cond.KindList:
		items := slices.Clone(v.Items())
		for i := range items {
			items[i] = cmp.Or(codes[items[i]], items[i])
		}
		return cond.List(slices.Compact(items)...)
	}
	return v
}

// checkMigrate: entries of migrate that name what this version does not have.
func checkMigrate(c *checker) {
	for _, f := range c.lib.Flows() {
		ids := questionIDs(f)
		for i := range f.Migrate {
			c.migrate(f, &f.Migrate[i], ids)
		}
	}
}

// questionIDs lists the questions of a flow.
func questionIDs(f *Flow) []string {
	var out []string
	f.Walk(func(_ *Flow, s *Step) {
		if _, ok := s.Body.(*Question); ok && s.ID != "" {
			out = append(out, s.ID)
		}
	})
	return out
}

func (c *checker) migrate(f *Flow, m *Migrate, ids []string) {
	unknown := func(name string) bool {
		if contains(ids, name) {
			return false
		}
		c.add(m.at.find(name), "unknown_question", "name", name, "near", cond.Nearest(name, ids))
		return true
	}
	from := map[string]string{}
	for _, old := range sortedKeys(m.Rename) {
		name := m.Rename[old]
		if unknown(name) {
			continue
		}
		if from[name] != "" {
			c.add(m.at.find(old), "migrate_twice", "a", from[name], "b", old, "name", name)
		}
		from[name] = old
		if m.dropped(old) {
			c.add(m.at.find(old), "migrate_both", "name", old)
		}
	}
	for _, id := range sortedKeys(m.Values) {
		if unknown(id) {
			continue
		}
		q, codes := f.question(id), []string(nil)
		if q.kind != nil {
			codes = q.kind.typ(q).Codes
		}
		for _, old := range sortedKeys(m.Values[id]) {
			if code := m.Values[id][old]; !contains(codes, code) {
				c.add(m.at.find(code), "cond_unknown_value", "of", id, "value", code, "near", cond.Nearest(code, codes), "allowed", strings.Join(codes, ","))
			}
		}
	}
	if m.Resume != "" {
		unknown(m.Resume)
	}
}

// question is the question of an id, in the flow or in its blocks; nil when there is none.
func (f *Flow) question(id string) *Question {
	var out *Question
	f.Walk(func(_ *Flow, s *Step) {
		if q, ok := s.Body.(*Question); ok && s.ID == id && out == nil {
			out = q
		}
	})
	return out
}
