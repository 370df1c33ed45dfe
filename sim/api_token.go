package sim

import (
	"net/http"
	"slices"
	"time"
)

// Token rules; source: the platform's pages on access_token and stable_token.
const (
	tokenLife   = 7200 * time.Second
	tokenGrace  = 5 * time.Minute // an old token lives on that long when a new one is drawn
	tokenMemory = 24 * time.Hour  // expired tokens are told apart from wrong ones that long

	forcesPerDay = 20               // of force_refresh
	forcePause   = 30 * time.Second // between two of them
)

// tokenBook knows the tokens of one platform; times in unix milliseconds.
type tokenBook struct {
	Until   map[string]int64 `json:"until"`
	Classic string           `json:"classic"`
	Stable  string           `json:"stable"`
	Forced  []int64          `json:"forced,omitempty"` // times of force_refresh today
}

func newTokenBook() tokenBook { return tokenBook{Until: map[string]int64{}} }

func (b *tokenBook) draw(now time.Time) string {
	for t, until := range b.Until {
		if now.UnixMilli() > until+tokenMemory.Milliseconds() {
			delete(b.Until, t)
		}
	}
	t := token(136)
	b.Until[t] = now.Add(tokenLife).UnixMilli()
	return t
}

// shorten lets a replaced token end after grace at the latest.
func (b *tokenBook) shorten(t string, now time.Time, grace time.Duration) {
	if until, ok := b.Until[t]; ok {
		b.Until[t] = min(until, now.Add(grace).UnixMilli())
	}
}

func (b *tokenBook) seconds(t string, now time.Time) int64 {
	return (b.Until[t] - now.UnixMilli()) / 1000
}

// checkToken is what every call asks first; the caller holds the lock.
func (p *Platform) checkToken(d dialect, t string) *apiError {
	if t == "" {
		return &apiError{code: 41001, text: "access_token missing"}
	}
	until, ok := d.book(p).Until[t]
	switch {
	case !ok:
		return &apiError{code: d.badToken, text: "invalid credential, access_token is invalid or not latest"}
	case p.now().UnixMilli() >= until:
		return &apiError{code: 42001, text: "access_token expired"}
	}
	return nil
}

func (p *Platform) checkApp(grant, appid, secret string) *apiError {
	switch {
	case grant != "client_credential":
		return &apiError{code: 40002, text: "invalid grant_type"}
	case appid == "":
		return &apiError{code: 41002, text: "appid missing"}
	case appid != p.opts.AppID:
		return &apiError{code: 40013, text: "invalid appid"}
	case secret == "":
		return &apiError{code: 41004, text: "appsecret missing"}
	case secret != p.opts.AppSecret:
		return &apiError{code: 40125, text: "invalid appsecret"}
	}
	return nil
}

// giveToken draws a new classic token each time; the one before lives five minutes more.
func (p *Platform) giveToken(r *http.Request) (map[string]any, *apiError) {
	q := r.URL.Query()
	if fault := p.checkApp(q.Get("grant_type"), q.Get("appid"), q.Get("secret")); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if fault := p.fromOutside(r); fault != nil {
		return nil, fault
	}
	b, now := &p.state.Tokens, p.now()
	b.shorten(b.Classic, now, tokenGrace)
	b.Classic = b.draw(now)
	p.changed("tokens")
	return map[string]any{"access_token": b.Classic, "expires_in": b.seconds(b.Classic, now)}, nil
}

// giveStableToken returns the same token until five minutes before its end;
// force_refresh ends the old one at once, twenty times a day, thirty seconds
// apart. The codes of these two refusals are not in the platform's pages: 45009
// and 45011 stand for them.
func (p *Platform) giveStableToken(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if fault := p.checkApp(in.GrantType, in.AppID, in.Secret); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if fault := p.fromOutside(r); fault != nil {
		return nil, fault
	}
	b, now := &p.state.Tokens, p.now()
	if in.ForceRefresh {
		if fault := b.force(now); fault != nil {
			return nil, fault
		}
		b.shorten(b.Stable, now, 0)
	}
	if b.seconds(b.Stable, now) <= int64(tokenGrace/time.Second) {
		b.Stable = b.draw(now)
		p.changed("tokens")
	}
	return map[string]any{"access_token": b.Stable, "expires_in": b.seconds(b.Stable, now)}, nil
}

// force counts a force_refresh or refuses it.
func (b *tokenBook) force(now time.Time) *apiError {
	b.Forced = slices.DeleteFunc(b.Forced, func(at int64) bool { return day(time.UnixMilli(at)) != day(now) })
	n := len(b.Forced)
	switch {
	case n >= forcesPerDay:
		return &apiError{code: 45009, text: "reach max force_refresh quota of today"}
	case n > 0 && now.UnixMilli()-b.Forced[n-1] < forcePause.Milliseconds():
		return &apiError{code: 45011, text: "force_refresh too frequent"}
	}
	b.Forced = append(b.Forced, now.UnixMilli())
	return nil
}

// corpToken returns the same token until it ends, as WeCom does.
func (p *Platform) corpToken(r *http.Request) (map[string]any, *apiError) {
	q := r.URL.Query()
	switch {
	case q.Get("corpid") == "":
		return nil, &apiError{code: 41002, text: "corpid missing"}
	case q.Get("corpid") != p.opts.CorpID:
		return nil, &apiError{code: 40013, text: "invalid corpid"}
	case q.Get("corpsecret") == "":
		return nil, &apiError{code: 41004, text: "corpsecret missing"}
	case q.Get("corpsecret") != p.opts.CorpSecret:
		return nil, &apiError{code: 40001, text: "invalid credential"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	b, now := &p.state.Corp, p.now()
	if b.seconds(b.Classic, now) <= 0 {
		b.Classic = b.draw(now)
		p.changed("tokens")
	}
	return map[string]any{"access_token": b.Classic, "expires_in": b.seconds(b.Classic, now)}, nil
}
