package wechat

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/sirupsen/logrus"

	"github.com/vrep/vrep/bot"
)

// BenchmarkCallback takes sealed text messages and answers sealed text, with ours and with the SDK's server in turn,
// and reports how many times as long the SDK takes. Only the codec differs: no receiver does any work.
func BenchmarkCallback(b *testing.B) {
	logrus.SetOutput(io.Discard)
	ours := must(NewWebhook(WebhookOptions{AppID: testApp, Token: testToken, AESKey: testKey, Now: func() time.Time { return testNow },
		Receiver: &fixed{}}))
	account := officialaccount.NewOfficialAccount(&config.Config{AppID: testApp, Token: testToken, EncodingAESKey: testKey, Cache: noCache{}})
	theirs := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server := account.GetServer(r, w)
		server.SetMessageHandler(func(*message.MixMessage) *message.Reply {
			return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText("第二个问题：您每周接诊多少位患者？")}
		})
		if server.Serve() == nil {
			_ = server.Send()
		}
	})
	p := newPost(textXML("我想了解一下最新的指南")).seal()
	target := "/?" + p.query.Encode()
	run := func(h http.Handler, n int) time.Duration {
		var spent time.Duration
		for range n {
			r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(p.body))
			w := httptest.NewRecorder()
			began := time.Now()
			h.ServeHTTP(w, r)
			spent += time.Since(began)
			if w.Body.Len() < 100 {
				b.Fatalf("no sealed reply: %d %q", w.Code, w.Body)
			}
		}
		return spent
	}
	run(ours, 100)
	run(theirs, 100)
	var a, c time.Duration
	for b.Loop() {
		a += run(ours, 20)
		c += run(theirs, 20)
	}
	b.ReportMetric(float64(a.Nanoseconds())/float64(b.N)/20, "ours-ns/callback")
	b.ReportMetric(float64(c.Nanoseconds())/float64(b.N)/20, "sdk-ns/callback")
	b.ReportMetric(float64(c)/float64(a), "sdk/ours")
}

// BenchmarkOurs is the same without the comparison, for profiles and allocation counts.
func BenchmarkOurs(b *testing.B) {
	h := must(NewWebhook(WebhookOptions{AppID: testApp, Token: testToken, AESKey: testKey, Now: func() time.Time { return testNow }, Receiver: &fixed{}}))
	p := newPost(textXML("我想了解一下最新的指南")).seal()
	target := "/?" + p.query.Encode()
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, target, strings.NewReader(p.body)))
	}
}

// fixed always says the same.
type fixed struct{}

func (fixed) Receive(context.Context, bot.Inbound) (bot.Reply, error) {
	return bot.Reply{Text: "第二个问题：您每周接诊多少位患者？"}, nil
}

// noCache satisfies the SDK's constructor, which panics without one; no token is asked for here.
type noCache struct{}

func (noCache) Get(string) any                       { return nil }
func (noCache) Set(string, any, time.Duration) error { return nil }
func (noCache) IsExist(string) bool                  { return false }
func (noCache) Delete(string) error                  { return nil }
