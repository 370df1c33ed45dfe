package sim

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
)

// userCookie names the doctor whose phone opened a page in the demo's browser.
const userCookie = "sim_user"

// authorizePage is what web/authorize.html shows.
type authorizePage struct {
	Words   map[string]string
	BotName string
	Problem string
	Allow   string // address of consent; empty: nothing to ask
	People  []person
}

type person struct{ Name, Link string }

// authorize is GET connect/oauth2/authorize on open.weixin.qq.com. Who asks is
// told by the parameter sim_user or the cookie that GET /_sim/open sets; without
// either the page lets one choose. snsapi_base and followers go through in
// silence, others are asked for snsapi_userinfo.
func (p *Platform) authorize(views *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		page := authorizePage{Words: p.words, BotName: p.opts.BotName}
		to, err := p.authorizeOrder(r)
		if err != nil {
			page.Problem = err.Error()
			p.render(w, views, "authorize.html", page)
			return
		}
		q := r.URL.Query()
		id := q.Get("sim_user")
		if c, err := r.Cookie(userCookie); id == "" && err == nil {
			id = c.Value
		}
		p.mu.Lock()
		u := p.state.Users[id]
		if u == nil {
			for _, id := range p.state.Order {
				if one := p.state.Users[id]; !one.Quiet {
					page.People = append(page.People, person{one.Name, "?" + with(q, "sim_user", id)})
				}
			}
			p.mu.Unlock()
			p.render(w, views, "authorize.html", page)
			return
		}
		if q.Get("scope") == scopeUser && !u.Following && q.Get("sim_allow") == "" {
			p.mu.Unlock()
			page.Allow = "?" + with(q, "sim_allow", "1")
			p.render(w, views, "authorize.html", page)
			return
		}
		code := p.giveWebCode(u, q.Get("scope"))
		p.mu.Unlock()
		back := to.Query()
		back.Set("code", code)
		back.Set("state", q.Get("state"))
		to.RawQuery = back.Encode()
		http.Redirect(w, r, to.String(), http.StatusFound)
	}
}

func with(q url.Values, name, value string) string {
	q.Set(name, value)
	return q.Encode()
}

var errAuthorize = errors.New("10003")

// authorizeOrder checks what the page must be called with; 10003 and its
// neighbours are the numbers that WeChat's own page shows.
func (p *Platform) authorizeOrder(r *http.Request) (*url.URL, error) {
	q := r.URL.Query()
	to, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("appid") != p.opts.AppID:
		return nil, fmt.Errorf("%w: appid", errAuthorize)
	case q.Get("response_type") != "code":
		return nil, fmt.Errorf("%w: response_type", errAuthorize)
	case q.Get("scope") != scopeBase && q.Get("scope") != scopeUser:
		return nil, fmt.Errorf("%w: scope", errAuthorize)
	case len(q.Get("state")) > 128:
		return nil, fmt.Errorf("%w: state", errAuthorize)
	case err != nil || !isHTTP(q.Get("redirect_uri")) || to.Host == "":
		return nil, fmt.Errorf("%w: redirect_uri", errAuthorize)
	}
	a := p.AccountSettings()
	switch {
	case !a.mayReturn(to.Host):
		return nil, fmt.Errorf("%w: redirect_uri is outside of the account's web domains", errAuthorize)
	case !a.may(grantService):
		return nil, fmt.Errorf("%w: scope is not granted to this account", errAuthorize)
	}
	return to, nil
}

// giveWebCode draws a code; a snapshot page belongs to a virtual user. The caller holds the lock.
func (p *Platform) giveWebCode(u *user, scope string) string {
	g := &webGrant{OpenID: u.OpenID, User: u.ID, Scope: scope, Until: p.now().Add(webCodeLife).UnixMilli()}
	if u.Habits.Snapshot {
		g.Snapshot, g.OpenID = true, "o"+token(27)
	}
	code := token(32)
	p.state.Web.Codes[code] = g
	p.changed("web")
	return code
}

// openPage is GET /_sim/open?user=ID&url=ADDRESS: it remembers whose phone it
// is and goes there, as tapping a link in the chat does.
func (p *Platform) openPage(w http.ResponseWriter, r *http.Request) {
	id, to := r.URL.Query().Get("user"), r.URL.Query().Get("url")
	if !shortID(id) || !isHTTP(to) {
		sendError(w, fmt.Errorf("%w: user and url are needed", ErrRefused))
		return
	}
	http.SetCookie(w, &http.Cookie{Name: userCookie, Value: id, Path: openPrefix, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	for _, name := range p.opts.PhoneCookies { // every phone has a browser of its own
		http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	http.Redirect(w, r, to, http.StatusFound)
}
