package wechat

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/basic"

	"github.com/vrep/vrep/bot"
)

// Limits of codes. Source: the platform's page on codes with parameters.
const (
	maxScene  = 64                  // characters
	maxQRLife = 30 * 24 * time.Hour // of a code that ends
)

// QR asks the platform for a code that brings scene along when it is scanned: a permanent one, of which an account has 100,000 in all, or one that ends
// after life (at most 30 days). It answers the ticket, by which Picture finds the picture, and the address that the picture says. The SDK's call is not
// used: it takes an answer with "errmsg":"ok" for a failure.
func (s *Sender) QR(ctx context.Context, scene string, permanent bool, life time.Duration) (ticket, address string, err error) {
	if scene == "" || len(scene) > maxScene || !permanent && (life < time.Second || life > maxQRLife) {
		return "", "", s.wechat.fault(bot.ClassContent, "payload")
	}
	order := basic.NewTmpQrRequest(life, scene)
	if permanent {
		order = basic.NewLimitQrRequest(scene)
	}
	answer, err := s.wechat.post(ctx, "/cgi-bin/qrcode/create", order)
	if err != nil {
		return "", "", again(err)
	}
	var drawn basic.Ticket
	if json.Unmarshal(answer, &drawn) != nil || drawn.Ticket == "" {
		return "", "", s.wechat.fault(bot.ClassRetry, "garbled")
	}
	return drawn.Ticket, drawn.URL, nil
}

// Picture fetches the picture of a code, at most 1 MiB.
func (s *Sender) Picture(ctx context.Context, ticket string) ([]byte, error) {
	picture, err := s.pictures.trip(ctx, request{
		method: http.MethodGet, path: "/cgi-bin/showqrcode", query: url.Values{"ticket": {ticket}},
	}, "")
	if err != nil {
		return nil, again(err)
	}
	if !strings.HasPrefix(http.DetectContentType(picture), "image/") {
		return nil, s.pictures.fault(bot.ClassRetry, "garbled")
	}
	return picture, nil
}
