package sim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// actBody is the union of what acting calls take.
type actBody struct {
	Text       string  `json:"text"`
	MenuID     string  `json:"menu_id"`
	Key        string  `json:"key"`
	Scene      string  `json:"scene"`
	Latitude   float64 `json:"latitude"`
	Longitude  float64 `json:"longitude"`
	Label      string  `json:"label"`
	Deliveries int     `json:"deliveries"`
}

func (p *Platform) userRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_sim/users", p.getUsers)
	mux.HandleFunc("POST /_sim/users", p.postUser)
	mux.HandleFunc("GET /_sim/users/{id}", p.getUser)
	mux.HandleFunc("GET /_sim/users/{id}/transcript", p.getTranscript)
	mux.HandleFunc("POST /_sim/users/{id}/resend", p.resend)
	for name, make := range map[string]func(*http.Request, actBody) (act, error){
		"follow": p.followAct, "unfollow": p.unfollowAct, "say": p.sayAct, "press": p.pressAct,
		"scan": p.scanAct, "voice": p.voiceAct, "image": p.imageAct, "location": p.locationAct,
	} {
		mux.HandleFunc("POST /_sim/users/{id}/"+name, p.acting(make))
	}
}

// acting wraps the making of an act into a control call. A zero act is one
// that changes nothing, such as following twice.
func (p *Platform) acting(make func(*http.Request, actBody) (act, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in actBody
		if err := readBody(w, r, &in); err != nil {
			sendError(w, err)
			return
		}
		if in.Deliveries < 0 || in.Deliveries > 8 {
			sendError(w, fmt.Errorf("%w: deliveries must be 1 to 8", ErrRefused))
			return
		}
		a, err := make(r, in)
		if err != nil {
			sendError(w, err)
			return
		}
		if a.msgType == "" {
			answer(w, actResult{Replies: []string{}})
			return
		}
		res, err := p.do(r.Context(), r.PathValue("id"), a, in.Deliveries)
		reply(w, res, err)
	}
}

func (p *Platform) following(r *http.Request) (follows, left bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.state.Users[r.PathValue("id")]
	return u != nil && u.Following, u != nil && u.Left
}

func (p *Platform) followAct(r *http.Request, in actBody) (act, error) {
	if len(in.Scene) > 64 {
		return act{}, fmt.Errorf("%w: a scene has at most 64 characters", ErrRefused)
	}
	if follows, _ := p.following(r); follows {
		if in.Scene == "" {
			return act{}, nil
		}
		return p.scanAct(r, in)
	}
	return act{msgType: "event", event: "subscribe", follow: true, scene: in.Scene,
		bubble: p.event("followed", p.opts.BotName),
		fields: func(b *bytes.Buffer) {
			if in.Scene == "" {
				element(b, "EventKey", "")
				return
			}
			element(b, "EventKey", "qrscene_"+in.Scene)
			element(b, "Ticket", digest("ticket", in.Scene))
		}}, nil
}

func (p *Platform) unfollowAct(r *http.Request, _ actBody) (act, error) {
	if _, left := p.following(r); left {
		return act{}, nil
	}
	return act{msgType: "event", event: "unsubscribe", bubble: p.event("unfollowed", p.opts.BotName),
		fields: func(b *bytes.Buffer) { element(b, "EventKey", "") }}, nil
}

func (p *Platform) scanAct(_ *http.Request, in actBody) (act, error) {
	if in.Scene == "" || len(in.Scene) > 64 {
		return act{}, fmt.Errorf("%w: a scene has 1 to 64 characters", ErrRefused)
	}
	return act{msgType: "event", event: "SCAN", bubble: Message{From: "doctor", Kind: "event", Text: p.words["scanned"]},
		fields: func(b *bytes.Buffer) {
			element(b, "EventKey", in.Scene)
			element(b, "Ticket", digest("ticket", in.Scene))
		}}, nil
}

func (p *Platform) sayAct(_ *http.Request, in actBody) (act, error) {
	if in.Text == "" || !utf8.ValidString(in.Text) {
		return act{}, fmt.Errorf("%w: text is empty", ErrRefused)
	}
	return act{msgType: "text", click: in.MenuID != "", bubble: Message{From: "doctor", Kind: "text", Text: in.Text},
		fields: func(b *bytes.Buffer) {
			element(b, "Content", in.Text)
			if in.MenuID != "" {
				element(b, "bizmsgmenuid", in.MenuID)
			}
		}}, nil
}

func (p *Platform) pressAct(_ *http.Request, in actBody) (act, error) {
	if in.Key == "" {
		return act{}, fmt.Errorf("%w: key is empty", ErrRefused)
	}
	return act{msgType: "event", event: "CLICK", bubble: p.event("clicked", p.menuName(in.Key)),
		fields: func(b *bytes.Buffer) { element(b, "EventKey", in.Key) }}, nil
}

func (p *Platform) voiceAct(_ *http.Request, in actBody) (act, error) {
	return act{msgType: "voice", bubble: Message{From: "doctor", Kind: "voice", Text: in.Text},
		fields: func(b *bytes.Buffer) {
			element(b, "MediaId", token(64))
			element(b, "Format", "amr")
			element(b, "Recognition", in.Text)
		}}, nil
}

func (p *Platform) imageAct(r *http.Request, _ actBody) (act, error) {
	return act{msgType: "image", bubble: Message{From: "doctor", Kind: "image", URL: "/sim/static/photo.svg"},
		fields: func(b *bytes.Buffer) {
			element(b, "PicUrl", "http://"+r.Host+"/sim/static/photo.svg")
			element(b, "MediaId", token(64))
		}}, nil
}

func (p *Platform) locationAct(_ *http.Request, in actBody) (act, error) {
	if in.Latitude < -90 || in.Latitude > 90 || in.Longitude < -180 || in.Longitude > 180 {
		return act{}, fmt.Errorf("%w: no such place on earth", ErrRefused)
	}
	return act{msgType: "location", bubble: Message{From: "doctor", Kind: "location", Text: cmp.Or(in.Label, p.words["location"])},
		fields: func(b *bytes.Buffer) {
			number(b, "Location_X", strconv.FormatFloat(in.Latitude, 'f', 6, 64))
			number(b, "Location_Y", strconv.FormatFloat(in.Longitude, 'f', 6, 64))
			number(b, "Scale", "16")
			element(b, "Label", in.Label)
		}}, nil
}

func (p *Platform) event(word, name string) Message {
	return Message{From: "doctor", Kind: "event", Text: fmt.Sprintf(p.words[word], name)}
}

// menuName finds the name of a menu button by its key; a key that is not (or
// no longer) in the menu names itself.
func (p *Platform) menuName(key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var menu struct {
		Button []menuButton `json:"button"`
	}
	if p.state.Menu == nil || json.Unmarshal(p.state.Menu, &menu) != nil {
		return key
	}
	for _, b := range menu.Button {
		for _, one := range append([]menuButton{b}, b.Sub...) {
			if one.Key == key {
				return one.Name
			}
		}
	}
	return key
}

// resend delivers the last callback of a user again.
func (p *Platform) resend(w http.ResponseWriter, r *http.Request) {
	var in actBody
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	j, err := p.enqueueAgain(r.PathValue("id"), in.Deliveries)
	if err != nil {
		sendError(w, err)
		return
	}
	res, err := p.await(r.Context(), j)
	reply(w, res, err)
}

func (p *Platform) enqueueAgain(id string, copies int) (*job, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.state.Users[id]
	if u == nil || u.Last == nil {
		return nil, fmt.Errorf("%w: nothing was delivered for this user yet", ErrUnknown)
	}
	if p.closed {
		return nil, ErrClosed
	}
	j := &job{u: u, resend: true, copies: copies, event: strings.Contains(string(u.Last), "<Event>"),
		parcel: parcel{plain: u.Last, to: p.opts.OriginalID, openid: u.OpenID}}
	return j, p.queue(u, j)
}
