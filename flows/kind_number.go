package flows

import (
	"math"
	"strconv"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// number: a number, with limits and a unit.
func kindNumber() *questionKind {
	return &questionKind{
		name: "number", keys: []string{"range", "unit"},
		bind: func(_ *binder, o *object, q *Question) {
			q.Low, q.High = o.span("range")
			q.Unit = o.plain("unit")
		},
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindNumber} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			return t.e.lib.reader.Number(text, answer.NumberOptions{Min: q.Low, Max: q.High, Unit: q.Unit, Count: q.countsThings()})
		},
		label: func(_ *Engine, q *Question, v Value) string { return v.Str() + q.Unit },
	}
}

// countsThings: "none" is 0 where 0 is allowed.
func (q *Question) countsThings() bool { return q.Low == nil || *q.Low <= 0 }

func ftoa(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func itoa(n int) string { return strconv.Itoa(n) }
