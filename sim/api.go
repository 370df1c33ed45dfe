package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"
)

// maxAPIBody bounds an API request, in bytes.
const maxAPIBody = 12 << 20

// apiError is the platform's errcode with its text.
type apiError struct {
	code int
	text string
}

var errOutOfWindow = &apiError{45015, "response out of time limit or subscription is canceled"}

// apiCall is one address of a platform's API.
type apiCall struct {
	method string
	open   bool // needs no access_token
	serve  func(*Platform, *http.Request) (map[string]any, *apiError)
}

// dialect is where the two platforms' APIs differ.
type dialect struct {
	prefix   string
	calls    map[string]apiCall
	book     func(*Platform) *tokenBook
	badToken int // an access_token that was never given out
	badJSON  int
	mayServe func(*Platform) bool
}

var wechatAPI = dialect{
	prefix: "/_sim/api/wechat", badToken: 40001, badJSON: 47001,
	book:     func(p *Platform) *tokenBook { return &p.state.Tokens },
	mayServe: func(*Platform) bool { return true },
	calls: map[string]apiCall{
		"/cgi-bin/token":                 {http.MethodGet, true, (*Platform).giveToken},
		"/cgi-bin/stable_token":          {http.MethodPost, true, (*Platform).giveStableToken},
		"/cgi-bin/message/custom/send":   {http.MethodPost, false, (*Platform).customSend},
		"/cgi-bin/message/custom/typing": {http.MethodPost, false, (*Platform).customTyping},
		"/cgi-bin/getcallbackip":         {http.MethodGet, false, (*Platform).callbackIP},
		"/cgi-bin/user/info":             {http.MethodGet, false, (*Platform).userInfo},
		"/cgi-bin/menu/create":           {http.MethodPost, false, (*Platform).menuCreate},
		"/cgi-bin/menu/get":              {http.MethodGet, false, (*Platform).menuGet},
		"/cgi-bin/menu/delete":           {http.MethodGet, false, (*Platform).menuDelete},
		"/cgi-bin/media/upload":          {http.MethodPost, false, (*Platform).mediaUpload},
	},
}

var wecomAPI = dialect{
	prefix: "/_sim/api/wecom", badToken: 40014, badJSON: 40058,
	book:     func(p *Platform) *tokenBook { return &p.state.Corp },
	mayServe: func(p *Platform) bool { return p.opts.CorpID != "" },
	calls: map[string]apiCall{
		"/cgi-bin/gettoken":                     {http.MethodGet, true, (*Platform).corpToken},
		"/cgi-bin/message/send":                 {http.MethodPost, false, (*Platform).corpSend},
		"/cgi-bin/message/update_template_card": {http.MethodPost, false, (*Platform).corpUpdateCard},
		"/cgi-bin/agent/get":                    {http.MethodGet, false, (*Platform).corpAgent},
		"/cgi-bin/user/get":                     {http.MethodGet, false, (*Platform).corpUser},
	},
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
	body, fault := p.dispatch(r, d, path)
	if fault != nil {
		p.count.call(path, fault.code)
		answer(w, map[string]any{"errcode": fault.code, "errmsg": fault.text + " rid: " + rid()})
		return
	}
	p.count.call(path, 0)
	whole := map[string]any{"errcode": 0, "errmsg": "ok"}
	maps.Copy(whole, body)
	answer(w, whole)
}

func (p *Platform) dispatch(r *http.Request, d dialect, path string) (map[string]any, *apiError) {
	call, ok := d.calls[path]
	switch {
	case !ok:
		return nil, &apiError{40066, "invalid url"}
	case !d.mayServe(p):
		return nil, &apiError{40013, "invalid corpid"}
	case r.Method != call.method && call.method == http.MethodGet:
		return nil, &apiError{43001, "require GET method"}
	case r.Method != call.method:
		return nil, &apiError{43002, "require POST method"}
	}
	if !call.open {
		if fault := p.checkToken(d, r.URL.Query().Get("access_token")); fault != nil {
			return nil, fault
		}
	}
	body, fault := call.serve(p, r)
	if fault != nil && fault.code == codeBadJSON {
		return nil, &apiError{d.badJSON, fault.text}
	}
	return body, fault
}

// codeBadJSON stands for "body not understood" until the dialect's code replaces it.
const codeBadJSON = -47001

// decode reads a request strictly: one JSON value, no unknown fields.
func decode(r *http.Request, into any) *apiError {
	if err := decodeStrict(r.Body, into); err != nil {
		return &apiError{codeBadJSON, "data format error: " + err.Error()}
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
	return fmt.Sprintf("%08x-%s-%s", time.Now().Unix(), digest(token(8))[:8], digest(token(8))[:8])
}
