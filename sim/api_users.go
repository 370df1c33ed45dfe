package sim

import (
	"net/http"
	"slices"
	"unicode/utf8"
)

// Sizes of the calls about followers; source: their pages.
const (
	listPage   = 10_000 // openids of user/get and user/tag/get
	batchUsers = 100    // people of user/info/batchget
	maxRemark  = 30     // characters
)

// callbackIP is GET getcallbackip and get_api_domain_ip: both are this machine.
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
		return nil, errOpenID
	}
	return p.info(u), nil
}

// info is what the platform tells of a user; the caller holds the lock.
func (p *Platform) info(u *user) map[string]any {
	if !u.Following {
		out := map[string]any{"subscribe": 0, "openid": u.OpenID}
		p.addUnionID(out, u)
		return out
	}
	source := "ADD_SCENE_SEARCH"
	if u.Scene != "" {
		source = "ADD_SCENE_QR_CODE"
	}
	text := u.Scene
	if u.SceneID != 0 {
		text = ""
	}
	group := 0
	if len(u.Tags) > 0 {
		group = u.Tags[0]
	}
	out := map[string]any{
		"subscribe": 1, "openid": u.OpenID, "language": "zh_CN", "remark": u.Remark, "groupid": group,
		"tagid_list": append([]int{}, u.Tags...), "subscribe_time": u.FollowedAt / 1000, "subscribe_scene": source,
		"qr_scene": u.SceneID, "qr_scene_str": text, "nickname": "", "headimgurl": "", "sex": 0, "city": "", "province": "", "country": "",
	}
	p.addUnionID(out, u)
	return out
}

func (p *Platform) addUnionID(out map[string]any, u *user) {
	if p.state.Account.UnionIDs {
		out["unionid"] = unionID(u.ID)
	}
}

func unionID(id string) string { return "u" + digest("union", id)[:27] }

// userBatch is POST user/info/batchget: a hundred people at most.
func (p *Platform) userBatch(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		List []struct {
			OpenID string `json:"openid"`
			Lang   string `json:"lang"`
		} `json:"user_list"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if len(in.List) == 0 || len(in.List) > batchUsers {
		return nil, &apiError{code: 40032, text: "invalid openid list size"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []map[string]any{}
	for _, one := range in.List {
		u := p.byOpen[one.OpenID]
		if u == nil {
			return nil, errOpenID
		}
		list = append(list, p.info(u))
	}
	return map[string]any{"user_info_list": list}, nil
}

// userList is GET user/get: followers by ten thousand, in the order in which
// the platform came to know them.
func (p *Platform) userList(r *http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.followers(0)
	page, next, fault := p.page(all, r.URL.Query().Get("next_openid"))
	if fault != nil {
		return nil, fault
	}
	out := map[string]any{"total": len(all), "count": len(page), "next_openid": next}
	if len(page) > 0 {
		out["data"] = map[string]any{"openid": page}
	}
	return out, nil
}

// followers are the openids of those who follow, with a tag unless it is zero; the caller holds the lock.
func (p *Platform) followers(tag int) []string {
	out := []string{}
	for _, id := range p.state.Order {
		if u := p.state.Users[id]; u.Following && (tag == 0 || slices.Contains(u.Tags, tag)) {
			out = append(out, u.OpenID)
		}
	}
	return out
}

// page is what follows after an openid, and the last openid of it.
func (p *Platform) page(all []string, after string) (list []string, next string, fault *apiError) {
	if after != "" {
		i := slices.Index(all, after)
		if i < 0 {
			return nil, "", errOpenID
		}
		all = all[i+1:]
	}
	if len(all) > listPage {
		all = all[:listPage]
	}
	if len(all) > 0 {
		next = all[len(all)-1]
	}
	return all, next, nil
}

// userRemark is POST user/info/updateremark.
func (p *Platform) userRemark(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		OpenID string `json:"openid"`
		Remark string `json:"remark"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.byOpen[in.OpenID]
	switch {
	case u == nil || !u.Following:
		return nil, errOpenID
	case utf8.RuneCountInString(in.Remark) >= maxRemark:
		return nil, &apiError{code: 40035, text: "invalid parameter, remark is too long"}
	}
	u.Remark = in.Remark
	p.changed("user:" + u.ID)
	return nil, nil
}
