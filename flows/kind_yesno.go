package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// yesno: yes or no, with the author's wording of both.
func kindYesNo() *questionKind {
	return &questionKind{
		name: "yesno", keys: []string{"labels", "show"},
		bind: func(b *binder, o *object, q *Question) {
			labels := o.words("labels")
			b.fixed(o.node, labels...)
			switch {
			case len(labels) == 2:
				q.Labels = [2]string{labels[0], labels[1]}
			case o.has("labels"):
				b.add(o.keys["labels"], "two_labels")
			}
		},
		typ: func(*Question) cond.Type { return cond.Type{Kind: cond.KindText, Codes: []string{"yes", "no"}} },
		print: func(t *turn, _ *Frame, s *Step) string {
			q := s.Body.(*Question)
			if q.Form == "plain" {
				return ""
			}
			l := t.e.labels(q)
			return "1. " + l[0] + "\n2. " + l[1]
		},
		read: func(t *turn, _ *Frame, s *Step, text string) answer.Reading {
			return t.e.lib.reader.YesNo(text, t.e.labels(s.Body.(*Question)))
		},
		label: func(e *Engine, q *Question, v Value) string {
			l := e.labels(q)
			switch v.Str() {
			case "yes":
				return l[0]
			case "no":
				return l[1]
			}
			return v.Str()
		},
	}
}

// labels is the wording of yes and no, or of agree and refuse.
func (e *Engine) labels(q *Question) [2]string {
	if q.Type == "consent" && len(q.Choices) == 2 {
		return [2]string{q.Choices[q.byCode["agree"]].Label, q.Choices[q.byCode["refuse"]].Label}
	}
	l := q.Labels
	if l[0] == "" {
		yes, no := "yes", "no"
		if q.Type == "consent" {
			yes, no = "agree", "refuse"
		}
		l = [2]string{e.lib.line(yes), e.lib.line(no)}
	}
	return l
}
