package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vrep/vrep/bot"
)

// everyCall makes each call that leaves the house, with secrets and persons in everything that it is given.
func everyCall(s *Sender) map[string]func(ctx context.Context) error {
	send := func(e bot.Effect) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.Send(ctx, e)
			return err
		}
	}
	through := func(channel string) bot.Effect {
		e := textEffect()
		e.Channel, e.Key, e.Intent = channel, "CANARY-key", bot.IntentPush
		return e
	}
	card := testCard()
	card.UserID = "CANARY-userid"
	calls := map[string]func(context.Context) error{
		"text":      send(textEffect()),
		"news":      send(effect(bot.KindNews, bot.News{OpenID: canaryOpenID, Title: canaryText, URL: "https://x/CANARY"})),
		"image":     send(effect(bot.KindImage, bot.Image{OpenID: canaryOpenID, MediaID: "CANARY.png"})),
		"menu":      send(effect(bot.KindMenu, bot.Menu{OpenID: canaryOpenID, Head: canaryText, Options: []bot.MenuOption{{ID: "1", Text: canaryText}}, Plain: canaryText})),
		"mini page": send(effect(bot.KindMiniPage, bot.MiniPage{OpenID: canaryOpenID, Title: canaryText, AppID: "wx", Path: "CANARY", Thumb: "CANARY.png", Plain: canaryText})),
		"subscribe": send(through(bot.ChannelSubscribe)),
		"template":  send(through(bot.ChannelTemplate)),
		"card":      send(effect(bot.KindCard, card)),
		"update":    send(effect(bot.KindCardUpdate, bot.CardUpdate{UserID: "CANARY-userid", ResponseCode: "CANARY-rc", Text: canaryText})),
		"rep text":  send(effect(bot.KindRepText, bot.RepText{UserID: "CANARY-userid", Text: canaryText})),
		"mass": func(ctx context.Context) error {
			_, err := s.SendMass(ctx, bot.MassOrder{Key: "CANARY-key", OpenIDs: []string{canaryOpenID, canaryOpenID}, News: bot.News{Title: canaryText}})
			return err
		},
		"qr": func(ctx context.Context) error {
			_, _, err := s.QR(ctx, "CANARY-scene", true, 0)
			return err
		},
		"picture": func(ctx context.Context) error {
			_, err := s.Picture(ctx, "CANARY-ticket")
			return err
		},
		"person": func(ctx context.Context) error {
			_, err := s.Person(ctx, "CANARY-code")
			return err
		},
		"sign": func(ctx context.Context) error {
			_, err := s.SignPage(ctx, "https://v.example.com/CANARY")
			return err
		},
		"tag": func(ctx context.Context) error { return s.Tag(ctx, []string{canaryOpenID}, true) },
		"tagged": func(ctx context.Context) error {
			_, err := s.Tagged(ctx, canaryOpenID)
			return err
		},
		"followers": func(ctx context.Context) error {
			_, err := s.Followers(ctx, canaryOpenID)
			return err
		},
		"sync": func(ctx context.Context) error {
			_, err := s.SyncMenu(ctx, bot.AccountMenu{Everyone: everyone, Verified: verified})
			return err
		},
		"differs": func(ctx context.Context) error {
			_, err := s.MenuDiffers(ctx, bot.AccountMenu{Everyone: everyone})
			return err
		},
	}
	calls["check"] = func(ctx context.Context) error { return errors.New(fmt.Sprint(s.Check(ctx))) }
	return calls
}

// failures are the ways in which the platform fails; the codes come beside them, each with an errmsg that tells everything.
func failures(t *testing.T) map[string]http.HandlerFunc {
	t.Helper()
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	echo := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"errcode":0,"secret":%q,"url":%q,"err`, canarySecret, r.URL.String())
	}
	all := map[string]http.HandlerFunc{
		"502": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "<html>"+r.URL.String(), http.StatusBadGateway)
		},
		"503":       status(503, canaryToken),
		"404":       status(404, canaryToken),
		"truncated": echo,
		"html":      func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>"+r.URL.String()) },
		"empty":     status(200, ""),
		"null":      status(200, "null"),
		"list":      status(200, `["`+canaryToken+`"]`),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/?access_token="+canaryToken, http.StatusFound)
		},
		"hang": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the caller has left
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		},
		"reset": func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
				_ = conn.(*net.TCPConn).SetLinger(0)
				conn.Close()
			}
		},
	}
	table := must(readCodes())
	for _, rules := range []map[int]rule{table.WeChat, table.WeCom, {99999: {}, 40001: {}}} {
		for n := range rules {
			all[fmt.Sprint(n)] = func(w http.ResponseWriter, r *http.Request) {
				writeJSON(w, reply{"errcode": n, "errmsg": "no " + canaryOpenID + " " + canaryText + " " + canarySecret + " " + r.URL.String() + " rid: 6543abcd-1111-2222",
					"invaliduser": "CANARY-userid", "access_token": canaryToken})
			}
		}
	}
	return all
}

// syncBuffer is a buffer for several writers.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// TestNothingLeaks: whatever the platform does to whatever call, no error, log line or metric shows a secret, a token, an address, a person or words.
func TestNothingLeaks(t *testing.T) {
	var seen syncBuffer
	logger := slog.New(slog.NewJSONHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
	log.SetOutput(&seen)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	ways, n := failures(t), 0
	for way, fail := range ways {
		for _, tokens := range []bool{true, false} { // with a token at hand, and already when asking for one
			s := failing(t, way, fail, tokens, logger, &seen)
			for call, do := range everyCall(s) {
				err := do(t.Context())
				n++
				if err != nil {
					fmt.Fprintf(&seen, "%s of %s: %v %+v %#v\n", call, way, err, err, err)
				}
				if refusal := (*bot.SendError)(nil); err != nil && call != "check" && !errors.Is(err, ErrSignInAgain) && (!errors.As(err, &refusal) || refusal.Reason == "") {
					t.Errorf("%s of %s: %v has no reason or type", call, way, err)
				} else if refusal != nil {
					fmt.Fprintf(&seen, "%+v\n", *refusal)
				}
			}
		}
	}
	if n < 2000 {
		t.Errorf("only %d calls", n)
	}
	shown := seen.String()
	for _, secret := range []string{"CANARY", "access_token=", "secret=", "://", "127.0.0.1"} {
		for line := range strings.SplitSeq(shown, "\n") {
			if strings.Contains(line, secret) {
				t.Errorf("%q is shown: %.300s", secret, line)
				break
			}
		}
	}
}

// failing is a sender whose platform fails in one way.
func failing(t *testing.T, way string, fail http.HandlerFunc, tokens bool, logger *slog.Logger, metrics *syncBuffer) *Sender {
	p := newPlatform(t)
	p.serve = fail
	if !tokens {
		p.Config.Handler = fail
	}
	return p.sender(t, templates, func(o *SenderOptions) {
		o.Log, o.MPBase, o.DailyLimits, o.Counter = logger, o.APIBase, "custom=100000,upload=1000", nil
		o.Media = &library{}
		o.Asset = func(string) ([]byte, bool) { return []byte("\x89PNG"), true }
		o.Observe = func(x Exchanged) {
			text, err := json.Marshal(x)
			fmt.Fprintf(metrics, "%s %v\n", text, err)
		}
		if way == "hang" {
			o.Timeout = 20 * time.Millisecond
		}
	})
}
