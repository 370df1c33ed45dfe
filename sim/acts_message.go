package sim

import (
	"cmp"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"
)

const photo = "/sim/static/photo.svg" // what the phone shows of a doctor's picture

func (p *Platform) sayAct(in actBody) (act, error) {
	text := in.Text
	switch {
	case text == "" && len(in.Bytes) > 0:
		text = string(in.Bytes)
	case text == "" || !utf8.ValidString(text):
		return act{}, fmt.Errorf("%w: text is empty", ErrRefused)
	}
	a := act{msgType: "text", opens: opensChat, bubble: Message{From: "doctor", Kind: "text", Text: text},
		parts: []part{txt("Content", text)}}
	if in.MenuID == "" {
		return a, nil
	}
	a.opens = opensQuick
	if id, ok := p.AccountSettings().menuID(in.MenuID); ok {
		a.parts = append(a.parts, txt("bizmsgmenuid", id))
	}
	return a, nil
}

func (p *Platform) imageAct(in actBody) (act, error) {
	return act{msgType: "image", opens: opensChat, bubble: Message{From: "doctor", Kind: "image", URL: photo},
		parts: []part{txt("PicUrl", "http://"+in.host+photo), txt("MediaId", p.doctorMedia("image"))}}, nil
}

func (p *Platform) voiceAct(in actBody) (act, error) {
	return act{msgType: "voice", opens: opensChat, bubble: Message{From: "doctor", Kind: "voice", Text: in.Text},
		parts: []part{txt("MediaId", p.doctorMedia("voice")), txt("Format", "amr"), txt("Recognition", in.Text)}}, nil
}

func (p *Platform) videoAct(actBody) (act, error) { return p.film("video"), nil }

func (p *Platform) shortVideoAct(actBody) (act, error) { return p.film("shortvideo"), nil }

func (p *Platform) film(kind string) act {
	return act{msgType: kind, opens: opensChat, bubble: Message{From: "doctor", Kind: "video"},
		parts: []part{txt("MediaId", p.doctorMedia("video")), txt("ThumbMediaId", p.doctorMedia("image"))}}
}

func (p *Platform) locationAct(in actBody) (act, error) {
	if err := onEarth(in); err != nil {
		return act{}, err
	}
	return act{msgType: "location", opens: opensChat,
		bubble: Message{From: "doctor", Kind: "location", Text: cmp.Or(in.Label, p.words["location"])},
		parts:  []part{degrees("Location_X", in.Latitude), degrees("Location_Y", in.Longitude), num("Scale", 16), txt("Label", in.Label)}}, nil
}

func onEarth(in actBody) error {
	if in.Latitude < -90 || in.Latitude > 90 || in.Longitude < -180 || in.Longitude > 180 {
		return fmt.Errorf("%w: no such place on earth", ErrRefused)
	}
	return nil
}

func degrees(name string, d float64) part {
	return digits(name, strconv.FormatFloat(d, 'f', 6, 64))
}

func (p *Platform) linkAct(in actBody) (act, error) {
	if in.Title == "" || !isHTTP(in.URL) {
		return act{}, fmt.Errorf("%w: a link has a title and an http address", ErrRefused)
	}
	return act{msgType: "link", opens: opensChat,
		bubble: Message{From: "doctor", Kind: "link", Title: in.Title, Description: in.Description, URL: in.URL, Text: p.words["link"] + in.Title},
		parts:  []part{txt("Title", in.Title), txt("Description", in.Description), txt("Url", in.URL)}}, nil
}

func (p *Platform) miniAct(in actBody) (act, error) {
	if in.Title == "" || in.AppID == "" || in.PagePath == "" {
		return act{}, fmt.Errorf("%w: title, appid and pagepath are needed", ErrRefused)
	}
	return act{msgType: "miniprogrampage", opens: opensChat,
		bubble: Message{From: "doctor", Kind: "miniprogram", Title: in.Title, AppID: in.AppID, PagePath: in.PagePath, Text: p.words["miniprogram"] + in.Title},
		parts: []part{txt("Title", in.Title), txt("AppId", in.AppID), txt("PagePath", in.PagePath),
			txt("ThumbUrl", "http://"+in.host+photo), txt("ThumbMediaId", p.doctorMedia("image"))}}, nil
}

// botMessage finds a line of the account in a user's chat.
func (p *Platform) botMessage(id string, message int64) (Message, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if u := p.state.Users[id]; u != nil {
		if i := slices.IndexFunc(u.Messages, func(m Message) bool { return m.ID == message && m.From == "bot" }); i >= 0 {
			return u.Messages[i], nil
		}
	}
	return Message{}, fmt.Errorf("%w: no such message", ErrUnknown)
}

// chooseAct presses a line of a menu message: it comes back as a text.
func (p *Platform) chooseAct(in actBody) (act, error) {
	m, err := p.botMessage(in.id, in.Message)
	if err != nil {
		return act{}, err
	}
	i := slices.IndexFunc(m.Choices, func(c Choice) bool { return c.ID == in.Choice })
	if i < 0 {
		return act{}, fmt.Errorf("%w: no such choice", ErrUnknown)
	}
	return p.sayAct(actBody{Text: m.Choices[i].Content, MenuID: m.Choices[i].ID})
}

var menuLink = regexp.MustCompile(`(?i)<a\s[^>]*href\s*=\s*["'](weixin://bizmsgmenu\?[^"']*)["']`)

// tapAct taps a weixin://bizmsgmenu link in a text message. A link without an
// id comes back without one.
func (p *Platform) tapAct(in actBody) (act, error) {
	m, err := p.botMessage(in.id, in.Message)
	if err != nil {
		return act{}, err
	}
	for _, found := range menuLink.FindAllStringSubmatch(m.Text, -1) {
		_, query, _ := cutQuery(html.UnescapeString(found[1]))
		text, id := query.Get("msgmenucontent"), query.Get("msgmenuid")
		if text == "" || in.Choice != id && in.Choice != text {
			continue
		}
		a, err := p.sayAct(actBody{Text: text, MenuID: cmp.Or(id, "0")})
		if id == "" && err == nil {
			a.parts = a.parts[:1]
		}
		return a, err
	}
	return act{}, fmt.Errorf("%w: no such link", ErrUnknown)
}

func cutQuery(address string) (base string, q url.Values, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", url.Values{}, err
	}
	return u.Host, u.Query(), nil
}
