package sim

import (
	"encoding/json"
	"net/http"
	"strings"
)

// callbackIP is GET getcallbackip: callbacks come from this machine.
func (p *Platform) callbackIP(*http.Request) (map[string]any, *apiError) {
	return map[string]any{"ip_list": []string{"127.0.0.1", "::1"}}, nil
}

// userInfo is GET user/info. The platform tells neither name nor picture since
// the end of 2021, and of someone who does not follow nothing but that.
func (p *Platform) userInfo(r *http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.byOpen[r.URL.Query().Get("openid")]
	if u == nil {
		return nil, &apiError{40003, "invalid openid"}
	}
	if !u.Following {
		return map[string]any{"subscribe": 0, "openid": u.OpenID}, nil
	}
	source := "ADD_SCENE_SEARCH"
	if u.Scene != "" {
		source = "ADD_SCENE_QR_CODE"
	}
	return map[string]any{
		"subscribe": 1, "openid": u.OpenID, "language": "zh_CN", "remark": "", "groupid": 0,
		"tagid_list": []int{}, "subscribe_time": u.FollowedAt / 1000, "subscribe_scene": source,
		"qr_scene": 0, "qr_scene_str": u.Scene,
	}, nil
}

// menuButton is one button of the account's menu, with its sub-buttons.
type menuButton struct {
	Type      string       `json:"type,omitempty"`
	Name      string       `json:"name"`
	Key       string       `json:"key,omitempty"`
	URL       string       `json:"url,omitempty"`
	MediaID   string       `json:"media_id,omitempty"`
	ArticleID string       `json:"article_id,omitempty"`
	AppID     string       `json:"appid,omitempty"`
	PagePath  string       `json:"pagepath,omitempty"`
	Sub       []menuButton `json:"sub_button,omitempty"`
}

// menuCreate is POST menu/create: three buttons, five below each.
func (p *Platform) menuCreate(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		Button []menuButton `json:"button"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if len(in.Button) == 0 || len(in.Button) > 3 {
		return nil, &apiError{40016, "invalid button size"}
	}
	for _, b := range in.Button {
		if fault := checkButton(b, 16); fault != nil {
			return nil, fault
		}
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, &apiError{-1, "system error"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Menu = raw
	p.changed("menu")
	return nil, nil
}

func checkButton(b menuButton, nameBytes int) *apiError {
	switch {
	case b.Name == "" || len(b.Name) > nameBytes:
		return &apiError{40018, "invalid button name size"}
	case len(b.Sub) > 5:
		return &apiError{40023, "invalid sub button size"}
	case len(b.Sub) > 0:
		return checkSub(b.Sub)
	case b.Type == "view" && !strings.HasPrefix(b.URL, "http"):
		return &apiError{40020, "invalid button url size"}
	case b.Type == "view":
		return nil
	case b.Type != "click":
		return &apiError{40017, "invalid button type"}
	case b.Key == "" || len(b.Key) > 128:
		return &apiError{40019, "invalid button key size"}
	}
	return nil
}

func checkSub(sub []menuButton) *apiError {
	for _, b := range sub {
		if len(b.Sub) > 0 {
			return &apiError{40022, "invalid sub button level"}
		}
		if fault := checkButton(b, 60); fault != nil {
			return fault
		}
	}
	return nil
}

// menuGet is GET menu/get.
func (p *Platform) menuGet(*http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.Menu == nil {
		return nil, &apiError{46003, "menu no exist"}
	}
	return map[string]any{"menu": p.state.Menu}, nil
}

// menuDelete is GET menu/delete.
func (p *Platform) menuDelete(*http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Menu = nil
	p.changed("menu")
	return nil, nil
}
