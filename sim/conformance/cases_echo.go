package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/vrep/vrep/sim"
)

// echoCases are about the check of the address when it is saved in the back office.
func echoCases() []kase {
	return []kase{
		{"echo/answered", func(t *trial, ctx context.Context) error {
			address, want := t.line.Echo(time.Now())
			a := t.get(ctx, address)
			if a.Err != nil || a.Status != http.StatusOK || a.Body != want {
				return fmt.Errorf("status %d, %d bytes: not the echo", a.Status, len(a.Body))
			}
			return nil
		}},
		{"echo/wrong_signature", func(t *trial, ctx context.Context) error {
			return t.noEcho(ctx, func(q url.Values) { q.Set("signature", q.Get("signature")[1:]+"0") })
		}},
		{"echo/no_signature", func(t *trial, ctx context.Context) error {
			return t.noEcho(ctx, func(q url.Values) { q.Del("signature") })
		}},
		{"echo/post_is_no_check", (*trial).echoPost},
	}
}

func (t *trial) get(ctx context.Context, address string) sim.Answer {
	ctx, cancel := context.WithTimeout(ctx, t.o.Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return sim.Answer{Err: errors.New("the address is no address")}
	}
	res, err := t.client.Do(req)
	if err != nil {
		return sim.Answer{Err: errors.New("no answer")} // without the address, which is signed
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return sim.Answer{Status: res.StatusCode, Body: string(body), Err: err}
}

func (t *trial) noEcho(ctx context.Context, spoil func(url.Values)) error {
	address, _ := t.line.Echo(time.Now())
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("the address is no address")
	}
	q := u.Query()
	spoil(q)
	u.RawQuery = q.Encode()
	return t.refused(t.get(ctx, u.String()))
}

// echoPost: a POST with echostr is no check; answering the echo loses a message.
func (t *trial) echoPost(ctx context.Context) error {
	l := t.says(t.doctor(), "hello")
	c, err := t.line.Forge("echo_post", l.plain, l.doctor, time.Now(), sim.Callback{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, t.o.Patience)
	defer cancel()
	a := t.line.Post(ctx, c)
	if t.refused(a) == nil {
		return nil
	}
	_, err = t.handled(l, a)
	return err
}
