package wechat

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
)

// answers makes the platform answer by path; the value may change between calls.
func (p *fakePlatform) answers(byPath map[string][]any) {
	var mu sync.Mutex
	byPath = maps.Clone(byPath)
	p.serve = func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		path := strings.TrimPrefix(r.URL.Path, "/_sim/api/wechat")
		list := byPath[path]
		if len(list) == 0 {
			writeJSON(w, map[string]any{"errcode": 0, "errmsg": "ok"})
			return
		}
		if len(list) > 1 {
			byPath[path] = list[1:]
		}
		writeJSON(w, list[0])
	}
}

// sent are the requests since the last look, as path and body.
func (p *fakePlatform) sent() [][2]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out [][2]string
	for i, path := range p.requests {
		out = append(out, [2]string{strings.TrimPrefix(path, "/wechat/cgi-bin/"), strings.TrimSpace(p.bodies[i])})
	}
	p.requests, p.bodies, p.tokens = nil, nil, nil
	return out
}

type reply = map[string]any

func code(n int) reply { return reply{"errcode": n, "errmsg": "x rid: 1234abcd-5678"} }

func templates(o *SenderOptions) {
	o.PushTemplate = Template{ID: "PUSH", Fields: "thing1=title,thing2=summary,time3=time"}
	o.NoticeTemplate = Template{ID: "NOTICE", Fields: "thing1=title,thing2=company"}
	o.Company, o.Zone = "示例医药", time.FixedZone("UTC+8", 8*60*60)
	o.Now = func() time.Time { return testNow }
}

func TestChannels(t *testing.T) {
	news := bot.News{OpenID: "o1", Title: "标题", Description: "说明", URL: "https://c.example.com/?a=1&b=2"}
	for name, c := range map[string]struct {
		e          bot.Effect
		path, body string
	}{
		"chat":  {bot.Effect{Kind: bot.KindText, Channel: "chat", Body: must(json.Marshal(bot.Text{OpenID: "o1", Text: "好"}))}, "message/custom/send", `{"touser":"o1","msgtype":"text","text":{"content":"好"}}`},
		"quick": {bot.Effect{Kind: bot.KindText, Channel: "quick", Body: must(json.Marshal(bot.Text{OpenID: "o1", Text: "好"}))}, "message/custom/send", `{"touser":"o1","msgtype":"text","text":{"content":"好"}}`},
		"subscribe": {bot.Effect{Kind: bot.KindNews, Channel: bot.ChannelSubscribe, Body: must(json.Marshal(news))}, "message/subscribe/bizsend",
			`{"touser":"o1","template_id":"PUSH","page":"https://c.example.com/?a=1&b=2","data":{"thing1":{"value":"标题"},"thing2":{"value":"说明"},"time3":{"value":"2026-11-01 10:26"}},"miniprogram":{"appid":"","pagepath":""}}`},
		"subscribe text": {bot.Effect{Kind: bot.KindText, Channel: bot.ChannelSubscribe, Body: must(json.Marshal(bot.Text{OpenID: "o1", Text: "第一行\n第二行\n第三行"}))}, "message/subscribe/bizsend",
			`{"touser":"o1","template_id":"PUSH","data":{"thing1":{"value":"第一行"},"thing2":{"value":"第二行 第三行"},"time3":{"value":"2026-11-01 10:26"}},"miniprogram":{"appid":"","pagepath":""}}`},
		"template": {bot.Effect{Key: "k", Kind: bot.KindNews, Channel: bot.ChannelTemplate, Body: must(json.Marshal(news))}, "message/template/send",
			`{"touser":"o1","template_id":"NOTICE","url":"https://c.example.com/?a=1&b=2","data":{"thing1":{"value":"标题"},"thing2":{"value":"示例医药"}},"client_msg_id":"8254c329a92850f6d539dd376f4816ee","miniprogram":{"appid":"","pagepath":""}}`},
		"template of a menu": {bot.Effect{Key: "k", Kind: bot.KindMenu, Channel: bot.ChannelTemplate, Body: must(json.Marshal(bot.Menu{OpenID: "o1", Plain: "请选\nA 甲"}))}, "message/template/send",
			`{"touser":"o1","template_id":"NOTICE","data":{"thing1":{"value":"请选"},"thing2":{"value":"示例医药"}},"client_msg_id":"8254c329a92850f6d539dd376f4816ee","miniprogram":{"appid":"","pagepath":""}}`},
		"menu": {effect(bot.KindMenu, bot.Menu{OpenID: "o1", Head: "请选", Options: []bot.MenuOption{{ID: "101", Text: "甲"}, {ID: "102", Text: "乙"}}, Tail: "谢谢"}), "message/custom/send",
			`{"touser":"o1","msgtype":"msgmenu","msgmenu":{"head_content":"请选","list":[{"id":"101","content":"甲"},{"id":"102","content":"乙"}],"tail_content":"谢谢"}}`},
		"mini page": {effect(bot.KindMiniPage, bot.MiniPage{OpenID: "o1", Title: "标题", AppID: "wxmini", Path: "p/a?x=1", Thumb: "MEDIA"}), "message/custom/send",
			`{"touser":"o1","msgtype":"miniprogrampage","miniprogrampage":{"title":"标题","appid":"wxmini","pagepath":"p/a?x=1","thumb_media_id":"MEDIA"}}`},
	} {
		p := newPlatform(t)
		p.answers(map[string][]any{"/cgi-bin/message/template/send": {reply{"errcode": 0, "msgid": 1234567890123456789}}})
		receipt, err := p.sender(t, templates).Send(t.Context(), c.e)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff([][2]string{{c.path, c.body}}, p.sent()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if strings.HasPrefix(name, "template") && receipt.MessageID != "1234567890123456789" {
			t.Errorf("%s: message id %q", name, receipt.MessageID)
		}
	}
}

func TestNoticesThatCannotBe(t *testing.T) {
	p := newPlatform(t)
	s := p.sender(t, templates)
	for name, c := range map[string]struct {
		e     bot.Effect
		class bot.Class
	}{
		"a picture":  {bot.Effect{Kind: bot.KindImage, Channel: bot.ChannelSubscribe, Body: must(json.Marshal(bot.Image{OpenID: "o1", MediaID: "M"}))}, bot.ClassContent},
		"nothing":    {bot.Effect{Kind: bot.KindText, Channel: bot.ChannelTemplate, Body: []byte(`{}`)}, bot.ClassContent},
		"unreadable": {bot.Effect{Kind: bot.KindText, Channel: bot.ChannelTemplate, Body: []byte(`{`)}, bot.ClassContent},
	} {
		if r := refusalOf(t, s, c.e); r.Class != c.class {
			t.Errorf("%s: class %s", name, r.Class)
		}
	}
	bare := p.sender(t)
	for _, channel := range []string{bot.ChannelSubscribe, bot.ChannelTemplate} {
		e := textEffect()
		e.Channel = channel
		if r := refusalOf(t, bare, e); r.Class != bot.ClassConfig {
			t.Errorf("%s without a template: class %s", channel, r.Class)
		}
	}
	if got := p.sent(); len(got) != 0 {
		t.Errorf("calls %v", got)
	}
}

// TestPlainText: an account that may not send menus sends the same as a text, in the same call; whatever else happens, nothing is said twice.
func TestPlainText(t *testing.T) {
	menu := effect(bot.KindMenu, bot.Menu{OpenID: "o1", Head: "请选", Options: []bot.MenuOption{{ID: "1", Text: "甲"}}, Plain: "请选\nA 甲"})
	page := effect(bot.KindMiniPage, bot.MiniPage{OpenID: "o1", Title: "标题", AppID: "wxmini", Path: "p", Thumb: "M", Plain: "标题\nhttps://x"})
	for _, c := range []struct {
		e     bot.Effect
		code  int
		calls int
	}{{menu, 40200, 2}, {menu, 40008, 2}, {page, 40200, 2}, {page, 40165, 2}, {page, 40166, 2}, {menu, 45047, 1}, {menu, 45015, 1}, {page, -1, 1}, {menu, 99999, 1}} {
		p := newPlatform(t)
		p.answers(map[string][]any{"/cgi-bin/message/custom/send": {code(c.code), code(0)}})
		_, err := p.sender(t).Send(t.Context(), c.e)
		calls := p.sent()
		if len(calls) != c.calls || (err == nil) != (c.calls == 2) {
			t.Errorf("%s %d: %v, %d calls", c.e.Kind, c.code, err, len(calls))
		}
		if c.calls == 2 && !strings.Contains(calls[1][1], `"msgtype":"text"`) {
			t.Errorf("%d: %s", c.code, calls[1][1])
		}
	}
	p := newPlatform(t)
	p.serve = status(502, "<html>")
	if r := refusalOf(t, p.sender(t), menu); r.Class != bot.ClassUnknown {
		t.Errorf("an answer that was lost: class %s", r.Class)
	}
	if calls := p.sent(); len(calls) != 1 {
		t.Errorf("%d calls after an answer that was lost", len(calls))
	}
}

func TestMass(t *testing.T) {
	p := newPlatform(t)
	p.answers(map[string][]any{"/cgi-bin/message/mass/send": {reply{"errcode": 0, "errmsg": "ok", "msg_id": 1000000001, "msg_data_id": 5}, reply{"errcode": 45065, "errmsg": "clientmsgid exist", "msgid": 1000000001}, code(45028)}})
	s := p.sender(t)
	o := bot.MassOrder{Key: "mass:1", OpenIDs: []string{"o1", "o2"}, News: bot.News{Title: "标题", Description: "说明", URL: "https://x/?a=1&b=2"}}
	for range 2 {
		if id, err := s.SendMass(t.Context(), o); id != "1000000001" || err != nil {
			t.Errorf("id %q, %v", id, err)
		}
	}
	want := [2]string{"message/mass/send", `{"touser":["o1","o2"],"msgtype":"text","text":{"content":"标题\n说明\nhttps://x/?a=1&b=2"},"clientmsgid":"mass:1"}`}
	if diff := cmp.Diff([][2]string{want, want}, p.sent()); diff != "" {
		t.Error(diff)
	}
	_, err := s.SendMass(t.Context(), o)
	if r := asRefusal(t, err); r.Class != bot.ClassWait || r.Code != 45028 {
		t.Errorf("%+v", r)
	}
	p.sent()
	many := make([]string, maxMass+1)
	for i := range many {
		many[i] = "o" + strconv.Itoa(i)
	}
	some := bot.News{Title: "x"}
	for name, o := range map[string]bot.MassOrder{
		"one doctor": {Key: "k", OpenIDs: []string{"o1"}, News: some}, "no key": {OpenIDs: many[:2], News: some}, "long key": {Key: strings.Repeat("k", 65), OpenIDs: many[:2], News: some},
		"too many": {Key: "k", OpenIDs: many, News: some}, "nothing": {Key: "k", OpenIDs: many[:2]}, "too long": {Key: "k", OpenIDs: many[:2], News: bot.News{Title: strings.Repeat("字", 700)}},
	} {
		_, err := s.SendMass(t.Context(), o)
		if r := asRefusal(t, err); r.Class != bot.ClassContent || len(p.sent()) != 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// library is a memory of media ids, and the pictures of a folder.
type library struct {
	mu   sync.Mutex
	ids  map[string]string
	ends map[string]int64
	down bool
}

func (l *library) MediaID(_ context.Context, asset string) (string, int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return "", 0, io.ErrUnexpectedEOF
	}
	return l.ids[asset], l.ends[asset], nil
}

func (l *library) KeepMediaID(_ context.Context, asset, id string, endsAt int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return io.ErrUnexpectedEOF
	}
	if l.ids == nil {
		l.ids, l.ends = map[string]string{}, map[string]int64{}
	}
	l.ids[asset], l.ends[asset] = id, endsAt
	return nil
}

func TestPictures(t *testing.T) {
	p, c, memory, picture := newPlatform(t), &clock{at: testNow}, &library{}, "\x89PNG one"
	s := p.sender(t, func(o *SenderOptions) {
		o.Now, o.Media = c.now, memory
		o.Asset = func(name string) ([]byte, bool) { return []byte(picture), name == "card.png" }
	})
	upload, send := "/cgi-bin/media/upload", "/cgi-bin/message/custom/send"
	p.answers(map[string][]any{
		upload: {reply{"media_id": "M1"}, reply{"media_id": "M2"}, reply{"media_id": "M3"}, reply{"media_id": "M4"}},
		send:   {code(0), code(0), code(0), code(40007), code(0), code(0), code(40007)},
	})
	show := effect(bot.KindImage, bot.Image{OpenID: "o1", MediaID: "card.png"})
	calls := func(what string, want ...string) {
		t.Helper()
		var got []string
		for _, call := range p.sent() {
			if id := strings.TrimSuffix(strings.TrimPrefix(call[1], `{"touser":"o1","msgtype":"image","image":{"media_id":"`), `"}}`); call[0] != "media/upload" {
				got = append(got, id)
			} else {
				got = append(got, "upload")
				if !strings.Contains(call[1], `name="media"; filename="card.png"`) || !strings.Contains(call[1], picture) {
					t.Errorf("%s: uploaded %q", what, call[1])
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	do := func() {
		t.Helper()
		if _, err := s.Send(t.Context(), show); err != nil {
			t.Error(err)
		}
	}
	do()
	calls("first", "upload", "M1")
	do()
	calls("known", "M1")
	c.pass(mediaLife - mediaEarly)
	do()
	calls("soon over", "upload", "M2")
	do()
	calls("gone before its time", "M2", "upload", "M3")
	picture = "\x89PNG two"
	do()
	calls("another picture", "upload", "M4")
	if r := refusalOf(t, s, show); r.Code != 40007 {
		t.Errorf("%+v", r)
	}
	calls("refused though new", "M4", "upload", "M4")
	if r := refusalOf(t, s, effect(bot.KindImage, bot.Image{OpenID: "o1", MediaID: "none.png"})); r.Class != bot.ClassContent {
		t.Errorf("a picture that is missing: %+v", r)
	}
	memory.down = true
	if r := refusalOf(t, s, show); r.Class != bot.ClassRetry {
		t.Errorf("a database that is away: %+v", r)
	}
}
