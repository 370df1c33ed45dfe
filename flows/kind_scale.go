package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// scale: a number between two ends, a whole one unless step says otherwise.
func kindScale() *questionKind {
	return &questionKind{
		name: "scale", keys: []string{"range", "on_range", "ends", "step"},
		bind: func(b *binder, o *object, q *Question) {
			q.Step = 1
			b.rangeOf(o, q)
			b.stepOf(o, q)
			if o.need("range") && (q.Low == nil && q.Limits[0] == nil || q.High == nil && q.Limits[1] == nil) {
				b.add(o.keys["range"], "bad_range", "key", "range")
			}
			q.Ends = o.words("ends")
			b.fixed(o.node, q.Ends...)
			if o.has("ends") && len(q.Ends) != 2 {
				b.add(o.keys["ends"], "two_labels")
			}
		},
		typ: func(*Question) cond.Type { return cond.Type{Kind: cond.KindNumber} },
		print: func(t *turn, f *Frame, s *Step) string {
			q := s.Body.(*Question)
			low, high := t.limits(f, q)
			if len(q.Ends) != 2 || low == nil || high == nil {
				return ""
			}
			return t.fill("scale_ends", "min", ftoa(*low), "low", q.Ends[0], "max", ftoa(*high), "high", q.Ends[1])
		},
		read:  readScale,
		label: func(_ *Engine, _ *Question, v Value) string { return v.Str() },
	}
}

// readScale takes a number, or the words that stand at one of the ends.
func readScale(t *turn, f *Frame, s *Step, text string) answer.Reading {
	q, r := s.Body.(*Question), t.e.lib.reader
	low, high := t.limits(f, q)
	for i, end := range q.Ends {
		if at := []*float64{low, high}[min(i, 1)]; at != nil && r.Normalise(text) == r.Normalise(end) {
			return answer.Reading{Status: answer.OK, Value: cond.Number(*at), How: "end"}
		}
	}
	return r.Number(text, answer.NumberOptions{Min: low, Max: high, Integer: q.whole()})
}
