package wechat

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/util"

	"github.com/vrep/vrep/bot"
)

func TestEcho(t *testing.T) {
	e, c := &ear{}, &tally{}
	h := testHook(e, c)
	stamp := strconv.FormatInt(testNow.Unix(), 10)
	q := url.Values{"timestamp": {stamp}, "nonce": {"12345"}, "echostr": {"5927782489442352469"},
		"signature": {util.Signature(testToken, stamp, "12345")}}
	res := serve(h, httptest.NewRequest(http.MethodGet, "/?"+q.Encode(), nil))
	if got := bodyOf(res); res.StatusCode != http.StatusOK || got != "5927782489442352469" {
		t.Errorf("echo = %d %q", res.StatusCode, got)
	}
	for name, change := range map[string]func(url.Values){
		"wrong signature": func(q url.Values) { q.Set("signature", strings.Repeat("0", 40)) },
		"no signature":    func(q url.Values) { q.Del("signature") },
		"stale":           func(q url.Values) { q.Set("timestamp", "1793499000") },
		"no echostr":      func(q url.Values) { q.Del("echostr") },
		"doubled echostr": func(q url.Values) { q.Add("echostr", "x") },
	} {
		bad := url.Values{}
		for k, v := range q {
			bad[k] = append([]string(nil), v...)
		}
		change(bad)
		res := serve(h, httptest.NewRequest(http.MethodGet, "/?"+bad.Encode(), nil))
		if got := bodyOf(res); res.StatusCode != http.StatusForbidden || got != "" {
			t.Errorf("%s: %d %q, want 403 and nothing", name, res.StatusCode, got)
		}
	}
	if len(e.heard) > 0 {
		t.Errorf("a GET was delivered: %+v", e.heard)
	}
}

func TestMethods(t *testing.T) {
	c := &tally{}
	for _, method := range []string{http.MethodPut, http.MethodHead, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		p := newPost(textXML("hi"))
		p.method = method
		res := serve(testHook(&ear{}, c), p.request())
		if got := bodyOf(res); res.StatusCode != http.StatusMethodNotAllowed || got != "" {
			t.Errorf("%s: %d %q", method, res.StatusCode, got)
		}
	}
	if c.of(RefusedMethod) != 5 {
		t.Errorf("counted %d refused methods, want 5", c.of(RefusedMethod))
	}
}

func TestReplyIsSealed(t *testing.T) {
	for _, key := range []string{testKey, oldKey} {
		e, c := &ear{}, &tally{}
		e.say = func(context.Context, bot.Inbound) (bot.Reply, error) {
			return bot.Reply{Text: "您好，张老师 ]]> <b>\x02\x00"}, nil
		}
		p := newPost(textXML("你好"))
		p.key = key
		res := serve(testHook(e, c), p.request())
		got := openPassive(t, bodyOf(res), testApp, key)
		want := passive{ToUserName: testOpenID, FromUserName: testOriginal, MsgType: "text", Content: "您好，张老师 ]]> <b>", CreateTime: testNow.Unix()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reply (-want +got):\n%s", diff)
		}
		if c.of(OutcomeReply) != 1 {
			t.Errorf("outcomes %v", c.n)
		}
	}
}

func TestLongReplyIsCutBetweenCharacters(t *testing.T) {
	e := &ear{say: func(context.Context, bot.Inbound) (bot.Reply, error) {
		return bot.Reply{Text: strings.Repeat("学", 900)}, nil
	}}
	res := serve(testHook(e, &tally{}), newPost(textXML("hi")).request())
	got := openPassive(t, bodyOf(res), testApp, testKey).Content
	if want := strings.Repeat("学", maxText/3); got != want {
		t.Errorf("%d bytes came, want %d", len(got), len(want))
	}
}

func TestNothingToSayIsSuccess(t *testing.T) {
	c := &tally{}
	res := serve(testHook(&ear{}, c), newPost(textXML("hi")).request())
	if got := bodyOf(res); res.StatusCode != http.StatusOK || got != "success" || c.of(OutcomeSilent) != 1 {
		t.Errorf("%d %q %v", res.StatusCode, got, c.n)
	}
}

func TestReceiverErrorIs503(t *testing.T) {
	c := &tally{}
	e := &ear{say: func(context.Context, bot.Inbound) (bot.Reply, error) { return bot.Reply{Text: "x"}, errors.New("down") }}
	res := serve(testHook(e, c), newPost(textXML("hi")).request())
	if got := bodyOf(res); res.StatusCode != http.StatusServiceUnavailable || got != "" || c.of(OutcomeUnavailable) != 1 {
		t.Errorf("%d %q %v", res.StatusCode, got, c.n)
	}
}

func TestPanicIs503(t *testing.T) {
	c := &tally{}
	e := &ear{say: func(context.Context, bot.Inbound) (bot.Reply, error) { panic("the doctor's words") }}
	h := testHook(e, c)
	for range 3 {
		res := serve(h, newPost(textXML("hi")).request())
		if got := bodyOf(res); res.StatusCode != http.StatusServiceUnavailable || got != "" {
			t.Errorf("%d %q", res.StatusCode, got)
		}
	}
	if c.of(OutcomePanic) != 3 || h.inFlight.Load() != 0 {
		t.Errorf("outcomes %v, %d in flight", c.n, h.inFlight.Load())
	}
}

// TestDeadline: a receiver that keeps the event but is late answers nothing, and the platform gets success in time.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ear{say: func(ctx context.Context, _ bot.Inbound) (bot.Reply, error) {
			<-ctx.Done()
			return bot.Reply{}, nil
		}}
		began := time.Now()
		res := serve(testHook(e, &tally{}), newPost(textXML("hi")).request())
		if took := time.Since(began); took != deadline {
			t.Errorf("answered after %v, want %v", took, deadline)
		}
		if got := bodyOf(res); got != "success" {
			t.Errorf("answer %q", got)
		}
	})
}

// TestHangUpDoesNotCutTheTurn: what was begun is finished although the platform has gone.
func TestHangUpDoesNotCutTheTurn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e := &ear{say: func(inner context.Context, _ bot.Inbound) (bot.Reply, error) {
		cancel()
		return bot.Reply{}, inner.Err()
	}}
	res := serve(testHook(e, &tally{}), newPost(textXML("hi")).request().WithContext(ctx))
	if got := bodyOf(res); got != "success" {
		t.Errorf("answer %q", got)
	}
}

// TestResendGetsTheSameWords: the receiver gives the same reply, the envelope is made anew.
func TestResendGetsTheSameWords(t *testing.T) {
	e := &ear{say: func(context.Context, bot.Inbound) (bot.Reply, error) { return bot.Reply{Text: "第一个问题"}, nil }}
	h := testHook(e, &tally{})
	var bodies, words []string
	for range 3 {
		body := bodyOf(serve(h, newPost(textXML("hi")).request()))
		bodies = append(bodies, body)
		words = append(words, openPassive(t, body, testApp, testKey).Content)
	}
	if bodies[0] == bodies[1] || bodies[1] == bodies[2] {
		t.Error("envelopes repeat")
	}
	if diff := cmp.Diff([]string{"第一个问题", "第一个问题", "第一个问题"}, words); diff != "" {
		t.Error(diff)
	}
	if e.heard[0].Key != e.heard[1].Key || e.heard[1].Key != e.heard[2].Key {
		t.Errorf("keys differ: %v", e.heard)
	}
}

// TestSameRequestTwice: the very same bytes are a repeated delivery, not a forgery.
func TestSameRequestTwice(t *testing.T) {
	e := &ear{}
	h := testHook(e, &tally{})
	p := newPost(textXML("hi"))
	for range 2 {
		if res := serve(h, p.request()); res.StatusCode != http.StatusOK {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	if len(e.heard) != 2 || e.heard[0].Key != e.heard[1].Key {
		t.Errorf("heard %+v", e.heard)
	}
}

// brokenWriter fails like a connection that the platform has closed.
type brokenWriter struct{ http.ResponseWriter }

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriteErrorIsHarmless(t *testing.T) {
	c := &tally{}
	e := &ear{say: func(context.Context, bot.Inbound) (bot.Reply, error) {
		return bot.Reply{Text: strings.Repeat("长", 600)}, nil
	}}
	testHook(e, c).ServeHTTP(brokenWriter{httptest.NewRecorder()}, newPost(textXML("hi")).request())
	if c.of(OutcomePanic) != 0 || c.of(OutcomeReply) != 1 {
		t.Errorf("outcomes %v", c.n)
	}
}

func TestTooManyAtOnce(t *testing.T) {
	c := &tally{}
	h := testHook(&ear{}, c)
	h.inFlight.Store(maxInFlight)
	res := serve(h, newPost(textXML("hi")).request())
	if res.StatusCode != http.StatusServiceUnavailable || c.of(OutcomeBusy) != 1 {
		t.Errorf("%d %v", res.StatusCode, c.n)
	}
	h.inFlight.Store(0)
	if res := serve(h, newPost(textXML("hi")).request()); res.StatusCode != http.StatusOK {
		t.Errorf("status %d afterwards", res.StatusCode)
	}
}

func TestNonceMemoryIsBounded(t *testing.T) {
	n := &nonces{}
	for i := range 3*nonceGeneration + 1 {
		if !n.bind(query{timestamp: "1793500000", nonce: strconv.Itoa(i)}, []byte("a"), testNow) {
			t.Fatalf("nonce %d refused", i)
		}
	}
	if size := len(n.now) + len(n.before); size > 2*nonceGeneration {
		t.Errorf("%d remembered, want at most %d", size, 2*nonceGeneration)
	}
	last := query{timestamp: "1793500000", nonce: strconv.Itoa(3 * nonceGeneration)}
	if n.bind(last, []byte("b"), testNow.Add(nonceLife)) {
		t.Error("another body under a nonce of ten minutes ago")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	whole := WebhookOptions{AppID: testApp, Token: testToken, AESKey: testKey, Receiver: &ear{}}
	for name, change := range map[string]func(*WebhookOptions){
		"no app id":        func(o *WebhookOptions) { o.AppID = "" },
		"no token":         func(o *WebhookOptions) { o.Token = "" },
		"no key":           func(o *WebhookOptions) { o.AESKey = "" },
		"bad previous key": func(o *WebhookOptions) { o.PreviousAESKey = "short" },
		"no receiver":      func(o *WebhookOptions) { o.Receiver = nil },
	} {
		o := whole
		change(&o)
		if _, err := NewWebhook(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := NewWeCom(WeComOptions{CorpID: testCorp, Token: testToken, AESKey: corpKey}); err == nil {
		t.Error("no press handler: accepted")
	}
}
