package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// lookup: one entry of a long list such as hospitals, from lists/ or written at the question; the best candidates are shown when several fit.
func kindLookup() *questionKind {
	return &questionKind{
		name: "lookup", keys: []string{"list", "candidates", "choices"},
		bind: func(b *binder, o *object, q *Question) {
			q.Show = o.number("candidates", 2, 9, 5)
			if n := o.keys["choices"]; n != nil && !o.has("list") {
				q.choices, q.Choices = b.at(n), b.bindChoices(n)
				return
			}
			if o.need("list") {
				q.List, q.listAt = o.word("list"), b.at(o.keys["list"])
			}
		},
		typ:   func(*Question) cond.Type { return cond.Type{Kind: cond.KindText} },
		print: func(*turn, *Frame, *Step) string { return "" },
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			ix := t.index(q)
			if ix == nil {
				return answer.Reading{Status: answer.Unclear}
			}
			return ix.Find(text, q.Show)
		},
		label: labelChoices,
	}
}
