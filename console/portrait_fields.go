package console

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// trait is one value of the portrait with what it rests on.
type trait struct {
	store.PortraitValue
	Name   string // of the field
	Shown  string
	Basis  string // who or what said it
	Words  string // the doctor's own words, when it rests on an answer that says it otherwise
	Stale  bool   // older than its field's values stay fresh
	FreshD int    // days for which its field's values stay fresh, 0 = for ever
	Asked  bool   // of a field with three states: it was asked, and is not known
	Before []past // what it replaced and what stood against it, newest first
}

// past is an earlier observation of a field.
type past struct {
	store.Observation
	Shown string // "" = taken back or cleared
	Back  bool   // taken back
}

// traitGroup is the fields of one group. Panels are those that say how a doctor thinks, feels and stands.
type traitGroup struct {
	flows.FieldGroup
	Panel  bool
	Traits []trait
	Blank  []string // fields of the core that are not known
}

// panelGroups are the groups that the page shows side by side: by reason, by feeling, by situation.
var panelGroups = []string{"rational", "emotional", "situation"}

// fieldGroups sorts the traits into the groups of profile.yaml; what belongs to none comes last, without a label.
func (c *Console) fieldGroups(traits []trait) []traitGroup {
	if c.library == nil {
		return []traitGroup{{Traits: traits}}
	}
	lib := c.library()
	at := map[string]int{}
	var groups []traitGroup
	for i, g := range lib.FieldGroups() {
		at[g.Name] = i
		groups = append(groups, traitGroup{FieldGroup: g, Panel: slices.Contains(panelGroups, g.Name)})
	}
	rest := traitGroup{}
	known := map[string]bool{}
	group := map[string]string{}
	for _, f := range lib.Fields() {
		group[f.Name] = f.Group
	}
	for _, t := range traits {
		known[t.Field] = true
		if i, ok := at[group[t.Field]]; ok {
			groups[i].Traits = append(groups[i].Traits, t)
			continue
		}
		rest.Traits = append(rest.Traits, t)
	}
	for _, f := range lib.Fields() {
		if i, ok := at[f.Group]; ok && f.Weight > 0 && !known[f.Name] {
			groups[i].Blank = append(groups[i].Blank, cmp.Or(f.Label, f.Name))
		}
	}
	groups = append(groups, rest)
	return slices.DeleteFunc(groups, func(g traitGroup) bool { return len(g.Traits) == 0 && (len(g.Blank) == 0 || g.Name == "") && !g.Panel })
}

// traits ties every value to its answer or visit.
func (c *Console) traits(rec store.DoctorPast) []trait {
	answers := make(map[string]store.Answer, len(rec.Answers))
	for _, a := range rec.Answers {
		answers[fmt.Sprintf("%s:%d:%d", a.Conversation, a.Seq, a.N)] = a
	}
	visits := make(map[string]store.Visit, len(rec.Visits))
	for _, v := range rec.Visits {
		visits["visit:"+v.ID] = v
	}
	order := c.fieldOrder()
	rows := make([]trait, 0, len(rec.Portrait))
	for _, p := range rec.Portrait {
		t := trait{PortraitValue: p, Name: c.fieldLabel(p.Field), Shown: c.shownValue(p.Field, p.Value, p.Label), Basis: store.BareQuestion(p.Detail)}
		if t.Shown == "" {
			continue // not known any more
		}
		if p.Source == store.SourceComputed {
			t.Basis = c.flowTitle(p.Detail)
		}
		if a, ok := answers[p.Ref]; ok {
			t.Basis = store.BareQuestion(a.Asked)
			if a.Raw != t.Shown {
				t.Words = a.Raw
			}
		}
		if visit, ok := visits[p.Ref]; ok {
			t.Basis = nameOr(rec.RepNames, visit.Rep)
		}
		c.age(&t)
		t.Asked = p.Code == codeUnknown
		t.Before = c.before(p, rec.Observations)
		rows = append(rows, t)
	}
	slices.SortStableFunc(rows, func(a, b trait) int {
		return cmp.Compare(cmp.Or(order[a.Field], len(order)+1), cmp.Or(order[b.Field], len(order)+1))
	})
	return rows
}

// codeUnknown is the value of a field that was asked and is not known.
const codeUnknown = "unknown"

// age says whether a value has to be confirmed again.
func (c *Console) age(t *trait) {
	if c.library == nil {
		return
	}
	fresh := c.library().Fresh(t.Field)
	t.FreshD = int(fresh / (24 * time.Hour))
	t.Stale = fresh > 0 && c.now().Sub(time.UnixMilli(t.At)) > fresh
}

// before lists the other observations of a field, newest first.
func (c *Console) before(p store.PortraitValue, all []store.Observation) []past {
	var out []past
	stands := false // the row that the value itself came from
	for _, o := range all {
		if o.Field != p.Field {
			continue
		}
		if !stands && o.Ref == p.Ref && o.At == p.At && o.Value == p.Value {
			stands = true
			continue
		}
		x := past{Observation: o, Back: o.Value == store.TakenBack}
		if !x.Back && o.Value != store.Cleared {
			x.Shown = c.shownValue(o.Field, o.Value, o.Label)
		}
		out = append(out, x)
	}
	return out
}

// complete is the completeness of a portrait in percent, -1 = nothing is weighed.
func (c *Console) complete(rec store.DoctorPast) int {
	if c.library == nil {
		return -1
	}
	known := make(map[string]flows.Known, len(rec.Portrait))
	for _, p := range rec.Portrait {
		if v := valueOf(p.Value); !v.IsEmpty() {
			known[p.Field] = flows.Known{Value: v, At: time.UnixMilli(p.At)}
		}
	}
	percent, _ := c.library().Completeness(known, c.now())
	return percent
}
