package wechat

import (
	"context"
	"errors"
	"strconv"

	"github.com/silenceper/wechat/v2/officialaccount/basic"
	official "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"

	"github.com/vrep/vrep/bot"
)

// Finding is one result of Check, in Chinese for operators. It holds no secret.
type Finding struct {
	OK     bool
	What   string // what was tried
	Code   int    // errcode, 0 when none
	Reason string // why it failed
	Advice string // how to mend it
}

// Check tries what the account needs: a token of each platform, and one call with it. What is not configured is left
// out.
func (s *Sender) Check(ctx context.Context) []Finding {
	var out []Finding
	if s.wechat.tokens != nil {
		out = append(out, s.try("wechat_token", s.wechat, func() error {
			_, err := s.wechat.token(ctx, "")
			return err
		}))
	}
	if len(out) > 0 && out[0].OK {
		out = append(out, s.try("wechat_address", s.wechat, func() error { return s.callbackAddresses(ctx) }))
		out = append(out, s.checkTemplates(ctx)...)
	}
	if s.wecom.tokens == nil {
		return out
	}
	out = append(out, s.try("wecom_token", s.wecom, func() error {
		_, err := s.wecom.token(ctx, "")
		return err
	}))
	if out[len(out)-1].OK {
		out = append(out, s.try("wecom_agent", s.wecom, func() error { return s.readAgent(ctx) }))
	}
	return out
}

func (s *Sender) callbackAddresses(ctx context.Context) error {
	t, leave := s.exchange.enter(ctx, s.wechat)
	defer leave()
	_, err := basic.NewBasic(&official.Context{AccessTokenHandle: t}).GetCallbackIP()
	return s.bare(s.wechat, err)
}

func (s *Sender) readAgent(ctx context.Context) error {
	t, leave := s.exchange.enter(ctx, s.wecom)
	defer leave()
	_, err := util.HTTPGet("https://" + wecomHost + "/cgi-bin/agent/get?agentid=" + strconv.Itoa(s.agent) + "&access_token=" + string(t))
	return s.bare(s.wecom, err)
}

// checkTemplates compares the configured templates with those of the account: a field too few or too many is refused with 47003 later.
func (s *Sender) checkTemplates(ctx context.Context) []Finding {
	var out []Finding
	for _, c := range []struct {
		what string
		have filled
		list func(api *official.Context) (map[string]string, error)
	}{{"wechat_push", s.push, subscribeTemplates}, {"wechat_notice", s.notice, noticeTemplates}} {
		if c.have.id == "" {
			continue
		}
		var known map[string]string
		f := s.try(c.what, s.wechat, func() (err error) {
			t, leave := s.exchange.enter(ctx, s.wechat)
			defer leave()
			known, err = c.list(&official.Context{AccessTokenHandle: t})
			return s.bare(s.wechat, err)
		})
		content, found := known[c.have.id]
		switch wants := c.have.wants(content); {
		case !f.OK:
		case !found:
			f.OK, f.Reason, f.Advice = false, s.codes.Checks["no_template"], s.codes.Checks["template"]
		case wants != "":
			f.OK, f.Reason, f.Advice = false, s.codes.Checks["template_fields"]+wants, s.codes.Checks["template"]
		}
		out = append(out, f)
	}
	return out
}

// subscribeTemplates and noticeTemplates read the account's templates: id to content.
func subscribeTemplates(api *official.Context) (map[string]string, error) {
	known := map[string]string{}
	list, err := message.NewSubscribe(api).List()
	for _, t := range list {
		known[t.PriTmplID] = t.Content
	}
	return known, err
}

func noticeTemplates(api *official.Context) (map[string]string, error) {
	known := map[string]string{}
	list, err := message.NewTemplate(api).List()
	for _, t := range list {
		known[t.TemplateID] = t.Content
	}
	return known, err
}

func (s *Sender) try(what string, g *gateway, call func() error) Finding {
	f := Finding{OK: true, What: s.codes.Checks[what]}
	err := call()
	if err == nil {
		return f
	}
	refusal := g.fault(bot.ClassUnknown, "garbled")
	errors.As(err, &refusal)
	f.OK, f.Code, f.Reason = false, refusal.Code, refusal.Reason
	switch f.Advice = g.rules[refusal.Code].Advice; {
	case f.Advice != "" && needsAddress(refusal.Code):
		f.Advice += s.codes.Checks["ip"] + address.FindString(refusal.Reason)
	case f.Advice == "" && refusal.Code == 0:
		f.Advice = s.codes.Checks["network"]
	case f.Advice == "":
		f.Advice = s.codes.Checks["other"]
	}
	return f
}
