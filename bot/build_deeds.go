package bot

import (
	"slices"
	"strconv"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Words with which a flow ends that was not completed: the doctor or the clock broke it off, or a person took over.
var brokenOff = []string{"stop", "human", "expired"}

// deeds are what the doctor did with this turn: answered, came to the end of a talk, asked for content. Nothing of it before consent, and nothing of a
// safety report: that feeds no score.
func (x *builder) deeds() error {
	if x.urgent || x.d.out.Forget || !x.consented() {
		return nil
	}
	out := x.d.out
	if n := len(out.Answers); n > 0 {
		x.did(store.Behaviour{Kind: store.DidReply, Object: out.Answers[n-1].Flow, Topics: "[]", Ref: x.ref(-1)})
	}
	for _, f := range out.Finished {
		stood := f.Talk == x.before.Talk.State.Talk
		if slices.Contains(brokenOff, f.Word) || !stood && len(out.Answers) == 0 { // a flow that only gives something is no talk
			continue
		}
		began := x.now // it began with this turn
		if stood && x.before.Talk.Began > 0 {
			began = x.before.Talk.Began
		}
		x.did(store.Behaviour{
			Kind: store.DidFinish, Object: f.Flow, Topics: "[]", Amount: int((x.now - began) / 1000), Result: clip(f.Word, 32),
			Ref: x.conversation() + ":talk:" + strconv.FormatInt(f.Talk, 10),
		})
	}
	for _, s := range out.Sends {
		x.did(store.Behaviour{Kind: store.DidAsk, Object: s.Content.ID, Topics: store.BehaviourTopics(s.Content.Topics), Ref: x.ref(-1) + ":" + s.Content.ID})
	}
	return nil
}

func (x *builder) did(b store.Behaviour) {
	b.Doctor, b.At = x.conversation(), x.now
	x.turn.Did = append(x.turn.Did, b)
}

// consented tells whether the doctor agrees, after this turn, to anything being kept.
func (x *builder) consented() bool {
	granted := x.before.Facts.Consents[store.PurposeBase] != ""
	for _, c := range x.d.out.Consents {
		if c.Purpose == store.PurposeBase {
			granted = c.Granted
		}
	}
	return granted
}

// gaveNow records content that went out with the reply itself.
func (x *builder) gaveNow(c flows.Content) {
	if x.consented() {
		x.did(store.Behaviour{Kind: store.DidSent, Object: c.ID, Topics: store.BehaviourTopics(c.Topics), Ref: store.SentRef(c.ID)})
	}
}
