package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"time"
)

// maxAPIBody bounds an API request, in bytes.
const maxAPIBody = 24 << 20

// apiError is the platform's errcode with its text and, rarely, what the
// answer says beside them.
type apiError struct {
	code  int
	text  string
	extra map[string]any
}

var (
	errOutOfWindow = &apiError{code: 45015, text: "response out of time limit or subscription is canceled"}
	errOpenID      = &apiError{code: 40003, text: "invalid openid"}
	errMediaID     = &apiError{code: 40007, text: "invalid media_id"}
	errMessageType = &apiError{code: 40008, text: "invalid message type"}
	errSystem      = &apiError{code: -1, text: "system error"}
)

// grant is what an account must be to have a call.
type grant int

const (
	grantAny      grant = iota
	grantVerified       // certified service or subscription account
	grantService        // certified service account
)

// apiCall is one address of a platform's API.
type apiCall struct {
	method string
	open   bool // needs no access_token
	plain  bool // success says no errcode
	needs  grant
	serve  func(*Platform, *http.Request) (map[string]any, *apiError)
	raw    func(*Platform, http.ResponseWriter, *http.Request) *apiError // answers by itself
}

// dialect is where the two platforms' APIs differ.
type dialect struct {
	prefix   string
	calls    func(*Platform) map[string]apiCall
	book     func(*Platform) *tokenBook
	badToken int // an access_token that was never given out
	badJSON  int
	metered  bool
	mayServe func(*Platform) bool
}

var wechatAPI = dialect{
	prefix: "/_sim/api/wechat", badToken: 40001, badJSON: 47001, metered: true,
	calls:    func(p *Platform) map[string]apiCall { return p.oaCalls },
	book:     func(p *Platform) *tokenBook { return &p.state.Tokens },
	mayServe: func(*Platform) bool { return true },
}

var wecomAPI = dialect{
	prefix: "/_sim/api/wecom", badToken: 40014, badJSON: 40058,
	calls:    func(p *Platform) map[string]apiCall { return p.corpCalls },
	book:     func(p *Platform) *tokenBook { return &p.state.Corp },
	mayServe: func(p *Platform) bool { return p.opts.CorpID != "" },
}

// api serves one platform's API under its prefix.
func (p *Platform) api(d dialect) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path[len(d.prefix):]
		r.Body = http.MaxBytesReader(w, r.Body, maxAPIBody)
		honest := func(w http.ResponseWriter) { p.call(w, r, d, path) }
		if f := p.nextFault(path); f != nil {
			p.misbehave(w, r, path, f, honest)
			return
		}
		honest(w)
	})
}

func (p *Platform) call(w http.ResponseWriter, r *http.Request, d dialect, path string) {
	call, fault := p.admit(r, d, path)
	var body map[string]any
	if fault == nil && call.raw != nil {
		fault = call.raw(p, w, r)
		if fault == nil {
			p.count.call(path, 0)
			return
		}
	} else if fault == nil {
		body, fault = call.serve(p, r)
	}
	if fault != nil {
		code := fault.code
		if code == codeBadJSON {
			code = d.badJSON
		}
		p.count.call(path, code)
		whole := map[string]any{"errcode": code, "errmsg": fault.text + " rid: " + rid()}
		maps.Copy(whole, fault.extra)
		answer(w, whole)
		return
	}
	p.count.call(path, 0)
	whole := map[string]any{}
	if !call.plain {
		whole["errcode"], whole["errmsg"] = 0, "ok"
	}
	maps.Copy(whole, body)
	answer(w, whole)
}

// admit checks all that comes before a call's own rules: address, verb, token,
// what the account was granted and how often it called.
func (p *Platform) admit(r *http.Request, d dialect, path string) (apiCall, *apiError) {
	call, ok := d.calls(p)[path]
	switch {
	case !ok:
		return call, &apiError{code: 40066, text: "invalid url"}
	case !d.mayServe(p):
		return call, &apiError{code: 40013, text: "invalid corpid"}
	case r.Method != call.method && call.method == http.MethodGet:
		return call, &apiError{code: 43001, text: "require GET method"}
	case r.Method != call.method:
		return call, &apiError{code: 43002, text: "require POST method"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !call.open {
		if fault := p.checkToken(d, r.URL.Query().Get("access_token")); fault != nil {
			return call, fault
		}
	}
	if !d.metered {
		if call.open {
			return call, nil
		}
		return call, p.trusted(r)
	}
	if !p.state.Account.may(call.needs) {
		return call, &apiError{code: 48001, text: "api unauthorized"}
	}
	return call, p.meter(path)
}

// fromOutside refuses callers that may not fetch tokens; the caller holds the lock.
func (p *Platform) fromOutside(r *http.Request) *apiError {
	return callerIn(r, p.state.Account.IPs)
}

// callerIn refuses an address that is not on a list; an empty list takes all.
func callerIn(r *http.Request, list []string) *apiError {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if len(list) > 0 && !slices.Contains(list, host) {
		return &apiError{code: 40164, text: fmt.Sprintf("invalid ip %s, not in whitelist", host)}
	}
	return nil
}

// codeBadJSON stands for "body not understood" until the dialect's code replaces it.
const codeBadJSON = -47001

// decode reads a request strictly: one JSON value, no unknown fields.
func decode(r *http.Request, into any) *apiError {
	if err := decodeStrict(r.Body, into); err != nil {
		return &apiError{code: codeBadJSON, text: "data format error: " + err.Error()}
	}
	return nil
}

func decodeStrict(from io.Reader, into any) error {
	dec := json.NewDecoder(from)
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

func answer(w http.ResponseWriter, body any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		http.Error(w, "encoding failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(buf.Bytes()) // a peer that hung up is its own affair
}

// rid is the request id that the platform's support asks for.
func rid() string {
	return fmt.Sprintf("%08x-%08x-%08x", uint32(time.Now().Unix()), rand.Uint32(), rand.Uint32())
}
