package sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// LineOptions say how one callback address is spoken to.
type LineOptions struct {
	URL          string
	AppID, Token string
	AESKey       string // EncodingAESKey: 43 base64 characters; may be empty in plain mode
	OriginalID   string // ToUserName of the callbacks; empty: derived from AppID
	Mode, Format string // of Account; empty: safe, xml
}

// Line speaks the platform's side of one official-account callback for programs
// that post by themselves, such as sim/conformance: it writes, signs and seals
// messages, forges them, and judges replies. It keeps no state and is safe for
// concurrent use.
type Line struct {
	peer     peer
	original string
	client   *http.Client
}

// Field is one field of a callback: Name and Value; Bare writes a number.
// Fields with Parts are groups.
type Field = part

// Callback is one signed request, ready to be posted, also more than once.
type Callback struct{ posting posting }

// Address is the URL with the signed query. It holds signatures and belongs in no log.
func (c Callback) Address() string { return c.posting.url }

// Answer is what a callback was answered.
type Answer struct {
	Status int
	Body   string // at most 1 MiB of it
	Took   time.Duration
	Err    error // of the connection; a status other than 200 is none
}

// NewLine checks the options: ErrRefused for what no account can have.
func NewLine(o LineOptions) (*Line, error) {
	if o.URL == "" || o.Token == "" || o.AppID == "" {
		return nil, fmt.Errorf("%w: URL, AppID and Token are required", ErrRefused)
	}
	if o.Mode == "" {
		o.Mode = ModeSafe
	}
	if o.Format == "" {
		o.Format = FormatXML
	}
	if !slices.Contains([]string{ModePlain, ModeCompat, ModeSafe}, o.Mode) || !slices.Contains([]string{FormatXML, FormatJSON}, o.Format) {
		return nil, fmt.Errorf("%w: mode or format", ErrRefused)
	}
	if o.AESKey == "" && o.Mode == ModePlain {
		o.AESKey = strings.Repeat("A", 43) // sealed with, but never sent
	}
	if o.OriginalID == "" {
		o.OriginalID = "gh_" + digest("original", o.AppID)[:12]
	}
	e, err := newEnvelope(o.Token, o.AESKey, o.AppID)
	if err != nil {
		return nil, fmt.Errorf("reading AESKey: %w", err)
	}
	return &Line{
		peer:     peer{envelope: e, url: o.URL, plainSignature: true, mode: o.Mode, format: o.Format},
		original: o.OriginalID,
		client:   &http.Client{Transport: newTransport(), CheckRedirect: noRedirect},
	}, nil
}

// Close drops idle connections.
func (l *Line) Close() { l.client.CloseIdleConnections() }

// Letter writes a message of a doctor in the account's data format. Values are
// not escaped inside CDATA and need not be UTF-8, as on the platform.
func (l *Line) Letter(openID string, at time.Time, kind string, more ...Field) []byte {
	return encode(append([]part{
		txt("ToUserName", l.original), txt("FromUserName", openID), num("CreateTime", at.Unix()), txt("MsgType", kind),
	}, more...), l.peer.format)
}

// Callback signs and seals a letter with a new nonce.
func (l *Line) Callback(letter []byte, openID string, at time.Time) Callback {
	return Callback{l.peer.posting(parcel{plain: letter, to: l.original, openid: openID}, at.Unix())}
}

// ForgeKinds are the kinds of hostile requests that Forge makes in a mode.
func ForgeKinds(mode string) []string {
	return slices.DeleteFunc(slices.Clone(forgeKinds), func(k string) bool {
		return mode == ModePlain && slices.Contains(sealedOnly, k)
	})
}

// Forge makes a hostile request of one of ForgeKinds out of a letter; earlier is
// the callback that a replay takes. For oversize the letter itself must be long.
func (l *Line) Forge(kind string, letter []byte, openID string, at time.Time, earlier Callback) (Callback, error) {
	if !slices.Contains(ForgeKinds(l.peer.mode), kind) {
		return Callback{}, fmt.Errorf("%w: no such forgery in this mode", ErrRefused)
	}
	p := parcel{plain: letter, to: l.original, openid: openID}
	return Callback{l.peer.forged(kind, p, []posting{earlier.posting}, at.Unix())}, nil
}

// Echo is the address that the back office asks when the callback is saved, and
// the body that it wants.
func (l *Line) Echo(at time.Time) (address, want string) {
	return l.peer.echoAddress(at)
}

// Post posts a callback.
func (l *Line) Post(ctx context.Context, c Callback) Answer {
	return l.trip(ctx, c, twist{})
}

// PostSlowly posts a callback whose body arrives piece by piece over a time.
func (l *Line) PostSlowly(ctx context.Context, c Callback, over time.Duration) Answer {
	return l.trip(ctx, c, twist{Kind: twistSlow, delay: over})
}

// PostHalfClosed shuts the sending side after the request and waits for the answer. Only http addresses are reached.
func (l *Line) PostHalfClosed(ctx context.Context, c Callback) Answer {
	return l.trip(ctx, c, twist{Kind: twistHalfClose})
}

// PostCut leaves in the middle of the body: Answer.Err is always set. Only http addresses are reached.
func (l *Line) PostCut(ctx context.Context, c Callback) Answer {
	return l.trip(ctx, c, twist{Kind: twistCutBody})
}

func (l *Line) trip(ctx context.Context, c Callback, way twist) Answer {
	began := time.Now()
	o := roundTrip(ctx, l.client, c.posting, way)
	a := Answer{Status: o.status, Body: o.raw, Took: time.Since(began)}
	if !errors.Is(o.err, errStatus) {
		a.Err = o.err
	}
	return a
}

// Read judges an answer's body as the platform does: nil for "no reply", else the
// messages that the doctor sees, or why the failure line is shown. Media ids are
// only required, not looked up.
func (l *Line) Read(body, openID string, event bool) ([]Message, error) {
	plain, err := l.peer.openReply([]byte(body))
	if err != nil || plain == nil {
		return nil, err
	}
	r, err := readPassive(plain, l.peer.format, openID, l.original)
	if err != nil {
		return nil, err
	}
	return r.messages(event, func(m Message, id, _ string) ([]Message, error) {
		if id == "" {
			return nil, fmt.Errorf("%w: MediaId is missing", errReply)
		}
		return []Message{m}, nil
	})
}
