package meeting

import (
	"errors"
	"fmt"

	"github.com/vrep/vrep/store"
)

// Events of a meeting.
const (
	EventApprove = "approve" // another person than the author has read it
	EventOpen    = "open"    // doctors may be invited
	EventHold    = "hold"    // it is over
	EventReplay  = "replay"  // what was said may be seen
	EventClose   = "close"   // enough of those who came were called
	EventCancel  = "cancel"
)

// ErrMove: the event may not follow the status of the meeting.
var ErrMove = errors.New("meeting: not possible in this status")

// moves is the whole life cycle: status → event → status. Writing a meeting anew is no event: it makes a draft of it (store.SaveMeeting).
var moves = map[string]map[string]string{
	store.MeetingDraft:    {EventApprove: store.MeetingApproved, EventCancel: store.MeetingCancelled},
	store.MeetingApproved: {EventOpen: store.MeetingOpen, EventCancel: store.MeetingCancelled},
	store.MeetingOpen:     {EventHold: store.MeetingHeld, EventCancel: store.MeetingCancelled},
	store.MeetingHeld:     {EventReplay: store.MeetingHeld, EventClose: store.MeetingClosed},
	store.MeetingClosed:   {EventReplay: store.MeetingClosed},
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
