package sim

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
)

// policy lets the pages load from this server only; pictures of news cards and
// web pages that a doctor opens may come from anywhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' https: http: data:; frame-src 'self' https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// pageData is what the templates see.
type pageData struct {
	BotName, Initial, InviteCode, ConsoleURL, RobotKey string
	Reps                                               []Rep
}

// pages registers /sim/, /sim/rep and their files, and the two pages of the
// platform that browsers see.
func (p *Platform) pages(mux *http.ServeMux) {
	files, err := fs.Sub(webFiles, "web")
	if err != nil {
		panic(fmt.Sprintf("sim: embedded files: %v", err)) // cannot happen: the folder is compiled in
	}
	views := template.Must(template.ParseFS(files, "*.html"))
	data := pageData{BotName: p.opts.BotName, Initial: initial(p.opts.BotName), InviteCode: p.opts.InviteCode,
		ConsoleURL: p.opts.ConsoleURL, RobotKey: p.opts.RobotKey, Reps: p.opts.Reps}
	show := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { p.render(w, views, name, data) }
	}
	mux.HandleFunc("GET /sim", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/sim/", http.StatusFound)
	})
	mux.HandleFunc("GET /sim/{$}", show("phone.html"))
	mux.HandleFunc("GET /sim/rep", show("rep.html"))
	mux.HandleFunc("GET /sim/media/{id}", p.serveMedia)
	mux.HandleFunc("GET "+mpPrefix+"/cgi-bin/showqrcode", p.showQR)
	mux.HandleFunc("GET "+openPrefix+"/connect/oauth2/authorize", p.authorize(views))
	static := http.StripPrefix("/sim/static/", http.FileServerFS(files))
	mux.HandleFunc("GET /sim/static/{file}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		static.ServeHTTP(w, r)
	})
}

func (p *Platform) render(w http.ResponseWriter, views *template.Template, name string, data any) {
	var buf bytes.Buffer
	if err := views.ExecuteTemplate(&buf, name, data); err != nil {
		p.log.Error("rendering page failed", "page", name, "error", err)
		http.Error(w, "rendering failed", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.Write(buf.Bytes()) // a page that left is its own affair
}

// initial is the last character of a name, as avatars show it.
func initial(name string) string {
	r := []rune(name)
	if len(r) == 0 {
		return ""
	}
	return string(r[len(r)-1:])
}
