package wechat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/sim"
)

// simulated is the pretend platform over HTTP, strict as the real one is said to be.
type simulated struct {
	*httptest.Server
	t        *testing.T
	platform *sim.Platform
}

func newSimulated(t *testing.T) *simulated {
	t.Helper()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "success") }))
	t.Cleanup(hook.Close)
	fields := func(keys ...string) (all []sim.TemplateField) {
		for _, k := range keys {
			all = append(all, sim.TemplateField{Key: k, Name: k})
		}
		return all
	}
	p, err := sim.New(sim.Options{
		AppID: testApp, AppSecret: canarySecret, Token: "simtoken", AESKey: testKey, OriginalID: testOriginal, CallbackURL: hook.URL, BotName: "助手",
		CorpID: testCorp, AgentID: "1000002", CorpSecret: canaryCorp, CorpToken: "corptoken", CorpAESKey: corpKey, CorpCallbackURL: hook.URL,
		Reps: []sim.Rep{{UserID: "zhang", Name: "张"}}, Now: func() time.Time { return testNow }, PeerFollowsClock: true,
		Templates: []sim.Template{
			{ID: "PUSHTEMPLATE", Kind: sim.TemplateSubscribe, Title: "资料提醒", Fields: fields("thing1", "thing2", "time3")},
			{ID: "NOTICETEMPLATE", Kind: sim.TemplateNotice, Title: "进度提醒", Fields: fields("thing1", "thing2", "date3", "character_string4", "number5")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &simulated{Server: httptest.NewServer(p.Handler()), t: t, platform: p}
	t.Cleanup(func() {
		s.Close()
		if err := p.Close(); err != nil {
			t.Errorf("closing the platform: %v", err)
		}
	})
	return s
}

// control calls the simulator's control API.
func (s *simulated) control(method, path string, body any) map[string]any {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+"/_sim/"+path, bytes.NewReader(must(json.Marshal(body))))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw := must(io.ReadAll(res.Body))
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		s.t.Fatalf("%s: %s", path, raw)
	}
	return out
}

// follower makes a doctor who follows and returns the openid.
func (s *simulated) follower(id string) string {
	s.t.Helper()
	return s.control(http.MethodPost, "users", map[string]any{"id": id, "following": true})["openid"].(string)
}

func (s *simulated) sender(change ...func(*SenderOptions)) *Sender {
	s.t.Helper()
	o := SenderOptions{
		AppID: testApp, Secret: canarySecret, APIBase: s.URL + "/_sim/api/wechat", MPBase: s.URL + "/_sim/api/mp", OpenBase: s.URL + "/_sim/api/open",
		CorpID: testCorp, AgentID: "1000002", CorpSecret: canaryCorp, WeComBase: s.URL + "/_sim/api/wecom", Now: s.platform.Now, Company: "示例医药",
		PushTemplate:   Template{ID: "PUSHTEMPLATE", Fields: "thing1=title,thing2=summary,time3=time"},
		NoticeTemplate: Template{ID: "NOTICETEMPLATE", Fields: "thing1=title,thing2=company,date3=time,character_string4=title,number5=title"},
		Zone:           time.UTC,
	}
	for _, c := range change {
		c(&o)
	}
	sender := must(NewSender(o))
	s.t.Cleanup(sender.Close)
	return sender
}

// classes are what the platform's page says about each code and what the product does then.
var classes = map[int]bot.Class{
	-1: bot.ClassRetry, 40001: bot.ClassConfig, 40014: bot.ClassConfig, 42001: bot.ClassConfig, 40003: bot.ClassGone, 40007: bot.ClassContent, 40013: bot.ClassConfig,
	40125: bot.ClassConfig, 40164: bot.ClassConfig, 40200: bot.ClassConfig, 43004: bot.ClassGone, 50005: bot.ClassGone, 43019: bot.ClassGone, 43101: bot.ClassWait,
	45001: bot.ClassContent, 45002: bot.ClassContent, 45003: bot.ClassContent, 45008: bot.ClassContent, 45009: bot.ClassRetry, 45011: bot.ClassRetry,
	45015: bot.ClassWait, 45047: bot.ClassWait, 45028: bot.ClassWait, 45157: bot.ClassContent, 45158: bot.ClassContent, 45056: bot.ClassContent, 45159: bot.ClassContent,
	47001: bot.ClassContent, 47003: bot.ClassContent, 48001: bot.ClassConfig, 48002: bot.ClassGone, 48004: bot.ClassConfig, 50002: bot.ClassGone, 61004: bot.ClassConfig,
	99999: bot.ClassContent,
}

// TestEveryCode: each code of the table, said by the platform over HTTP to a message: its class, its number, the request's id, and as many calls as a
// renewed token needs.
func TestEveryCode(t *testing.T) {
	p := newSimulated(t)
	openID := p.follower("d1")
	table := must(readCodes()).WeChat
	for n := range classes {
		if _, listed := table[n]; !listed && n != 99999 {
			t.Errorf("%d is not in the table", n)
		}
	}
	for n, rule := range table {
		want, listed := classes[n]
		if !listed {
			want = rule.Class
		}
		calls := 1
		if rule.Refresh {
			calls = 2
		}
		p.control(http.MethodPost, "faults", map[string]any{"path": "/cgi-bin/message/custom/send", "errcode": n, "times": calls})
		var seen []Exchanged
		s := p.sender(func(o *SenderOptions) {
			o.Observe = func(x Exchanged) {
				if strings.HasSuffix(x.API, "custom/send") {
					seen = append(seen, x)
				}
			}
		})
		p.platform.Advance(31 * time.Second) // forcing a token is allowed every thirty seconds
		_, err := s.Send(t.Context(), effect(bot.KindText, bot.Text{OpenID: openID, Text: "好"}))
		if len(seen) != calls {
			t.Errorf("%d: %d calls, want %d", n, len(seen), calls)
		}
		if want == classSent {
			if err != nil {
				t.Errorf("%d: %v", n, err)
			}
			continue
		}
		if r := asRefusal(t, err); r.Class != want || r.Code != n || !strings.Contains(r.Reason, rule.Words) || !strings.Contains(r.Reason, "(rid ") {
			t.Errorf("%d: %+v, want %s", n, *r, want)
		}
	}
	if got := p.control(http.MethodGet, "faults", nil)["faults"].([]any); len(got) != 0 {
		t.Errorf("faults left: %v", got)
	}
}

// TestOneCodeThenTheToken: a token that is refused once is renewed and the message arrives.
func TestOneCodeThenTheToken(t *testing.T) {
	p := newSimulated(t)
	openID := p.follower("d1")
	s := p.sender()
	for _, n := range []int{40001, 40014, 42001, 41001} {
		p.control(http.MethodPost, "users/d1/say", map[string]any{"text": "你好"})
		p.control(http.MethodPost, "faults", map[string]any{"path": "/cgi-bin/message/custom/send", "errcode": n})
		if _, err := s.Send(t.Context(), effect(bot.KindText, bot.Text{OpenID: openID, Text: "好"})); err != nil {
			t.Errorf("%d: %v", n, err)
		}
		p.platform.Advance(31 * time.Second)
	}
}

func TestMessagesArrive(t *testing.T) {
	p := newSimulated(t)
	openID, other := p.follower("d1"), p.follower("d2")
	s := p.sender(func(o *SenderOptions) {
		o.Media = &library{}
		o.Asset = func(string) ([]byte, bool) { return onePixel, true }
	})
	p.control(http.MethodPost, "users/d1/say", map[string]any{"text": "你好"})
	news := bot.News{OpenID: openID, Title: "文献速览：高血压防治指南更新要点", Description: "诊断阈值、起始联合与目标值的变化一览，三页读完。", URL: "https://content.example.com/a?b=1&c=2"}
	notice := bot.Effect{Key: "n1", Kind: bot.KindNews, Channel: bot.ChannelTemplate, Body: must(json.Marshal(news))}
	for name, e := range map[string]bot.Effect{
		"text": effect(bot.KindText, bot.Text{OpenID: openID, Text: "好"}), "news": effect(bot.KindNews, news),
		"image":    effect(bot.KindImage, bot.Image{OpenID: openID, MediaID: "card.png"}),
		"menu":     effect(bot.KindMenu, bot.Menu{OpenID: openID, Head: "请选", Options: []bot.MenuOption{{ID: "101", Text: "甲"}}, Tail: "谢谢", Plain: "请选 A 甲"}),
		"page":     effect(bot.KindMiniPage, bot.MiniPage{OpenID: openID, Title: "标题", AppID: "wxnotbound", Path: "p", Thumb: "card.png", Plain: "标题 https://x"}),
		"template": notice,
	} {
		if _, err := s.Send(t.Context(), e); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	again, err := s.Send(t.Context(), notice)
	if first, err2 := s.Send(t.Context(), notice); err != nil || err2 != nil || first.MessageID != again.MessageID || first.MessageID == "0" {
		t.Errorf("a notice sent again: %+v, %+v", first, again)
	}
	push := bot.Effect{Kind: bot.KindNews, Channel: bot.ChannelSubscribe, Body: must(json.Marshal(news))}
	if r := refusalOf(t, s, push); r.Code != 43101 || r.Class != bot.ClassWait {
		t.Errorf("without consent: %+v", r)
	}
	p.control(http.MethodPost, "users/d1/consent", map[string]any{"templates": []any{map[string]any{"id": "PUSHTEMPLATE", "accept": true}}})
	if _, err := s.Send(t.Context(), push); err != nil {
		t.Errorf("with consent: %v", err)
	}
	order := bot.MassOrder{Key: "mass:1", OpenIDs: []string{openID, other}, News: news}
	id, err := s.SendMass(t.Context(), order)
	if id2, err2 := s.SendMass(t.Context(), order); err != nil || err2 != nil || id == "" || id != id2 {
		t.Errorf("mass: %q %v, again %q %v", id, err, id2, err2)
	}
	if r := refusalOf(t, s, effect(bot.KindText, bot.Text{OpenID: other, Text: "好"})); r.Code != 45015 && r.Code != 45047 {
		t.Errorf("who never wrote: %+v", r)
	}
}

// onePixel is a PNG.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

// TestFieldsAreTaken: whatever is announced, the platform finds nothing wrong with the fields.
func TestFieldsAreTaken(t *testing.T) {
	p := newSimulated(t)
	openID := p.follower("d1")
	s := p.sender()
	rapid.Check(t, func(r *rapid.T) {
		e := bot.Effect{Key: rapid.StringMatching(`[a-z]{12}`).Draw(r, "key"), Kind: bot.KindNews, Channel: bot.ChannelTemplate,
			Body: must(json.Marshal(bot.News{OpenID: openID, Title: "x" + rapid.String().Draw(r, "title")}))}
		if _, err := s.Send(t.Context(), e); err != nil {
			r.Fatal(err)
		}
	})
}

func TestPagesAndCodes(t *testing.T) {
	p := newSimulated(t)
	openID := p.follower("d1")
	s := p.sender()
	browser := &http.Client{CheckRedirect: noRedirect}
	code := func() string {
		res, err := browser.Get(strings.Split(s.SignInAddress("https://v.example.com/me?x=1", "st1"), "#")[0] + "&sim_user=d1")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		back := must(url.Parse(res.Header.Get("Location")))
		if back.Host != "v.example.com" || back.Query().Get("state") != "st1" || back.Query().Get("x") != "1" {
			t.Fatalf("sent back to %s", back)
		}
		return back.Query().Get("code")
	}
	once := code()
	if got, err := s.Person(t.Context(), once); got != openID || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, c := range []string{once, "never-given"} {
		if _, err := s.Person(t.Context(), c); !errors.Is(err, ErrSignInAgain) {
			t.Errorf("%v", err)
		}
	}
	p.control(http.MethodPut, "users/d1", map[string]any{"snapshot": true})
	if _, err := s.Person(t.Context(), code()); !errors.Is(err, ErrSnapshot) {
		t.Errorf("a snapshot: %v", err)
	}
	if got, err := s.SignPage(t.Context(), "https://v.example.com/me"); err != nil || len(got.Signature) != 40 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, permanent := range []bool{true, false} {
		ticket, address, err := s.QR(t.Context(), "scene_1", permanent, time.Hour)
		if err != nil || !strings.HasPrefix(address, "http") {
			t.Fatalf("%q, %v", address, err)
		}
		if picture, err := s.Picture(t.Context(), ticket); err != nil || !bytes.HasPrefix(picture, []byte("\x89PNG")) {
			t.Errorf("%d bytes, %v", len(picture), err)
		}
	}
	if _, err := s.Picture(t.Context(), "unknown"); err == nil {
		t.Error("a picture of an unknown ticket")
	}
}

func TestMenuOfTheAccount(t *testing.T) {
	p := newSimulated(t)
	who := p.follower("d1")
	p.follower("d2")
	s := p.sender()
	want := bot.AccountMenu{Everyone: everyone, Verified: verified}
	for round, changes := range []bool{true, false} {
		if changed, err := s.SyncMenu(t.Context(), want); changed != changes || err != nil {
			t.Errorf("round %d: %v, %v", round, changed, err)
		}
	}
	if err := s.Tag(t.Context(), []string{who}, true); err != nil {
		t.Fatal(err)
	}
	page, err := s.Tagged(t.Context(), "")
	if diff := cmp.Diff([]string{who}, page.OpenIDs); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for id, name := range map[string]string{"d1": "产品", "d2": "资料"} {
		if menu := fmt.Sprint(p.control(http.MethodGet, "users/"+id, nil)["menu"]); !strings.Contains(menu, name) {
			t.Errorf("%s sees %s", id, menu)
		}
	}
	want.Verified = []bot.MenuButton{{Name: "新品", Key: "NEW"}}
	if changed, err := s.SyncMenu(t.Context(), want); !changed || err != nil {
		t.Errorf("%v, %v", changed, err)
	}
	if menu := fmt.Sprint(p.control(http.MethodGet, "users/d1", nil)["menu"]); !strings.Contains(menu, "新品") {
		t.Errorf("d1 sees %s", menu)
	}
	if err := s.Tag(t.Context(), []string{who}, false); err != nil {
		t.Error(err)
	}
	if differs, err := s.MenuDiffers(t.Context(), want); differs || err != nil {
		t.Errorf("%v, %v", differs, err)
	}
}

func TestSelfCheck(t *testing.T) {
	p := newSimulated(t)
	for name, c := range map[string]struct {
		change func(*SenderOptions)
		bad    string // part of the finding
	}{
		"fine":           {func(*SenderOptions) {}, ""},
		"no templates":   {func(o *SenderOptions) { o.PushTemplate.ID, o.NoticeTemplate.ID = "", "" }, ""},
		"unknown":        {func(o *SenderOptions) { o.PushTemplate.ID = "NOTICETEMPLATE" }, "没有这个编号"},
		"a field less":   {func(o *SenderOptions) { o.PushTemplate.Fields = "thing1=title,time3=time" }, "thing1, thing2, time3"},
		"another field":  {func(o *SenderOptions) { o.PushTemplate.Fields = "thing1=title,thing2=summary,time4=time" }, "thing1, thing2, time3"},
		"another notice": {func(o *SenderOptions) { o.NoticeTemplate.Fields = "thing1=title" }, "date3"},
	} {
		var bad []string
		for _, f := range p.sender(c.change).Check(t.Context()) {
			if !f.OK {
				bad = append(bad, f.Reason)
			}
		}
		if c.bad == "" && len(bad) > 0 || c.bad != "" && (len(bad) != 1 || !strings.Contains(bad[0], c.bad)) {
			t.Errorf("%s: %v", name, bad)
		}
	}
}
