package wechat

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
)

var update = flag.Bool("update", false, "write golden files")

// foreignEnvelope is one row of the files that are exchanged with the foreign implementation.
type foreignEnvelope struct {
	Name      string `json:"name"`
	Token     string `json:"token"`
	Receiver  string `json:"receiver"`
	Key       string `json:"key"`
	Timestamp string `json:"timestamp"`
	Nonce     string `json:"nonce"`
	Random    string `json:"random,omitempty"`
	Plain     string `json:"plain,omitempty"`
	Encrypt   string `json:"encrypt"`
	Signature string `json:"signature"`
}

func readJSONFile[T any](t *testing.T, name string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(must(os.ReadFile(name)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestReadsForeignEnvelopes(t *testing.T) {
	rows := readJSONFile[[]foreignEnvelope](t, "testdata/foreign.json")
	if len(rows) < 39 {
		t.Fatalf("%d envelopes, want at least 39", len(rows))
	}
	for _, e := range rows {
		t.Run(e.Name, func(t *testing.T) {
			c := must(newCodec(e.Receiver, e.Token, e.Key, ""))
			if !c.signed(e.Signature, e.Timestamp, e.Nonce, []byte(e.Encrypt)) {
				t.Error("signature does not fit")
			}
			plain, key, err := c.open([]byte(e.Encrypt))
			if err != nil || string(plain) != e.Plain {
				t.Fatalf("open = %q, %v, want %q", plain, err, e.Plain)
			}
			if got := string(c.wrap(nil, plain, key, must(hex.DecodeString(e.Random)))); got != e.Encrypt {
				t.Errorf("sealed again it differs:\n%s\n%s", got, e.Encrypt)
			}
		})
	}
}

// TestOracleReadsOurs compares what the foreign implementation read out of our envelopes with what was sealed.
func TestOracleReadsOurs(t *testing.T) {
	replies := []string{"您好", "a]]>b & <c>", "👩🏻‍⚕️ 剂量 5㎎", strings.Repeat("学", 600), "x"}
	if *update {
		writeOurs(t, replies)
	}
	rows := readJSONFile[[]foreignEnvelope](t, "testdata/ours.json")
	read := readJSONFile[[]struct {
		Name, Message, ID string
		Signed            bool
	}](t, "testdata/ours_read.json")
	if len(rows) != len(replies) || len(read) != len(replies) {
		t.Fatalf("%d sealed, %d read, want %d", len(rows), len(read), len(replies))
	}
	for i, r := range read {
		want := string(RenderText(testOriginal, testOpenID, replies[i], testNow))
		if r.Message != want || r.ID != testApp || !r.Signed {
			t.Errorf("%s: the oracle read %q for %q, signed %t", r.Name, r.Message, r.ID, r.Signed)
		}
		plain, _, err := must(newCodec(testApp, testToken, testKey, "")).open([]byte(rows[i].Encrypt))
		if err != nil || string(plain) != want {
			t.Errorf("%s: we read %q, %v", r.Name, plain, err)
		}
	}
}

func writeOurs(t *testing.T, replies []string) {
	t.Helper()
	c := must(newCodec(testApp, testToken, testKey, ""))
	var rows []foreignEnvelope
	for _, text := range replies {
		sealed := c.seal(nil, RenderText(testOriginal, testOpenID, text, testNow), c.keys[0], testNow)
		var e struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
		if err := xml.Unmarshal(sealed, &e); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, foreignEnvelope{Name: cut(text, 24), Token: testToken, Receiver: testApp, Key: testKey,
			Timestamp: e.TimeStamp, Nonce: e.Nonce, Encrypt: e.Encrypt, Signature: e.MsgSignature})
	}
	out := must(json.MarshalIndent(rows, "", " "))
	if err := os.WriteFile("testdata/ours.json", append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRendersLikeTheSDK: whatever the words, the reply is what the SDK's types make of them, byte for byte.
func TestRendersLikeTheSDK(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 10))
	for range *variants {
		text := words(r) + "x"
		theirs := message.NewText(text)
		theirs.CommonToken = message.CommonToken{ToUserName: testOpenID, FromUserName: testOriginal, CreateTime: testNow.Unix(), MsgType: message.MsgTypeText}
		if got, want := string(RenderText(testOriginal, testOpenID, text, testNow)), string(must(xml.Marshal(theirs))); got != want {
			t.Fatalf("%q:\n%s\n%s", text, got, want)
		}
	}
}

// TestAgreesWithSDK seals and opens every length around the block border both ways with the SDK's util.
func TestAgreesWithSDK(t *testing.T) {
	c := must(newCodec(testApp, testToken, testKey, ""))
	for n := range 130 {
		plain := bytes.Repeat([]byte("医"), n)[:n]
		sealed := c.wrap(nil, plain, c.keys[0], []byte("fedcba9876543210"))
		_, got, err := util.DecryptMsg(testApp, string(sealed), testKey)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("the SDK opens %d bytes as %q, %v", n, got, err)
		}
		theirs := must(util.EncryptMsg([]byte("fedcba9876543210"), plain, testApp, testKey))
		back, _, err := c.open(theirs)
		if err != nil || !bytes.Equal(back, plain) {
			t.Fatalf("we open %d bytes as %q, %v", n, back, err)
		}
	}
}

func TestOpenRefusesEveryChange(t *testing.T) {
	c := must(newCodec(testApp, testToken, testKey, ""))
	good := must(base64.StdEncoding.DecodeString(string(c.wrap(nil, []byte("hello"), c.keys[0], []byte("0123456789abcdef")))))
	// Changes in the last block, the length or the receiver must be found; the random bytes carry nothing, and what
	// stands in the message is the signature's matter.
	for i := len(good) - 16; i < len(good); i++ {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if plain, _, err := c.open(base64.StdEncoding.AppendEncode(nil, bad)); !errors.Is(err, errSealed) {
			t.Errorf("byte %d changed: %q, %v", i, plain, err)
		}
	}
	for _, text := range []string{"", "AAAA", "!!!!", base64.StdEncoding.EncodeToString(good[:33]), base64.StdEncoding.EncodeToString(good[:32])} {
		if _, _, err := c.open([]byte(text)); !errors.Is(err, errSealed) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPaddingIsCheckedWhole makes an envelope whose last byte is right and whose other padding is not: the SDK takes it.
func TestPaddingIsCheckedWhole(t *testing.T) {
	c := must(newCodec(testApp, testToken, testKey, ""))
	buf := append([]byte("0123456789abcdef\x00\x00\x00\x02hi"), testApp...)
	pad := padBlock - len(buf)%padBlock
	buf = append(buf, bytes.Repeat([]byte{7}, pad-1)...)
	buf = append(buf, byte(pad))
	if _, ok := c.unwrap(bytes.Clone(buf)); ok {
		t.Error("padding of mixed bytes accepted")
	}
	for i := len(buf) - pad; i < len(buf); i++ {
		buf[i] = byte(pad)
	}
	if plain, ok := c.unwrap(buf); !ok || string(plain) != "hi" {
		t.Errorf("right padding refused: %q", plain)
	}
}

func TestKeyRotation(t *testing.T) {
	c := must(newCodec(testApp, testToken, testKey, oldKey))
	for i, encoded := range []string{testKey, oldKey} {
		sealed := must(util.EncryptMsg([]byte("0123456789abcdef"), []byte("hi"), testApp, encoded))
		plain, key, err := c.open(sealed)
		if err != nil || string(plain) != "hi" || key != c.keys[i] {
			t.Errorf("key %d: %q, %v", i, plain, err)
		}
	}
	other := must(util.EncryptMsg([]byte("0123456789abcdef"), []byte("hi"), testApp, corpKey))
	if _, _, err := c.open(other); !errors.Is(err, errSealed) {
		t.Errorf("a third key opens: %v", err)
	}
}

func TestCodecRefusesKeys(t *testing.T) {
	for _, key := range []string{"", "short", strings.Repeat("!", 43), testKey + "="} {
		_, err := newCodec(testApp, testToken, key, "")
		if !errors.Is(err, errKey) {
			t.Errorf("key %q: %v", key, err)
		}
		if key != "" && strings.Contains(err.Error(), key) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestSealNeverAgrees(t *testing.T) {
	c := must(newCodec(testApp, testToken, testKey, ""))
	a := c.seal(nil, []byte("hi"), c.keys[0], testNow)
	b := c.seal(nil, []byte("hi"), c.keys[0], testNow)
	if diff := cmp.Diff(string(a), string(b)); diff == "" {
		t.Error("two envelopes are equal")
	}
}

// TestAfter2038 opens a callback with a time beyond 32 bits.
func TestAfter2038(t *testing.T) {
	q := must(readQuery("timestamp=2147483699&nonce=1"))
	if !q.fresh(time.Unix(2147483700, 0)) {
		t.Error("a fresh timestamp after 2038 is stale")
	}
	if got := sentAt("4102444800", testNow); got.Unix() != 4102444800 {
		t.Errorf("sentAt = %v", got)
	}
}
