package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// scale: a whole number between two ends.
func kindScale() *questionKind {
	return &questionKind{
		name: "scale", keys: []string{"range", "ends"},
		bind: func(b *binder, o *object, q *Question) {
			if o.need("range") {
				q.Low, q.High = o.span("range")
				if q.Low == nil || q.High == nil {
					b.add(o.keys["range"], "bad_range", "key", "range")
				}
			}
			q.Ends = o.words("ends")
			b.fixed(o.node, q.Ends...)
			if o.has("ends") && len(q.Ends) != 2 {
				b.add(o.keys["ends"], "two_labels")
			}
		},
		typ: func(*Question) cond.Type { return cond.Type{Kind: cond.KindNumber} },
		print: func(t *turn, _ *Frame, s *Step) string {
			q := s.Body.(*Question)
			if len(q.Ends) != 2 || q.Low == nil || q.High == nil {
				return ""
			}
			return t.fill("scale_ends", "min", ftoa(*q.Low), "low", q.Ends[0], "max", ftoa(*q.High), "high", q.Ends[1])
		},
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			return t.e.lib.reader.Number(text, answer.NumberOptions{Min: q.Low, Max: q.High, Integer: true})
		},
		label: func(_ *Engine, _ *Question, v Value) string { return v.Str() },
	}
}
