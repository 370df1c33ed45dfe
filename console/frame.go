package console

import (
	"errors"
	"net/http"
	"strings"
)

// ancestors says who may show a page within a page. Doctors' pages may be shown by this very site, whose demo has them in the phone; nobody else's may be
// laid over ours.
func ancestors(path string) (policy, option string) {
	if strings.HasPrefix(path, "/d/") || strings.HasPrefix(path, "/r/") {
		return "frame-ancestors 'self'", "SAMEORIGIN"
	}
	return "frame-ancestors 'none'", "DENY"
}

// maxBody is the largest form that is read, in bytes.
const maxBody = 64 << 10

// bodyLimit is the largest body of a request: spreadsheets may be larger than forms.
func bodyLimit(r *http.Request) int64 {
	if r.Method == http.MethodPost && r.URL.Path == uploadPath {
		return maxUpload
	}
	return maxBody
}

// policy allows our own files only: no inline script or style, no frames around us, no forms to elsewhere.
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "

// frame is around every request: security headers, a limit on the body, a page instead of a broken connection after a
// defect.
//
// The referrer stays within the site. "no-referrer" would hide it no better from others, but makes browsers send "Origin: null" with our own forms,
// which those without Sec-Fetch headers (older phones, plain http) would see refused as cross-site.
func (c *Console) frame(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		who, option := ancestors(r.URL.Path)
		h.Set("Content-Security-Policy", policy+who)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", option)
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r))
		rec := &recorder{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				c.log.Error("console page panicked", "route", r.Pattern, "panic", p)
				if rec.status == 0 {
					c.fail(rec, r, shell{}, http.StatusInternalServerError)
				}
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// recorder remembers the status of a response.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
