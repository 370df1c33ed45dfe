package sim

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// authorize asks for a code in a doctor's name and returns the status and where it leads.
func (r *rig) authorize(user string, change url.Values) (int, *url.URL, string) {
	r.Helper()
	q := url.Values{"appid": {"wxapp"}, "redirect_uri": {"http://bot.example/me?x=1"}, "response_type": {"code"}, "scope": {scopeBase}, "state": {"s1"}}
	if user != "" {
		q.Set("sim_user", user)
	}
	for k, v := range change {
		q[k] = v
	}
	client := &http.Client{CheckRedirect: noRedirect}
	res, err := client.Get(r.http.URL + openPrefix + "/connect/oauth2/authorize?" + q.Encode())
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		r.Fatal(err)
	}
	var page strings.Builder
	for b := make([]byte, 4096); ; {
		n, err := res.Body.Read(b)
		page.Write(b[:n])
		if err != nil {
			break
		}
	}
	return res.StatusCode, to, page.String()
}

func (r *rig) sns(path string, q url.Values) object {
	r.Helper()
	return r.api("wechat", "GET", "/sns/"+path+"?"+q.Encode(), nil)
}

func exchange(code string) url.Values {
	return url.Values{"appid": {"wxapp"}, "secret": {"secret"}, "code": {code}, "grant_type": {"authorization_code"}}
}

func TestWebSignIn(t *testing.T) {
	r := newRig(t)
	r.act("d", "follow", nil)
	status, to, _ := r.authorize("d", nil)
	c := to.Query().Get("code")
	if status != 302 || to.Host != "bot.example" || to.Query().Get("x") != "1" || to.Query().Get("state") != "s1" || c == "" {
		t.Fatalf("%d to %s", status, to)
	}
	got := r.sns("oauth2/access_token", exchange(c))
	if got["openid"] != r.openid("d") || got["expires_in"] != 7200.0 || got["is_snapshotuser"] != nil || got["scope"] != scopeBase {
		t.Errorf("token %v", got)
	}
	if again := r.sns("oauth2/access_token", exchange(c)); code(again) != 40163 {
		t.Errorf("the code again: %v", again)
	}
	if bad := r.sns("oauth2/access_token", exchange("invented")); code(bad) != 40029 {
		t.Errorf("invented code: %v", bad)
	}
	_, to, _ = r.authorize("d", nil)
	r.advance("5m")
	if late := r.sns("oauth2/access_token", exchange(to.Query().Get("code"))); code(late) != 40029 {
		t.Errorf("after five minutes: %v", late)
	}
	pass := url.Values{"access_token": {got["access_token"].(string)}, "openid": {r.openid("d")}}
	if ok := r.sns("auth", pass); code(ok) != 0 || ok["errmsg"] != "ok" {
		t.Errorf("auth: %v", ok)
	}
	if info := r.sns("userinfo", pass); code(info) != 48001 {
		t.Errorf("userinfo with the silent scope: %v", info)
	}
	fresh := r.sns("oauth2/refresh_token", url.Values{"appid": {"wxapp"}, "grant_type": {"refresh_token"}, "refresh_token": {got["refresh_token"].(string)}})
	if fresh["openid"] != r.openid("d") || fresh["access_token"] == got["access_token"] {
		t.Errorf("refreshed %v", fresh)
	}
	r.advance("2h")
	if old := r.sns("auth", pass); code(old) != 42001 {
		t.Errorf("after two hours: %v", old)
	}
	if bad := r.sns("oauth2/refresh_token", url.Values{"appid": {"wxapp"}, "grant_type": {"refresh_token"}, "refresh_token": {"x"}}); code(bad) != 40030 {
		t.Errorf("invented refresh token: %v", bad)
	}
	if wrong := r.sns("oauth2/access_token", url.Values{"appid": {"wxapp"}, "secret": {"no"}, "code": {c}, "grant_type": {"authorization_code"}}); code(wrong) != 40125 {
		t.Errorf("wrong secret: %v", wrong)
	}
}

func TestWebConsentAndSnapshotPages(t *testing.T) {
	r := newRig(t)
	r.account(object{"union_ids": true})
	r.call(200, "GET", "/_sim/users/d", nil, nil)
	full := url.Values{"scope": {scopeUser}}
	if status, _, page := r.authorize("d", full); status != 200 || !strings.Contains(page, "允许") {
		t.Errorf("one who does not follow is asked: %d %s", status, page)
	}
	full.Set("sim_allow", "1")
	_, to, _ := r.authorize("d", full)
	got := r.sns("oauth2/access_token", exchange(to.Query().Get("code")))
	if got["unionid"] == nil || got["scope"] != scopeUser {
		t.Errorf("token %v", got)
	}
	info := r.sns("userinfo", url.Values{"access_token": {got["access_token"].(string)}, "openid": {r.openid("d")}})
	if info["openid"] != r.openid("d") || info["sex"] != 0.0 || info["unionid"] != got["unionid"] {
		t.Errorf("info %v", info)
	}
	r.call(200, "PUT", "/_sim/users/d", object{"snapshot": true}, nil)
	_, to, _ = r.authorize("d", nil)
	if got := r.sns("oauth2/access_token", exchange(to.Query().Get("code"))); got["is_snapshotuser"] != 1.0 || got["openid"] == r.openid("d") {
		t.Errorf("snapshot page: %v", got)
	}
}

func TestWebRefusals(t *testing.T) {
	r := newRig(t)
	r.act("d", "follow", nil)
	r.account(object{"web_domains": []string{"bot.example"}})
	for name, change := range map[string]url.Values{
		"other app": {"appid": {"wxother"}}, "other type": {"response_type": {"token"}}, "scope": {"scope": {"all"}}, "no address": {"redirect_uri": {"javascript:1"}},
		"long state": {"state": {strings.Repeat("s", 129)}}, "other domain": {"redirect_uri": {"http://evil.example/"}},
	} {
		if status, _, page := r.authorize("d", change); status != 200 || !strings.Contains(page, "10003") {
			t.Errorf("%s: %d %.200s", name, status, page)
		}
	}
	r.account(object{"kind": KindSubscription})
	if status, _, page := r.authorize("d", nil); status != 200 || !strings.Contains(page, "10003") {
		t.Errorf("a subscription account: %d", status)
	}
}

func TestPagesKnowWhosePhoneItIs(t *testing.T) {
	r := newRig(t)
	r.act("demo1", "follow", nil)
	if status, _, page := r.authorize("", nil); status != 200 || !strings.Contains(page, "医生 1") {
		t.Errorf("without a phone one may choose: %d %s", status, page)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		if req.URL.Host == "bot.example" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	target := r.http.URL + openPrefix + "/connect/oauth2/authorize?" + url.Values{"appid": {"wxapp"}, "redirect_uri": {"http://bot.example/me"},
		"response_type": {"code"}, "scope": {scopeBase}}.Encode()
	res, err := client.Get(r.http.URL + "/_sim/open?" + url.Values{"user": {"demo1"}, "url": {target}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if to := res.Header.Get("Location"); !strings.HasPrefix(to, "http://bot.example/me?code=") {
		t.Errorf("led to %q, status %d", to, res.StatusCode)
	}
	r.call(400, "GET", "/_sim/open?user=demo1&url=javascript:1", nil, nil)
}

func TestJSTicket(t *testing.T) {
	r := newRig(t)
	ask := func() object {
		return r.api("wechat", "GET", "/cgi-bin/ticket/getticket?type=jsapi&access_token="+r.stableToken(), nil)
	}
	first := ask()
	if code(first) != 0 || first["errmsg"] != "ok" || first["expires_in"] != 7200.0 || ask()["ticket"] != first["ticket"] {
		t.Errorf("ticket %v", first)
	}
	r.advance("2h")
	if ask()["ticket"] == first["ticket"] {
		t.Error("the ticket did not change")
	}
	if got := r.api("wechat", "GET", "/cgi-bin/ticket/getticket?type=x&access_token="+r.stableToken(), nil); code(got) != 40097 {
		t.Errorf("unknown type: %v", got)
	}
}
