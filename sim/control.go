package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	maxControlBody = 256 << 10            // bytes
	maxAdvance     = 366 * 24 * time.Hour // of the clock in one step
)

// Handler serves the pages under /sim/, the control API under /_sim/ and both
// platforms' APIs under /_sim/api/. Control calls from other web sites are
// refused.
func (p *Platform) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(wechatAPI.prefix+"/", p.api(wechatAPI))
	mux.Handle(wecomAPI.prefix+"/", p.api(wecomAPI))
	p.pages(mux)
	control := http.NewServeMux()
	p.userRoutes(control)
	p.repRoutes(control)
	control.HandleFunc("GET /_sim/clock", p.getClock)
	control.HandleFunc("POST /_sim/clock", p.postClock)
	control.HandleFunc("GET /_sim/counters", func(w http.ResponseWriter, _ *http.Request) { answer(w, p.count.view()) })
	control.HandleFunc("GET /_sim/faults", p.getFaults)
	control.HandleFunc("POST /_sim/faults", p.postFault)
	control.HandleFunc("DELETE /_sim/faults", p.deleteFaults)
	control.HandleFunc("GET /_sim/events", p.events)
	control.HandleFunc("/_sim/", func(w http.ResponseWriter, r *http.Request) {
		sendError(w, fmt.Errorf("%w: no such call: %s %s", ErrUnknown, r.Method, r.URL.Path))
	})
	mux.Handle("/_sim/", http.NewCrossOriginProtection().Handler(control))
	return mux
}

// readBody reads a control body strictly; an empty body leaves into as it is.
func readBody(w http.ResponseWriter, r *http.Request, into any) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	if err != nil {
		return fmt.Errorf("%w: reading the body: %w", ErrRefused, err)
	}
	if len(raw) == 0 {
		return nil
	}
	if err := decodeStrict(bytes.NewReader(raw), into); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return nil
}

func sendError(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, ErrUnknown):
		status = http.StatusNotFound
	case errors.Is(err, ErrConflict):
		status = http.StatusConflict
	case errors.Is(err, ErrRefused):
		status = http.StatusBadRequest
	case errors.Is(err, errPeer):
		status = http.StatusBadGateway
	case errors.Is(err, ErrClosed), errors.Is(err, context.Canceled):
		status = http.StatusServiceUnavailable
	case errors.Is(err, context.DeadlineExceeded):
		status = http.StatusGatewayTimeout
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) // a peer that hung up is its own affair
}

// reply sends a value or an error.
func reply(w http.ResponseWriter, value any, err error) {
	if err != nil {
		sendError(w, err)
		return
	}
	answer(w, value)
}

type clockView struct {
	Now    time.Time `json:"now"`
	Offset string    `json:"offset"`
}

func (p *Platform) clockView() clockView {
	p.mu.Lock()
	defer p.mu.Unlock()
	return clockView{Now: p.now().UTC(), Offset: (time.Duration(p.state.OffsetMS) * time.Millisecond).String()}
}

func (p *Platform) getClock(w http.ResponseWriter, _ *http.Request) { answer(w, p.clockView()) }

func (p *Platform) postClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
	}
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 || d > maxAdvance {
		sendError(w, fmt.Errorf("%w: advance must be a duration from 0s to %s", ErrRefused, maxAdvance))
		return
	}
	p.Advance(d)
	answer(w, p.clockView())
}

// Advance moves the platform's clock forward by d; a negative d is ignored.
func (p *Platform) Advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.OffsetMS += max(d.Milliseconds(), 0)
	p.changed("clock")
}

func (p *Platform) getFaults(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	list := make([]fault, 0, len(p.faults))
	for _, f := range p.faults {
		list = append(list, *f)
	}
	p.mu.Unlock()
	answer(w, map[string]any{"faults": list})
}

func (p *Platform) postFault(w http.ResponseWriter, r *http.Request) {
	f := &fault{}
	err := readBody(w, r, f)
	if err == nil {
		err = f.check()
	}
	if err != nil {
		sendError(w, err)
		return
	}
	view := *f
	p.mu.Lock()
	p.faults = append(p.faults, f)
	p.mu.Unlock()
	answer(w, view)
}

func (p *Platform) deleteFaults(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	p.faults = nil
	p.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}
