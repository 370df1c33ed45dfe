package sim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of a passive reply. The official pages name no length for texts;
// 2,048 bytes is what WeCom documents and what error 45002 of the
// service-message call enforces.
const (
	MaxText       = 2048 // bytes of a text, also of a service message and of WeCom's
	eventArticles = 8    // articles in answer to an event; else one
)

// passive is the plain reply of an official account, in XML or JSON.
type passive struct {
	XMLName      xml.Name `xml:"xml" json:"-"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
	Image        struct{ MediaId string }
	Voice        struct{ MediaId string }
	Video        struct{ MediaId, Title, Description string }
	Music        struct{ Title, Description, MusicUrl, HQMusicUrl, ThumbMediaId string }
	ArticleCount int
	Articles     passiveArticles
}

type passiveArticles struct {
	Items []passiveArticle `xml:"item" json:"item"`
}

type passiveArticle struct {
	Title, Description, PicUrl, Url string
}

// UnmarshalJSON takes a list of articles as well as one under "item".
func (a *passiveArticles) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '[' {
		return json.Unmarshal(raw, &a.Items)
	}
	var in struct {
		Items []passiveArticle `json:"item"`
	}
	err := json.Unmarshal(raw, &in)
	a.Items = in.Items
	return err
}

// read turns a plain reply into chat messages, as the platform would accept
// them: swapped names, known type, legal length. event allows eight articles
// instead of one. The caller holds the lock.
func (p *Platform) read(plain []byte, u *user, event bool) ([]Message, error) {
	r, err := readPassive(plain, p.state.Account.Format, u.OpenID, p.opts.OriginalID)
	if err != nil {
		return nil, err
	}
	list, err := r.messages(event, p.readMedia)
	for i := range list {
		list[i].From, list[i].Via = "bot", "reply"
	}
	return list, err
}

// readPassive reads the frame of a plain reply: who says to whom and when.
func readPassive(plain []byte, format, openID, original string) (passive, error) {
	var r passive
	var err error
	if plain[0] == '{' {
		if format != FormatJSON {
			return r, fmt.Errorf("%w: plain reply is JSON, the account's format is XML", errReply)
		}
		err = json.Unmarshal(plain, &r)
	} else {
		err = xml.Unmarshal(plain, &r)
	}
	switch {
	case err != nil:
		return r, fmt.Errorf("%w: plain reply is not well-formed", errReply)
	case r.ToUserName != openID:
		return r, fmt.Errorf("%w: ToUserName is not the doctor", errReply)
	case r.FromUserName != original:
		return r, fmt.Errorf("%w: FromUserName is not the account", errReply)
	case r.CreateTime <= 0:
		return r, fmt.Errorf("%w: CreateTime is missing", errReply)
	}
	return r, nil
}

// messages reads what is said; media finds the address of a media id.
func (r passive) messages(event bool, media func(m Message, id, kind string) ([]Message, error)) ([]Message, error) {
	switch r.MsgType {
	case "text":
		return readText(r.Content)
	case "news":
		return readNews(r, event)
	case "image":
		return media(Message{Kind: "image"}, r.Image.MediaId, "image")
	case "voice":
		return media(Message{Kind: "voice"}, r.Voice.MediaId, "voice")
	case "video":
		return media(Message{Kind: "video", Title: r.Video.Title, Description: r.Video.Description}, r.Video.MediaId, "video")
	case "music":
		m := r.Music
		if m.MusicUrl == "" && m.HQMusicUrl == "" {
			return nil, fmt.Errorf("%w: music without address", errReply)
		}
		return media(Message{Kind: "music", Title: m.Title, Description: m.Description, URL: m.MusicUrl}, m.ThumbMediaId, "thumb")
	case "transfer_customer_service":
		return nil, nil
	}
	return nil, fmt.Errorf("%w: MsgType %.20q", errReply, r.MsgType)
}

// readMedia resolves a media id; music shows its thumb as the picture.
func (p *Platform) readMedia(m Message, id, kind string) ([]Message, error) {
	src, ok := p.media.address(id, kind, p.now())
	if !ok {
		return nil, fmt.Errorf("%w: MediaId is unknown, expired or of another kind", errReply)
	}
	if m.Kind == "music" {
		m.Picture = src
	} else {
		m.URL = src
	}
	return []Message{m}, nil
}

func readText(text string) ([]Message, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, fmt.Errorf("%w: Content is empty", errReply)
	case len(text) > MaxText:
		return nil, fmt.Errorf("%w: Content has %d bytes, %d allowed", errReply, len(text), MaxText)
	case !utf8.ValidString(text):
		return nil, fmt.Errorf("%w: Content is not UTF-8", errReply)
	}
	return []Message{{Kind: "text", Text: text}}, nil
}

func readNews(r passive, event bool) ([]Message, error) {
	limit := 1
	if event {
		limit = eventArticles
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
		out = append(out, Message{Kind: "news", Title: a.Title, Description: a.Description, URL: a.Url, Picture: a.PicUrl})
	}
	return out, nil
}
