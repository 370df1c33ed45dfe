package flows

// do: handoff: a person takes over and the talk sleeps until it is handed back.
func kindHandoff() *stepKind {
	return &stepKind{
		name: "handoff", key: "do", value: "handoff", keys: []string{"say", "queue"},
		bind: func(_ *binder, o *object, s *Step) {
			s.Body = &HandoffStep{Say: o.text("say"), Queue: o.oneOf("queue", teams...)}
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*HandoffStep)
			if body.Say != nil {
				t.say(t.render(f, body.Say))
			} else {
				t.sayLine("human")
			}
			t.handOff()
			if body.Queue != "" && body.Queue != "rep" && t.notify(f, body.Queue, t.houseLine("handoff_notice", t.topFlow().Title)) {
				t.out.Queue = body.Queue
			}
			return verdict{next: true, rest: true}
		},
	}
}

// HandoffStep is the body of do: handoff; without Say the house's line is said.
type HandoffStep struct {
	Say   *Text
	Queue string // team that takes over: rep, pv, medical, ops; "" = rep
}
