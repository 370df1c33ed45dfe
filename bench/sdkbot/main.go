// Command sdkbot is a small honest bot on the SDK's own server, written as the SDK's documentation shows it. It is kept to be tried by sim/conformance:
// which cases it fails says what that server leaves to those who build on it. It is no part of the product.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/sirupsen/logrus"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8091", "loopback address")
	appID := flag.String("appid", "wx0123456789abcdef", "app id")
	token := flag.String("token", "bench-token", "token of the callback")
	aesKey := flag.String("aeskey", "", "EncodingAESKey; empty: plain mode")
	flag.Parse()
	srv := &http.Server{Addr: *listen, Handler: newBot(*appID, *token, *aesKey), ReadHeaderTimeout: 2 * time.Second}
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bot says how many messages a doctor has sent.
type bot struct {
	account *officialaccount.OfficialAccount
	mu      sync.Mutex
	heard   map[message.CDATA]int
}

// newBot serves the callback at every path but /probe, which answers what took effect.
func newBot(appID, token, aesKey string) *bot {
	logrus.SetOutput(io.Discard)
	logrus.SetLevel(logrus.PanicLevel)
	return &bot{
		account: officialaccount.NewOfficialAccount(&config.Config{AppID: appID, Token: token, EncodingAESKey: aesKey, Cache: noCache{}}),
		heard:   map[message.CDATA]int{},
	}
}

// ServeHTTP implements http.Handler.
func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/probe" {
		fmt.Fprint(w, b.count(r.URL.Query().Get("openid")))
		return
	}
	server := b.account.GetServer(r, w)
	server.SetMessageHandler(b.answer)
	if err := server.Serve(); err != nil {
		return
	}
	_ = server.Send()
}

func (b *bot) answer(m *message.MixMessage) *message.Reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard[m.FromUserName]++
	return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(fmt.Sprintf("message %d", b.heard[m.FromUserName]))}
}

func (b *bot) count(openID string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.heard[message.CDATA(openID)]
}

// noCache satisfies the SDK's constructor, which panics without one; no token is asked for here.
type noCache struct{}

func (noCache) Get(string) any                       { return nil }
func (noCache) Set(string, any, time.Duration) error { return nil }
func (noCache) IsExist(string) bool                  { return false }
func (noCache) Delete(string) error                  { return nil }
