package sim

import (
	"bytes"
	"context"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (r *rig) send(tok, openid string, extra object) int {
	r.Helper()
	body := object{"touser": openid, "msgtype": "text", "text": object{"content": "提醒"}}
	for k, v := range extra {
		body[k] = v
	}
	return code(r.api("wechat", "POST", "/cgi-bin/message/custom/send?access_token="+tok, body))
}

func TestWindowAfterAMessage(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	r.act("demo1", "say", object{"text": "好"})
	id := r.openid("demo1")
	for i := range 5 {
		if c := r.send(tok, id, nil); c != 0 {
			t.Fatalf("message %d: %d", i+1, c)
		}
	}
	if c := r.send(tok, id, nil); c != 45047 {
		t.Errorf("sixth message: %d, want 45047", c)
	}
	r.act("demo1", "say", object{"text": "再来"})
	r.advance("47h59m")
	tok = r.wechatToken()
	if c := r.send(tok, id, nil); c != 0 {
		t.Errorf("just within 48 hours: %d", c)
	}
	r.advance("1m")
	if c := r.send(tok, id, nil); c != 45015 {
		t.Errorf("after 48 hours: %d, want 45015", c)
	}
}

func TestWindowAfterAClick(t *testing.T) {
	for verb, body := range map[string]object{"follow": {"scene": "x"}, "press": {"key": "K"}, "scan": {"scene": "x"}, "say": {"text": "一", "menu_id": "7"}} {
		r := newRig(t)
		tok := r.wechatToken()
		r.act("demo1", verb, body)
		id := r.openid("demo1")
		for i := range 3 {
			if c := r.send(tok, id, nil); c != 0 {
				t.Fatalf("%s: message %d: %d", verb, i+1, c)
			}
		}
		if c := r.send(tok, id, nil); c != 45047 {
			t.Errorf("%s: fourth message: %d, want 45047", verb, c)
		}
		r.act("demo1", "press", object{"key": "K"})
		r.advance("1m")
		if c := r.send(tok, id, nil); c != 45015 {
			t.Errorf("%s: after a minute: %d, want 45015", verb, c)
		}
	}
}

func TestClickSpendsTheShortWindowFirst(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	r.act("demo1", "say", object{"text": "好"})
	r.act("demo1", "press", object{"key": "K"})
	id := r.openid("demo1")
	for range 3 {
		r.send(tok, id, nil)
	}
	r.advance("2m")
	var v userView
	r.call(200, "GET", "/_sim/users/demo1", nil, &v)
	if v.Window.Left != 5 {
		t.Errorf("%d messages left of the long window, want 5", v.Window.Left)
	}
	r.act("demo1", "unfollow", nil)
	if c := r.send(tok, id, nil); c != 45015 {
		t.Errorf("to one who left: %d, want 45015", c)
	}
}

func TestCustomSendKindsAndRefusals(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	r.act("demo1", "say", object{"text": "好"})
	id := r.openid("demo1")
	article := object{"title": "题", "description": "说明", "url": "http://example.com", "picurl": ""}
	for _, c := range []struct {
		name string
		body object
		want int
	}{
		{"news", object{"msgtype": "news", "news": object{"articles": []object{article}}}, 0},
		{"menu", object{"msgtype": "msgmenu", "msgmenu": object{"head_content": "选", "list": []object{{"id": "1", "content": "甲"}}, "tail_content": "谢谢"}}, 0},
		{"as an agent", object{"customservice": object{"kf_account": "a@b"}}, 0},
		{"2048 bytes", object{"text": object{"content": strings.Repeat("a", 2048)}}, 0},
		{"2049 bytes", object{"text": object{"content": strings.Repeat("a", 2049)}}, 45002},
		{"two articles", object{"msgtype": "news", "news": object{"articles": []object{article, article}}}, 45008},
		{"no article", object{"msgtype": "news", "news": object{"articles": []object{}}}, 44003},
		{"empty", object{"text": object{"content": ""}}, 44004},
		{"unknown type", object{"msgtype": "smell"}, 40008},
		{"wrong openid", object{"touser": "oNobody"}, 40003},
		{"lost picture", object{"msgtype": "image", "image": object{"media_id": "gone"}}, 40007},
		{"unknown field", object{"colour": "red"}, 47001},
		{"empty menu", object{"msgtype": "msgmenu", "msgmenu": object{"head_content": "选", "list": []object{}}}, 44004},
	} {
		if got := r.send(tok, id, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	var kinds []string
	for _, m := range r.transcript("demo1")[2:] {
		kinds = append(kinds, m.From+" "+m.Kind+" "+m.Via)
	}
	want := []string{"bot news service", "bot text service", "bot text service", "bot text service"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestServiceMessagesMeanwhileAreReplies(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	r.bot.set(func(m inbound) (int, string) {
		r.send(tok, m.FromUserName, nil)
		return echoText(m)
	}, nil)
	got := r.act("demo1", "say", object{"text": "好"})
	if diff := cmp.Diff([]string{"提醒", "您说：好"}, got.Replies); diff != "" {
		t.Error(diff)
	}
}

func TestTokens(t *testing.T) {
	r := newRig(t)
	r.act("demo1", "say", object{"text": "好"})
	id := r.openid("demo1")
	if c := r.send("", id, nil); c != 41001 {
		t.Errorf("no token: %d", c)
	}
	if c := r.send("wrong", id, nil); c != 40001 {
		t.Errorf("wrong token: %d", c)
	}
	first := r.wechatToken()
	second := r.wechatToken()
	if first == second || r.send(first, id, nil) != 0 {
		t.Error("the first token must live on for five minutes beside a second one")
	}
	r.advance("5m")
	if c := r.send(first, id, nil); c != 42001 {
		t.Errorf("replaced token after its grace: %d, want 42001", c)
	}
	if c := r.send(second, id, nil); c != 0 {
		t.Errorf("second token: %d", c)
	}
	r.advance("115m")
	if c := r.send(second, id, nil); c != 42001 {
		t.Errorf("after two hours: %d, want 42001", c)
	}
	for query, want := range map[string]int{
		"grant_type=x&appid=wxapp&secret=secret":                 40002,
		"grant_type=client_credential&appid=other&secret=secret": 40013,
		"grant_type=client_credential&appid=wxapp&secret=wrong":  40125,
		"grant_type=client_credential&appid=wxapp":               41004,
	} {
		if got := r.api("wechat", "GET", "/cgi-bin/token?"+query, nil); code(got) != want || !strings.Contains(got["errmsg"].(string), " rid: ") {
			t.Errorf("%s: %v", query, got)
		}
	}
}

func TestStableToken(t *testing.T) {
	r := newRig(t)
	body := object{"grant_type": "client_credential", "appid": "wxapp", "secret": "secret"}
	ask := func(force bool) string {
		body["force_refresh"] = force
		return r.api("wechat", "POST", "/cgi-bin/stable_token", body)["access_token"].(string)
	}
	works := func(tok string) int {
		return code(r.api("wechat", "GET", "/cgi-bin/getcallbackip?access_token="+tok, nil))
	}
	first := ask(false)
	if ask(false) != first {
		t.Error("a second call gave another token")
	}
	r.advance("116m")
	second := ask(false)
	if second == first || works(first) != 0 || works(second) != 0 {
		t.Error("in the last five minutes a new token is given and both are valid")
	}
	third := ask(true)
	if third == second || works(second) != 42001 {
		t.Errorf("after force_refresh the old token answers %d", works(second))
	}
}

func TestStrictness(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	for _, c := range []struct {
		side, method, path string
		want               int
	}{
		{"wechat", "GET", "/cgi-bin/message/custom/send?access_token=" + tok, 43002},
		{"wechat", "POST", "/cgi-bin/user/info?access_token=" + tok, 43001},
		{"wechat", "GET", "/cgi-bin/nothing?access_token=" + tok, 40066},
		{"wechat", "GET", "/cgi-bin/user/info?openid=oX&access_token=" + tok, 40003},
		{"wechat", "GET", "/cgi-bin/menu/get?access_token=" + tok, 46003},
		{"wecom", "GET", "/cgi-bin/agent/get?agentid=1000002", 41001},
		{"wecom", "GET", "/cgi-bin/agent/get?agentid=1000002&access_token=x", 40014},
		{"wecom", "GET", "/cgi-bin/gettoken?corpid=other&corpsecret=csecret", 40013},
		{"wecom", "GET", "/cgi-bin/gettoken?corpid=wwcorp&corpsecret=no", 40001},
		{"wechat", "POST", "/cgi-bin/stable_token", 47001},
	} {
		if got := r.api(c.side, c.method, c.path, nil); code(got) != c.want {
			t.Errorf("%s %s: %v, want %d", c.method, c.path, got, c.want)
		}
	}
	var v struct {
		Errors map[string]int `json:"api_errors"`
	}
	r.call(200, "GET", "/_sim/counters", nil, &v)
	if v.Errors["43002"] != 1 {
		t.Errorf("counters %v", v.Errors)
	}
}

func TestUserInfoTypingAndMenu(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	r.act("demo1", "follow", object{"scene": "rep7"})
	id := r.openid("demo1")
	info := r.api("wechat", "GET", "/cgi-bin/user/info?lang=zh_CN&openid="+id+"&access_token="+tok, nil)
	if info["subscribe"] != 1.0 || info["qr_scene_str"] != "rep7" {
		t.Errorf("user info %v", info)
	}
	typing := func(cmd string) int {
		return code(r.api("wechat", "POST", "/cgi-bin/message/custom/typing?access_token="+tok, object{"touser": id, "command": cmd}))
	}
	if c := typing("Typing"); c != 45080 {
		t.Errorf("typing to one who has not spoken: %d", c)
	}
	r.act("demo1", "say", object{"text": "好"})
	var v userView
	if c := typing("Typing"); c != 0 {
		t.Errorf("typing: %d", c)
	}
	if r.call(200, "GET", "/_sim/users/demo1", nil, &v); !v.Typing {
		t.Error("the phone does not show it")
	}
	menu := object{"button": []object{{"type": "click", "name": "开始", "key": "GO"}, {"name": "更多", "sub_button": []object{{"type": "view", "name": "网站", "url": "https://example.com"}}}}}
	if got := r.api("wechat", "POST", "/cgi-bin/menu/create?access_token="+tok, menu); code(got) != 0 {
		t.Errorf("menu: %v", got)
	}
	r.act("demo1", "press", object{"key": "GO"})
	last := r.transcript("demo1")
	if got := last[len(last)-2].Text; !strings.Contains(got, "开始") {
		t.Errorf("the click reads %q", got)
	}
	for want, bad := range map[int]object{
		40016: {"button": []object{}},
		40019: {"button": []object{{"type": "click", "name": "无键"}}},
		40018: {"button": []object{{"type": "click", "name": "名字太长太长了", "key": "k"}}},
		47001: {"button": []object{{"type": "click", "name": "x", "key": "k", "colour": "red"}}},
	} {
		if got := r.api("wechat", "POST", "/cgi-bin/menu/create?access_token="+tok, bad); code(got) != want {
			t.Errorf("%v: %v, want %d", bad, got, want)
		}
	}
	r.api("wechat", "GET", "/cgi-bin/menu/delete?access_token="+tok, nil)
	if got := r.api("wechat", "GET", "/cgi-bin/menu/get?access_token="+tok, nil); code(got) != 46003 {
		t.Errorf("menu after deleting: %v", got)
	}
}

func TestPictures(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	png, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		t.Fatal(err)
	}
	up := func(raw []byte) object {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, _ := w.CreateFormFile("media", "a.png")
		part.Write(raw)
		w.Close()
		req, _ := http.NewRequestWithContext(context.Background(), "POST", r.http.URL+"/_sim/api/wechat/cgi-bin/media/upload?type=image&access_token="+tok, &body)
		req.Header.Set("Content-Type", w.FormDataContentType())
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var out object
		if err := decodeLoose(res.Body, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := up([]byte("not a picture")); code(got) != 40005 {
		t.Errorf("text as picture: %v", got)
	}
	id := up(png)["media_id"].(string)
	r.act("demo1", "say", object{"text": "好"})
	if c := r.send(tok, r.openid("demo1"), object{"msgtype": "image", "image": object{"media_id": id}}); c != 0 {
		t.Errorf("sending: %d", c)
	}
	list := r.transcript("demo1")
	res, err := http.Get(r.http.URL + list[len(list)-1].URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/png" {
		t.Errorf("picture: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
}

func TestFaults(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	r.act("demo1", "say", object{"text": "好"})
	id := r.openid("demo1")
	const path = "/cgi-bin/message/custom/send"
	r.call(200, "POST", "/_sim/faults", object{"path": path, "errcode": 45009, "times": 3}, nil)
	for range 3 {
		if c := r.send(tok, id, nil); c != 45009 {
			t.Errorf("planned fault: %d", c)
		}
	}
	if c := r.send(tok, id, nil); c != 0 {
		t.Errorf("after the plan: %d", c)
	}
	r.call(200, "POST", "/_sim/faults", object{"path": path, "errcode": -1, "after": true}, nil)
	before := len(r.transcript("demo1"))
	if c := r.send(tok, id, nil); c != -1 || len(r.transcript("demo1")) != before+1 {
		t.Errorf("lost answer: %d, %d new lines", c, len(r.transcript("demo1"))-before)
	}
	r.call(200, "POST", "/_sim/faults", object{"path": path, "status": 502}, nil)
	r.call(502, "POST", "/_sim/api/wechat"+path+"?access_token="+tok, object{}, nil)
	r.call(200, "POST", "/_sim/faults", object{"path": path, "cut": true}, nil)
	if _, err := http.Post(r.http.URL+"/_sim/api/wechat"+path, "application/json", strings.NewReader("{}")); err == nil {
		t.Error("a cut connection answered")
	}
	r.call(200, "POST", "/_sim/faults", object{"path": path, "hang": "20ms"}, nil)
	if c := r.send(tok, id, nil); c != 0 {
		t.Errorf("slow answer: %d", c)
	}
	for _, bad := range []object{{}, {"path": path}, {"path": path, "hang": "soon"}, {"path": path, "status": 200}, {"path": path, "errcode": 1, "status": 500}, {"paht": path}} {
		r.call(400, "POST", "/_sim/faults", bad, nil)
	}
	r.call(200, "POST", "/_sim/faults", object{"path": path, "hang": "1m"}, nil)
	r.call(204, "DELETE", "/_sim/faults", nil, nil)
	var list struct{ Faults []fault }
	if r.call(200, "GET", "/_sim/faults", nil, &list); len(list.Faults) != 0 {
		t.Errorf("faults left: %v", list.Faults)
	}
}
