package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Times of silent talks.
const (
	wakeEvery = time.Second
	wakePage  = 50              // talks woken in one round
	wakeLease = 2 * time.Minute // after which another instance wakes a talk that was claimed and not woken
	wakeLeast = time.Minute     // a talk is not looked at again sooner
)

// WakeTalks wakes silent talks whose time has come (reminders, expiry) until ctx ends. Several instances may do so on one database: a claim belongs to one
// of them. A round that fails is logged and tried again.
func (b *Bot) WakeTalks(ctx context.Context) error {
	ticker := time.NewTicker(wakeEvery)
	defer ticker.Stop()
	for {
		if _, err := b.WakeDue(ctx); err != nil && ctx.Err() == nil {
			b.log.Error("waking talks failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// WakeDue takes one turn for every talk whose time has come, and tells how many. A talk that fails does not stop the others.
func (b *Bot) WakeDue(ctx context.Context) (int, error) {
	due, err := b.store.ClaimWakes(ctx, wakePage, wakeLease)
	if err != nil {
		return 0, fmt.Errorf("claiming silent talks: %w", err)
	}
	n := 0
	var errs []error
	for _, w := range due {
		in := Inbound{Account: b.store.Account(), OpenID: w.OpenID, Key: wakeKey(w), Kind: store.KindTick}
		if _, err := b.receive(ctx, in); err != nil {
			errs = append(errs, fmt.Errorf("waking conversation %s: %w", w.Doctor, err))
			continue
		}
		n++
	}
	return n, errors.Join(errs...)
}

// wakeKey names one waking of one talk.
func wakeKey(w store.Wake) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", w.Doctor, w.DueAt))
	return "w|" + hex.EncodeToString(sum[:])[:62]
}

// wakeAt is when a talk wants to be looked at again after a turn at the time now, unix ms; 0 = not.
func wakeAt(engine *flows.Engine, st flows.State, now time.Time) int64 {
	due, ok := engine.Due(st, now)
	if !ok {
		return 0
	}
	return max(due.UnixMilli(), now.Add(wakeLeast).UnixMilli())
}

// urgent tells whether the talk is a safety report, or begins with something as urgent.
func urgent(engine *flows.Engine, st flows.State) bool {
	if engine.Reporting(st) {
		return true
	}
	if len(st.Frames) == 0 {
		return false
	}
	f := engine.Library().Flow(st.Frames[0].Flow)
	return f != nil && f.Urgent
}

// quiet is the end of the quiet hours when something of this intent has to wait for it, else zero. What the doctor waits for never has to.
func (b *Bot) quiet(intent string, now time.Time) time.Time {
	if !slices.Contains(store.Unhurried(), intent) {
		return time.Time{}
	}
	end, _ := b.engine().Library().Quiet(now.In(b.zone))
	return end
}
