package wechat

import (
	"encoding/xml"
	"fmt"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/message"
)

// maxText is the longest text of a message in bytes. Source: WeCom's page on application messages; for the official
// account the limit behind errcode 45002.
const maxText = 2048

// textReply renders a passive text reply; from is the account, to the doctor.
func textReply(from, to, text string, at time.Time) ([]byte, error) {
	m := message.NewText(cut(clean([]byte(text)), maxText))
	m.CommonToken = addressed(from, to, message.MsgTypeText, at)
	return marshal(m)
}

// updateButton is the passive reply that puts a line in place of a card's buttons.
// Source: WeCom's page on updating template cards.
type updateButton struct {
	message.CommonToken
	Button struct {
		ReplaceName message.CDATA
	}
}

// buttonReply renders an updateButton; from is the corp, to the rep.
func buttonReply(from, to, text string, at time.Time) ([]byte, error) {
	m := &updateButton{CommonToken: addressed(from, to, "update_button", at)}
	m.Button.ReplaceName = message.CDATA(clean([]byte(text)))
	return marshal(m)
}

func addressed(from, to string, kind message.MsgType, at time.Time) message.CommonToken {
	return message.CommonToken{
		ToUserName:   message.CDATA(to),
		FromUserName: message.CDATA(from),
		CreateTime:   at.Unix(),
		MsgType:      kind,
	}
}

func marshal(m any) ([]byte, error) {
	out, err := xml.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing reply: %w", err)
	}
	return out, nil
}
