package flows

import (
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// date: a day, always read back.
func kindDate() *questionKind {
	return &questionKind{
		name: "date", keys: []string{"past", "future", "range", "on_range"},
		bind:  func(b *binder, o *object, q *Question) { b.dateKeys(o, q) },
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindDate} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			return t.e.lib.reader.Date(text, t.in.At, s.Body.(*Question).dateOptions())
		},
		label: func(e *Engine, _ *Question, v Value) string { return e.lib.reader.SayDate(v.Str()) },
	}
}

// dateKeys reads past and future: true, or a span of days such as 1d..60d.
func (b *binder) dateKeys(o *object, q *Question) {
	q.ReadBack = true
	b.rangeOf(o, q)
	if n := o.keys["range"]; n != nil && (q.Low != nil || q.High != nil) {
		b.add(n, "bad_date_range", "key", "range")
	}
	for _, key := range []string{"past", "future"} {
		if !o.has(key) {
			continue
		}
		on := true
		if s := o.plain(key); s == "true" || s == "false" {
			on = s == "true"
		} else if !q.daySpan(s) {
			b.add(o.keys[key], "bad_days", "key", key)
		}
		if key == "past" {
			q.Past = on
		} else {
			q.Future = on
		}
	}
	if q.Past && q.Future {
		b.add(o.key["future"], "past_future")
	}
}

func (q *Question) daySpan(s string) bool {
	low, high, ok := strings.Cut(s, "..")
	if !ok {
		return false
	}
	a, errA := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(low), "d"))
	z, errZ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(high), "d"))
	q.MinDays, q.MaxDays = a, z
	return errA == nil && errZ == nil && a >= 0 && a <= z && z < 10000
}

func (q *Question) dateOptions() answer.DateOptions {
	return answer.DateOptions{Past: q.Past, Future: q.Future, MinDays: q.MinDays, MaxDays: q.MaxDays}
}
