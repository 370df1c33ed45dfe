package flows

// say: one message; a list is one of them, chosen per doctor.
func kindSay() *stepKind {
	return &stepKind{
		name: "say", key: "say", later: []string{"pause"},
		bind: func(b *binder, o *object, s *Step) { s.Body = &SayStep{Texts: o.texts("say")} },
		run: func(t *turn, f *Frame, s *Step) verdict {
			texts := s.Body.(*SayStep).Texts
			if len(texts) > 0 {
				t.say(t.render(f, texts[t.choose(len(texts), f.Flow, s.where())]))
			}
			return goOn
		},
	}
}

// SayStep is the body of a say step: one message, or the wordings of which each doctor gets one.
type SayStep struct{ Texts []*Text }
