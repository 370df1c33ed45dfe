package sim

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	foreign "github.com/silenceper/wechat/v2/util"
)

func TestEnvelopeRoundTrip(t *testing.T) {
	e, err := newEnvelope("tok", testKey, "wxapp")
	if err != nil {
		t.Fatal(err)
	}
	for _, plain := range []string{"", "a", strings.Repeat("字", 700), "<xml>]]></xml>", "\x00\x01\xff"} {
		sealed := e.seal([]byte(plain))
		got, err := e.open(sealed)
		if err != nil || string(got) != plain {
			t.Errorf("open(seal(%q)) = %q, %v", plain, got, err)
		}
		if e.seal([]byte(plain)) == sealed {
			t.Error("sealing twice gave the same text")
		}
	}
}

func TestEnvelopeForeignOracle(t *testing.T) {
	e, err := newEnvelope("tok", testKey, "wxapp")
	if err != nil {
		t.Fatal(err)
	}
	const plain = "<xml><Content><![CDATA[您好 & <b>]]></Content></xml>"
	sealed := e.seal([]byte(plain))
	random, got, err := foreign.DecryptMsg("wxapp", sealed, testKey)
	if err != nil || string(got) != plain || len(random) != 16 {
		t.Errorf("the SDK reads %q (%d random bytes), %v", got, len(random), err)
	}
	theirs, err := foreign.EncryptMsg([]byte("0123456789abcdef"), []byte(plain), "wxapp", testKey)
	if err != nil {
		t.Fatal(err)
	}
	back, err := e.open(string(theirs))
	if err != nil || string(back) != plain {
		t.Errorf("we read of the SDK's %q, %v", back, err)
	}
	if a, b := e.sign("1", "2", sealed), foreign.Signature("tok", "1", "2", sealed); a != b {
		t.Errorf("signature %s, the SDK says %s", a, b)
	}
}

func TestEnvelopeRefuses(t *testing.T) {
	e, err := newEnvelope("tok", testKey, "wxapp")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "not base64": "§§", "not blocks": "QUJD",
		"other receiver": peerSeal(testKey, "other", "hello"), "other key": peerSeal(testCorpKey, "wxapp", "hello"),
	} {
		if plain, err := e.open(text); !errors.Is(err, errEnvelope) {
			t.Errorf("%s: opened %q, %v", name, plain, err)
		}
	}
	if _, err := newEnvelope("t", "short", "x"); !errors.Is(err, errEnvelope) {
		t.Errorf("short key: %v", err)
	}
}

func FuzzEnvelopeOpen(f *testing.F) {
	e, err := newEnvelope("tok", testKey, "wxapp")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(e.seal([]byte("hello")))
	f.Add("")
	f.Add(strings.Repeat("A", 64))
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := e.open(text)
		if err == nil && len(plain) > len(text) {
			t.Errorf("%d bytes out of %d", len(plain), len(text))
		}
	})
}

func FuzzOpenReply(f *testing.F) {
	e, err := newEnvelope("tok", testKey, "wxapp")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("success"))
	f.Add([]byte(peerReply("tok", testKey, "wxapp", "<xml/>")))
	f.Add([]byte("<xml><Encrypt>x</Encrypt></xml>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		plain, err := peer{envelope: e}.openReply(body)
		if plain != nil && err != nil {
			t.Errorf("both a reply and %v", err)
		}
	})
}

func TestSayGetsThePassiveReply(t *testing.T) {
	r := newRig(t)
	got := r.act("demo1", "follow", object{"scene": "rep7"})
	if diff := cmp.Diff([]string{"事件 subscribe qrscene_rep7"}, got.Replies); diff != "" {
		t.Error(diff)
	}
	got = r.act("demo1", "say", object{"text": "你好"})
	if diff := cmp.Diff([]string{"您说：你好"}, got.Replies); diff != "" {
		t.Error(diff)
	}
	openid := r.openid("demo1")
	if len(openid) != 28 || openid[0] != 'o' {
		t.Errorf("openid %q", openid)
	}
	m := r.bot.messages()[1]
	if m.FromUserName != openid || m.query.Get("openid") != openid || m.ToUserName != "gh_test" || m.query.Get("encrypt_type") != "aes" {
		t.Errorf("callback %+v", m)
	}
	if len(m.MsgId) < 16 || strings.Trim(m.MsgId, "0123456789") != "" {
		t.Errorf("MsgId %q", m.MsgId)
	}
	var kinds []string
	for _, m := range r.transcript("demo1") {
		kinds = append(kinds, m.From+" "+m.Kind)
	}
	if diff := cmp.Diff([]string{"doctor event", "bot text", "doctor text", "bot text"}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestEveryActOnTheWire(t *testing.T) {
	r := newRig(t)
	r.bot.set(func(inbound) (int, string) { return 200, "" }, nil)
	acts := []struct {
		verb string
		body object
		want func(inbound) bool
	}{
		{"follow", nil, func(m inbound) bool { return m.Event == "subscribe" && m.EventKey == "" && m.MsgId == "" }},
		{"follow", object{"scene": "s1"}, func(m inbound) bool { return m.Event == "SCAN" && m.EventKey == "s1" }},
		{"scan", object{"scene": "s2"}, func(m inbound) bool { return m.Event == "SCAN" && m.EventKey == "s2" }},
		{"voice", object{"text": "说的话"}, func(m inbound) bool { return m.MsgType == "voice" && m.Recognition == "说的话" && m.MsgId != "" }},
		{"image", object{}, func(m inbound) bool { return m.MsgType == "image" && strings.HasSuffix(m.PicUrl, "/photo.svg") }},
		{"location", object{"latitude": 31.2, "longitude": 121.4, "label": "门诊"}, func(m inbound) bool { return m.Location_X == "31.200000" && m.Label == "门诊" }},
		{"press", object{"key": "K1"}, func(m inbound) bool { return m.Event == "CLICK" && m.EventKey == "K1" }},
		{"say", object{"text": "选一", "menu_id": "101"}, func(m inbound) bool { return m.Content == "选一" && strings.Contains(m.plain, "<bizmsgmenuid>") }},
		{"unfollow", nil, func(m inbound) bool { return m.Event == "unsubscribe" }},
	}
	for i, a := range acts {
		if got := r.act("d", a.verb, a.body); len(got.Replies) != 0 || got.Notice != "" {
			t.Errorf("%s: %+v", a.verb, got)
		}
		seen := r.bot.messages()
		if len(seen) != i+1 || !a.want(seen[i]) {
			t.Errorf("%s: %d callbacks, last %s", a.verb, len(seen), seen[len(seen)-1].plain)
		}
	}
	r.call(409, "POST", "/_sim/users/d/say", object{"text": "还在吗"}, nil)
	r.act("d", "unfollow", nil)
	if n := len(r.bot.messages()); n != len(acts) {
		t.Errorf("unfollowing twice was pushed: %d callbacks", n)
	}
}

func TestTextIsNotEscaped(t *testing.T) {
	r := newRig(t)
	r.bot.set(func(inbound) (int, string) { return 200, "success" }, nil)
	const evil = "a]]></Content><FromUserName>victim</FromUserName><Content><![CDATA[]]>x"
	r.act("demo1", "say", object{"text": evil})
	if plain := r.bot.messages()[0].plain; !strings.Contains(plain, "<Content><![CDATA["+evil+"]]></Content>") {
		t.Errorf("the text was changed: %s", plain)
	}
}

func TestThreeDeliveriesThenTheNotice(t *testing.T) {
	r := newRig(t)
	r.act("demo1", "follow", nil)
	r.bot.set(func(inbound) (int, string) { return 503, "" }, nil)
	got := r.act("demo1", "say", object{"text": "在吗"})
	if got.Notice != r.p.words["notice"] || len(got.Replies) != 0 {
		t.Errorf("got %+v", got)
	}
	seen := r.bot.messages()[1:]
	if len(seen) != 3 {
		t.Fatalf("%d deliveries", len(seen))
	}
	for _, m := range seen[1:] {
		if m.plain != seen[0].plain {
			t.Errorf("the message changed: %s", m.plain)
		}
		if m.query.Get("nonce") == seen[0].query.Get("nonce") || m.query.Get("msg_signature") == seen[0].query.Get("msg_signature") {
			t.Error("the nonce or signature was used twice")
		}
	}
	last := r.transcript("demo1")
	if m := last[len(last)-1]; m.From != "system" || m.Kind != "notice" {
		t.Errorf("last message %+v", m)
	}
}

func TestSecondDeliveryIsAnswered(t *testing.T) {
	r := newRig(t)
	var n atomic.Int32
	r.bot.set(func(m inbound) (int, string) {
		if n.Add(1) == 1 {
			return 502, ""
		}
		return echoText(m)
	}, nil)
	if got := r.act("demo1", "say", object{"text": "好"}); got.Notice != "" || got.Replies[0] != "您说：好" {
		t.Errorf("got %+v", got)
	}
}

func TestLateRepliesAreDropped(t *testing.T) {
	r := newRig(t, func(o *Options) { o.ReplyTimeout = 60 * time.Millisecond })
	release := make(chan struct{})
	r.bot.set(func(m inbound) (int, string) {
		<-release
		return echoText(m)
	}, nil)
	got := r.act("demo1", "say", object{"text": "慢"})
	close(release)
	if got.Notice == "" {
		t.Errorf("got %+v", got)
	}
	eventually(t, "three late replies counted", func() bool { return r.p.count.view().LateReplies == 3 })
	for _, m := range r.transcript("demo1") {
		if m.From == "bot" {
			t.Errorf("a late reply is in the chat: %+v", m)
		}
	}
}

func TestRepliesThatThePlatformRefuses(t *testing.T) {
	r := newRig(t)
	seal := func(plain string) string { return peerReply("tok", testKey, "wxapp", plain) }
	for name, reply := range map[string]func(inbound) string{
		"plain text":    func(inbound) string { return "你好" },
		"json":          func(inbound) string { return `{"ok":true}` },
		"not encrypted": func(m inbound) string { return textPlain(m.FromUserName, m.ToUserName, "x") },
		"bad signature": func(m inbound) string {
			return peerReply("other", testKey, "wxapp", textPlain(m.FromUserName, m.ToUserName, "x"))
		},
		"other app": func(m inbound) string {
			return peerReply("tok", testKey, "wxother", textPlain(m.FromUserName, m.ToUserName, "x"))
		},
		"names":         func(m inbound) string { return seal(textPlain(m.ToUserName, m.FromUserName, "x")) },
		"empty":         func(inbound) string { return seal("") },
		"empty content": func(m inbound) string { return seal(textPlain(m.FromUserName, m.ToUserName, " ")) },
		"too long": func(m inbound) string {
			return seal(textPlain(m.FromUserName, m.ToUserName, strings.Repeat("字", 683)))
		},
		"unknown type": func(m inbound) string {
			return seal(strings.Replace(textPlain(m.FromUserName, m.ToUserName, "x"), ">text<", ">shout<", 1))
		},
		"unknown media": func(m inbound) string {
			return seal(strings.Replace(textPlain(m.FromUserName, m.ToUserName, "x"), ">text<", ">image<", 1))
		},
		"article count": func(m inbound) string { return seal(newsPlain(m, 1, 2)) },
		"two articles":  func(m inbound) string { return seal(newsPlain(m, 2, 2)) },
		"broken plain":  func(inbound) string { return seal("<xml><ToUserName>") },
		"no create time": func(m inbound) string {
			return seal(fmt.Sprintf("<xml><ToUserName>%s</ToUserName><FromUserName>gh_test</FromUserName><MsgType>text</MsgType><Content>x</Content></xml>", m.FromUserName))
		},
	} {
		r.bot.set(func(m inbound) (int, string) { return 200, reply(m) }, nil)
		before := len(r.bot.messages())
		if got := r.act("demo1", "say", object{"text": "x"}); got.Notice == "" || len(got.Replies) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if n := len(r.bot.messages()) - before; n != 1 {
			t.Errorf("%s: delivered %d times", name, n)
		}
	}
}

func newsPlain(m inbound, articles, count int) string {
	item := "<item><Title>标题</Title><Description>说明</Description><PicUrl></PicUrl><Url>http://example.com/a</Url></item>"
	return fmt.Sprintf("<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>1</CreateTime><MsgType>news</MsgType>"+
		"<ArticleCount>%d</ArticleCount><Articles>%s</Articles></xml>", m.FromUserName, m.ToUserName, count, strings.Repeat(item, articles))
}

func TestNewsReply(t *testing.T) {
	r := newRig(t)
	r.bot.set(func(m inbound) (int, string) {
		n := 1
		if m.Event != "" {
			n = 8
		}
		return 200, peerReply("tok", testKey, "wxapp", newsPlain(m, n, n))
	}, nil)
	if got := r.act("demo1", "say", object{"text": "x"}); got.Replies[0] != "标题\n说明\nhttp://example.com/a" {
		t.Errorf("%+v", got)
	}
	if got := r.act("demo1", "press", object{"key": "k"}); len(got.Replies) != 8 {
		t.Errorf("%+v", got)
	}
}

func TestOneUsersMessagesKeepTheirOrder(t *testing.T) {
	r := newRig(t)
	var inside, most atomic.Int32
	r.bot.set(func(m inbound) (int, string) {
		most.Store(max(most.Load(), inside.Add(1)))
		defer inside.Add(-1)
		return echoText(m)
	}, nil)
	const n = 20
	jobs := make([]*job, n)
	for i := range jobs {
		a, err := r.p.sayAct(actBody{Text: fmt.Sprint(i)})
		if err != nil {
			t.Fatal(err)
		}
		if jobs[i], err = r.p.enqueue("demo1", a, 1); err != nil {
			t.Fatal(err)
		}
	}
	for i, j := range jobs {
		res, err := r.p.await(t.Context(), j)
		if want := fmt.Sprintf("您说：%d", i); err != nil || len(res.Replies) != 1 || res.Replies[0] != want {
			t.Errorf("%d: %+v, %v", i, res, err)
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d deliveries of one user at once", most.Load())
	}
	ids := map[string]bool{}
	for i, m := range r.bot.messages() {
		if m.Content != fmt.Sprint(i) || ids[m.MsgId] {
			t.Errorf("callback %d is %s %s", i, m.Content, m.MsgId)
		}
		ids[m.MsgId] = true
	}
}

func TestResendAndTwinDeliveries(t *testing.T) {
	r := newRig(t)
	r.act("demo1", "say", object{"text": "一"})
	lines := len(r.transcript("demo1"))
	got := r.act("demo1", "resend", nil)
	if diff := cmp.Diff([]string{"您说：一"}, got.Replies); diff != "" {
		t.Error(diff)
	}
	if n := len(r.transcript("demo1")); n != lines {
		t.Errorf("a resend added %d lines to the chat", n-lines)
	}
	both := sync.WaitGroup{}
	both.Add(2)
	r.bot.set(func(m inbound) (int, string) {
		both.Done()
		both.Wait() // answers only when both deliveries are in
		return echoText(m)
	}, nil)
	got = r.act("demo1", "say", object{"text": "二", "deliveries": 2})
	if len(got.Attempts) != 2 || len(got.Replies) != 1 {
		t.Errorf("got %+v", got)
	}
	seen := r.bot.messages()
	if a, b := seen[len(seen)-1], seen[len(seen)-2]; a.MsgId != b.MsgId || a.query.Get("nonce") == b.query.Get("nonce") {
		t.Errorf("twins %s and %s", a.MsgId, b.MsgId)
	}
	r.call(404, "POST", "/_sim/users/nobody/resend", nil, nil)
}

func TestVerifyCallbacks(t *testing.T) {
	r := newRig(t)
	if err := r.p.VerifyCallbacks(t.Context()); err != nil {
		t.Error(err)
	}
	r.p.SetCallbacks(r.bot.server.URL+"/nowhere", "")
	if err := r.p.VerifyCallbacks(t.Context()); !errors.Is(err, errReply) {
		t.Errorf("a missing callback passed: %v", err)
	}
}
