package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// phone: a mobile number, with landline: true also a fixed one.
func kindPhone() *questionKind {
	return &questionKind{
		name: "phone", keys: []string{"landline"},
		bind:  func(_ *binder, o *object, q *Question) { q.Landline = o.flag("landline", false) },
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindText} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			return t.e.lib.reader.Phone(text, s.Body.(*Question).Landline)
		},
		label: func(_ *Engine, _ *Question, v Value) string { return maskPhone(v.Str()) },
	}
}

// maskPhone keeps the first three and the last four digits.
func maskPhone(s string) string {
	if len(s) < 8 {
		return s
	}
	return s[:3] + "****" + s[len(s)-4:]
}
