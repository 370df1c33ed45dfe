package wechat

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/bot"
)

func TestClasses(t *testing.T) {
	now := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC) // eleven in the morning in Beijing
	p := newPlatform(t)
	s := p.sender(t, func(o *SenderOptions) { o.Now = func() time.Time { return now } })
	card := effect(bot.KindCard, testCard())
	for _, c := range []struct {
		e     bot.Effect
		code  int
		class bot.Class
		after time.Duration
	}{
		{textEffect(), -1, bot.ClassRetry, 0},
		{textEffect(), 45009, bot.ClassRetry, 13 * time.Hour},
		{textEffect(), 45011, bot.ClassRetry, time.Minute},
		{textEffect(), 45015, bot.ClassWait, 0},
		{textEffect(), 45047, bot.ClassWait, 0},
		{textEffect(), 43004, bot.ClassGone, 0},
		{textEffect(), 43019, bot.ClassGone, 0},
		{textEffect(), 48002, bot.ClassGone, 0},
		{textEffect(), 50005, bot.ClassGone, 0},
		{textEffect(), 40003, bot.ClassGone, 0},
		{textEffect(), 48001, bot.ClassConfig, 0},
		{textEffect(), 48004, bot.ClassConfig, 0},
		{textEffect(), 40013, bot.ClassConfig, 0},
		{textEffect(), 40164, bot.ClassConfig, 0},
		{textEffect(), 40125, bot.ClassConfig, 0},
		{textEffect(), 44004, bot.ClassContent, 0},
		{textEffect(), 45002, bot.ClassContent, 0},
		{textEffect(), 45008, bot.ClassContent, 0},
		{textEffect(), 47001, bot.ClassContent, 0},
		{textEffect(), 99999, bot.ClassContent, 0},
		{card, -1, bot.ClassRetry, 0},
		{card, 45009, bot.ClassRetry, time.Minute},
		{card, 81013, bot.ClassGone, 0},
		{card, 60020, bot.ClassConfig, 0},
		{card, 40056, bot.ClassConfig, 0},
		{card, 40058, bot.ClassContent, 0},
	} {
		p.mu.Lock()
		p.answer = map[string]any{"errcode": c.code, "errmsg": "no " + canaryOpenID + " " + canaryText + " from 203.0.113.9 rid: 6543abcd-1111-2222"}
		p.mu.Unlock()
		r := refusalOf(t, s, c.e)
		if r.Class != c.class || r.Code != c.code || r.After != c.after {
			t.Errorf("%d: class %s, code %d, after %v; want %s, after %v", c.code, r.Class, r.Code, r.After, c.class, c.after)
		}
		if !strings.Contains(r.Reason, "6543abcd-1111-2222") || strings.Contains(r.Reason, "203.0.113.9") != needsAddress(c.code) {
			t.Errorf("%d: reason %q", c.code, r.Reason)
		}
	}
}

func TestTableIsWhole(t *testing.T) {
	c := must(readCodes())
	for name, rules := range map[string]map[int]rule{"wechat": c.WeChat, "wecom": c.WeCom} {
		if len(rules) < 20 {
			t.Errorf("%s: %d rows", name, len(rules))
		}
		for code, r := range rules {
			switch r.Class {
			case bot.ClassRetry, bot.ClassWait, bot.ClassGone, bot.ClassConfig, bot.ClassContent, classSent:
			default:
				t.Errorf("%s %d: class %q", name, code, r.Class)
			}
			if r.Words == "" || r.Pause != "" && pause(r.Pause, testNow) <= 0 {
				t.Errorf("%s %d: %+v", name, code, r)
			}
		}
	}
	for _, fault := range []string{"connect", "timeout", "lost", "garbled", "status", "refused", "address", "payload", "long", "card",
		"unset_wechat", "unset_wecom", "stranger", "unlicensed"} {
		if c.Faults[fault] == "" {
			t.Errorf("no words for fault %s", fault)
		}
	}
}

func TestBrokenAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		class bot.Class
		serve http.HandlerFunc
	}{
		"502 HTML":  {bot.ClassUnknown, status(502, "<html>Bad Gateway</html>")},
		"503":       {bot.ClassRetry, status(503, "")},
		"429":       {bot.ClassRetry, status(429, "")},
		"404":       {bot.ClassConfig, status(404, "")},
		"200 HTML":  {bot.ClassUnknown, status(200, "<html>log in</html>")},
		"truncated": {bot.ClassUnknown, status(200, `{"errcode":0,"err`)},
		"empty":     {bot.ClassUnknown, status(200, "")},
		"too long":  {bot.ClassUnknown, status(200, strings.Repeat(" ", maxAnswer+10))},
		"redirect": {bot.ClassConfig, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/?access_token="+canaryToken, http.StatusFound)
		}},
		"reset": {bot.ClassUnknown, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.(*net.TCPConn).SetLinger(0)
				conn.Close()
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t)
			p.serve = c.serve
			if r := refusalOf(t, p.sender(t), textEffect()); r.Class != c.class || r.Reason == "" {
				t.Errorf("class %s (%s), want %s", r.Class, r.Reason, c.class)
			}
		})
	}
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

func TestHangIsUnknown(t *testing.T) {
	p := newPlatform(t)
	release := make(chan struct{})
	p.serve = func(http.ResponseWriter, *http.Request) { <-release }
	defer close(release)
	s := p.sender(t, func(o *SenderOptions) { o.Timeout = 100 * time.Millisecond })
	if r := refusalOf(t, s, textEffect()); r.Class != bot.ClassUnknown {
		t.Errorf("class %s", r.Class)
	}
	// The caller's own deadline holds too, though the SDK's call takes no context.
	s = p.sender(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := s.Send(ctx, textEffect()); err == nil || time.Since(began) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestNobodyListens(t *testing.T) {
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	base := "http://" + l.Addr().String()
	l.Close()
	s := must(NewSender(SenderOptions{AppID: testApp, Secret: canarySecret, APIBase: base, CorpID: testCorp, AgentID: "1", CorpSecret: canaryCorp, WeComBase: base}))
	defer s.Close()
	for _, e := range []bot.Effect{textEffect(), effect(bot.KindCard, testCard())} {
		if r := refusalOf(t, s, e); r.Class != bot.ClassRetry {
			t.Errorf("%s: class %s", e.Kind, r.Class)
		}
	}
}
