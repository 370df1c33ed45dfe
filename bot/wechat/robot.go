package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/vrep/vrep/bot"
)

// robotLimit is what one robot may say in a minute. Source: WeCom's page on group robots.
var robotLimit = []limit{{time.Minute, 20}}

// robot is the webhook of a WeCom group. Its address is its key: whoever knows it can speak in the group.
type robot struct {
	gateway *gateway
	path    string
	query   url.Values
}

// robotMessage is the body of webhook/send.
type robotMessage struct {
	MsgType string     `json:"msgtype"`
	Text    *appText   `json:"text,omitempty"`
	Card    *robotCard `json:"template_card,omitempty"`
}

// robotCard is a text_notice card: robots have no buttons that call back, only links.
type robotCard struct {
	CardType   string      `json:"card_type"`
	Source     *cardSource `json:"source,omitempty"`
	MainTitle  cardTitle   `json:"main_title"`
	SubTitle   string      `json:"sub_title_text,omitempty"`
	CardAction cardAction  `json:"card_action"`
}

// readRobot opens the webhook's address; nil when there is none. Errors match ErrBase and do not show the address.
func (s *Sender) readRobot(o SenderOptions) (*robot, error) {
	if o.RobotURL == "" {
		return nil, nil
	}
	u, err := url.Parse(o.RobotURL)
	if err != nil {
		return nil, fmt.Errorf("reading the robot's address: %w", ErrBase)
	}
	r := &robot{path: u.Path, query: u.Query()}
	u.Path, u.RawPath, u.RawQuery = "", "", ""
	if r.gateway, err = s.gateway(o, u.Host, u.String(), s.codes.WeCom, "unset_robot"); err != nil {
		return nil, fmt.Errorf("reading the robot's address: %w", err)
	}
	return r, nil
}

// group sends a message to the robot's group: a card with a link, or a text when there is nothing to open.
func (s *Sender) group(ctx context.Context, p bot.Robot) (bot.Receipt, error) {
	if s.robot == nil {
		return bot.Receipt{}, s.wecom.fault(bot.ClassConfig, "unset_robot")
	}
	m := robotMessage{MsgType: "text", Text: &appText{p.Title + "\n" + p.Text}}
	if p.URL != "" {
		m = robotMessage{MsgType: "template_card", Card: &robotCard{
			CardType: "text_notice", MainTitle: cardTitle{p.Title}, SubTitle: p.Text, CardAction: cardAction{Type: 1, URL: p.URL},
		}}
	}
	if p.Title == "" || len(p.Title)+len(p.Text) >= maxText {
		return bot.Receipt{}, s.wecom.fault(bot.ClassContent, "long")
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return bot.Receipt{}, s.wecom.fault(bot.ClassContent, "payload")
	}
	if err := s.admitTo(ctx, "robot", robotLimit, "robot"); err != nil {
		return bot.Receipt{}, err
	}
	r := s.robot
	_, err := r.gateway.ask(ctx, request{
		method: http.MethodPost, path: r.path, query: r.query, kind: "application/json;charset=utf-8", body: body.Bytes(),
	}, "")
	return bot.Receipt{}, err
}
