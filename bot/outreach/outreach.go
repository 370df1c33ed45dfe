// Package outreach reaches out: it turns a wish to send a doctor something that fits (a push) into one content item in the outbox, or into the reason
// why there is none. A push that names a flow becomes a turn of the bot, or the reason why not.
//
// It chooses by what the doctor prefers, cares about, opened and ignored, and where the doctor stands, and only among what is approved, not expired, meant for the doctor's level and not given before.
// It refuses to send anything that was not asked for without consent, to doctors who left or opted out, and within three days of an adverse event
// report. It sends nothing itself: the outbox holds an item until the doctor's window is open.
//
// Invariants: a push is decided once; sent row, effect and push change in one transaction; the sent row keeps an item from being given twice.
package outreach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Reasons why a push brought no content, or brings it later, as stored in Push.Reason. A queued push holds the reasons of flows.Pick.
const (
	ReasonGone      = "not_following"
	ReasonOptedOut  = "opted_out"
	ReasonNoConsent = "no_consent"
	ReasonUnwanted  = "not_wanted"  // the doctor has said that no content is wanted
	ReasonNoContent = "no_content"  // nothing that fits, is valid and was not given before
	ReasonFreeze    = "ae_freeze"   // put off after an adverse event report
	ReasonCaps      = "caps"        // put off because the doctor has had as many as the house allows
	ReasonQuiet     = "quiet_hours" // put off to their end
	ReasonTooLate   = "too_late"    // waited for the doctor for too long
)

// capsWait is when a push that was put off because of the caps is looked at again.
const capsWait = time.Hour

// causeAsked begins the cause of a push that the doctor asked for.
const causeAsked = "ask:"

// pushLife is how long content that nobody asked for waits for the doctor; afterwards it may be chosen again.
const pushLife = 30 * 24 * time.Hour

// Portrait fields that steer the choice; codeNone in them means that nothing is wanted.
const (
	fieldPrefers   = "prefers"
	fieldInterests = "interests"
	fieldTopics    = "topics"
	codeNone       = "none"
)

// Options are what an Outreach needs. Store and Contents are required.
type Options struct {
	Store    *store.Store
	Contents func() []flows.Content                   // the catalogue as it is now
	Match    func() flows.MatchRules                  // how content is weighed; nil = flows.UsualMatch
	Caps     func() flows.Caps                        // how many unasked messages a doctor may get; nil = no limit
	Flows    Flows                                    // how flows are begun; without it pushes that name one stay planned
	Segment  func(source string) (store.Filter, bool) // a segment's condition by the rules in force; nil = campaigns stand still
	Zone     *time.Location                           // in which approvals end; UTC when nil
	Now      func() time.Time                         // time.Now when nil
	Log      *slog.Logger                             // discards when nil
	Wake     func()                                   // called after rows were put into the outbox; may be nil
}

// Outreach decides about pushes. Several may run on one store.
type Outreach struct {
	store    *store.Store
	contents func() []flows.Content
	match    func() flows.MatchRules
	caps     func() flows.Caps
	flows    Flows
	segment  func(source string) (store.Filter, bool)
	zone     *time.Location
	now      func() time.Time
	log      *slog.Logger
	wake     func()
	poke     chan struct{}
	filled   time.Time            // when campaigns were looked at last; of the loop alone
	judged   map[string]time.Time // when it was last looked at whether many opt out of a campaign; of the loop alone
	seen     store.SentMark       // how far Ignored has come; of the loop alone
}

// New makes an Outreach.
func New(o Options) *Outreach {
	out := &Outreach{
		store: o.Store, contents: o.Contents, match: o.Match, caps: o.Caps, flows: o.Flows, segment: o.Segment, zone: cmp.Or(o.Zone, time.UTC), now: o.Now, log: o.Log, wake: o.Wake, poke: make(chan struct{}, 1),
		judged: map[string]time.Time{},
	}
	if out.now == nil {
		out.now = time.Now
	}
	if out.log == nil {
		out.log = slog.New(slog.DiscardHandler)
	}
	if out.match == nil {
		out.match = flows.UsualMatch
	}
	if out.wake == nil {
		out.wake = func() {}
	}
	return out
}

// Wake hints that there may be a new push. It never blocks.
func (o *Outreach) Wake() {
	select {
	case o.poke <- struct{}{}:
	default:
	}
}

// sweepEvery is the pause between two sweeps when nobody calls Wake.
const sweepEvery = time.Second

// Run sweeps at every Wake and otherwise once a second until ctx ends. A failed sweep is logged and tried again.
func (o *Outreach) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := o.Campaigns(ctx); err != nil && ctx.Err() == nil {
			o.log.Error("filling campaigns failed", "error", err)
		}
		if err := o.Sweep(ctx); err != nil && ctx.Err() == nil {
			o.log.Error("sweeping pushes failed", "error", err)
		}
		if err := o.Ignored(ctx); err != nil && ctx.Err() == nil {
			o.log.Error("looking for ignored content failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-o.poke:
		case <-tick.C:
		}
	}
}

// sweepPage is the number of pushes decided in one sweep.
const sweepPage = 200

// Sweep decides about every push whose time has come, once. It may run anywhere at the same time. One push that fails does not stop the others.
func (o *Outreach) Sweep(ctx context.Context) error {
	due, err := o.store.DuePushes(ctx, sweepPage)
	if err != nil {
		return err
	}
	queued := false
	var errs []error
	for _, p := range due {
		ok := false
		switch {
		case p.Flow == "":
			ok, err = o.decide(ctx, p)
		case o.flows.Begin != nil:
			err = o.open(ctx, p)
		}
		if err != nil && !errors.Is(err, store.ErrMoved) {
			errs = append(errs, fmt.Errorf("deciding push %s: %w", p.ID, err))
		}
		queued = queued || ok
	}
	if queued {
		o.wake()
	}
	return errors.Join(errs...)
}

// decide queues content for one push, drops it or puts it off; true = queued.
func (o *Outreach) decide(ctx context.Context, p store.Push) (bool, error) {
	asked := strings.HasPrefix(p.Cause, causeAsked)
	doctor, err := o.store.LoadDoctor(ctx, p.Doctor)
	if err != nil {
		return false, err
	}
	w := o.wish(doctor)
	reason := refusal(doctor, w, asked)
	if reason == "" && p.Campaign != "" && unsorted(doctor) {
		reason = ReasonNoConsent
	}
	if reason != "" {
		return false, o.store.DropPush(ctx, p.ID, reason)
	}
	if !asked {
		if end := doctor.FrozenUntil; o.now().UnixMilli() < end {
			return false, o.store.DelayPush(ctx, p.ID, end, ReasonFreeze)
		}
		if enough, err := o.enough(ctx, p.Doctor); err != nil {
			return false, err
		} else if enough {
			return false, o.store.DelayPush(ctx, p.ID, o.now().Add(capsWait).UnixMilli(), ReasonCaps)
		}
		if end, quiet := o.quiet(); quiet && p.Campaign != "" { // what follows from something that the doctor or the rep did just now is not held up
			return false, o.store.DelayPush(ctx, p.ID, end.UnixMilli(), ReasonQuiet)
		}
	}
	if !asked {
		w.Seed = p.ID
	}
	if err := o.learn(ctx, &w, p.Doctor); err != nil {
		return false, err
	}
	item, ok := flows.Pick(o.contents(), o.match(), w.Wish)
	if !ok {
		return false, o.store.DropPush(ctx, p.ID, ReasonNoContent)
	}
	e, err := o.effect(p, doctor.Doctor, item.Content)
	if err != nil {
		return false, err
	}
	if err := o.store.QueuePush(ctx, p.ID, store.Sent{Doctor: p.Doctor, Content: item.ID, Why: item.Why()}, e); err != nil {
		return false, err
	}
	return true, nil
}

// quiet tells whether the quiet hours hold now, and when they end.
func (o *Outreach) quiet() (time.Time, bool) {
	if o.flows.Library == nil {
		return time.Time{}, false
	}
	return o.flows.Library().Quiet(o.now().In(o.zone))
}

// enough tells whether the doctor has had as many unasked messages as the house allows.
func (o *Outreach) enough(ctx context.Context, doctor string) (bool, error) {
	if o.caps == nil {
		return false, nil
	}
	return o.store.Enough(ctx, doctor, o.caps().Day, o.caps().Week)
}
