package wechat

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/bot"
)

func TestSignInAddress(t *testing.T) {
	s := must(NewSender(SenderOptions{AppID: testApp, Secret: canarySecret}))
	defer s.Close()
	want := "https://open.weixin.qq.com/connect/oauth2/authorize?appid=" + testApp +
		"&redirect_uri=https%3A%2F%2Fv.example.com%2Fp%3Fa%3D1%26b%3D2&response_type=code&scope=snsapi_base&state=abc123#wechat_redirect"
	if got := s.SignInAddress("https://v.example.com/p?a=1&b=2", "abc123"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	local := must(NewSender(SenderOptions{AppID: testApp, OpenBase: "http://127.0.0.1:8080/_sim/open/"}))
	defer local.Close()
	if got := local.SignInAddress("https://x", "s"); !strings.HasPrefix(got, "http://127.0.0.1:8080/_sim/open/connect/oauth2/authorize?appid=") {
		t.Error(got)
	}
}

func TestPerson(t *testing.T) {
	p := newPlatform(t)
	var asked url.Values
	answer := any(reply{"access_token": "A", "openid": testOpenID, "scope": "snsapi_base"})
	p.serve = func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Query()
		writeJSON(w, answer)
	}
	s := p.sender(t)
	got, err := s.Person(t.Context(), "CODE&appid=other")
	if got != testOpenID || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if asked.Get("code") != "CODE&appid=other" || len(asked["appid"]) != 1 || asked.Get("secret") != canarySecret || asked.Get("grant_type") != "authorization_code" || asked.Has("access_token") {
		t.Errorf("asked with %v", asked)
	}
	for n := range map[int]bool{40029: true, 40163: true, 42003: true, 41008: true} {
		answer = code(n)
		if _, err := s.Person(t.Context(), "C"); !errors.Is(err, ErrSignInAgain) {
			t.Errorf("%d: %v", n, err)
		}
	}
	for _, c := range []string{"", strings.Repeat("c", 600)} {
		if _, err := s.Person(t.Context(), c); !errors.Is(err, ErrSignInAgain) {
			t.Errorf("code of %d bytes: %v", len(c), err)
		}
	}
	answer = reply{"access_token": "A", "openid": testOpenID, "is_snapshotuser": 1}
	if got, err := s.Person(t.Context(), "C"); got != "" || !errors.Is(err, ErrSnapshot) {
		t.Errorf("a snapshot: %q, %v", got, err)
	}
	for what, a := range map[string]any{"no openid": reply{"access_token": "A"}, "odd openid": reply{"openid": "a b"}, "a list": []int{1}} {
		answer = a
		_, err := s.Person(t.Context(), "C")
		if r := asRefusal(t, err); r.Class != bot.ClassRetry && r.Class != bot.ClassUnknown {
			t.Errorf("%s: %v", what, err)
		}
	}
	answer = code(40125)
	_, err = s.Person(t.Context(), "C")
	if r := asRefusal(t, err); r.Class != bot.ClassConfig {
		t.Errorf("wrong secret: %v", err)
	}
}

// TestSignPage: the signature is the platform's, and the ticket is drawn once for many pages.
func TestSignPage(t *testing.T) {
	p, c := newPlatform(t), &clock{at: testNow}
	n := 0
	p.serve = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("type") != "jsapi" {
			t.Errorf("asked %s", r.URL.Path)
		}
		n++
		writeJSON(w, reply{"errcode": 0, "errmsg": "ok", "ticket": fmt.Sprintf("TICKET%d", n), "expires_in": 7200})
	}
	s := p.sender(t, func(o *SenderOptions) { o.Now = c.now })
	check := func(ticket string) {
		t.Helper()
		got, err := s.SignPage(t.Context(), "https://v.example.com/p?a=1&b=2#part")
		if err != nil {
			t.Fatal(err)
		}
		sum := sha1.Sum([]byte(fmt.Sprintf("jsapi_ticket=%s&noncestr=%s&timestamp=%d&url=https://v.example.com/p?a=1&b=2", ticket, got.Nonce, c.now().Unix())))
		if got.AppID != testApp || got.Timestamp != c.now().Unix() || got.Signature != hex.EncodeToString(sum[:]) || got.Nonce == "" {
			t.Errorf("%+v", got)
		}
	}
	check("TICKET1")
	check("TICKET1")
	c.pass(7201 * time.Second)
	check("TICKET2")
	if n != 2 {
		t.Errorf("%d tickets drawn", n)
	}
}

func TestQR(t *testing.T) {
	p := newPlatform(t)
	p.answers(map[string][]any{"/cgi-bin/qrcode/create": {reply{"ticket": "gQH+/=&x", "expire_seconds": 60, "url": "http://weixin.qq.com/q/1"}}})
	s := p.sender(t)
	for _, c := range []struct {
		permanent bool
		life      time.Duration
		body      string
	}{
		{false, 90 * time.Second, `{"expire_seconds":90,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"s1"}}}`},
		{true, 0, `{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"s1"}}}`},
	} {
		ticket, address, err := s.QR(t.Context(), "s1", c.permanent, c.life)
		if ticket != "gQH+/=&x" || address != "http://weixin.qq.com/q/1" || err != nil {
			t.Errorf("%q, %q, %v", ticket, address, err)
		}
		if got := p.sent(); len(got) != 1 || got[0] != [2]string{"qrcode/create", c.body} {
			t.Errorf("sent %v", got)
		}
	}
	for _, c := range []struct {
		scene string
		life  time.Duration
	}{{"", time.Hour}, {strings.Repeat("s", 65), time.Hour}, {"s", 0}, {"s", 31 * 24 * time.Hour}} {
		_, _, err := s.QR(t.Context(), c.scene, false, c.life)
		if r := asRefusal(t, err); r.Class != bot.ClassContent || len(p.sent()) != 0 {
			t.Errorf("%q for %v: %v", c.scene, c.life, err)
		}
	}
	p.answers(map[string][]any{"/cgi-bin/qrcode/create": {reply{"errcode": 0, "errmsg": "ok"}}})
	_, _, err := s.QR(t.Context(), "s", true, 0)
	if r := asRefusal(t, err); r.Class != bot.ClassRetry {
		t.Errorf("an answer without a ticket: %v", err)
	}
}

func TestPicture(t *testing.T) {
	p := newPlatform(t)
	picture := "\x89PNG\r\n\x1a\n0123"
	p.serve = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("ticket") != "gQH+/=&x" || r.URL.Query().Has("access_token") {
			t.Errorf("asked with %v", r.URL.Query())
		}
		_, _ = w.Write([]byte(picture))
	}
	s := p.sender(t, func(o *SenderOptions) { o.MPBase = p.URL + "/_sim/api/wechat" })
	if got, err := s.Picture(t.Context(), "gQH+/=&x"); string(got) != picture || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	picture = "<html>"
	_, err := s.Picture(t.Context(), "gQH+/=&x")
	if r := asRefusal(t, err); r.Class != bot.ClassRetry {
		t.Error(err)
	}
	p.serve = status(404, "")
	_, err = s.Picture(t.Context(), "x")
	if r := asRefusal(t, err); r.Class != bot.ClassConfig {
		t.Error(err)
	}
}
