package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	maxBurst  = 20_000 // doctors
	maxRounds = 1_000
	maxPause  = time.Minute
)

// BurstOrder says who does what at once.
type BurstOrder struct {
	Users  int             `json:"users"`
	Prefix string          `json:"prefix,omitempty"` // of the ids, which are numbered from 1; default: burst
	Act    string          `json:"act,omitempty"`    // as in POST /_sim/users/{id}/…; default: say
	Body   json.RawMessage `json:"body,omitempty"`   // of the act
	Text   string          `json:"text,omitempty"`   // replaces the body's text
	Texts  []string        `json:"texts,omitempty"`  // one for each round, in turn
	Rounds int             `json:"rounds,omitempty"` // acts of each doctor, one after the other's reply; default: 1
	Pause  string          `json:"pause,omitempty"`  // mean of how long a doctor reads before the next act, up to twice as long; default: not at all

	pause time.Duration
	host  string
}

// BurstReport is what came of a burst. Latencies are of whole callbacks, from
// the first post to the reply that counted, retries and pauses included.
type BurstReport struct {
	Acts      int           `json:"acts"`
	Replied   int           `json:"replied"` // with one message at least
	Empty     int           `json:"empty"`   // answered without a reply
	Notices   int           `json:"notices"` // failure lines shown
	Errors    int           `json:"errors"`  // acts that were not possible
	FirstErr  string        `json:"first_error,omitempty"`
	Seconds   float64       `json:"seconds"`
	PerSecond float64       `json:"per_second"`
	Latency   LatencyReport `json:"latency"`
}

// LatencyReport is a distribution in milliseconds.
type LatencyReport struct {
	P50       float64   `json:"p50_ms"`
	P90       float64   `json:"p90_ms"`
	P99       float64   `json:"p99_ms"`
	Max       float64   `json:"max_ms"`
	Histogram []Latency `json:"histogram"`
}

// Latency counts acts that took up to so many milliseconds; zero stands for more.
type Latency struct {
	UpTo  float64 `json:"up_to_ms"`
	Count int     `json:"count"`
}

var latencySteps = []float64{1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000}

type burstTally struct {
	mu     sync.Mutex
	report BurstReport
	took   []time.Duration
}

func (t *burstTally) add(res actResult, took time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &t.report
	r.Acts++
	switch {
	case err != nil:
		r.Errors++
		if r.FirstErr == "" {
			r.FirstErr = err.Error()
		}
		return
	case res.Notice != "":
		r.Notices++
	case len(res.Replies) > 0:
		r.Replied++
	default:
		r.Empty++
	}
	t.took = append(t.took, took)
}

// complete fills in defaults and checks the order.
func (o *BurstOrder) complete() (kind actKind, body actBody, err error) {
	if o.Act == "" {
		o.Act = "say"
	}
	if o.Prefix == "" {
		o.Prefix = "burst"
	}
	o.Rounds = max(o.Rounds, 1)
	i := slices.IndexFunc(actKinds, func(k actKind) bool { return k.name == o.Act })
	switch {
	case o.Users < 1 || o.Users > maxBurst || o.Rounds > maxRounds:
		return kind, body, fmt.Errorf("%w: users 1 to %d, rounds up to %d", ErrRefused, maxBurst, maxRounds)
	case i < 0:
		return kind, body, fmt.Errorf("%w: act %.64q", ErrRefused, o.Act)
	}
	if o.Pause != "" {
		if o.pause, err = time.ParseDuration(o.Pause); err != nil || o.pause < 0 || o.pause > maxPause {
			return kind, body, fmt.Errorf("%w: pause up to %s", ErrRefused, maxPause)
		}
	}
	body.host = o.host
	if len(o.Body) > 0 {
		if err := decodeStrict(bytes.NewReader(o.Body), &body); err != nil {
			return kind, body, fmt.Errorf("%w: %w", ErrRefused, err)
		}
	}
	if o.Text != "" {
		body.Text = o.Text
	}
	return actKinds[i], body, nil
}

// Burst lets many doctors act at once and waits for all of them.
func (p *Platform) Burst(ctx context.Context, o BurstOrder) (BurstReport, error) {
	kind, body, err := o.complete()
	if err != nil {
		return BurstReport{}, err
	}
	var all burstTally
	var wg sync.WaitGroup
	began := time.Now()
	for _, id := range numbered(o.Prefix, o.Users) {
		wg.Go(func() {
			for round := range o.Rounds {
				in := body
				in.id = id
				if len(o.Texts) > 0 {
					in.Text = o.Texts[round%len(o.Texts)]
				}
				if round > 0 {
					p.wait(2 * time.Duration(rand.Float64()*float64(o.pause)))
				}
				res, took, err := p.burstAct(ctx, kind, in)
				all.add(res, took, err)
				if ctx.Err() != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	r := all.report
	r.Seconds = time.Since(began).Seconds()
	r.PerSecond = float64(r.Acts) / r.Seconds
	r.Latency = latencies(all.took)
	return r, ctx.Err()
}

func (p *Platform) burstAct(ctx context.Context, k actKind, in actBody) (actResult, time.Duration, error) {
	a, err := k.make(p, in)
	if err != nil || a.msgType == "" {
		return actResult{}, 0, err
	}
	j, err := p.enqueue(in.id, a, in.Deliveries)
	if err != nil {
		return actResult{}, 0, err
	}
	res, err := p.await(ctx, j)
	if err != nil {
		return res, 0, err
	}
	return res, j.took, nil
}

func latencies(took []time.Duration) LatencyReport {
	slices.Sort(took)
	at := func(share float64) float64 {
		if len(took) == 0 {
			return 0
		}
		i := min(int(share*float64(len(took))), len(took)-1)
		return float64(took[i].Microseconds()) / 1000
	}
	r := LatencyReport{P50: at(0.5), P90: at(0.9), P99: at(0.99), Max: at(1)}
	for _, step := range append(slices.Clone(latencySteps), 0) {
		n := 0
		for len(took) > 0 && (step == 0 || took[0] <= time.Duration(step*float64(time.Millisecond))) {
			n++
			took = took[1:]
		}
		r.Histogram = append(r.Histogram, Latency{step, n})
	}
	return r
}

func (p *Platform) postBurst(w http.ResponseWriter, r *http.Request) {
	var in BurstOrder
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	in.host = r.Host
	report, err := p.Burst(r.Context(), in)
	reply(w, report, err)
}
