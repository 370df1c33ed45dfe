package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vrep/vrep/bot"
)

// Canaries must never be seen outside requests to the platform.
const (
	canarySecret = "CANARY-secret-8c1f"
	canaryCorp   = "CANARY-corpsecret-77aa"
	canaryToken  = "CANARY-token-"
	canaryOpenID = "CANARY-openid-5b"
	canaryText   = "CANARY-words-of-a-doctor"
)

// fakePlatform is an httptest server that answers as both platforms under one base path.
type fakePlatform struct {
	*httptest.Server
	mu       sync.Mutex
	draws    int // tokens drawn
	forced   int
	valid    string         // the token that is accepted; "" = every one
	life     int            // expires_in
	requests []string       // path of every call with a token
	bodies   []string       // their bodies
	tokens   []string       // their tokens
	answer   map[string]any // answer of calls; nil = errcode 0
	serve    http.HandlerFunc
	tokenErr map[string]any
}

func newPlatform(t *testing.T) *fakePlatform {
	t.Helper()
	p := &fakePlatform{life: 7200}
	p.Server = httptest.NewServer(http.HandlerFunc(p.handle))
	t.Cleanup(p.Close)
	return p
}

func (p *fakePlatform) handle(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/_sim/api")
	if !ok {
		http.NotFound(w, r)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if path == "/wechat/cgi-bin/stable_token" || path == "/wecom/cgi-bin/gettoken" {
		p.giveToken(w, r, body)
		return
	}
	token := r.URL.Query().Get("access_token")
	p.requests, p.bodies, p.tokens = append(p.requests, path), append(p.bodies, string(body)), append(p.tokens, token)
	if p.valid != "" && token != p.valid {
		writeJSON(w, map[string]any{"errcode": 40001, "errmsg": "invalid credential " + token + " rid: 1234abcd-5678"})
		return
	}
	if p.serve != nil {
		p.mu.Unlock()
		p.serve(w, r)
		p.mu.Lock()
		return
	}
	if p.answer != nil {
		writeJSON(w, p.answer)
		return
	}
	writeJSON(w, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": "MID", "response_code": "RC"})
}

// giveToken answers the same token until it is forced, as the platforms do.
func (p *fakePlatform) giveToken(w http.ResponseWriter, r *http.Request, body []byte) {
	p.draws++
	if p.tokenErr != nil {
		writeJSON(w, p.tokenErr)
		return
	}
	var in struct {
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	if r.Method == http.MethodPost && (json.Unmarshal(body, &in) != nil || in.Secret != canarySecret) {
		writeJSON(w, map[string]any{"errcode": 40125, "errmsg": "invalid appsecret " + canarySecret})
		return
	}
	if r.Method == http.MethodGet && r.URL.Query().Get("corpsecret") != canaryCorp {
		writeJSON(w, map[string]any{"errcode": 40001, "errmsg": "invalid secret"})
		return
	}
	if in.Force {
		p.forced++
	}
	token := fmt.Sprintf("%s%d", canaryToken, p.forced)
	if p.valid != "" {
		token = p.valid
	}
	writeJSON(w, map[string]any{"access_token": token, "expires_in": p.life})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (p *fakePlatform) seen() (requests, bodies, tokens []string, draws int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...), append([]string(nil), p.bodies...), append([]string(nil), p.tokens...), p.draws
}

func (p *fakePlatform) sender(t *testing.T, change ...func(*SenderOptions)) *Sender {
	t.Helper()
	o := SenderOptions{AppID: testApp, Secret: canarySecret, APIBase: p.URL + "/_sim/api/wechat/",
		CorpID: testCorp, AgentID: "1000002", CorpSecret: canaryCorp, WeComBase: p.URL + "/_sim/api/wecom", Timeout: 5 * time.Second}
	for _, c := range change {
		c(&o)
	}
	s := must(NewSender(o))
	t.Cleanup(s.Close)
	return s
}

func effect(kind string, payload any) bot.Effect {
	return bot.Effect{Kind: kind, Body: must(json.Marshal(payload))}
}

func textEffect() bot.Effect {
	return effect(bot.KindText, bot.Text{OpenID: canaryOpenID, Text: canaryText})
}

// memoryCache is a TokenCache like Redis, which can be down.
type memoryCache struct {
	mu   sync.Mutex
	down bool
	m    map[string]string
}

func (c *memoryCache) do(f func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return io.ErrUnexpectedEOF
	}
	if c.m == nil {
		c.m = map[string]string{}
	}
	f()
	return nil
}

func (c *memoryCache) Get(_ context.Context, key string) (v string, err error) {
	err = c.do(func() { v = c.m[key] })
	return v, err
}

func (c *memoryCache) Set(_ context.Context, key, value string, _ time.Duration) error {
	return c.do(func() { c.m[key] = value })
}

func (c *memoryCache) SetNX(_ context.Context, key, value string, _ time.Duration) (ok bool, err error) {
	err = c.do(func() {
		if _, taken := c.m[key]; !taken {
			c.m[key], ok = value, true
		}
	})
	return ok, err
}

func (c *memoryCache) DeleteIf(_ context.Context, key, value string) (ok bool, err error) {
	err = c.do(func() {
		if c.m[key] == value {
			delete(c.m, key)
			ok = true
		}
	})
	return ok, err
}
