package flows

import (
	"regexp"
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

var reHours = regexp.MustCompile(`^([01]?\d|2[0-4]):[0-5]\d$`)

// datetime: a day with a part of the day or an hour, always read back.
func kindDateTime() *questionKind {
	return &questionKind{
		name: "datetime", keys: []string{"past", "future", "hours", "range", "on_range"},
		bind: func(b *binder, o *object, q *Question) {
			b.dateKeys(o, q)
			if s := o.plain("hours"); s != "" {
				from, to, _ := strings.Cut(s, "-")
				q.Hours = [2]string{strings.TrimSpace(from), strings.TrimSpace(to)}
				if !reHours.MatchString(q.Hours[0]) || !reHours.MatchString(q.Hours[1]) {
					b.add(o.keys["hours"], "bad_hours", "key", "hours")
				}
			}
		},
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindDate} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			opt := q.dateOptions()
			opt.Hours, opt.DayParts = q.Hours, t.e.lib.config.DayParts
			return t.e.lib.reader.DateTime(text, t.in.At, opt)
		},
		label: func(e *Engine, _ *Question, v Value) string { return e.lib.reader.SayDate(v.Str()) },
	}
}
