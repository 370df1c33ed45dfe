package flows

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// Field is a field of the doctor's portrait.
type Field struct {
	Name   string
	Type   string // text, number, list, date, yesno, bool, tristate
	Label  string
	PII    bool
	Group  string        // group of the portrait page, see Library.FieldGroups; "" = none
	Fresh  time.Duration // how long a value counts as fresh; 0 = for ever
	Weight int           // of the field in the completeness of a portrait; 0 = it does not count
	at     place
	codes  []string // closed set of what the flows write, nil = any text
	place  int      // within profile.yaml
}

// FieldGroup is a group of fields as the page of a portrait shows them.
type FieldGroup struct{ Name, Label string }

// fieldTypes are the types of a field of the portrait.
var fieldTypes = []string{"text", "number", "list", "date", "bool", "yesno", "tristate"}

// tristate is a yes or no of which "unknown" is a state of its own: asked, and not known.
const tristate = "tristate"

func (f *Field) typ() cond.Type {
	switch f.Type {
	case "number":
		return cond.Type{Kind: cond.KindNumber, Missing: true}
	case "list":
		return cond.Type{Kind: cond.KindList, Codes: f.codes, Missing: true}
	case "date":
		return cond.Type{Kind: cond.KindDate, Missing: true}
	case "bool":
		return cond.Type{Kind: cond.KindBool, Missing: true}
	case "yesno":
		return cond.Type{Kind: cond.KindText, Codes: []string{"yes", "no"}, Missing: true}
	case tristate:
		return cond.Type{Kind: cond.KindText, Codes: []string{"yes", "no", unknownCode}, Missing: true}
	}
	return cond.Type{Kind: cond.KindText, Codes: f.codes, Missing: true}
}

// Fields lists the fields of the portrait in the order of profile.yaml.
func (lib *Library) Fields() []Field {
	out := make([]Field, 0, len(lib.profile))
	for _, f := range lib.profile {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Field) int { return a.place - b.place })
	return out
}

// FieldGroups lists the groups of the portrait in the order of profile.yaml.
func (lib *Library) FieldGroups() []FieldGroup { return slices.Clone(lib.fieldGroups) }

// FieldLabel is what people read for a field of the portrait: its label in profile.yaml, else its name.
func (lib *Library) FieldLabel(name string) string {
	if f := lib.profile[name]; f != nil && f.Label != "" {
		return f.Label
	}
	return name
}

// Fresh is how long a value of a field counts as fresh: what profile.yaml says of the field, else fresh of _config.yaml; 0 = for ever.
func (lib *Library) Fresh(field string) time.Duration {
	if f := lib.profile[field]; f != nil {
		return f.Fresh
	}
	return lib.config.Fresh
}

// freshFor is how long a known value spares the doctor a question: what the question says, else its field.
func (lib *Library) freshFor(q *Question) time.Duration { return cmp.Or(q.Fresh, lib.Fresh(q.Save)) }

// stale tells whether a value has to be confirmed again.
func stale(at, now time.Time, fresh time.Duration) bool {
	return fresh > 0 && !at.IsZero() && now.Sub(at) > fresh
}

// Completeness is how much of a portrait is known and fresh, in percent of the weights of profile.yaml, and when that changes by time alone; the zero time
// = never. Without weights it is -1.
func (lib *Library) Completeness(profile map[string]Known, now time.Time) (percent int, until time.Time) {
	have, all := 0, 0
	for _, f := range lib.profile {
		all += f.Weight
		k, known := profile[f.Name]
		if f.Weight == 0 || !known || k.Value.IsEmpty() || stale(k.At, now, f.Fresh) {
			continue
		}
		have += f.Weight
		if end := k.At.Add(f.Fresh + time.Millisecond); f.Fresh > 0 && !k.At.IsZero() && (until.IsZero() || end.Before(until)) {
			until = end
		}
	}
	if all == 0 {
		return -1, time.Time{}
	}
	return have * 100 / all, until
}

// nameField tells whether answers saved to the field are names of persons.
func (lib *Library) nameField(field string) bool { return field == "name" }

// profile reads profile.yaml.
func (l *loader) profile(b *binder, root *yaml.Node) {
	o := b.object(root, []string{"groups", "profile"})
	if g := o.keys["groups"]; g != nil {
		b.pairs(g, func(k, v *yaml.Node) {
			if !isName(k.Value) {
				b.add(k, "bad_name", "name", k.Value)
			}
			l.lib.fieldGroups = append(l.lib.fieldGroups, FieldGroup{Name: k.Value, Label: b.scalar(v, k.Value)})
		})
	}
	n := o.keys["profile"]
	if !o.need("profile") || n.Kind != yaml.MappingNode {
		return
	}
	l.lib.strictProfile = true
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		fo := b.object(v, []string{"type", "label", "pii", "owner", "keep", "group", "fresh", "weight"})
		f := &Field{
			Name: k.Value, Type: fo.oneOf("type", fieldTypes...), Label: fo.plain("label"), PII: fo.flag("pii", false), place: i, at: b.at(v),
			Group: l.fieldGroup(b, fo), Fresh: fo.freshness(l.lib.config.Fresh), Weight: fo.number("weight", 0, 100, 0),
		}
		if !isName(k.Value) {
			b.add(k, "bad_name", "name", k.Value)
		}
		l.lib.profile[k.Value] = f
	}
}

// fieldGroup reads the group of a field; it must be one of the groups.
func (l *loader) fieldGroup(b *binder, o *object) string {
	name := o.plain("group")
	known := make(map[string]bool, len(l.lib.fieldGroups))
	for _, g := range l.lib.fieldGroups {
		known[g.Name] = true
	}
	if name == "" || known[name] {
		return name
	}
	o.oneOf("group", slices.Sorted(maps.Keys(known))...)
	return ""
}

// freshNever is how an author writes that values never get old.
const freshNever = "never"

// freshness reads how long values count as fresh; 0 = for ever.
func (o *object) freshness(def time.Duration) time.Duration {
	if o.plain("fresh") == freshNever {
		return 0
	}
	return o.duration("fresh", def)
}
