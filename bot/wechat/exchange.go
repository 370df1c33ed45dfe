package wechat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/silenceper/wechat/v2/util"
)

// errStray is returned to whoever uses the SDK's HTTP client from outside a call of ours.
var errStray = errors.New("wechat: request outside a call")

// exchange is the transport under the SDK's one process-wide HTTP client. The SDK's calls carry no context and know
// one host. So each call of ours is entered here and gives the SDK a ticket in place of an access token; the request
// comes back with the ticket in its address, which tells whose gateway and which context it belongs to. The gateway
// puts the real token in. Thus several accounts share the client, deadlines hold, and the SDK never sees a token that
// its errors could print.
type exchange struct {
	calls sync.Map // ticket → call
	last  atomic.Uint64
}

// call is one entered call.
type call struct {
	ctx     context.Context
	gateway *gateway
}

// ticket stands for an access token towards the SDK; it implements credential.AccessTokenHandle.
type ticket string

// GetAccessToken implements credential.AccessTokenHandle.
func (t ticket) GetAccessToken() (string, error) { return string(t), nil }

// installed puts the exchange under the SDK's client, once in the life of the process: the SDK reads the variable
// without a lock, so it must be set before the first call and never again.
var installed = sync.OnceValue(func() *exchange {
	x := &exchange{}
	util.DefaultHTTPClient = &http.Client{Transport: x, CheckRedirect: noRedirect}
	return x
})

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// enter opens a call; leave must follow when the SDK has returned.
func (x *exchange) enter(ctx context.Context, g *gateway) (t ticket, leave func()) {
	t = ticket("ticket-" + strconv.FormatUint(x.last.Add(1), 10))
	x.calls.Store(t, call{ctx: ctx, gateway: g})
	return t, func() { x.calls.Delete(t) }
}

// RoundTrip implements http.RoundTripper. Its errors are *bot.SendError, but for errStray.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			return nil, errStray
		}
	}
	q := r.URL.Query()
	found, ok := x.calls.Load(ticket(q.Get("access_token")))
	if !ok {
		return nil, errStray
	}
	c := found.(call)
	if r.URL.Host != c.gateway.host {
		return nil, errStray
	}
	q.Del("access_token")
	answer, err := c.gateway.do(c.ctx, request{
		method: r.Method, path: r.URL.Path, query: q, kind: r.Header.Get("Content-Type"), body: body,
	})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(bytes.NewReader(answer)), ContentLength: int64(len(answer)),
	}, nil
}
