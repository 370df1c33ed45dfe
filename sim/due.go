package sim

import (
	"slices"
	"time"
)

// How long the platform takes to report; its pages promise no figure.
const (
	templateReport = 2 * time.Second
	massReport     = time.Minute
	publishReport  = 30 * time.Second
	duePoll        = time.Second // longest sleep while a report waits: the base clock may jump
)

// report is an event that the platform sends by itself at a time of its clock.
type report struct {
	At    int64  `json:"at"`             // unix milliseconds
	User  string `json:"user,omitempty"` // empty: the platform's own account speaks
	Event string `json:"event"`
	Parts []part `json:"parts"`
}

// later plans a report; the caller holds the lock.
func (p *Platform) later(in time.Duration, r report) {
	r.At = p.now().Add(in).UnixMilli()
	p.state.Due = append(p.state.Due, r)
	p.changed("due")
	p.wakeDue()
}

// wakeDue lets the clerk look at the list again.
func (p *Platform) wakeDue() {
	select {
	case p.due <- struct{}{}:
	default:
	}
}

// sendDue queues the callbacks of all reports whose time has come and says how
// long the next one has, zero for none waiting; the caller holds the lock.
func (p *Platform) sendDue() time.Duration {
	now := p.now().UnixMilli()
	slices.SortStableFunc(p.state.Due, func(a, b report) int { return int(a.At - b.At) })
	for len(p.state.Due) > 0 && p.state.Due[0].At <= now && !p.closed {
		r := p.state.Due[0]
		p.state.Due = slices.Delete(p.state.Due, 0, 1)
		u := p.state.Users[r.User]
		if r.User == "" {
			u = p.herald
		}
		if u == nil {
			continue
		}
		if _, err := p.start(u, act{msgType: "event", event: r.Event, parts: r.Parts, quiet: true}, 1); err != nil {
			p.log.Warn("reporting failed", "event", r.Event, "error", err)
		}
	}
	if len(p.state.Due) == 0 {
		return 0
	}
	return min(max(time.Duration(p.state.Due[0].At-now)*time.Millisecond, time.Millisecond), duePoll)
}

// keepReporting sends reports when their time has come until Close.
func (p *Platform) keepReporting() {
	for {
		p.mu.Lock()
		next := p.sendDue()
		p.mu.Unlock()
		if next == 0 {
			select {
			case <-p.due:
			case <-p.ctx.Done():
				return
			}
			continue
		}
		timer := time.NewTimer(next)
		select {
		case <-p.due:
		case <-timer.C:
		case <-p.ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}
