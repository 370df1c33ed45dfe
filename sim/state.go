package sim

import (
	"encoding/json"
	"fmt"
	"time"
)

// keepMessages bounds each transcript; older messages leave first.
const keepMessages = 1000

// state is everything that a snapshot keeps. Platform.mu guards it.
type state struct {
	OffsetMS  int64                    `json:"offset_ms"`
	LastMsgID int64                    `json:"last_msg_id"`
	LastID    int64                    `json:"last_id"`
	Users     map[string]*user         `json:"users"`
	Order     []string                 `json:"order"`
	Menu      json.RawMessage          `json:"menu,omitempty"`
	Tokens    tokenBook                `json:"tokens"`
	Corp      tokenBook                `json:"corp_tokens"`
	Reps      map[string][]*RepMessage `json:"reps"`
	Tasks     map[string]bool          `json:"tasks"`
	Codes     map[string]*responseCode `json:"codes"`
	Sent      map[string]sentCopy      `json:"sent"`
}

func newState() state {
	return state{
		Users: map[string]*user{}, Tokens: newTokenBook(), Corp: newTokenBook(),
		Reps: map[string][]*RepMessage{}, Tasks: map[string]bool{},
		Codes: map[string]*responseCode{}, Sent: map[string]sentCopy{},
	}
}

// user is one doctor's WeChat.
type user struct {
	ID         string    `json:"id"`
	OpenID     string    `json:"openid"`
	Name       string    `json:"name"`
	Following  bool      `json:"following"`
	Left       bool      `json:"left"` // unfollowed once and did not come back
	FollowedAt int64     `json:"followed_at"`
	Scene      string    `json:"scene,omitempty"`
	Chat       window    `json:"chat"`  // after a message: 5 in 48 h
	Quick      window    `json:"quick"` // after a follow, click or scan: 3 in 1 minute
	SpokeAt    int64     `json:"spoke_at"`
	TypingTo   int64     `json:"typing_to"`
	Messages   []Message `json:"messages"`
	Last       []byte    `json:"last,omitempty"` // plain text of the last callback
	Exchange   *Exchange `json:"exchange,omitempty"`

	queue []*job
	busy  bool
}

// window is an allowance of service messages, times in unix milliseconds.
type window struct {
	Left  int   `json:"left"`
	Until int64 `json:"until"`
}

// Message is one line of a doctor's chat.
type Message struct {
	ID          int64     `json:"id"`
	At          time.Time `json:"at"`
	From        string    `json:"from"` // doctor, bot or system
	Kind        string    `json:"kind"` // text, news, image, voice, location, event or notice
	Text        string    `json:"text"`
	Title       string    `json:"title"`
	URL         string    `json:"url"`
	Description string    `json:"description,omitempty"`
	Picture     string    `json:"picture,omitempty"`
	Via         string    `json:"via,omitempty"` // reply or service
	Choices     []Choice  `json:"choices,omitempty"`
	Tail        string    `json:"tail,omitempty"` // line below the choices
}

// Choice is one line of a menu message (msgmenu).
type Choice struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// Exchange is the last callback of a doctor in plain text, for the inspector.
type Exchange struct {
	At       time.Time `json:"at"`
	Query    string    `json:"query"`
	In       string    `json:"in"`  // what the platform sent
	Out      string    `json:"out"` // what was answered
	Status   int       `json:"status"`
	MS       int64     `json:"ms"`
	Attempts int       `json:"attempts"`
	Problem  string    `json:"problem,omitempty"`
}

// userOf finds or makes a user; the caller holds the lock.
func (p *Platform) userOf(id string) (*user, error) {
	if u := p.state.Users[id]; u != nil {
		return u, nil
	}
	if !shortID(id) {
		return nil, fmt.Errorf("%w: a user id has 1 to 64 letters, digits, - or _", ErrRefused)
	}
	u := &user{ID: id, OpenID: "o" + digest(p.opts.AppID, id)[:27], Name: id}
	if n, ok := demoNumber(id); ok {
		u.Name = fmt.Sprintf(p.words["doctor"], n)
	}
	p.state.Users[id] = u
	p.byOpen[u.OpenID] = u
	p.state.Order = append(p.state.Order, id)
	p.changed("users")
	return u, nil
}

func shortID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, r := range id {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
		if !ok {
			return false
		}
	}
	return true
}

func demoNumber(id string) (string, bool) {
	if len(id) < 5 || len(id) > 9 || id[:4] != "demo" {
		return "", false
	}
	for _, r := range id[4:] {
		if r < '0' || r > '9' {
			return "", false
		}
	}
	return id[4:], true
}

// post appends to a transcript and tells the pages; the caller holds the lock.
func (p *Platform) post(u *user, m Message) Message {
	p.state.LastID++
	m.ID = p.state.LastID
	m.At = p.now().UTC().Truncate(time.Millisecond)
	u.Messages = append(u.Messages, m)
	if extra := len(u.Messages) - keepMessages; extra > 0 {
		u.Messages = append([]Message(nil), u.Messages[extra:]...)
	}
	p.changed("user:" + u.ID)
	return m
}

// changed marks the state for saving and wakes the pages that watch topic.
func (p *Platform) changed(topic string) {
	p.hub.publish(topic)
	select {
	case p.dirty <- struct{}{}:
	default:
	}
}
