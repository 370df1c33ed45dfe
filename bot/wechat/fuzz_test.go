package wechat

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/util"
)

// The targets below are run with  go test ./bot/wechat -run '^$' -fuzz NAME -fuzztime 1000000x

// FuzzEnvelope posts arbitrary queries and bodies: nothing may panic, and nothing unsigned may reach the receiver.
func FuzzEnvelope(f *testing.F) {
	for i, g := range forgeries {
		p := newPost(textXML("您好"))
		g.forge(rand.New(rand.NewPCG(uint64(i), 9)), p)
		if body := p.seal().body; len(body) < 4096 {
			f.Add(p.query.Encode(), body)
		}
	}
	good := newPost(textXML("您好")).seal()
	f.Add(good.query.Encode(), good.body)
	f.Fuzz(func(t *testing.T, rawQuery, body string) {
		e, c := &ear{}, &tally{}
		u := &url.URL{Path: "/", RawQuery: rawQuery}
		res := serve(testHook(e, c), &http.Request{Method: http.MethodPost, URL: u, Header: http.Header{}, ContentLength: -1, Body: readCloser(body)})
		if len(e.heard) > 0 {
			q := u.Query()
			env, err := read([]byte(body))
			if err != nil || q.Get("msg_signature") != util.Signature(testToken, q.Get("timestamp"), q.Get("nonce"), env.text("Encrypt")) {
				t.Errorf("unsigned delivery: %q %q", rawQuery, body)
			}
			return
		}
		if got := bodyOf(res); res.StatusCode == http.StatusOK || got != "" || c.of(OutcomePanic) > 0 {
			t.Errorf("%d %q %v", res.StatusCode, got, c.n)
		}
	})
}

// FuzzQuery: what is taken of a query is what the standard library reads in it.
func FuzzQuery(f *testing.F) {
	f.Add("timestamp=1793500000&nonce=1&signature=&openid=o%2dx&x=%20+;")
	f.Add("timestamp=1793500000&nonce=1&%6eonce=2")
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := readQuery(raw)
		if err != nil {
			return
		}
		v, err := url.ParseQuery(raw)
		if err != nil {
			return // an escape that is broken in a parameter of no interest
		}
		for name, got := range map[string]string{"timestamp": q.timestamp, "nonce": q.nonce, "signature": q.signature, "msg_signature": q.msgSignature,
			"encrypt_type": q.encryptType, "openid": q.openid, "echostr": q.echo} {
			if len(v[name]) > 1 || v.Get(name) != got {
				t.Errorf("%s of %q is %q, want %q", name, raw, got, v[name])
			}
		}
	})
}

// FuzzXML: no body panics, what is read of it is clean, and a message keeps its first header whatever is typed in it.
func FuzzXML(f *testing.F) {
	f.Add([]byte(textXML("a]]>b")), "x]]></Content><FromUserName>oVictim</FromUserName>")
	f.Add([]byte(plainXML("event", "<A><B><C/></B></A><D>&#x41;&bad;&</D>")), "</xml>")
	for _, c := range eventCases {
		f.Add([]byte(plainXML("event", c.xml)), c.json)
	}
	f.Fuzz(func(t *testing.T, body []byte, typed string) {
		read1(t, body)
		got, err := readXML([]byte(textXML(typed)))
		if err != nil {
			t.Fatalf("typed %q costs the message: %v", typed, err)
		}
		want := tidy(strings.ReplaceAll(typed, "]]]]><![CDATA[>", "]]>"))
		if from, text, id := got.text("FromUserName"), got.text("Content"), got.text("MsgId"); from != testOpenID || text != want || id != "23456789012345678" {
			t.Errorf("typed %q: from %q, text %q, id %q", typed, from, text, id)
		}
	})
}

// FuzzJSON: no body panics, what is read of it is clean, and strings are what the standard library reads.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,2,{}]},"c":"\ud83d"}`), "\x02\xff")
	f.Add([]byte(`{"List":[{"TemplateId":"a"},{"TemplateId":1e9}],"x":null,"y":true}`), `"}`)
	for _, c := range eventCases {
		f.Add([]byte(messageJSON("event", c.json)), c.xml)
	}
	f.Fuzz(func(t *testing.T, body []byte, typed string) {
		read1(t, body)
		var all map[string]any
		if got, err := readJSON(body); err == nil && json.Unmarshal(body, &all) == nil {
			for name, v := range all {
				s, ok := v.(string)
				if once(got, name) && ok && got.text(name) != tidy(s) {
					t.Errorf("%q of %q is %q, want %q", name, body, got.text(name), tidy(s))
				}
			}
		}
		quoted := must(json.Marshal(typed))
		got, err := read([]byte(messageJSON("text", `"Content":`+string(quoted)+`,"MsgId":1`)))
		if err != nil || got.text("FromUserName") != testOpenID || got.text("Content") != tidy(strings.ToValidUTF8(typed, "\ufffd")) && utf8.ValidString(typed) {
			t.Errorf("typed %q came as %q, %v", typed, got.text("Content"), err)
		}
	})
}

// FuzzOpen: what is sealed opens, anything else is refused with one error, and the SDK agrees on what opens.
func FuzzOpen(f *testing.F) {
	c := must(newCodec(testApp, testToken, testKey, oldKey))
	f.Add([]byte("<xml></xml>"), "")
	f.Add([]byte{}, strings.Repeat("A", 64))
	f.Add([]byte("x"), string(c.wrap(nil, []byte("hi"), c.keys[0], []byte("0123456789abcdef"))))
	f.Fuzz(func(t *testing.T, plain []byte, sealed string) {
		back, key, err := c.open(c.wrap(nil, plain, c.keys[1], []byte("0123456789abcdef")))
		if err != nil || !bytes.Equal(back, plain) || key != c.keys[1] {
			t.Errorf("round trip of %q gives %q, %v", plain, back, err)
		}
		got, key, err := c.open([]byte(sealed))
		if err != nil {
			if !errors.Is(err, errSealed) || got != nil || key != nil {
				t.Errorf("open(%q) = %q, %v", sealed, got, err)
			}
			return
		}
		encoded := map[*sealKey]string{c.keys[0]: testKey, c.keys[1]: oldKey}[key]
		if _, theirs, err := util.DecryptMsg(testApp, sealed, encoded); err != nil || !bytes.Equal(theirs, got) {
			t.Errorf("open(%q) = %q, the SDK says %q, %v", sealed, got, theirs, err)
		}
	})
}

// read1 reads any body as a message and holds what comes of it to its promises.
func read1(t *testing.T, body []byte) {
	t.Helper()
	in, err := ReadMessage(testApp, bytes.Clone(body), testNow)
	if err != nil {
		if in.OpenID != "" {
			t.Errorf("refused, but read: %+v", in)
		}
		return
	}
	for _, s := range []string{in.OpenID, in.Kind, in.Text, in.Event, in.EventKey, in.MenuID, in.MediaID, in.MsgID, in.Place, in.Detail} {
		if !utf8.ValidString(s) || controls(s) {
			t.Errorf("unclean %q", s)
		}
	}
	if len(in.Key) != maxKey || !identifier(in.OpenID) || in.Kind == "" || in.SentAt.IsZero() || in.SentAt.Location() != time.UTC {
		t.Errorf("incomplete: %+v", in)
	}
	again, err := ReadMessage(testApp, bytes.Clone(body), testNow)
	if err != nil || again.Key != in.Key {
		t.Errorf("read twice, keys %q and %q", in.Key, again.Key)
	}
}

func once(f fields, name string) bool {
	n := 0
	for _, e := range f {
		if string(e.name) == name {
			n++
		}
	}
	return n == 1
}
