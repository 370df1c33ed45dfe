package flows

// do: handoff: a person takes over and the talk sleeps until it is handed back.
func kindHandoff() *stepKind {
	return &stepKind{
		name: "handoff", key: "do", value: "handoff", keys: []string{"say"}, later: []string{"queue", "to"},
		bind: func(_ *binder, o *object, s *Step) { s.Body = &HandoffStep{Say: o.text("say")} },
		run: func(t *turn, f *Frame, s *Step) verdict {
			if say := s.Body.(*HandoffStep).Say; say != nil {
				t.say(t.render(f, say))
			} else {
				t.sayLine("human")
			}
			t.handOff()
			return verdict{next: true, rest: true}
		},
	}
}

// HandoffStep is the body of do: handoff; without Say the house's line is said.
type HandoffStep struct{ Say *Text }
