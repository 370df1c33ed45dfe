package wechat

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/util"
)

// forgeries are requests that must be refused, each made from a good one.
var forgeries = []struct {
	name   string
	want   Outcome
	status int
	forge  func(p *post)
}{
	{"plaintext body, mode dropped", RefusedMode, 403, func(p *post) {
		p.seal().body = p.plain
		p.query.Del("encrypt_type")
		p.query.Del("msg_signature")
	}},
	{"plaintext body, mode kept", RefusedMode, 403, func(p *post) { p.body = p.plain }},
	{"mode dropped, body sealed", RefusedMode, 403, func(p *post) { p.seal().query.Del("encrypt_type") }},
	{"mode raw", RefusedMode, 403, func(p *post) { p.seal().query.Set("encrypt_type", "raw") }},
	{"msg_signature missing", RefusedMode, 403, func(p *post) { p.seal().query.Del("msg_signature") }},
	{"msg_signature of zeros", RefusedSignature, 403, func(p *post) { p.msgSignature = strings.Repeat("0", 40) }},
	{"msg_signature too short", RefusedQuery, 403, func(p *post) { p.seal().query.Set("msg_signature", "abc") }},
	{"msg_signature upper case", RefusedQuery, 403, func(p *post) {
		p.seal().query.Set("msg_signature", strings.ToUpper(p.msgSignature))
	}},
	{"signature without the body", RefusedSignature, 403, func(p *post) {
		p.msgSignature = util.Signature(p.token, strconv.FormatInt(p.timestamp, 10), p.nonce)
	}},
	{"another token", RefusedSignature, 403, func(p *post) { p.token = "guess" }},
	{"plain signature wrong", RefusedSignature, 403, func(p *post) { p.seal().query.Set("signature", strings.Repeat("a", 40)) }},
	{"another app id", RefusedCipher, 403, func(p *post) { p.to = "wxfedcba9876543210" }},
	{"app id with a tail", RefusedCipher, 403, func(p *post) { p.to = testApp + "x" }},
	{"app id missing", RefusedCipher, 403, func(p *post) { p.to = "" }},
	{"unknown key", RefusedCipher, 403, func(p *post) { p.key = corpKey }},
	{"cipher changed after signing", RefusedSignature, 403, func(p *post) {
		p.seal().body = strings.Replace(p.body, p.sealed[40:48], "AAAAAAAA", 1)
	}},
	{"signed rubbish", RefusedCipher, 403, func(p *post) { p.sealed = base64.StdEncoding.EncodeToString(make([]byte, 96)) }},
	{"signed, not base64", RefusedCipher, 403, func(p *post) { p.sealed = "%%%%" }},
	{"stale by six minutes", RefusedStale, 403, func(p *post) { p.timestamp -= 360 }},
	{"six minutes ahead", RefusedStale, 403, func(p *post) { p.timestamp += 360 }},
	{"from 2015", RefusedStale, 403, func(p *post) { p.timestamp = 1420070400 }},
	{"timestamp of eleven digits", RefusedQuery, 403, func(p *post) { p.timestamp *= 10 }},
	{"timestamp and nonce shifted", RefusedQuery, 403, func(p *post) {
		p.seal().query.Set("timestamp", strconv.FormatInt(p.timestamp, 10)+p.nonce[:1])
		p.query.Set("nonce", p.nonce[1:])
	}},
	{"timestamp missing", RefusedQuery, 403, func(p *post) { p.seal().query.Del("timestamp") }},
	{"timestamp twice", RefusedQuery, 403, func(p *post) { p.seal().query.Add("timestamp", "1793500001") }},
	{"nonce missing", RefusedQuery, 403, func(p *post) { p.seal().query.Del("nonce") }},
	{"nonce with punctuation", RefusedQuery, 403, func(p *post) { p.nonce = "1-2" }},
	{"nonce too long", RefusedQuery, 403, func(p *post) { p.nonce = strings.Repeat("9", 33) }},
	{"openid of another doctor", RefusedIdentity, 403, func(p *post) { p.openid = "oVictim" }},
	{"openid twice", RefusedQuery, 403, func(p *post) { p.seal().query.Add("openid", "oVictim") }},
	{"another account", RefusedIdentity, 403, func(p *post) { p.plain = strings.Replace(p.plain, testOriginal, "gh_other", 1) }},
	{"no sender", RefusedIdentity, 403, func(p *post) { p.plain = strings.Replace(p.plain, testOpenID, "", 1) }},
	{"sender with markup", RefusedIdentity, 403, func(p *post) { p.plain = strings.Replace(p.plain, testOpenID, "o<b>x", 1) }},
	{"two Encrypt elements", RefusedMode, 403, func(p *post) {
		p.body = "<xml><Encrypt>" + p.seal().sealed + "</Encrypt><Encrypt>" + p.sealed + "</Encrypt></xml>"
	}},
	{"DOCTYPE outside", RefusedMode, 403, func(p *post) { p.seal().body = "<!DOCTYPE x>" + p.body }},
	{"declaration outside", RefusedMode, 403, func(p *post) { p.seal().body = `<?xml version="1.0"?>` + p.body }},
	{"DOCTYPE inside", RefusedShape, 403, func(p *post) { p.plain = `<!DOCTYPE x [<!ENTITY a "b">]>` + p.plain }},
	{"instruction inside", RefusedShape, 403, func(p *post) { p.plain = strings.Replace(p.plain, "<MsgId>", "<?php?><MsgId>", 1) }},
	{"empty message", RefusedShape, 403, func(p *post) { p.plain = "" }},
	{"not XML", RefusedShape, 403, func(p *post) { p.plain = "hello" }},
	{"text after the end", RefusedShape, 403, func(p *post) { p.plain += "x" }},
	{"nested too deep", RefusedShape, 403, func(p *post) {
		p.plain = plainXML("event", strings.Repeat("<a>", 40)+strings.Repeat("</a>", 40))
	}},
	{"too many fields", RefusedShape, 403, func(p *post) { p.plain = plainXML("event", strings.Repeat("<a>1</a>", 300)) }},
	{"empty body", RefusedMode, 403, func(p *post) { p.body = " " }},
	{"body of 65 KiB", RefusedSize, 413, func(p *post) { p.body = "<xml>" + strings.Repeat(" ", 65<<10) + "</xml>" }},
	{"echo by POST", RefusedMode, 403, func(p *post) {
		p.seal().body = "x"
		p.query.Set("echostr", "123")
	}},
}

func TestForgeries(t *testing.T) {
	for _, f := range forgeries {
		t.Run(f.name, func(t *testing.T) {
			e, c := &ear{}, &tally{}
			p := newPost(textXML("您好"))
			f.forge(p)
			res := serve(testHook(e, c), p.request())
			if got := bodyOf(res); res.StatusCode != f.status || got != "" {
				t.Errorf("answered %d %q, want %d and nothing", res.StatusCode, got, f.status)
			}
			if len(e.heard) != 0 {
				t.Errorf("delivered: %+v", e.heard)
			}
			if c.of(f.want) != 1 {
				t.Errorf("counted as %v, want %s", c.n, f.want)
			}
		})
	}
}

// TestReplay: the same address with another body is refused although it is well signed.
func TestReplay(t *testing.T) {
	e, c := &ear{}, &tally{}
	h := testHook(e, c)
	first, second := newPost(textXML("一")), newPost(textXML("二"))
	second.nonce = first.nonce
	serve(h, first.request())
	res := serve(h, second.request())
	if got := bodyOf(res); res.StatusCode != http.StatusForbidden || got != "" || c.of(RefusedReplay) != 1 {
		t.Errorf("%d %q %v", res.StatusCode, got, c.n)
	}
	if len(e.heard) != 1 {
		t.Errorf("delivered %d, want 1", len(e.heard))
	}
}

// TestMixedModeTakesOnlyTheCipher: plaintext beside the cipher is not signed and changes nothing.
func TestMixedModeTakesOnlyTheCipher(t *testing.T) {
	e := &ear{}
	p := newPost(textXML("真的")).seal()
	p.body = "<xml><FromUserName><![CDATA[oVictim]]></FromUserName><Content><![CDATA[假的]]></Content><Encrypt><![CDATA[" + p.sealed + "]]></Encrypt></xml>"
	serve(testHook(e, &tally{}), p.request())
	if len(e.heard) != 1 || e.heard[0].OpenID != testOpenID || e.heard[0].Text != "真的" {
		t.Errorf("heard %+v", e.heard)
	}
}

// TestChunkedBodyIsBounded: without a length the reader itself stops.
func TestChunkedBodyIsBounded(t *testing.T) {
	c := &tally{}
	p := newPost(textXML("hi"))
	p.body = strings.Repeat("x", 1<<20)
	r := p.request()
	r.ContentLength = -1
	if res := serve(testHook(&ear{}, c), r); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", res.StatusCode)
	}
}

// FuzzWebhook posts arbitrary queries and bodies: nothing may panic, and nothing unsigned may reach the receiver.
func FuzzWebhook(f *testing.F) {
	for _, g := range forgeries {
		p := newPost(textXML("您好"))
		g.forge(p)
		p.seal()
		f.Add(p.query.Encode(), p.body)
	}
	f.Fuzz(func(t *testing.T, rawQuery, body string) {
		e, c := &ear{}, &tally{}
		u := &url.URL{Path: "/", RawQuery: rawQuery}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL = u
		res := serve(testHook(e, c), r)
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
