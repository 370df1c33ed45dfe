package flows

import (
	"math"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// domain is what a name can be, as far as conditions can tell: for codes the codes, for numbers the constants that conditions compare with and
// what lies between and beyond them.
type domain struct {
	name   string
	values []Value // at most maxValues; the missing answer comes first
}

// levelName is the doctor's level of verification.
const levelName = "doctor.level"

const (
	maxValues  = 40 // of one name; a name with more is not tried
	anotherTag = "\x00"
)

// domains collects the names of a flow that conditions hold against constants, with their values. Names with too many are left out.
func (f *Flow) domains() []domain {
	against := map[string][]Value{}
	kinds := map[string]cond.Type{}
	f.conditions(func(x *cond.Expr) {
		x.Compared(func(name string, t cond.Type, v Value) {
			kinds[name] = t
			against[name] = append(against[name], v)
		})
	})
	var out []domain
	for _, name := range sortedKeys(kinds) {
		d := f.domain(name, kinds[name], against[name])
		if n := len(d.values); n > 1 && n <= maxValues {
			out = append(out, d)
		}
	}
	return out
}

// conditions calls do for every compiled expression of a flow, those inside texts included.
func (f *Flow) conditions(do func(x *cond.Expr)) {
	for _, s := range f.Steps {
		for _, e := range s.exprs {
			if e.x != nil {
				do(e.x)
			}
		}
		for _, x := range s.texts {
			for i := range x.parts {
				if x.parts[i].when != nil {
					do(x.parts[i].when)
				}
			}
		}
	}
	if f.Start.When != nil && f.Start.When.x != nil {
		do(f.Start.When.x)
	}
}

func (f *Flow) domain(name string, t cond.Type, against []Value) domain {
	d := domain{name: name}
	if name == levelName { // a refused verification counts as 0
		d.values = []Value{cond.Number(0), cond.Number(1), cond.Number(2)}
		return d
	}
	q, sole := f.giver(name)
	switch t.Kind {
	case cond.KindBool:
		d.values = []Value{cond.Bool(false), cond.Bool(true)}
	case cond.KindNumber:
		d.values = numbersAround(against, q)
	case cond.KindList:
		d.values = subsets(against, t.Codes, q)
	case cond.KindText:
		d.values = texts(against, t.Codes, q != nil || sole)
	}
	if !strings.HasPrefix(name, "consent.") {
		d.values = append([]Value{cond.None()}, d.values...)
	}
	return d
}

// giver finds the question whose answer a name is; sole tells that nothing but one classification gives the name.
func (f *Flow) giver(name string) (q *Question, sole bool) {
	n := 0
	for _, s := range f.Steps {
		switch body := s.Body.(type) {
		case *Question:
			if s.ID == name {
				q, n = body, n+1
			}
		case *ClassifyStep:
			if body.Name == name {
				sole, n = true, n+1
			}
		case *SetStep:
			if slices.ContainsFunc(body.Pairs, func(p SetPair) bool { return p.Name == name }) {
				n++
			}
		}
	}
	if n != 1 {
		return nil, false
	}
	return q, sole
}

// texts are the codes; where other texts are possible too, one stands for them.
func texts(against []Value, codes []string, closed bool) []Value {
	all := slices.Clone(codes)
	if !closed || len(codes) == 0 {
		for _, v := range against {
			if s := v.Str(); v.Kind() == cond.KindText && !contains(all, s) {
				all = append(all, s)
			}
		}
		all = append(all, anotherTag)
	}
	out := make([]Value, 0, len(all))
	for _, c := range all {
		out = append(out, cond.Text(c))
	}
	return out
}

// numbersAround are the constants, the limits of the question, and a number in every gap; whole ones only where the question takes no other.
func numbersAround(against []Value, q *Question) []Value {
	low, high, whole := math.Inf(-1), math.Inf(1), false
	var at []float64
	if q != nil {
		whole = q.Type == "scale"
		if q.Low != nil {
			low, at = *q.Low, append(at, *q.Low)
		}
		if q.High != nil {
			high, at = *q.High, append(at, *q.High)
		}
	}
	for _, v := range against {
		if v.Kind() == cond.KindNumber {
			at = append(at, v.Num())
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	var out []Value
	add := func(x float64) {
		if v := cond.Number(x); x >= low && x <= high && (!whole || x == math.Trunc(x)) && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	for i, x := range at {
		before := x - 1
		if i > 0 && !whole {
			before = (at[i-1] + x) / 2
		}
		for _, y := range []float64{before, math.Floor(x), x, math.Ceil(x), x + 1} {
			add(y)
		}
	}
	if len(at) == 0 {
		add(0)
	}
	return out
}

// subsets are the combinations of the codes that conditions ask for, with and without something else, as far as the question allows them.
func subsets(against []Value, codes []string, q *Question) []Value {
	var asked []string
	for _, v := range against {
		if s := v.Str(); v.Kind() == cond.KindText && !contains(asked, s) {
			asked = append(asked, s)
		}
	}
	if len(asked) > 5 {
		return nil
	}
	others := codes == nil || slices.ContainsFunc(codes, func(c string) bool { return !contains(asked, c) })
	if others {
		asked = append(asked, anotherTag)
	}
	var out []Value
	for set := 1; set < 1<<len(asked); set++ {
		var items []string
		for i, c := range asked {
			if set&(1<<i) != 0 {
				items = append(items, c)
			}
		}
		if q == nil || q.mayPick(items) {
			out = append(out, cond.List(items...))
		}
	}
	return out
}

// mayPick reports whether several options may be chosen together; anotherTag stands for any number of further options.
func (q *Question) mayPick(items []string) bool {
	if q.PickHigh > 0 && len(items) > q.PickHigh {
		return false
	}
	return len(items) == 1 || !slices.ContainsFunc(items, func(c string) bool {
		i, ok := q.byCode[c]
		return ok && q.Choices[i].Only
	})
}

// shown is a value as a message names it.
func (d *domain) shown(v Value) string {
	switch {
	case v.IsNone():
		return phrase("tried_none")
	case v.Str() == anotherTag:
		return phrase("tried_other")
	}
	return strings.ReplaceAll(strings.ReplaceAll(v.Str(), anotherTag, phrase("tried_other")), ",", "+")
}
