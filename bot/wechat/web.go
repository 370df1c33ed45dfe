package wechat

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/credential"
	"github.com/silenceper/wechat/v2/officialaccount/oauth"
	"github.com/silenceper/wechat/v2/util"

	"github.com/vrep/vrep/bot"
)

// Errors of Person that are no fault of ours.
var (
	// ErrSignInAgain: the code was used before, has ended or never was one. Send the browser to SignInAddress once more.
	ErrSignInAgain = errors.New("wechat: sign-in code is not valid")
	// ErrSnapshot: the page was opened as a snapshot by a made-up person who must never be taken for a doctor.
	ErrSnapshot = errors.New("wechat: opened as a snapshot, not by a person")
)

// SignInAddress is where a doctor's browser is sent to be told apart. The platform sends it back to redirect, whose domain must be registered with the
// account, with the parameters code and state. It asks for nothing but the openid, so the doctor sees no question. state has at most 128 letters and
// digits.
func (s *Sender) SignInAddress(redirect, state string) string {
	u := *s.signIn
	u.Path += "/connect/oauth2/authorize"
	u.RawQuery = url.Values{ // Encode sorts, and the sorted order is the one that the platform asks for
		"appid": {s.appID}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {"snsapi_base"}, "state": {state},
	}.Encode()
	u.Fragment = "wechat_redirect"
	return u.String()
}

// Person exchanges the code that a browser brought back for the doctor's openid. A code works once. The errors are ErrSignInAgain, ErrSnapshot or a
// *bot.SendError. The SDK's call is not used: it puts a code that came from a browser into the address as it is.
func (s *Sender) Person(ctx context.Context, code string) (openID string, err error) {
	if s.wechat.tokens == nil {
		return "", s.wechat.fault(bot.ClassConfig, s.wechat.unset)
	}
	if code == "" || len(code) > 512 {
		return "", ErrSignInAgain
	}
	answer, err := s.wechat.ask(ctx, request{method: http.MethodGet, path: "/sns/oauth2/access_token", query: url.Values{
		"appid": {s.appID}, "secret": {s.secret}, "code": {code}, "grant_type": {"authorization_code"},
	}}, "")
	if refusal := (*bot.SendError)(nil); errors.As(err, &refusal) && s.wechat.rules[refusal.Code].SignIn {
		return "", ErrSignInAgain
	}
	if err != nil {
		return "", again(err)
	}
	var person oauth.ResAccessToken
	switch err := json.Unmarshal(answer, &person); {
	case err != nil || !identifier(person.OpenID):
		return "", s.wechat.fault(bot.ClassRetry, "garbled")
	case person.IsSnapShotUser != 0:
		return "", ErrSnapshot
	}
	return person.OpenID, nil
}

// PageSignature is what a page hands to the platform's script (wx.config).
type PageSignature struct {
	AppID     string `json:"appId"`
	Timestamp int64  `json:"timestamp"` // seconds
	Nonce     string `json:"nonceStr"`
	Signature string `json:"signature"`
}

// SignPage signs the address of a page of ours, as the doctor's browser shows it; what follows # does not count. Source: the platform's page on JS-SDK,
// appendix 1.
func (s *Sender) SignPage(ctx context.Context, address string) (PageSignature, error) {
	if s.pages == nil {
		return PageSignature{}, s.wechat.fault(bot.ClassConfig, s.wechat.unset)
	}
	ticket, err := s.wechat.from(ctx, s.pages, "")
	if err != nil {
		return PageSignature{}, err
	}
	address, _, _ = strings.Cut(address, "#")
	p := PageSignature{AppID: s.appID, Timestamp: s.now().Unix(), Nonce: rand.Text()}
	p.Signature = util.Signature(fmt.Sprintf("jsapi_ticket=%s&noncestr=%s&timestamp=%d&url=%s", ticket, p.Nonce, p.Timestamp, address))
	return p, nil
}

// drawPageTicket asks for a jsapi ticket. There is no forcing.
func (s *Sender) drawPageTicket(ctx context.Context, _ bool) (string, time.Duration, error) {
	t, leave := s.exchange.enter(ctx, s.wechat)
	defer leave()
	drawn, err := credential.GetTicketFromServerContext(ctx, string(t))
	if err != nil {
		return "", 0, again(s.bare(s.wechat, err))
	}
	if drawn.Ticket == "" || drawn.ExpiresIn <= 0 {
		return "", 0, s.wechat.fault(bot.ClassRetry, "garbled")
	}
	return drawn.Ticket, time.Duration(drawn.ExpiresIn) * time.Second, nil
}
