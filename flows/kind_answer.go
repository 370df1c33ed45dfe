package flows

// do: answer: an automatic answer; it is said like any text and counts as no message of its own.
func kindAnswer() *stepKind {
	return &stepKind{
		name: "answer", key: "do", value: "answer", keys: []string{"text"},
		bind: func(_ *binder, o *object, s *Step) {
			body := &AnswerStep{Text: o.text("text")}
			s.Body = body
			o.need("text")
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			t.say(t.optional(f, s.Body.(*AnswerStep).Text))
			return goOn
		},
	}
}

// AnswerStep is the body of do: answer.
type AnswerStep struct{ Text *Text }
