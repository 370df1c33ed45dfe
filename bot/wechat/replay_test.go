package wechat

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestReplayUnderAnotherBody: the same address with another body is refused although it is well signed.
func TestReplayUnderAnotherBody(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	e, c := &ear{}, &tally{}
	h := testHook(e, c)
	for n := range *variants {
		first := newPost(textXML(words(r)))
		second := newPost(textXML(words(r) + "!"))
		second.nonce = first.nonce
		serve(h, first.request())
		for again := range 1 + r.IntN(3) {
			res := serve(h, second.request())
			if got := bodyOf(res); res.StatusCode != http.StatusForbidden || got != "" {
				t.Fatalf("variant %d, try %d: %d %q", n, again, res.StatusCode, got)
			}
		}
		if len(e.heard) != n+1 {
			t.Fatalf("variant %d: delivered %d, want %d", n, len(e.heard), n+1)
		}
	}
}

// TestReplayLater: what was good is stale five minutes later, whatever was remembered of it.
func TestReplayLater(t *testing.T) {
	at := testNow
	e, c := &ear{}, &tally{}
	h := testHook(e, c)
	h.now = func() time.Time { return at }
	p := newPost(textXML("hi"))
	for _, step := range []struct {
		late time.Duration
		want int
	}{{0, 200}, {freshness, 200}, {-freshness, 200}, {freshness + time.Second, 403}, {-freshness - time.Second, 403}, {24 * time.Hour, 403}} {
		at = testNow.Add(step.late)
		if res := serve(h, p.request()); res.StatusCode != step.want {
			t.Errorf("%v later: %d, want %d", step.late, res.StatusCode, step.want)
		}
	}
	if len(e.heard) != 3 || c.of(RefusedStale) != 3 {
		t.Errorf("heard %d, outcomes %v", len(e.heard), c.n)
	}
}

// TestExactReplay: a request that is posted again, and the platform's own resend of it, get the same words and have no second effect.
func TestExactReplay(t *testing.T) {
	lib, problems := flows.Load(os.DirFS("../testdata/flows"))
	if lib == nil {
		t.Fatalf("flows: %+v", problems)
	}
	st := storetest.SQLite(t, func(o *store.Options) { o.Account = testApp })
	engine := must(flows.NewEngine(lib, bot.OldLibraries(st)))
	b := bot.New(bot.Options{Store: st, Sessions: storetest.Embedded(t), Engine: func() *flows.Engine { return engine }, Zone: time.UTC, Instance: "one"})
	t.Cleanup(func() {
		if err := b.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	h := must(NewWebhook(WebhookOptions{AppID: testApp, OriginalID: testOriginal, Token: testToken, AESKey: testKey, Receiver: b, Now: func() time.Time { return testNow }}))
	follow := plainXML("event", "<Event><![CDATA[subscribe]]></Event><EventKey></EventKey>")
	answer := plainXML("text", "<Content><![CDATA[张三]]></Content><MsgId>1</MsgId>")
	for i, plain := range []string{follow, answer} {
		p := newPost(plain)
		first := openPassive(t, bodyOf(serve(h, p.request())), testApp, testKey).Content
		for _, again := range []*post{p, newPost(plain), p} {
			if got := openPassive(t, bodyOf(serve(h, again.request())), testApp, testKey).Content; got != first || got == "" {
				t.Errorf("replay got %q, the first delivery %q", got, first)
			}
		}
		last := must(st.LastTurn(t.Context(), store.DoctorID(testApp, testOpenID)))
		if last.Seq != int64(i+1) {
			t.Errorf("%d turns after %d events", last.Seq, i+1)
		}
	}
}

// TestInjections: whatever a doctor types, with every end tag and element that exists, only the words of this doctor change.
func TestInjections(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 6))
	e, c := &ear{}, &tally{}
	h := testHook(e, c)
	names := []string{"Content", "FromUserName", "ToUserName", "MsgType", "Event", "EventKey", "CreateTime", "MsgId", "xml", "Encrypt", "MenuId", "bizmsgmenuid", "openid"}
	for n := range *variants {
		var typed strings.Builder
		typed.WriteString("x")
		for range 1 + r.IntN(6) {
			name := pick(r, names...)
			typed.WriteString(pick(r, "]]></"+name+">", "<"+name+"><![CDATA[", "<"+name+">oVictim</"+name+">", "]]>", "<![CDATA[", words(r), "</"+name+">", "]]></Content><"+name+"><![CDATA[event]]></"+name+">"))
		}
		typed.WriteString("x")
		if res := serve(h, newPost(textXML(typed.String())).request()); res.StatusCode != http.StatusOK {
			t.Fatalf("variant %d answered %d: %q", n, res.StatusCode, typed.String())
		}
		in := e.heard[len(e.heard)-1]
		want := strings.ReplaceAll(typed.String(), "]]]]><![CDATA[>", "]]>")
		if in.OpenID != testOpenID || in.Kind != "text" || in.Text != want || in.MsgID != "23456789012345678" || in.MenuID != "" || in.Event != "" {
			t.Fatalf("variant %d: %q came as %+v", n, typed.String(), in)
		}
	}
}

// TestMixedModeTakesOnlyTheCipher: plaintext beside the cipher is not signed and changes nothing.
func TestMixedModeTakesOnlyTheCipher(t *testing.T) {
	e := &ear{}
	p := newPost(textXML("真的")).seal()
	p.body = "<xml><FromUserName><![CDATA[oVictim]]></FromUserName><Content><![CDATA[假的]]></Content><Encrypt><![CDATA[" + p.sealed + "]]></Encrypt></xml>"
	serve(testHook(e, &tally{}), p.request())
	if len(e.heard) != 1 || e.heard[0].OpenID != testOpenID || e.heard[0].Text != "真的" {
		t.Errorf("heard %+v", e.heard)
	}
}

// TestChunkedBodyIsBounded: without a length the reader itself stops.
func TestChunkedBodyIsBounded(t *testing.T) {
	c := &tally{}
	p := newPost(textXML("hi"))
	p.body = strings.Repeat("x", 1<<20)
	r := p.request()
	r.ContentLength = -1
	if res := serve(testHook(&ear{}, c), r); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", res.StatusCode)
	}
}

// untouched is a body that nobody may read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// TestUnsignedBodiesAreNotRead: who cannot sign an address cannot make us work on a body.
func TestUnsignedBodiesAreNotRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 11))
	for range 50 {
		p := newPost(textXML("hi")).seal()
		p.query.Set("signature", hexes(r, 40))
		req := p.request()
		req.Body = io.NopCloser(untouched{t})
		c := &tally{}
		if res := serve(testHook(&ear{}, c), req); res.StatusCode != http.StatusForbidden || c.of(RefusedSignature) != 1 {
			t.Errorf("%d %v", res.StatusCode, c.n)
		}
	}
}
