package meeting

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vrep/vrep/store"
)

// Errors of acts on meetings.
var (
	ErrAgenda   = errors.New("meeting: without an agenda")
	ErrApproval = errors.New("meeting: no approval that holds on its day")
	ErrBegun    = errors.New("meeting: it has begun")
	ErrEarly    = errors.New("meeting: it is not over")
	ErrReason   = errors.New("meeting: a reason is missing")
	ErrPresence = errors.New("meeting: nobody has recorded who came")
	ErrCalls    = errors.New("meeting: too few follow-ups with an outcome") // see CallsError
)

// CallsError says how far a meeting is from being closed. It matches ErrCalls.
type CallsError struct {
	Came, Done, Need int
	Doctors          []string // ids of those who came and were not called
}

// Error implements error.
func (e *CallsError) Error() string {
	return fmt.Sprintf("%v: %d of %d, %d needed, %d missing", ErrCalls, e.Done, e.Came, e.Need, e.Missing())
}

// Missing is how many follow-ups are missing.
func (e *CallsError) Missing() int { return e.Need - e.Done }

// Unwrap makes it match ErrCalls.
func (e *CallsError) Unwrap() error { return ErrCalls }

// Ready tells whether doctors may be told of a meeting. ErrAgenda; ErrApproval; ErrBegun.
func (r *Room) Ready(m store.Meeting, items []store.MeetingItem) error {
	switch {
	case len(items) == 0:
		return ErrAgenda
	case m.ApprovalNo == "" || m.ApprovalUntil <= m.EndsAt:
		return ErrApproval
	case m.BeginsAt <= r.now().UnixMilli():
		return ErrBegun
	}
	return nil
}

// Approve records that a second person, other than the author, has read the meeting in a version. ErrMove; store.ErrMoved: it was written anew since;
// store.ErrSamePerson; what Ready says.
func (r *Room) Approve(ctx context.Context, id string, version int64, by, role string) error {
	return r.move(ctx, id, EventApprove, func(step *store.MeetingStep) {
		step.Version = version
		step.Check = func(f store.MeetingFile) error {
			if f.Owner == by {
				return store.ErrSamePerson
			}
			return r.Ready(f.Meeting, f.Items)
		}
		step.Set = func(m *store.Meeting) { m.ApprovedBy, m.ApprovedRole = by, role }
	})
}

// Open lets doctors be invited. ErrMove; what Ready says.
func (r *Room) Open(ctx context.Context, id string) error {
	return r.move(ctx, id, EventOpen, func(step *store.MeetingStep) {
		step.Check = func(f store.MeetingFile) error { return r.Ready(f.Meeting, f.Items) }
	})
}

// Hold records that the meeting is over; the round does so by itself. ErrMove; ErrEarly.
func (r *Room) Hold(ctx context.Context, id string) error {
	return r.move(ctx, id, EventHold, func(step *store.MeetingStep) {
		step.Check = func(f store.MeetingFile) error {
			if r.now().UnixMilli() < f.EndsAt {
				return ErrEarly
			}
			return nil
		}
	})
}

// Replay names the content that shows what was said; the round gives it to who wished it. ErrMove; ErrReason: no content.
func (r *Room) Replay(ctx context.Context, id, content string) error {
	if content == "" {
		return ErrReason
	}
	return r.move(ctx, id, EventReplay, func(step *store.MeetingStep) {
		step.Reason = content
		step.Set = func(m *store.Meeting) { m.Replay = content }
	})
}

// Close ends a meeting. ErrMove; ErrPresence; ErrCalls with a *CallsError: too few of those who came have a follow-up with an outcome.
func (r *Room) Close(ctx context.Context, id string) error {
	return r.move(ctx, id, EventClose, func(step *store.MeetingStep) {
		step.Check = closable
		step.Set = func(m *store.Meeting) { m.ClosedAt = r.now().UnixMilli() }
	})
}

func closable(f store.MeetingFile) error {
	e := CallsError{}
	recorded, expected := 0, 0
	for _, p := range f.People {
		if p.Came != "" {
			recorded++
		}
		if p.Answer == store.RsvpAccept {
			expected++
		}
		if p.Came != store.DidAttend {
			continue
		}
		if e.Came++; p.Outcome != "" {
			e.Done++
		} else {
			e.Doctors = append(e.Doctors, p.Doctor)
		}
	}
	if recorded == 0 && expected > 0 {
		return ErrPresence
	}
	if e.Need = (e.Came*f.Threshold + 99) / 100; e.Done < e.Need {
		return &e
	}
	return nil
}

// Cancel ends a meeting that will not take place, with a reason; who has accepted is told. ErrMove; ErrReason.
func (r *Room) Cancel(ctx context.Context, id, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	return r.move(ctx, id, EventCancel, func(step *store.MeetingStep) {
		step.Reason = reason
		step.Set = func(m *store.Meeting) { m.Reason = reason }
	})
}

// Invite puts doctors on the list; push asks them when they can be reached. ErrMove: the meeting is not open; ErrBegun.
func (r *Room) Invite(ctx context.Context, id string, doctors []string) (store.Invited, error) {
	out, err := r.store.InviteToMeeting(ctx, id, doctors, func(f store.MeetingFile, doctor string) (store.Push, error) {
		if f.BeginsAt <= r.now().UnixMilli() {
			return store.Push{}, ErrBegun
		}
		return r.push(f, doctor, 0), nil
	})
	if errors.Is(err, store.ErrMoved) {
		return out, fmt.Errorf("%w: invite", ErrMove)
	}
	if err == nil {
		r.wake()
	}
	return out, err
}

// Presence records who came. They are to be called within callDays working days. ErrMove: the meeting has not begun, or is closed; store.ErrMeeting.
func (r *Room) Presence(ctx context.Context, id string, rows []store.Presence) error {
	f, err := r.store.MeetingFile(ctx, id)
	if err != nil {
		return err
	}
	err = r.store.RecordPresence(ctx, id, rows, r.ReplayUntil(f.Meeting).UnixMilli())
	if errors.Is(err, store.ErrMoved) {
		return fmt.Errorf("%w: presence", ErrMove)
	}
	return err
}

// move does one act on a meeting as it is now. What follows from its end, and is cut off, the round does.
func (r *Room) move(ctx context.Context, id, event string, shape func(*store.MeetingStep)) error {
	f, err := r.store.MeetingFile(ctx, id)
	if err != nil {
		return err
	}
	next, err := Next(f.Status, event)
	if err != nil {
		return err
	}
	step := store.MeetingStep{ID: id, From: f.Status, Event: event, Status: next}
	shape(&step)
	if err := r.store.MoveMeeting(ctx, step); err != nil {
		return err
	}
	defer r.wake()
	if next != store.MeetingHeld && next != store.MeetingCancelled {
		return nil
	}
	if err := r.store.EndInvitations(ctx, id); err != nil || next == store.MeetingHeld {
		return err
	}
	f.Status = next
	_, err = r.tell(ctx, f.Meeting, store.ToldCancelled, r.now())
	return err
}
