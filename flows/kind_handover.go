package flows

// do: handover: what the doctor says about the rep who looks after them: to keep the one who was named, to have another, or none. Who acts on it is the house.
func kindHandover() *stepKind {
	return &stepKind{
		name: "handover", key: "do", value: "handover", keys: []string{"colleague"},
		bind: func(b *binder, o *object, s *Step) {
			body := &HandoverStep{}
			s.Body = body
			if o.need("colleague") {
				body.Colleague = o.oneOf("colleague", "keep", "another", "none")
			}
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			if !t.mayStore(f) {
				t.skip(s, "handover")
				return goOn
			}
			t.out.Colleague = s.Body.(*HandoverStep).Colleague
			return goOn
		},
	}
}

// HandoverStep is the body of do: handover.
type HandoverStep struct {
	Colleague string // keep, another, none
}
