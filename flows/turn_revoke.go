package flows

import "slices"

// revoke takes back everything that a step has done: it does not apply any more. Cases, leads and consents stay: they were heard.
func (t *turn) revoke(e *env, prefix string, s *Step) {
	f := e.f
	switch body := s.Body.(type) {
	case *Question:
		t.unanswer(f, prefix, s.ID)
		f.dormant(s.ID)
	case *CallStep, *BlockStep:
		t.discard(f, prefix, s.where(), true, func(*Frame) bool { return true })
	case *SetStep:
		for _, p := range body.Pairs {
			f.drop(e.flow(), s, p.Name)
		}
		t.undoBy(f, s.where())
	case *SplitStep:
		f.drop(e.flow(), s, body.Name)
	case *ClassifyStep:
		f.drop(e.flow(), s, body.Name)
		t.undoBy(f, s.where())
	default:
		t.undoBy(f, s.where())
	}
}

// drop forgets a computed value that no other step computes.
func (f *Frame) drop(flow *Flow, s *Step, name string) {
	if flow == nil || !flow.soleGiver(s, name) {
		return
	}
	f.Vars = slices.DeleteFunc(f.Vars, func(v Var) bool { return v.N == name })
	f.Log = slices.DeleteFunc(f.Log, func(m Mark) bool { return m.K == "s" && m.N == name })
}

// unanswer takes an answer back with all that it wrote. It is remembered.
func (t *turn) unanswer(f *Frame, prefix, id string) {
	g := f.got(id)
	if g == nil {
		return
	}
	if !g.Known {
		t.retract(recordID(prefix, id))
	}
	f.remember(*g)
	f.dropGot(id)
	t.undoBy(f, id)
	f.Log = slices.DeleteFunc(f.Log, func(m Mark) bool { return m.K == "a" && m.N == id })
}

// undoBy undoes what a step of the frame has written to the profile and the tags.
func (t *turn) undoBy(f *Frame, by string) {
	for i := len(f.Log) - 1; i >= 0; i-- {
		if m := &f.Log[i]; m.B == by && m.K != "" && by != "" {
			was := *m
			m.K = ""
			t.revert(f.Flow, was, m)
		}
	}
	f.strike()
}

// strike removes marks that were struck out.
func (f *Frame) strike() { f.Log = slices.DeleteFunc(f.Log, func(m Mark) bool { return m.K == "" }) }

// replace takes back what earlier runs of a call or block step have brought: it runs again after a jump back.
func (t *turn) replace(f *Frame, s *Step) {
	if !f.did(s) {
		return
	}
	t.discard(f, t.prefix(len(t.st.Frames)-1), s.where(), false, func(*Frame) bool { return true })
	t.note(s.where())
	t.settle()
}

// discard takes back the runs of a step that stale tells. With shelve their answers are kept to be offered when the step applies again. It reports
// whether there were any.
func (t *turn) discard(f *Frame, prefix, call string, shelve bool, stale func(sub *Frame) bool) bool {
	found := false
	for k := len(f.Subs) - 1; k >= 0; k-- {
		if f.Subs[k].Call != call || !stale(&f.Subs[k]) {
			continue
		}
		found = true
		run := f.Subs[k]
		f.Subs = slices.Delete(f.Subs, k, k+1)
		at := f.callMark(k)
		if at == nil {
			at = &Mark{} // a state from elsewhere: nothing comes after it
		}
		at.K = ""
		t.wipe(&run, run.within(prefix), at, shelve)
		if shelve {
			f.Off = append(f.Off, run)
		}
		f.strike()
	}
	return found
}

// callMark is the mark of the k-th run that has returned.
func (f *Frame) callMark(k int) *Mark {
	for i := range f.Log {
		if f.Log[i].K != "c" {
			continue
		}
		if k == 0 {
			return &f.Log[i]
		}
		k--
	}
	return nil
}

// wipe takes back everything that a run has done; at is where it stands in the history of the talk.
func (t *turn) wipe(run *Frame, prefix string, at *Mark, shelve bool) {
	for i := len(run.Log) - 1; i >= 0; i-- {
		switch m := run.Log[i]; m.K {
		case "a":
			g := run.got(m.N)
			if g == nil {
				continue
			}
			if !g.Known {
				t.retract(recordID(prefix, m.N))
			}
			run.remember(*g)
			run.dropGot(m.N)
		case "c":
			last := len(run.Subs) - 1
			if last < 0 {
				continue
			}
			inner := run.Subs[last]
			run.Subs = run.Subs[:last]
			t.wipe(&inner, inner.within(prefix), at, shelve)
			if shelve {
				run.Off = append(run.Off, inner)
			}
		case "p", "t", "u":
			t.revert(run.Flow, m, at)
		}
	}
	run.Log, run.Vars, run.Visits, run.Got = nil, nil, nil, nil
	for i := range run.Old {
		run.Old[i].Known = true
	}
}

// revert undoes one deed in the middle of the history. What a later step wrote over it stays; that step's "before" is then this one's.
func (t *turn) revert(flow string, m Mark, at *Mark) {
	if next := t.next(at, m); next != nil {
		next.V, next.L = m.V, m.L
		return
	}
	t.undoDeed(flow, m)
}

// next finds the deed after a mark that touches the same profile field or tag.
func (t *turn) next(at *Mark, like Mark) (found *Mark) {
	past := false
	for i := range t.st.Frames {
		t.st.Frames[i].marks(func(m *Mark, _ string) {
			if past && found == nil && m.N == like.N && (m.K == like.K || m.K == "t" && like.K == "u" || m.K == "u" && like.K == "t") {
				found = m
			}
			past = past || m == at
		})
	}
	return found
}

// undoDeed puts a profile field or a tag back to what it was.
func (t *turn) undoDeed(flow string, m Mark) {
	switch m.K {
	case "p":
		a := Assign{Field: m.N, Label: m.L, Answer: -1, At: t.in.At, Flow: flow, From: fromBack, Undo: true}
		if m.V != nil {
			a.Value = *m.V
		}
		t.unwrite(a)
	case "t":
		if m.V == nil || !m.V.Truth() {
			t.untag(TagChange{Tag: m.N, Remove: true, Flow: flow})
		}
	case "u":
		if m.V == nil || m.V.Truth() {
			t.untag(TagChange{Tag: m.N, Flow: flow})
		}
	}
}

// rewrite gives a profile field that a step has computed another value, unless a later step has written it too.
func (t *turn) rewrite(f *Frame, s *Step, field string, v Value, label string) {
	for i := len(f.Log) - 1; i >= 0; i-- {
		m := &f.Log[i]
		if m.K != "p" || m.N != field || m.B != s.where() {
			continue
		}
		if next := t.next(m, *m); next != nil {
			next.V, next.L = &v, label
			return
		}
		t.write(Assign{Field: field, Value: v, Label: label, From: s.where(), Flow: f.Flow, Answer: -1, At: t.in.At})
		return
	}
}
