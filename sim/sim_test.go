package sim

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSnapshot(t *testing.T) {
	file := snapshotIn(t)
	with := func(o *Options) { o.File = file }
	r := newRig(t, with)
	tok := r.wechatToken()
	ctok := r.wecomToken()
	r.act("demo1", "follow", object{"scene": "x"})
	r.act("demo1", "say", object{"text": "好"})
	r.act("demo2", "follow", nil)
	r.act("demo2", "unfollow", nil)
	for range 4 { // three of the short window, one of the long one
		r.send(tok, r.openid("demo1"), nil)
	}
	r.sendCard(ctok, "zhang", "t1")
	r.advance("1h")
	before := r.transcript("demo1")
	lastID := r.bot.messages()[1].MsgId
	if err := r.p.Close(); err != nil {
		t.Fatal(err)
	}
	r.call(503, "POST", "/_sim/users/demo1/say", object{"text": "关门了"}, nil)

	again := newRig(t, with)
	if diff := cmp.Diff(before, again.transcript("demo1")); diff != "" {
		t.Error(diff)
	}
	var v userView
	if again.call(200, "GET", "/_sim/users/demo1", nil, &v); !v.Following || v.Window.Left != 4 || v.Clock.Offset != "1h0m0s" {
		t.Errorf("after the restart: %+v", v)
	}
	again.call(409, "POST", "/_sim/users/demo2/say", object{"text": "x"}, nil)
	if c := again.send(tok, again.openid("demo1"), nil); c != 0 {
		t.Errorf("the old token: %d", c)
	}
	if got := again.sendCard(ctok, "zhang", "t1"); code(got) != 42014 {
		t.Errorf("the task id was forgotten: %v", got)
	}
	if m := again.repMessages("zhang"); len(m) != 1 || m[0].Card.Buttons[0].Key != "accept" {
		t.Errorf("rep's messages: %+v", m)
	}
	again.act("demo1", "say", object{"text": "还在"})
	if got := again.bot.messages()[0].MsgId; got <= lastID {
		t.Errorf("MsgId %s after %s", got, lastID)
	}
	again.act("demo1", "resend", nil)
}

func TestSnapshotIsWrittenWhileRunning(t *testing.T) {
	file := snapshotIn(t)
	r := newRig(t, func(o *Options) { o.File = file })
	r.act("demo1", "say", object{"text": "好"})
	eventually(t, "the snapshot holds the message", func() bool {
		raw, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(raw), "您说：好")
	})
}

func TestBrokenSnapshotIsAnError(t *testing.T) {
	file := snapshotIn(t)
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := testOptions()
	o.File = file
	if _, err := New(o); err == nil {
		t.Error("a broken snapshot was taken for an empty one")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no app": func(o *Options) { o.AppID = "" }, "short key": func(o *Options) { o.AESKey = "x" },
		"corp key": func(o *Options) { o.CorpAESKey = "x" },
	} {
		o := testOptions()
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestCloseWaitsForDeliveries(t *testing.T) {
	r := newRig(t)
	inside, release := make(chan struct{}), make(chan struct{})
	r.bot.set(func(m inbound) (int, string) {
		close(inside)
		<-release
		return echoText(m)
	}, nil)
	a, err := r.p.sayAct(actBody{Text: "等"})
	if err != nil {
		t.Fatal(err)
	}
	j, err := r.p.enqueue("demo1", a, 1)
	if err != nil {
		t.Fatal(err)
	}
	<-inside
	closed := make(chan error, 1)
	go func() { closed <- r.p.Close() }()
	eventually(t, "closing began", func() bool {
		r.p.mu.Lock()
		defer r.p.mu.Unlock()
		return r.p.closed
	})
	if _, err := r.p.enqueue("demo1", a, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("acting while closing: %v", err)
	}
	select {
	case <-closed:
		t.Error("Close did not wait")
	default:
	}
	close(release)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if res, err := r.p.await(t.Context(), j); err != nil || res.Replies[0] != "您说：等" {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestClock(t *testing.T) {
	base := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	r := newRig(t, func(o *Options) { o.Now = func() time.Time { return base } })
	r.act("demo1", "say", object{"text": "一"})
	r.advance("48h")
	if got := r.p.Now(); !got.Equal(base.Add(48 * time.Hour)) {
		t.Errorf("now %s", got)
	}
	r.act("demo1", "say", object{"text": "二"})
	seen := r.bot.messages()
	if seen[1].CreateTime != "1793779200" || seen[1].query.Get("timestamp") != seen[0].query.Get("timestamp") {
		t.Errorf("CreateTime %s; stamps %s and %s", seen[1].CreateTime, seen[0].query.Get("timestamp"), seen[1].query.Get("timestamp"))
	}
	for _, bad := range []string{"", "-1h", "tomorrow", "10000h"} {
		r.call(400, "POST", "/_sim/clock", object{"advance": bad}, nil)
	}
	follower := newRig(t, func(o *Options) { o.Now = func() time.Time { return base }; o.PeerFollowsClock = true })
	follower.advance("48h")
	follower.act("demo1", "say", object{"text": "二"})
	if m := follower.bot.messages()[0]; m.query.Get("timestamp") != m.CreateTime {
		t.Errorf("the stamp %s does not follow the clock %s", m.query.Get("timestamp"), m.CreateTime)
	}
}

func TestControlRefusals(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		status       int
		method, path string
		body         any
	}{
		{400, "POST", "/_sim/users/demo1/say", object{"text": ""}},
		{400, "POST", "/_sim/users/demo1/say", object{"txt": "x"}},
		{400, "POST", "/_sim/users/demo1/say", object{"text": "x", "deliveries": 9}},
		{400, "POST", "/_sim/users/demo1/press", object{}},
		{400, "POST", "/_sim/users/demo1/scan", object{"scene": strings.Repeat("x", 65)}},
		{400, "POST", "/_sim/users/de%20mo/say", object{"text": "x"}},
		{400, "GET", "/_sim/users/demo1/transcript?after=x", nil},
		{400, "GET", "/_sim/events", nil},
		{404, "GET", "/_sim/reps/ghost/messages", nil},
		{404, "POST", "/_sim/users/demo1/dance", object{}},
	} {
		var out struct{ Error string }
		if r.call(c.status, c.method, c.path, c.body, &out); out.Error == "" {
			t.Errorf("%s %s: no reason given", c.method, c.path)
		}
	}
	req, _ := http.NewRequest("POST", r.http.URL+"/_sim/users/demo1/say", strings.NewReader(`{"text":"x"}`))
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("a call from another web site: %d", res.StatusCode)
	}
}

func TestDemoDoctors(t *testing.T) {
	r := newRig(t)
	var one, two userLine
	r.call(200, "POST", "/_sim/users", object{}, &one)
	r.call(200, "POST", "/_sim/users", nil, &two)
	if one.ID != "demo1" || one.Name != "医生 1" || two.ID != "demo2" {
		t.Errorf("%+v %+v", one, two)
	}
	var list struct{ Users []userLine }
	if r.call(200, "GET", "/_sim/users", nil, &list); len(list.Users) != 2 || list.Users[0].OpenID == list.Users[1].OpenID {
		t.Errorf("%+v", list.Users)
	}
}

func TestEvents(t *testing.T) {
	r := newRig(t)
	for query, change := range map[string]func(){
		"user=demo1": func() { r.act("demo1", "follow", nil) },
		"rep=zhang":  func() { r.sendCard(r.wecomToken(), "zhang", "t1") },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		req, _ := http.NewRequestWithContext(ctx, "GET", r.http.URL+"/_sim/events?"+query, nil)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(res.Body)
		next := func(want string) {
			for lines.Scan() {
				if strings.HasPrefix(lines.Text(), want) {
					return
				}
			}
			t.Errorf("%s: no line %q: %v", query, want, lines.Err())
		}
		next("data: start")
		change()
		next("data: ")
		res.Body.Close()
		cancel()
	}
}

func TestCloseEndsEventStreams(t *testing.T) {
	r := newRig(t)
	res, err := http.Get(r.http.URL + "/_sim/events?user=demo1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := r.p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(res.Body); err != nil {
		t.Errorf("the stream did not end properly: %v", err)
	}
}

func TestPages(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string][]string{
		"/sim/":                 {"小安", "关注", "A1B2C3", "http://127.0.0.1/console", `id="log"`, `id="text"`, "/sim/rep", "+48 小时"},
		"/sim/?user=demo3":      {`id="doctors"`},
		"/sim/rep":              {"张三", "李四", `data-rep="zhang"`, `id="t-card"`},
		"/sim/static/phone.js":  {"import"},
		"/sim/static/rep.js":    {"import"},
		"/sim/static/common.js": {"export"},
		"/sim/static/sim.css":   {":root"},
		"/sim/static/phone.css": {".profile"},
		"/sim/static/rep.css":   {".card"},
		"/sim/static/photo.svg": {"<svg"},
		"/sim/static/icon.svg":  {"<svg"},
	} {
		res, err := http.Get(r.http.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		for _, w := range want {
			if !strings.Contains(string(body), w) {
				t.Errorf("%s lacks %q", path, w)
			}
		}
		page := string(body)
		if strings.HasPrefix(page, "<!doctype") {
			if strings.Contains(page, "<script>") || strings.Contains(page, "<style") || strings.Contains(page, " style=") || strings.Contains(page, " onclick=") {
				t.Errorf("%s has inline script or style", path)
			}
			if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: policy %q", path, csp)
			}
		}
	}
}

// The simulator must not be able to cheat: standard library only, and no words
// for doctors in Go.
func TestImportsAndWords(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(raw), "\n)")
		for line := range strings.Lines(head) {
			if path := strings.Trim(strings.TrimSpace(line), `"`); strings.HasPrefix(strings.TrimSpace(line), `"`) && strings.Contains(path, ".") {
				t.Errorf("%s imports %s", f.Name(), path)
			}
		}
		for _, c := range string(raw) {
			if c >= 0x4e00 && c <= 0x9fff {
				t.Errorf("%s holds the character %c", f.Name(), c)
			}
		}
	}
}
