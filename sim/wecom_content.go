package sim

import (
	"encoding/json"
	"strings"
)

// Lengths of application messages in bytes; source: the page on application
// messages. What is longer is cut, not refused.
const (
	maxCardTitle = 128
	maxCardText  = 512
	corpArticles = 8
)

// corpMessage is the body of message/send.
type corpMessage struct {
	ToUser   string          `json:"touser"`
	ToParty  string          `json:"toparty"`
	ToTag    string          `json:"totag"`
	MsgType  string          `json:"msgtype"`
	AgentID  json.RawMessage `json:"agentid"`
	Text     *textBody       `json:"text"`
	Markdown *textBody       `json:"markdown"`
	TextCard *struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		URL         string `json:"url"`
		ButtonText  string `json:"btntxt"`
	} `json:"textcard"`
	News              *newsBody  `json:"news"`
	Image             *mediaBody `json:"image"`
	Voice             *mediaBody `json:"voice"`
	Video             *videoBody `json:"video"`
	File              *mediaBody `json:"file"`
	Card              *Card      `json:"template_card"`
	Safe              int        `json:"safe"`
	EnableIDTrans     int        `json:"enable_id_trans"`
	DuplicateCheck    int        `json:"enable_duplicate_check"`
	DuplicateInterval int        `json:"duplicate_check_interval"`
}

// corpContent turns an application message into one on a rep's phone; the caller holds the lock.
func (p *Platform) corpContent(in corpMessage) (RepMessage, *apiError) {
	switch {
	case in.MsgType == "text" && in.Text != nil:
		return corpText("text", in.Text.Content)
	case in.MsgType == "markdown" && in.Markdown != nil:
		return corpText("markdown", in.Markdown.Content)
	case in.MsgType == "textcard" && in.TextCard != nil:
		c := in.TextCard
		if c.Title == "" || c.Description == "" || !isHTTP(c.URL) {
			return RepMessage{}, badParameter("textcard")
		}
		return RepMessage{Kind: "textcard", Title: truncate(c.Title, maxCardTitle), Description: truncate(c.Description, maxCardText),
			URL: c.URL, ButtonText: c.ButtonText}, nil
	case in.MsgType == "news" && in.News != nil:
		return corpNews(in.News.Articles)
	case in.MsgType == "image" && in.Image != nil:
		return p.corpMedia("image", in.Image.MediaID)
	case in.MsgType == "voice" && in.Voice != nil:
		return p.corpMedia("voice", in.Voice.MediaID)
	case in.MsgType == "video" && in.Video != nil:
		return p.corpMedia("video", in.Video.MediaID)
	case in.MsgType == "file" && in.File != nil:
		return p.corpMedia("file", in.File.MediaID)
	case in.MsgType == "template_card" && in.Card != nil:
		if problem := in.Card.problem(true); problem != "" {
			return RepMessage{}, badParameter(problem)
		}
		return RepMessage{Kind: "card", Card: in.Card, Task: in.Card.TaskID}, nil
	}
	return RepMessage{}, errMessageType
}

func corpText(kind, content string) (RepMessage, *apiError) {
	if content == "" {
		return RepMessage{}, &apiError{code: 44004, text: "text content is empty"}
	}
	return RepMessage{Kind: kind, Text: truncate(content, MaxText)}, nil
}

func corpNews(list []customArticle) (RepMessage, *apiError) {
	if len(list) == 0 || len(list) > corpArticles {
		return RepMessage{}, badParameter("news.articles")
	}
	m := RepMessage{Kind: "news"}
	for _, a := range list {
		if a.Title == "" || !isHTTP(a.URL) {
			return RepMessage{}, badParameter("news.articles entry")
		}
		m.Text = joinLines(m.Text, a.Title)
	}
	m.Title, m.Description, m.URL = truncate(list[0].Title, maxCardTitle), truncate(list[0].Description, maxCardText), list[0].URL
	return m, nil
}

func (p *Platform) corpMedia(kind, id string) (RepMessage, *apiError) {
	src, ok := p.media.address(id, kind, p.now())
	if !ok {
		return RepMessage{}, errMediaID
	}
	return RepMessage{Kind: kind, URL: src}, nil
}

// truncate cuts text to n bytes without breaking a character.
func truncate(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}
