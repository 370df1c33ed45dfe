package handoff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/looplab/fsm"

	"github.com/vrep/vrep/store"
)

// Events of a lead's life. Status names are store.LeadNew and its neighbours.
const (
	EventAssign   = "assign"   // offered to reps
	EventReassign = "reassign" // offered to other reps
	EventDecline  = "decline"  // nobody who was offered it wants it, or the owner gives it back
	EventAccept   = "accept"   // a rep takes it
	EventBook     = "book"     // a date is agreed, or another date
	EventNoShow   = "no_show"  // the meeting did not take place; a new date is looked for
	EventVisit    = "visit"    // the visit was reported
	EventClose    = "close"    // done, with an outcome
	EventExpire   = "expire"   // nobody took it in time
	EventWithdraw = "withdraw" // the doctor does not want it any more
	EventReopen   = "reopen"   // an ended lead begins again
)

// statuses are all states, in the order of a good life.
var statuses = []string{
	store.LeadNew, store.LeadAssigned, store.LeadAccepted, store.LeadBooked, store.LeadVisited, store.LeadClosed, store.LeadExpired, store.LeadWithdrawn,
}

// moves is the whole life cycle. A move to the same state (assigned → assigned, booked → booked) is legal and meant.
func moves() fsm.Events {
	ended := []string{store.LeadClosed, store.LeadExpired, store.LeadWithdrawn}
	held := []string{store.LeadAssigned, store.LeadAccepted, store.LeadBooked}
	return fsm.Events{
		{Name: EventAssign, Src: []string{store.LeadNew}, Dst: store.LeadAssigned},
		{Name: EventReassign, Src: held, Dst: store.LeadAssigned},
		{Name: EventDecline, Src: held, Dst: store.LeadNew},
		{Name: EventAccept, Src: []string{store.LeadAssigned}, Dst: store.LeadAccepted},
		{Name: EventBook, Src: []string{store.LeadAccepted, store.LeadBooked}, Dst: store.LeadBooked},
		{Name: EventNoShow, Src: []string{store.LeadBooked}, Dst: store.LeadAccepted},
		{Name: EventVisit, Src: []string{store.LeadAccepted, store.LeadBooked}, Dst: store.LeadVisited},
		{Name: EventClose, Src: []string{store.LeadVisited}, Dst: store.LeadClosed},
		{Name: EventExpire, Src: []string{store.LeadNew, store.LeadAssigned}, Dst: store.LeadExpired},
		{Name: EventWithdraw, Src: slices.Concat([]string{store.LeadNew}, held, []string{store.LeadVisited}), Dst: store.LeadWithdrawn},
		{Name: EventReopen, Src: ended, Dst: store.LeadNew},
	}
}

// table is the one machine of the life cycle. It has no callbacks and carries no lead: every use sets the state first.
type table struct {
	mu      sync.Mutex
	machine *fsm.FSM
}

var life = sync.OnceValue(func() *table {
	return &table{machine: fsm.NewFSM(store.LeadNew, moves(), nil)}
})

// Next tells the status after an event. An unknown status, an unknown event and a move that the life cycle does not have are ErrIllegal: the machine
// itself would take an unknown status without a word.
func Next(status, event string) (string, error) {
	if !slices.Contains(statuses, status) {
		return "", fmt.Errorf("%w: unknown status %q", ErrIllegal, status)
	}
	t := life()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.machine.SetState(status)
	// A cancelled context would leave the machine in the middle of a transition for ever, so it gets one that cannot be cancelled.
	err := t.machine.Event(context.Background(), event)
	if same := (fsm.NoTransitionError{}); err != nil && !errors.As(err, &same) {
		return "", fmt.Errorf("%w: %s on %s", ErrIllegal, event, status)
	}
	return t.machine.Current(), nil
}

// Chart draws the life cycle as a Mermaid state diagram.
func Chart() string {
	chart, err := fsm.VisualizeForMermaidWithGraphType(fsm.NewFSM(store.LeadNew, moves(), nil), fsm.StateDiagram)
	if err != nil {
		return ""
	}
	return chart
}
