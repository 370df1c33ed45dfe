package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

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

// keyed are the button types that push their key.
var keyed = []string{"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"}

// menuRule says who sees a personalised menu.
type menuRule struct {
	TagID    json.Number `json:"tag_id,omitempty"`
	Platform json.Number `json:"client_platform_type,omitempty"`
	Language string      `json:"language,omitempty"`
}

// menu is one menu, with its rule if it is a personalised one.
type menu struct {
	Button []menuButton `json:"button"`
	Rule   *menuRule    `json:"matchrule,omitempty"`
	ID     int64        `json:"menuid,omitempty"`
}

// menuBook holds the account's menus.
type menuBook struct {
	Main        *menu   `json:"main,omitempty"`
	Conditional []*menu `json:"conditional,omitempty"`
	LastID      int64   `json:"last_id,omitempty"`
}

// seen is the menu that a user sees: the newest personalised one that fits,
// else the common one. All simulated phones are iPhones (platform type 1).
func (b *menuBook) seen(u *user) *menu {
	for _, m := range slices.Backward(b.Conditional) {
		tag, err := strconv.Atoi(m.Rule.TagID.String())
		byTag := m.Rule.TagID == "" || err == nil && slices.Contains(u.Tags, tag)
		byPhone := m.Rule.Platform == "" || m.Rule.Platform == "1"
		byTongue := m.Rule.Language == "" || m.Rule.Language == "zh_CN"
		if byTag && byPhone && byTongue {
			return m
		}
	}
	return b.Main
}

// menuCreate is POST menu/create: three buttons, five below each.
func (p *Platform) menuCreate(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		Button []menuButton `json:"button"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if fault := p.checkMenu(in.Button); fault != nil {
		return nil, fault
	}
	p.state.Menus.LastID++
	p.state.Menus.Main = &menu{Button: in.Button, ID: p.state.Menus.LastID}
	p.changed("menu")
	return nil, nil
}

// menuAdd is POST menu/addconditional.
func (p *Platform) menuAdd(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		Button []menuButton `json:"button"`
		Rule   *menuRule    `json:"matchrule"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	b := &p.state.Menus
	switch {
	case b.Main == nil:
		return nil, &apiError{code: 65303, text: "there is no selfmenu, please create selfmenu first"}
	case in.Rule == nil || *in.Rule == (menuRule{}):
		return nil, &apiError{code: 40065, text: "invalid matchrule"}
	}
	if id := in.Rule.TagID.String(); id != "" {
		if n, err := strconv.Atoi(id); err != nil || p.tagByID(n) == nil {
			return nil, errTag
		}
	}
	if fault := p.checkMenu(in.Button); fault != nil {
		return nil, fault
	}
	b.LastID++
	b.Conditional = append(b.Conditional, &menu{Button: in.Button, Rule: in.Rule, ID: b.LastID})
	p.changed("menu")
	return map[string]any{"menuid": strconv.FormatInt(b.LastID, 10)}, nil
}

// menuDrop is POST menu/delconditional.
func (p *Platform) menuDrop(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		ID json.Number `json:"menuid"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	b := &p.state.Menus
	n := len(b.Conditional)
	b.Conditional = slices.DeleteFunc(b.Conditional, func(m *menu) bool { return strconv.FormatInt(m.ID, 10) == in.ID.String() })
	if len(b.Conditional) == n {
		return nil, &apiError{code: 65301, text: "no such menuid"}
	}
	p.changed("menu")
	return nil, nil
}

// menuTry is POST menu/trymatch.
func (p *Platform) menuTry(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		UserID string `json:"user_id"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.byOpen[in.UserID]
	if u == nil {
		return nil, &apiError{code: 65309, text: "invalid user_id"}
	}
	m := p.state.Menus.seen(u)
	if m == nil {
		return nil, &apiError{code: 46003, text: "menu no exist"}
	}
	return map[string]any{"button": m.Button}, nil
}

// checkMenu is what all menus must keep; the caller holds the lock.
func (p *Platform) checkMenu(buttons []menuButton) *apiError {
	if len(buttons) == 0 || len(buttons) > 3 {
		return &apiError{code: 40016, text: "invalid button size"}
	}
	for _, b := range buttons {
		if fault := p.checkButton(b, 16); fault != nil {
			return fault
		}
		for _, s := range b.Sub {
			if len(s.Sub) > 0 {
				return &apiError{code: 40022, text: "invalid sub button level"}
			}
			if fault := p.checkButton(s, 60); fault != nil {
				return fault
			}
		}
	}
	return nil
}

func (p *Platform) checkButton(b menuButton, nameBytes int) *apiError {
	switch {
	case b.Name == "" || len(b.Name) > nameBytes:
		return &apiError{code: 40018, text: "invalid button name size"}
	case len(b.Sub) > 5:
		return &apiError{code: 40023, text: "invalid sub button size"}
	case len(b.Sub) > 0:
		return nil
	case b.Type == "view" || b.Type == "miniprogram":
		if !strings.HasPrefix(b.URL, "http") || len(b.URL) > 1024 {
			return &apiError{code: 40020, text: "invalid button url size"}
		}
		if b.Type == "miniprogram" && (b.PagePath == "" || !slices.Contains(p.state.Account.MiniApps, b.AppID)) {
			return &apiError{code: 40119, text: "invalid miniprogram appid or pagepath"}
		}
		return nil
	case b.Type == "media_id" || b.Type == "view_limited":
		if _, ok := p.media.get(b.MediaID, p.now()); !ok {
			return errMediaID
		}
		return nil
	case b.Type == "article_id" || b.Type == "article_view_limited":
		if b.ArticleID == "" {
			return &apiError{code: 53600, text: "article id is invalid"}
		}
		return nil
	case !slices.Contains(keyed, b.Type):
		return &apiError{code: 40017, text: "invalid button type"}
	case b.Key == "" || len(b.Key) > 128:
		return &apiError{code: 40019, text: "invalid button key size"}
	}
	return nil
}

// menuGet is GET menu/get.
func (p *Platform) menuGet(*http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := &p.state.Menus
	if b.Main == nil {
		return nil, &apiError{code: 46003, text: "menu no exist"}
	}
	out := map[string]any{"menu": *b.Main}
	if len(b.Conditional) > 0 {
		out["conditionalmenu"] = slices.Clone(b.Conditional)
	}
	return out, nil
}

// menuDelete is GET menu/delete; personalised menus go with the common one.
func (p *Platform) menuDelete(*http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Menus.Main, p.state.Menus.Conditional = nil, nil
	p.changed("menu")
	return nil, nil
}
