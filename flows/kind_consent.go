package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// consent: an explicit yes to one purpose; nothing short or doubtful counts.
func kindConsent() *questionKind {
	return &questionKind{
		name: "consent", choices: true, keys: []string{"choices", "purpose", "policy"},
		bind: func(b *binder, o *object, q *Question) {
			o.need("policy")
			q.Inside = false
			q.Policy = o.plain("policy")
			if q.Purpose = o.word("purpose"); q.Purpose == "" {
				q.Purpose = "base"
			}
			if o.has("choices") {
				codes := codesOf(q.Choices)
				if len(codes) != 2 || !contains(codes, "agree") || !contains(codes, "refuse") {
					b.add(o.keys["choices"], "consent_choices")
				}
			}
		},
		typ: func(*Question) cond.Type { return cond.Type{Kind: cond.KindText, Codes: []string{"agree", "refuse"}} },
		print: func(t *turn, _ *Frame, s *Step) string {
			l := t.e.labels(s.Body.(*Question))
			return "1. " + l[0] + "\n2. " + l[1]
		},
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			l := t.e.labels(q)
			rd := t.e.lib.reader.Consent(text, l[0], l[1])
			if rd.Status == answer.Unclear && len(q.Choices) > 0 { // the author's other words, whole only
				if m := q.reader.One(text, false); m.Status == answer.OK && (m.How == "label" || m.How == "alias") {
					return m
				}
			}
			return rd
		},
		label: func(e *Engine, q *Question, v Value) string {
			l := e.labels(q)
			if v.Str() == "agree" {
				return l[0]
			}
			return l[1]
		},
	}
}
