package flows

import "hash/fnv"

// run lets the input act on the talk.
func (t *turn) run() {
	if t.facts.Level >= 2 && t.facts.Consents["share_with_rep"] != "" {
		t.st.Wait = nil // both came from outside a talk: whoever brought them has dealt with what waited
	}
	t.tune()
	t.expire()
	t.catchUp()
	if t.in.Kind != InTick && t.in.Kind != InEvent && t.in.Kind != InConsent {
		t.st.At, t.st.Told = ms(t.in.At), 0
	}
	t.mask()
	switch t.in.Kind {
	case InText:
		t.text(t.in.Text)
	case InImage, InVoice, InLocation, InOther:
		t.noText()
	case InFollow:
		t.scanned(t.follow)
	case InUnfollow:
		t.st.Asleep, t.st.Ask = 0, nil
		t.stopAll("stop")
	case InScan:
		t.scanned(func() { t.trigger("scan", t.in.Key) })
	case InClick:
		t.pressed(t.in.Key)
	case InStart:
		if f := t.startable(t.in.Key); f != nil && !t.running(f.ID) && t.st.Asleep == 0 {
			t.begin(f)
		}
	case InPush:
		t.pushed()
	case InRep:
		t.takenOver()
	case InResume:
		t.wake("human_resumed")
	case InTick:
		t.remind()
	case InConsent:
		t.decideAway()
	}
	t.resume()
}

// call runs another flow on top of a frame.
func (t *turn) call(f *Frame, s *Step, id string, in []Var) verdict {
	caller := t.topFlow()
	callee := t.callee(caller, id)
	if callee == nil || len(t.st.Frames) >= maxFrames-reserve {
		t.problem("lost_flow", f)
		return goOn
	}
	t.replace(f, s)
	next := Frame{Flow: id, Hash: callee.hash, Call: s.where(), In: in, Run: t.runNumber(id)}
	f.revive(&next)
	t.push(next, callee)
	return verdict{pushed: true}
}

// advance passes steps until a question waits or the talk is over.
func (t *turn) advance() {
	for len(t.st.Frames) > 0 {
		if t.tired() {
			t.problem("step_budget", t.top())
			t.sayLine("broken")
			t.stopAll("stop")
			return
		}
		t.tune()
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
		if s.When != nil && !t.decided(s, 0, t.holds(f, s.When)) {
			t.pass(f, s)
			f.P++
			continue
		}
		t.trace(TraceStep, s, "")
		v := s.kind.run(t, f, s)
		if !v.pushed {
			t.settle()
		}
		if t.obey(f, s, v) {
			return
		}
	}
}

// tired reports that a message has passed more steps than its flows can need: an endless loop.
func (t *turn) tired() bool {
	if t.passed++; t.passed <= t.most {
		return false
	}
	n := 0
	for i := range t.st.Frames {
		if f := t.flow(i); f != nil {
			n += len(f.Steps)
		}
	}
	t.most = max(minSteps, maxPerStep*n)
	return t.passed > t.most
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

// pass notes a step that was passed over; what it did before stops counting.
func (t *turn) pass(f *Frame, s *Step) {
	t.skip(s, s.When.src).Names = t.named(f, s.When)
	if s.ID != "" {
		f.dormant(s.ID)
	}
	if len(f.Visits) == 0 && f.got(s.ID) == nil || !f.did(s) {
		return
	}
	if e := t.env(f); !t.applies(e, s) {
		t.revoke(e, t.prefix(len(t.st.Frames)-1), s)
		for _, name := range s.gives() {
			t.note(name)
		}
		t.settle()
	}
}

// leave goes from a finished step to the next one; true means that the turn rests.
func (t *turn) leave(f *Frame, s *Step) bool {
	for i, j := range s.Next {
		if t.decided(s, i+1, t.holds(f, j.When)) {
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
	if i <= f.P && t.visits(f, to) >= limit.MaxVisits {
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

// visits counts the jumps back to a step; the first visit came without one.
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
