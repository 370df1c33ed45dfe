package sim

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxText is the longest text of a message in bytes (official pages for
// WeCom, error 45002 of the service-message API for the official account).
const maxText = 2048

// passive is the plain reply of an official account.
type passive struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
	Image        struct{ MediaId string }
	ArticleCount int
	Articles     struct {
		Items []passiveArticle `xml:"item"`
	}
}

type passiveArticle struct {
	Title, Description, PicUrl, Url string
}

// read turns a plain reply into chat messages, as the platform would accept
// them: swapped names, known type, legal length. event allows eight articles
// instead of one.
func (p *Platform) read(plain []byte, u *user, event bool) ([]Message, error) {
	var r passive
	if err := xml.Unmarshal(plain, &r); err != nil {
		return nil, fmt.Errorf("%w: plain reply is not well-formed XML", errReply)
	}
	switch {
	case r.ToUserName != u.OpenID:
		return nil, fmt.Errorf("%w: ToUserName is not the doctor", errReply)
	case r.FromUserName != p.opts.OriginalID:
		return nil, fmt.Errorf("%w: FromUserName is not the account", errReply)
	case r.CreateTime <= 0:
		return nil, fmt.Errorf("%w: CreateTime is missing", errReply)
	}
	switch r.MsgType {
	case "text":
		return readText(r.Content)
	case "news":
		return readNews(r, event)
	case "image":
		src, ok := p.media.address(r.Image.MediaId)
		if !ok {
			return nil, fmt.Errorf("%w: MediaId is unknown", errReply)
		}
		return []Message{{From: "bot", Kind: "image", URL: src, Via: "reply"}}, nil
	case "transfer_customer_service":
		return nil, nil
	}
	return nil, fmt.Errorf("%w: MsgType %.20q", errReply, r.MsgType)
}

func readText(text string) ([]Message, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, fmt.Errorf("%w: Content is empty", errReply)
	case len(text) > maxText:
		return nil, fmt.Errorf("%w: Content has %d bytes, %d allowed", errReply, len(text), maxText)
	case !utf8.ValidString(text):
		return nil, fmt.Errorf("%w: Content is not UTF-8", errReply)
	}
	return []Message{{From: "bot", Kind: "text", Text: text, Via: "reply"}}, nil
}

func readNews(r passive, event bool) ([]Message, error) {
	limit := 1
	if event {
		limit = 8
	}
	n := len(r.Articles.Items)
	if n == 0 || n != r.ArticleCount || n > limit {
		return nil, fmt.Errorf("%w: %d articles, ArticleCount %d, %d allowed", errReply, n, r.ArticleCount, limit)
	}
	var out []Message
	for _, a := range r.Articles.Items {
		if a.Title == "" || a.Url == "" {
			return nil, fmt.Errorf("%w: article without title or address", errReply)
		}
		out = append(out, Message{From: "bot", Kind: "news", Title: a.Title, Description: a.Description,
			URL: a.Url, Picture: a.PicUrl, Via: "reply"})
	}
	return out, nil
}
