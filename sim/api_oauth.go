package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Rules of web sign-in; source: the page on web authorisation. The life of a
// code is from common knowledge of it.
const (
	webCodeLife    = 5 * time.Minute
	webTokenLife   = 2 * time.Hour
	webRefreshLife = 30 * 24 * time.Hour
	scopeBase      = "snsapi_base"
	scopeUser      = "snsapi_userinfo"
)

// webGrant is a code or token of a web page.
type webGrant struct {
	OpenID   string `json:"openid"`
	User     string `json:"user"`
	Scope    string `json:"scope"`
	Until    int64  `json:"until"`
	Used     bool   `json:"used,omitempty"`
	Snapshot bool   `json:"snapshot,omitempty"`
}

// webBook knows codes and tokens of web pages.
type webBook struct {
	Codes   map[string]*webGrant `json:"codes"`
	Tokens  map[string]*webGrant `json:"tokens"`
	Refresh map[string]*webGrant `json:"refresh"`
}

func newWebBook() webBook {
	return webBook{map[string]*webGrant{}, map[string]*webGrant{}, map[string]*webGrant{}}
}

func (p *Platform) checkWebApp(r *http.Request, grant string) *apiError {
	q := r.URL.Query()
	switch {
	case q.Get("appid") != p.opts.AppID:
		return &apiError{code: 40013, text: "invalid appid"}
	case q.Get("grant_type") != grant:
		return &apiError{code: 40002, text: "invalid grant_type"}
	}
	return nil
}

// webToken is GET sns/oauth2/access_token: each code once, within five minutes.
func (p *Platform) webToken(r *http.Request) (map[string]any, *apiError) {
	q := r.URL.Query()
	if fault := p.checkWebApp(r, "authorization_code"); fault != nil {
		return nil, fault
	}
	if q.Get("secret") != p.opts.AppSecret {
		return nil, &apiError{code: 40125, text: "invalid appsecret"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	b, now := &p.state.Web, p.now().UnixMilli()
	g := b.Codes[q.Get("code")]
	switch {
	case q.Get("code") == "":
		return nil, &apiError{code: 41008, text: "missing code"}
	case g == nil || now >= g.Until && !g.Used:
		return nil, &apiError{code: 40029, text: "invalid code"}
	case g.Used:
		return nil, &apiError{code: 40163, text: "code been used"}
	}
	g.Used = true
	out := p.giveWebToken(g)
	if g.Snapshot {
		out["is_snapshotuser"] = 1
	}
	return out, nil
}

// giveWebToken draws a token pair; the caller holds the lock.
func (p *Platform) giveWebToken(g *webGrant) map[string]any {
	b, now := &p.state.Web, p.now()
	for _, book := range []map[string]*webGrant{b.Codes, b.Tokens, b.Refresh} {
		for k, old := range book {
			if now.UnixMilli() > old.Until+tokenMemory.Milliseconds() {
				delete(book, k)
			}
		}
	}
	access, refresh := *g, *g
	access.Until = now.Add(webTokenLife).UnixMilli()
	refresh.Until = now.Add(webRefreshLife).UnixMilli()
	at, rt := token(89), token(89)
	b.Tokens[at], b.Refresh[rt] = &access, &refresh
	p.changed("web")
	out := map[string]any{"access_token": at, "expires_in": int(webTokenLife / time.Second), "refresh_token": rt,
		"openid": g.OpenID, "scope": g.Scope}
	if g.Scope == scopeUser && p.state.Account.UnionIDs && !g.Snapshot {
		out["unionid"] = unionID(g.User)
	}
	return out
}

// webRefresh is GET sns/oauth2/refresh_token.
func (p *Platform) webRefresh(r *http.Request) (map[string]any, *apiError) {
	if fault := p.checkWebApp(r, "refresh_token"); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.state.Web.Refresh[r.URL.Query().Get("refresh_token")]
	switch {
	case g == nil:
		return nil, &apiError{code: 40030, text: "invalid refresh_token"}
	case p.now().UnixMilli() >= g.Until:
		return nil, &apiError{code: 42002, text: "refresh_token expired"}
	}
	return p.giveWebToken(g), nil
}

// webGrantOf checks a page's token; the caller holds the lock.
func (p *Platform) webGrantOf(r *http.Request) (*webGrant, *apiError) {
	q := r.URL.Query()
	g := p.state.Web.Tokens[q.Get("access_token")]
	switch {
	case g == nil:
		return nil, &apiError{code: 40001, text: "invalid credential, access_token is invalid or not latest"}
	case p.now().UnixMilli() >= g.Until:
		return nil, &apiError{code: 42001, text: "access_token expired"}
	case q.Get("openid") != g.OpenID:
		return nil, errOpenID
	}
	return g, nil
}

// webUser is GET sns/userinfo: since 2021 no sex and no region.
func (p *Platform) webUser(r *http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, fault := p.webGrantOf(r)
	if fault != nil {
		return nil, fault
	}
	if g.Scope != scopeUser {
		return nil, &apiError{code: 48001, text: "api unauthorized"}
	}
	out := map[string]any{"openid": g.OpenID, "nickname": p.words["nickname"], "sex": 0, "language": "", "city": "", "province": "",
		"country": "", "headimgurl": "", "privilege": []string{}}
	if p.state.Account.UnionIDs && !g.Snapshot {
		out["unionid"] = unionID(g.User)
	}
	return out, nil
}

// webCheck is GET sns/auth.
func (p *Platform) webCheck(r *http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, fault := p.webGrantOf(r)
	return nil, fault
}

// mayReturn says whether a page's host was entered in the back office.
func (a Account) mayReturn(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	return len(a.Domains) == 0 || slices.Contains(a.Domains, host) || slices.Contains(a.Domains, name)
}
