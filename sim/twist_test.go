package sim

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func (r *rig) trouble(body object) {
	r.Helper()
	r.call(200, "POST", "/_sim/deliveries", body, nil)
}

func contents(list []inbound) string {
	var out []string
	for _, m := range list {
		out = append(out, m.Content)
	}
	return strings.Join(out, " ")
}

func TestDroppedAndLostDeliveriesAreRepeated(t *testing.T) {
	r := newRig(t)
	r.trouble(object{"kind": "drop", "user": "d"})
	if got := r.act("d", "say", object{"text": "一"}); got.Replies[0] != "您说：一" || len(r.bot.messages()) != 1 {
		t.Errorf("drop: %+v, %d arrived", got, len(r.bot.messages()))
	}
	r.trouble(object{"kind": "lose_reply", "attempts": 2})
	if got := r.act("d", "say", object{"text": "二"}); got.Replies[0] != "您说：二" || len(r.bot.messages()) != 4 {
		t.Errorf("lost replies: %+v, %d arrived", got, len(r.bot.messages()))
	}
	r.trouble(object{"kind": "drop", "attempts": 3})
	if got := r.act("d", "say", object{"text": "三"}); got.Notice == "" || len(r.bot.messages()) != 4 {
		t.Errorf("all dropped: %+v", got)
	}
	if v := r.p.count.view(); v.Dropped != 6 || v.Retries != 5 || v.Notices != 1 {
		t.Errorf("counted %+v", v.tally)
	}
	if got := r.act("d", "say", object{"text": "四"}); got.Replies[0] != "您说：四" || contents(r.bot.messages()) != "一 二 二 二 四" {
		t.Errorf("after the plan: %+v, %s", got, contents(r.bot.messages()))
	}
}

func TestDuplicateAndOverlap(t *testing.T) {
	r := newRig(t)
	r.trouble(object{"kind": "duplicate"})
	got := r.act("d", "say", object{"text": "一"})
	seen := r.bot.messages()
	if len(seen) != 2 || seen[0].MsgId != seen[1].MsgId || seen[0].query.Get("nonce") == seen[1].query.Get("nonce") {
		t.Errorf("duplicate: %d deliveries", len(seen))
	}
	if len(got.Replies) != 1 || len(got.Attempts) != 2 {
		t.Errorf("duplicate: %+v", got)
	}
	both := sync.WaitGroup{}
	both.Add(2)
	r.bot.set(func(m inbound) (int, string) {
		both.Done()
		both.Wait() // both are in flight at once
		return echoText(m)
	}, nil)
	r.trouble(object{"kind": "overlap", "delay": "5ms"})
	if got := r.act("d", "say", object{"text": "二"}); len(got.Replies) != 1 || len(got.Attempts) != 2 || contents(r.bot.messages()) != "一 一 二 二" {
		t.Errorf("overlap: %+v", got)
	}
}

func TestReorderAndParallel(t *testing.T) {
	r := newRig(t)
	r.trouble(object{"kind": "reorder", "delay": "10s"})
	first, second := make(chan actResult, 1), make(chan actResult, 1)
	go func() { first <- r.act("d", "say", object{"text": "先"}) }()
	eventually(t, "the first waits", func() bool {
		r.p.mu.Lock()
		defer r.p.mu.Unlock()
		u := r.p.state.Users["d"]
		return u != nil && u.busy && len(u.queue) == 1 && u.queue[0].held
	})
	go func() { second <- r.act("d", "say", object{"text": "后"}) }()
	<-first
	<-second
	if got := contents(r.bot.messages()); got != "后 先" {
		t.Errorf("arrived: %s", got)
	}
	r.trouble(object{"kind": "reorder", "delay": "1ms"})
	if got := r.act("d", "say", object{"text": "独"}); got.Replies[0] != "您说：独" {
		t.Errorf("nobody overtakes: %+v", got)
	}
	r.trouble(object{"kind": "parallel", "times": 2})
	both := sync.WaitGroup{}
	both.Add(2)
	r.bot.set(func(m inbound) (int, string) {
		both.Done()
		both.Wait() // neither is answered before both are in
		return echoText(m)
	}, nil)
	go func() { first <- r.act("d", "say", object{"text": "左"}) }()
	go func() { second <- r.act("d", "say", object{"text": "右"}) }()
	if a, b := <-first, <-second; a.Notice != "" || b.Notice != "" {
		t.Errorf("parallel: %+v and %+v", a, b)
	}
}

// The trouble on the wire itself, seen by a server that looks at the connection.
func TestSlowHalfClosedAndCutBodies(t *testing.T) {
	r := newRig(t)
	var whole, broken atomic.Int32
	var left atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, err := io.ReadAll(req.Body)
		if err != nil || int64(len(raw)) != req.ContentLength {
			broken.Add(1)
			return
		}
		whole.Add(1)
		if req.Header.Get("Connection") == "" && left.Load() {
			<-req.Context().Done() // a half-closed connection looks like a caller who left
		}
		io.WriteString(w, "success")
	}))
	t.Cleanup(server.Close)
	r.p.SetCallbacks(server.URL, "")
	r.trouble(object{"kind": "slow", "delay": "40ms"})
	r.act("d", "say", object{"text": "慢"})
	var out struct{ Exchanges []Exchange }
	r.call(200, "GET", "/_sim/users/d/exchanges", nil, &out)
	if x := out.Exchanges[0]; x.Log[0].Twist != "slow" || x.Problem != "" || x.Log[0].MS < 30 {
		t.Errorf("slow: %+v", x.Log)
	}
	left.Store(true)
	r.trouble(object{"kind": "half_close"})
	if got := r.act("d", "say", object{"text": "半"}); got.Notice != "" {
		t.Errorf("half-closed: %+v", got)
	}
	left.Store(false)
	r.trouble(object{"kind": "cut_body"})
	if got := r.act("d", "say", object{"text": "断"}); got.Notice != "" {
		t.Errorf("cut: %+v", got)
	}
	eventually(t, "the cut body was noticed", func() bool { return broken.Load() == 1 })
	if whole.Load() != 3 {
		t.Errorf("%d whole bodies, want 3", whole.Load())
	}
}

func TestSpoiltTexts(t *testing.T) {
	for kind, tail := range textTwists {
		r, c := plainRig(t, FormatXML)
		r.trouble(object{"kind": kind})
		r.act("d", "image", nil) // has no text to spoil and does not use the plan up
		r.act("d", "say", object{"text": "好"})
		if !strings.Contains(c.last().body, "<Content><![CDATA[好"+tail+"]]></Content>") {
			t.Errorf("%s: %q", kind, c.last().body)
		}
		list := r.transcript("d")
		if got := list[len(list)-1].Text; got != "好" {
			t.Errorf("%s: the phone shows %q", kind, got)
		}
	}
	r, c := plainRig(t, FormatJSON)
	r.act("d", "say", object{"bytes": []byte("a\xff\x02b")})
	if !strings.Contains(c.last().body, "\"Content\":\"a\xff\\u0002b\"") {
		t.Errorf("raw bytes: %q", c.last().body)
	}
}

func TestSharesOfTrouble(t *testing.T) {
	r := newRig(t)
	r.bot.set(func(inbound) (int, string) { return 200, "success" }, nil)
	r.trouble(object{"kind": "duplicate", "percent": 30})
	for range 200 {
		r.act("d", "say", object{"text": "x"})
	}
	if n := r.p.count.view().Duplicates; n < 30 || n > 90 {
		t.Errorf("%d of 200 doubled, planned 30 %%", n)
	}
	var list struct{ Twists []twist }
	if r.call(200, "GET", "/_sim/deliveries", nil, &list); len(list.Twists) != 1 {
		t.Errorf("plan %+v", list.Twists)
	}
	r.call(204, "DELETE", "/_sim/deliveries", nil, nil)
	for _, bad := range []object{{"kind": "dance"}, {"kind": "drop", "attempts": 4}, {"kind": "drop", "percent": 101}, {"kind": "slow", "delay": "soon"}} {
		r.call(400, "POST", "/_sim/deliveries", bad, nil)
	}
}

func TestForgeries(t *testing.T) {
	for _, mode := range []string{ModePlain, ModeCompat, ModeSafe} {
		r := newRig(t)
		r.account(object{"mode": mode})
		c := r.record(quiet)
		r.act("d", "say", object{"text": "好"})
		genuine := c.last()
		for _, kind := range forgeKinds {
			if mode == ModePlain && slices.Contains(sealedOnly, kind) {
				r.call(409, "POST", "/_sim/users/d/forge", object{"kind": kind}, nil)
				continue
			}
			var res forgeResult
			r.call(200, "POST", "/_sim/users/d/forge", object{"kind": kind}, &res)
			if res.Status != 200 || res.Reply != "success" {
				t.Errorf("%s %s: %+v", mode, kind, res)
			}
			if why := differs(r.p, genuine, c.last(), kind); why != "" {
				t.Errorf("%s %s: %s", mode, kind, why)
			}
		}
		if v := r.p.count.view(); v.Forged == 0 || v.ForgedAnswered != v.Forged {
			t.Errorf("counted %+v", v.tally)
		}
		if n := len(r.transcript("d")); n != 1 {
			t.Errorf("forgeries left %d lines in the chat", n-1)
		}
	}
	r := newRig(t)
	r.call(404, "POST", "/_sim/users/d/forge", object{"kind": "replay"}, nil)
	r.call(400, "POST", "/_sim/users/d/forge", object{"kind": "dance"}, nil)
	r.trouble(object{"kind": "no_signature"})
	c := r.record(quiet)
	r.act("d", "say", object{"text": "x"})
	if len(c.seen) != 2 || c.seen[0].query.Has("signature") || !c.seen[1].query.Has("signature") {
		t.Errorf("a planned forgery must come ahead of the message: %d requests", len(c.seen))
	}
}

// differs says in what a forgery fails to be what its name says, "" for nothing.
func differs(p *Platform, genuine, got wire, kind string) string {
	q := got.query
	signed := q.Get("signature") == peerSign("tok", q.Get("timestamp"), q.Get("nonce"))
	switch {
	case kind == "no_signature" && (q.Has("signature") || q.Has("msg_signature")),
		kind != "no_signature" && (kind == "bad_signature" || kind == "other_token") == signed:
		return "signature"
	case kind == "replay" && (got.body != genuine.body || q.Encode() != genuine.query.Encode()):
		return "not the same"
	case kind == "replay_new_body" && (got.body == genuine.body || q.Encode() != genuine.query.Encode()):
		return "address or body"
	case kind == "openid_mismatch" && q.Get("openid") == genuine.query.Get("openid"):
		return "openid"
	case kind == "downgrade" && (q.Has("encrypt_type") || strings.Contains(got.body, "Encrypt")):
		return "still sealed"
	case kind == "oversize" && len(got.body) < oversized:
		return "too small"
	case kind == "empty" && got.body != "":
		return "not empty"
	case kind == "stale" && time.Since(time.Unix(unixOf(q.Get("timestamp")), 0)) < staleBy,
		kind == "future" && time.Until(time.Unix(unixOf(q.Get("timestamp")), 0)) < staleBy-time.Minute:
		return "time"
	case kind == "echo_post" && !q.Has("echostr"):
		return "no echo asked"
	case kind == "wrong_key" || kind == "other_app":
		if _, err := p.oa.open(between(got.body, "<Encrypt><![CDATA[", "]]>")); err == nil {
			return "it opens"
		}
	}
	return ""
}
