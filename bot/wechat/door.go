package wechat

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Limits of one callback.
const (
	maxBody     = 64 << 10                // bytes
	deadline    = 4500 * time.Millisecond // the platform hangs up after five seconds
	maxInFlight = 2000                    // callbacks at once
)

// door is what both callbacks share: it lets in what is signed, fresh and sealed for us, and writes the answers.
type door struct {
	codec    *codec
	official bool // WeChat signs its address too and names the mode in it; WeCom does neither
	now      func() time.Time
	log      *slog.Logger
	count    func(Outcome)
	nonces   nonces
	inFlight atomic.Int64
}

// letter is a callback that was let in.
type letter struct {
	query  query
	plain  []byte
	fields fields
	key    *sealKey
}

// serve runs handle under the limits that hold for every request and survives its panics.
func (d *door) serve(w http.ResponseWriter, handle func() Outcome) {
	defer func() {
		if r := recover(); r != nil {
			d.log.Error("callback panicked", "type", fmt.Sprintf("%T", r), "stack", string(debug.Stack())) // no values: they may be a doctor's words
			d.end(w, OutcomePanic)
		}
	}()
	if d.inFlight.Add(1) > maxInFlight {
		d.inFlight.Add(-1)
		d.end(w, OutcomeBusy)
		return
	}
	defer d.inFlight.Add(-1)
	d.end(w, handle())
}

// end counts the outcome and, unless an answer went out already, writes the bare status that belongs to it.
func (d *door) end(w http.ResponseWriter, o Outcome) {
	d.count(o)
	switch o {
	case OutcomeReply, OutcomeSilent, OutcomeEcho:
	case OutcomeUnavailable, OutcomeBusy, OutcomePanic:
		w.WriteHeader(http.StatusServiceUnavailable)
	case RefusedMethod:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	case RefusedSize:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	default:
		w.WriteHeader(http.StatusForbidden)
	}
}

// admit checks the query of a GET or POST.
func (d *door) admit(r *http.Request) (query, error) {
	q, err := readQuery(r.URL.RawQuery)
	if err != nil {
		return query{}, err
	}
	if !q.fresh(d.now()) {
		return query{}, refusal(RefusedStale)
	}
	return q, nil
}

// take lets in one POST or says why not. Of the official account the address is signed apart: that is looked at before a byte of the body is read.
// It also keeps out our own replies, which are signed and sealed like callbacks, but nobody who has seen one can sign an address for it.
func (d *door) take(w http.ResponseWriter, r *http.Request) (letter, error) {
	q, err := d.admit(r)
	if err != nil {
		return letter{}, err
	}
	if q.msgSignature == "" || d.official && q.encryptType != "aes" {
		return letter{}, refusal(RefusedMode)
	}
	if d.official && !d.codec.signed(q.signature, q.timestamp, q.nonce, nil) {
		return letter{}, refusal(RefusedSignature)
	}
	body, err := d.body(w, r)
	if err != nil {
		return letter{}, err
	}
	sealed, err := envelope(body)
	if err != nil {
		return letter{}, err
	}
	if !d.codec.signed(q.msgSignature, q.timestamp, q.nonce, sealed) {
		return letter{}, refusal(RefusedSignature)
	}
	plain, key, err := d.codec.open(sealed)
	if err != nil {
		return letter{}, refusal(RefusedCipher)
	}
	f, err := read(plain)
	if err != nil {
		return letter{}, refusal(RefusedShape)
	}
	return letter{query: q, plain: plain, fields: f, key: key}, nil
}

// envelope returns the one Encrypt element. Whatever stands beside it is not signed and is ignored.
func envelope(body []byte) ([]byte, error) {
	f, err := read(body)
	if err != nil {
		return nil, refusal(RefusedMode)
	}
	var sealed []byte
	n := 0
	for i := range f {
		if string(f[i].name) == "Encrypt" {
			n++
			if !f[i].nested {
				sealed = f[i].value
			}
		}
	}
	if n != 1 || len(sealed) == 0 {
		return nil, refusal(RefusedMode)
	}
	return sealed, nil
}

func (d *door) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, refusal(RefusedSize)
	}
	var body bytes.Buffer
	body.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, refusal(RefusedSize)
	}
	if err != nil {
		return nil, refusal(RefusedBody)
	}
	return body.Bytes(), nil
}

// outcome reads the outcome out of an error of take or admit.
func outcome(err error) Outcome {
	var r refusal
	if errors.As(err, &r) {
		return Outcome(r)
	}
	return RefusedShape
}

// success is the answer of every mode that means "taken, nothing to say".
func (d *door) success(w http.ResponseWriter) Outcome {
	d.write(w, "text/plain; charset=utf-8", []byte("success"))
	return OutcomeSilent
}

// reply seals and writes a passive reply.
func (d *door) reply(w http.ResponseWriter, l letter, plain []byte) Outcome {
	room := make([]byte, 0, 2*len(plain)+replyRoom)
	d.write(w, "text/xml; charset=utf-8", d.codec.seal(room, plain, l.key, d.now()))
	return OutcomeReply
}

// write ignores errors: the platform has hung up and will send again, or does not care.
func (d *door) write(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body)
}
