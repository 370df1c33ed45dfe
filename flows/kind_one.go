package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// one: exactly one option.
func kindOne() *questionKind {
	return &questionKind{
		name: "one", choices: true, keys: []string{"choices", "show"},
		typ:   func(q *Question) cond.Type { return cond.Type{Kind: cond.KindText, Codes: codesOf(q.Choices)} },
		print: printChoices,
		read: func(t *turn, f *Frame, s *Step, text string) answer.Reading {
			q := s.Body.(*Question)
			return t.choices(f, s).One(text, q.Inside)
		},
		label: labelChoices,
	}
}

// printChoices is the numbered list below a question.
func printChoices(t *turn, f *Frame, s *Step) string {
	c := t.choices(f, s)
	if c == nil || s.Body.(*Question).Form == "plain" {
		return ""
	}
	return c.Printed()
}

// labelChoices prints the labels of codes, as the author wrote them.
func labelChoices(e *Engine, q *Question, v Value) string {
	return strings.Join(labelsOf(q, v), e.lib.line("list_separator"))
}

func labelsOf(q *Question, v Value) []string {
	var out []string
	for _, code := range v.Items() {
		if i, ok := q.byCode[code]; ok {
			out = append(out, q.Choices[i].Label)
		} else {
			out = append(out, code)
		}
	}
	return out
}
