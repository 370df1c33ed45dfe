package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/vrep/vrep/bot"
)

// maxAnswer bounds what is read of an API answer, in bytes.
const maxAnswer = 1 << 20

// Exchanged describes one request to a platform, for metrics.
type Exchanged struct {
	API   string // path, e.g. /cgi-bin/message/send
	Code  int    // errcode; 0 when accepted or when no answer was understood
	Class bot.Class
	Took  time.Duration
}

// gateway is one platform's API for one account: its address, token, codes and time-out.
type gateway struct {
	host    string // as the SDK spells it
	base    *url.URL
	round   http.RoundTripper
	timeout time.Duration // of one request
	rules   map[int]rule
	faults  map[string]string
	now     func() time.Time
	observe func(Exchanged)
	limits  *limits // nil: the platform's allowances are not counted
	tokens  *tokens // nil when the account is not configured
	unset   string  // fault that says so
}

// request is an API call without its access token.
type request struct {
	method, path string
	query        url.Values
	kind         string // Content-Type
	body         []byte
}

// verdict is what every API answer carries.
type verdict struct {
	Code    int    `json:"errcode"`
	Message string `json:"errmsg"`
}

// do makes a call with the account's token and returns the answer of an accepted one. When the platform refuses the
// token, it is renewed and the call repeated once: refused is not executed. Every error is a *bot.SendError.
func (g *gateway) do(ctx context.Context, r request) ([]byte, error) {
	if g.tokens == nil {
		return nil, g.fault(bot.ClassConfig, g.unset)
	}
	token, err := g.token(ctx, "")
	if err != nil {
		return nil, err
	}
	answer, err := g.ask(ctx, r, token)
	if refusal := (*bot.SendError)(nil); !errors.As(err, &refusal) || !g.rules[refusal.Code].Refresh {
		return answer, err
	}
	if token, err = g.token(ctx, token); err != nil {
		return nil, err
	}
	return g.ask(ctx, r, token)
}

// post makes a call whose body is JSON.
func (g *gateway) post(ctx context.Context, path string, body any) ([]byte, error) {
	text, err := encoded(body)
	if err != nil {
		return nil, g.fault(bot.ClassContent, "payload")
	}
	return g.do(ctx, request{method: http.MethodPost, path: path, kind: "application/json;charset=utf-8", body: text})
}

// encoded encodes without escapes for HTML: the platform shows escapes as they are.
func encoded(v any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return text.Bytes(), err
}

func (g *gateway) token(ctx context.Context, failed string) (string, error) {
	return g.from(ctx, g.tokens, failed)
}

// from takes a token of t. Every error is a *bot.SendError.
func (g *gateway) from(ctx context.Context, t *tokens, failed string) (string, error) {
	token, err := t.get(ctx, failed)
	if refusal := (*bot.SendError)(nil); err != nil && !errors.As(err, &refusal) {
		return "", g.fault(bot.ClassRetry, "connect") // out of time before anything was sent
	}
	return token, err
}

// ask makes one request and judges the answer. token may be empty for calls that need none.
func (g *gateway) ask(ctx context.Context, r request, token string) ([]byte, error) {
	began := g.now()
	if err := g.limits.admit(ctx, r.path, began); err != nil {
		return nil, err
	}
	answer, err := g.trip(ctx, r, token)
	var v verdict
	if err == nil && json.Unmarshal(answer, &v) != nil {
		err = g.fault(bot.ClassUnknown, "garbled")
	}
	if err == nil && v.Code != 0 && g.rules[v.Code].Class != classSent {
		refusal := refused(g.rules[v.Code], v.Code, v.Message, g.now())
		g.limits.pause(r.path, refusal.After, g.now())
		err = refusal
	}
	seen := Exchanged{API: r.path, Code: v.Code, Took: g.now().Sub(began)}
	if refusal := (*bot.SendError)(nil); errors.As(err, &refusal) {
		seen.Class = refusal.Class
	}
	g.observe(seen)
	if err != nil {
		return nil, err
	}
	if v.Code != 0 {
		return accepted(answer), nil
	}
	return answer, nil
}

// accepted makes an acceptance of an answer that says "has it already", for the SDK and whoever reads on.
func accepted(answer []byte) []byte {
	var all map[string]json.RawMessage
	if json.Unmarshal(answer, &all) == nil {
		all["errcode"] = json.RawMessage("0")
		if changed, err := json.Marshal(all); err == nil {
			return changed
		}
	}
	return []byte(`{"errcode":0}`)
}

// trip sends one request and reads the answer of a 200. The error tells whether the platform may have got it.
func (g *gateway) trip(ctx context.Context, r request, token string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, r.method, g.address(r, token), bytes.NewReader(r.body))
	if err != nil {
		return nil, g.fault(bot.ClassConfig, "address")
	}
	if r.kind != "" {
		req.Header.Set("Content-Type", r.kind)
	}
	res, err := g.round.RoundTrip(req)
	if err != nil {
		return nil, g.broken(err, written.Load())
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable:
		return nil, g.fault(bot.ClassRetry, "refused")
	case res.StatusCode >= 500:
		return nil, g.fault(bot.ClassUnknown, "status")
	case res.StatusCode != http.StatusOK:
		return nil, g.fault(bot.ClassConfig, "address")
	case err != nil:
		return nil, g.broken(err, true)
	case len(answer) > maxAnswer:
		return nil, g.fault(bot.ClassUnknown, "garbled")
	}
	return answer, nil
}

func (g *gateway) address(r request, token string) string {
	u := *g.base
	u.Path += r.path
	q := url.Values{}
	for k, v := range r.query {
		q[k] = v
	}
	if token != "" {
		q.Set("access_token", token)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// broken names a failed exchange. The cause is dropped: its text may hold the address with a secret in it.
func (g *gateway) broken(cause error, written bool) *bot.SendError {
	var network net.Error
	switch {
	case !written:
		return g.fault(bot.ClassRetry, "connect")
	case errors.Is(cause, context.DeadlineExceeded), errors.As(cause, &network) && network.Timeout():
		return g.fault(bot.ClassUnknown, "timeout")
	}
	return g.fault(bot.ClassUnknown, "lost")
}

func (g *gateway) fault(class bot.Class, name string) *bot.SendError {
	return &bot.SendError{Class: class, Reason: g.faults[name]}
}
