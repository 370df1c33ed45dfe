package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/flows/lint"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

const (
	benchApp    = "wx0123456789abcdef"
	benchToken  = "benchtoken"
	benchKey    = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	benchCrowd  = 64
	benchRounds = 5
)

// benchScript is what one doctor of the benchmark types: the shipped onboarding up to the verification and the first visit after it.
var benchScript = []string{
	"", "医生", "同意", "同意", "王建国", "北京协和医院", "心内", "主任医师", "邀请码", "BENCH1",
	"门诊", "4", "1、2", "3", "3", "文献和会议", "肾病", "每两周", "先不",
}

// BenchmarkHandler drives the real webhook in safe mode, 64 doctors at a time, on both databases, and prints how many times as many messages a
// second the group commit takes as one transaction per message does, as the median of alternating slices within one run.
func BenchmarkHandler(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		compare(b, func(o ...storetest.Option) (*store.Store, *session.Sessions) {
			return storetest.SQLite(b, o...), storetest.Embedded(b)
		})
	})
	b.Run("mariadb", func(b *testing.B) {
		compare(b, func(o ...storetest.Option) (*store.Store, *session.Sessions) {
			return storetest.MariaDB(b, o...), storetest.Redis(b)
		})
	})
}

func compare(b *testing.B, open func(...storetest.Option) (*store.Store, *session.Sessions)) {
	lib, problems := flows.Load(library.FS)
	if n := len(lint.Errors(problems)); n > 0 {
		b.Fatalf("the library has %d errors", n)
	}
	together := newCrowd(b, lib, open)
	alone := newCrowd(b, lib, open, func(o *store.Options) { o.Unbatched = true })
	const slice = 10 // messages of each doctor in one slice
	together.run(b, 10)
	alone.run(b, 10)
	var ratios []float64
	b.ResetTimer()
	for range benchRounds {
		a, t := alone.run(b, slice), together.run(b, slice)
		ratios = append(ratios, t/a)
	}
	b.StopTimer()
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "batched/alone")
	b.ReportMetric(together.last, "batched-msg/s")
	b.ReportMetric(alone.last, "alone-msg/s")
	b.ReportMetric(0, "ns/op")
}

// crowd is one service with its doctors.
type crowd struct {
	hook  http.Handler
	place []int // next line of each doctor
	round []int // how many talks the doctor has had: a new follower each
	msgID atomic.Int64
	last  float64
}

func newCrowd(b *testing.B, lib *flows.Library, open func(...storetest.Option) (*store.Store, *session.Sessions), o ...storetest.Option) *crowd {
	b.Helper()
	st, sessions := open(append(o, func(o *store.Options) { o.Account = benchApp })...)
	engine, err := flows.NewEngine(lib, bot.OldLibraries(st))
	if err != nil {
		b.Fatal(err)
	}
	if err := st.AddInvite(b.Context(), store.Invite{Code: "BENCH1", MaxUses: 1 << 30}); err != nil {
		b.Fatal(err)
	}
	one := bot.New(bot.Options{Store: st, Sessions: sessions, Engine: func() *flows.Engine { return engine }, Rules: bot.Rules{ChatMessages: 5, ChatWindow: 48 * time.Hour}, Zone: time.UTC, Instance: "bench"})
	b.Cleanup(func() { one.Close(b.Context()) })
	hook, err := wechat.NewWebhook(wechat.WebhookOptions{AppID: benchApp, Token: benchToken, AESKey: benchKey, Receiver: one})
	if err != nil {
		b.Fatal(err)
	}
	return &crowd{hook: hook, place: make([]int, benchCrowd), round: make([]int, benchCrowd)}
}

// run lets every doctor send n messages, one after the other, all doctors at once, and gives the messages a second. What the platform does (sealing the
// messages) is done before the clock starts.
func (c *crowd) run(b *testing.B, n int) float64 {
	b.Helper()
	messages := make([][]*http.Request, benchCrowd)
	for i := range messages {
		for range n {
			messages[i] = append(messages[i], c.next(b, i))
		}
	}
	var wg sync.WaitGroup
	begun := time.Now()
	for _, mine := range messages {
		wg.Go(func() {
			for _, r := range mine {
				res := httptest.NewRecorder()
				c.hook.ServeHTTP(res, r)
				if res.Code != http.StatusOK || res.Body.Len() < 20 {
					b.Errorf("answered with %d and %d bytes", res.Code, res.Body.Len())
				}
			}
		})
	}
	wg.Wait()
	c.last = float64(benchCrowd*n) / time.Since(begun).Seconds()
	return c.last
}

// next is the next message of a doctor; after the last line a new follower begins.
func (c *crowd) next(b *testing.B, i int) *http.Request {
	openID := fmt.Sprintf("o%06d%06d0123456789abcde", i, c.round[i])
	line := benchScript[c.place[i]]
	body := "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event><EventKey></EventKey>"
	if line != "" {
		body = fmt.Sprintf("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId>", line, c.msgID.Add(1))
	}
	now := time.Now().Unix()
	plain := fmt.Sprintf("<xml><ToUserName><![CDATA[gh_0]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>%s</xml>", openID, now, body)
	if c.place[i]++; c.place[i] == len(benchScript) {
		c.place[i], c.round[i] = 0, c.round[i]+1
	}
	return sealed(b, openID, plain, now, c.msgID.Add(1))
}

// sealed is a callback as the platform sends it, made with the SDK's own crypto.
func sealed(b testing.TB, openID, plain string, now, nonce int64) *http.Request {
	raw, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(plain), benchApp, benchKey)
	if err != nil {
		b.Fatal(err)
	}
	encrypt := string(raw)
	at, once := strconv.FormatInt(now, 10), strconv.FormatInt(nonce, 10)
	url := fmt.Sprintf("/wechat/callback?signature=%s&timestamp=%s&nonce=%s&openid=%s&encrypt_type=aes&msg_signature=%s",
		util.Signature(benchToken, at, once), at, once, openID, util.Signature(benchToken, at, once, encrypt))
	body := "<xml><ToUserName><![CDATA[gh_0]]></ToUserName><Encrypt><![CDATA[" + encrypt + "]]></Encrypt></xml>"
	return httptest.NewRequest(http.MethodPost, url, strings.NewReader(body))
}
