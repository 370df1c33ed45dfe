package bot

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/vrep/vrep/store"
)

// Back-off of the outbox: the first wait, doubled with every attempt up to the last; a refusal by the account's settings waits longer, because a person
// has to mend it.
const (
	firstWait   = 2 * time.Second
	lastWait    = 10 * time.Minute
	configWait  = 10 * time.Minute
	unknownWait = 30 * time.Second
)

// maxAttempts is how often an effect is tried, crashes included, before it becomes a dead letter. With the back-off above that is about three hours
// for doctors; a card about a doctor who waits is tried for a day.
func maxAttempts(kind string) int {
	switch kind {
	case store.KindCard, store.KindCardUpdate, store.KindRepText, store.KindRobot:
		return 150
	}
	return 25
}

// judge turns the answer of the platform into what happens to the effect and to what was spent for it. nil means that the platform said yes. What may have
// been sent stays spent.
func judge(e Effect, err error, now time.Time) store.EffectResult {
	if err == nil {
		return store.EffectResult{Status: store.EffectDone, Class: "ok"}
	}
	refusal := &SendError{Class: ClassRetry, Reason: "failed"}
	if !errors.As(err, &refusal) {
		refusal = &SendError{Class: ClassRetry, Reason: "failed before the platform answered"}
	}
	r := store.EffectResult{Code: refusal.Code, Class: string(refusal.Class), Reason: refusal.Reason, Settle: settling(err)}
	wait := time.Duration(0)
	switch refusal.Class {
	case ClassWait: // what was thought to be left is not: the dispatcher looks again
		r.Status = store.EffectWaiting
		if e.Channel == store.ChannelChat || e.Channel == store.ChannelQuick || e.Channel == store.ChannelSubscribe {
			r.Status, r.NextAt = store.EffectReady, now.UnixMilli()
		}
		return r
	case ClassGone:
		r.Status = store.EffectCancel
		return r
	case ClassContent:
		r.Status = store.EffectDead
		return r
	case ClassConfig:
		wait = configWait
	case ClassUnknown:
		if givesUpUnknown(e) {
			r.Status = store.EffectDead
			return r
		}
		wait = unknownWait
	default:
		r.Class = string(ClassRetry)
		wait = backOff(e.Attempts)
	}
	if e.Attempts >= maxAttempts(e.Kind) {
		r.Status = store.EffectDead
		return r
	}
	r.Status = store.EffectReady
	r.NextAt = now.Add(max(wait, refusal.After)).UnixMilli()
	return r
}

// settling tells what becomes of a send that was spent for a call that failed. An error that is no answer of a sender says nothing about the platform.
func settling(err error) store.Settling {
	refusal := (*SendError)(nil)
	if !errors.As(err, &refusal) {
		return store.SettleKept
	}
	switch refusal.Class {
	case ClassUnknown:
		return store.SettleKept
	case ClassWait:
		return store.SettleClosed
	}
	return store.SettleRefund
}

// givesUpUnknown tells whether an effect whose answer was lost must not be sent again. What a doctor or a group reads may have arrived, so
// it is sent once more and no oftener. Cards and texts to reps carry the platform's own duplicate check, and changing a card twice changes it once.
func givesUpUnknown(e Effect) bool {
	switch e.Kind {
	case store.KindText, store.KindImage, store.KindNews, store.KindMenu, store.KindMiniPage, store.KindRobot:
		return e.Attempts >= 2
	}
	return false
}

// backOff is the wait after the n-th attempt, give or take a fifth so that instances do not march in step.
func backOff(n int) time.Duration {
	wait := lastWait
	if n < 10 {
		wait = min(firstWait<<max(n-1, 0), lastWait)
	}
	return wait*4/5 + rand.N(wait*2/5)
}
