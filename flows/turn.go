package flows

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"
)

// run lets the input act on the talk.
func (t *turn) run() {
	if t.facts.Level >= 2 && t.facts.Consents["share_with_rep"] != "" {
		t.st.Wait = nil // both came from outside a talk: whoever brought them has dealt with what waited
	}
	t.expire()
	if t.in.Kind != InTick && t.in.Kind != InEvent {
		t.st.At, t.st.Told = ms(t.in.At), 0
	}
	switch t.in.Kind {
	case InText:
		t.text(t.in.Text)
	case InImage, InVoice, InOther:
		t.noText()
	case InFollow:
		t.follow()
	case InUnfollow:
		t.st.Asleep, t.st.Ask = 0, nil
		t.stopAll("stop")
	case InScan:
		t.trigger("scan", t.in.Key)
	case InClick:
		t.trigger("menu", t.in.Key)
	case InStart:
		if f := t.e.lib.flows[t.in.Key]; f != nil && !t.running(f.ID) && t.st.Asleep == 0 {
			t.begin(f)
		}
	case InResume:
		t.wake("human_resumed")
	case InTick:
		t.remind()
	}
}

// expire ends a talk that was silent for too long; answers given are kept.
func (t *turn) expire() {
	if t.st.At == 0 || (t.st.Idle() && t.st.Asleep == 0) {
		return
	}
	limit := defaultExpire
	if len(t.st.Frames) > 0 {
		if flow := t.flow(0); flow != nil {
			limit = flow.Expire
		}
	}
	if t.in.At.Sub(time.UnixMilli(t.st.At)) < limit {
		return
	}
	t.st.Asleep, t.st.Ask = 0, nil
	if len(t.st.Frames) == 0 {
		return
	}
	t.stopAll("expired")
	if t.in.Kind == InText {
		t.sayLine("expired")
	}
}

// remind says the next reminder that is due after silence.
func (t *turn) remind() {
	if len(t.st.Frames) == 0 || t.st.Asleep > 0 || t.facts.OptedOut {
		return
	}
	flow := t.flow(0)
	if flow == nil {
		return
	}
	for i := t.st.Told; i < len(flow.Remind); i++ {
		if t.in.At.Sub(time.UnixMilli(t.st.At)) < flow.Remind[i].After {
			return
		}
		t.st.Told = i + 1
		t.say(t.render(t.top(), flow.Remind[i].Say))
	}
}

// follow greets a new follower with the flow that is meant for it.
func (t *turn) follow() {
	t.st.Asleep = 0
	if t.facts.OptedOut {
		t.out.OptIn = true
		t.facts.OptedOut = false
	}
	t.trigger("follow", "")
}

// trigger starts a flow on an event; an open talk comes back afterwards.
func (t *turn) trigger(kind, key string) {
	f := t.candidate(kind, key)
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
	if f != nil && !t.running(f.ID) && !t.urgent() {
		t.begin(f)
		return
	}
	if !t.st.Idle() {
		t.sayLine("resumed")
		t.prompt()
		return
	}
	t.sayLine("idle")
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
	for _, f := range t.e.lib.order {
		if !f.on(t.e.lib, kind, key) || !t.mayStart(f) {
			continue
		}
		if best == nil || f.Start.Priority > best.Start.Priority || (f.Start.Priority == best.Start.Priority && f.ID < best.ID) {
			best = f
		}
	}
	return best
}

func (f *Flow) on(lib *Library, kind, key string) bool {
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

// begin starts a flow: as a talk of its own, or on top of the talk that runs.
func (t *turn) begin(f *Flow) {
	if len(t.st.Frames) >= maxFrames {
		t.prompt()
		return
	}
	frame := Frame{Flow: f.ID, Hash: f.hash}
	t.st.Ask = nil
	if !f.reports {
		t.dropCase()
	}
	if len(t.st.Frames) == 0 {
		t.st.Talk++
		t.st.Held, t.st.Led = nil, nil
	} else {
		frame.Own = true
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
			frame.In = append(frame.In, Var{p.Name, p.Default})
		}
	}
	t.st.Frames = append(t.st.Frames, frame)
	if f.reports {
		t.openCase(t.in.Text, defaultCaseClock)
	}
}

// call runs another flow on top of a frame.
func (t *turn) call(f *Frame, s *Step, id string, in []Var) verdict {
	caller := t.topFlow()
	callee := caller.lib.flows[id]
	if callee == nil || len(t.st.Frames) >= maxFrames {
		t.problem("lost_flow", f)
		return goOn
	}
	t.push(Frame{Flow: id, Hash: callee.hash, Call: s.where(), In: in}, callee)
	return verdict{pushed: true}
}

// advance passes steps until a question waits or the talk is over.
func (t *turn) advance() {
	for len(t.st.Frames) > 0 {
		if t.budget--; t.budget < 0 {
			t.problem("step_budget", t.top())
			t.sayLine("broken")
			t.stopAll("stop")
			return
		}
		f, flow := t.top(), t.topFlow()
		if flow == nil {
			t.problem("version_lost", f)
			t.stopAll("stop")
			return
		}
		if f.P >= len(flow.Steps) {
			if t.end("done") {
				return
			}
			continue
		}
		s := flow.Steps[f.P]
		if s.When != nil && !t.holds(f, s.When) {
			t.pass(f, s)
			f.P++
			continue
		}
		if t.obey(f, s, s.kind.run(t, f, s)) {
			return
		}
	}
}

// obey does what a step told; true means that the turn rests.
func (t *turn) obey(f *Frame, s *Step, v verdict) bool {
	switch {
	case v.end != "":
		return t.end(v.end)
	case v.to != "":
		return t.jump(f, v.to)
	case v.next:
		if t.leave(f, s) {
			return true
		}
		return v.rest
	default:
		return v.rest
	}
}

// pass notes a step that was passed over; an answer given to it before stops counting.
func (t *turn) pass(f *Frame, s *Step) {
	t.skip(s, s.When.src)
	if s.ID != "" && f.dropGot(s.ID) {
		t.retract(t.questionID(len(t.st.Frames)-1, s.ID))
	}
}

// leave goes from a finished step to the next one; true means that the turn rests.
func (t *turn) leave(f *Frame, s *Step) bool {
	for _, j := range s.Next {
		if t.holds(f, j.When) {
			return t.jump(f, j.Goto)
		}
	}
	if s.Goto != "" {
		return t.jump(f, s.Goto)
	}
	f.P++
	return false
}

// jump goes to a target; true means that the turn rests.
func (t *turn) jump(f *Frame, to string) bool {
	switch to {
	case "end":
		return t.end("done")
	case "stop":
		return t.end("stop")
	case "human":
		f.P++
		t.sayLine("human")
		t.handOff()
		return true
	case "skip":
		f.P++
		return false
	}
	flow := t.topFlow()
	i, ok := flow.index[to]
	if !ok {
		t.problem("lost_target", f)
		return t.end("stop")
	}
	limit := flow.Steps[i]
	if !limit.limited {
		limit = flow.Steps[f.P]
	}
	if i <= f.P && t.visits(f, to) > limit.MaxVisits {
		return t.tooOften(f, flow.Steps[i])
	}
	f.P = i
	return false
}

// tooOften leaves a loop at its limit the way the question there fails, without asking it again; true means that the turn rests.
func (t *turn) tooOften(f *Frame, target *Step) bool {
	to := t.e.lib.config.OnFail
	if q, ok := target.Body.(*Question); ok && q.OnFail != "" {
		to = q.OnFail
	}
	if i, ok := t.topFlow().index[to]; ok && i <= f.P {
		to = "skip" // a way out may not lead back
	}
	return t.jump(f, to)
}

func (t *turn) visits(f *Frame, id string) int {
	for i := range f.Visits {
		if f.Visits[i].ID == id {
			f.Visits[i].N++
			return f.Visits[i].N
		}
	}
	f.Visits = append(f.Visits, Visit{id, 1})
	return 1
}

// choose picks one of n for this doctor: always the same for the same doctor and place.
func (t *turn) choose(n int, at ...string) int {
	if n <= 1 {
		return 0
	}
	return int(t.seed(at...) % uint64(n))
}

func (t *turn) seed(at ...string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(t.facts.Doctor))
	for _, s := range at {
		h.Write([]byte{0})
		h.Write([]byte(s))
	}
	return h.Sum64()
}
