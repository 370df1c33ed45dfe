package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	official "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	"github.com/vrep/vrep/bot"
)

// subscribe sends a one-time notice that the doctor has agreed to.
func (s *Sender) subscribe(ctx context.Context, e bot.Effect) (bot.Receipt, error) {
	openID, n, err := s.read(e, s.push)
	if err != nil {
		return bot.Receipt{}, err
	}
	m := &message.SubscribeMessage{ToUser: openID, TemplateID: s.push.id, Page: n.url, Data: map[string]*message.SubscribeDataItem{}}
	for key, value := range s.push.fill(n) {
		m.Data[key] = &message.SubscribeDataItem{Value: value}
	}
	t, leave := s.exchange.enter(ctx, s.wechat)
	defer leave()
	err = message.NewSubscribe(&official.Context{AccessTokenHandle: t}).Send(m)
	return bot.Receipt{}, s.bare(s.wechat, err)
}

// template sends a service notice. The platform drops a repeated one by the id that comes from the effect's key.
func (s *Sender) template(ctx context.Context, e bot.Effect) (bot.Receipt, error) {
	openID, n, err := s.read(e, s.notice)
	if err != nil {
		return bot.Receipt{}, err
	}
	sum := sha256.Sum256([]byte(e.Key))
	m := &message.TemplateMessage{ToUser: openID, TemplateID: s.notice.id, URL: n.url, ClientMsgID: hex.EncodeToString(sum[:16]),
		Data: map[string]*message.TemplateDataItem{}}
	for key, value := range s.notice.fill(n) {
		m.Data[key] = &message.TemplateDataItem{Value: value}
	}
	t, leave := s.exchange.enter(ctx, s.wechat)
	defer leave()
	id, err := message.NewTemplate(&official.Context{AccessTokenHandle: t}).Send(m)
	if err != nil {
		return bot.Receipt{}, s.bare(s.wechat, err)
	}
	return bot.Receipt{MessageID: strconv.FormatInt(id, 10)}, nil
}

// read makes of an effect what a template shows. A picture says nothing in a template.
func (s *Sender) read(e bot.Effect, f filled) (openID string, n notice, err error) {
	if f.id == "" {
		return "", notice{}, s.wechat.fault(bot.ClassConfig, "template")
	}
	var p struct {
		OpenID      string `json:"openid"`
		Text        string `json:"text"`
		Plain       string `json:"plain"`
		Title       string `json:"title"`
		Description string `json:"description"`
		URL         string `json:"url"`
	}
	if json.Unmarshal(e.Body, &p) != nil {
		return "", notice{}, s.wechat.fault(bot.ClassContent, "payload")
	}
	n = s.house
	n.at = s.now().In(s.zone)
	switch e.Kind {
	case bot.KindNews:
		n.title, n.summary, n.url = p.Title, p.Description, p.URL
	case bot.KindText:
		n.title, n.summary, _ = strings.Cut(strings.TrimSpace(p.Text), "\n")
	case bot.KindMenu, bot.KindMiniPage:
		n.title, n.summary, _ = strings.Cut(strings.TrimSpace(p.Plain), "\n")
	}
	if n.title == "" {
		return "", notice{}, s.wechat.fault(bot.ClassContent, "payload")
	}
	return p.OpenID, n, nil
}
