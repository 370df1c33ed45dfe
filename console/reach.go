package console

import (
	"slices"
	"time"

	"github.com/vrep/vrep/store"
)

// reach is what may still be sent to a doctor now, and what waits for it.
type reach struct {
	Chat, Quick           int // messages left of the allowances that are open
	ChatUntil, QuickUntil int64
	Open                  bool // one of them is open
	Permits               int  // one-time notices agreed to
	Mass                  int  // mass sends that the doctor got this month
	Waiting               []store.Effect
}

// platformZone is where the platform's months begin.
var platformZone = time.FixedZone("UTC+8", 8*60*60)

func (c *Console) reach(rec store.DoctorRecord) reach {
	now, l := c.now(), rec.Ledger
	r := reach{}
	if now.UnixMilli() < l.ChatUntil {
		r.Open, r.Chat, r.ChatUntil = true, l.ChatLeft, l.ChatUntil
	}
	if now.UnixMilli() < l.QuickUntil {
		r.Open, r.Quick, r.QuickUntil = true, l.QuickLeft, l.QuickUntil
	}
	for _, p := range rec.Permits {
		r.Permits += p.Remaining
	}
	if t := now.In(platformZone); l.MassMonth == t.Year()*100+int(t.Month()) {
		r.Mass = l.MassUsed
	}
	for _, e := range rec.Effects {
		if slices.Contains([]string{store.EffectReady, store.EffectClaimed, store.EffectWaiting}, e.Status) {
			r.Waiting = append(r.Waiting, e)
		}
	}
	slices.Reverse(r.Waiting) // the oldest goes first
	return r
}
