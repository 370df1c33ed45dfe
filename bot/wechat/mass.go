package wechat

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/vrep/vrep/bot"
)

// Limits of a mass send to a list. Source: the platform's page on mass sends.
const (
	minMass    = 2
	maxMass    = 10_000
	maxMassKey = 64 // bytes
)

// massMessage is the body of message/mass/send. The SDK's has no clientmsgid, without which a repeated call would be a second message.
type massMessage struct {
	ToUser  []string `json:"touser"`
	MsgType string   `json:"msgtype"`
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
	ClientMsgID string `json:"clientmsgid"`
}

var _ bot.MassSender = (*Sender)(nil)

// SendMass implements bot.MassSender. Articles of a mass send must be materials of the account, so a content item goes out as a text with its link.
func (s *Sender) SendMass(ctx context.Context, o bot.MassOrder) (msgID string, err error) {
	m := massMessage{ToUser: o.OpenIDs, MsgType: "text", ClientMsgID: o.Key}
	m.Text.Content = newsText(o.News)
	switch {
	case len(m.Text.Content) > maxText:
		return "", s.wechat.fault(bot.ClassContent, "long")
	case len(o.OpenIDs) < minMass, len(o.OpenIDs) > maxMass, o.Key == "", len(o.Key) > maxMassKey, m.Text.Content == "":
		return "", s.wechat.fault(bot.ClassContent, "payload")
	}
	answer, err := s.wechat.post(bulk(ctx), "/cgi-bin/message/mass/send", m)
	if err != nil {
		return "", err
	}
	var done struct {
		New json.Number `json:"msg_id"`
		Old json.Number `json:"msgid"` // of the send that has the key already
	}
	if json.Unmarshal(answer, &done) != nil {
		return "", s.wechat.fault(bot.ClassUnknown, "garbled")
	}
	if done.New != "" {
		return done.New.String(), nil
	}
	return done.Old.String(), nil
}

// newsText is a content item as a text.
func newsText(n bot.News) string {
	var lines []string
	for _, line := range []string{n.Title, n.Description, n.URL} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
