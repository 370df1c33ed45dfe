package sim

import (
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
	Account   Account                  `json:"account"`
	Users     map[string]*user         `json:"users"`
	Order     []string                 `json:"order"`
	Menus     menuBook                 `json:"menus"`
	Tokens    tokenBook                `json:"tokens"`
	Corp      tokenBook                `json:"corp_tokens"`
	Web       webBook                  `json:"web"`
	Tickets   map[string]ticket        `json:"tickets"`
	Codes     map[string]*qrCode       `json:"qr_codes"`
	Templates map[string]Template      `json:"templates"`
	Sends     map[string]sentCopy      `json:"client_ids"` // of template and mass sends
	Mass      map[string]*massJob      `json:"mass"`
	Tags      []*tag                   `json:"tags"`
	LastTag   int                      `json:"last_tag"`
	Due       []report                 `json:"due"`
	Usage     usage                    `json:"usage"`
	Reps      map[string][]*RepMessage `json:"reps"`
	Robots    map[string][]*RepMessage `json:"robots"`
	CorpUsage corpUsage                `json:"corp_usage"`
	Tasks     map[string]bool          `json:"tasks"`
	Replies   map[string]*responseCode `json:"codes"`
	Sent      map[string]sentCopy      `json:"sent"`
}

func newState() state {
	return state{
		Account: defaultAccount(), Users: map[string]*user{}, Tokens: newTokenBook(), Corp: newTokenBook(), Web: newWebBook(),
		Tickets: map[string]ticket{}, Codes: map[string]*qrCode{}, Templates: map[string]Template{},
		Sends: map[string]sentCopy{}, Mass: map[string]*massJob{}, LastTag: firstTag - 1, Usage: newUsage(),
		Reps: map[string][]*RepMessage{}, Robots: map[string][]*RepMessage{}, CorpUsage: newCorpUsage(), Tasks: map[string]bool{},
		Replies: map[string]*responseCode{}, Sent: map[string]sentCopy{},
	}
}

// user is one doctor's WeChat.
type user struct {
	ID         string         `json:"id"`
	OpenID     string         `json:"openid"`
	Name       string         `json:"name"`
	Following  bool           `json:"following"`
	Left       bool           `json:"left"`            // unfollowed once and did not come back
	Quiet      bool           `json:"quiet,omitempty"` // not in the list of phones
	FollowedAt int64          `json:"followed_at"`
	Scene      string         `json:"scene,omitempty"`
	SceneID    int64          `json:"scene_id,omitempty"` // the scene as a number, of codes that have one
	Chat       window         `json:"chat"`               // after a message: 5 in 48 h
	Quick      window         `json:"quick"`              // after a follow, click or scan: 3 in 1 minute
	SpokeAt    int64          `json:"spoke_at"`
	TypingTo   int64          `json:"typing_to"`
	Remark     string         `json:"remark,omitempty"`
	Tags       []int          `json:"tags,omitempty"`
	Permits    map[string]int `json:"permits,omitempty"` // consents left by subscribe template
	MassMonth  string         `json:"mass_month,omitempty"`
	MassGot    int            `json:"mass_got,omitempty"` // mass messages received in MassMonth
	Habits     Habits         `json:"habits"`
	Messages   []Message      `json:"messages"`
	Last       []byte         `json:"last,omitempty"` // plain text of the last callback
	Exchange   *Exchange      `json:"exchange,omitempty"`

	log      []*Exchange // the newest exchanges, for the inspector
	past     []posting   // the newest callbacks as posted, for replays
	queue    []*job
	more     chan struct{} // a job was queued; made on first use
	busy     bool
	inFlight int // jobs that are delivered beside the queue
}

// Habits are what a doctor chose in WeChat, or what the platform thinks of
// the doctor; PUT /_sim/users/{id} changes them.
type Habits struct {
	BlocksTemplates bool `json:"blocks_templates"` // template messages end as "failed:user block"
	BlocksMessages  bool `json:"blocks_messages"`  // service messages are answered 48002, mass messages filtered
	Blacklisted     bool `json:"blacklisted"`      // 43019
	Restricted      bool `json:"restricted"`       // 50002
	Snapshot        bool `json:"snapshot"`         // web pages open as a virtual user
}

// window is an allowance of service messages, times in unix milliseconds.
type window struct {
	Left  int   `json:"left"`
	Until int64 `json:"until"`
}

// Message is one line of a doctor's chat.
type Message struct {
	ID   int64     `json:"id"`
	At   time.Time `json:"at"`
	From string    `json:"from"` // doctor, bot or system
	// Kind is text, news, image, voice, video, music, location, link, miniprogram, template, subscribe, event or notice.
	Kind        string   `json:"kind"`
	Text        string   `json:"text"`
	Title       string   `json:"title"`
	URL         string   `json:"url"`
	Description string   `json:"description,omitempty"`
	Picture     string   `json:"picture,omitempty"`
	Via         string   `json:"via,omitempty"` // reply, service, template, subscribe, mass or preview
	Choices     []Choice `json:"choices,omitempty"`
	Tail        string   `json:"tail,omitempty"` // line below the choices
	Rows        []Row    `json:"rows,omitempty"` // of a template or subscribe message
	AppID       string   `json:"appid,omitempty"`
	PagePath    string   `json:"pagepath,omitempty"`
	Agent       string   `json:"agent,omitempty"` // customer-service account that speaks
}

// Choice is one line of a menu message (msgmenu).
type Choice struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// Row is one line of a template message.
type Row struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Value string `json:"value"`
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
	if len(u.Messages) > keepMessages+keepMessages/10 {
		u.Messages = append([]Message(nil), u.Messages[len(u.Messages)-keepMessages:]...)
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
