package sim

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// keepAlive is how often an idle event stream says that it lives.
const keepAlive = 15 * time.Second

// everyTopic is watched by those who want to hear of all changes.
const everyTopic = "*"

// hub wakes event streams by topic: user:ID, rep:USERID, users, menu and what
// else changes. A slow
// stream loses nothing but repetitions: events say "look again", not what.
type hub struct {
	mu     sync.Mutex
	topics map[string]map[chan string]bool
}

func (h *hub) watch(topics ...string) (<-chan string, func()) {
	c := make(chan string, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.topics == nil {
		h.topics = map[string]map[chan string]bool{}
	}
	for _, t := range topics {
		if h.topics[t] == nil {
			h.topics[t] = map[chan string]bool{}
		}
		h.topics[t][c] = true
	}
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, t := range topics {
			delete(h.topics[t], c)
			if len(h.topics[t]) == 0 {
				delete(h.topics, t)
			}
		}
	}
}

func (h *hub) publish(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range [...]string{topic, everyTopic} {
		for c := range h.topics[t] {
			select {
			case c <- topic:
			default:
			}
		}
	}
}

// events is GET /_sim/events: one event per change of the watched phone. The
// stream ends with the client or with the platform.
func (p *Platform) events(w http.ResponseWriter, r *http.Request) {
	topics := []string{"menu", "clock"}
	switch q := r.URL.Query(); {
	case q.Get("user") != "":
		topics = append(topics, "user:"+q.Get("user"), "users", "account")
	case q.Get("all") != "":
		topics = []string{everyTopic}
	case q.Get("rep") != "":
		for _, rep := range p.opts.Reps { // every tab shows its count
			topics = append(topics, "rep:"+rep.UserID)
		}
		topics = append(topics, "robots")
	default:
		sendError(w, fmt.Errorf("%w: user, rep or all is missing", ErrRefused))
		return
	}
	changes, stop := p.hub.watch(topics...)
	defer stop()
	out := http.NewResponseController(w)
	// The stream outlives any write deadline of the server; writers without deadlines refuse this.
	_ = out.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, "retry: 1000\n\nevent: change\ndata: start\n\n")
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case topic := <-changes:
			fmt.Fprintf(w, "event: change\ndata: %s\n\n", topic)
		case <-tick.C:
			fmt.Fprint(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		case <-p.ctx.Done():
			return
		}
	}
}
