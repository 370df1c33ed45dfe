package wechat

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/util"

	"github.com/vrep/vrep/bot"
)

// refusalOf sends and returns the typed error; it also looks for canaries in everything that can be printed.
func refusalOf(t *testing.T, s *Sender, e bot.Effect) *bot.SendError {
	t.Helper()
	_, err := s.Send(t.Context(), e)
	var refusal *bot.SendError
	if !errors.As(err, &refusal) {
		t.Fatalf("error %v is not a SendError", err)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", err, refusal, refusal, refusal.Reason); strings.Contains(shown, "CANARY") {
		t.Errorf("the error shows what it must not: %s", shown)
	}
	return refusal
}

func TestSendImage(t *testing.T) {
	p := newPlatform(t)
	if _, err := p.sender(t).Send(t.Context(), effect(bot.KindImage, bot.Image{OpenID: "o1", MediaID: "m_1-x"})); err != nil {
		t.Fatal(err)
	}
	_, bodies, _, _ := p.seen()
	if got := strings.TrimSpace(bodies[0]); got != `{"touser":"o1","msgtype":"image","image":{"media_id":"m_1-x"}}` {
		t.Errorf("body %s", got)
	}
}

func TestSendText(t *testing.T) {
	p := newPlatform(t)
	receipt, err := p.sender(t).Send(t.Context(), textEffect())
	if err != nil {
		t.Fatalf("Send: %v %+v", err, receipt)
	}
	requests, bodies, tokens, draws := p.seen()
	if diff := cmp.Diff([]string{"/wechat/cgi-bin/message/custom/send"}, requests); diff != "" {
		t.Error(diff)
	}
	want := fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":%q}}`, canaryOpenID, canaryText)
	if got := strings.TrimSpace(bodies[0]); got != want {
		t.Errorf("body %s, want %s", got, want)
	}
	if draws != 1 || tokens[0] != canaryToken+"0" {
		t.Errorf("%d draws, tokens %v", draws, tokens)
	}
}

func TestSendNews(t *testing.T) {
	p := newPlatform(t)
	_, err := p.sender(t).Send(t.Context(), effect(bot.KindNews, bot.News{OpenID: "o1", Title: "标题 <&>", Description: "说明", URL: "https://x/?a=1&b=2", Picture: "https://p/"}))
	if err != nil {
		t.Fatal(err)
	}
	_, bodies, _, _ := p.seen()
	want := `{"touser":"o1","msgtype":"news","news":{"articles":[{"title":"标题 <&>","description":"说明","url":"https://x/?a=1&b=2","picurl":"https://p/"}]}}`
	if got := strings.TrimSpace(bodies[0]); got != want {
		t.Errorf("body %s\nwant %s", got, want)
	}
}

// TestTokenIsRenewedOnce: fifty sends meet a refused token and cost one renewal.
func TestTokenIsRenewedOnce(t *testing.T) {
	p := newPlatform(t)
	s := p.sender(t)
	if _, err := s.Send(t.Context(), textEffect()); err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	p.valid, p.draws = canaryToken+"new", 0
	p.mu.Unlock()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := s.Send(t.Context(), textEffect()); err != nil {
				t.Errorf("Send: %v", err)
			}
		})
	}
	wg.Wait()
	if _, _, _, draws := p.seen(); draws != 1 {
		t.Errorf("%d renewals, want 1", draws)
	}
}

// TestTokenThatStaysRefused: repeated once, then reported.
func TestTokenThatStaysRefused(t *testing.T) {
	p := newPlatform(t)
	p.answer = map[string]any{"errcode": 40001, "errmsg": "invalid credential " + canaryToken}
	r := refusalOf(t, p.sender(t), textEffect())
	requests, _, tokens, _ := p.seen()
	if r.Class != bot.ClassConfig || r.Code != 40001 || len(requests) != 2 {
		t.Errorf("class %s, code %d, %d requests", r.Class, r.Code, len(requests))
	}
	if tokens[0] == tokens[1] {
		t.Error("the refused token was not forced away")
	}
}

func TestSecretsThatAreWrong(t *testing.T) {
	p := newPlatform(t)
	s := p.sender(t, func(o *SenderOptions) { o.Secret, o.CorpSecret = "CANARY-wrong", "CANARY-wrong" })
	if r := refusalOf(t, s, textEffect()); r.Class != bot.ClassConfig || r.Code != 40125 {
		t.Errorf("official account: %+v", r)
	}
	if r := refusalOf(t, s, effect(bot.KindCard, testCard())); r.Class != bot.ClassConfig || r.Code != 40001 {
		t.Errorf("corp: %+v", r)
	}
}

func TestNotConfigured(t *testing.T) {
	s := must(NewSender(SenderOptions{}))
	defer s.Close()
	for _, e := range []bot.Effect{textEffect(), effect(bot.KindCard, testCard()), effect(bot.KindCardUpdate, bot.CardUpdate{})} {
		if r := refusalOf(t, s, e); r.Class != bot.ClassConfig || r.Reason == "" {
			t.Errorf("%s: %+v", e.Kind, r)
		}
	}
	if got := s.Check(t.Context()); len(got) != 0 {
		t.Errorf("findings %+v", got)
	}
}

func TestUnreadableEffects(t *testing.T) {
	p := newPlatform(t)
	s := p.sender(t)
	for _, e := range []bot.Effect{{Kind: "fax"}, {Kind: bot.KindText, Body: []byte("CANARY{")}} {
		if r := refusalOf(t, s, e); r.Class != bot.ClassContent {
			t.Errorf("%q: class %s", e.Kind, r.Class)
		}
	}
}

// TestTwoAccountsShareTheClient: the SDK's client is process-wide, the accounts are not mixed up.
func TestTwoAccountsShareTheClient(t *testing.T) {
	a, b := newPlatform(t), newPlatform(t)
	a.valid, b.valid = canaryToken+"a", canaryToken+"b"
	senders := []*Sender{a.sender(t), b.sender(t)}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, err := senders[i%2].Send(t.Context(), textEffect()); err != nil {
				t.Errorf("Send: %v", err)
			}
		})
	}
	wg.Wait()
	for _, p := range []*fakePlatform{a, b} {
		requests, _, tokens, _ := p.seen()
		if len(requests) != 20 {
			t.Errorf("%d requests, want 20", len(requests))
		}
		for _, got := range tokens {
			if got != p.valid {
				t.Errorf("token %s at the platform of %s", got, p.valid)
			}
		}
	}
}

// TestNothingElseUsesTheClient: a call of the SDK without a ticket does not leave the house.
func TestNothingElseUsesTheClient(t *testing.T) {
	installed()
	if _, err := util.HTTPGet("https://" + wechatHost + "/cgi-bin/getcallbackip?access_token=x"); !errors.Is(err, errStray) {
		t.Errorf("error %v", err)
	}
}

func TestObserve(t *testing.T) {
	p := newPlatform(t)
	var seen []Exchanged
	s := p.sender(t, func(o *SenderOptions) {
		o.Observe = func(x Exchanged) { x.Took = 0; seen = append(seen, x) }
	})
	p.answer = map[string]any{"errcode": 45015}
	refusalOf(t, s, textEffect())
	want := []Exchanged{{API: "/cgi-bin/stable_token"}, {API: "/cgi-bin/message/custom/send", Code: 45015, Class: bot.ClassWait}}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}
