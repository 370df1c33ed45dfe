// Package meeting runs the academic meetings of the house: which act may follow which, who is invited, what is told before and after, and when a meeting is done.
//
// It decides; the store writes, and push says whether and when a doctor can be reached. It refuses to open a meeting without an agenda and an approval that holds on
// its day, and to close one before enough of those who came were called and an outcome is written: coming is not the aim.
//
// Invariants: every act goes through Next and is fenced by the status that it rests on; a doctor is told each thing once, whatever number of instances run. There
// is no money, gift or fee in a meeting.
package meeting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/vrep/vrep/store"
)

// Options are what a Room needs. Store and WorkDay are required.
type Options struct {
	Store   *store.Store
	WorkDay func(from time.Time, n int) time.Time // end of the n-th working day after a moment, in its zone
	Company string                                // invites where a meeting names no other host
	Zone    *time.Location                        // in which days begin; UTC when nil
	Now     func() time.Time                      // time.Now when nil
	Log     *slog.Logger                          // discards when nil
	Wake    func()                                // called after pushes were planned; may be nil
}

// Room is where meetings are run. Several may run on one store.
type Room struct {
	store   *store.Store
	days    func(time.Time, int) time.Time
	company string
	zone    *time.Location
	now     func() time.Time
	log     *slog.Logger
	wake    func()
	words   *words
	begun   map[string]bool // meetings whose invitations were ended; of the loop alone
}

// New makes a Room. It panics when the embedded words cannot be read, which a test rules out.
func New(o Options) *Room {
	r := &Room{store: o.Store, days: o.WorkDay, company: o.Company, zone: cmp.Or(o.Zone, time.UTC), now: o.Now, log: o.Log, wake: o.Wake, words: mustWords(), begun: map[string]bool{}}
	if r.now == nil {
		r.now = time.Now
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.wake == nil {
		r.wake = func() {}
	}
	return r
}

// roundEvery is the pause between two rounds, by the clock on the wall.
const roundEvery = time.Second

// Run makes a round every second until ctx ends. What fails is logged and tried again.
func (r *Room) Run(ctx context.Context) error {
	tick := time.NewTicker(roundEvery)
	defer tick.Stop()
	for {
		if err := r.Round(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("a round of meetings failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Times around a meeting. Source: the trade's flow of a meeting; the feedback is asked while it is fresh.
const (
	dayBefore    = 24 * time.Hour
	hoursBefore  = 2 * time.Hour
	feedbackLife = 7 * 24 * time.Hour  // after the end
	tellLife     = 30 * 24 * time.Hour // after the end: the replay is given until then
	callDays     = 3                   // working days in which those who came are called and the replay is given
)

// Round ends meetings whose time is over and plans what doctors are to be told now.
func (r *Room) Round(ctx context.Context) error {
	live, err := r.store.LiveMeetings(ctx, tellLife)
	if err != nil {
		return err
	}
	told := 0
	var errs []error
	for _, m := range live {
		n, err := r.look(ctx, m)
		if err != nil && !errors.Is(err, store.ErrMoved) && !errors.Is(err, ErrMove) { // another instance, or a person, was first
			errs = append(errs, fmt.Errorf("looking after meeting %s: %w", m.ID, err))
		}
		told += n
	}
	if told > 0 {
		r.wake()
	}
	return errors.Join(errs...)
}

// look does what is due for one meeting and tells how many doctors are to be told something.
func (r *Room) look(ctx context.Context, m store.Meeting) (int, error) {
	now, begins, ends := r.now(), time.UnixMilli(m.BeginsAt), time.UnixMilli(m.EndsAt)
	if m.Status == store.MeetingOpen && !now.Before(ends) {
		return 0, r.Hold(ctx, m.ID)
	}
	if m.Status == store.MeetingOpen {
		switch left := begins.Sub(now); {
		case left <= 0:
			return 0, r.begin(ctx, m)
		case left > dayBefore:
			return 0, nil
		case left > hoursBefore:
			return r.tell(ctx, m, store.ToldDay, begins.Add(-dayBefore))
		default:
			return r.tell(ctx, m, store.ToldHours, begins.Add(-hoursBefore))
		}
	}
	if err := r.begin(ctx, m); err != nil {
		return 0, err
	}
	if m.Status == store.MeetingCancelled {
		return r.tell(ctx, m, store.ToldCancelled, now)
	}
	told := 0
	if now.Before(ends.Add(feedbackLife)) {
		n, err := r.tell(ctx, m, store.ToldFeedback, ends)
		if err != nil {
			return n, err
		}
		told += n
	}
	if m.Replay != "" {
		n, err := r.tell(ctx, m, store.ToldReplay, ends)
		return told + n, err
	}
	return told, nil
}

// begin ends the invitations and reminders of a meeting that wait although it has begun, such as for the end of the quiet hours, or will not. Nothing makes new
// ones then.
func (r *Room) begin(ctx context.Context, m store.Meeting) error {
	if r.begun[m.ID] {
		return nil
	}
	if err := r.store.EndInvitations(ctx, m.ID); err != nil {
		return err
	}
	r.begun[m.ID] = true
	return nil
}

// ReplayUntil is until when the replay should be given, and those who came should be called.
func (r *Room) ReplayUntil(m store.Meeting) time.Time {
	return r.days(time.UnixMilli(m.EndsAt).In(r.zone), callDays)
}
