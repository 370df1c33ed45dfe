package flows

import (
	"math"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// duration: a length of time; the value is in minutes. A bare number counts in the unit, if the question has one.
func kindDuration() *questionKind {
	return &questionKind{
		name: "duration", keys: []string{"range", "on_range", "step", "unit"},
		bind: func(b *binder, o *object, q *Question) {
			b.rangeOf(o, q)
			b.stepOf(o, q)
			if q.Unit = o.plain("unit"); q.Unit != "" && !b.reader.TimeUnit(q.Unit) {
				b.add(o.keys["unit"], "bad_time_unit", "unit", q.Unit)
			}
		},
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindNumber} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, f *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			low, high := t.limits(f, q)
			return t.e.lib.reader.Duration(text, answer.NumberOptions{Min: low, Max: high, Unit: q.Unit, Integer: q.whole()})
		},
		label: func(e *Engine, _ *Question, v Value) string { return e.sayMinutes(v.Num()) },
	}
}

// sayMinutes prints a length of time in hours and minutes.
func (e *Engine) sayMinutes(m float64) string {
	hours := math.Floor(m / 60)
	rest := cond.Number(m-60*hours).Str() + e.lib.line("minutes")
	switch {
	case hours < 1:
		return rest
	case m == 60*hours:
		return ftoa(hours) + e.lib.line("hours")
	}
	return ftoa(hours) + e.lib.line("hours") + rest
}
