package flows

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vrep/vrep/flows/cond"
)

// Operators of a filter.
const (
	FilterAnd  = "and"
	FilterOr   = "or"
	FilterNot  = "not"
	FilterAtom = "atom"
)

// Filter is a condition on doctors in parts that a query can carry.
type Filter struct {
	Op   string
	Kids []Filter
	Atom Atom // of FilterAtom
}

// Where the value of an atom is found.
const (
	AtomFacet   = "facet"   // a column of the facets: text, number or flag
	AtomTime    = "time"    // a column of the facets that is a moment
	AtomField   = "field"   // a field of the portrait
	AtomPlace   = "place"   // a column of the doctor's hospital
	AtomAccess  = "access"  // a product in the doctor's hospital
	AtomRating  = "rating"  // where the doctor stands with a product
	AtomTag     = "tag"     // a tag that holds
	AtomConsent = "consent" // a consent that holds
	AtomDid     = "did"     // how often something was done since From
)

// Atom is one comparison of a value with constants. Only the fields that Kind and Op want are set.
type Atom struct {
	Of      string // where the value is found
	Name    string // field, column, purpose, kind of behaviour
	Product string
	Kind    string   // text, list, number, flag, date
	Op      string   // ==, <, <=, >, >=, in, has, empty, true; of a date and a time: between
	Texts   []string // what a text equals or a list holds one of
	Number  float64
	From    int64  // unix ms, 0 = open; of time: from; of did: since
	Until   int64  // unix ms, 0 = open; of time: before
	Now     int64  // unix ms; of tag
	First   string // of a date: first day, "" = open
	Last    string // of a date: last day, "" = open
}

// segmentBuilder turns a tree into a filter; what a query cannot carry is noted.
type segmentBuilder struct {
	lib *Library
	now time.Time
	bad []cond.Node
}

func (b *segmentBuilder) refuse(n cond.Node) Filter {
	b.bad = append(b.bad, n)
	return Filter{Op: FilterOr}
}

func not(f Filter) Filter { return Filter{Op: FilterNot, Kids: []Filter{f}} }

func (b *segmentBuilder) filter(n cond.Node) Filter {
	switch n.Part {
	case cond.PartAnd, cond.PartOr, cond.PartNot:
		f := Filter{Op: string(n.Part)}
		for _, k := range n.Kids {
			f.Kids = append(f.Kids, b.filter(k))
		}
		return f
	case cond.PartName:
		return b.truth(n)
	case cond.PartValue:
		if n.Value.Kind() == cond.KindBool {
			if n.Value.Truth() {
				return Filter{Op: FilterAnd}
			}
			return Filter{Op: FilterOr}
		}
	case cond.PartEmpty:
		a, ok := b.atom(n.Kids[0])
		if ok && a.Of != AtomDid {
			a.Op = "empty"
			return atom(a)
		}
	case cond.PartIn:
		return b.in(n)
	case cond.PartHas:
		a, ok := b.atom(n.Kids[0])
		if v := n.Kids[1]; ok && a.Kind == "list" && v.Part == cond.PartValue {
			a.Op, a.Texts = "has", []string{v.Value.Str()}
			return atom(a)
		}
	case "!=":
		n.Part = "=="
		return not(b.compare(n))
	case "==", "<", "<=", ">", ">=":
		return b.compare(n)
	}
	return b.refuse(n)
}

func atom(a Atom) Filter { return Filter{Op: FilterAtom, Atom: a} }

// truth is a name that stands alone.
func (b *segmentBuilder) truth(n cond.Node) Filter {
	a, ok := b.atom(n)
	switch {
	case !ok:
		return b.refuse(n)
	case a.Kind == "flag":
		a.Op = "true"
	case a.Kind == "text":
		a.Op, a.Texts = "in", []string{"yes", "true"}
	default:
		return b.refuse(n)
	}
	return atom(a)
}

func (b *segmentBuilder) in(n cond.Node) Filter {
	a, ok := b.atom(n.Kids[0])
	list := n.Kids[1]
	if !ok || list.Part != cond.PartList {
		return b.refuse(n)
	}
	if a.Kind == "text" {
		a.Op = "in"
		for _, k := range list.Kids {
			if k.Part != cond.PartValue || k.Value.Kind() != cond.KindText {
				return b.refuse(k)
			}
			a.Texts = append(a.Texts, k.Value.Str())
		}
		return atom(faceted(a))
	}
	f := Filter{Op: FilterOr}
	for _, k := range list.Kids {
		f.Kids = append(f.Kids, b.compare(cond.Node{Part: "==", Kids: []cond.Node{n.Kids[0], k}, Offset: k.Offset, Length: k.Length}))
	}
	return f
}

// turned is a comparison read from the other side.
var turned = map[cond.Part]cond.Part{"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func (b *segmentBuilder) compare(n cond.Node) Filter {
	l, r, op := n.Kids[0], n.Kids[1], n.Part
	if l.Part == cond.PartValue || l.Part == cond.PartDay {
		l, r, op = r, l, turned[op]
	}
	a, ok := b.atom(l)
	if !ok {
		return b.refuse(n)
	}
	a.Op = string(op)
	switch {
	case a.Kind == "date":
		return b.date(n, a, r)
	case r.Part != cond.PartValue:
		return b.refuse(r)
	case a.Kind == "number" && r.Value.Kind() == cond.KindNumber:
		a.Number = r.Value.Num()
	case a.Kind == "text" && op == "==" && r.Value.Kind() == cond.KindText:
		a.Op, a.Texts = "in", []string{r.Value.Str()}
		a = faceted(a)
	case a.Kind == "flag" && op == "==" && r.Value.Kind() == cond.KindBool:
		a.Op = "true"
		if !r.Value.Truth() {
			a.Op = "false"
		}
	default:
		return b.refuse(n)
	}
	return atom(a)
}

// date turns a comparison of days into a span: a moment by its day in the zone of the house, a field by its first ten characters.
func (b *segmentBuilder) date(n cond.Node, a Atom, r cond.Node) Filter {
	day := startOfDay(b.now, r.Days)
	if r.Part == cond.PartValue {
		t, err := time.ParseInLocation(time.DateOnly, r.Value.Str(), b.now.Location())
		if err != nil {
			return b.refuse(r)
		}
		day = t
	} else if r.Part != cond.PartDay {
		return b.refuse(n)
	}
	var first, last time.Time // both days count
	switch a.Op {
	case "==":
		first, last = day, day
	case "<":
		last = day.AddDate(0, 0, -1)
	case "<=":
		last = day
	case ">":
		first = day.AddDate(0, 0, 1)
	case ">=":
		first = day
	}
	a.Op = "between"
	if a.Of == AtomTime {
		if !first.IsZero() {
			a.From = first.UnixMilli()
		}
		if !last.IsZero() {
			a.Until = last.AddDate(0, 0, 1).UnixMilli()
		}
		return atom(a)
	}
	if !first.IsZero() {
		a.First = first.Format(time.DateOnly)
	}
	if !last.IsZero() {
		a.Last = last.Format(time.DateOnly)
	}
	return atom(a)
}

// facetOf maps names to columns of the facets.
var facetOf = map[string]string{
	"doctor.level": "level", "doctor.followed": "followed", "doctor.owner": "owner", "hospital.id": "hospital", "hospital.grade": "grade",
	"hospital.province": "province", "hospital.city": "city", "ladder": "ladder", "potential": "potential", "matrix": "matrix", "class": "class",
	"result": "result", "cell": "cell", "affinity": "affinity", "score.points": "lead_points", "score.grade": "lead_grade",
}

// facetFields are fields of the portrait that are columns of the facets too, with their widths.
var facetFields = map[string]int{"department": 32, "title": 32, "position": 32, "patient_band": 16}

// faceted looks a field up in the facets where they hold it: they are narrow and indexed.
func faceted(a Atom) Atom {
	width := facetFields[a.Name]
	if a.Of != AtomField || width == 0 {
		return a
	}
	for _, t := range a.Texts {
		if t == "" || utf8.RuneCountInString(t) > width {
			return a
		}
	}
	a.Of = AtomFacet
	return a
}

// atom finds where the value of a name or of a count lies.
func (b *segmentBuilder) atom(n cond.Node) (Atom, bool) {
	if n.Part == cond.PartCall && n.Name == "count" && len(n.Kids) == 2 && contains(didKinds, n.Kids[0].Value.Str()) {
		from := startOfDay(b.now, -int(n.Kids[1].Value.Num()))
		until := startOfDay(b.now, 1)
		return Atom{Of: AtomDid, Name: n.Kids[0].Value.Str(), Kind: "number", From: from.UnixMilli(), Until: until.UnixMilli()}, true
	}
	if n.Part != cond.PartName {
		return Atom{}, false
	}
	a := Atom{Kind: atomKind(n.Type)}
	head, tail, _ := strings.Cut(n.Name, ".")
	switch {
	case facetOf[n.Name] != "":
		a.Of, a.Name = AtomFacet, facetOf[n.Name]
	case n.Name == "doctor.last_typed":
		a.Of, a.Name = AtomTime, "last_typed_at"
	case n.Name == "doctor.effective":
		a.Of, a.Name = AtomTime, "effective_at"
	case n.Name == "hospital.level":
		a.Of, a.Name = AtomPlace, "level"
	case n.Name == "tags":
		a.Of, a.Now = AtomTag, b.now.UnixMilli()
	case head == "profile":
		a.Of, a.Name = AtomField, tail
	case head == "consent":
		a.Of, a.Name = AtomConsent, tail
	case head == "access":
		a.Of, a.Name, a.Product = AtomAccess, tail, b.lib.leadingProduct()
	case contains(productNames, tail):
		a.Of, a.Name, a.Product = AtomRating, tail, head
	}
	return a, a.Of != "" && a.Kind != ""
}

func (lib *Library) leadingProduct() string {
	if lib.classes == nil || len(lib.classes.products) == 0 {
		return ""
	}
	return lib.classes.products[0].code
}

func atomKind(t cond.Type) string {
	switch t.Kind {
	case cond.KindText:
		return "text"
	case cond.KindList:
		return "list"
	case cond.KindNumber:
		return "number"
	case cond.KindBool:
		return "flag"
	case cond.KindDate:
		return "date"
	}
	return ""
}
