package sim

import (
	"net/http"
	"strings"
	"time"
)

// Typing rules; source: the platform's page on the typing status (45080).
const (
	typingNeeds = 30 * time.Second // a message of the doctor within that time
	typingShown = 15 * time.Second
)

// customMessage is the body of message/custom/send.
type customMessage struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	Text    *struct {
		Content string `json:"content"`
	} `json:"text"`
	Image *struct {
		MediaID string `json:"media_id"`
	} `json:"image"`
	News *struct {
		Articles []customArticle `json:"articles"`
	} `json:"news"`
	MsgMenu       *customMenu `json:"msgmenu"`
	CustomService *struct {
		Account string `json:"kf_account"`
	} `json:"customservice"`
}

type customArticle struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	PicURL      string `json:"picurl"`
}

type customMenu struct {
	Head string   `json:"head_content"`
	List []Choice `json:"list"`
	Tail string   `json:"tail_content"`
}

// customSend is POST message/custom/send: content first, then the receiver,
// then the allowance, which is spent only by a message that arrives.
func (p *Platform) customSend(r *http.Request) (map[string]any, *apiError) {
	var in customMessage
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	m, fault := p.customContent(in)
	if fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.byOpen[in.ToUser]
	switch {
	case u == nil:
		return nil, &apiError{40003, "invalid openid"}
	case !u.Following:
		return nil, errOutOfWindow
	}
	if fault := p.spend(u); fault != nil {
		return nil, fault
	}
	m.From, m.Via = "bot", "service"
	u.TypingTo = 0
	p.post(u, m)
	p.count.add(&p.count.Services)
	return nil, nil
}

func (p *Platform) customContent(in customMessage) (Message, *apiError) {
	switch {
	case in.MsgType == "text" && in.Text != nil:
		return Message{Kind: "text", Text: in.Text.Content}, checkText(in.Text.Content)
	case in.MsgType == "image" && in.Image != nil:
		src, ok := p.media.address(in.Image.MediaID)
		if !ok {
			return Message{}, &apiError{40007, "invalid media_id"}
		}
		return Message{Kind: "image", URL: src}, nil
	case in.MsgType == "news" && in.News != nil:
		return newsContent(in.News.Articles)
	case in.MsgType == "msgmenu" && in.MsgMenu != nil:
		return menuContent(*in.MsgMenu)
	}
	return Message{}, &apiError{40008, "invalid message type"}
}

func newsContent(articles []customArticle) (Message, *apiError) {
	switch {
	case len(articles) == 0:
		return Message{}, &apiError{44003, "empty news data"}
	case len(articles) > 1:
		return Message{}, &apiError{45008, "article size out of limit"}
	}
	a := articles[0]
	if a.Title == "" || a.URL == "" {
		return Message{}, &apiError{44003, "empty news data"}
	}
	return Message{Kind: "news", Title: a.Title, Description: a.Description, URL: a.URL, Picture: a.PicURL}, nil
}

func menuContent(menu customMenu) (Message, *apiError) {
	whole := menu.Head + menu.Tail
	for _, c := range menu.List {
		if c.ID == "" || c.Content == "" {
			return Message{}, &apiError{44004, "empty content"}
		}
		whole += c.Content
	}
	if len(menu.List) == 0 {
		return Message{}, &apiError{44004, "empty content"}
	}
	return Message{Kind: "text", Text: menu.Head, Choices: menu.List, Tail: menu.Tail}, checkText(whole)
}

func checkText(text string) *apiError {
	switch {
	case strings.TrimSpace(text) == "":
		return &apiError{44004, "empty content"}
	case len(text) > maxText:
		return &apiError{45002, "content size out of limit"}
	}
	return nil
}

// customTyping is POST message/custom/typing.
func (p *Platform) customTyping(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u, now := p.byOpen[in.ToUser], p.now()
	switch {
	case u == nil:
		return nil, &apiError{40003, "invalid openid"}
	case in.Command != "Typing" && in.Command != "CancelTyping":
		return nil, &apiError{45072, "command must be Typing or CancelTyping"}
	case !u.Following || now.UnixMilli() > u.SpokeAt+typingNeeds.Milliseconds():
		return nil, &apiError{45080, "no message from the user in the last 30 seconds"}
	}
	u.TypingTo = 0
	if in.Command == "Typing" {
		u.TypingTo = now.Add(typingShown).UnixMilli()
	}
	p.changed("user:" + u.ID)
	return nil, nil
}
