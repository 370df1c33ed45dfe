package sim

import (
	"slices"
	"strings"
)

// customMessage is the body of message/custom/send.
type customMessage struct {
	ToUser        string         `json:"touser"`
	MsgType       string         `json:"msgtype"`
	Text          *textBody      `json:"text"`
	Image         *mediaBody     `json:"image"`
	Voice         *mediaBody     `json:"voice"`
	Video         *videoBody     `json:"video"`
	Music         *musicBody     `json:"music"`
	News          *newsBody      `json:"news"`
	MPNews        *mediaBody     `json:"mpnews"`
	MPNewsArticle *articleBody   `json:"mpnewsarticle"`
	MsgMenu       *customMenu    `json:"msgmenu"`
	MiniPage      *miniPage      `json:"miniprogrampage"`
	CustomService *customService `json:"customservice"`
}

type textBody struct {
	Content string `json:"content"`
}

type mediaBody struct {
	MediaID string `json:"media_id"`
}

type videoBody struct {
	MediaID     string `json:"media_id"`
	Thumb       string `json:"thumb_media_id"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

type musicBody struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"musicurl"`
	BestURL     string `json:"hqmusicurl"`
	Thumb       string `json:"thumb_media_id"`
}

type newsBody struct {
	Articles []customArticle `json:"articles"`
}

type customArticle struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	PicURL      string `json:"picurl"`
}

type articleBody struct {
	ID string `json:"article_id"`
}

type customMenu struct {
	Head string   `json:"head_content"`
	List []Choice `json:"list"`
	Tail string   `json:"tail_content"`
}

type miniPage struct {
	Title    string `json:"title"`
	AppID    string `json:"appid"`
	PagePath string `json:"pagepath"`
	Thumb    string `json:"thumb_media_id"`
}

type customService struct {
	Account string `json:"kf_account"`
}

// customContent turns a service message into lines of the chat; the caller holds the lock.
func (p *Platform) customContent(in customMessage) ([]Message, *apiError) {
	switch {
	case in.MsgType == "text" && in.Text != nil:
		return []Message{{Kind: "text", Text: in.Text.Content}}, checkText(in.Text.Content)
	case in.MsgType == "image" && in.Image != nil:
		return p.mediaContent(Message{Kind: "image"}, in.Image.MediaID, "")
	case in.MsgType == "voice" && in.Voice != nil:
		return p.mediaContent(Message{Kind: "voice"}, in.Voice.MediaID, "")
	case in.MsgType == "video" && in.Video != nil:
		v := in.Video
		return p.mediaContent(Message{Kind: "video", Title: v.Title, Description: v.Description}, v.MediaID, v.Thumb)
	case in.MsgType == "music" && in.Music != nil:
		return p.musicContent(*in.Music)
	case in.MsgType == "news" && in.News != nil:
		return newsContent(in.News.Articles)
	case in.MsgType == "mpnews" && in.MPNews != nil:
		return p.articleContent(in.MPNews.MediaID, 1)
	case in.MsgType == "mpnewsarticle" && in.MPNewsArticle != nil:
		return p.publishedContent(in.MPNewsArticle.ID)
	case in.MsgType == "msgmenu" && in.MsgMenu != nil:
		return p.menuContent(*in.MsgMenu)
	case in.MsgType == "miniprogrampage" && in.MiniPage != nil:
		return p.miniContent(*in.MiniPage)
	}
	return nil, errMessageType
}

// mediaContent resolves a media id of the message's own kind and an optional thumb.
func (p *Platform) mediaContent(m Message, id, thumb string) ([]Message, *apiError) {
	src, ok := p.media.address(id, m.Kind, p.now())
	if !ok {
		return nil, errMediaID
	}
	m.URL = src
	if thumb == "" {
		return []Message{m}, nil
	}
	if m.Picture, ok = p.media.address(thumb, "thumb", p.now()); !ok {
		return nil, errMediaID
	}
	return []Message{m}, nil
}

func (p *Platform) musicContent(in musicBody) ([]Message, *apiError) {
	src, ok := p.media.address(in.Thumb, "thumb", p.now())
	switch {
	case !ok:
		return nil, errMediaID
	case in.URL == "" && in.BestURL == "":
		return nil, &apiError{code: 40035, text: "invalid parameter, music without address"}
	}
	return []Message{{Kind: "music", Title: in.Title, Description: in.Description, URL: in.URL, Picture: src}}, nil
}

func newsContent(articles []customArticle) ([]Message, *apiError) {
	switch {
	case len(articles) == 0:
		return nil, &apiError{code: 44003, text: "empty news data"}
	case len(articles) > 1:
		return nil, &apiError{code: 45008, text: "article size out of limit"}
	}
	a := articles[0]
	if a.Title == "" || a.URL == "" {
		return nil, &apiError{code: 44003, text: "empty news data"}
	}
	return []Message{{Kind: "news", Title: a.Title, Description: a.Description, URL: a.URL, Picture: a.PicURL}}, nil
}

// menuContent is a menu message; only certified service accounts may send one.
func (p *Platform) menuContent(menu customMenu) ([]Message, *apiError) {
	a := &p.state.Account
	if a.Kind != KindService || !a.Certified {
		return nil, &apiError{code: 40200, text: "invalid account type"}
	}
	whole := menu.Head + menu.Tail
	for _, c := range menu.List {
		if c.ID == "" || c.Content == "" {
			return nil, &apiError{code: 44004, text: "empty content"}
		}
		whole += c.Content
	}
	if len(menu.List) == 0 {
		return nil, &apiError{code: 44004, text: "empty content"}
	}
	return []Message{{Kind: "text", Text: menu.Head, Choices: menu.List, Tail: menu.Tail}}, checkText(whole)
}

// miniContent is a card of a mini-program that is bound to the account.
func (p *Platform) miniContent(in miniPage) ([]Message, *apiError) {
	src, ok := p.media.address(in.Thumb, "image", p.now())
	if !ok {
		src, ok = p.media.address(in.Thumb, "thumb", p.now())
	}
	switch {
	case !slices.Contains(p.state.Account.MiniApps, in.AppID):
		return nil, &apiError{code: 40013, text: "invalid appid"}
	case !ok:
		return nil, errMediaID
	case in.Title == "" || in.PagePath == "":
		return nil, &apiError{code: 40035, text: "invalid parameter, title or pagepath is empty"}
	}
	return []Message{{Kind: "miniprogram", Title: in.Title, AppID: in.AppID, PagePath: in.PagePath, Picture: src}}, nil
}

func checkText(text string) *apiError {
	switch {
	case strings.TrimSpace(text) == "":
		return &apiError{code: 44004, text: "empty content"}
	case len(text) > MaxText:
		return &apiError{code: 45002, text: "content size out of limit"}
	}
	return nil
}
