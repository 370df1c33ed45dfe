package sim

import (
	"bytes"
	"context"
	"fmt"
	"slices"
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

// opening says which allowance an act opens.
type opening int

const (
	opensNothing opening = iota // browsing, reporting a place, answering a popup
	opensChat                   // a message
	opensQuick                  // a follow, scan, menu click or click on a menu message
)

// act is something that a doctor does on the phone, or that the platform
// reports of itself.
type act struct {
	msgType string // text, image, voice, …, or event
	event   string
	bubble  Message // what the doctor sees of it; Kind "" for nothing
	parts   []part
	opens   opening
	follow  bool
	scene   string
	sceneID int64
	quiet   bool // a report of the platform: it neither needs a follower nor shows a reply
	change  func(*Platform, *user)
	then    *act // what the phone sends right after
}

// job is one act on its way to the callback.
type job struct {
	u       *user
	label   string
	parcel  parcel
	event   bool
	quiet   bool
	resend  bool
	copies  int // deliveries at once
	twists  []twist
	held    bool // its reordering was done
	after   int64
	took    time.Duration
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

// do queues an act and what follows it and waits for the replies or for ctx;
// the delivery itself is never abandoned. ErrConflict: the user unfollowed.
// ErrClosed: after Close.
func (p *Platform) do(ctx context.Context, id string, a act, copies int) (actResult, error) {
	j, err := p.enqueue(id, a, copies)
	if err != nil {
		return actResult{}, err
	}
	res, err := p.await(ctx, j)
	if err != nil || a.then == nil {
		return res, err
	}
	more, err := p.do(ctx, id, *a.then, copies)
	more.Replies = append(res.Replies, more.Replies...)
	more.Attempts = append(res.Attempts, more.Attempts...)
	if more.Notice == "" {
		more.Notice = res.Notice
	}
	return more, err
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
	return p.start(u, a, copies)
}

// start enters an act and queues its callback; the caller holds the lock.
func (p *Platform) start(u *user, a act, copies int) (*job, error) {
	if !a.quiet {
		p.enter(u, a)
	}
	if a.change != nil {
		a.change(p, u)
	}
	if a.bubble.Kind != "" {
		p.post(u, a.bubble)
	}
	twists := p.drawTwists(u, a)
	plain := p.plain(u, a, twists)
	if !a.quiet {
		u.Last = plain
	}
	label := a.msgType
	if a.event != "" {
		label = a.event
	}
	j := &job{u: u, label: label, event: a.msgType == "event", quiet: a.quiet, copies: copies, twists: twists,
		parcel: parcel{plain: plain, to: p.opts.OriginalID, openid: u.OpenID}}
	return j, p.queue(u, j)
}

// enter applies what the act means for following and windows; the caller holds the lock.
func (p *Platform) enter(u *user, a act) {
	now := p.now()
	if !u.Following && a.event != "unsubscribe" {
		u.Following, u.Left, u.FollowedAt = true, false, now.UnixMilli()
		u.Scene, u.SceneID = a.scene, a.sceneID
	}
	switch {
	case a.event == "unsubscribe":
		u.Following, u.Left = false, true
		u.Chat, u.Quick = window{}, window{}
		u.Tags, u.Remark = nil, ""
	case a.opens == opensQuick:
		u.Quick = window{Left: quickMessages, Until: now.Add(quickWindow).UnixMilli()}
	case a.opens == opensChat:
		u.Chat = window{Left: chatMessages, Until: now.Add(chatWindow).UnixMilli()}
		u.SpokeAt = now.UnixMilli()
	}
}

// plain writes the message as the platform does; the caller holds the lock.
func (p *Platform) plain(u *user, a act, twists []twist) []byte {
	parts := []part{
		txt("ToUserName", p.opts.OriginalID), txt("FromUserName", u.OpenID),
		num("CreateTime", p.now().Unix()), txt("MsgType", a.msgType),
	}
	if a.event != "" {
		parts = append(parts, txt("Event", a.event))
	}
	parts = append(parts, twistText(a.parts, twists)...)
	if a.msgType != "event" {
		parts = append(parts, digits("MsgId", p.nextMsgID()))
	}
	return encode(parts, p.state.Account.Format)
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
	if u.more == nil {
		u.more = make(chan struct{}, 1)
	}
	u.queue = append(u.queue, j)
	select {
	case u.more <- struct{}{}:
	default:
	}
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
		p.reorder(u)
		j := u.queue[0]
		u.queue = u.queue[1:]
		j.after, j.started = p.state.LastID, p.now()
		beside := has(j.twists, twistParallel)
		if beside {
			u.inFlight++
			p.wg.Add(1)
		}
		p.mu.Unlock()
		if !beside {
			p.run(j)
			close(j.done)
			continue
		}
		go func() {
			defer p.wg.Done()
			p.run(j)
			p.mu.Lock()
			u.inFlight--
			p.mu.Unlock()
			close(j.done)
		}()
	}
}

// reorder lets the next job of a user overtake one that is planned to come
// late, and waits a while for such a next one; the caller holds the lock.
func (p *Platform) reorder(u *user) {
	i := slices.IndexFunc(u.queue[0].twists, func(t twist) bool { return t.Kind == twistReorder })
	if i < 0 || u.queue[0].held {
		return
	}
	u.queue[0].held = true
	timer := time.NewTimer(u.queue[0].twists[i].delay)
	defer timer.Stop()
	for waiting := true; waiting && len(u.queue) < 2; {
		p.mu.Unlock()
		select {
		case <-u.more:
		case <-timer.C:
			waiting = false
		case <-p.ctx.Done():
			waiting = false
		}
		p.mu.Lock()
	}
	if len(u.queue) > 1 {
		u.queue[0], u.queue[1] = u.queue[1], u.queue[0]
	}
}

// sameEvent tells an event's plain text from a message's.
func sameEvent(plain []byte) bool {
	return bytes.Contains(plain, []byte("<Event>")) || bytes.Contains(plain, []byte(`"Event":`))
}
