package flows

// tag: labels on the doctor, with the flow as provenance.
func kindTag() *stepKind { return tagKind("tag", false) }

// untag: takes labels off.
func kindUntag() *stepKind { return tagKind("untag", true) }

func tagKind(name string, remove bool) *stepKind {
	return &stepKind{
		name: name, key: name,
		bind: func(_ *binder, o *object, s *Step) { s.Body = &TagStep{Tags: o.words(name)} },
		run: func(t *turn, f *Frame, s *Step) verdict {
			for _, tag := range s.Body.(*TagStep).Tags {
				t.tag(f, s.where(), tag, remove)
			}
			return goOn
		},
	}
}

// TagStep is the body of tag and untag steps.
type TagStep struct{ Tags []string }
