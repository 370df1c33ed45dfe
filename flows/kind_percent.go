package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// percent: a share of a hundred, as the number before the percent sign.
func kindPercent() *questionKind {
	return &questionKind{
		name: "percent", keys: []string{"range", "on_range", "step"},
		bind: func(b *binder, o *object, q *Question) {
			b.rangeOf(o, q)
			b.stepOf(o, q)
			if q.Low == nil {
				q.Low = new(float64)
			}
			if q.High == nil {
				hundred := 100.0
				q.High = &hundred
			}
		},
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindNumber} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, f *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			low, high := t.limits(f, q)
			return t.e.lib.reader.Percent(text, answer.NumberOptions{Min: low, Max: high, Integer: q.whole()})
		},
		label: func(_ *Engine, _ *Question, v Value) string { return v.Str() + "%" },
	}
}
