package wechat

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"testing"

	"github.com/silenceper/wechat/v2/util"
)

// mutants is how many changed cipher texts are posted. The full count is 1,000,000:
// go test ./bot/wechat -run Mutants -mutants 1000000 -timeout 30m
var mutants = flag.Int("mutants", 5000, "changed cipher texts")

// TestMutants: changed cipher texts get one and the same response, to the last header. Every second one is signed again, as somebody could who
// knows the token; the platform's cipher carries no other integrity, so of those a few still open. They say other words of the same doctor at most.
func TestMutants(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	classes, opened := map[string]int{}, 0
	e, c := &ear{}, &tally{}
	h := testHook(e, c)
	for n := range *mutants {
		p := newPost(textXML(words(r)))
		good := p.sealing()
		p.sealed = mutate(r, good)
		if n%2 == 0 {
			p.msgSignature = util.Signature(p.token, fmt.Sprint(p.timestamp), p.nonce, good)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, p.request())
		if len(e.heard) > 0 {
			if in := e.heard[0]; n%2 == 0 || in.OpenID != testOpenID {
				t.Fatalf("mutant %d delivered %+v", n, in)
			}
			e.heard, opened = nil, opened+1
			continue
		}
		classes[fmt.Sprint(w.Code, w.Header(), w.Body.String())]++
	}
	if len(classes) != 1 || classes["403 map[]"] == 0 {
		t.Errorf("responses %v", classes)
	}
	t.Logf("%d mutants, responses %v, outcomes %v, opened although changed (signed again): %d", *mutants, classes, c.n, opened)
}

// TestOpeningTakesOnePath: whichever check fails, unwrap says the same and has done them all.
func TestOpeningTakesOnePath(t *testing.T) {
	c := must(newCodec(testApp, testToken, testKey, oldKey))
	r := rand.New(rand.NewPCG(1, 8))
	for range 20_000 {
		buf := noise(r, padBlock*(1+r.IntN(6)))
		copy(buf[16:19], []byte{0, 0, 0})
		if pad := 1 + r.IntN(40); pad <= len(buf) {
			for i := range pad {
				buf[len(buf)-1-i] = byte(pad)
			}
		}
		if plain, ok := c.unwrap(buf); ok {
			t.Fatalf("noise opens as %q", plain)
		}
	}
	for _, short := range []string{"", "x", testApp} { // receivers longer than the text
		c.receiver = short + "0123456789012345678901234567890123456789"
		if _, ok := c.unwrap(make([]byte, padBlock)); ok {
			t.Error("zeros open")
		}
	}
}
