package flows

import (
	"slices"
	"strings"
)

// What becomes of the talks on a recalled version.
const (
	RecallMove = "move" // to the version in force
	RecallStop = "stop" // they end with Recall.Say
)

// Recall withdraws a version: it is never started again, and talks on it leave it at their next message.
type Recall struct {
	Flow   string
	Hash   string // the whole hash, or its beginning: a shape withdraws every wording of it
	Reason string
	Say    string // to doctors whose talk ends; "" = the house's line
	Policy string // move, stop
}

// Moved says that a talk changed its version in this turn, for the audit trail.
type Moved struct {
	Flow   string
	From   string // hash before
	To     string // hash now, "" = the talk ended
	How    string // text, move, restart, recall, stop, lost
	Reason string // of a recall
}

// Lost reports that the version of a flow was not to be had in this turn. A caller which knows that it exists must not commit the outcome.
func (o *Outcome) Lost() bool {
	return slices.ContainsFunc(o.Moved, func(m Moved) bool { return m.How == howLost })
}

// endRecalled is the word with which a talk ends that stood on a recalled version.
const endRecalled = "recalled"

// WithRecalls returns an engine that knows which versions are withdrawn.
func (e *Engine) WithRecalls(rs []Recall) *Engine {
	c := *e.root()
	c.recalls = slices.Clone(rs)
	return c.joined()
}

// Recalled reports whether a version of a flow is withdrawn.
func (e *Engine) Recalled(f *Flow) bool { return e.recallOf(f.ID, f.hash) != nil }

// recallOf is the recall of a version, nil when it stands.
func (e *Engine) recallOf(flow, hash string) *Recall {
	rs := e.root().recalls
	for i := range rs {
		if r := &rs[i]; r.Flow == flow && r.Hash != "" && strings.HasPrefix(hash, r.Hash) {
			return r
		}
	}
	return nil
}

// recalled takes a flow away from a version that was withdrawn: to the one in force, or to an end. false means that it ended.
func (t *turn) recalled(i int, to *Flow, r *Recall) bool {
	f := &t.st.Frames[i]
	if to == nil || t.e.recallOf(f.Flow, to.hash) != nil {
		to = t.startable(f.Flow)
	}
	switch {
	case r.Policy == RecallStop || to == nil:
		t.stopRecalled(i, r)
		return false
	case t.in.Kind == InTick:
		t.muted = true
		return true
	}
	from, m := t.flow(i), &Migrate{}
	if from != nil && from.shape == to.shape {
		t.reword(i, to, howRecall, r.Reason)
		return true
	}
	if from != nil {
		if e := to.entry(from); e != nil && e.Policy != PolicyPin {
			m = e
		}
	}
	if m.Policy == PolicyRestart {
		t.startOver(i, to, m, howRecall, r.Reason)
	} else {
		t.carry(i, from, to, m, howRecall, r.Reason)
	}
	return true
}

// stopRecalled ends a flow whose version was withdrawn, with the flows that called it and those that it called; the talk underneath comes back.
func (t *turn) stopRecalled(i int, r *Recall) {
	t.moved(&t.st.Frames[i], "", howStop, r.Reason)
	for i > 0 && t.st.Frames[i].Call != "" {
		i--
	}
	t.renewed = "resumed_after"
	if t.in.Kind != InTick || !t.facts.OptedOut {
		if r.Say != "" {
			t.say(r.Say)
		} else {
			t.sayLine("recalled")
		}
	}
	sleep := t.st.Frames[i].Sleep
	t.st.Asleep = max(t.st.Asleep, sleep)
	if i == 0 {
		t.stopAll(endRecalled)
		return
	}
	t.gone(t.st.Frames[i:]...)
	t.st.Frames = t.st.Frames[:i]
	t.dropCase()
}
