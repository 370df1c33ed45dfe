package author

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vrep/vrep/flows"
)

//go:embed preview
var previewFiles embed.FS

// previewPolicy lets the page load from this server only.
const previewPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'"

const maxBody = 64 << 10 // bytes of one request

// Handler serves the pages: /, /s/{id} and what stands below it. Only loopback names are answered (against DNS rebinding), and what changes something
// must come as JSON from the page itself.
func (p *Preview) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.welcome)
	mux.HandleFunc("GET /assets/{file}", asset)
	mux.HandleFunc("GET /s/{id}", p.page)
	mux.HandleFunc("GET /s/{id}/state", p.withSession(p.state))
	mux.HandleFunc("GET /s/{id}/parts", p.withSession(p.parts))
	mux.HandleFunc("GET /s/{id}/events", p.withSession(p.events))
	for name, do := range map[string]func(*session, *request) error{
		"say": doSay, "event": doEvent, "clock": doClock, "restart": p.doRestart, "undo": doUndo, "doctor": doDoctor, "language": doLanguage,
	} {
		mux.HandleFunc("POST /s/{id}/"+name, p.withSession(p.action(do)))
	}
	mux.HandleFunc("POST /s/{id}/save-test", p.withSession(p.saveTest))
	return guard(http.NewCrossOriginProtection().Handler(mux))
}

// guard refuses foreign host names, oversized bodies and forms of other sites, and sets the headers of every answer.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", previewPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !loopbackName(r.Host) {
			http.Error(w, "this preview answers on loopback addresses only", http.StatusForbidden)
			return
		}
		if r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			http.Error(w, "JSON is wanted", http.StatusUnsupportedMediaType)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// loopbackName reports whether a Host header names this machine.
func loopbackName(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || (ip != nil && ip.IsLoopback())
}

// request is the body of every action; each takes what it needs.
type request struct {
	Text    string `json:"text"`
	Spoken  bool   `json:"spoken"`
	Place   string `json:"place"`   // of a location: "latitude,longitude"
	Kind    string `json:"kind"`    // image, voice, location, resume
	Advance string `json:"advance"` // duration such as 2h, or remind, expire
	File    string `json:"file"`
	Doctor  string `json:"doctor"`
	Profile string `json:"profile"`
	Lang    string `json:"lang"`
	Name    string `json:"name"`
}

// refusal is an answer that says why nothing was done, in a word that the page knows.
type refusal struct {
	status int
	why    string
}

// Error implements error.
func (e refusal) Error() string { return e.why }

func (p *Preview) withSession(do func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := p.session(r.PathValue("id"))
		if s == nil {
			writeJSON(w, http.StatusNotFound, map[string]string{"error": "lost"})
			return
		}
		do(w, r, s)
	}
}

// action reads the body, acts and answers with the view.
func (p *Preview) action(do func(*session, *request) error) func(http.ResponseWriter, *http.Request, *session) {
	return func(w http.ResponseWriter, r *http.Request, s *session) {
		var req request
		if err := readJSON(r, &req); err != nil {
			answerError(w, err)
			return
		}
		if err := do(s, &req); err != nil {
			answerError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, p.view(s))
	}
}

func readJSON(r *http.Request, into *request) error {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return refusal{http.StatusRequestEntityTooLarge, "too_long"}
	}
	if len(data) > 0 && json.Unmarshal(data, into) != nil {
		return refusal{http.StatusBadRequest, "bad_request"}
	}
	return nil
}

func answerError(w http.ResponseWriter, err error) {
	status, why := http.StatusInternalServerError, "failed"
	if r := (refusal{}); errors.As(err, &r) {
		status, why = r.status, r.why
	}
	writeJSON(w, status, map[string]string{"error": why})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var buf bytes.Buffer
	if err := json.NewEncoder(&buf).Encode(v); err != nil {
		status, buf = http.StatusInternalServerError, *bytes.NewBufferString(`{"error":"failed"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(buf.Bytes()) // a page that left is its own affair
}

func doSay(s *session, r *request) error {
	if strings.TrimSpace(r.Text) == "" {
		return refusal{http.StatusBadRequest, "empty"}
	}
	return acted(s.say(r.Text, r.Spoken))
}

func doEvent(s *session, r *request) error {
	in := flows.Input{Kind: flows.InputKind(r.Kind)}
	switch in.Kind {
	case flows.InImage, flows.InVoice:
		in.Media = r.Kind + "-1"
	case flows.InLocation:
		in.Place, in.Text = r.Place, r.Text
	case flows.InResume:
	default:
		return refusal{http.StatusBadRequest, "bad_request"}
	}
	return acted(s.act(deed{In: in}))
}

func doClock(s *session, r *request) error {
	d, err := time.ParseDuration(r.Advance)
	if r.Advance == "remind" || r.Advance == "expire" {
		if d, err = s.due(r.Advance), nil; d == 0 {
			return refusal{http.StatusConflict, "not_due"}
		}
	}
	if err != nil || d <= 0 || d > 400*24*time.Hour {
		return refusal{http.StatusBadRequest, "bad_request"}
	}
	return acted(s.wait(d))
}

func (p *Preview) doRestart(s *session, r *request) error {
	if r.File == "" {
		s.restart()
		return nil
	}
	p.mu.Lock()
	known := p.has(r.File)
	p.mu.Unlock()
	if !known {
		return refusal{http.StatusNotFound, "gone"}
	}
	s.choose(r.File)
	return nil
}

func doUndo(s *session, _ *request) error { return acted(s.undo()) }

func doDoctor(s *session, r *request) error {
	if !readable([]byte(r.Profile)) {
		return refusal{http.StatusBadRequest, "profile"}
	}
	s.imagine(r.Doctor, []byte(r.Profile))
	return nil
}

func doLanguage(s *session, r *request) error {
	if !s.speak(r.Lang) {
		return refusal{http.StatusBadRequest, "bad_request"}
	}
	return nil
}

func acted(done bool) error {
	if !done {
		return refusal{http.StatusConflict, "no_talk"}
	}
	return nil
}

func (p *Preview) state(w http.ResponseWriter, _ *http.Request, s *session) {
	writeJSON(w, http.StatusOK, p.view(s))
}

// welcome opens a page with a talk of its own.
func (p *Preview) welcome(w http.ResponseWriter, r *http.Request) {
	s := p.open(r.URL.Query().Get("file"))
	http.Redirect(w, r, "/s/"+s.id, http.StatusSeeOther)
}

func (p *Preview) page(w http.ResponseWriter, r *http.Request) {
	s := p.session(r.PathValue("id"))
	if s == nil { // a page of an earlier run of the program
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	p.render(w, "page.html", s)
}

// parts are the pieces of the page that change.
func (p *Preview) parts(w http.ResponseWriter, _ *http.Request, s *session) {
	p.render(w, "parts.html", s)
}

func (p *Preview) render(w http.ResponseWriter, name string, s *session) {
	var buf bytes.Buffer
	views, err := previewViews()
	if err == nil {
		err = views.ExecuteTemplate(&buf, name, p.view(s))
	}
	if err != nil {
		http.Error(w, "rendering failed: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(buf.Bytes()) // a page that left is its own affair
}

// previewViews are the templates with the words that they look up.
var previewViews = sync.OnceValues(func() (*template.Template, error) {
	funcs, err := wordFuncs()
	if err != nil {
		return nil, err
	}
	return template.New("").Funcs(funcs).ParseFS(previewFiles, "preview/*.html", "preview/length.tmpl")
})

// asset serves the stylesheet, the script and the icon.
func asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	if !slices.Contains([]string{".css", ".js", ".svg"}, path.Ext(name)) {
		http.NotFound(w, r)
		return
	}
	http.ServeFileFS(w, r, previewFiles, path.Join("preview", name))
}
