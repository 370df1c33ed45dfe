package wechat

import (
	"context"
	"errors"

	official "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/user"

	"github.com/vrep/vrep/bot"
)

// VerifiedTag is the account's tag of verified doctors, by which they see a menu of their own.
const VerifiedTag = "vrep-verified"

// maxTagged is how many followers are tagged in one call. Source: the platform's page on tags.
const maxTagged = 50

var _ bot.FollowerList = (*Sender)(nil)

// Followers implements bot.FollowerList.
func (s *Sender) Followers(ctx context.Context, after string) (bot.FollowerPage, error) {
	u, leave := s.users(ctx)
	defer leave()
	page, err := u.ListUserOpenIDs(after)
	if err != nil {
		return bot.FollowerPage{}, again(s.bare(s.wechat, err))
	}
	return bot.FollowerPage{OpenIDs: page.Data.OpenIDs, Next: page.NextOpenID, Total: int64(page.Total)}, nil
}

// users is the SDK's part for followers; leave must follow.
func (s *Sender) users(ctx context.Context) (u *user.User, leave func()) {
	t, leave := s.exchange.enter(ctx, s.wechat)
	return user.NewUser(&official.Context{AccessTokenHandle: t}), leave
}

// Tagged reads who carries the tag of verified doctors. Nobody does while the account has no such tag.
func (s *Sender) Tagged(ctx context.Context, after string) (bot.FollowerPage, error) {
	id, err := s.verifiedTag(ctx, false)
	if id == 0 || err != nil {
		return bot.FollowerPage{}, err
	}
	u, leave := s.users(ctx)
	defer leave()
	page, err := u.OpenIDListByTag(id, after)
	if err != nil {
		return bot.FollowerPage{}, again(s.tagFailed(s.bare(s.wechat, err)))
	}
	return bot.FollowerPage{OpenIDs: page.Data.OpenIDs, Next: page.NextOpenID, Total: int64(page.Count)}, nil
}

// Tag puts the tag of verified doctors on at most 50 followers, or takes it off. Doing it again does no harm.
func (s *Sender) Tag(ctx context.Context, openIDs []string, on bool) error {
	if len(openIDs) > maxTagged {
		return s.wechat.fault(bot.ClassContent, "payload")
	}
	if len(openIDs) == 0 {
		return nil
	}
	id, err := s.verifiedTag(ctx, on)
	if id == 0 || err != nil {
		return err
	}
	u, leave := s.users(ctx)
	defer leave()
	change := u.BatchUntag
	if on {
		change = u.BatchTag
	}
	return again(s.tagFailed(s.bare(s.wechat, change(openIDs, id))))
}

// codeTag is the platform's word for a tag that is not there any more.
const codeTag = 45159

// tagFailed forgets the tag's id when the platform does not know it, so that the next call looks for the tag again.
func (s *Sender) tagFailed(err error) error {
	if refusal := (*bot.SendError)(nil); errors.As(err, &refusal) && refusal.Code == codeTag {
		s.tag.Store(0)
	}
	return err
}

// verifiedTag finds the id of the tag, and makes the tag when asked to; 0 when there is none.
func (s *Sender) verifiedTag(ctx context.Context, create bool) (int32, error) {
	if id := s.tag.Load(); id != 0 {
		return id, nil
	}
	u, leave := s.users(ctx)
	defer leave()
	tags, err := u.GetTag()
	if err != nil {
		return 0, again(s.bare(s.wechat, err))
	}
	for _, t := range tags {
		if t.Name == VerifiedTag {
			s.tag.Store(t.ID)
			return t.ID, nil
		}
	}
	if !create {
		return 0, nil
	}
	made, err := u.CreateTag(VerifiedTag)
	if err != nil {
		return 0, again(s.bare(s.wechat, err))
	}
	if made == nil || made.ID == 0 {
		return 0, s.wechat.fault(bot.ClassRetry, "garbled")
	}
	s.tag.Store(made.ID)
	return made.ID, nil
}
