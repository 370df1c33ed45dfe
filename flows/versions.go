package flows

// root is the engine in force, also when asked of its canary.
func (e *Engine) root() *Engine {
	if e.home != nil {
		return e.home.root()
	}
	if e.base != nil {
		return e.base
	}
	return e
}

// flowOf finds the version of the flow that a frame runs: in force, the version of the caller, or one kept earlier. lost is true when there is none; then
// the flow in force comes back, nil when there is none either.
func (e *Engine) flowOf(f *Frame, caller *Flow) (flow *Flow, lost bool) {
	r := e.root()
	for _, lib := range r.inForce() {
		if cur := lib.Flow(f.Flow); cur != nil && cur.hash == f.Hash {
			return cur, false
		}
	}
	if caller != nil {
		if c := caller.lib.flows[f.Flow]; c != nil && c.hash == f.Hash {
			return c, false
		}
	}
	if r.kept != nil {
		if k, ok := r.kept.Load(f.Hash); ok {
			return k.(*Flow), false
		}
	}
	if r.old != nil {
		if lib, err := r.old(f.Hash); err == nil && lib != nil {
			if c := lib.flows[f.Flow]; c != nil && c.hash == f.Hash {
				if r.kept != nil {
					r.kept.Store(f.Hash, c)
				}
				return c, false
			}
		}
	}
	return r.lib.flows[f.Flow], true
}

// catchUp brings the flows of a running talk to the versions at which they go on: newer words of the same shape at once, another shape as the entry of
// migrate says, away from what was recalled. When only time has passed, it ends what was recalled and leaves the rest to the next message.
func (t *turn) catchUp() {
	if t.in.Kind == InEvent || t.in.Kind == InUnfollow {
		return
	}
	for i := 0; i < len(t.st.Frames); i++ {
		on := true
		if t.st.Frames[i].R == 0 {
			t.asHouse(func() { on = t.catchUpFrame(i) }) // versions are compared as written
		}
		if !on { // rounds go with the flow that they stand on
			break
		}
	}
	t.tune()
}

// catchUpFrame brings one flow of the stack; false means that it was taken off with everything that stood on it.
func (t *turn) catchUpFrame(i int) bool {
	f := &t.st.Frames[i]
	to := t.want(i)
	recall := t.e.recallOf(f.Flow, f.Hash)
	switch {
	case recall != nil:
		return t.recalled(i, to, recall)
	case t.in.Kind == InTick || to != nil && to.hash == f.Hash:
		return true
	case to == nil:
		if t.flow(i) == nil {
			t.moved(f, "", howLost, "")
		}
		return true
	case to.shape == ShapeOf(f.Hash):
		t.reword(i, to, howText, "")
		return true
	}
	from := t.flow(i)
	if from == nil {
		t.problem("version_lost", f)
		t.carry(i, nil, to, &Migrate{}, howLost, "")
		return true
	}
	if from.shape == to.shape { // stored by an earlier program, which made another fingerprint of it
		t.reword(i, to, howText, "")
		return true
	}
	switch m := to.entry(from); {
	case m == nil || m.Policy == PolicyPin:
	case m.Policy == PolicyRestart:
		t.startOver(i, to, m, howRestart, "")
	default:
		t.carry(i, from, to, m, howMove, "")
	}
	return true
}

// want is the version at which a flow of the stack would go on: for a called flow the one that belongs to its caller, in newer words if there are
// any; else the one in force from which the talk comes, by hash or by shape; else the one that this doctor would start. nil = the flow is no more.
func (t *turn) want(i int) *Flow {
	f := &t.st.Frames[i]
	if i > 0 && f.Call != "" {
		if caller := t.flow(i - 1); caller != nil && caller.lib.written().flows[f.Flow] != nil {
			return t.newest(caller.lib.written().flows[f.Flow])
		}
	}
	libs := t.e.root().inForce()
	for _, lib := range libs {
		if x := lib.Flow(f.Flow); x != nil && x.hash == f.Hash {
			return x
		}
	}
	for _, lib := range libs {
		if x := lib.Flow(f.Flow); x != nil && x.shape == ShapeOf(f.Hash) {
			return x
		}
	}
	return t.chosenVersion(f.Flow)
}

// newest is a flow in the words in force, when those have its shape.
func (t *turn) newest(f *Flow) *Flow {
	libs := t.e.root().inForce()
	for _, lib := range libs {
		if lib == f.lib {
			return f
		}
	}
	for _, lib := range libs {
		if x := lib.Flow(f.ID); x != nil && x.shape == f.shape {
			return x
		}
	}
	return f
}

// callee is the version of a flow that a caller runs; one that was recalled is replaced by the one in force, nil when that is no better.
func (t *turn) callee(caller *Flow, id string) *Flow {
	f := caller.lib.written().flows[id]
	if f == nil {
		return nil
	}
	if f = t.newest(f); t.e.recallOf(id, f.hash) != nil {
		return t.startable(id)
	}
	return f
}

// What became of a version, for Moved.How.
const (
	howText    = "text"
	howMove    = "move"
	howRestart = "restart"
	howRecall  = "recall"
	howStop    = "stop"
	howLost    = "lost"
)

func (t *turn) moved(f *Frame, to, how, reason string) {
	t.out.Moved = append(t.out.Moved, Moved{Flow: f.Flow, From: f.Hash, To: to, How: how, Reason: reason})
}

// shown is a question as the doctor saw it, when the version in force says it differently.
type shown struct{ id, hash, asked string }

// reword gives a flow its newer words. The answer that was just typed still belongs to the words that were shown. When the words of options moved from
// one option to another, or nobody knows what was shown, the question is asked again: what was typed could mean something else.
func (t *turn) reword(i int, to *Flow, how, reason string) {
	top := i + t.rounds(i)
	if top == len(t.st.Frames)-1 && t.st.Frames[top].Q != "" {
		t.look(i, top, to)
	}
	t.moved(&t.st.Frames[i], to.hash, how, reason)
	for k := i; k <= top; k++ {
		t.st.Frames[k].rehash(to.hash)
	}
}

// look remembers the open question as it was shown.
func (t *turn) look(i, top int, to *Flow) {
	if !t.sameOptions(i, top, to) {
		t.renewed = lineRenewed
		return
	}
	t.asDoctor(func() {
		if !t.sameOptions(i, top, to) { // in the words of the translation
			t.renewed = lineRenewed
			return
		}
		t.shown = shown{id: t.questionID(top, t.pendingStep().ID), hash: t.st.Frames[top].Hash, asked: t.plainPrompt()}
	})
}

// rehash puts a frame and its rounds on a version.
func (f *Frame) rehash(hash string) {
	f.Hash, f.Stay = hash, ""
	for i := range f.Subs {
		if f.Subs[i].R > 0 {
			f.Subs[i].rehash(hash)
		}
	}
}

// lineRenewed is said before a question that has changed since it was shown.
const lineRenewed = "renewed"

// renew goes on after the version of the talk has changed; what was typed is not read as an answer.
func (t *turn) renew() {
	t.out.Accepted = false
	if t.st.Idle() {
		return
	}
	t.sayLine(t.renewed)
	t.again()
}

// resume goes on with a talk whose question is gone, when the turn itself has not.
func (t *turn) resume() {
	if t.renewed != "" && t.in.Kind != InTick && t.st.Asleep == 0 && t.st.Ask == nil && len(t.st.Frames) > 0 && t.pendingStep() == nil {
		t.advance()
	}
}

// sameOptions reports that the open question is in another version, and that no words of an option there mean another one.
func (t *turn) sameOptions(i, top int, to *Flow) bool {
	if to != nil {
		to = to.in(t.e.lang)
	}
	for k := i + 1; k <= top && to != nil; k++ {
		to = to.inner(t.st.Frames[k].Call)
	}
	s := t.pendingStep()
	if s == nil || to == nil {
		return false
	}
	is := to.question(s.ID)
	return is != nil && len(reused(s.Body.(*Question), is)) == 0
}
