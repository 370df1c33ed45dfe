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
