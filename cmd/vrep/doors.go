package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/flows"
)

// platformPages is the platform as the console's pages need it: the calls of the sender with the errors of the console.
type platformPages struct{ *wechat.Sender }

// QR implements console.Codes.
func (p platformPages) QR(ctx context.Context, scene string, permanent bool, life time.Duration) (ticket, address string, err error) {
	ticket, address, err = p.Sender.QR(ctx, scene, permanent, life)
	return ticket, address, pageError(err)
}

// Picture implements console.Codes.
func (p platformPages) Picture(ctx context.Context, ticket string) ([]byte, error) {
	body, err := p.Sender.Picture(ctx, ticket)
	return body, pageError(err)
}

// Person implements console.SignIn.
func (p platformPages) Person(ctx context.Context, code string) (openID string, err error) {
	openID, err = p.Sender.Person(ctx, code)
	return openID, pageError(err)
}

// SignPage implements console.Script.
func (p platformPages) SignPage(ctx context.Context, address string) (console.PageSignature, error) {
	s, err := p.Sender.SignPage(ctx, address)
	return console.PageSignature{AppID: s.AppID, Nonce: s.Nonce, Signature: s.Signature, Timestamp: s.Timestamp}, pageError(err)
}

// pageError turns what the platform's package says into what pages act on.
func pageError(err error) error {
	refusal := (*bot.SendError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, wechat.ErrSignInAgain):
		return console.ErrSignInAgain
	case errors.Is(err, wechat.ErrSnapshot):
		return console.ErrSnapshot
	case errors.As(err, &refusal) && refusal.Class == bot.ClassConfig:
		return console.ErrAccount
	}
	return fmt.Errorf("calling the platform: %w", err)
}

// makeLinks makes the tracked addresses of content, nil without a public address.
func (a *app) makeLinks(key []byte) (err error) {
	if a.cfg.PublicURL == "" {
		return nil
	}
	a.links, err = console.NewLinks(a.cfg.PublicURL, key)
	return err
}

// exports makes the addresses of copies that doctors ask for; nil where doctors cannot sign in: a person sends the copy then.
func (a *app) exports() func(doctor string, seq int64) bot.ExportLink {
	if a.links == nil || !a.cfg.WeChat.Ready() {
		return nil
	}
	return func(doctor string, seq int64) bot.ExportLink {
		address, digest := a.links.Export(doctor, seq)
		return bot.ExportLink{Address: address, Digest: digest}
	}
}

// cards makes the addresses of cards by which doctors invite colleagues; nil without a public address, or without an account that draws their codes.
func (a *app) cards() func(doctor string, seq int64) bot.CardLink {
	if a.links == nil || !a.cfg.WeChat.Ready() {
		return nil
	}
	return func(doctor string, seq int64) bot.CardLink {
		address, digest, scene := a.links.Card(doctor, seq)
		return bot.CardLink{Address: address, Digest: digest, Scene: scene}
	}
}

// doctorPages is what the pages of doctors need; without an account nobody can be told apart.
func (a *app) doctorPages() console.DoctorOptions {
	o := console.DoctorOptions{
		Links: a.links, Consents: a.bot, Requests: func() []flows.Request { return a.flows.Engine().Requests(houseVars(a.cfg)) },
	}
	if a.cfg.WeChat.Ready() {
		o.SignIn, o.Script, o.Template = platformPages{a.sender}, platformPages{a.sender}, a.cfg.WeChat.PushTemplate
	}
	return o
}

// houseVars are the names that texts of flows print about the house; my_page is empty where doctors cannot sign in.
func houseVars(cfg *config.Config) map[string]string {
	vars := cfg.Account.Vars()
	if cfg.PublicURL != "" && cfg.WeChat.Ready() {
		vars["my_page"] = strings.TrimSuffix(cfg.PublicURL, "/") + "/d/me"
	}
	return vars
}

// codes draws QR codes, nil without an account.
func (a *app) codes() console.Codes {
	if !a.cfg.WeChat.Ready() {
		return nil
	}
	return platformPages{a.sender}
}
