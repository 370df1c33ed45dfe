package flows

import (
	"slices"

	"github.com/vrep/vrep/flows/cond"
)

// end finishes the flow on top with a word; true means that the turn rests.
func (t *turn) end(word string) bool {
	f := *t.top()
	n := len(t.st.Frames) - 1
	if f.R > 0 && n > 0 {
		return t.endRound(word)
	}
	flow := t.flow(n)
	if n == 0 {
		t.snapshot()
	}
	t.st.Frames = t.st.Frames[:n]
	t.tune()
	if flow != nil && flow.reports {
		f.Case = t.st.Case
		t.dropCase()
	}
	if f.Call != "" && n > 0 {
		return t.hand(f, word)
	}
	t.past(f.Flow, word)
	t.st.Asleep = max(t.st.Asleep, f.Sleep)
	if n > 0 {
		t.gone(f)
		return t.returned()
	}
	then := t.st.Then
	t.out.Finished = append(t.out.Finished, Finished{Talk: t.st.Talk, Flow: f.Flow, Word: word})
	t.finishTalk(word)
	if word == "stop" || word == "expired" || t.e.solo || t.chain > 8 {
		return true
	}
	t.chain++
	if t.st.Asleep > 0 {
		return true
	}
	next := t.candidate("after", f.Flow)
	if scanned := t.opening(then); scanned != nil {
		if next != nil && next.ID != scanned.ID {
			t.st.Then = next.ID
		}
		next = scanned
	}
	if next != nil {
		t.begin(next)
	}
	return true
}

// hand gives a finished called flow to its caller and goes on there.
func (t *turn) hand(f Frame, word string) bool {
	caller, flow := t.top(), t.topFlow()
	caller.keepRun(f)
	t.note(f.Call)
	t.setVar(caller, f.Call+".ended", cond.Text(word))
	t.settle()
	if flow == nil || caller.P >= len(flow.Steps) {
		caller.P++
		return false
	}
	return t.leave(caller, flow.Steps[caller.P])
}

// returned brings the talk underneath back after a flow on top has ended.
func (t *turn) returned() bool {
	if t.st.Asleep > 0 {
		return true
	}
	if t.pendingStep() == nil {
		return false
	}
	t.sayLine("resumed_after")
	t.prompt()
	return true
}

// finishTalk closes the talk.
func (t *turn) finishTalk(word string) {
	t.out.Ended = word
	t.snapshot()
	t.st.Frames, t.st.Ask, t.st.Held, t.st.Case, t.st.Gone, t.st.Then = nil, nil, nil, "", nil, ""
}

// stopAll ends everything that runs.
func (t *turn) stopAll(word string) {
	if len(t.st.Frames) == 0 {
		return
	}
	t.finishTalk(word)
}

// past remembers when a flow ended, for flows that do not always repeat.
func (t *turn) past(id, word string) {
	f := t.e.lib.flows[id]
	if f == nil || word == "stop" || word == "expired" || (!f.Start.Never && f.Start.After == 0) {
		return
	}
	if t.st.Past == nil {
		t.st.Past = map[string]int64{}
	}
	t.st.Past[id] = t.in.At.Unix()
}

// quit leaves what is on top: an intake pushed over a talk goes back to it, else the talk ends. Answers are kept.
func (t *turn) quit() {
	own := slices.IndexFunc(t.st.Frames, func(f Frame) bool { return f.Own })
	for i := len(t.st.Frames) - 1; i > own; i-- {
		if t.st.Frames[i].Own {
			own = i
		}
	}
	sleep := 0
	if len(t.st.Frames) > 0 {
		sleep = t.st.Frames[max(own, 0)].Sleep
	}
	if own <= 0 {
		t.stopAll("stop")
		t.sayLine("quit")
		t.st.Asleep = sleep
		return
	}
	t.gone(t.st.Frames[own:]...)
	t.st.Frames = t.st.Frames[:own]
	t.tune()
	t.dropCase()
	t.st.Asleep = sleep
	t.sayLine("quit_own")
	if sleep == 0 {
		t.prompt()
	}
}

// handOff puts the talk to sleep until a person hands it back.
func (t *turn) handOff() {
	t.out.Human = true
	t.st.Asleep = 1
	t.st.Ask = nil
	if f := t.top(); f != nil {
		f.Tries = 0
	}
}

// takenOver puts the talk to sleep because a person is writing already: nobody has to be told that somebody will come.
func (t *turn) takenOver() {
	if t.st.Asleep == 0 {
		t.handOff()
	}
	t.st.Asleep = 2
}

// wake goes on where the talk fell asleep.
func (t *turn) wake(line string) {
	was := t.st.Asleep > 0
	t.st.Asleep = 0
	if t.st.Idle() {
		if was {
			t.sayLine(line)
		}
		return
	}
	t.sayLine(line)
	if t.pendingStep() != nil || t.st.Ask != nil {
		t.prompt()
		return
	}
	t.advance()
}
