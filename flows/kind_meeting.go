package flows

// meetingParts are what a doctor may say about a meeting: accept, replay, declined or stop; yes or no to being reminded; a question beforehand; 1 to 5; up, same,
// doubt or partial; 0 to 10; what is to follow.
var meetingParts = []string{"answer", "remind", "question", "useful", "change", "nps", "wish"}

// do: meeting: writes what the doctor has answered about a meeting of the house to the list of who was invited. Without a meeting, or before consent, nothing
// happens: the same flow may be begun by a word.
func kindMeeting() *stepKind {
	return &stepKind{
		name: "meeting", key: "do", value: "meeting", keys: append([]string{"of"}, meetingParts...),
		bind: func(b *binder, o *object, s *Step) {
			body := &MeetingStep{}
			s.Body = body
			if o.need("of") {
				body.Of = o.expr("of")
			}
			for _, part := range meetingParts {
				if o.has(part) {
					body.Parts = append(body.Parts, MeetingPart{Part: part, Expr: o.expr(part)})
				}
			}
			if len(body.Parts) == 0 {
				o.need("answer")
			}
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*MeetingStep)
			said := MeetingSaid{Meeting: t.eval(f, body.Of).Str(), Said: map[string]string{}}
			for _, p := range body.Parts {
				if v := t.eval(f, p.Expr); !v.IsEmpty() {
					said.Said[p.Part] = v.Str()
				}
			}
			if said.Meeting == "" || len(said.Said) == 0 || !t.mayStore(f) {
				t.skip(s, "meeting")
				return goOn
			}
			t.out.Meetings = append(t.out.Meetings, said)
			return goOn
		},
	}
}

// MeetingStep is the body of do: meeting.
type MeetingStep struct {
	Of    *Expr // id of the meeting
	Parts []MeetingPart
}

// MeetingPart is one answer with what it is about.
type MeetingPart struct {
	Part string // one of meetingParts
	Expr *Expr
}
