package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vrep/vrep/store"
)

// spendTries bounds how often the dispatcher decides again because what it saw was gone.
const spendTries = 3

// errRestless: what may be sent to a doctor changed at every look.
var errRestless = errors.New("bot: ledger changes too fast")

// dispatch decides about an effect and spends what the channel costs. What it saw may be gone when it is spent; then it decides again.
func (b *Bot) dispatch(ctx context.Context, e Effect, now time.Time) (Choice, store.Spent, error) {
	for range spendTries {
		choice, purse, err := b.choose(ctx, e, now)
		if err != nil {
			return Choice{}, store.Spent{}, err
		}
		spent := store.Spent{Channel: choice.Channel, Seen: purse.Ledger}
		keep := 0
		switch choice.Channel {
		case store.ChannelQuick:
		case store.ChannelChat:
			keep = b.rules.keep(e.Intent)
		case store.ChannelSubscribe:
			spent.Template = b.rules.PushTemplate
		default:
			return choice, store.Spent{}, nil
		}
		ok, err := b.store.Spend(ctx, spent, keep)
		if err != nil {
			return Choice{}, store.Spent{}, fmt.Errorf("spending: %w", err)
		}
		if ok {
			return choice, spent, nil
		}
	}
	return Choice{}, store.Spent{}, errRestless
}

// choose decides about an effect by what is known of its doctor now.
func (b *Bot) choose(ctx context.Context, e Effect, now time.Time) (Choice, Purse, error) {
	purse, ask := Purse{}, Ask{Intent: e.Intent, Kind: e.Kind}
	doctor := e.Doctor()
	if doctor == "" {
		return Dispatch(now, ask, purse, b.rules), purse, nil
	}
	purse, err := b.purse(ctx, e, now)
	if err != nil {
		return Choice{}, purse, err
	}
	ask.Quiet, ask.Level = b.quiet(e.Intent, now), b.needs(e)
	return Dispatch(now, ask, purse, b.rules), purse, nil
}

func (b *Bot) purse(ctx context.Context, e Effect, now time.Time) (Purse, error) {
	doctor := e.Doctor()
	file, err := b.store.LoadDoctor(ctx, doctor)
	if err != nil {
		return Purse{}, fmt.Errorf("reading the doctor: %w", err)
	}
	p := Purse{Left: !file.Followed, OptedOut: file.OptedOut, Level: file.Level, OpenID: file.OpenID}
	if p.Purse, err = b.store.Purse(ctx, doctor); err != nil {
		return Purse{}, fmt.Errorf("reading what may be sent: %w", err)
	}
	if e.Intent != store.IntentPush {
		return p, nil
	}
	p.Pushes = slices.ContainsFunc(file.Consents, func(c store.Consent) bool { return c.Purpose == store.PurposePush && c.Granted })
	if file.FrozenUntil > 0 {
		p.Frozen = time.UnixMilli(file.FrozenUntil)
	}
	return p, nil
}

// needs is the verification level of the content that an effect carries, by the catalogue in force; 0 = none.
func (b *Bot) needs(e Effect) int {
	var body struct {
		Content string `json:"content"`
	}
	if e.Kind != store.KindNews && e.Kind != store.KindMiniPage || json.Unmarshal(e.Body, &body) != nil || body.Content == "" {
		return 0
	}
	return b.engine().Library().Audience(body.Content)
}

// held is the result of an effect that is not sent now. The platform was not called.
func held(c Choice) store.EffectResult {
	r := store.EffectResult{Status: store.EffectWaiting, Class: string(ClassWait), Reason: c.Why, Held: true}
	switch {
	case c.Never:
		r.Status, r.Class = store.EffectCancel, string(ClassGone)
	case !c.Until.IsZero():
		r.Status, r.Class, r.NextAt = store.EffectReady, "later", c.Until.UnixMilli()
	}
	return r
}
