package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// rank: options in the doctor's order; all of them unless pick says how many.
func kindRank() *questionKind {
	return &questionKind{
		name: "rank", choices: true, keys: []string{"choices", "pick", "show"},
		bind: func(b *binder, o *object, q *Question) {
			if o.has("pick") {
				b.pick(o, q)
			}
		},
		typ:   func(q *Question) cond.Type { return cond.Type{Kind: cond.KindList, Codes: codesOf(q.Choices)} },
		print: printChoices,
		read: func(t *turn, f *Frame, s *Step, text string) answer.Reading {
			low, high := t.picks(f, s)
			return t.choices(f, s).Rank(text, low, high)
		},
		label: func(e *Engine, q *Question, v Value) string {
			return strings.Join(labelsOf(q, v), e.lib.line("rank_separator"))
		},
	}
}

// picks is how many options are wanted, of those that this doctor sees.
func (t *turn) picks(f *Frame, s *Step) (low, high int) {
	q, n := s.Body.(*Question), t.choices(f, s).Len()
	if q.Unknown != nil {
		n--
	}
	if q.Type == "rank" && q.PickLow == 0 {
		return n, n
	}
	return min(q.PickLow, n), q.PickHigh
}
