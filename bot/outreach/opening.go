package outreach

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// When a flow that waits for its doctor is looked at again although the doctor has not spoken: talks end by the clock, windows hardly ever open.
const (
	talkWait   = time.Hour
	windowWait = 24 * time.Hour
)

// Flows are how flows are begun with doctors; several of one house work on one store.
type Flows struct {
	Library func() *flows.Library                                   // the flows in force
	Begin   func(ctx context.Context, p store.Push) (string, error) // takes the turn, see bot.Begin; "" = begun, else why not
}

// open begins the flow of a push with its doctor, drops the push or puts it off. What serves the doctor alone (kind: service) needs no consent to be written to
// unasked and counts for no cap; both kinds need the base consent, a doctor who is here and has not opted out, and keep the quiet hours.
func (o *Outreach) open(ctx context.Context, p store.Push) error {
	doctor, err := o.store.LoadDoctor(ctx, p.Doctor)
	if errors.Is(err, store.ErrNotFound) {
		return o.store.DropPush(ctx, p.ID, ReasonGone)
	}
	if err != nil {
		return err
	}
	f := o.flows.Library().Flow(p.Flow)
	service := f != nil && f.Service
	if reason := o.closed(p, doctor, service); reason != "" {
		return o.store.DropPush(ctx, p.ID, reason)
	}
	until, reason, err := o.notNow(ctx, doctor, service)
	if err != nil {
		return err
	}
	if reason != "" {
		return o.store.DelayPush(ctx, p.ID, until.UnixMilli(), reason)
	}
	why, err := o.flows.Begin(ctx, p)
	if err != nil {
		return err
	}
	now := o.now()
	switch why {
	case "":
		return nil
	case store.PushTalk:
		return o.store.WaitPush(ctx, p, doctor.LastInboundAt, now.Add(talkWait).UnixMilli(), why)
	case store.PushWindow:
		return o.store.WaitPush(ctx, p, doctor.LastInboundAt, now.Add(windowWait).UnixMilli(), why)
	}
	o.log.Warn("flow not begun", "flow", p.Flow, "reason", why)
	return o.store.DropPush(ctx, p.ID, why)
}

// closed is the reason for which a flow may not be begun with the doctor at all, "" = it may.
func (o *Outreach) closed(p store.Push, d store.DoctorFile, service bool) string {
	switch {
	case !d.Followed:
		return ReasonGone
	case d.OptedOut:
		return ReasonOptedOut
	case !agrees(d, store.PurposeBase), !service && !agrees(d, store.PurposePush):
		return ReasonNoConsent
	case p.Campaign != "" && unsorted(d):
		return ReasonNoConsent
	case !service && slices.Contains(codes(d.Portrait, fieldPrefers), codeNone):
		return ReasonUnwanted
	case o.now().UnixMilli() > p.At+pushLife.Milliseconds():
		return ReasonTooLate
	}
	return ""
}

// notNow is until when a flow has to wait whatever the doctor does, and why; "" = it has not to.
func (o *Outreach) notNow(ctx context.Context, d store.DoctorFile, service bool) (time.Time, string, error) {
	now := o.now()
	if end := time.UnixMilli(d.FrozenUntil); !service && now.Before(end) {
		return end, ReasonFreeze, nil
	}
	if end, quiet := o.quiet(); quiet {
		return end, ReasonQuiet, nil
	}
	if service {
		return time.Time{}, "", nil
	}
	enough, err := o.enough(ctx, d.ID)
	if err != nil || !enough {
		return time.Time{}, "", err
	}
	return now.Add(capsWait), ReasonCaps, nil
}

// unsorted tells whether the doctor has said no to being known by what was said: whoever was chosen by a segment before is not spoken to for it.
func unsorted(d store.DoctorFile) bool {
	return slices.ContainsFunc(d.Consents, func(c store.Consent) bool { return c.Purpose == store.PurposePortrait && c.Refused() })
}

func agrees(d store.DoctorFile, purpose string) bool {
	return slices.ContainsFunc(d.Consents, func(c store.Consent) bool { return c.Purpose == purpose && c.Granted })
}
