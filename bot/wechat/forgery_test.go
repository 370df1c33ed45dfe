package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/util"
)

// variants is how many random variants of each forgery are posted. The full count is 10,000:
// go test ./bot/wechat -run Forgeries -variants 10000
var variants = flag.Int("variants", 200, "random variants of each kind of forgery")

// forgery is a kind of request that must be refused, made from a good one. want "" stands for any refusal.
type forgery struct {
	name  string
	want  Outcome
	forge func(r *rand.Rand, p *post)
}

// forgeries are those of somebody who knows less than the platform (signature, address, replay, mode), and those of somebody who knows the token
// but not the key, or has both but speaks for another account.
var forgeries = []forgery{
	{"plaintext body, mode dropped", RefusedMode, func(r *rand.Rand, p *post) {
		p.seal().body = p.plain
		p.query.Del("encrypt_type")
		p.query.Del("msg_signature")
	}},
	{"plaintext body, mode kept", RefusedMode, func(r *rand.Rand, p *post) { p.body = p.plain }},
	{"mode dropped, body sealed", RefusedMode, func(r *rand.Rand, p *post) { p.seal().query.Del("encrypt_type") }},
	{"another word for the mode", RefusedMode, func(r *rand.Rand, p *post) {
		p.seal().query.Set("encrypt_type", pick(r, "raw", "AES", "Aes", "aes ", "aes\x00", "aes,raw", "", "none", "plain"))
	}},
	{"msg_signature missing", RefusedMode, func(r *rand.Rand, p *post) { p.seal().query.Del("msg_signature") }},
	{"msg_signature guessed", RefusedSignature, func(r *rand.Rand, p *post) { p.msgSignature = hexes(r, 40) }},
	{"msg_signature misshapen", RefusedQuery, func(r *rand.Rand, p *post) {
		good := p.seal().msgSignature
		p.query.Set("msg_signature", pick(r, good[:r.IntN(39)+1], good+hexes(r, r.IntN(9)+1), "0x"+good[2:], " "+good, good+"\n", good[:39]+"G", "A"+good[1:]))
	}},
	{"msg_signature without the body", RefusedSignature, func(r *rand.Rand, p *post) { p.msgSignature = p.addressSignature() }},
	{"msg_signature of another body", RefusedSignature, func(r *rand.Rand, p *post) {
		other := newPost(textXML(words(r) + "!"))
		other.timestamp, other.nonce = p.timestamp, p.nonce
		p.msgSignature = other.seal().msgSignature
	}},
	{"msg_signature of another moment", RefusedSignature, func(r *rand.Rand, p *post) {
		then := strconv.FormatInt(p.timestamp-1-r.Int64N(600), 10)
		p.msgSignature = util.Signature(p.token, then, p.nonce, p.sealing())
	}},
	{"msg_signature of another nonce", RefusedSignature, func(r *rand.Rand, p *post) {
		p.msgSignature = util.Signature(p.token, strconv.FormatInt(p.timestamp, 10), p.nonce+"1", p.sealing())
	}},
	{"another token", RefusedSignature, func(r *rand.Rand, p *post) {
		p.token = pick(r, "", "guess", strings.ToUpper(testToken), testToken+" ", testToken[:r.IntN(len(testToken))], hexes(r, 32))
	}},
	{"signature of the address missing", RefusedSignature, func(r *rand.Rand, p *post) { p.seal().query.Del("signature") }},
	{"signature of the address guessed", RefusedSignature, func(r *rand.Rand, p *post) { p.seal().query.Set("signature", hexes(r, 40)) }},
	{"signature of another address", RefusedSignature, func(r *rand.Rand, p *post) {
		p.seal().query.Set("signature", util.Signature(p.token, strconv.FormatInt(p.timestamp, 10), p.nonce+hexes(r, 2)))
	}},
	{"our own reply sent back", "", func(r *rand.Rand, p *post) {
		p.plain = string(RenderText(testOriginal, testOpenID, words(r)+"?", testNow))
		p.seal().query.Del("signature") // a reply carries the other signature only
		p.query.Del("openid")
	}},
	{"our own reply with a whole address", RefusedIdentity, func(r *rand.Rand, p *post) {
		p.plain = string(RenderText(testOriginal, testOpenID, words(r)+"?", testNow))
		p.openid = testOriginal
	}},
	{"another app id", RefusedCipher, func(r *rand.Rand, p *post) {
		p.to = pick(r, "", "wx"+hexes(r, 16), testApp+hexes(r, r.IntN(40)+1), testApp[:r.IntN(len(testApp))], strings.ToUpper(testApp), "x"+testApp, testCorp)
	}},
	{"unknown key", RefusedCipher, func(r *rand.Rand, p *post) { p.key = key43(r) }},
	{"cipher changed after signing", "", func(r *rand.Rand, p *post) {
		p.seal().body = strings.Replace(p.body, p.sealed, mutate(r, p.sealed), 1)
	}},
	{"blocks swapped after signing", RefusedSignature, func(r *rand.Rand, p *post) {
		p.seal().body = strings.Replace(p.body, p.sealed, swapped(r, p.sealed), 1)
	}},
	{"signed rubbish", RefusedCipher, func(r *rand.Rand, p *post) {
		p.sealed = base64.StdEncoding.EncodeToString(noise(r, 32*(1+r.IntN(8))))
	}},
	{"signed, not base64", RefusedCipher, func(r *rand.Rand, p *post) {
		good := p.sealing()
		at := r.IntN(len(strings.TrimRight(good, "=")))
		p.sealed = good[:at] + pick(r, "%", "!", "=", ".", "\u3000", "é", "*") + good[at+1:]
	}},
	{"signed, base64 of another spelling", RefusedCipher, func(r *rand.Rand, p *post) { p.sealed = respelled(r, p.sealing()) }},
	{"signed, cut short", RefusedCipher, func(r *rand.Rand, p *post) {
		raw := must(base64.StdEncoding.DecodeString(p.sealing()))
		p.sealed = base64.StdEncoding.EncodeToString(raw[:len(raw)-1-r.IntN(len(raw)-1)])
	}},
	{"signed, made longer", RefusedCipher, func(r *rand.Rand, p *post) {
		raw := must(base64.StdEncoding.DecodeString(p.sealing()))
		p.sealed = base64.StdEncoding.EncodeToString(append(raw, noise(r, 1+r.IntN(128))...))
	}},
	{"wrong padding under our key", RefusedCipher, func(r *rand.Rand, p *post) {
		p.sealed = sealRaw(p.plain, uint32(len(p.plain)), func(pad []byte) {
			switch n := len(pad); {
			case n > 1 && r.IntN(2) == 0:
				pad[r.IntN(n-1)] ^= byte(1 + r.IntN(255))
			default:
				pad[n-1] = byte(pick(r, 0, n%32+1, 33+r.IntN(223)))
			}
		})
	}},
	{"wrong length under our key", RefusedCipher, func(r *rand.Rand, p *post) {
		n := uint32(len(p.plain))
		p.sealed = sealRaw(p.plain, pick(r, 0, n-1-r.Uint32N(n-1), n+1+r.Uint32N(64), 1<<31|n, ^uint32(0), r.Uint32()|1<<24), nil)
	}},
	{"stale", RefusedStale, func(r *rand.Rand, p *post) { p.timestamp -= 301 + r.Int64N(700_000_000) }},
	{"from the future", RefusedStale, func(r *rand.Rand, p *post) { p.timestamp += 301 + r.Int64N(8_000_000_000) }},
	{"timestamp misshapen", RefusedQuery, func(r *rand.Rand, p *post) {
		stamp := strconv.FormatInt(p.timestamp, 10)
		p.seal().query.Set("timestamp", pick(r, "", stamp+"0", stamp[:9], "+"+stamp[1:], "-"+stamp[1:], stamp+" ", "1e9", stamp[:9]+".", "0x6AE5A0E0", stamp[:9]+"٣"))
	}},
	{"timestamp and nonce shifted", RefusedQuery, func(r *rand.Rand, p *post) {
		n := 1 + r.IntN(len(p.nonce)-1)
		p.seal().query.Set("timestamp", strconv.FormatInt(p.timestamp, 10)+p.nonce[:n])
		p.query.Set("nonce", p.nonce[n:])
	}},
	{"nonce misshapen", RefusedQuery, func(r *rand.Rand, p *post) {
		p.nonce = pick(r, "", "1-2", "a b", "中", p.nonce+"\n", strings.Repeat("9", 33+r.IntN(60)), "<1>", "1;2")
	}},
	{"a parameter missing", "", func(r *rand.Rand, p *post) {
		p.seal().query.Del(pick(r, "timestamp", "nonce", "msg_signature", "encrypt_type", "signature"))
	}},
	{"a parameter twice", RefusedQuery, func(r *rand.Rand, p *post) {
		name := pick(r, "timestamp", "nonce", "msg_signature", "encrypt_type", "signature", "openid")
		p.seal().query.Add(name, pick(r, p.query.Get(name), "1793500001", "aes", "", "oVictim"))
	}},
	{"a parameter twice, once escaped", RefusedQuery, func(r *rand.Rand, p *post) {
		name := pick(r, "timestamp", "nonce", "msg_signature", "encrypt_type", "signature", "openid")
		at := r.IntN(len(name))
		p.seal().rawQuery = fmt.Sprintf("%s&%s%%%02x%s=%s", p.query.Encode(), name[:at], name[at], name[at+1:], p.query.Get(name))
	}},
	{"parameters in another case", "", func(r *rand.Rand, p *post) {
		name := pick(r, "timestamp", "nonce", "msg_signature", "encrypt_type", "signature")
		p.seal().query[pick(r, strings.ToUpper(name), strings.ToUpper(name[:1])+name[1:], " "+name, name+"[]", name+"\x00")] = p.query[name]
		p.query.Del(name)
	}},
	{"a broken query", RefusedQuery, func(r *rand.Rand, p *post) {
		p.seal().rawQuery = p.query.Encode() + pick(r, "&nonce%=1", "&openid=%zz", ";openid=oVictim", "&openid=o;x=1", "&timestamp=%")
	}},
	{"openid of another doctor", RefusedIdentity, func(r *rand.Rand, p *post) {
		p.openid = pick(r, "oVictim", testOpenID+"x", strings.ToLower(testOpenID), testOpenID[1:], "o"+hexes(r, 27))
	}},
	{"openid misshapen", RefusedQuery, func(r *rand.Rand, p *post) {
		p.openid = pick(r, "o<b>", testOpenID+" ", "医生", strings.Repeat("o", 65), testOpenID+"\x00", "o'or'1")
	}},
	{"to another account", RefusedIdentity, func(r *rand.Rand, p *post) {
		p.plain = strings.Replace(p.plain, testOriginal, pick(r, "", "gh_"+hexes(r, 12), testOriginal+"x", strings.ToUpper(testOriginal), "gh_<b>"), 1)
	}},
	{"no sender or one with markup", RefusedIdentity, func(r *rand.Rand, p *post) {
		p.plain = strings.Replace(p.plain, testOpenID, pick(r, "", "o<b>x", "o x", "医生", strings.Repeat("o", 65), "o\x00", "]]>"), 1)
	}},
	{"two cipher texts", RefusedMode, func(r *rand.Rand, p *post) {
		other := newPost(textXML(words(r))).sealing()
		p.body = pick(r,
			"<xml><Encrypt>"+p.sealing()+"</Encrypt><Encrypt>"+other+"</Encrypt></xml>",
			"<xml><Encrypt>"+other+"</Encrypt><Encrypt>"+p.sealing()+"</Encrypt></xml>",
			fmt.Sprintf(`{"Encrypt":%q,"Encrypt":%q}`, p.sealing(), other),
			fmt.Sprintf(`{"Encrypt":{},"Encrypt":%q}`, p.sealing()))
	}},
	{"wrapper of the other format", RefusedMode, func(r *rand.Rand, p *post) {
		sealed := p.sealing()
		inJSON, inXML := fmt.Sprintf(`{"ToUserName":%q,"Encrypt":%q}`, testOriginal, sealed), "<xml><Encrypt>"+sealed+"</Encrypt></xml>"
		p.body = pick(r, "<xml>"+inJSON+"</xml>", "["+inJSON+"]", inJSON+inXML, inXML+inJSON, fmt.Sprintf(`{"xml":%s}`, inJSON), strconv.Quote(inXML),
			"<xml><xml>"+"<Encrypt>"+sealed+"</Encrypt></xml></xml>", fmt.Sprintf(`<xml Encrypt=%q/>`, sealed), inJSON[:len(inJSON)-1], inXML[:len(inXML)-1],
			fmt.Sprintf(`{"Encrypt":[%q]}`, sealed), fmt.Sprintf(`{"encrypt":%q}`, sealed), sealed, "<XML><Encrypt>"+sealed+"</Encrypt></XML>", " ", "null", "{}", "[]")
	}},
	{"markup around the cipher text", RefusedMode, func(r *rand.Rand, p *post) {
		p.seal().body = pick(r, "<!DOCTYPE x>", `<?xml version="1.0"?>`, "<!-- x -->", `<!DOCTYPE x [<!ENTITY a "b">]>`, "x") + p.body
	}},
	{"markup that is no message inside", RefusedShape, func(r *rand.Rand, p *post) {
		p.plain = pick(r, "", "hello", p.plain+"x", "x"+p.plain, `<!DOCTYPE x [<!ENTITY a "b">]>`+p.plain, strings.Replace(p.plain, "<MsgId>", "<?php?><MsgId>", 1),
			strings.Replace(p.plain, "<MsgId>", "<!-- --><MsgId>", 1), "["+p.plain+"]", `{"FromUserName":`, "<xml>", p.plain[:len(p.plain)-3])
	}},
	{"nested too deep or too many", RefusedShape, func(r *rand.Rand, p *post) {
		n := maxFields + 1 + r.IntN(100)
		p.plain = pick(r, plainXML("event", strings.Repeat("<a>", n)+strings.Repeat("</a>", n)), plainXML("event", strings.Repeat("<a>1</a>", n)),
			`{"FromUserName":"o","a":`+strings.Repeat("[", n)+strings.Repeat("]", n)+"}", "{"+strings.Repeat(`"a":1,`, n)+`"b":2}`)
	}},
	{"a body over 64 KiB", RefusedSize, func(r *rand.Rand, p *post) {
		p.seal().body = strings.Replace(p.body, "<xml>", "<xml>"+strings.Repeat(" ", maxBody), 1)
	}},
	{"echo by POST", RefusedMode, func(r *rand.Rand, p *post) {
		p.seal().body = pick(r, "x", " ", hexes(r, 10), p.plain)
		p.query.Set("echostr", hexes(r, 19))
	}},
	{"GET with a body", RefusedQuery, func(r *rand.Rand, p *post) { p.seal().method = http.MethodGet }},
	{"GET with a body and an echo of no signature", RefusedSignature, func(r *rand.Rand, p *post) {
		p.seal().method = http.MethodGet
		p.query.Set("echostr", hexes(r, 19))
		p.query.Set("signature", pick(r, hexes(r, 40), p.msgSignature))
	}},
	{"another method", RefusedMethod, func(r *rand.Rand, p *post) {
		p.seal().method = pick(r, http.MethodPut, http.MethodHead, http.MethodDelete, http.MethodPatch, http.MethodOptions, "post", "POSTS")
	}},
}

func TestForgeries(t *testing.T) {
	if len(forgeries) < 20 {
		t.Fatalf("%d kinds", len(forgeries))
	}
	posted := 0
	for i, f := range forgeries {
		t.Run(f.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(i), 4))
			e, c := &ear{}, &tally{}
			h := testHook(e, c)
			for n := range *variants {
				p := newPost(textXML(words(r)))
				f.forge(r, p)
				res := serve(h, p.request())
				want := map[Outcome]int{RefusedSize: http.StatusRequestEntityTooLarge, RefusedMethod: http.StatusMethodNotAllowed}[f.want]
				if want == 0 {
					want = http.StatusForbidden
				}
				if got := bodyOf(res); res.StatusCode != want || got != "" {
					t.Fatalf("variant %d answered %d %q, want %d and nothing\n%s %s\n%.300q\n%.300q", n, res.StatusCode, got, want, p.method, p.rawQuery, p.body, p.plain)
				}
				if f.want != "" && c.of(f.want) != n+1 {
					t.Fatalf("variant %d counted as %v, want %s\n%s\n%.300q\n%.300q", n, c.n, f.want, p.rawQuery, p.body, p.plain)
				}
			}
			if len(e.heard) != 0 {
				t.Errorf("delivered: %+v", e.heard)
			}
			for o := range c.n {
				if !strings.HasPrefix(string(o), "refused") {
					t.Errorf("outcomes %v", c.n)
				}
			}
			posted += *variants
		})
	}
	t.Logf("%d kinds, %d requests, none accepted", len(forgeries), posted)
}

// addressSignature is what the platform signs the address with.
func (p *post) addressSignature() string {
	return util.Signature(p.token, strconv.FormatInt(p.timestamp, 10), p.nonce)
}

// sealing seals the message and says what it became.
func (p *post) sealing() string {
	if p.sealed == "" {
		p.sealed = string(must(util.EncryptMsg([]byte("0123456789abcdef"), []byte(p.plain), p.to, p.key)))
	}
	return p.sealed
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func hexes(r *rand.Rand, n int) string { return fmt.Sprintf("%x", noise(r, n/2+1))[:n] }

func key43(r *rand.Rand) string {
	return base64.StdEncoding.EncodeToString(noise(r, 32))[:43]
}

// words are what a doctor may type.
func words(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(30) {
		b.WriteString(pick(r, "您好", "患者", "A", "x1", " ", "\n", "👩🏻‍⚕️", "]]", "]]>", "<b>", "&amp;", "𠮷", "?", "\t", "每周", "3"))
	}
	return b.String()
}

// mutate changes a cipher text in one of the ways in which one can be changed.
func mutate(r *rand.Rand, sealed string) string {
	raw := must(base64.StdEncoding.DecodeString(sealed))
	for {
		b := bytes.Clone(raw)
		switch r.IntN(8) {
		case 0:
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		case 1:
			for range 1 + r.IntN(8) {
				b[r.IntN(len(b))] = byte(r.Uint32())
			}
		case 2:
			b = b[:1+r.IntN(len(b)-1)]
		case 3:
			b = append(b, noise(r, 1+r.IntN(64))...)
		case 4:
			return swapped(r, sealed)
		case 5:
			at := 16 * r.IntN(len(b)/16)
			b = append(b[:at:at], raw[max(at-16, 0):]...)
		case 6:
			at := 16 * r.IntN(len(b)/16)
			copy(b[at:], noise(r, 16))
		default:
			return respelled(r, sealed)
		}
		if out := base64.StdEncoding.EncodeToString(b); out != sealed {
			return out
		}
	}
}

// swapped changes the places of two blocks of a cipher text.
func swapped(r *rand.Rand, sealed string) string {
	raw := must(base64.StdEncoding.DecodeString(sealed))
	n := len(raw) / aes.BlockSize
	i := r.IntN(n)
	j := (i + 1 + r.IntN(n-1)) % n
	a, b := raw[i*16:i*16+16], raw[j*16:j*16+16]
	for k := range a {
		a[k], b[k] = b[k], a[k]
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// respelled writes the same bytes in another base64 than the platform does.
func respelled(r *rand.Rand, sealed string) string {
	at := 1 + r.IntN(len(sealed)-1)
	for {
		out := pick(r, base64.RawStdEncoding.EncodeToString(must(base64.StdEncoding.DecodeString(sealed))), strings.NewReplacer("+", "-", "/", "_").Replace(sealed),
			sealed[:at]+"\n"+sealed[at:], sealed[:at]+"\r\n"+sealed[at:], sealed[:at]+" "+sealed[at:], sealed+"\n", sealed+"=", sealed+"====", trailing(sealed))
		if out != sealed {
			return out
		}
	}
}

// trailing sets bits of the last letter that stand for nothing, if there are any.
func trailing(sealed string) string {
	bare := strings.TrimRight(sealed, "=")
	if len(bare) == len(sealed) {
		return sealed
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	i := strings.IndexByte(letters, bare[len(bare)-1])
	return bare[:len(bare)-1] + string(letters[i|1]) + sealed[len(bare):]
}

// sealRaw seals under our key with any length and padding.
func sealRaw(plain string, length uint32, spoil func(pad []byte)) string {
	key := must(newSealKey(testKey))
	buf := binary.BigEndian.AppendUint32([]byte("0123456789abcdef"), length)
	buf = append(append(buf, plain...), testApp...)
	n := padBlock - len(buf)%padBlock
	buf = append(buf, bytes.Repeat([]byte{byte(n)}, n)...)
	if spoil != nil {
		spoil(buf[len(buf)-n:])
	}
	cipher.NewCBCEncrypter(key.block, key.raw[:16]).CryptBlocks(buf, buf)
	return base64.StdEncoding.EncodeToString(buf)
}
