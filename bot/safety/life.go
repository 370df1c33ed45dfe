package safety

import (
	"errors"
	"fmt"

	"github.com/vrep/vrep/store"
)

// Events of a case: the acts of the desk.
const (
	EventAcknowledge = "acknowledge" // a person has it
	EventJudge       = "judge"       // valid: it goes to the authority; else a second person must agree
	EventSecond      = "second"      // a second person agrees that it is no valid report
	EventDisagree    = "disagree"    // a second person does not
	EventFollow      = "follow"      // something was heard since
	EventSend        = "send"        // the authority has it
	EventClose       = "close"
	EventReopen      = "reopen"
)

// ErrMove: the act may not follow the status of the case.
var ErrMove = errors.New("safety: not possible in this status")

// moves is the whole life cycle: status → event → status. A judgement leads to two places, see Judge.
var moves = map[string]map[string]string{
	store.CaseOpen:         {EventAcknowledge: store.CaseAcknowledged},
	store.CaseReported:     {EventAcknowledge: store.CaseAcknowledged},
	store.CaseAcknowledged: {EventJudge: store.CaseJudged, EventFollow: store.CaseAcknowledged},
	store.CaseJudged:       {EventJudge: store.CaseJudged, EventSecond: store.CaseClosed, EventDisagree: store.CaseAcknowledged, EventFollow: store.CaseJudged},
	store.CaseValid:        {EventJudge: store.CaseJudged, EventSend: store.CaseSent, EventFollow: store.CaseValid},
	store.CaseSent:         {EventClose: store.CaseClosed, EventFollow: store.CaseSent, EventJudge: store.CaseJudged},
	store.CaseClosed:       {EventReopen: store.CaseAcknowledged},
}

// Next is the status after an event. ErrMove.
func Next(status, event string) (string, error) {
	next, ok := moves[status][event]
	if !ok {
		return "", fmt.Errorf("%w: %s in %s", ErrMove, event, status)
	}
	return next, nil
}

// Can lists what may be done in a status, for buttons.
func Can(status string) map[string]bool {
	can := make(map[string]bool, len(moves[status]))
	for event := range moves[status] {
		can[event] = true
	}
	return can
}
