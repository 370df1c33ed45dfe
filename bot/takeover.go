package bot

import (
	"context"
	"errors"
	"time"

	"github.com/vrep/vrep/store"
)

// Pauses of the takeover after a page that failed, so that it never gets in the way.
const (
	takeoverPause = time.Minute
	takeoverRest  = time.Hour // after a refusal by the account's settings
)

// FollowerPage is one page of the platform's list of followers.
type FollowerPage struct {
	OpenIDs []string
	Next    string // where the list goes on; "" = nowhere
	Total   int64  // followers of the account
}

// FollowerList reads the list of followers, at most 10,000 from after on; "" is its beginning. A refusal is a *SendError.
type FollowerList interface {
	Followers(ctx context.Context, after string) (FollowerPage, error)
}

// TakeOver takes the followers over that the account had before it was connected: each becomes a doctor of whom nothing is known. Nobody is written to and
// no talk begins. It goes on where it was interrupted, is done once in the life of the account, and returns when it is done or ctx ends. Several instances
// may run it.
func (b *Bot) TakeOver(ctx context.Context, list FollowerList) {
	r := followerReader{bot: b, list: list}
	for {
		done, err := r.page(ctx)
		if done || ctx.Err() != nil {
			return
		}
		if err == nil {
			continue
		}
		wait := takeoverPause
		if refusal := (*SendError)(nil); errors.As(err, &refusal) {
			wait = max(wait, refusal.After)
			if refusal.Class == ClassConfig || refusal.Class == ClassContent {
				wait = max(wait, takeoverRest)
			}
		}
		b.log.Warn("taking over followers paused", "error", err, "for", wait.String())
		if pause(ctx, wait) != nil {
			return
		}
	}
}

// followerReader goes through the list. The place where it goes on is remembered here; the database keeps only whose it is, because an openid has no place
// outside the doctors. A reader that begins in the middle asks for the openid, and begins anew when its owner was erased.
type followerReader struct {
	bot   *Bot
	list  FollowerList
	after string
}

// page takes over one page; done means that there is no other.
func (r *followerReader) page(ctx context.Context) (done bool, err error) {
	b := r.bot
	at, err := b.store.Takeover(ctx)
	if err != nil {
		return false, err
	}
	if at.FinishedAt > 0 {
		return true, nil
	}
	if r.after == "" || store.DoctorID(b.store.Account(), r.after) != at.NextDoctor {
		if r.after, err = b.store.NextFollower(ctx, at); err != nil {
			return false, err
		}
	}
	page, err := r.list.Followers(ctx, r.after)
	if refusal := (*SendError)(nil); r.after != "" && errors.As(err, &refusal) && refusal.Class == ClassGone {
		r.after = "" // the doctor after whom it went on has left meanwhile
		page, err = r.list.Followers(ctx, r.after)
	}
	if err != nil {
		return false, err
	}
	if r.after == "" {
		at.Done = 0
	}
	next := page.Next
	if len(page.OpenIDs) == 0 || next == r.after {
		next = ""
	}
	if err := b.store.TakeFollowers(ctx, at, page.OpenIDs, next, page.Total); err != nil {
		return false, err
	}
	r.after = next
	if next == "" {
		b.log.Info("followers taken over", "followers", at.Done+int64(len(page.OpenIDs)))
	} else {
		b.log.Info("taking over followers", "done", at.Done+int64(len(page.OpenIDs)), "total", page.Total)
	}
	return next == "", nil
}
