package flows

// left counts the questions that are still to come, as far as the answers so far tell: of the flow on top, with its blocks.
func (t *turn) left() int {
	n := 0
	for i := len(t.st.Frames) - 1; i >= 0; i-- {
		f, flow := &t.st.Frames[i], t.flow(i)
		if flow == nil {
			return n
		}
		from := f.P
		if i < len(t.st.Frames)-1 { // its block is under way
			if f.P < len(flow.Steps) {
				n += t.roundsLeft(f, flow.Steps[f.P], t.st.Frames[i+1].R)
			}
			from++
		}
		n += t.leftIn(f, flow, from)
		if f.R == 0 {
			return n
		}
	}
	return n
}

// leftIn counts the questions of a flow from a step on.
func (t *turn) leftIn(f *Frame, flow *Flow, from int) int {
	n := 0
	for i := from; i < len(flow.Steps); i++ {
		s := flow.Steps[i]
		if s.When != nil && i != f.P && !t.holds(f, s.When) {
			continue
		}
		switch s.Body.(type) {
		case *Question:
			if !s.asksAnother() {
				n++
			}
		case *BlockStep:
			n += t.roundsLeft(f, s, 0)
		}
	}
	return n
}

// roundsLeft counts the questions of the rounds of a block after the done ones: as many as its list or number says, else one.
func (t *turn) roundsLeft(f *Frame, s *Step, done int) int {
	body, ok := s.Body.(*BlockStep)
	if !ok {
		return 0
	}
	rounds := 1
	switch {
	case body.ForEach != nil:
		rounds = len(t.items(t.env(f), s))
	case body.Times != nil:
		rounds = int(min(t.eval(f, body.Times).Num(), maxRounds))
	}
	rounds = min(rounds, body.Max) - done
	if rounds <= 0 {
		return 0
	}
	return rounds * t.leftIn(f, t.arranged(&Frame{Flow: f.Flow, Call: s.ID}, body.Inner), 0)
}
