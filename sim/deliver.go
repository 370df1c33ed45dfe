package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	deliveries = 3               // how often the platform tries
	lateGrace  = 2 * time.Second // how long an abandoned connection is watched for a late answer
)

var (
	errReply   = errors.New("reply refused")
	errTimeout = errors.New("no answer in time")
	errStatus  = errors.New("unexpected status")
	errPeer    = errors.New("callback failed")
	errLost    = errors.New("lost on the way")
)

// parcel is one callback: the same plain text however often it is posted.
type parcel struct {
	plain             []byte
	to, agent, openid string
}

// outcome is what one parcel came to.
type outcome struct {
	reply    []byte // plain reply, nil for none
	status   int
	attempts int
	took     time.Duration
	sent     posting
	raw      string // body as answered
	log      []Attempt
	err      error
}

// deliver posts a parcel until it is answered, three times at most. A reply
// that is answered but malformed is not tried again: the platform shows its
// failure line at once.
func (p *Platform) deliver(c peer, parcel parcel, twists []twist) outcome {
	var o outcome
	var log []Attempt
	for n := 0; n < deliveries; n++ {
		if n > 0 {
			p.count.add(&p.count.Retries)
			p.pause(o.err)
		}
		way := wayOf(twists, n)
		at, began := p.Now(), time.Now()
		o = p.attempt(c, parcel, way)
		o.attempts, o.took = n+1, time.Since(began)
		log = append(log, o.record(at, way.Kind))
		if o.err == nil || errors.Is(o.err, errReply) {
			break
		}
	}
	o.log = log
	return o
}

// pause waits between deliveries; after a timeout the next one starts at once.
func (p *Platform) pause(after error) {
	if errors.Is(after, errTimeout) {
		return
	}
	select {
	case <-time.After(p.opts.RetryPause):
	case <-p.ctx.Done():
	}
}

// attempt posts once. The connection of an attempt that was given up is
// watched a little longer, so that late answers can be counted; then it is cut.
func (p *Platform) attempt(c peer, parcel parcel, way twist) outcome {
	p.count.add(&p.count.Deliveries)
	sent := c.posting(parcel, p.stamp().Unix())
	if way.Kind == twistDrop {
		p.count.add(&p.count.Dropped)
		return outcome{sent: sent, err: errLost}
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.opts.ReplyTimeout+lateGrace)
	done := make(chan outcome, 1)
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		defer cancel()
		done <- roundTrip(ctx, p.client, sent, way)
	}()
	timer := time.NewTimer(p.opts.ReplyTimeout)
	defer timer.Stop()
	select {
	case o := <-done:
		o.sent = sent
		if way.Kind == twistLoseReply {
			p.count.add(&p.count.Dropped)
			return outcome{sent: sent, status: o.status, err: errLost}
		}
		return p.opened(c, o)
	case <-timer.C:
		p.wg.Go(func() {
			if o := <-done; o.err == nil {
				p.count.add(&p.count.LateReplies)
			}
		})
		return outcome{sent: sent, err: errTimeout}
	}
}

func roundTrip(ctx context.Context, client *http.Client, sent posting, way twist) outcome {
	var body io.Reader = bytes.NewReader(sent.body)
	switch way.Kind {
	case twistHalfClose, twistCutBody:
		return rawTrip(ctx, sent, way.Kind == twistCutBody)
	case twistSlow:
		body = &trickle{ctx: ctx, rest: sent.body, pause: way.delay / trickleSteps, step: len(sent.body)/trickleSteps + 1}
	}
	req, err := sent.request(ctx, body)
	if err != nil {
		return outcome{err: err}
	}
	res, err := client.Do(req)
	if err != nil {
		return outcome{err: bare(err)}
	}
	return readAnswer(res)
}

func readAnswer(res *http.Response) outcome {
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if err != nil {
		return outcome{status: res.StatusCode, err: fmt.Errorf("reading reply: %w", err)}
	}
	o := outcome{status: res.StatusCode, raw: string(body)}
	if res.StatusCode != http.StatusOK {
		o.err = fmt.Errorf("%w: %d", errStatus, res.StatusCode)
	}
	return o
}

func (p *Platform) opened(c peer, o outcome) outcome {
	if o.err != nil {
		return o
	}
	o.reply, o.err = c.openReply([]byte(o.raw))
	return o
}

// bare strips the address, which carries signatures, from an HTTP client's error.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
