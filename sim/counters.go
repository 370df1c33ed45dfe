package sim

import (
	"strconv"
	"sync"
	"sync/atomic"
)

// counters are what GET /_sim/counters shows; they begin at zero with each process.
type counters struct {
	Deliveries     int64 `json:"deliveries"`      // attempts to post a callback
	Retries        int64 `json:"retries"`         // of these, second and third ones
	LateReplies    int64 `json:"late_replies"`    // answers after the platform had given up
	RefusedReplies int64 `json:"refused_replies"` // answers that the platform would not accept
	Replies        int64 `json:"replies"`         // passive messages shown to doctors
	Notices        int64 `json:"notices"`         // failure lines shown to doctors
	Services       int64 `json:"services"`        // service messages shown to doctors
	RepMessages    int64 `json:"rep_messages"`    // WeCom messages shown to reps
	Presses        int64 `json:"presses"`         // card buttons pressed

	mu     sync.Mutex
	calls  map[string]int64 // by API path
	errors map[string]int64 // by errcode
}

// countersView is a moment's copy.
type countersView struct {
	*counters
	Calls  map[string]int64 `json:"api_calls"`
	Errors map[string]int64 `json:"api_errors"`
}

func (c *counters) add(field *int64) { atomic.AddInt64(field, 1) }

func (c *counters) call(path string, code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls == nil {
		c.calls, c.errors = map[string]int64{}, map[string]int64{}
	}
	c.calls[path]++
	if code != 0 {
		c.errors[strconv.Itoa(code)]++
	}
}

func (c *counters) view() countersView {
	v := countersView{counters: &counters{}, Calls: map[string]int64{}, Errors: map[string]int64{}}
	for dst, src := range map[*int64]*int64{
		&v.Deliveries: &c.Deliveries, &v.Retries: &c.Retries, &v.LateReplies: &c.LateReplies,
		&v.RefusedReplies: &c.RefusedReplies, &v.Replies: &c.Replies, &v.Notices: &c.Notices,
		&v.Services: &c.Services, &v.RepMessages: &c.RepMessages, &v.Presses: &c.Presses,
	} {
		*dst = atomic.LoadInt64(src)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, n := range c.calls {
		v.Calls[k] = n
	}
	for k, n := range c.errors {
		v.Errors[k] = n
	}
	return v
}
