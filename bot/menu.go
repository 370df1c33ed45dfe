package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/vrep/vrep/store"
)

// Times of keeping the account's menu.
const (
	menuEvery  = time.Minute
	menuRecall = 24 * time.Hour // everything is compared again, whatever else has changed it
	tagBatch   = 50             // doctors tagged in one call. Source: the platform's page on tags
	tagPage    = 10_000         // doctors of a page of the platform's list
)

// MenuPlatform is the account's menu and the tag that tells verified doctors. A refusal is a *SendError.
type MenuPlatform interface {
	// SyncMenu makes the platform's menus equal to the given ones and tells whether they differed.
	SyncMenu(ctx context.Context, m AccountMenu) (changed bool, err error)
	// Tagged reads who carries the tag, a page from after on.
	Tagged(ctx context.Context, after string) (FollowerPage, error)
	// Tag puts the tag on at most 50 doctors, or takes it off.
	Tag(ctx context.Context, openIDs []string, on bool) error
}

// KeepMenu keeps the account's menu as the flows in force have it, and the tag of verified doctors as their level is, until ctx ends: at the start, when
// the menu or a level changes, and once a day altogether. Several instances may do so. A round that fails is logged and tried again.
func (b *Bot) KeepMenu(ctx context.Context, p MenuPlatform, menu func() AccountMenu) error {
	k := menuKeeper{bot: b, platform: p}
	ticker := time.NewTicker(menuEvery)
	defer ticker.Stop()
	for {
		if err := k.round(ctx, menu()); err != nil && ctx.Err() == nil {
			b.log.Warn("keeping the account's menu failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// menuKeeper remembers what it has seen done.
type menuKeeper struct {
	bot      *Bot
	platform MenuPlatform
	menu     string // that the platform has, as JSON
	whole    int64  // last comparison of everything, unix ms
	since    int64  // decisions on levels are known up to then
	restedTo int64  // after a refusal by the account's settings nothing is tried before
}

func (k *menuKeeper) round(ctx context.Context, m AccountMenu) error {
	now := k.bot.now().UnixMilli()
	if len(m.Everyone) == 0 || now < k.restedTo {
		return nil
	}
	err := k.compare(ctx, m, now)
	if refusal := (*SendError)(nil); errors.As(err, &refusal) && (refusal.Class == ClassConfig || refusal.Class == ClassContent) {
		k.restedTo = now + takeoverRest.Milliseconds()
	}
	return err
}

func (k *menuKeeper) compare(ctx context.Context, m AccountMenu, now int64) error {
	whole := now-k.whole >= menuRecall.Milliseconds()
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if whole || string(text) != k.menu {
		changed, err := k.platform.SyncMenu(ctx, m)
		if err != nil {
			return err
		}
		k.menu = string(text)
		if changed {
			k.bot.log.Info("the account's menu was brought up to date")
		}
	}
	if len(m.Verified) == 0 {
		k.whole = now
		return nil
	}
	if whole {
		if err := k.retag(ctx); err != nil {
			return err
		}
		k.whole, k.since = now, now
		return nil
	}
	return k.tagDecided(ctx)
}

// tagDecided tags those about whom was decided since the last look.
func (k *menuKeeper) tagDecided(ctx context.Context) error {
	decided, err := k.bot.store.DecidedSince(ctx, k.since)
	if err != nil {
		return err
	}
	var on, off []string
	for _, d := range decided {
		if d.Level == store.LevelVerified {
			on = append(on, d.OpenID)
		} else {
			off = append(off, d.OpenID)
		}
	}
	if err := errors.Join(k.tag(ctx, on, true), k.tag(ctx, off, false)); err != nil {
		return err
	}
	for _, d := range decided {
		k.since = max(k.since, d.At)
	}
	return nil
}

// retag compares everyone who is verified with everyone who carries the tag.
func (k *menuKeeper) retag(ctx context.Context) error {
	verified, err := k.bot.store.VerifiedOpenIDs(ctx)
	if err != nil {
		return err
	}
	missing := make(map[string]bool, len(verified))
	for _, openID := range verified {
		missing[openID] = true
	}
	var off []string
	for after, n := "", tagPage; n == tagPage; {
		page, err := k.platform.Tagged(ctx, after)
		if err != nil {
			return err
		}
		for _, openID := range page.OpenIDs {
			if !missing[openID] {
				off = append(off, openID)
			}
			delete(missing, openID)
		}
		after, n = page.Next, len(page.OpenIDs)
	}
	on := make([]string, 0, len(missing))
	for _, openID := range verified {
		if missing[openID] {
			on = append(on, openID)
		}
	}
	return errors.Join(k.tag(ctx, on, true), k.tag(ctx, off, false))
}

func (k *menuKeeper) tag(ctx context.Context, openIDs []string, on bool) error {
	for part := range slices.Chunk(openIDs, tagBatch) {
		if err := k.platform.Tag(ctx, part, on); err != nil {
			return err
		}
	}
	return nil
}
