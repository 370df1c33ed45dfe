package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// userLine is a doctor in the list.
type userLine struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	OpenID    string    `json:"openid"`
	Following bool      `json:"following"`
	Last      string    `json:"last"` // one line of the newest message
	At        time.Time `json:"at"`
}

// userView is a doctor with what the inspector shows.
type userView struct {
	userLine
	Busy     bool            `json:"busy"`   // a callback is on its way
	Typing   bool            `json:"typing"` // the account says that it types
	Window   windowView      `json:"window"` // after a message
	Quick    windowView      `json:"quick"`  // after a follow, click or scan; spent first
	Menu     json.RawMessage `json:"menu"`
	Exchange *Exchange       `json:"exchange"`
	Clock    clockView       `json:"clock"`
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

// postUser adds the demo doctor with the next free number.
func (p *Platform) postUser(w http.ResponseWriter, r *http.Request) {
	if err := readBody(w, r, &struct{}{}); err != nil {
		sendError(w, err)
		return
	}
	p.mu.Lock()
	n := 1
	for p.state.Users["demo"+strconv.Itoa(n)] != nil {
		n++
	}
	u, err := p.userOf("demo" + strconv.Itoa(n))
	var line userLine
	if err == nil {
		line = p.line(u)
	}
	p.mu.Unlock()
	reply(w, line, err)
}

// line is a user's line in the list; the caller holds the lock.
func (p *Platform) line(u *user) userLine {
	l := userLine{ID: u.ID, Name: u.Name, OpenID: u.OpenID, Following: u.Following}
	if n := len(u.Messages); n > 0 {
		m := u.Messages[n-1]
		l.At, l.Last = m.At, m.Text
		switch {
		case m.Kind == "news":
			l.Last = p.words["card"] + m.Title
		case m.Kind == "voice":
			l.Last = p.words["voice"] + m.Text
		case m.Kind == "image":
			l.Last = p.words["image"]
		}
	}
	return l
}

func (p *Platform) getUser(w http.ResponseWriter, r *http.Request) {
	clock := p.clockView()
	p.mu.Lock()
	u, err := p.userOf(r.PathValue("id"))
	var v userView
	if err == nil {
		now := p.now().UnixMilli()
		v = userView{userLine: p.line(u), Busy: u.busy, Typing: u.TypingTo > now,
			Menu: p.state.Menu, Exchange: u.Exchange, Clock: clock}
		v.Window, v.Quick = u.Chat.view(now), u.Quick.view(now)
	}
	p.mu.Unlock()
	reply(w, v, err)
}

func (p *Platform) getTranscript(w http.ResponseWriter, r *http.Request) {
	after := int64(0)
	if s := r.URL.Query().Get("after"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			sendError(w, fmt.Errorf("%w: after is not a number", ErrRefused))
			return
		}
		after = n
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

func (p *Platform) repRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_sim/reps", p.getReps)
	mux.HandleFunc("GET /_sim/reps/{userid}/messages", p.getRepMessages)
	mux.HandleFunc("POST /_sim/reps/{userid}/press", func(w http.ResponseWriter, r *http.Request) {
		var in press
		if err := readBody(w, r, &in); err != nil {
			sendError(w, err)
			return
		}
		res, err := p.pressCard(r.Context(), r.PathValue("userid"), in)
		reply(w, res, err)
	})
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
