package wechat

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// Press is a rep's press on a button of a card.
type Press struct {
	UserID       string            // who pressed
	Key          string            // of the button
	Task         string            // the card's task id
	ResponseCode string            // allows one change of the card, for 72 h
	Selected     map[string]string // option per question of the card's drop-down lists
}

// WeComOptions describe the callback of one WeCom application.
type WeComOptions struct {
	CorpID         string
	AgentID        string // empty: not checked
	Token          string
	AESKey         string // EncodingAESKey, 43 characters
	PreviousAESKey string // still accepted during a rotation; may be empty
	// Press handles a press and returns the line that takes the place of the
	// buttons, "" for none. It has 4.5 s and is called again for a repeated
	// delivery, so it must give the same answer then. An error means that
	// nothing was done: 503, the platform sends again.
	Press func(ctx context.Context, p Press) (string, error)
	// Late hears the line of a press that was not ready in time for the answer
	// of the callback, so that the card can be changed by the press's response
	// code. nil: the card keeps its buttons.
	Late  func(ctx context.Context, p Press, text string) error
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: discarded
	Count func(Outcome)    // called once per request; nil: not counted
}

// WeComHook is the callback of a WeCom application. Presses on cards go to Press; every other event is taken with
// success. It refuses in the same way as Webhook.
type WeComHook struct {
	door
	agent string
	press func(ctx context.Context, p Press) (string, error)
	late  func(ctx context.Context, p Press, text string) error
	limit time.Duration // of an answer
	open  sync.WaitGroup
}

// errPress: the press handler panicked.
var errPress = errors.New("wechat: press handler failed")

// lateLimit is how long a press may take after its callback was answered without it.
const lateLimit = 30 * time.Second

// NewWeCom checks the options. No secret is in its errors.
func NewWeCom(o WeComOptions) (*WeComHook, error) {
	c, err := newCodec(o.CorpID, o.Token, o.AESKey, o.PreviousAESKey)
	if err != nil {
		return nil, err
	}
	if o.Press == nil {
		return nil, errors.New("wechat: press handler is required")
	}
	h := &WeComHook{agent: o.AgentID, press: o.Press, late: o.Late, limit: deadline}
	h.door.set(c, false, o.Now, o.Log, o.Count)
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *WeComHook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.serve(w, func() Outcome {
		switch r.Method {
		case http.MethodGet:
			return h.echo(w, r)
		case http.MethodPost:
			return h.post(w, r)
		}
		return RefusedMethod
	})
}

// echo answers the check of the address with the opened echostr.
func (h *WeComHook) echo(w http.ResponseWriter, r *http.Request) Outcome {
	q, err := h.admit(r)
	if err != nil {
		return outcome(err)
	}
	if q.echo == "" || q.msgSignature == "" {
		return RefusedQuery
	}
	sealed := []byte(strings.ReplaceAll(q.echo, " ", "+")) // a plus that was not escaped arrives as a space
	if !h.codec.signed(q.msgSignature, q.timestamp, q.nonce, sealed) {
		return RefusedSignature
	}
	plain, _, err := h.codec.open(sealed)
	if err != nil {
		return RefusedCipher
	}
	h.write(w, "text/plain; charset=utf-8", plain)
	return OutcomeEcho
}

func (h *WeComHook) post(w http.ResponseWriter, r *http.Request) Outcome {
	l, err := h.take(w, r)
	if err != nil {
		return outcome(err)
	}
	f := l.fields
	if f.text("ToUserName") != h.codec.receiver {
		return RefusedIdentity
	}
	if agent := f.text("AgentID"); agent != "" && h.agent != "" && agent != h.agent {
		return RefusedIdentity
	}
	if !h.nonces.bind(l.query, l.plain, h.now()) {
		return RefusedReplay
	}
	if f.text("MsgType") != "event" || f.text("Event") != "template_card_event" {
		return h.success(w)
	}
	p := Press{UserID: f.text("FromUserName"), Key: f.text("EventKey"), Task: f.text("TaskId"), ResponseCode: f.text("ResponseCode")}
	if !identifier(p.UserID) {
		return RefusedIdentity
	}
	if p.Selected, err = selected(f.raw("SelectedItems")); err != nil {
		return RefusedShape
	}
	return h.answer(w, r, l, p)
}

// pressed is what became of a press.
type pressed struct {
	text string
	err  error
}

// answer waits for the press as long as the platform waits for the callback. Whatever takes longer goes on: the callback is answered without words then,
// and the card is changed afterwards.
func (h *WeComHook) answer(w http.ResponseWriter, r *http.Request, l letter, p Press) Outcome {
	done, given := make(chan pressed), make(chan struct{})
	defer close(given)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), h.limit+lateLimit)
	h.open.Go(func() {
		defer cancel()
		h.handle(ctx, p, done, given)
	})
	timer := time.NewTimer(h.limit)
	defer timer.Stop()
	var got pressed
	select {
	case got = <-done:
	case <-timer.C:
		return h.success(w)
	}
	switch {
	case got.err != nil:
		h.log.Warn("press not taken", "task", p.Task, "err", got.err)
		return OutcomeUnavailable
	case got.text == "":
		return h.success(w)
	}
	return h.reply(w, l, buttonReply(h.codec.receiver, p.UserID, got.text, h.now()))
}

// handle takes the press and hands over what became of it: to the callback while that waits, else to Late.
func (h *WeComHook) handle(ctx context.Context, p Press, done chan<- pressed, given <-chan struct{}) {
	text, err := h.guarded(ctx, p)
	select {
	case done <- pressed{text, err}:
		return
	case <-given:
	}
	if err == nil && text != "" && h.late != nil {
		err = h.late(ctx, p, text)
	}
	if err != nil {
		h.log.Warn("late press not answered", "task", p.Task, "err", err)
	}
}

// guarded calls Press; a panic in it, which is a defect, must not end the process.
func (h *WeComHook) guarded(ctx context.Context, p Press) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			h.log.Error("press panicked", "task", p.Task, "stack", string(debug.Stack()))
			err = errPress
		}
	}()
	return h.press(ctx, p)
}

// Wait ends when no press is being taken any more. No callback may come in meanwhile.
func (h *WeComHook) Wait() { h.open.Wait() }

// selected reads what was chosen in the drop-down lists: the first option of each question. Keys and options are our
// own words, so the elements may repeat and end where they end.
func selected(raw []byte) (map[string]string, error) {
	items, err := elements(raw, false)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, item := range items {
		if string(item.name) != "SelectedItem" || !item.nested {
			continue
		}
		f, err := elements(item.value, false)
		if err != nil {
			return nil, err
		}
		options, err := elements(f.raw("OptionIds"), false)
		if err != nil {
			return nil, err
		}
		if question := f.text("QuestionKey"); question != "" {
			out[question] = options.text("OptionId")
		}
	}
	return out, nil
}
