package sim

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// forgeKinds are the hostile requests that the simulator can make. None of
// them may be believed: whoever sends them is not the platform, but for
// oversize and stale, which are signed properly and still not acceptable.
var forgeKinds = []string{
	"no_signature",    // the query lacks the signatures
	"bad_signature",   // one hex digit of them differs
	"other_token",     // signed with another token
	"wrong_key",       // sealed with another key, signed properly
	"other_app",       // sealed for another receiver, signed properly
	"swapped_cipher",  // the signature belongs to another cipher
	"stale",           // signed properly two hours ago
	"future",          // signed properly in two hours
	"replay",          // the newest callback of the user once more, byte for byte
	"replay_new_body", // the signed address of the newest callback with another body
	"openid_mismatch", // the address names another user than the message
	"downgrade",       // plain text, with the signature of plain mode
	"echo_post",       // a POST that asks for the echo
	"empty",           // no body
	"garbage",         // neither XML nor JSON
	"truncated",       // half of the cipher
	"oversize",        // two megabytes of text
}

const (
	oversized  = 2 << 20 // bytes
	keepPast   = 4       // callbacks of a user kept for replays
	staleBy    = 2 * time.Hour
	forgedText = "forged"
)

// forgeResult is what a hostile request was answered.
type forgeResult struct {
	Kind   string `json:"kind"`
	Status int    `json:"status"`
	Reply  string `json:"reply"`
	Error  string `json:"error,omitempty"`
}

// sealedOnly are the kinds that would be honest messages in plain mode.
var sealedOnly = []string{"wrong_key", "other_app", "swapped_cipher", "downgrade"}

// forge posts one hostile request in a doctor's name. ErrUnknown: nothing to
// replay. ErrConflict: the kind needs a mode that seals.
func (p *Platform) forge(ctx context.Context, id, kind, text string) (forgeResult, error) {
	if !slices.Contains(forgeKinds, kind) {
		return forgeResult{}, fmt.Errorf("%w: kind must be one of %s", ErrRefused, strings.Join(forgeKinds, ", "))
	}
	c := p.wechatPeer()
	if c.mode == ModePlain && slices.Contains(sealedOnly, kind) {
		return forgeResult{}, fmt.Errorf("%w: in plain mode that would be an honest message", ErrConflict)
	}
	p.mu.Lock()
	u, err := p.userOf(id)
	if err != nil {
		p.mu.Unlock()
		return forgeResult{}, err
	}
	if text == "" {
		text = forgedText
	}
	if kind == "oversize" {
		text = strings.Repeat("a", oversized)
	}
	a := act{msgType: "text", parts: []part{txt("Content", text)}}
	letter := parcel{plain: p.plain(u, a, nil), to: p.opts.OriginalID, openid: u.OpenID}
	past := slices.Clone(u.past)
	p.mu.Unlock()
	if strings.HasPrefix(kind, "replay") && len(past) == 0 {
		return forgeResult{}, fmt.Errorf("%w: nothing was delivered for this user yet", ErrUnknown)
	}
	sent := c.forged(kind, letter, past, p.stamp().Unix())
	p.count.add(&p.count.Forged)
	ctx, cancel := context.WithTimeout(ctx, p.opts.ReplyTimeout)
	defer cancel()
	o := roundTrip(ctx, p.client, sent, twist{})
	res := forgeResult{Kind: kind, Status: o.status, Reply: o.raw}
	if o.err != nil {
		res.Error = o.err.Error()
	}
	if o.status >= 200 && o.status < 300 {
		p.count.add(&p.count.ForgedAnswered)
	}
	return res, nil
}

// forged makes the hostile request; now is in seconds, and past holds the callbacks that a replay may take.
func (c peer) forged(kind string, letter parcel, past []posting, now int64) posting {
	switch kind {
	case "other_token":
		c.token += "x"
	case "wrong_key":
		c.envelope = c.otherKey()
	case "other_app":
		c.receiver += "x"
	case "stale":
		now -= int64(staleBy / time.Second)
	case "future":
		now += int64(staleBy / time.Second)
	case "openid_mismatch":
		letter.openid = "o" + digest("another", letter.openid)[:27]
	case "replay":
		return past[len(past)-1]
	}
	sent := c.posting(letter, now)
	q, err := url.ParseQuery(sent.query)
	if err != nil {
		return sent // cannot happen: the query was just encoded
	}
	switch kind {
	case "no_signature":
		q.Del("signature")
		q.Del("msg_signature")
	case "bad_signature":
		for _, name := range []string{"signature", "msg_signature"} {
			if s := q.Get(name); s != "" {
				q.Set(name, flip(s))
			}
		}
	case "replay_new_body":
		return posting{url: past[len(past)-1].url, query: past[len(past)-1].query, kind: sent.kind, body: sent.body}
	case "swapped_cipher":
		sent.body = c.posting(letter, now).body
	case "downgrade":
		q.Del("encrypt_type")
		q.Del("msg_signature")
		sent.body = letter.plain
	case "echo_post":
		q.Set("echostr", strconv.FormatInt(now, 10))
	case "empty":
		sent.body = nil
	case "garbage":
		sent.body = bytes.Repeat([]byte("garbage "), 32)
	case "truncated":
		sent.body = bytes.Replace(sent.body, sent.body[len(sent.body)/2:len(sent.body)*3/4], nil, 1)
	}
	sent.query = q.Encode()
	sent.url = withQuery(c.url, sent.query)
	return sent
}

// flip changes the first hex digit.
func flip(s string) string {
	if s[0] == '0' {
		return "1" + s[1:]
	}
	return "0" + s[1:]
}

// otherKey is the same envelope with another key.
func (e envelope) otherKey() envelope {
	key := strings.NewReplacer("-", "a", "_", "b").Replace(digest("another key", e.receiver)[:43])
	other, err := newEnvelope(e.token, key, e.receiver)
	if err != nil {
		return e // cannot happen: 43 base64 characters are a key
	}
	return other
}

func (p *Platform) postForge(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	}
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	res, err := p.forge(r.Context(), r.PathValue("id"), in.Kind, in.Text)
	reply(w, res, err)
}
