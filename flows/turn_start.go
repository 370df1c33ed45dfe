package flows

import (
	"slices"
	"strings"
	"time"
)

// follow greets a new follower with the flow that is meant for it.
func (t *turn) follow() {
	t.st.Asleep = 0
	if t.facts.OptedOut {
		t.out.OptIn = true
		t.facts.OptedOut = false
	}
	t.trigger("follow", "")
}

// trigger starts a flow on an event; an open talk comes back afterwards. A code that no flow waits for is for a follower what following is: whoever was
// never welcomed is welcomed.
func (t *turn) trigger(kind, key string) {
	f := t.candidate(kind, key)
	if f == nil && kind == "scan" && t.st.Idle() {
		f = t.candidate("follow", "")
	}
	if f != nil && f.Urgent && !t.running(f.ID) {
		t.beginUrgent(f)
		return
	}
	switch {
	case t.facts.OptedOut && t.st.Idle():
		t.sayLine("opted_out_again")
		return
	case t.st.Asleep > 0:
		return
	}
	if t.in.Flow != "" && t.open(f) {
		return
	}
	if f != nil && !t.running(f.ID) && !t.urgent() {
		t.begin(f)
		return
	}
	if !t.st.Idle() {
		t.sayLine("resumed")
		t.prompt()
		return
	}
	if !t.welcome() {
		t.sayLine("idle")
	}
}

// welcome begins what a new follower gets for one who has never talked with us: the follow may be older than this service, or was lost.
func (t *turn) welcome() bool {
	f := t.candidate("follow", "")
	if t.st.Talk > 0 || f == nil {
		return false
	}
	t.begin(f)
	return true
}

// urgent reports whether an urgent flow runs: nothing else interrupts it.
func (t *turn) urgent() bool {
	for i := range t.st.Frames {
		if f := t.flow(i); f != nil && f.Urgent {
			return true
		}
	}
	return false
}

// running reports whether a flow is on the stack.
func (t *turn) running(id string) bool {
	return slices.ContainsFunc(t.st.Frames, func(f Frame) bool { return f.Flow == id })
}

// candidate finds the flow that a trigger starts now: conditions, repeat policy and approval are met, the highest priority wins.
func (t *turn) candidate(kind, key string) *Flow {
	var best *Flow
	for _, f := range t.starts() {
		if !f.on(kind, key) || !t.mayStart(f) {
			continue
		}
		if best == nil || f.Start.Priority > best.Start.Priority || (f.Start.Priority == best.Start.Priority && f.ID < best.ID) {
			best = f
		}
	}
	return best
}

// on reports whether the flow starts on an event: its kind, and the menu key, the scanned code or the word.
func (f *Flow) on(kind, key string) bool {
	for i := range f.Start.On {
		t := &f.Start.On[i]
		if t.Kind != kind {
			continue
		}
		switch kind {
		case "follow":
			return true
		case "scan":
			if strings.HasPrefix(key, t.Key) {
				return true
			}
		case "word":
			if t.word == key {
				return true
			}
		default:
			if t.Key == key {
				return true
			}
		}
	}
	return false
}

func (t *turn) mayStart(f *Flow) bool {
	if !f.Approval.Until.IsZero() && !f.Urgent && dayOver(f.Approval.Until, t.in.At) && !t.e.solo {
		return false
	}
	if last, ok := t.st.Past[f.ID]; ok {
		if f.Start.Never || (f.Start.After > 0 && t.in.At.Sub(time.Unix(last, 0)) < f.Start.After) {
			return false
		}
	}
	return f.Start.When == nil || t.holds(nil, f.Start.When)
}

// begin starts a flow with what it is given: as a talk of its own, or on top of the talk that runs.
func (t *turn) begin(f *Flow, in ...Var) {
	if len(t.st.Frames) >= maxFrames {
		t.prompt()
		return
	}
	frame := Frame{Flow: f.ID, Hash: f.hash, In: in}
	t.st.Ask = nil
	if !f.reports {
		t.dropCase()
	}
	if len(t.st.Frames) == 0 {
		t.st.Talk++
		t.st.Held, t.st.Led, t.st.Gone = nil, nil, nil
	} else {
		frame.Own, frame.Run = true, t.runNumber(f.ID)
	}
	t.push(frame, f)
	t.advance()
}

// beginUrgent starts an urgent flow in any state; a doctor who is with a person goes back there when it ends.
func (t *turn) beginUrgent(f *Flow) {
	asleep := t.st.Asleep
	t.st.Asleep = 0
	n := len(t.st.Frames)
	t.begin(f)
	switch {
	case asleep == 0:
	case len(t.st.Frames) > n:
		t.st.Frames[n].Sleep = asleep
	default: // it ended at once
		t.st.Asleep = asleep
	}
}

// dropCase forgets the number of the case at hand, unless an intake on the stack still fills it.
func (t *turn) dropCase() {
	for i := range t.st.Frames {
		if f := t.flow(i); f != nil && f.reports {
			return
		}
	}
	t.st.Case = ""
}

func (t *turn) push(frame Frame, f *Flow) {
	for _, p := range f.Inputs {
		if !slices.ContainsFunc(frame.In, func(v Var) bool { return v.N == p.Name }) && !p.Default.IsNone() {
			frame.In = append(frame.In, Var{N: p.Name, V: p.Default})
		}
	}
	t.st.Frames = append(t.st.Frames, frame)
	t.tune()
	if f.reports {
		t.openCase(t.in.Text, defaultCaseClock)
	}
}
