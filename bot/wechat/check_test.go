package wechat

import (
	"errors"
	"strings"
	"testing"
)

func TestBases(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "https://api.weixin.qq.com",
		"https://proxy.example/wx/":       "https://proxy.example/wx",
		"http://127.0.0.1:8080/_sim/api/": "http://127.0.0.1:8080/_sim/api",
		"http://localhost:1":              "http://localhost:1",
		"http://[::1]:80/x":               "http://[::1]:80/x",
	} {
		if u, err := readBase(text, wechatHost); err != nil || u.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, u, err, want)
		}
	}
	for _, text := range []string{"http://api.weixin.qq.com", "http://10.0.0.1/", "http://127.0.0.1.evil.example/", "ftp://127.0.0.1/", "https://user:pw@x/",
		"https://x/?a=b", "https://x/#f", "//x", "x", "https://", "http://localhost.evil.example", "%"} {
		_, err := NewSender(SenderOptions{APIBase: text})
		if !errors.Is(err, ErrBase) {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := NewSender(SenderOptions{WeComBase: text}); !errors.Is(err, ErrBase) {
			t.Errorf("WeCom %q: %v", text, err)
		}
	}
	if _, err := NewSender(SenderOptions{CorpID: testCorp, AgentID: "agent"}); err == nil {
		t.Error("agent id without digits accepted")
	}
}

func TestCheck(t *testing.T) {
	p := newPlatform(t)
	got := p.sender(t).Check(t.Context())
	if len(got) != 4 {
		t.Fatalf("findings %+v", got)
	}
	for _, f := range got {
		if !f.OK || f.What == "" {
			t.Errorf("%+v", f)
		}
	}
	p.tokenErr = map[string]any{"errcode": 40164, "errmsg": "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 6543abcd-1111"}
	got = p.sender(t).Check(t.Context())
	if len(got) != 2 || got[0].OK || got[0].Code != 40164 || !strings.Contains(got[0].Advice, "203.0.113.9") || got[1].OK {
		t.Errorf("%+v", got)
	}
	p.tokenErr = nil
	p.answer = map[string]any{"errcode": 40056, "errmsg": "invalid agentid"}
	got = p.sender(t).Check(t.Context())
	if len(got) != 4 || !got[0].OK || got[3].OK || got[3].Advice == "" {
		t.Errorf("%+v", got)
	}
	s := p.sender(t, func(o *SenderOptions) { o.APIBase, o.CorpID = "http://127.0.0.1:1", "" })
	if got = s.Check(t.Context()); len(got) != 1 || got[0].OK || got[0].Code != 0 || got[0].Advice == "" {
		t.Errorf("%+v", got)
	}
}
