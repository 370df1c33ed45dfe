package wechat

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
	"go.uber.org/goleak"

	"github.com/vrep/vrep/bot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testApp      = "wx0123456789abcdef"
	testOriginal = "gh_0123456789ab"
	testToken    = "test-token"
	testKey      = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	oldKey       = "0123456789ABCDEFGabcdefghijklmnopqrstuvwxyz"
	testCorp     = "ww0123456789abcdef"
	corpKey      = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
	testOpenID   = "oAbC-d_0123456789"
)

var testNow = time.Unix(1793500000, 0)

// must stops the test on an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// ear is a receiver that keeps what it hears.
type ear struct {
	mu    sync.Mutex
	heard []bot.Inbound
	say   func(ctx context.Context, in bot.Inbound) (bot.Reply, error)
}

func (e *ear) Receive(ctx context.Context, in bot.Inbound) (bot.Reply, error) {
	e.mu.Lock()
	e.heard = append(e.heard, in)
	e.mu.Unlock()
	if e.say == nil {
		return bot.Reply{}, nil
	}
	return e.say(ctx, in)
}

// tally counts outcomes.
type tally struct {
	mu sync.Mutex
	n  map[Outcome]int
}

func (t *tally) count(o Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[Outcome]int{}
	}
	t.n[o]++
}

func (t *tally) of(o Outcome) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n[o]
}

func testHook(e *ear, c *tally) *Webhook {
	return must(NewWebhook(WebhookOptions{
		AppID: testApp, OriginalID: testOriginal, Token: testToken, AESKey: testKey, PreviousAESKey: oldKey,
		Receiver: e, Now: func() time.Time { return testNow }, Count: c.count,
	}))
}

// post describes a callback as the platform would send it; a test changes what it forges.
type post struct {
	method, body         string
	query                url.Values
	to, key, token       string
	plain                string
	timestamp            int64
	nonce                string
	sealed               string
	msgSignature, openid string
	rawQuery             string // instead of query
}

var lastNonce struct {
	sync.Mutex
	n int
}

func nextNonce() string {
	lastNonce.Lock()
	defer lastNonce.Unlock()
	lastNonce.n++
	return strconv.Itoa(100000000 + lastNonce.n)
}

func newPost(plain string) *post {
	return &post{method: http.MethodPost, to: testApp, key: testKey, token: testToken, plain: plain,
		timestamp: testNow.Unix(), nonce: nextNonce(), openid: testOpenID}
}

// seal fills in what was not set: the cipher by the SDK's util, which is another implementation than the codec's open.
func (p *post) seal() *post {
	p.sealing()
	stamp := strconv.FormatInt(p.timestamp, 10)
	if p.msgSignature == "" {
		p.msgSignature = util.Signature(p.token, stamp, p.nonce, p.sealed)
	}
	if p.query == nil {
		p.query = url.Values{"timestamp": {stamp}, "nonce": {p.nonce}, "signature": {util.Signature(p.token, stamp, p.nonce)},
			"encrypt_type": {"aes"}, "msg_signature": {p.msgSignature}, "openid": {p.openid}}
	}
	if p.body == "" {
		p.body = "<xml><ToUserName><![CDATA[" + testOriginal + "]]></ToUserName><Encrypt><![CDATA[" + p.sealed + "]]></Encrypt></xml>"
	}
	return p
}

func (p *post) request() *http.Request {
	p.seal()
	if p.rawQuery == "" {
		p.rawQuery = p.query.Encode()
	}
	return (&http.Request{Method: p.method, URL: &url.URL{Path: "/wechat/callback", RawQuery: p.rawQuery}, Header: http.Header{},
		ContentLength: int64(len(p.body)), Body: readCloser(p.body)}).WithContext(context.Background())
}

func readCloser(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }

func serve(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(res *http.Response) string { return string(must(io.ReadAll(res.Body))) }

// textXML is a text message as the platform writes it: nothing in it is escaped.
func textXML(content string) string {
	return plainXML("text", "<Content><![CDATA["+content+"]]></Content>\n<MsgId>23456789012345678</MsgId>")
}

func plainXML(kind, rest string) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName>\n<FromUserName><![CDATA[%s]]></FromUserName>\n<CreateTime>%d</CreateTime>\n<MsgType><![CDATA[%s]]></MsgType>\n%s\n</xml>",
		testOriginal, testOpenID, testNow.Unix(), kind, rest)
}

// messageJSON is the same in the other data format.
func messageJSON(kind, rest string) string {
	if rest != "" {
		rest = "," + rest
	}
	return fmt.Sprintf(`{"ToUserName":%q,"FromUserName":%q,"CreateTime":%d,"MsgType":%q%s}`, testOriginal, testOpenID, testNow.Unix(), kind, rest)
}

// passive opens a passive reply with the SDK's util and reads its XML.
type passive struct {
	ToUserName, FromUserName, MsgType, Content string
	CreateTime                                 int64
	Button                                     struct{ ReplaceName string }
}

func openPassive(t *testing.T, body, receiver, key string) passive {
	t.Helper()
	var e struct {
		Encrypt, MsgSignature, TimeStamp, Nonce string
	}
	if err := xml.Unmarshal([]byte(body), &e); err != nil {
		t.Fatalf("reply is not an envelope: %v: %q", err, body)
	}
	if want := util.Signature(testToken, e.TimeStamp, e.Nonce, e.Encrypt); e.MsgSignature != want {
		t.Errorf("MsgSignature = %s, want %s", e.MsgSignature, want)
	}
	_, plain, err := util.DecryptMsg(receiver, e.Encrypt, key)
	if err != nil {
		t.Fatalf("opening reply: %v", err)
	}
	var p passive
	if err := xml.Unmarshal(plain, &p); err != nil {
		t.Fatalf("reading reply: %v: %q", err, plain)
	}
	return p
}

// asRefusal is the typed error of a call that must not have succeeded.
func asRefusal(t *testing.T, err error) *bot.SendError {
	t.Helper()
	var r *bot.SendError
	if !errors.As(err, &r) {
		t.Fatalf("error %v is not a SendError", err)
	}
	return r
}
