package sim

import (
	"maps"
	"strconv"
	"sync"
)

// tally are the plain counts of GET /_sim/counters; they begin at zero with each process.
type tally struct {
	Deliveries     int64 `json:"deliveries"`      // attempts to post a callback
	Retries        int64 `json:"retries"`         // of these, second and third ones
	Duplicates     int64 `json:"duplicates"`      // planned overlapping and repeated callbacks
	Dropped        int64 `json:"dropped"`         // attempts whose way there or back was planned to fail
	LateReplies    int64 `json:"late_replies"`    // answers after the platform had given up
	RefusedReplies int64 `json:"refused_replies"` // answers that the platform would not accept
	IgnoredReplies int64 `json:"ignored_replies"` // answers to reports, which show nowhere
	Replies        int64 `json:"replies"`         // passive messages shown to doctors
	Notices        int64 `json:"notices"`         // failure lines shown to doctors
	Services       int64 `json:"services"`        // service messages shown to doctors
	Templates      int64 `json:"templates"`       // template messages shown to doctors
	Subscribes     int64 `json:"subscribes"`      // subscribe messages shown to doctors
	Mass           int64 `json:"mass"`            // mass messages shown to doctors, one per article
	Forged         int64 `json:"forged"`          // hostile requests made
	ForgedAnswered int64 `json:"forged_answered"` // of these, answered with a status 2xx
	RepMessages    int64 `json:"rep_messages"`    // WeCom messages shown to reps
	RepDropped     int64 `json:"rep_dropped"`     // WeCom messages silently dropped over a member's limit
	RobotMessages  int64 `json:"robot_messages"`  // robot messages shown in groups
	Presses        int64 `json:"presses"`         // card buttons pressed
}

// counters are the tally and what is counted by name.
type counters struct {
	mu sync.Mutex
	tally
	calls    map[string]int64            // by API path
	errors   map[string]int64            // by errcode
	refusals map[string]map[string]int64 // by API path and errcode
}

// countersView is a moment's copy.
type countersView struct {
	tally
	Calls    map[string]int64            `json:"api_calls"`
	Errors   map[string]int64            `json:"api_errors"`
	Refusals map[string]map[string]int64 `json:"api_refusals"`
}

func (c *counters) add(field *int64) {
	c.mu.Lock()
	*field++
	c.mu.Unlock()
}

func (c *counters) call(path string, code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls == nil {
		c.calls, c.errors, c.refusals = map[string]int64{}, map[string]int64{}, map[string]map[string]int64{}
	}
	c.calls[path]++
	if code == 0 {
		return
	}
	name := strconv.Itoa(code)
	c.errors[name]++
	if c.refusals[path] == nil {
		c.refusals[path] = map[string]int64{}
	}
	c.refusals[path][name]++
}

func (c *counters) view() countersView {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := countersView{tally: c.tally, Calls: map[string]int64{}, Errors: map[string]int64{}, Refusals: map[string]map[string]int64{}}
	maps.Copy(v.Calls, c.calls)
	maps.Copy(v.Errors, c.errors)
	for path, codes := range c.refusals {
		v.Refusals[path] = maps.Clone(codes)
	}
	return v
}
