package flows

import (
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

// many: several options, as many as pick allows.
func kindMany() *questionKind {
	return &questionKind{
		name: "many", choices: true, keys: []string{"choices", "pick", "show"},
		bind:  func(b *binder, o *object, q *Question) { b.pick(o, q) },
		typ:   func(q *Question) cond.Type { return cond.Type{Kind: cond.KindList, Codes: codesOf(q.Choices)} },
		print: printChoices,
		read: func(t *turn, f *Frame, s *Step, text string) answer.Reading {
			low, high := t.picks(f, s)
			return t.choices(f, s).Many(text, low, high)
		},
		label: labelChoices,
	}
}

// pick reads how many options are wanted: n, or a..b.
func (b *binder) pick(o *object, q *Question) {
	q.PickLow = 1
	low, high := o.span("pick")
	if low != nil {
		q.PickLow = int(*low)
	}
	if high != nil {
		q.PickHigh = int(*high)
	}
	if n := len(q.Choices); n > 0 && (q.PickLow > n || q.PickHigh > n) {
		b.add(o.keys["pick"], "pick_too_many", "n", itoa(n))
	}
}
