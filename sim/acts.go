package sim

import (
	"fmt"
	"net/http"
)

// actBody is the union of what acting calls take.
type actBody struct {
	Text        string          `json:"text,omitempty"`
	Bytes       []byte          `json:"bytes,omitempty"` // base64: text that need not be UTF-8
	MenuID      string          `json:"menu_id,omitempty"`
	Key         string          `json:"key,omitempty"`
	Type        string          `json:"type,omitempty"`
	Scene       string          `json:"scene,omitempty"`
	Ticket      string          `json:"ticket,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	URL         string          `json:"url,omitempty"`
	AppID       string          `json:"appid,omitempty"`
	PagePath    string          `json:"pagepath,omitempty"`
	Result      string          `json:"result,omitempty"`
	Count       int             `json:"count,omitempty"`
	Message     int64           `json:"message,omitempty"`
	Choice      string          `json:"choice,omitempty"`
	Latitude    float64         `json:"latitude,omitempty"`
	Longitude   float64         `json:"longitude,omitempty"`
	Label       string          `json:"label,omitempty"`
	Templates   []consentChoice `json:"templates,omitempty"`
	PopupScene  string          `json:"popup_scene,omitempty"`
	Deliveries  int             `json:"deliveries,omitempty"`

	id, host string
}

// consentChoice is one line of a subscribe popup.
type consentChoice struct {
	ID     string `json:"id"`
	Accept bool   `json:"accept"`
}

// actKind is one thing that a phone can do.
type actKind struct {
	name, takes, does string
	make              func(*Platform, actBody) (act, error)
}

// actKinds is all that doctors can do; POST /_sim/users/{id}/{name} does it.
var actKinds = []actKind{
	{"follow", `{"scene"?|"ticket"?}`, "subscribe; SCAN when already following and a code is given", (*Platform).followAct},
	{"unfollow", `{}`, "unsubscribe", (*Platform).unfollowAct},
	{"scan", `{"scene"|"ticket"|"url"}`, "scans a code: SCAN, or subscribe for one who does not follow; 409 for a code that is over", (*Platform).scanAct},
	{"say", `{"text"|"bytes","menu_id"?}`, "text; menu_id marks a click on a menu message; bytes is base64 of any bytes", (*Platform).sayAct},
	{"image", `{}`, "image", (*Platform).imageAct},
	{"voice", `{"text"}`, "voice; the text becomes Recognition", (*Platform).voiceAct},
	{"video", `{}`, "video", (*Platform).videoAct},
	{"shortvideo", `{}`, "shortvideo", (*Platform).shortVideoAct},
	{"location", `{"latitude","longitude","label"}`, "location", (*Platform).locationAct},
	{"link", `{"title","description"?,"url"}`, "link", (*Platform).linkAct},
	{"miniprogram", `{"title","appid","pagepath"}`, "miniprogrampage", (*Platform).miniAct},
	{"press", `{"key","type"?}`, "a menu button by its key: CLICK, or the event of the button's type", (*Platform).pressAct},
	{"view", `{"url"}`, "a menu button that opens a page: VIEW", (*Platform).viewAct},
	{"view_miniprogram", `{"pagepath"}`, "a menu button that opens a mini-program", (*Platform).viewMiniAct},
	{"scancode", `{"key","type"?,"result"}`, "a menu button that scans: scancode_waitmsg or scancode_push", (*Platform).scanCodeAct},
	{"pic", `{"key","type"?,"count"?}`, "a menu button that sends pictures: pic_sysphoto, pic_photo_or_album or pic_weixin, then the pictures", (*Platform).picAct},
	{"location_select", `{"key","latitude","longitude","label"}`, "a menu button that sends a place: the event, then the location", (*Platform).placeAct},
	{"report_location", `{"latitude","longitude"}`, "LOCATION, as phones report when entering the chat", (*Platform).reportAct},
	{"choose", `{"message","choice"}`, "a line of a menu message (msgmenu) by message id and choice id", (*Platform).chooseAct},
	{"tap", `{"message","choice"}`, "a weixin://bizmsgmenu link in a text by message id and msgmenuid or content", (*Platform).tapAct},
	{"consent", `{"templates":[{"id","accept"}],"popup_scene"?}`, "answers a subscribe popup: subscribe_msg_popup_event with all its templates", (*Platform).consentAct},
	{"withdraw", `{"templates":[{"id"}]}`, "turns subscribe notices off in the settings: subscribe_msg_change_event", (*Platform).withdrawAct},
}

// acting wraps the making of an act into a control call. A zero act is one
// that changes nothing, such as following twice.
func (p *Platform) acting(make func(*Platform, actBody) (act, error)) http.HandlerFunc {
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
		in.id, in.host = r.PathValue("id"), r.Host
		a, err := make(p, in)
		if err != nil {
			sendError(w, err)
			return
		}
		if a.msgType == "" {
			answer(w, actResult{Replies: []string{}})
			return
		}
		res, err := p.do(r.Context(), in.id, a, in.Deliveries)
		reply(w, res, err)
	}
}

func (p *Platform) following(id string) (follows, left bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.state.Users[id]
	return u != nil && u.Following, u != nil && u.Left
}

func (p *Platform) event(word, name string) Message {
	return Message{From: "doctor", Kind: "event", Text: fmt.Sprintf(p.words[word], name)}
}

func (p *Platform) plainEvent(word string) Message {
	return Message{From: "doctor", Kind: "event", Text: p.words[word]}
}

// menuButton finds a button of the menu that a user sees; one that is not (or
// no longer) in the menu names itself.
func (p *Platform) menuButton(id string, is func(menuButton) bool, otherwise menuButton) menuButton {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.state.Users[id]
	if u == nil {
		u = &user{}
	}
	m := p.state.Menus.seen(u)
	if m == nil {
		return otherwise
	}
	for _, b := range m.Button {
		for _, one := range append([]menuButton{b}, b.Sub...) {
			if len(one.Sub) == 0 && is(one) {
				return one
			}
		}
	}
	return otherwise
}
