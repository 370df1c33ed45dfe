package sim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"
)

// fault is an instruction to misbehave on the next calls of one API path.
type fault struct {
	Path    string `json:"path"`
	ErrCode int    `json:"errcode,omitempty"` // answered instead of the truth
	Status  int    `json:"status,omitempty"`  // an HTML page with this HTTP status
	Hang    string `json:"hang,omitempty"`    // wait this long first; a caller that leaves meanwhile gets nothing done
	Cut     bool   `json:"cut,omitempty"`     // cut the connection at once
	After   bool   `json:"after,omitempty"`   // first do the work, then lose the answer
	Times   int    `json:"times"`             // calls affected; zero means one

	hang time.Duration
}

func (f *fault) check() error {
	if f.Times == 0 {
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
	for _, set := range []bool{f.ErrCode != 0, f.Status != 0, f.Cut} {
		if set {
			kinds++
		}
	}
	switch {
	case f.Path == "":
		return fmt.Errorf("%w: path is missing", ErrRefused)
	case kinds > 1 || kinds == 0 && f.hang == 0:
		return fmt.Errorf("%w: one of errcode, status and cut, or hang", ErrRefused)
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return fmt.Errorf("%w: status must be 400 to 599", ErrRefused)
	case f.Times < 0:
		return fmt.Errorf("%w: times must not be negative", ErrRefused)
	}
	return nil
}

// nextFault takes one use of the first fault planned for path.
func (p *Platform) nextFault(path string) *fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, f := range p.faults {
		if f.Path != path {
			continue
		}
		f.Times--
		if f.Times == 0 {
			p.faults = slices.Delete(p.faults, i, i+1)
		}
		return f
	}
	return nil
}

// misbehave carries a fault out around the honest call.
func (p *Platform) misbehave(w http.ResponseWriter, r *http.Request, path string, f *fault, honest func(http.ResponseWriter)) {
	plain := f.ErrCode == 0 && f.Status == 0 && !f.Cut
	if f.After {
		lost := httptest.NewRecorder()
		honest(lost)
		honest = func(w http.ResponseWriter) { w.Write(lost.Body.Bytes()) } // already done: only the answer is late
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
	p.count.call(path, f.ErrCode)
	switch {
	case f.ErrCode != 0:
		answer(w, map[string]any{"errcode": f.ErrCode, "errmsg": "planned fault rid: " + rid()})
	case f.Status != 0:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.Status)
		fmt.Fprintf(w, "<html><body><h1>%d %s</h1></body></html>", f.Status, http.StatusText(f.Status))
	default:
		panic(http.ErrAbortHandler)
	}
}
