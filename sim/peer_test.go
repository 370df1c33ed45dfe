package sim

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testKey     = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	testCorpKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"
)

// The tests' own reading of the envelope, written apart from the simulator's.

func peerSign(parts ...string) string {
	sort.Strings(parts)
	return fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(parts, ""))))
}

func peerOpen(key, id, text string) (string, error) {
	k, _ := base64.StdEncoding.DecodeString(key + "=")
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	block, _ := aes.NewCipher(k)
	cipher.NewCBCDecrypter(block, k[:16]).CryptBlocks(raw, raw)
	raw = raw[:len(raw)-int(raw[len(raw)-1])]
	n := binary.BigEndian.Uint32(raw[16:20])
	if got := string(raw[20+n:]); got != id {
		return "", fmt.Errorf("receiver %q, want %q", got, id)
	}
	return string(raw[20 : 20+n]), nil
}

func peerSeal(key, id, plain string) string {
	k, _ := base64.StdEncoding.DecodeString(key + "=")
	raw := []byte("0123456789abcdef")
	raw = binary.BigEndian.AppendUint32(raw, uint32(len(plain)))
	raw = append(raw, plain+id...)
	n := 32 - len(raw)%32
	raw = append(raw, bytes.Repeat([]byte{byte(n)}, n)...)
	block, _ := aes.NewCipher(k)
	cipher.NewCBCEncrypter(block, k[:16]).CryptBlocks(raw, raw)
	return base64.StdEncoding.EncodeToString(raw)
}

func peerReply(tok, key, id, plain string) string {
	e := peerSeal(key, id, plain)
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature>%s</MsgSignature><TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>",
		e, peerSign(tok, "1", "2", e))
}

// inbound is a callback as the tests' bot reads it.
type inbound struct {
	XMLName                                       xml.Name `xml:"xml"`
	ToUserName, FromUserName, CreateTime, MsgType string
	Content, MsgId, Event, EventKey, Recognition  string
	PicUrl, Location_X, Label, Bizmsgmenuid       string
	TaskId, CardType, ResponseCode, AgentID       string
	SelectedItems                                 struct {
		SelectedItem []struct {
			QuestionKey string
			OptionIds   struct{ OptionId []string }
		}
	}
	query url.Values
	plain string
}

// answerer decides about a callback: the raw body to answer and the status.
type answerer func(m inbound) (status int, body string)

// peerBot is a tiny bot behind both callbacks.
type peerBot struct {
	t      *testing.T
	server *httptest.Server
	mu     sync.Mutex
	seen   []inbound
	wechat answerer
	wecom  answerer
}

func newPeer(t *testing.T) *peerBot {
	b := &peerBot{t: t, wechat: echoText, wecom: func(inbound) (int, string) { return 200, "success" }}
	mux := http.NewServeMux()
	mux.HandleFunc("/wechat/callback", func(w http.ResponseWriter, r *http.Request) { b.serve(w, r, "tok", testKey, "wxapp") })
	mux.HandleFunc("/wecom/callback", func(w http.ResponseWriter, r *http.Request) { b.serve(w, r, "ctok", testCorpKey, "wwcorp") })
	b.server = httptest.NewServer(mux)
	t.Cleanup(b.server.Close)
	return b
}

func (b *peerBot) serve(w http.ResponseWriter, r *http.Request, tok, key, id string) {
	q := r.URL.Query()
	corp := id == "wwcorp"
	if r.Method == http.MethodGet {
		echo := q.Get("echostr")
		switch {
		case !corp && q.Get("signature") == peerSign(tok, q.Get("timestamp"), q.Get("nonce")):
			io.WriteString(w, echo)
		case corp && q.Get("msg_signature") == peerSign(tok, q.Get("timestamp"), q.Get("nonce"), echo):
			plain, _ := peerOpen(key, id, echo)
			io.WriteString(w, plain)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
		return
	}
	var env struct {
		XMLName             xml.Name `xml:"xml"`
		ToUserName, Encrypt string
	}
	body, _ := io.ReadAll(r.Body)
	if err := xml.Unmarshal(body, &env); err != nil {
		b.t.Errorf("envelope: %v", err)
	}
	if got := peerSign(tok, q.Get("timestamp"), q.Get("nonce"), env.Encrypt); got != q.Get("msg_signature") {
		b.t.Errorf("msg_signature %s, want %s", q.Get("msg_signature"), got)
	}
	if !corp && q.Get("signature") != peerSign(tok, q.Get("timestamp"), q.Get("nonce")) {
		b.t.Error("signature does not fit")
	}
	plain, err := peerOpen(key, id, env.Encrypt)
	if err != nil {
		b.t.Errorf("opening: %v", err)
	}
	m := inbound{query: q, plain: plain}
	if err := xml.Unmarshal([]byte(plain), &m); err != nil && !strings.Contains(plain, "]]>x") {
		b.t.Errorf("message: %v", err)
	}
	b.mu.Lock()
	b.seen = append(b.seen, m)
	handle := b.wechat
	if corp {
		handle = b.wecom
	}
	b.mu.Unlock()
	status, out := handle(m)
	w.WriteHeader(status)
	io.WriteString(w, out)
}

func (b *peerBot) set(wechat, wecom answerer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wechat != nil {
		b.wechat = wechat
	}
	if wecom != nil {
		b.wecom = wecom
	}
}

func (b *peerBot) messages() []inbound {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]inbound(nil), b.seen...)
}

func echoText(m inbound) (int, string) {
	switch {
	case m.Event == "unsubscribe":
		return 200, "success"
	case m.Event != "":
		return 200, textReply(m, "事件 "+m.Event+" "+m.EventKey)
	}
	return 200, textReply(m, "您说："+m.Content+m.Recognition)
}

func textReply(m inbound, text string) string {
	return peerReply("tok", testKey, "wxapp", textPlain(m.FromUserName, m.ToUserName, text))
}

func textPlain(to, from, text string) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType>text</MsgType><Content><![CDATA[%s]]></Content></xml>", to, from, time.Now().Unix(), text)
}

// rig is a platform, its HTTP face and a bot.
type rig struct {
	*testing.T
	p    *Platform
	bot  *peerBot
	http *httptest.Server
}

func testOptions() Options {
	return Options{AppID: "wxapp", AppSecret: "secret", Token: "tok", AESKey: testKey, OriginalID: "gh_test",
		CorpID: "wwcorp", AgentID: "1000002", CorpSecret: "csecret", CorpToken: "ctok", CorpAESKey: testCorpKey,
		Reps: []Rep{{"zhang", "张三"}, {"li", "李四"}}, BotName: "小安", InviteCode: "A1B2C3", ConsoleURL: "http://127.0.0.1/console",
		ReplyTimeout: 5 * time.Second, RetryPause: time.Millisecond}
}

func newRig(t *testing.T, change ...func(*Options)) *rig {
	o := testOptions()
	for _, f := range change {
		f(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, p: p, bot: newPeer(t)}
	p.SetCallbacks(r.bot.server.URL+"/wechat/callback", r.bot.server.URL+"/wecom/callback")
	r.http = httptest.NewServer(p.Handler())
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		r.http.Close()
	})
	return r
}

// call speaks to the handler and decodes the answer; it fails unless the status fits.
func (r *rig) call(status int, method, path string, body any, into any) {
	r.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	if body == nil {
		raw = nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), 30*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, method, r.http.URL+path, bytes.NewReader(raw))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	got, _ := io.ReadAll(res.Body)
	if res.StatusCode != status {
		r.Fatalf("%s %s: status %d, want %d: %s", method, path, res.StatusCode, status, got)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(got, into); err != nil {
		r.Fatalf("%s %s: %v: %s", method, path, err, got)
	}
}

type object = map[string]any

func (r *rig) act(id, verb string, body any) actResult {
	r.Helper()
	var res actResult
	r.call(200, "POST", "/_sim/users/"+id+"/"+verb, body, &res)
	return res
}

func (r *rig) transcript(id string) []Message {
	r.Helper()
	var out struct{ Messages []Message }
	r.call(200, "GET", "/_sim/users/"+id+"/transcript", nil, &out)
	return out.Messages
}

func (r *rig) repMessages(userid string) []RepMessage {
	r.Helper()
	var out struct{ Messages []RepMessage }
	r.call(200, "GET", "/_sim/reps/"+userid+"/messages", nil, &out)
	return out.Messages
}

// api calls a platform API with a fresh token where none is in the path and returns the whole answer.
func (r *rig) api(side, method, path string, body any) object {
	r.Helper()
	var out object
	r.call(200, method, "/_sim/api/"+side+path, body, &out)
	return out
}

func (r *rig) wechatToken() string {
	r.Helper()
	return r.api("wechat", "GET", "/cgi-bin/token?grant_type=client_credential&appid=wxapp&secret=secret", nil)["access_token"].(string)
}

func (r *rig) wecomToken() string {
	r.Helper()
	return r.api("wecom", "GET", "/cgi-bin/gettoken?corpid=wwcorp&corpsecret=csecret", nil)["access_token"].(string)
}

func (r *rig) openid(id string) string {
	r.Helper()
	var v userView
	r.call(200, "GET", "/_sim/users/"+id, nil, &v)
	return v.OpenID
}

// code is the errcode of an answer; answers without one are successes.
func code(o object) int {
	n, _ := o["errcode"].(float64)
	return int(n)
}

func (r *rig) advance(d string) {
	r.Helper()
	r.call(200, "POST", "/_sim/clock", object{"advance": d}, nil)
}

func snapshotIn(t *testing.T) string { return filepath.Join(t.TempDir(), "sim.json") }

// eventually polls a condition; it replaces sleeping.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("did not happen: %s", what)
		}
	}
}

func decodeLoose(from io.Reader, into any) error { return json.NewDecoder(from).Decode(into) }

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func unixOf(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
