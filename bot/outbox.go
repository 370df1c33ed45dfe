package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/vrep/vrep/store"
)

// Times of the outbox.
const (
	pollEvery   = time.Second
	sendLimit   = 10 * time.Second // one call of the platform
	claimLease  = time.Minute      // longer than a call and the booking of its result
	claimLimit  = 5 * time.Second
	finishLimit = 20 * time.Second // booking a result is tried for so long
)

// Drain sends what waits in the outbox until ctx ends, then finishes the sends in flight and returns nil. Several instances may drain one outbox: a
// claim belongs to one of them, and order is kept within a lane.
func (b *Bot) Drain(ctx context.Context) error {
	slots := make(chan struct{}, b.workers)
	freed := make(chan struct{}, 1)
	var flying sync.WaitGroup
	defer flying.Wait()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	if b.mass != nil && b.rules.Mass {
		flying.Go(func() { b.massRounds(ctx) })
	}
	for ctx.Err() == nil {
		free := cap(slots) - len(slots)
		var claimed []Effect
		if free > 0 {
			claimed = b.claim(ctx, free)
		}
		for _, e := range claimed {
			slots <- struct{}{}
			flying.Go(func() {
				b.deliver(ctx, e)
				<-slots
				signal(freed)
			})
		}
		if len(claimed) > 0 && len(claimed) == free {
			continue // there may be more; with no slot free the next round waits below
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		case <-b.wake:
		case <-freed: // the next effect of that lane may be due
		}
	}
	return nil
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// claim takes effects that are due. A database that is away is asked again later. The end of ctx does not interrupt a claim, because one that was
// committed unseen would keep its effects until the lease ends.
func (b *Bot) claim(ctx context.Context, n int) []Effect {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimLimit)
	defer cancel()
	claimed, err := b.store.ClaimEffects(ctx, b.instance, n, claimLease)
	if err != nil {
		b.log.Warn("claiming effects failed", "error", err)
		return nil
	}
	return claimed
}

// deliver sends one claimed effect and books what became of it. It outlives the end of ctx: a send in flight is finished.
func (b *Bot) deliver(ctx context.Context, e Effect) {
	ctx = context.WithoutCancel(ctx)
	result := b.send(ctx, e)
	b.metrics.sent(e.Kind, result.Channel, result.Class)
	if result.Status == store.EffectDead {
		b.metrics.gaveUp(e.Kind)
		b.log.Error("effect given up", "effect", e.ID, "kind", e.Kind, "code", result.Code, "class", result.Class, "reason", result.Reason)
	}
	if result.Status == store.EffectCancel && e.Intent == store.IntentReminder {
		b.log.Info("reminder dropped", "effect", e.ID, "code", result.Code, "reason", result.Reason)
	}
	if result.Class == string(ClassConfig) {
		b.log.Error("platform refuses the account's settings", "effect", e.ID, "kind", e.Kind, "code", result.Code, "reason", result.Reason)
	}
	b.book(ctx, e, result)
}

// book writes the result. A result that cannot be written leaves the claim to run out: the effect is then sent once more.
func (b *Bot) book(ctx context.Context, e Effect, result store.EffectResult) {
	ctx, cancel := context.WithTimeout(ctx, finishLimit)
	defer cancel()
	for try := 0; ; try++ {
		err := b.store.FinishEffect(ctx, e, result)
		if err == nil || errors.Is(err, store.ErrMoved) {
			return
		}
		if pause(ctx, min(100*time.Millisecond<<try, 3*time.Second)) != nil {
			b.log.Error("result of a send not written", "effect", e.ID, "kind", e.Kind, "error", err)
			return
		}
	}
}

// send decides through which channel the effect goes out, takes the send off what the platform allows, calls the platform and judges its answer.
func (b *Bot) send(ctx context.Context, e Effect) store.EffectResult {
	now := b.now()
	if e.ValidUntil > 0 && now.UnixMilli() > e.ValidUntil {
		return store.EffectResult{Status: store.EffectCancel, Class: "expired", Reason: WhyTooLate}
	}
	if e.Attempts > maxAttempts(e.Kind) {
		return store.EffectResult{Status: store.EffectDead, Code: e.Code, Class: "attempts", Reason: WhyAttempts}
	}
	sender := b.senders[e.Kind]
	if sender == nil {
		return judge(e, &SendError{Class: ClassConfig, Reason: "no channel for this kind"}, now)
	}
	choice, spent, err := b.dispatch(ctx, e, now)
	if err != nil {
		return judge(e, err, now)
	}
	e.Channel = choice.Channel
	if e.Channel == "" || e.Channel == store.ChannelMass {
		return held(choice)
	}
	began := time.Now()
	receipt, err := b.call(ctx, sender, e)
	result := judge(e, err, now)
	result.Latency, result.Channel, result.Spent = time.Since(began), e.Channel, spent
	if err == nil {
		result.ResponseCode, result.MsgID, result.Reason = receipt.ResponseCode, receipt.MessageID, choice.Why
	}
	return result
}

// call sends, with a limit; a panic in a sender is an unknown outcome.
func (b *Bot) call(ctx context.Context, sender Sender, e Effect) (receipt Receipt, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = &SendError{Class: ClassUnknown, Reason: "sender panicked"}
		}
	}()
	return sender.Send(ctx, b.tracked(e))
}
