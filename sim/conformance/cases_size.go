package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vrep/vrep/sim"
)

const (
	hugeBody  = 60 << 20 // bytes
	mostTaken = 16 << 20 // bytes that may be on their way before the server cuts: buffers of both kernels hold some
)

// sizeCases are about bodies beyond anything that the platform sends, and about replies beyond what it takes.
func sizeCases() []kase {
	return []kase{
		{"size/two_megabytes", func(t *trial, ctx context.Context) error {
			l := t.says(t.doctor(), strings.Repeat("a", 2<<20))
			if err := t.refused(t.post(ctx, l)); err != nil {
				return err
			}
			return t.effects(ctx, l.doctor, 0)
		}},
		{"size/sixty_megabytes_announced", func(t *trial, ctx context.Context) error { return t.huge(ctx, hugeBody) }},
		{"size/sixty_megabytes_in_chunks", func(t *trial, ctx context.Context) error { return t.huge(ctx, -1) }},
		{"size/long_reply", func(t *trial, ctx context.Context) error {
			_, err := t.handle(ctx, t.says(t.doctor(), strings.Repeat("a", sim.MaxText)))
			return err
		}},
	}
}

// huge posts a body that never ends well, and counts how much of it is taken.
func (t *trial) huge(ctx context.Context, length int64) error {
	l := t.says(t.doctor(), "hello")
	address := t.line.Callback(l.plain, l.doctor, time.Now()).Address()
	ctx, cancel := context.WithTimeout(ctx, t.o.Patience)
	defer cancel()
	body := &flood{head: strings.NewReader("<xml><Encrypt><![CDATA["), left: hugeBody}
	body.left -= int64(body.head.Len())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return errors.New("the address is no address")
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", "text/xml")
	a := sim.Answer{}
	res, err := t.client.Do(req)
	taken := body.taken.Load()
	if err != nil {
		a.Err = errors.New("cut")
		if ctx.Err() != nil {
			a.Err = ctx.Err()
		}
	} else {
		defer res.Body.Close()
		start, _ := io.ReadAll(io.LimitReader(res.Body, 64)) // what was said before the connection was cut
		a.Status, a.Body = res.StatusCode, string(start)
	}
	if err := t.refused(a); err != nil {
		return err
	}
	if taken > mostTaken {
		return fmt.Errorf("%d MB were read before it was refused", taken>>20)
	}
	return nil
}

// flood is a long body that is made while it is read.
type flood struct {
	head  *strings.Reader
	left  int64
	taken atomic.Int64
}

// Read implements io.Reader.
func (f *flood) Read(b []byte) (int, error) {
	if n, err := f.head.Read(b); err == nil {
		f.taken.Add(int64(n))
		return n, nil
	}
	if f.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), f.left))
	for i := range b[:n] {
		b[i] = 'A'
	}
	f.left -= int64(n)
	f.taken.Add(int64(n))
	return n, nil
}
