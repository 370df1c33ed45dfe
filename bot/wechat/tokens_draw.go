package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/vrep/vrep/bot"
)

// drawnToken is the answer of both platforms' token endpoints.
type drawnToken struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
}

// drawStable draws the official account's token from stable_token: repeated calls give the same token, and the secret
// stays out of the address. force ends the present token; the platform allows that twenty times a day.
func drawStable(g *gateway, appID, secret string) func(context.Context, bool) (string, time.Duration, error) {
	return func(ctx context.Context, force bool) (string, time.Duration, error) {
		body, err := json.Marshal(map[string]any{
			"grant_type": "client_credential", "appid": appID, "secret": secret, "force_refresh": force,
		})
		if err != nil {
			return "", 0, g.fault(bot.ClassConfig, "payload")
		}
		return g.drawn(ctx, request{method: http.MethodPost, path: "/cgi-bin/stable_token", kind: "application/json", body: body})
	}
}

// drawCorp draws a WeCom application's token. Repeated calls give the same token until it ends; there is no forcing.
func drawCorp(g *gateway, corpID, secret string) func(context.Context, bool) (string, time.Duration, error) {
	return func(ctx context.Context, _ bool) (string, time.Duration, error) {
		q := url.Values{"corpid": {corpID}, "corpsecret": {secret}}
		return g.drawn(ctx, request{method: http.MethodGet, path: "/cgi-bin/gettoken", query: q})
	}
}

// drawn asks for a token. Asking twice does no harm, so an answer that was lost is a matter of trying again.
func (g *gateway) drawn(ctx context.Context, r request) (string, time.Duration, error) {
	answer, err := g.ask(ctx, r, "")
	if err != nil {
		return "", 0, again(err)
	}
	var d drawnToken
	if json.Unmarshal(answer, &d) != nil || d.AccessToken == "" || d.ExpiresIn <= 0 {
		return "", 0, g.fault(bot.ClassRetry, "garbled")
	}
	return d.AccessToken, time.Duration(d.ExpiresIn) * time.Second, nil
}

// again turns "may have been sent" into "try again". Nothing was sent but the question for a token.
func again(err error) error {
	var e *bot.SendError
	if errors.As(err, &e) && e.Class == bot.ClassUnknown {
		return &bot.SendError{Class: bot.ClassRetry, Code: e.Code, Reason: e.Reason, After: e.After}
	}
	return err
}
