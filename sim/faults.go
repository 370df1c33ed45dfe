package sim

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"time"
)

// anyPath plans a fault for every call.
const anyPath = "*"

// fault is an instruction to misbehave on calls of one API path.
type fault struct {
	Path     string  `json:"path"`               // such as /cgi-bin/token, or *
	ErrCode  int     `json:"errcode,omitempty"`  // answered instead of the truth
	Status   int     `json:"status,omitempty"`   // an HTML page with this HTTP status
	Hang     string  `json:"hang,omitempty"`     // wait this long first; a caller that leaves meanwhile gets nothing done
	Cut      bool    `json:"cut,omitempty"`      // close the connection without an answer
	Reset    bool    `json:"reset,omitempty"`    // reset the connection
	Truncate bool    `json:"truncate,omitempty"` // do the work, send half of the answer's JSON
	After    bool    `json:"after,omitempty"`    // first do the work, then lose the answer
	Percent  float64 `json:"percent,omitempty"`  // of the calls; zero: all
	Times    int     `json:"times"`              // calls affected; zero: one, or without end when percent is given

	hang time.Duration
}

func (f *fault) check() error {
	if f.Times == 0 && f.Percent == 0 {
		f.Times = 1
	}
	if f.Hang != "" {
		d, err := time.ParseDuration(f.Hang)
		if err != nil || d <= 0 || d > time.Minute {
			return fmt.Errorf("%w: hang must be a duration of up to 1m", ErrRefused)
		}
		f.hang = d
	}
	kinds := 0
	for _, set := range []bool{f.ErrCode != 0, f.Status != 0, f.Cut, f.Reset, f.Truncate} {
		if set {
			kinds++
		}
	}
	switch {
	case f.Path == "":
		return fmt.Errorf("%w: path is missing", ErrRefused)
	case kinds > 1 || kinds == 0 && f.hang == 0:
		return fmt.Errorf("%w: one of errcode, status, cut, reset and truncate, or hang", ErrRefused)
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return fmt.Errorf("%w: status must be 400 to 599", ErrRefused)
	case f.Times < 0 || f.Percent < 0 || f.Percent > 100:
		return fmt.Errorf("%w: times must not be negative, percent 0 to 100", ErrRefused)
	}
	return nil
}

// nextFault takes one use of the first fault planned for path that befalls it.
func (p *Platform) nextFault(path string) *fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, f := range p.faults {
		if f.Path != path && f.Path != anyPath || f.Percent > 0 && p.rand.Float64()*100 >= f.Percent {
			continue
		}
		if f.Times == 0 {
			return f
		}
		if f.Times--; f.Times == 0 {
			p.faults = slices.Delete(p.faults, i, i+1)
		}
		return f
	}
	return nil
}

// misbehave carries a fault out around the honest call.
func (p *Platform) misbehave(w http.ResponseWriter, r *http.Request, path string, f *fault, honest func(http.ResponseWriter)) {
	plain := f.ErrCode == 0 && f.Status == 0 && !f.Cut && !f.Reset && !f.Truncate
	var done []byte
	if f.After || f.Truncate {
		lost := httptest.NewRecorder()
		honest(lost)
		done = lost.Body.Bytes()
		honest = func(w http.ResponseWriter) { w.Write(done) } // already done: only the answer is late
	}
	if f.hang > 0 {
		select {
		case <-time.After(f.hang):
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-p.ctx.Done():
			panic(http.ErrAbortHandler)
		}
	}
	if plain {
		honest(w)
		return
	}
	if done == nil {
		p.count.call(path, f.ErrCode)
	}
	switch {
	case f.ErrCode != 0:
		answer(w, map[string]any{"errcode": f.ErrCode, "errmsg": "planned fault rid: " + rid()})
	case f.Status != 0:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.Status)
		fmt.Fprintf(w, "<html><body><h1>%d %s</h1></body></html>", f.Status, http.StatusText(f.Status))
	case f.Truncate:
		half := done[:len(done)/2]
		w.Header().Set("Content-Type", "application/json; encoding=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(half)))
		w.Write(half) // a peer that hung up is its own affair
	case f.Reset:
		reset(w)
	default:
		panic(http.ErrAbortHandler)
	}
}

// reset ends the connection with an RST instead of an orderly close.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 and recorders: the stream is all there is
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the close is orderly, which is a fault as well
	}
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
