package sim

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Kinds of trouble on the way from the platform to the callback.
const (
	// The doctor's message arrives in another way.
	twistDuplicate = "duplicate"  // once more after the answer
	twistOverlap   = "overlap"    // twice at once, the second one delay later
	twistReorder   = "reorder"    // the doctor's next act overtakes it; waits delay for one
	twistParallel  = "parallel"   // the doctor's next act does not wait for its answer
	twistDrop      = "drop"       // an attempt never arrives
	twistLoseReply = "lose_reply" // an attempt arrives, its answer is lost
	twistSlow      = "slow"       // the body trickles in over delay
	twistHalfClose = "half_close" // the sending side of the connection is shut after the request
	twistCutBody   = "cut_body"   // the connection ends in the middle of the body

	// The text of a message is spoilt.
	twistCDATA   = "cdata_end"   // ends with the end of a CDATA section
	twistInject  = "inject"      // carries elements that name another sender
	twistControl = "control"     // holds a control character
	twistBroken  = "broken_utf8" // holds bytes that are not UTF-8
)

var (
	wayTwists  = []string{twistDrop, twistLoseReply, twistSlow, twistHalfClose, twistCutBody}
	jobTwists  = []string{twistDuplicate, twistOverlap, twistReorder, twistParallel}
	textTwists = map[string]string{twistCDATA: "]]>x", twistControl: "\x02", twistBroken: "\xff\xed\xa0\xbd",
		twistInject: "]]></Content><FromUserName><![CDATA[victim]]></FromUserName><Content><![CDATA["}
)

// twist is planned trouble with deliveries.
type twist struct {
	Kind     string  `json:"kind"`
	User     string  `json:"user,omitempty"`     // empty: every doctor
	Percent  float64 `json:"percent,omitempty"`  // of the acts; zero: all
	Times    int     `json:"times,omitempty"`    // acts affected; zero: one, or without end when percent is given
	Attempts int     `json:"attempts,omitempty"` // of the three deliveries of an act, from the first; zero: one
	Delay    string  `json:"delay,omitempty"`    // see the kinds; zero: 300ms, with overlap none

	delay time.Duration
}

func (t *twist) check() error {
	_, text := textTwists[t.Kind]
	if !text && !slices.Contains(wayTwists, t.Kind) && !slices.Contains(jobTwists, t.Kind) && !slices.Contains(forgeKinds, t.Kind) {
		return fmt.Errorf("%w: kind", ErrRefused)
	}
	if t.Kind != twistOverlap {
		t.delay = 300 * time.Millisecond
	}
	if t.Delay != "" {
		d, err := time.ParseDuration(t.Delay)
		if err != nil || d < 0 || d > time.Minute {
			return fmt.Errorf("%w: delay must be a duration of up to 1m", ErrRefused)
		}
		t.delay = d
	}
	if t.Percent < 0 || t.Percent > 100 || t.Times < 0 || t.Attempts < 0 || t.Attempts > deliveries {
		return fmt.Errorf("%w: percent 0 to 100, times from 0, attempts 0 to %d", ErrRefused, deliveries)
	}
	if t.Times == 0 && t.Percent == 0 {
		t.Times = 1
	}
	t.Attempts = max(t.Attempts, 1)
	return nil
}

// drawTwists says what befalls an act; the caller holds the lock.
func (p *Platform) drawTwists(u *user, a act) []twist {
	var out []twist
	for _, t := range slices.Clone(p.twists) {
		if _, text := textTwists[t.Kind]; text && a.msgType != "text" {
			continue
		}
		if t.User != "" && t.User != u.ID || t.Percent > 0 && p.rand.Float64()*100 >= t.Percent {
			continue
		}
		out = append(out, *t)
		if t.Times == 0 {
			continue
		}
		if t.Times--; t.Times == 0 {
			p.twists = slices.DeleteFunc(p.twists, func(o *twist) bool { return o == t })
		}
	}
	return out
}

func has(twists []twist, kind string) bool {
	return slices.ContainsFunc(twists, func(t twist) bool { return t.Kind == kind })
}

// wayOf is the trouble of the n-th attempt; its Kind is empty for none.
func wayOf(twists []twist, n int) twist {
	for _, t := range twists {
		if slices.Contains(wayTwists, t.Kind) && n < t.Attempts {
			return t
		}
	}
	return twist{}
}

// twistText spoils the Content of a text message.
func twistText(parts []part, twists []twist) []part {
	for _, t := range twists {
		tail, ok := textTwists[t.Kind]
		i := slices.IndexFunc(parts, func(p part) bool { return p.Name == "Content" })
		if !ok || i < 0 {
			continue
		}
		parts = slices.Clone(parts)
		parts[i].Value += tail
	}
	return parts
}

func (p *Platform) getTwists(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	list := make([]twist, 0, len(p.twists))
	for _, t := range p.twists {
		list = append(list, *t)
	}
	p.mu.Unlock()
	answer(w, map[string]any{"twists": list})
}

func (p *Platform) postTwist(w http.ResponseWriter, r *http.Request) {
	t := &twist{}
	err := readBody(w, r, t)
	if err == nil {
		err = t.check()
	}
	if err != nil {
		sendError(w, err)
		return
	}
	view := *t
	p.mu.Lock()
	p.twists = append(p.twists, t)
	p.mu.Unlock()
	answer(w, view)
}

func (p *Platform) deleteTwists(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	p.twists = nil
	p.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}
