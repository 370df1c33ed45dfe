package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/store"
)

//go:embed templates
var templateFiles embed.FS

// pages maps the name of a page to its template, each with the shared layout.
type pages map[string]*template.Template

// pageNames are the files under templates/ that are pages of their own.
var pageNames = []string{
	"login", "enter", "password", "error", "overview", "doctors", "doctor", "leads", "lead", "cases", "case", "inquiries", "inquiry", "flags", "rights",
	"verifications", "verification", "notices", "outbox",
	"hospitals", "hospital", "products", "imports", "import", "merges", "pair", "flows", "flow", "release", "recall", "scenes", "scene", "contents",
	"audit", "users", "approvals", "segments", "campaigns", "campaign", "rules", "supers", "super", "quotes", "invitations",
	"meetings", "meeting", "meeting_edit",
	"transfers", "transfer", "departures", "departure", "pool",
	"figures",
	"doctor_said", "doctor_data", "doctor_consent", "doctor_article", "doctor_notify", "doctor_export", "doctor_copy", "doctor_invite",
	"rep_offer", "rep_brief", "rep_group", "rep_said", "rep_taken", "rep_pack",
}

// shell is what surrounds every page.
type shell struct {
	Company, Bot string
	User         store.User // Name "" = nobody is logged in
	Nav          []navEntry
	Master       []navEntry // pages of the master data
	Notice       string     // code of the word group "notice"
}

// Sees tells whether the menu has an entry: what is not in it is not linked to.
func (s shell) Sees(name string) bool {
	return slices.ContainsFunc(s.Nav, func(n navEntry) bool { return n.Name == name })
}

// navEntry is one entry of the menu.
type navEntry struct {
	Name, Path string
	Group      string // code of the word group "navgroup"; "" = stands alone
	On         bool
}

// navGroup is a heading of the menu with its entries.
type navGroup struct {
	Name    string
	Entries []navEntry
}

// Menu is the menu under its headings.
func (s shell) Menu() []navGroup {
	var out []navGroup
	for _, n := range s.Nav {
		if len(out) == 0 || out[len(out)-1].Name != n.Group {
			out = append(out, navGroup{Name: n.Group})
		}
		last := &out[len(out)-1]
		last.Entries = append(last.Entries, n)
	}
	return out
}

// barSize is how many entries lie at the foot of a phone's page, beside the one that opens the whole menu.
const barSize = 4

// Bar is what lies at the foot of a phone's page: the first entry of each group.
func (s shell) Bar() []navEntry {
	var out []navEntry
	for _, g := range s.Menu() {
		if len(out) < barSize {
			out = append(out, g.Entries[0])
		}
	}
	return out
}

// page is what a template gets.
type page struct {
	Shell shell
	Data  any
}

func (c *Console) readPages() (pages, error) {
	base, err := template.New("layout").Funcs(c.funcs()).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/icons.html", "templates/handover.html")
	if err != nil {
		return nil, fmt.Errorf("reading layout: %w", err)
	}
	all := make(pages, len(pageNames))
	for _, name := range pageNames {
		t, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("reading page %s: %w", name, err)
		}
		if all[name], err = t.ParseFS(templateFiles, "templates/"+name+".html"); err != nil {
			return nil, fmt.Errorf("reading page %s: %w", name, err)
		}
	}
	return all, nil
}

// shellFor puts together the surroundings of a page: the menu entries that the person may open.
func (c *Console) shellFor(u store.User, on string) shell {
	s := shell{Company: c.company, Bot: c.bot, User: u}
	for _, n := range navigation {
		if c.may(u, http.MethodGet, n.Path) || n.Path == "/console/" && c.may(u, http.MethodGet, "/console/{$}") {
			s.Nav = append(s.Nav, navEntry{Name: n.Name, Path: n.Path, Group: n.Group, On: n.Name == on})
		}
	}
	for _, n := range masterPages {
		if c.may(u, http.MethodGet, n.Path) {
			s.Master = append(s.Master, n)
		}
	}
	return s
}

// show renders a page of a person who is logged in.
func (c *Console) show(w http.ResponseWriter, v *request, name string, data any) error {
	return c.showStatus(w, v, http.StatusOK, name, data)
}

// showStatus renders a page that says with its status that something was wrong.
func (c *Console) showStatus(w http.ResponseWriter, v *request, status int, name string, data any) error {
	if v.Method == http.MethodGet {
		v.shell.Notice = c.sessions.PopString(v.Context(), keyNotice)
	}
	return c.render(w, status, name, page{Shell: v.shell, Data: data})
}

// render writes a page. Nothing is written when the template fails.
func (c *Console) render(w http.ResponseWriter, status int, name string, p page) error {
	p.Shell.Company, p.Shell.Bot = c.company, c.bot
	var buf bytes.Buffer
	if err := c.pages[name].ExecuteTemplate(&buf, "layout", p); err != nil {
		return fmt.Errorf("rendering %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(showHidden(buf.Bytes())); err != nil {
		c.log.Debug("console reader has gone", "page", name, "error", err)
	}
	return nil
}

// fail shows an error page.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, s shell, status int) {
	data := struct {
		Status int
		Rep    bool
	}{status, strings.HasPrefix(r.URL.Path, "/h/")}
	if err := c.render(w, status, "error", page{Shell: s, Data: data}); err != nil {
		c.log.Error("rendering error page failed", "error", err)
		http.Error(w, http.StatusText(status), status)
	}
}

// showHidden turns characters that cannot be seen, or that turn the direction of writing, into marks such as [U+202E]: in somebody's name they are at
// best a mistake. The joiner of emoji and the tab and line end stay.
func showHidden(html []byte) []byte {
	if !bytes.ContainsFunc(html, hidden) {
		return html
	}
	var out bytes.Buffer
	for _, r := range string(html) {
		if hidden(r) {
			out.WriteString("[U+" + strings.ToUpper(leftPad(strconv.FormatInt(int64(r), 16))) + "]")
			continue
		}
		out.WriteRune(r)
	}
	return out.Bytes()
}

func leftPad(hex string) string { return strings.Repeat("0", max(0, 4-len(hex))) + hex }

func hidden(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == '\u200d':
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x061c, r == 0xfeff, r == 0x00ad:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}
