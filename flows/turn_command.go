package flows

import "slices"

// do carries out a command word.
func (t *turn) do(name string) {
	if code, ok := switching(name); ok {
		t.speak(code)
		return
	}
	t.out.Command = name
	t.trace(TraceCommand, t.pendingStep(), name)
	cmd := t.e.lib.config.commands[name]
	if contains(rights, name) {
		t.right(name, cmd)
		return
	}
	if cmd != nil && cmd.confirm && len(t.st.Frames) > 0 {
		t.st.Ask = &Ask{Kind: "command", Name: name}
		t.prompt()
		return
	}
	switch name {
	case "help":
		t.help(cmd)
	case "back":
		t.back()
	case "skip":
		t.skipQuestion()
	case "repeat":
		if t.st.Idle() {
			t.sayLine("idle")
			return
		}
		t.sayLine("resumed")
		t.again()
	case "restart":
		t.confirmed(name, true)
	case "quit":
		if len(t.st.Frames) == 0 {
			t.sayLine("idle")
			return
		}
		t.quit()
	case "human":
		if t.facts.OptedOut {
			t.sayCommand(cmd, "human_opted_out")
		} else {
			t.sayCommand(cmd, "human")
		}
		t.handOff()
	case "opt_out":
		t.out.OptOut = true
		t.st.Ask, t.st.Asleep = nil, 0
		t.stopAll("stop")
		t.sayCommand(cmd, "opted_out")
	case "opt_in":
		if !t.facts.OptedOut {
			t.again()
			return
		}
		t.out.OptIn = true
		t.facts.OptedOut = false
		t.st.Asleep = 0
		t.sayCommand(cmd, "opted_in")
		t.prompt() // of a safety report that was open
	}
}

// again says what is being waited for, or what can be said while idle.
func (t *turn) again() {
	switch {
	case t.pendingStep() != nil || t.st.Ask != nil:
		t.prompt()
	case len(t.st.Frames) > 0:
		t.advance()
	default:
		t.sayLine("idle")
	}
}

func (t *turn) sayCommand(cmd *command, line string) {
	if cmd != nil && cmd.say != nil {
		t.say(t.render(t.top(), cmd.say))
		return
	}
	t.sayLine(line)
}

func (t *turn) help(cmd *command) {
	s := t.pendingStep()
	if s == nil {
		t.sayCommand(cmd, "idle")
		return
	}
	if q := s.Body.(*Question); q.Help != nil {
		t.say(t.render(t.top(), q.Help))
	} else {
		t.sayCommand(cmd, "help")
	}
	t.prompt()
}

// confirmed carries out a command that was asked back.
func (t *turn) confirmed(name string, yes bool) {
	switch {
	case contains(confirmedRights, name):
		t.meant(name, yes)
		return
	case !yes:
		t.sayLine("restart_no")
		t.again()
		return
	case len(t.st.Frames) == 0:
		t.sayLine("idle")
		return
	}
	first := t.st.Frames[0].Flow
	t.undoAll()
	t.st.Frames, t.st.Held, t.st.Case = nil, nil, ""
	if f := t.startable(first); f != nil {
		t.begin(f)
		return
	}
	t.sayLine("idle")
}

// skipQuestion passes a question that may be left out.
func (t *turn) skipQuestion() {
	s := t.pendingStep()
	if s == nil {
		t.again()
		return
	}
	if q := s.Body.(*Question); q.Required {
		t.sayLine("skip_refused")
		t.prompt()
		return
	}
	f := t.top()
	t.leaveOpen(f, s)
	if !t.leave(f, s) {
		t.advance()
	}
}

// back goes to the question before: its answer and everything that followed from it are taken back.
func (t *turn) back() {
	if len(t.st.Frames) == 0 {
		t.sayLine("idle")
		return
	}
	if f := t.top(); f.Mode == modeText { // the addition belongs to the question: that is the one before
		q := f.Q
		f.calm()
		f.Q = q
		t.sayLine("back_done")
		t.prompt()
		return
	}
	if !t.canGoBack() {
		t.sayLine("nothing_to_go_back")
		t.again()
		return
	}
	t.sayLine("back_done")
	for len(t.st.Frames) > 0 {
		f := t.top()
		f.calm()
		if len(f.Log) == 0 {
			t.st.Frames = t.st.Frames[:len(t.st.Frames)-1]
			continue
		}
		m := f.Log[len(f.Log)-1]
		f.Log = f.Log[:len(f.Log)-1]
		t.takeBack(f, m)
		if !t.undo(f, m) {
			continue
		}
		flow := t.topFlow()
		i, ok := 0, false
		if flow != nil {
			i, ok = flow.index[m.N]
		}
		if !ok {
			continue
		}
		f.P, f.Q = i, m.N
		t.restore(f, flow.Steps[i], m)
		t.prompt()
		return
	}
}

// restore lets the answer count again that a question had before it was asked again.
func (t *turn) restore(f *Frame, s *Step, m Mark) {
	q, ok := s.Body.(*Question)
	if !ok || m.V == nil {
		return
	}
	g := Got{Q: m.N, V: *m.V, L: m.L}
	label := t.houseLabel(q, &g)
	f.Got = append(f.Got, g)
	t.record(f, Answer{Talk: t.st.Talk, Flow: f.Flow, Hash: f.Hash, Question: t.questionID(len(t.st.Frames)-1, m.N), Asked: t.plainPrompt(),
		Value: g.V, Label: label, Raw: label, How: "back", At: t.in.At})
}

// canGoBack looks for an answer that was asked for, in this flow, the flows that it called and those that called it.
func (t *turn) canGoBack() bool {
	for i := len(t.st.Frames) - 1; i >= 0; i-- {
		f := &t.st.Frames[i]
		if f.asked() {
			return true
		}
		if f.Own || f.Call == "" {
			return false
		}
	}
	return false
}

func (f *Frame) asked() bool {
	for _, m := range f.Log {
		if m.K == "a" {
			if g := f.got(m.N); g != nil && !g.Known {
				return true
			}
		}
	}
	return slices.ContainsFunc(f.Subs, func(sub Frame) bool { return sub.asked() })
}

// undo takes one deed back; true means that it was a question which must be asked again.
func (t *turn) undo(f *Frame, m Mark) bool {
	switch m.K {
	case "a":
		g := f.got(m.N)
		known := g != nil && g.Known
		if g != nil {
			f.remember(*g)
		}
		f.dropGot(m.N)
		if !known {
			t.retract(t.questionID(len(t.st.Frames)-1, m.N))
		}
		return !known
	case "s":
		for i := range f.Vars {
			if f.Vars[i].N == m.N {
				if m.V != nil {
					f.Vars[i].V = *m.V
				} else {
					f.Vars = append(f.Vars[:i], f.Vars[i+1:]...)
				}
				break
			}
		}
	case "p", "t", "u":
		t.undoDeed(f.Flow, m)
	case "c":
		if last := len(f.Subs) - 1; last >= 0 {
			run := f.Subs[last]
			f.Subs = f.Subs[:last]
			if flow := t.topFlow(); flow != nil {
				f.P = max(slices.IndexFunc(flow.Steps, func(s *Step) bool { return s.where() == m.N }), 0)
			}
			if run.Case != "" {
				t.st.Case = run.Case
			}
			t.st.Frames = append(t.st.Frames, run)
		}
	}
	return false
}

// fromBack stands in the place of a step in what going back writes.
const fromBack = "back"

// unwrite puts a profile field back to what it was. What waits for consent was written nowhere yet: when the doctor's facts say the same, there is nothing
// to write.
func (t *turn) unwrite(a Assign) {
	if t.st.Held == nil {
		t.write(a)
		return
	}
	a.Undo = false
	at := slices.IndexFunc(t.st.Held.Profile, func(h Assign) bool { return h.Field == a.Field })
	if at >= 0 && a.Value.Equal(t.facts.Profile[a.Field].Value) {
		t.st.Held.Profile = slices.Delete(t.st.Held.Profile, at, at+1)
		return
	}
	t.write(a)
}

// untag takes a tag change back.
func (t *turn) untag(c TagChange) {
	if t.st.Held != nil {
		for i := len(t.st.Held.Tags) - 1; i >= 0; i-- {
			if t.st.Held.Tags[i].Tag == c.Tag {
				t.st.Held.Tags = append(t.st.Held.Tags[:i], t.st.Held.Tags[i+1:]...)
				return
			}
		}
	}
	t.writeTag(c)
}

// undoAll takes back everything that the talk has written.
func (t *turn) undoAll() { t.undoFrames(func(*Flow) bool { return true }) }

// undoFrames takes back what the flows have written for which do holds, and empties the stack.
func (t *turn) undoFrames(do func(*Flow) bool) {
	for len(t.st.Frames) > 0 {
		f := t.top()
		if len(f.Log) == 0 || !do(t.topFlow()) {
			t.st.Frames = t.st.Frames[:len(t.st.Frames)-1]
			continue
		}
		m := f.Log[len(f.Log)-1]
		f.Log = f.Log[:len(f.Log)-1]
		t.undo(f, m)
	}
}
