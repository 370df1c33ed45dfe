package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// Times and sizes of mass sends.
const (
	massEvery = time.Minute
	massPage  = 500              // pushes looked at in one round
	massLeast = 2                // doctors in one send: the platform takes no fewer
	massLimit = 20 * time.Second // one call
	massLease = 2 * time.Minute  // after which a call whose end was not seen is made again, under the same key
	massTries = 5                // calls of one mass send
	massPause = time.Hour        // after a refusal, before another one is begun
)

// eventMassReport is the platform's event that tells what became of a mass send.
const eventMassReport = "MASSSENDJOBFINISH"

// MassRound makes the mass sends that are due and tells how many: one call for all doctors who wait for the same content and to whom nothing else can be
// sent. A call whose end was not seen is made again under its key, which the platform recognises. Several instances may run rounds at once: an effect
// is taken into one mass send only.
func (b *Bot) MassRound(ctx context.Context) (int, error) {
	if b.mass == nil || !b.rules.Mass {
		return 0, nil
	}
	if err := b.repeatMass(ctx); err != nil {
		return 0, err
	}
	now := b.now()
	if !b.quiet(store.IntentPush, now).IsZero() {
		return 0, nil
	}
	if barred, err := b.store.MassBarred(ctx); err != nil || barred {
		return 0, err
	}
	waiting, err := b.store.WaitingPushes(ctx, b.quota(now), massPage)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, g := range group(waiting) {
		made, err := b.massSend(ctx, g, now)
		if err != nil {
			return n, err
		}
		if made {
			n++
		}
	}
	return n, nil
}

// massRounds runs rounds until ctx ends. A round that fails is logged and tried again.
func (b *Bot) massRounds(ctx context.Context) {
	ticker := time.NewTicker(massEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if _, err := b.MassRound(ctx); err != nil && ctx.Err() == nil {
			b.log.Error("mass round failed", "error", err)
		}
	}
}

func (b *Bot) quota(now time.Time) store.MassQuota {
	return store.MassQuota{Month: month(now), Limit: b.rules.MassPerMonth}
}

// massGroup is one content that several doctors wait for.
type massGroup struct {
	news    News // without a receiver
	effects []Effect
}

// group sorts effects by what they say, in the order in which they were queued, one of a content for a doctor.
func group(waiting []Effect) []*massGroup {
	var groups []*massGroup
	known := map[News]*massGroup{}
	seen := map[string]bool{}
	for _, e := range waiting {
		var n News
		if e.Kind != store.KindNews || json.Unmarshal(e.Body, &n) != nil || seen[e.Lane+" "+n.Content] {
			continue
		}
		seen[e.Lane+" "+n.Content] = true
		n.OpenID = ""
		g := known[n]
		if g == nil {
			g = &massGroup{news: n}
			known[n] = g
			groups = append(groups, g)
		}
		g.effects = append(g.effects, e)
	}
	return groups
}

// massSend sends to those of the group for whom the dispatcher still chooses a mass send; false when they are too few.
func (b *Bot) massSend(ctx context.Context, g *massGroup, now time.Time) (bool, error) {
	var chosen []Effect
	if len(g.effects) < massLeast {
		return false, nil
	}
	for _, e := range g.effects {
		c, _, err := b.choose(ctx, e, now)
		if err != nil {
			return false, err
		}
		if c.Channel == store.ChannelMass {
			chosen = append(chosen, e)
		}
	}
	if len(chosen) < massLeast {
		return false, nil
	}
	m, err := b.store.OpenMass(ctx, g.news.Content, chosen, b.quota(now), massLease)
	if errors.Is(err, store.ErrMoved) {
		return false, nil // another instance, or a doctor who spoke meanwhile: the next round looks again
	}
	if err != nil {
		return false, err
	}
	return true, b.callMass(ctx, m, chosen)
}

// repeatMass takes up the mass sends whose end was not seen.
func (b *Bot) repeatMass(ctx context.Context) error {
	for {
		m, effects, err := b.store.ClaimMass(ctx, massLease)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			err = b.callMass(ctx, m, effects)
		}
		if err != nil {
			return err
		}
	}
}

// callMass makes the call and books its end. It outlives the end of ctx.
func (b *Bot) callMass(ctx context.Context, m store.MassSend, effects []Effect) error {
	ctx = context.WithoutCancel(ctx)
	order := MassOrder{Key: m.ID}
	for _, e := range effects {
		var n News
		if err := json.Unmarshal(e.Body, &n); err != nil {
			return fmt.Errorf("reading content of a mass send: %w", err)
		}
		order.OpenIDs = append(order.OpenIDs, n.OpenID)
		n.OpenID = ""
		n = b.leading(n, "", m.ID)
		order.News = n
	}
	msgID, err := b.sendMass(ctx, order)
	r, ended := massResult(msgID, err, m.Attempts, b.now())
	b.metrics.sent(store.KindNews, store.ChannelMass, r.Class)
	if !ended {
		return nil // called again under its key
	}
	if !r.Accepted {
		b.log.Error("mass send refused", "mass", m.ID, "doctors", m.Doctors, "code", r.Code, "class", r.Class, "reason", r.Reason)
	}
	ctx, cancel := context.WithTimeout(ctx, finishLimit)
	defer cancel()
	return b.store.FinishMass(ctx, m, r, b.quota(time.UnixMilli(m.CreatedAt)))
}

func (b *Bot) sendMass(ctx context.Context, o MassOrder) (msgID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, massLimit)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = &SendError{Class: ClassUnknown, Reason: "sender panicked"}
		}
	}()
	return b.mass.SendMass(ctx, o)
}

// massResult judges the answer to a mass send; false: its end is unknown, and it is asked again.
func massResult(msgID string, err error, attempts int, now time.Time) (store.MassResult, bool) {
	if err == nil {
		return store.MassResult{Accepted: true, MsgID: msgID, Class: "ok", Reason: WhyMass}, true
	}
	refusal := &SendError{Class: ClassUnknown, Reason: "failed"}
	if !errors.As(err, &refusal) {
		refusal = &SendError{Class: ClassUnknown, Reason: "failed before the platform answered"}
	}
	next := now.Add(max(massPause, refusal.After)).UnixMilli()
	r := store.MassResult{Code: refusal.Code, Class: string(refusal.Class), Reason: refusal.Reason, NextAt: next}
	switch refusal.Class {
	case ClassUnknown:
		r.Dead, r.Counts = true, true
		return r, attempts >= massTries
	case ClassContent:
		r.Dead = true
	case ClassWait:
		r.Exhausted = true
	}
	return r, true
}

// report books what the platform tells about a send that it had taken. It is no turn: the doctor has done nothing.
func (b *Bot) report(ctx context.Context, in Inbound) error {
	r := in.Report
	if strings.EqualFold(in.Event, eventMassReport) {
		return b.store.ReportMass(ctx, r.MsgID, r.Status, r.Sent, r.Failed)
	}
	doctor := store.DoctorID(in.Account, in.OpenID)
	return b.store.ReportSend(ctx, doctor, r.MsgID, strings.EqualFold(r.Status, "success"), r.Status)
}
