package sim

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestDailyLimits(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Now = func() time.Time { return time.Date(2026, 11, 2, 15, 0, 0, 0, time.UTC) } }) // 23:00 in Beijing
	const path = "/cgi-bin/message/custom/send"
	r.account(object{"limits": object{path: 2}})
	r.act("d", "say", object{"text": "x"})
	id := r.openid("d")
	quota := func() object { return r.post("/cgi-bin/openapi/quota/get", object{"cgi_path": path}) }
	if a, b, c := r.send(r.stableToken(), id, nil), r.send(r.stableToken(), "oX", nil), r.send(r.stableToken(), id, nil); a != 0 || b != 40003 || c != 45009 {
		t.Errorf("%d, %d and %d: a refused call counts, too", a, b, c)
	}
	if q := quota()["quota"].(object); q["daily_limit"] != 2.0 || q["used"] != 2.0 || q["remain"] != 0.0 {
		t.Errorf("quota %v", q)
	}
	if got := r.post("/cgi-bin/openapi/quota/get", object{"cgi_path": "/cgi-bin/dance"}); code(got) != 76021 {
		t.Errorf("unknown path: %v", got)
	}
	if got := r.post("/cgi-bin/clear_quota", object{"appid": "wxapp"}); code(got) != 0 || r.send(r.stableToken(), id, nil) != 0 {
		t.Errorf("cleared: %v", got)
	}
	for i := range 10 {
		want := 0
		if i == 9 {
			want = 48006
		}
		if got := r.post("/cgi-bin/clear_quota", object{"appid": "wxapp"}); code(got) != want {
			t.Errorf("clearing number %d: %v, want %d", i+2, got, want)
		}
	}
	if got := r.post("/cgi-bin/clear_quota", object{"appid": "wxother"}); code(got) != 40013 {
		t.Errorf("for another app: %v", got)
	}
	r.send(r.stableToken(), id, nil)
	r.send(r.stableToken(), id, nil)
	if c := r.send(r.stableToken(), id, nil); c != 45009 {
		t.Errorf("used up again: %d", c)
	}
	r.advance("1h")
	if c := r.send(r.stableToken(), id, nil); c != 0 {
		t.Errorf("after midnight in Beijing: %d", c)
	}
	var view countersView
	if r.call(200, "GET", "/_sim/counters", nil, &view); view.Refusals[path]["45009"] != 2 {
		t.Errorf("refusals %v", view.Refusals)
	}
}

func TestTestAccountsHaveATenth(t *testing.T) {
	r := newRig(t)
	limit := func() any {
		return r.post("/cgi-bin/openapi/quota/get", object{"cgi_path": "/cgi-bin/token"})["quota"].(object)["daily_limit"]
	}
	if got := limit(); got != 2000.0 {
		t.Errorf("%v tokens a day", got)
	}
	r.account(object{"kind": KindTest})
	if got := limit(); got != 200.0 {
		t.Errorf("%v tokens a day on a test account", got)
	}
	var q struct{ Quota []quotaLine }
	if r.call(200, "GET", "/_sim/quota", nil, &q); len(q.Quota) < len(dayLimits) {
		t.Errorf("%d lines", len(q.Quota))
	}
}

func TestForcedTokens(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Now = func() time.Time { return time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC) } })
	force := func() int {
		return code(r.api("wechat", "POST", "/cgi-bin/stable_token", object{"grant_type": "client_credential", "appid": "wxapp", "secret": "secret", "force_refresh": true}))
	}
	if a, b := force(), force(); a != 0 || b != 45011 {
		t.Errorf("%d, at once again %d", a, b)
	}
	for range 19 {
		r.advance("30s")
		if c := force(); c != 0 {
			t.Fatalf("thirty seconds later: %d", c)
		}
	}
	r.advance("30s")
	if c := force(); c != 45009 {
		t.Errorf("the 21st: %d", c)
	}
	r.advance("24h")
	if c := force(); c != 0 {
		t.Errorf("the next day: %d", c)
	}
	classic := r.wechatToken()
	force()
	if got := r.api("wechat", "GET", "/cgi-bin/getcallbackip?access_token="+classic, nil); code(got) != 0 {
		t.Errorf("stable tokens must leave the classic one alone: %v", got)
	}
}

func TestWhoMayFetchTokens(t *testing.T) {
	r := newRig(t)
	r.account(object{"ip_whitelist": []string{"10.0.0.1"}, "corp_ip_whitelist": []string{"10.0.0.1"}})
	got := r.api("wechat", "GET", "/cgi-bin/token?grant_type=client_credential&appid=wxapp&secret=secret", nil)
	if code(got) != 40164 || !strings.Contains(got["errmsg"].(string), "127.0.0.1") {
		t.Errorf("token: %v", got)
	}
	if got := r.corp("send", r.wecomToken(), object{}); code(got) != 60020 {
		t.Errorf("application message: %v", got)
	}
	r.account(object{"ip_whitelist": []string{"127.0.0.1"}})
	r.wechatToken()
}

func TestWhatAccountsWereGranted(t *testing.T) {
	for _, c := range []struct {
		settings            object
		send, code, menuGet int
	}{
		{object{"kind": KindService, "certified": true}, 47001, 47001, 46003},
		{object{"kind": KindTest, "certified": false}, 47001, 47001, 46003},
		{object{"kind": KindSubscription, "certified": true}, 47001, 48001, 46003},
		{object{"kind": KindSubscription, "certified": false}, 48001, 48001, 46003},
	} {
		r := newRig(t)
		r.account(c.settings)
		a, b := code(r.post("/cgi-bin/message/custom/send", object{"colour": 1})), code(r.post("/cgi-bin/qrcode/create", object{"colour": 1}))
		m := code(r.api("wechat", "GET", "/cgi-bin/menu/get?access_token="+r.stableToken(), nil))
		if a != c.send || b != c.code || m != c.menuGet {
			t.Errorf("%v: %d, %d, %d", c.settings, a, b, m)
		}
	}
	r := newRig(t)
	for _, bad := range []object{{"mode": "open"}, {"format": "yaml"}, {"kind": "x"}, {"menu_ids": "x"}, {"limits": object{"/x": -1}}, {"colour": "red"}} {
		r.call(400, "PUT", "/_sim/account", bad, nil)
	}
	var v accountView
	if r.call(200, "GET", "/_sim/account", nil, &v); v.Mode != ModeSafe || v.AppID != "wxapp" || v.RobotKey == "" {
		t.Errorf("%+v", v)
	}
}

func TestFaultsOfTheWire(t *testing.T) {
	r := newRig(t)
	r.act("d", "say", object{"text": "x"})
	const path = "/cgi-bin/message/custom/send"
	post := func() (string, error) {
		res, err := http.Post(r.http.URL+"/_sim/api/wechat"+path+"?access_token="+r.stableToken(), "application/json",
			strings.NewReader(`{"touser":"`+r.openid("d")+`","msgtype":"text","text":{"content":"好"}}`))
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		return string(raw), err
	}
	r.call(200, "POST", "/_sim/faults", object{"path": path, "truncate": true}, nil)
	if got, err := post(); err != nil || !strings.HasPrefix(got, `{"err`) || strings.HasSuffix(strings.TrimSpace(got), "}") {
		t.Errorf("truncated: %q, %v", got, err)
	}
	if list := r.transcript("d"); list[len(list)-1].Text != "好" {
		t.Error("a truncated answer must come after the work")
	}
	r.call(200, "POST", "/_sim/faults", object{"path": path, "reset": true}, nil)
	if got, err := post(); err == nil {
		t.Errorf("reset: %q", got)
	}
	r.call(200, "POST", "/_sim/faults", object{"path": "*", "errcode": -1, "percent": 50}, nil)
	busy := 0
	for range 100 {
		if c := code(r.api("wechat", "GET", "/cgi-bin/getcallbackip?access_token=x", nil)); c == -1 {
			busy++
		} else if c != 40001 {
			t.Fatalf("answered %d", c)
		}
	}
	if busy < 25 || busy > 75 {
		t.Errorf("%d of 100 calls were busy, planned 50 %%", busy)
	}
	for _, bad := range []object{{"path": path, "errcode": 1, "percent": 101}, {"path": path, "cut": true, "reset": true}} {
		r.call(400, "POST", "/_sim/faults", bad, nil)
	}
}

// Answers of the real platform carry an errcode only where its pages say so.
func TestSuccessWithoutErrcode(t *testing.T) {
	r := newRig(t)
	for path, plain := range map[string]bool{"/cgi-bin/getcallbackip": true, "/cgi-bin/get_api_domain_ip": true, "/cgi-bin/tags/get": true, "/cgi-bin/menu/delete": false} {
		got := r.api("wechat", "GET", path+"?access_token="+r.stableToken(), nil)
		if _, has := got["errcode"]; has == plain {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestSixtyMassSendsAMinute(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Now = func() time.Time { return time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC) } })
	mass := func() int { return code(r.post("/cgi-bin/message/mass/send", object{"touser": []string{"oX"}})) }
	for range 60 {
		if c := mass(); c != 40130 {
			t.Fatalf("answered %d", c)
		}
	}
	if c := mass(); c != 45011 {
		t.Errorf("the 61st: %d", c)
	}
	r.advance("1m")
	if c := mass(); c != 40130 {
		t.Errorf("a minute later: %d", c)
	}
}

func TestOptionsOfTheAccount(t *testing.T) {
	o := testOptions()
	o.Account = &Account{Mode: "open"}
	if _, err := New(o); !errors.Is(err, ErrRefused) {
		t.Errorf("unknown mode: %v", err)
	}
	o = testOptions()
	o.Templates = []Template{{ID: "T", Kind: "letter", Title: "x"}}
	if _, err := New(o); !errors.Is(err, ErrRefused) {
		t.Errorf("unknown kind of template: %v", err)
	}
	r := newRig(t, func(o *Options) {
		a := defaultAccount()
		a.Mode, a.Kind = ModePlain, KindTest
		o.Account = &a
		o.Templates = []Template{{ID: "T", Kind: TemplateNotice, Title: "x", Fields: []TemplateField{{"thing1", "x"}}}}
	})
	if a := r.p.AccountSettings(); a.Mode != ModePlain || a.Kind != KindTest {
		t.Errorf("account %+v", a)
	}
	var list struct{ Templates []Template }
	if r.call(200, "GET", "/_sim/templates", nil, &list); len(list.Templates) != 1 {
		t.Errorf("templates %+v", list)
	}
	r.call(204, "DELETE", "/_sim/templates/T", nil, nil)
	if r.call(200, "GET", "/_sim/templates", nil, &list); len(list.Templates) != 0 {
		t.Errorf("templates %+v", list)
	}
}
