package flows

import "slices"

// startOver begins a flow of the stack again on another version. What was answered is retracted and offered where the new version asks for it.
func (t *turn) startOver(i int, to *Flow, m *Migrate, how, reason string) {
	f := &t.st.Frames[i]
	t.moved(f, to.hash, how, reason)
	var offers []Got
	for _, g := range f.Got {
		if m.dropped(g.Q) {
			continue
		}
		g.Q = m.renamed(g.Q)
		if g.V, g.L, g.Known = m.value(g.Q, g.V), "", true; to.accepts(g.Q, g.V, g.Unknown) {
			offers = append(offers, g)
		}
	}
	t.retractAll(f, t.prefix(i))
	for i+1 < len(t.st.Frames) && t.st.Frames[i+1].Call != "" {
		above := t.st.Frames[i+1]
		t.retractAll(&above, t.prefix(i+1))
		t.gone(above)
		t.st.Frames = slices.Delete(t.st.Frames, i+1, i+2)
	}
	f = &t.st.Frames[i]
	t.gone(f.Subs...)
	*f = Frame{Flow: f.Flow, Hash: to.hash, Call: f.Call, Run: f.Run, Own: f.Own, Sleep: f.Sleep, In: f.In, Old: offers}
	if i == len(t.st.Frames)-1 {
		t.renewed = lineRenewed
	}
}

// retractAll takes back the answers of a frame and of what it called.
func (t *turn) retractAll(f *Frame, prefix string) {
	for _, g := range f.Got {
		if !g.Known {
			t.retract(recordID(prefix, g.Q))
		}
	}
	for n := range f.Subs {
		t.retractAll(&f.Subs[n], f.Subs[n].within(prefix))
	}
}
