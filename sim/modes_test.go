package sim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// wire is a callback as it came over the wire.
type wire struct {
	query url.Values
	kind  string
	body  string
}

// recorder answers callbacks with what answer says and keeps them.
type recorder struct {
	mu     sync.Mutex
	seen   []wire
	answer func(wire) string
	server *httptest.Server
}

func (r *rig) record(answer func(wire) string) *recorder {
	c := &recorder{answer: answer}
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		one := wire{req.URL.Query(), req.Header.Get("Content-Type"), string(body)}
		c.mu.Lock()
		c.seen = append(c.seen, one)
		answer := c.answer
		c.mu.Unlock()
		io.WriteString(w, answer(one))
	}))
	r.Cleanup(c.server.Close)
	r.p.SetCallbacks(c.server.URL, "")
	return c
}

func (c *recorder) last() wire {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[len(c.seen)-1]
}

func (c *recorder) set(answer func(wire) string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = answer
}

func (r *rig) account(change object) {
	r.Helper()
	r.call(200, "PUT", "/_sim/account", change, nil)
}

func quiet(wire) string { return "success" }

func TestModesAndFormats(t *testing.T) {
	const text = `好 "引号" \ 斜杠`
	type flat struct {
		XMLName                        xml.Name `xml:"xml" json:"-"`
		Content, Encrypt, FromUserName string
	}
	for _, format := range []string{FormatXML, FormatJSON} {
		for _, mode := range []string{ModePlain, ModeCompat, ModeSafe} {
			r := newRig(t)
			r.account(object{"mode": mode, "format": format})
			c := r.record(quiet)
			r.act("d", "say", object{"text": text})
			got := c.last()
			read := func(raw string) (m flat) {
				var err error
				if format == FormatJSON {
					err = json.Unmarshal([]byte(raw), &m)
				} else {
					err = xml.Unmarshal([]byte(raw), &m)
				}
				if err != nil {
					t.Errorf("%s %s: %v in %s", mode, format, err, raw)
				}
				return m
			}
			m := read(got.body)
			if plain := mode != ModeSafe; plain != (m.Content == text) {
				t.Errorf("%s %s: content in the open is %q", mode, format, m.Content)
			}
			if sealed := mode != ModePlain; sealed != (m.Encrypt != "") || sealed != got.query.Has("msg_signature") || sealed != (got.query.Get("encrypt_type") == "aes") {
				t.Errorf("%s %s: cipher %q, query %v", mode, format, m.Encrypt, got.query)
			}
			if peerSign("tok", got.query.Get("timestamp"), got.query.Get("nonce")) != got.query.Get("signature") || got.query.Get("openid") != r.openid("d") {
				t.Errorf("%s %s: query %v", mode, format, got.query)
			}
			if m.Encrypt == "" {
				continue
			}
			plain, err := peerOpen(testKey, "wxapp", m.Encrypt)
			if inner := read(plain); err != nil || inner.Content != text || inner.FromUserName != r.openid("d") {
				t.Errorf("%s %s: inside %s, %v", mode, format, plain, err)
			}
		}
	}
}

func TestRepliesByModeAndFormat(t *testing.T) {
	r := newRig(t)
	c := r.record(quiet)
	id := r.openid("d")
	plainXML := textPlain(id, "gh_test", "好")
	plainJSON := fmt.Sprintf(`{"ToUserName":%q,"FromUserName":"gh_test","CreateTime":1,"MsgType":"text","Content":"好"}`, id)
	sealed := func(plain string) string { return peerReply("tok", testKey, "wxapp", plain) }
	sealedJSON := func(plain string) string {
		e := peerSeal(testKey, "wxapp", plain)
		return fmt.Sprintf(`{"Encrypt":%q,"MsgSignature":%q,"TimeStamp":1,"Nonce":"2"}`, e, peerSign("tok", "1", "2", e))
	}
	for _, a := range []struct {
		mode, format, reply string
		ok                  bool
	}{
		{ModePlain, FormatXML, plainXML, true}, {ModePlain, FormatXML, sealed(plainXML), false}, {ModePlain, FormatXML, plainJSON, false},
		{ModeCompat, FormatXML, plainXML, true}, {ModeCompat, FormatXML, sealed(plainXML), true},
		{ModeSafe, FormatXML, plainXML, false}, {ModeSafe, FormatXML, sealed(plainXML), true}, {ModeSafe, FormatXML, sealed(plainJSON), false},
		{ModeSafe, FormatXML, sealedJSON(plainXML), false},
		{ModePlain, FormatJSON, plainJSON, true}, {ModePlain, FormatJSON, plainXML, true},
		{ModeSafe, FormatJSON, sealedJSON(plainJSON), true}, {ModeSafe, FormatJSON, sealed(plainXML), true}, {ModeSafe, FormatJSON, plainJSON, false},
	} {
		r.account(object{"mode": a.mode, "format": a.format})
		c.set(func(wire) string { return a.reply })
		got := r.act("d", "say", object{"text": "x"})
		if ok := len(got.Replies) == 1 && got.Replies[0] == "好" && got.Notice == ""; ok != a.ok {
			t.Errorf("%s %s %.40s: %+v, want accepted %v", a.mode, a.format, a.reply, got, a.ok)
		}
	}
}

func TestPassiveKinds(t *testing.T) {
	r := newRig(t)
	r.account(object{"mode": ModePlain})
	c := r.record(quiet)
	tok := r.wechatToken()
	media := map[string]string{}
	for kind, raw := range map[string]string{"image": string(doctorPicture()), "voice": "#!AMR\n", "video": "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "thumb": string(doctorPicture())} {
		up := r.upload("wechat", "/cgi-bin/media/upload?type="+kind+"&access_token="+tok, kind, []byte(raw), nil)
		media[kind] = fmt.Sprint(up["media_id"], up["thumb_media_id"])
		media[kind] = strings.ReplaceAll(media[kind], "<nil>", "")
	}
	head := func(kind string) string {
		return fmt.Sprintf("<xml><ToUserName>%s</ToUserName><FromUserName>gh_test</FromUserName><CreateTime>1</CreateTime><MsgType>%s</MsgType>", r.openid("d"), kind)
	}
	for _, k := range []struct {
		kind, inner, shown string
		ok                 bool
	}{
		{"image", "<Image><MediaId>" + media["image"] + "</MediaId></Image>", "image", true},
		{"voice", "<Voice><MediaId>" + media["voice"] + "</MediaId></Voice>", "voice", true},
		{"video", "<Video><MediaId>" + media["video"] + "</MediaId><Title>片</Title></Video>", "video", true},
		{"music", "<Music><Title>曲</Title><MusicUrl>http://x/m.mp3</MusicUrl><ThumbMediaId>" + media["thumb"] + "</ThumbMediaId></Music>", "music", true},
		{"voice", "<Voice><MediaId>" + media["image"] + "</MediaId></Voice>", "", false},
		{"music", "<Music><Title>曲</Title><ThumbMediaId>" + media["thumb"] + "</ThumbMediaId></Music>", "", false},
	} {
		c.set(func(wire) string { return head(k.kind) + k.inner + "</xml>" })
		got := r.act("d", "say", object{"text": "x"})
		list := r.transcript("d")
		last := list[len(list)-1]
		if ok := got.Notice == ""; ok != k.ok || ok && (last.Kind != k.shown || last.Via != "reply") {
			t.Errorf("%s: %+v, shown %+v", k.kind, got, last)
		}
	}
	c.set(func(wire) string { return head("transfer_customer_service") + "</xml>" })
	if got := r.act("d", "say", object{"text": "x"}); got.Notice != "" || len(got.Replies) != 0 {
		t.Errorf("transfer: %+v", got)
	}
}
