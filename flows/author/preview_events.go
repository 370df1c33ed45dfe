package author

import (
	"fmt"
	"net/http"
	"time"
)

// events tells the page by server-sent events that something changed; what, the page asks for.
func (p *Preview) events(w http.ResponseWriter, r *http.Request, s *session) {
	out := http.NewResponseController(w)
	page, leave := s.follow()
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	line := ": open\n\n"
	for {
		if _, err := fmt.Fprint(w, line); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-page:
			line = fmt.Sprintf("event: change\ndata: %d\n\n", s.count())
		case <-alive.C:
			line = ": alive\n\n"
		}
	}
}
