package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// fault is one thing that bots get wrong.
type fault string

const (
	unsigned   fault = "unsigned"   // looks at no signature
	ageless    fault = "ageless"    // takes messages of any age
	trusting   fault = "trusting"   // does not compare the sender with the address
	downgrade  fault = "downgrade"  // takes plain bodies in safe mode
	echoPost   fault = "echo_post"  // answers echostr on any method
	repeating  fault = "repeating"  // no de-duplication
	swallowing fault = "swallowing" // a repeated delivery gets success instead of the reply
	bySecond   fault = "by_second"  // recognises events by sender and second
	slow       fault = "slow"       // looks at pictures and listens to voices before it answers
	parroting  fault = "parroting"  // says everything back, however long
	bottomless fault = "bottomless" // reads bodies of any size
	oneByOne   fault = "one_by_one" // holds a lock while it reads
	strict     fault = "strict"     // reads XML into typed fields
	narrow     fault = "narrow"     // answers an error to what it has no use for
	bare       fault = "bare"       // replies in plain text in safe mode
	unswapped  fault = "unswapped"  // replies with the names as they came
)

// bad are the faults of the deliberately bad bot: all that leave it able to talk.
var bad = []fault{unsigned, ageless, trusting, downgrade, echoPost, repeating, slow, parroting, bottomless, oneByOne, strict, narrow}

const (
	mostBody = 64 << 10 // bytes
)

// bot says how many messages a doctor has sent. Without faults it passes every case.
type bot struct {
	keys    keys
	faults  []fault
	ponders time.Duration // of the slow one
	reading sync.Mutex

	mu    sync.Mutex
	heard map[string]int
	known map[string]*deed
}

// deed is what one message came to; others wait for done.
type deed struct {
	done  chan struct{}
	words string
}

func newBot(k keys, ponders time.Duration, faults ...fault) *bot {
	return &bot{keys: k, faults: faults, ponders: ponders, heard: map[string]int{}, known: map[string]*deed{}}
}

func (b *bot) is(f fault) bool { return slices.Contains(b.faults, f) }

func (b *bot) count(openID string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.heard[openID]
}

// ServeHTTP serves the callback at every path but /probe, which answers what took effect.
func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.URL.Path == "/probe" {
		fmt.Fprint(w, b.count(q.Get("openid")))
		return
	}
	if !b.is(ageless) && !fresh(q) || !b.is(unsigned) && !b.keys.admits(q) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if echo := q.Get("echostr"); r.Method == http.MethodGet || b.is(echoPost) && echo != "" {
		_, _ = io.WriteString(w, echo)
		return
	}
	body, err := b.body(w, r)
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	plain, err := b.opened(body, q.Get("timestamp"), q.Get("nonce"), q.Get("msg_signature"))
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	m, err := b.read(plain)
	if err != nil || !b.is(trusting) && m.from != q.Get("openid") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if b.is(narrow) && !slices.Contains([]string{"text", "image", "voice", "event"}, m.kind) {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	b.reply(w, m, b.answer(m, plain))
}

func (b *bot) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if b.is(oneByOne) {
		b.reading.Lock()
		defer b.reading.Unlock()
	}
	if b.is(bottomless) {
		return io.ReadAll(r.Body)
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
}

func (b *bot) opened(body []byte, stamp, nonce, signature string) ([]byte, error) {
	cipher := sealed(body)
	switch {
	case cipher == "" && b.is(downgrade):
		return body, nil
	case cipher == "", !b.is(unsigned) && signature != b.keys.sign(stamp, nonce, cipher):
		return nil, errShape
	}
	return b.keys.open(cipher)
}

func (b *bot) read(plain []byte) (said, error) {
	if b.is(strict) {
		return readStrictly(plain)
	}
	return read(plain)
}

// answer takes a message once, however often it comes.
func (b *bot) answer(m said, plain []byte) string {
	if b.is(slow) && (m.kind == "image" || m.kind == "voice") {
		<-time.After(b.ponders)
	}
	key := m.from + " " + m.msgID
	if m.msgID == "" {
		sum := sha256.Sum256(plain)
		key = m.from + " " + hex.EncodeToString(sum[:])
	}
	if m.kind == "event" && b.is(bySecond) {
		key = m.from + " " + element(string(plain), "CreateTime")
	}
	b.mu.Lock()
	d, again := b.known[key]
	if again && !b.is(repeating) {
		b.mu.Unlock()
		<-d.done
		if b.is(swallowing) {
			return ""
		}
		return d.words
	}
	b.heard[m.from]++
	d = &deed{done: make(chan struct{}), words: "message " + strconv.Itoa(b.heard[m.from])}
	b.known[key] = d
	b.mu.Unlock()
	defer close(d.done)
	if b.is(parroting) {
		d.words += ": " + m.content
	}
	return d.words
}

func (b *bot) reply(w http.ResponseWriter, m said, words string) {
	if words == "" {
		_, _ = io.WriteString(w, "success")
		return
	}
	to, from := m.from, m.to
	if b.is(unswapped) {
		to, from = from, to
	}
	var plain bytes.Buffer
	fmt.Fprintf(&plain, "<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content></xml>", to, from, time.Now().Unix(), words)
	if b.is(bare) {
		w.Write(plain.Bytes())
		return
	}
	_, _ = io.WriteString(w, b.keys.seal(plain.String()))
}
