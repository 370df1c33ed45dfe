package sim

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// userLine is a doctor in the list.
type userLine struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	OpenID    string    `json:"openid"`
	Following bool      `json:"following"`
	Last      string    `json:"last"` // first line of the newest message, without markup
	At        time.Time `json:"at,omitzero"`
}

// userView is a doctor with what the inspector shows.
type userView struct {
	userLine
	Busy     bool           `json:"busy"`    // a callback is on its way
	Typing   bool           `json:"typing"`  // the account says that it types
	Window   windowView     `json:"window"`  // after a message
	Quick    windowView     `json:"quick"`   // after a follow, click or scan; spent first
	Menu     *menu          `json:"menu"`    // the one that this doctor sees
	Permits  map[string]int `json:"permits"` // consents left by subscribe template
	MassLeft int            `json:"mass_left"`
	Tags     []string       `json:"tags"`
	Remark   string         `json:"remark"`
	Scene    string         `json:"scene"` // of the code that brought the doctor
	Habits   Habits         `json:"habits"`
	Exchange *Exchange      `json:"exchange"`
	Clock    clockView      `json:"clock"`
}

// windowView is what is left of an allowance of service messages.
type windowView struct {
	Left    int   `json:"left"`
	Seconds int64 `json:"seconds"` // until it ends; zero when closed
}

func (w window) view(now int64) windowView {
	if now >= w.Until {
		return windowView{}
	}
	return windowView{Left: w.Left, Seconds: (w.Until - now + 999) / 1000}
}

func (p *Platform) getUsers(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	list := []userLine{}
	for _, id := range p.state.Order {
		list = append(list, p.line(p.state.Users[id]))
	}
	p.mu.Unlock()
	answer(w, map[string]any{"users": list})
}

// line is a user's line in the list; the caller holds the lock.
func (p *Platform) line(u *user) userLine {
	l := userLine{ID: u.ID, Name: u.Name, OpenID: u.OpenID, Following: u.Following}
	if n := len(u.Messages); n > 0 {
		m := u.Messages[n-1]
		l.At, l.Last = m.At, m.Text
		switch m.Kind {
		case "news", "template", "subscribe", "miniprogram", "link", "video", "music":
			word := m.Kind
			if word == "news" {
				word = "card"
			}
			l.Last = p.words[word] + m.Title
		case "voice":
			l.Last = p.words["voice"] + m.Text
		case "image":
			l.Last = p.words["image"]
		}
		l.Last, _, _ = strings.Cut(markup.ReplaceAllString(l.Last, ""), "\n")
	}
	return l
}

// markup is what a phone shows as a link in a text.
var markup = regexp.MustCompile(`(?i)</?a(\s[^>]*)?>`)

func (p *Platform) getUser(w http.ResponseWriter, r *http.Request) {
	clock := p.clockView()
	p.mu.Lock()
	u, err := p.userOf(r.PathValue("id"))
	var v userView
	if err == nil {
		now := p.now().UnixMilli()
		v = userView{userLine: p.line(u), Busy: u.busy || u.inFlight > 0, Typing: u.TypingTo > now,
			Menu: p.state.Menus.seen(u), Permits: map[string]int{}, MassLeft: p.massLeft(u), Tags: p.tagNames(u),
			Remark: u.Remark, Scene: u.Scene, Habits: u.Habits, Exchange: u.Exchange, Clock: clock}
		maps.Copy(v.Permits, u.Permits)
		v.Window, v.Quick = u.Chat.view(now), u.Quick.view(now)
	}
	p.mu.Unlock()
	reply(w, v, err)
}

// afterOf reads ?after=ID; absent means from the beginning.
func afterOf(r *http.Request) (int64, error) {
	s := r.URL.Query().Get("after")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: after is not a number", ErrRefused)
	}
	return n, nil
}

func (p *Platform) getTranscript(w http.ResponseWriter, r *http.Request) {
	after, err := afterOf(r)
	if err != nil {
		sendError(w, err)
		return
	}
	p.mu.Lock()
	u, err := p.userOf(r.PathValue("id"))
	list := []Message{}
	if err == nil {
		i, _ := slices.BinarySearchFunc(u.Messages, after+1, func(m Message, id int64) int { return int(m.ID - id) })
		list = append(list, u.Messages[i:]...)
	}
	p.mu.Unlock()
	reply(w, map[string]any{"messages": list}, err)
}

// repLine is a rep's tab.
type repLine struct {
	Rep
	Messages int    `json:"messages"`
	LastID   string `json:"last_id"`
}

func (p *Platform) getReps(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	list := []repLine{}
	for _, rep := range p.opts.Reps {
		l := repLine{Rep: rep, Messages: len(p.state.Reps[rep.UserID])}
		if l.Messages > 0 {
			l.LastID = p.state.Reps[rep.UserID][l.Messages-1].ID
		}
		list = append(list, l)
	}
	p.mu.Unlock()
	answer(w, map[string]any{"reps": list})
}

func (p *Platform) getRepMessages(w http.ResponseWriter, r *http.Request) {
	userid := r.PathValue("userid")
	if !p.isRep(userid) {
		sendError(w, fmt.Errorf("%w: no such rep", ErrUnknown))
		return
	}
	p.mu.Lock()
	list := []RepMessage{}
	for _, m := range p.state.Reps[userid] {
		list = append(list, *m)
	}
	p.mu.Unlock()
	answer(w, map[string]any{"messages": list})
}

// codeView is a QR code with its ticket.
type codeView struct {
	Ticket string `json:"ticket"`
	qrCode
}

func (p *Platform) getCodes(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	list := []codeView{}
	for _, ticket := range slices.Sorted(maps.Keys(p.state.Codes)) {
		list = append(list, codeView{ticket, *p.state.Codes[ticket]})
	}
	p.mu.Unlock()
	answer(w, map[string]any{"codes": list})
}

// quotaLine is one path's calls of today.
type quotaLine struct {
	Path  string `json:"path"`
	Used  int64  `json:"used"`
	Limit int64  `json:"limit,omitempty"` // zero: none
}

func (p *Platform) getQuota(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	lines := []quotaLine{}
	for _, path := range slices.Sorted(maps.Keys(p.oaCalls)) {
		used := p.usedToday(path)
		limit, ok := p.dayLimit(path)
		if used > 0 || ok {
			lines = append(lines, quotaLine{path, used, limit})
		}
	}
	out := map[string]any{"quota": lines, "tags": p.tagViews(), "reports_waiting": len(p.state.Due)}
	p.mu.Unlock()
	answer(w, out)
}
