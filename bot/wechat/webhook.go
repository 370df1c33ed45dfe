package wechat

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/vrep/vrep/bot"
)

// WebhookOptions describe the callback of one official account.
type WebhookOptions struct {
	AppID          string
	OriginalID     string // gh_…, the account's own name in callbacks; empty: not checked
	Token          string
	AESKey         string // EncodingAESKey, 43 characters
	PreviousAESKey string // still accepted during a rotation; may be empty
	Receiver       bot.Receiver
	Now            func() time.Time // nil: time.Now
	Log            *slog.Logger     // nil: discarded
	Count          func(Outcome)    // called once per request; nil: not counted
}

// Webhook is the callback of an official account, in safe mode only. It answers
//
//	GET   the platform's check of the address, when signed
//	POST  200 with a sealed passive reply, or the word success when there is nothing to say
//	      503 with an empty body when the receiver took nothing: the platform sends again, three times in all
//	      403 with an empty body for everything refused (413 over 64 KiB, 405 for other methods)
//
// The receiver has 4.5 s. It is not cut short when the platform hangs up, and what it took although it was late is
// told again to the repeated delivery. An empty reply without an error means that it was kept and nothing is to be
// said now; an error never becomes success, because what is acknowledged must be durable.
type Webhook struct {
	door
	account, original string
	receiver          bot.Receiver
}

// NewWebhook checks the options. No secret is in its errors.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	c, err := newCodec(o.AppID, o.Token, o.AESKey, o.PreviousAESKey)
	if err != nil {
		return nil, err
	}
	if o.Receiver == nil {
		return nil, errors.New("wechat: receiver is required")
	}
	h := &Webhook{account: o.AppID, original: o.OriginalID, receiver: o.Receiver}
	h.door.set(c, true, o.Now, o.Log, o.Count)
	return h, nil
}

// set fills a door, with defaults for what is nil.
func (d *door) set(c *codec, official bool, now func() time.Time, log *slog.Logger, count func(Outcome)) {
	if now == nil {
		now = time.Now
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if count == nil {
		count = func(Outcome) {}
	}
	d.codec, d.official, d.now, d.log, d.count = c, official, now, log, count
}

// ServeHTTP implements http.Handler.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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

// echo answers the check of the address. The official account signs it like a plaintext callback, whatever the mode.
func (h *Webhook) echo(w http.ResponseWriter, r *http.Request) Outcome {
	q, err := h.admit(r)
	switch {
	case err != nil:
		return outcome(err)
	case q.echo == "" || q.signature == "":
		return RefusedQuery
	case !h.codec.signed(q.signature, q.timestamp, q.nonce, nil):
		return RefusedSignature
	}
	h.write(w, "text/plain; charset=utf-8", []byte(q.echo))
	return OutcomeEcho
}

func (h *Webhook) post(w http.ResponseWriter, r *http.Request) Outcome {
	l, err := h.take(w, r)
	if err != nil {
		return outcome(err)
	}
	in, err := inbound(h.account, l, h.now())
	if err != nil {
		return outcome(err)
	}
	account := l.fields.text("ToUserName")
	if !identifier(account) || h.original != "" && account != h.original {
		return RefusedIdentity
	}
	if !h.nonces.bind(l.query, l.plain, h.now()) {
		return RefusedReplay
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), deadline)
	defer cancel()
	reply, err := h.receiver.Receive(ctx, in)
	if err != nil {
		h.log.Warn("callback not taken", "kind", in.Kind, "key", in.Key, "err", err)
		return OutcomeUnavailable
	}
	if reply.Empty() {
		return h.success(w)
	}
	return h.reply(w, l, Render(account, in.OpenID, reply, h.now()))
}
