package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/sim"
)

// simActs are what a phone can do, with what of it must arrive.
var simActs = []struct {
	act, body, kind, event string
	check                  func(in bot.Inbound) bool
}{
	{"follow", `{"scene":"rep7"}`, "event", "subscribe", func(in bot.Inbound) bool { return in.EventKey == "qrscene_rep7" }},
	{"follow", `{"scene":"rep8"}`, "event", "SCAN", func(in bot.Inbound) bool { return in.EventKey == "rep8" }},
	{"say", `{"text":"您好 ]]> <b>\n👩🏻‍⚕️"}`, "text", "", func(in bot.Inbound) bool {
		return in.Text == "您好 ]]> <b>\n👩🏻‍⚕️" && in.MsgID != "" && in.MenuID == ""
	}},
	{"say", `{"text":"心内科","menu_id":"101"}`, "text", "", func(in bot.Inbound) bool { return in.MenuID == "101" }},
	{"image", `{}`, "image", "", func(in bot.Inbound) bool { return in.MediaID != "" && in.Detail != "" }},
	{"voice", `{"text":"周三下午"}`, "voice", "", func(in bot.Inbound) bool { return in.MediaID != "" && in.Text == "周三下午" }},
	{"video", `{}`, "video", "", func(in bot.Inbound) bool { return in.MediaID != "" }},
	{"shortvideo", `{}`, "shortvideo", "", func(in bot.Inbound) bool { return in.MediaID != "" }},
	{"location", `{"latitude":31.2,"longitude":121.4,"label":"某院"}`, "location", "", func(in bot.Inbound) bool { return strings.HasPrefix(in.Place, "31.2") && in.Text == "某院" }},
	{"link", `{"title":"指南","url":"https://x/"}`, "link", "", func(in bot.Inbound) bool { return in.Detail == "指南 https://x/" }},
	{"miniprogram", `{"title":"小程序","appid":"wx1","pagepath":"pages/a"}`, "miniprogrampage", "", func(in bot.Inbound) bool { return in.Detail == "小程序 pages/a" }},
	{"press", `{"key":"VISIT"}`, "event", "CLICK", func(in bot.Inbound) bool { return in.EventKey == "VISIT" }},
	{"view", `{"url":"https://x/?a=1&b=2"}`, "event", "VIEW", func(in bot.Inbound) bool { return in.EventKey == "https://x/?a=1&b=2" }},
	{"view_miniprogram", `{"pagepath":"pages/a"}`, "event", "view_miniprogram", func(in bot.Inbound) bool { return in.EventKey == "pages/a" }},
	{"scancode", `{"key":"k","type":"scancode_waitmsg","result":"6901]]>"}`, "event", "scancode_waitmsg", func(in bot.Inbound) bool { return in.EventKey == "k" && in.Detail == "6901]]>" }},
	{"scancode", `{"key":"k","type":"scancode_push","result":"6901"}`, "event", "scancode_push", func(in bot.Inbound) bool { return in.Detail == "6901" }},
	{"pic", `{"key":"k","type":"pic_weixin","count":1}`, "event", "pic_weixin", func(in bot.Inbound) bool { return in.EventKey == "k" }},
	{"location_select", `{"key":"k","latitude":31.2,"longitude":121.4,"label":"某院"}`, "event", "location_select", func(in bot.Inbound) bool {
		return strings.HasPrefix(in.Place, "31.2") && in.Detail == "某院"
	}},
	{"report_location", `{"latitude":31.2,"longitude":121.4}`, "event", "LOCATION", func(in bot.Inbound) bool { return strings.HasPrefix(in.Place, "31.2") }},
	{"consent", `{"templates":[{"id":"a","accept":true},{"id":"b","accept":false}]}`, "event", "subscribe_msg_popup_event", func(in bot.Inbound) bool {
		return len(in.Permits) == 2 && in.Permits[0] == bot.Permit{Template: "a", Accepted: true} && in.Permits[1] == bot.Permit{Template: "b"}
	}},
	{"withdraw", `{"templates":[{"id":"a"}]}`, "event", "subscribe_msg_change_event", func(in bot.Inbound) bool { return len(in.Permits) == 1 && !in.Permits[0].Accepted }},
	{"unfollow", `{}`, "event", "unsubscribe", func(in bot.Inbound) bool { return in.EventKey == "" }},
}

// TestPretendPlatform lets the pretend platform, which is another implementation of the protocol, do everything that a phone can do.
func TestPretendPlatform(t *testing.T) {
	for _, mode := range []string{sim.ModeSafe, sim.ModeCompat} {
		for _, format := range []string{sim.FormatXML, sim.FormatJSON} {
			t.Run(mode+" "+format, func(t *testing.T) {
				e, c := &ear{}, &tally{}
				e.say = func(_ context.Context, in bot.Inbound) (bot.Reply, error) {
					return bot.Reply{Text: "收到 ]]> " + in.Kind}, nil
				}
				act := pretend(t, e, c, mode, format)
				for _, a := range simActs {
					e.heard = nil
					res := act(a.act, a.body)
					if len(e.heard) == 0 || res.Notice != "" || a.act != "unfollow" && (len(res.Replies) == 0 || res.Replies[0] != "收到 ]]> "+a.kind) {
						t.Errorf("%s: heard %+v, answered %+v, outcomes %v", a.act, e.heard, res, c.n)
						continue
					}
					if in := e.heard[0]; in.Kind != a.kind || in.Event != a.event || !a.check(in) {
						t.Errorf("%s: heard %+v", a.act, in)
					}
				}
			})
		}
	}
}

// TestPretendPlatformInPlaintext: an account that is set to plaintext is refused, and the doctor sees the platform's failure line.
func TestPretendPlatformInPlaintext(t *testing.T) {
	e, c := &ear{}, &tally{}
	res := pretend(t, e, c, sim.ModePlain, sim.FormatXML)("say", `{"text":"您好"}`)
	if len(e.heard) != 0 || res.Notice == "" || c.of(RefusedMode) != 3 {
		t.Errorf("heard %+v, answered %+v, outcomes %v", e.heard, res, c.n)
	}
}

func subscribeTemplate(id string) sim.Template {
	return sim.Template{ID: id, Kind: sim.TemplateSubscribe, Title: "新内容提醒", Fields: []sim.TemplateField{{Key: "thing1", Name: "标题"}}}
}

type simAnswer struct {
	Replies []string
	Notice  string
}

// pretend connects a callback to a pretend platform and gives what one doctor can do there.
func pretend(t *testing.T, e *ear, c *tally, mode, format string) func(act, body string) simAnswer {
	t.Helper()
	hook := httptest.NewServer(must(NewWebhook(WebhookOptions{AppID: testApp, OriginalID: testOriginal, Token: testToken, AESKey: testKey, Receiver: e, Count: c.count})))
	t.Cleanup(hook.Close)
	p := must(sim.New(sim.Options{AppID: testApp, AppSecret: canarySecret, Token: testToken, AESKey: testKey, OriginalID: testOriginal, CallbackURL: hook.URL, RetryPause: 1,
		Templates: []sim.Template{subscribeTemplate("a"), subscribeTemplate("b")}}))
	t.Cleanup(func() { p.Close() })
	account := p.AccountSettings()
	account.Mode, account.Format = mode, format
	if err := p.SetAccount(account); err != nil {
		t.Fatal(err)
	}
	h := p.Handler()
	return func(act, body string) (a simAnswer) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/_sim/users/demo1/"+act, bytes.NewReader([]byte(body))))
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", act, w.Code, w.Body)
		}
		return a
	}
}
