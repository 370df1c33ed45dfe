package bench

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
	"github.com/sirupsen/logrus"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/wechat"
)

const (
	appID    = "wx0123456789abcdef"
	original = "gh_0123456789ab"
	openID   = "oAbC-d_0123456789abcdefghij"
	token    = "bench-token"
	aesKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	asked    = "我想了解一下最新的指南"
	answered = "第二个问题：您每周接诊多少位患者？"
)

var now = time.Unix(1793500000, 0)

// plainMessage is a doctor's text as the platform writes it.
var plainMessage = fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName>\n<FromUserName><![CDATA[%s]]></FromUserName>\n<CreateTime>%d</CreateTime>\n"+
	"<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[%s]]></Content>\n<MsgId>23456789012345678</MsgId>\n</xml>", original, openID, now.Unix(), asked)

// callback is one request, ready to be posted as often as one likes.
type callback struct {
	url  *url.URL
	body string
}

func safe(tb testing.TB) callback {
	tb.Helper()
	sealed, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(plainMessage), appID, aesKey)
	if err != nil {
		tb.Fatal(err)
	}
	c := plain()
	q := c.url.Query()
	q.Set("encrypt_type", "aes")
	q.Set("msg_signature", util.Signature(token, q.Get("timestamp"), q.Get("nonce"), string(sealed)))
	c.url.RawQuery = q.Encode()
	c.body = "<xml><ToUserName><![CDATA[" + original + "]]></ToUserName><Encrypt><![CDATA[" + string(sealed) + "]]></Encrypt></xml>"
	return c
}

func plain() callback {
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), "1234567890"
	q := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "openid": {openID}, "signature": {util.Signature(token, stamp, nonce)}}
	return callback{url: &url.URL{Path: "/wechat/callback", RawQuery: q.Encode()}, body: plainMessage}
}

func (c callback) request() *http.Request {
	return (&http.Request{Method: http.MethodPost, URL: c.url, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"text/xml"}},
		ContentLength: int64(len(c.body)), Body: io.NopCloser(strings.NewReader(c.body))}).WithContext(context.Background())
}

// sink is a connection that keeps the answer and does nothing else.
type sink struct {
	header http.Header
	body   bytes.Buffer
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(b []byte) (int, error) { return s.body.Write(b) }

// one always says the same.
type one struct{}

func (one) Receive(context.Context, bot.Inbound) (bot.Reply, error) {
	return bot.Reply{Text: answered}, nil
}

// ourSafe is the callback as the product serves it.
func ourSafe(tb testing.TB) http.Handler {
	tb.Helper()
	h, err := wechat.NewWebhook(wechat.WebhookOptions{AppID: appID, Token: token, AESKey: aesKey, Receiver: one{}, Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// ourPlain is a handler of plaintext callbacks, which the product does not serve: the address checked, our reading and our rendering between.
func ourPlain() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if util.Signature(token, q.Get("timestamp"), q.Get("nonce")) != q.Get("signature") {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		in, err := wechat.ReadMessage(appID, body, now)
		if err != nil {
			return
		}
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.Write(wechat.RenderText(original, in.OpenID, answered, now))
	})
}

// theirs is the SDK's server, for either mode: the query says which. Its constructor mutes no log, so we do.
func theirs() http.Handler {
	logrus.SetOutput(io.Discard)
	logrus.SetLevel(logrus.PanicLevel)
	account := officialaccount.NewOfficialAccount(&config.Config{AppID: appID, Token: token, EncodingAESKey: aesKey, Cache: noCache{}})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server := account.GetServer(r, w)
		server.SetMessageHandler(func(*message.MixMessage) *message.Reply {
			return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(answered)}
		})
		if server.Serve() == nil {
			_ = server.Send()
		}
	})
}

// noCache satisfies the SDK's constructor, which panics without one; no token is asked for here.
type noCache struct{}

func (noCache) Get(string) any                       { return nil }
func (noCache) Set(string, any, time.Duration) error { return nil }
func (noCache) IsExist(string) bool                  { return false }
func (noCache) Delete(string) error                  { return nil }

// TestBothAnswerTheSame: what is compared is the same work: each side's answer, opened by the SDK's util, is the reply to the doctor.
func TestBothAnswerTheSame(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.Handler
		request callback
		sealed  bool
	}{
		"ours, safe": {ourSafe(t), safe(t), true}, "theirs, safe": {theirs(), safe(t), true},
		"ours, plain": {ourPlain(), plain(), false}, "theirs, plain": {theirs(), plain(), false},
	} {
		w := &sink{header: http.Header{}}
		c.handler.ServeHTTP(w, c.request.request())
		body := w.body.Bytes()
		if c.sealed {
			var e struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
			if err := xml.Unmarshal(body, &e); err != nil || util.Signature(token, e.TimeStamp, e.Nonce, e.Encrypt) != e.MsgSignature {
				t.Errorf("%s: envelope %q, %v", name, body, err)
			}
			_, opened, err := util.DecryptMsg(appID, e.Encrypt, aesKey)
			if err != nil {
				t.Errorf("%s: opening: %v", name, err)
			}
			body = opened
		}
		var reply struct{ ToUserName, FromUserName, MsgType, Content string }
		if err := xml.Unmarshal(body, &reply); err != nil || reply.ToUserName != openID || reply.FromUserName != original || reply.MsgType != "text" || reply.Content != answered {
			t.Errorf("%s: %+v, %v", name, reply, err)
		}
	}
}
