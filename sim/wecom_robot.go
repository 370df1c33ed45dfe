package sim

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"
)

// Rules of group robots; source: the page on group robots.
const (
	robotPerMinute  = 20
	maxRobotText    = 2048 // bytes
	maxRobotMark    = 4096 // bytes
	maxRobotPicture = 2 << 20
)

// robotMessage is the body of webhook/send.
type robotMessage struct {
	MsgType string `json:"msgtype"`
	Text    *struct {
		Content  string   `json:"content"`
		Mentions []string `json:"mentioned_list"`
		Mobiles  []string `json:"mentioned_mobile_list"`
	} `json:"text"`
	Markdown *textBody `json:"markdown"`
	Image    *struct {
		Base64 string `json:"base64"`
		MD5    string `json:"md5"`
	} `json:"image"`
	News *newsBody `json:"news"`
	Card *Card     `json:"template_card"`
}

// robotSend is POST webhook/send?key=…: no token, the key is all.
func (p *Platform) robotSend(r *http.Request) (map[string]any, *apiError) {
	key := r.URL.Query().Get("key")
	if key != p.opts.RobotKey {
		return nil, &apiError{code: 93000, text: "invalid webhook url"}
	}
	var in robotMessage
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	m, fault := p.robotContent(in)
	if fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	sent := since(p.state.CorpUsage.Robot[key], now.UnixMilli()-time.Minute.Milliseconds())
	if len(sent) >= robotPerMinute {
		return nil, &apiError{code: 45009, text: "api freq out of limit"}
	}
	p.state.CorpUsage.Robot[key] = append(sent, now.UnixMilli())
	p.state.Robots[key] = p.stamped(p.state.Robots[key], m)
	p.count.add(&p.count.RobotMessages)
	p.changed("robots")
	return nil, nil
}

func (p *Platform) robotContent(in robotMessage) (RepMessage, *apiError) {
	switch {
	case in.MsgType == "text" && in.Text != nil:
		m, fault := robotText("text", in.Text.Content, maxRobotText)
		m.Mentions = append(in.Text.Mentions, in.Text.Mobiles...)
		return m, fault
	case in.MsgType == "markdown" && in.Markdown != nil:
		return robotText("markdown", in.Markdown.Content, maxRobotMark)
	case in.MsgType == "image" && in.Image != nil:
		return p.robotPicture(in.Image.Base64, in.Image.MD5)
	case in.MsgType == "news" && in.News != nil:
		return corpNews(in.News.Articles)
	case in.MsgType == "template_card" && in.Card != nil:
		if in.Card.CardType != "text_notice" && in.Card.CardType != "news_notice" {
			return RepMessage{}, badParameter("template_card.card_type")
		}
		if problem := in.Card.problem(true); problem != "" {
			return RepMessage{}, badParameter(problem)
		}
		return RepMessage{Kind: "card", Card: in.Card}, nil
	}
	return RepMessage{}, errMessageType
}

func robotText(kind, content string, most int) (RepMessage, *apiError) {
	switch {
	case content == "":
		return RepMessage{}, &apiError{code: 44004, text: "content is empty"}
	case len(content) > most:
		return RepMessage{}, badParameter(fmt.Sprintf("%s.content exceed max length %d", kind, most))
	}
	return RepMessage{Kind: kind, Text: content}, nil
}

func (p *Platform) robotPicture(text, sum string) (RepMessage, *apiError) {
	raw, err := base64.StdEncoding.DecodeString(text)
	digest := md5.Sum(raw)
	mime := mimeOf(raw)
	switch {
	case err != nil || hex.EncodeToString(digest[:]) != sum:
		return RepMessage{}, badParameter("image.md5 does not fit")
	case len(raw) > maxRobotPicture:
		return RepMessage{}, &apiError{code: 45001, text: "media size out of limit"}
	case mime != "image/png" && mime != "image/jpeg":
		return RepMessage{}, &apiError{code: 40009, text: "invalid image"}
	}
	id := p.media.put(&mediaItem{kind: "image", mime: mime, bytes: raw})
	return RepMessage{Kind: "image", URL: "/sim/media/" + id}, nil
}

func (p *Platform) getRobotMessages(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	if key != p.opts.RobotKey {
		sendError(w, fmt.Errorf("%w: no such robot", ErrUnknown))
		return
	}
	p.mu.Lock()
	list := []RepMessage{}
	for _, m := range p.state.Robots[key] {
		list = append(list, *m)
	}
	p.mu.Unlock()
	answer(w, map[string]any{"messages": list})
}
