package flows

// Walk visits every step of the flow from top to bottom; those of a block come right after the block step. in is the flow that the step belongs to:
// the flow itself, or the inner flow of a block (see BlockStep). Steps of called flows are not visited.
func (f *Flow) Walk(do func(in *Flow, s *Step)) {
	for _, s := range f.Steps {
		do(f, s)
		if b, ok := s.Body.(*BlockStep); ok && b.Inner != nil {
			b.Inner.Walk(do)
		}
	}
}

// parts are the flow and the inner flows of its blocks: whatever looks at the order of steps looks at each of them.
func (f *Flow) parts() []*Flow {
	out := []*Flow{f}
	f.Walk(func(_ *Flow, s *Step) {
		if b, ok := s.Body.(*BlockStep); ok {
			out = append(out, b.Inner)
		}
	})
	return out
}

// parts are all flows with the inner flows of their blocks.
func (lib *Library) parts() []*Flow {
	var out []*Flow
	for _, f := range lib.Flows() {
		out = append(out, f.parts()...)
	}
	return out
}

// root is the flow that a block stands in, itself for a flow of its own.
func (f *Flow) root() *Flow {
	for f.outer != nil {
		f = f.outer
	}
	return f
}

// inner is the flow of a block of f, nil when there is none.
func (f *Flow) inner(id string) *Flow {
	s := f.Step(id)
	if s == nil {
		return nil
	}
	if b, ok := s.Body.(*BlockStep); ok {
		return b.Inner
	}
	return nil
}

// Saves names the portrait field in which the answer to a question is saved, "" = in none.
func (f *Flow) Saves(question string) string {
	field := ""
	f.Walk(func(_ *Flow, s *Step) {
		if q, ok := s.Body.(*Question); ok && s.ID == question {
			field = q.Save
		}
	})
	return field
}
