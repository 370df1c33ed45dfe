package wechat

import (
	"context"
	"errors"
	"slices"

	official "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	"github.com/vrep/vrep/bot"
)

func (s *Sender) text(ctx context.Context, p bot.Text) (bot.Receipt, error) {
	return s.custom(ctx, message.NewCustomerTextMessage(p.OpenID, linked(p.Text, p.Options)))
}

func (s *Sender) image(ctx context.Context, p bot.Image) (bot.Receipt, error) {
	return s.withMedia(ctx, p.MediaID, func(id string) (bot.Receipt, error) {
		return s.custom(ctx, message.NewCustomerImgMessage(p.OpenID, id))
	})
}

func (s *Sender) news(ctx context.Context, p bot.News) (bot.Receipt, error) {
	return s.custom(ctx, &message.CustomerMessage{
		ToUser: p.OpenID, Msgtype: message.MsgTypeNews,
		News: &message.MediaNews{Articles: []message.MediaArticles{{
			Title: p.Title, Description: p.Description, URL: p.URL, Picurl: p.Picture,
		}}},
	})
}

func (s *Sender) menu(ctx context.Context, p bot.Menu) (bot.Receipt, error) {
	m := &message.MediaMsgmenu{HeadContent: p.Head, TailContent: p.Tail}
	for _, o := range p.Options {
		m.List = append(m.List, message.MsgmenuItem{ID: o.ID, Content: o.Text})
	}
	receipt, err := s.custom(ctx, &message.CustomerMessage{ToUser: p.OpenID, Msgtype: "msgmenu", Msgmenu: m})
	return s.orPlain(ctx, receipt, err, bot.Text{OpenID: p.OpenID, Text: p.Plain})
}

// codeAppID is the platform's word for an app id that it does not know. Of a mini-program card it can only mean the card's: the account's own was good
// for the token.
const codeAppID = 40013

func (s *Sender) miniPage(ctx context.Context, p bot.MiniPage) (bot.Receipt, error) {
	receipt, err := s.withMedia(ctx, p.Thumb, func(id string) (bot.Receipt, error) {
		return s.custom(ctx, message.NewCustomerMiniprogrampageMessage(p.OpenID, p.Title, p.AppID, p.Path, id))
	})
	return s.orPlain(ctx, receipt, err, bot.Text{OpenID: p.OpenID, Text: p.Plain}, codeAppID)
}

// orPlain sends the plain text of a message that the account or the client may not have. Only codes that say so, or are listed here, lead to it: nothing
// was sent.
func (s *Sender) orPlain(ctx context.Context, receipt bot.Receipt, err error, plain bot.Text, codes ...int) (bot.Receipt, error) {
	var refusal *bot.SendError
	if !errors.As(err, &refusal) || plain.Text == "" || !s.wechat.rules[refusal.Code].Plain && !slices.Contains(codes, refusal.Code) {
		return receipt, err
	}
	return s.text(ctx, plain)
}

// custom sends a service message through the SDK.
func (s *Sender) custom(ctx context.Context, m *message.CustomerMessage) (bot.Receipt, error) {
	t, leave := s.exchange.enter(ctx, s.wechat)
	defer leave()
	err := message.NewMessageManager(&official.Context{AccessTokenHandle: t}).Send(m)
	return bot.Receipt{}, s.bare(s.wechat, err)
}
