package sim

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"
)

// Allowances of service messages; source: the platform's page on service
// messages (5 in 48 hours after a message, 3 in one minute after a click,
// follow or scan; each new one replaces the earlier, they do not add up).
const (
	chatMessages  = 5
	chatWindow    = 48 * time.Hour
	quickMessages = 3
	quickWindow   = time.Minute
)

// act is something that a doctor does on the phone.
type act struct {
	msgType string // text, image, voice, location or event
	event   string
	bubble  Message // what the doctor sees of it; Kind "" for nothing
	fields  func(*bytes.Buffer)
	follow  bool
	scene   string
	click   bool // counts as a click: opens the short window only
}

// job is one act on its way to the callback.
type job struct {
	u       *user
	parcel  parcel
	event   bool
	resend  bool
	copies  int // deliveries at once
	after   int64
	result  actResult
	done    chan struct{}
	started time.Time
}

// actResult is the answer of an acting control call.
type actResult struct {
	Replies  []string        `json:"replies"`
	Notice   string          `json:"notice,omitempty"`
	Attempts []attemptResult `json:"attempts,omitempty"`
}

type attemptResult struct {
	Status int    `json:"status"`
	Reply  string `json:"reply"`
	Error  string `json:"error,omitempty"`
}

// do queues an act and waits for its reply or for ctx; the delivery itself is
// never abandoned. ErrConflict: the user unfollowed. ErrClosed: after Close.
func (p *Platform) do(ctx context.Context, id string, a act, copies int) (actResult, error) {
	j, err := p.enqueue(id, a, copies)
	if err != nil {
		return actResult{}, err
	}
	return p.await(ctx, j)
}

func (p *Platform) await(ctx context.Context, j *job) (actResult, error) {
	select {
	case <-j.done:
		return j.result, nil
	case <-ctx.Done():
		return actResult{}, fmt.Errorf("waiting for the reply: %w", ctx.Err())
	}
}

func (p *Platform) enqueue(id string, a act, copies int) (*job, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.userOf(id)
	if err != nil {
		return nil, err
	}
	if u.Left && !a.follow {
		return nil, fmt.Errorf("%w: the user does not follow the account", ErrConflict)
	}
	if p.closed {
		return nil, ErrClosed
	}
	p.enter(u, a)
	if a.bubble.Kind != "" {
		p.post(u, a.bubble)
	}
	plain := p.plain(u, a)
	u.Last = plain
	j := &job{u: u, event: a.msgType == "event", copies: copies,
		parcel: parcel{plain: plain, to: p.opts.OriginalID, openid: u.OpenID}}
	return j, p.queue(u, j)
}

// enter applies what the act means for following and windows; the caller holds the lock.
func (p *Platform) enter(u *user, a act) {
	now := p.now()
	if !u.Following && a.event != "unsubscribe" {
		u.Following, u.Left, u.FollowedAt = true, false, now.UnixMilli()
		u.Scene = a.scene
	}
	switch {
	case a.event == "unsubscribe":
		u.Following, u.Left = false, true
		u.Chat, u.Quick = window{}, window{}
	case a.msgType == "event" || a.click:
		u.Quick = window{Left: quickMessages, Until: now.Add(quickWindow).UnixMilli()}
	default:
		u.Chat = window{Left: chatMessages, Until: now.Add(chatWindow).UnixMilli()}
		u.SpokeAt = now.UnixMilli()
	}
}

// plain writes the message as the platform does; the caller holds the lock.
func (p *Platform) plain(u *user, a act) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	element(&b, "ToUserName", p.opts.OriginalID)
	element(&b, "FromUserName", u.OpenID)
	number(&b, "CreateTime", strconv.FormatInt(p.now().Unix(), 10))
	element(&b, "MsgType", a.msgType)
	if a.event != "" {
		element(&b, "Event", a.event)
	}
	if a.fields != nil {
		a.fields(&b)
	}
	if a.msgType != "event" {
		number(&b, "MsgId", p.nextMsgID())
	}
	b.WriteString("</xml>")
	return b.Bytes()
}

// nextMsgID is a growing decimal number that no restart repeats; the caller holds the lock.
func (p *Platform) nextMsgID() string {
	p.state.LastMsgID = max(p.state.LastMsgID+1, time.Now().UnixMilli()*10_000)
	return strconv.FormatInt(p.state.LastMsgID, 10)
}

// queue appends a job to its user's line and starts the line if it stands; the caller holds the lock.
func (p *Platform) queue(u *user, j *job) error {
	j.done = make(chan struct{})
	j.copies = min(max(j.copies, 1), 8)
	u.queue = append(u.queue, j)
	if u.busy {
		return nil
	}
	if err := p.begin(); err != nil {
		u.queue = u.queue[:len(u.queue)-1]
		return err
	}
	u.busy = true
	p.changed("user:" + u.ID)
	go p.drain(u)
	return nil
}

// drain delivers a user's jobs one after the other until none is left.
func (p *Platform) drain(u *user) {
	defer p.wg.Done()
	for {
		p.mu.Lock()
		if len(u.queue) == 0 {
			u.busy = false
			p.changed("user:" + u.ID)
			p.mu.Unlock()
			return
		}
		j := u.queue[0]
		u.queue = u.queue[1:]
		j.after, j.started = p.state.LastID, p.now()
		p.mu.Unlock()
		p.run(j)
		close(j.done)
	}
}
