package flows

import "slices"

// scanned lets a scanned code act: act does what the event does by itself, the code's tags are put on the doctor. Before consent tags wait with the talk,
// which must have begun; after it conditions of the flow that begins may ask for them.
func (t *turn) scanned(act func()) {
	if t.consented("base") {
		t.putTags()
		act()
		return
	}
	act()
	t.putTags()
}

func (t *turn) putTags() {
	for _, tag := range t.in.Tags {
		if !t.tagged(tag) && t.personal() {
			t.writeTag(TagChange{Tag: tag})
		}
	}
}

// open begins the flow of a scanned code, or lets it wait: for the end of the talk that runs, and without the base consent for the end of the flow that
// asks for it, which is own or what a new follower gets. false: there is nothing to open, the event acts by itself.
func (t *turn) open(own *Flow) bool {
	f := t.startable(t.in.Flow)
	if f == nil || t.running(f.ID) {
		return false
	}
	if !t.st.Idle() {
		if len(t.st.Frames) == 0 || t.urgent() {
			return false
		}
		t.st.Then = f.ID
		t.sayLine("scanned_later")
		t.prompt()
		return true
	}
	first := own
	if first == nil {
		first = t.candidate("follow", "")
	}
	if t.consented("base") || f.asks("base") || first == nil || first.ID == f.ID {
		if t.opening(f.ID) == nil {
			return false
		}
		t.begin(f)
		return true
	}
	t.begin(first)
	if len(t.st.Frames) > 0 {
		t.st.Then = f.ID
	}
	return true
}

// opening is the flow of a code if it may begin now.
func (t *turn) opening(id string) *Flow {
	if id == "" {
		return nil
	}
	f := t.startable(id)
	if f == nil || t.running(f.ID) || !t.mayStart(f) {
		return nil
	}
	return f
}

// asks tells whether the flow itself asks for consent to a purpose.
func (f *Flow) asks(purpose string) bool { return f.consentTo(purpose) != nil }

// consentTo is the step with the flow's first question for consent to a purpose that does not stand under a condition about that consent: those ask whether it still
// holds.
func (f *Flow) consentTo(purpose string) (found *Step) {
	f.Walk(func(_ *Flow, s *Step) {
		q, ok := s.Body.(*Question)
		if found != nil || !ok || q.Type != "consent" || q.Purpose != purpose {
			return
		}
		if s.When == nil || !slices.Contains(s.When.x.Names(), "consent."+purpose) {
			found = s
		}
	})
	return found
}
