package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/looplab/fsm"

	"github.com/vrep/vrep/store"
)

// Events of the conversation's life cycle. The first four ask whether something may reach the talk at all; the others say what the talk became.
const (
	EventHear     = "hear"      // a message or an event for the flow; a sleeping conversation does not take it
	EventFollow   = "follow"    // the doctor follows, for the first time or again
	EventUnfollow = "unfollow"  // the doctor left
	EventResume   = "resume"    // the doctor or an operator wakes a talk that was handed to a person
	EventAsk      = "ask"       // a question is open
	EventConfirm  = "confirm"   // a read-back waits for yes or no
	EventConsent  = "consent"   // a consent question is open
	EventRest     = "rest"      // nothing is open
	EventHandOff  = "hand_off"  // a person takes over and the flow sleeps
	EventReport   = "report_ae" // an adverse event was typed: heard in every phase
	EventOptOut   = "opt_out"
	EventOptIn    = "opt_in"
)

// ErrMove is returned by Next for an event that may not happen in the phase, and for phases and events that do not exist.
var ErrMove = errors.New("bot: no such move")

// Phases lists the phases of a conversation in the order of the chart.
func Phases() []string {
	return []string{
		store.PhaseIdle, store.PhaseAsking, store.PhaseConfirm, store.PhaseConsent, store.PhaseHandedOff, store.PhaseOptedOut,
	}
}

// Table is the life cycle of a conversation: which event leads from which phases to which phase.
func Table() fsm.Events {
	awake := Phases()[:4]
	all := Phases()
	return fsm.Events{
		{Name: EventHear, Src: []string{store.PhaseIdle}, Dst: store.PhaseIdle},
		{Name: EventHear, Src: []string{store.PhaseAsking}, Dst: store.PhaseAsking},
		{Name: EventHear, Src: []string{store.PhaseConfirm}, Dst: store.PhaseConfirm},
		{Name: EventHear, Src: []string{store.PhaseConsent}, Dst: store.PhaseConsent},
		{Name: EventFollow, Src: []string{store.PhaseIdle, store.PhaseHandedOff, store.PhaseOptedOut}, Dst: store.PhaseIdle},
		{Name: EventFollow, Src: []string{store.PhaseAsking}, Dst: store.PhaseAsking},
		{Name: EventFollow, Src: []string{store.PhaseConfirm}, Dst: store.PhaseConfirm},
		{Name: EventFollow, Src: []string{store.PhaseConsent}, Dst: store.PhaseConsent},
		{Name: EventUnfollow, Src: all[:5], Dst: store.PhaseIdle},
		{Name: EventUnfollow, Src: []string{store.PhaseOptedOut}, Dst: store.PhaseOptedOut},
		{Name: EventResume, Src: []string{store.PhaseHandedOff}, Dst: store.PhaseIdle},
		{Name: EventAsk, Src: awake, Dst: store.PhaseAsking},
		{Name: EventConfirm, Src: awake, Dst: store.PhaseConfirm},
		{Name: EventConsent, Src: awake, Dst: store.PhaseConsent},
		{Name: EventRest, Src: awake, Dst: store.PhaseIdle},
		{Name: EventHandOff, Src: append(slices.Clone(awake), store.PhaseOptedOut), Dst: store.PhaseHandedOff},
		{Name: EventReport, Src: all, Dst: store.PhaseAsking},
		{Name: EventOptOut, Src: all, Dst: store.PhaseOptedOut},
		{Name: EventOptIn, Src: []string{store.PhaseOptedOut}, Dst: store.PhaseIdle},
	}
}

// Next answers the phase that event leads to. The error wraps ErrMove when the move is not legal; then the phase is unchanged.
func Next(phase, event string) (string, error) { return conversation.next(phase, event) }

// Chart draws the life cycle as a Mermaid state diagram.
func Chart() string {
	text, err := fsm.VisualizeForMermaidWithGraphType(fsm.NewFSM(store.PhaseIdle, Table(), nil), fsm.StateDiagram)
	if err != nil {
		return ""
	}
	return text
}

// conversation is the one machine of the table. It keeps nothing between two calls.
var conversation = newCycle(store.PhaseIdle, Table())

// cycle wraps a reused fsm.FSM. The library costs 5 to 65 µs to build and about one to step; it takes unknown states silently, reports a
// self-transition as an error and is wedged by a cancelled context, all of which is settled here.
type cycle struct {
	mu      sync.Mutex
	machine *fsm.FSM
	phases  []string
}

func newCycle(initial string, table fsm.Events) *cycle {
	phases := []string{initial}
	for _, e := range table {
		for _, phase := range append([]string{e.Dst}, e.Src...) {
			if !slices.Contains(phases, phase) {
				phases = append(phases, phase)
			}
		}
	}
	return &cycle{machine: fsm.NewFSM(initial, table, nil), phases: phases}
}

func (c *cycle) next(phase, event string) (string, error) {
	if !slices.Contains(c.phases, phase) {
		return phase, fmt.Errorf("%w: phase %q is unknown", ErrMove, phase)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.machine.SetState(phase)
	err := c.machine.Event(context.Background(), event)
	var still fsm.NoTransitionError
	if err != nil && !errors.As(err, &still) {
		return phase, fmt.Errorf("%w: %w", ErrMove, err)
	}
	return c.machine.Current(), nil
}
