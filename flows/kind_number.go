package flows

import (
	"math"
	"strconv"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// number: a number, with limits, a unit and perhaps a step.
func kindNumber() *questionKind {
	return &questionKind{
		name: "number", keys: []string{"range", "on_range", "unit", "step"},
		bind: func(b *binder, o *object, q *Question) {
			b.rangeOf(o, q)
			b.stepOf(o, q)
			q.Unit = o.plain("unit")
		},
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindNumber} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, f *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			low, high := t.limits(f, q)
			counts := low == nil || *low <= 0 // "none" is 0 where 0 is allowed
			return t.e.lib.reader.Number(text, answer.NumberOptions{Min: low, Max: high, Unit: q.Unit, Count: counts, Integer: q.whole()})
		},
		label: func(_ *Engine, q *Question, v Value) string { return v.Str() + q.Unit },
	}
}

func ftoa(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func itoa(n int) string { return strconv.Itoa(n) }
