package flows

import (
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// segmentEnv gives the names of a segment their values for one doctor. It sees what a query sees: text fields as texts, list fields as lists and so on; a
// value of another kind than its field counts as unknown.
type segmentEnv struct {
	x *deriver
}

func segmentDeriver(lib *Library, d *Dossier, found *Found, now time.Time) *deriver {
	f := *found
	x := newDeriver(lib, d, now, &f)
	f = *found
	x.v.score = Score{}
	if len(found.Scores) > 0 {
		x.v.score = found.Scores[0]
	}
	return x
}

// Now implements cond.Env.
func (e *segmentEnv) Now() time.Time { return e.x.now }

// Value implements cond.Env.
func (e *segmentEnv) Value(name string) cond.Value {
	head, tail, _ := strings.Cut(name, ".")
	switch {
	case head == "profile":
		return e.field(tail)
	case name == "doctor.level":
		return cond.Number(float64(e.x.d.Level))
	case contains(productNames, tail) && !contains(fixedHeads, head):
		v, _ := e.x.found.Ratings[head].value(tail)
		return v
	}
	return e.x.v.Value(name)
}

// fixedHeads are the parts of names that are no product.
var fixedHeads = []string{"doctor", "hospital", "access", "consent", "score"}

// value is a part of the rating under the name that conditions use, see productNames; false for another name.
func (r Rating) value(name string) (cond.Value, bool) {
	switch name {
	case "ladder":
		return textOrNone(r.Ladder), true
	case "potential":
		return textOrNone(r.Potential), true
	case "matrix":
		return textOrNone(r.Matrix), true
	case "class":
		return textOrNone(r.Class), true
	}
	return cond.None(), false
}

func (e *segmentEnv) field(name string) cond.Value {
	v := e.x.d.Profile[name].Value
	f := e.x.lib.profile[name]
	if f == nil {
		return v
	}
	want := f.typ().Kind
	if want == cond.KindDate {
		want = cond.KindText
	}
	if v.Kind() != want {
		return cond.None()
	}
	if f.typ().Kind == cond.KindDate { // days are compared, as a query does
		s := v.Str()
		if _, err := time.Parse(time.DateOnly, s[:min(len(s), len(time.DateOnly))]); err != nil {
			return cond.None()
		}
		return cond.Text(s[:len(time.DateOnly)])
	}
	return v
}

// count implements deeds: the query counts the deeds themselves, however far back.
func (e *segmentEnv) count(kind string, days int) int {
	from, until := startOfDay(e.x.now, -days), startOfDay(e.x.now, 1)
	n := 0
	for i := range e.x.d.Did {
		if d := &e.x.d.Did[i]; d.Kind == kind && !d.At.Before(from) && d.At.Before(until) {
			n++
		}
	}
	return n
}

// inARow implements deeds.
func (e *segmentEnv) inARow(kind string) int { return e.x.v.inARow(kind) }

// segmentWhy writes a segment line by line.
type segmentWhy struct {
	s   *Segment
	env *segmentEnv
	out []SegmentLine
}

func (w *segmentWhy) line(n cond.Node, depth int) bool {
	at := len(w.out)
	l := SegmentLine{Depth: depth}
	w.out = append(w.out, l)
	switch {
	case w.joins(n):
		l.Part = string(n.Part)
		l.Holds = n.Part == cond.PartAnd
		for _, k := range n.Kids {
			holds := w.line(k, depth+1)
			switch n.Part {
			case cond.PartAnd:
				l.Holds = l.Holds && holds
			case cond.PartOr:
				l.Holds = l.Holds || holds
			default:
				l.Holds = !holds
			}
		}
	default:
		l.Text = strings.TrimSpace(w.s.src[n.Offset : n.Offset+n.Length])
		l.Holds, l.Value = w.holds(n, l.Text)
	}
	w.out[at] = l
	return l.Holds
}

// joins tells a part that holds others from a comparison; "is not empty" and "not in" are one.
func (w *segmentWhy) joins(n cond.Node) bool {
	switch n.Part {
	case cond.PartAnd, cond.PartOr:
		return true
	case cond.PartNot:
		return strings.HasPrefix(strings.TrimLeft(w.s.src[n.Offset:], "( "), "not")
	}
	return false
}

// holds evaluates a part by itself, with the value that it looks at.
func (w *segmentWhy) holds(n cond.Node, src string) (bool, string) {
	x, ps := cond.CompileCondition(src, w.s.lib.segmentScope(), deedFunctions(w.s.lib.funcs))
	if len(ps) > 0 {
		return false, ""
	}
	return x.True(w.env), w.value(n)
}

func (w *segmentWhy) value(n cond.Node) string {
	var parts []string
	for _, c := range calls(n) {
		parts = append(parts, itoa(w.env.count(c.kind, c.days)))
	}
	for _, name := range namesOf(n) {
		if field, ok := strings.CutPrefix(name, "profile."); ok {
			if text := w.env.x.v.tellField(field); text != "" {
				parts = append(parts, text)
			}
			continue
		}
		v := w.env.Value(name)
		if v.IsEmpty() {
			continue
		}
		kind := name[strings.LastIndexByte(name, '.')+1:]
		words := make([]string, 0, 1)
		v.Each(func(item string) { words = append(words, w.s.lib.Word(kind, item)) })
		if len(words) == 0 {
			words = append(words, w.s.lib.Word(kind, v.Str()))
		}
		parts = append(parts, strings.Join(words, w.s.lib.line("list_separator")))
	}
	return strings.Join(parts, w.s.lib.line("rounds_separator"))
}

func namesOf(n cond.Node) []string {
	if n.Part == cond.PartName {
		return []string{n.Name}
	}
	var out []string
	for _, k := range n.Kids {
		out = append(out, namesOf(k)...)
	}
	return out
}
