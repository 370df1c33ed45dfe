package sim

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestBurst(t *testing.T) {
	r := newRig(t)
	var report BurstReport
	r.call(200, "POST", "/_sim/burst", object{"users": 50, "prefix": "x", "texts": []string{"一", "二"}, "rounds": 3, "pause": "1ms"}, &report)
	if report.Acts != 150 || report.Replied != 150 || report.Notices != 0 || report.Errors != 0 || report.Latency.P99 < report.Latency.P50 || report.Latency.P50 <= 0 {
		t.Errorf("%+v", report)
	}
	n := 0
	for _, h := range report.Latency.Histogram {
		n += h.Count
	}
	if n != 150 {
		t.Errorf("%d in the histogram", n)
	}
	var texts []string
	for _, m := range r.transcript("x50") {
		if m.From == "doctor" {
			texts = append(texts, m.Text)
		}
	}
	if got := strings.Join(texts, ""); got != "一二一" {
		t.Errorf("said %s", got)
	}
	r.bot.set(func(inbound) (int, string) { return 200, "nonsense" }, nil)
	r.call(200, "POST", "/_sim/burst", object{"users": 5, "prefix": "x", "act": "press", "body": object{"key": "K"}}, &report)
	if report.Acts != 5 || report.Notices != 5 {
		t.Errorf("%+v", report)
	}
	r.act("gone1", "unfollow", nil)
	r.call(200, "POST", "/_sim/burst", object{"users": 1, "prefix": "gone", "text": "x"}, &report)
	if report.Errors != 1 || report.FirstErr == "" {
		t.Errorf("%+v", report)
	}
	for _, bad := range []object{{}, {"users": 1, "act": "dance"}, {"users": 1, "rounds": 1001}, {"users": 1, "pause": "long"}, {"users": 1, "pause": "2m"}, {"users": 1, "body": object{"colour": 1}}} {
		r.call(400, "POST", "/_sim/burst", bad, nil)
	}
}

func TestNamedSnapshots(t *testing.T) {
	r := newRig(t)
	r.act("d", "say", object{"text": "一"})
	before := r.transcript("d")
	r.call(200, "POST", "/_sim/snapshot", object{"name": "start"}, nil)
	r.advance("48h")
	r.act("d", "say", object{"text": "二"})
	r.act("e", "say", object{"text": "三"})
	r.account(object{"mode": ModePlain})
	lastID := r.bot.messages()[1].MsgId
	r.call(200, "POST", "/_sim/restore", object{"name": "start"}, nil)
	var v userView
	if r.call(200, "GET", "/_sim/users/d", nil, &v); len(r.transcript("d")) != len(before) || v.Clock.Offset != "0s" || v.Window.Left != 5 {
		t.Errorf("restored %+v", v)
	}
	if got := r.p.AccountSettings().Mode; got != ModeSafe {
		t.Errorf("mode %s", got)
	}
	r.act("d", "say", object{"text": "四"})
	if got := r.bot.messages()[3].MsgId; got <= lastID {
		t.Errorf("a MsgId was given twice: %s after %s", got, lastID)
	}
	r.call(404, "POST", "/_sim/restore", object{"name": "never"}, nil)
	inside, release := make(chan struct{}), make(chan struct{})
	r.bot.set(func(m inbound) (int, string) {
		close(inside)
		<-release
		return echoText(m)
	}, nil)
	done := make(chan actResult, 1)
	go func() { done <- r.act("d", "say", object{"text": "等"}) }()
	<-inside
	r.call(409, "POST", "/_sim/restore", object{"name": "start"}, nil)
	close(release)
	<-done
}

func TestExchangeLog(t *testing.T) {
	r := newRig(t)
	for range keepExchanges + 3 {
		r.act("d", "say", object{"text": "好"})
	}
	var out struct{ Exchanges []Exchange }
	r.call(200, "GET", "/_sim/users/d/exchanges", nil, &out)
	if len(out.Exchanges) != keepExchanges {
		t.Fatalf("%d exchanges", len(out.Exchanges))
	}
	x := out.Exchanges[0]
	a := x.Log[0]
	if x.Label != "text" || !strings.Contains(x.In, "<Content><![CDATA[好]]>") || !strings.Contains(x.Out, "您说：好") || x.Attempts != 1 {
		t.Errorf("in plain %+v", x)
	}
	if !strings.Contains(a.Body, "<Encrypt>") || strings.Contains(a.Body, "好") || !strings.Contains(a.Answer, "<Encrypt>") || a.Status != 200 || !strings.Contains(a.Query, "msg_signature=") {
		t.Errorf("on the wire %+v", a)
	}
	r.call(200, "GET", "/_sim/users/d/exchanges?after="+fmt.Sprint(out.Exchanges[keepExchanges-2].ID), nil, &out)
	if len(out.Exchanges) != 1 {
		t.Errorf("%d exchanges after the last but one", len(out.Exchanges))
	}
}

func TestHelpListsEveryCall(t *testing.T) {
	r := newRig(t)
	var out struct {
		Calls []struct{ Method, Path, Does string }
	}
	r.call(200, "GET", "/_sim/", nil, &out)
	if len(out.Calls) != len(r.p.routes()) {
		t.Errorf("%d calls", len(out.Calls))
	}
	for _, c := range out.Calls {
		if c.Does == "" || !strings.HasPrefix(c.Path, "/_sim/") {
			t.Errorf("%+v", c)
		}
	}
}

func TestOneStreamForEverything(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", r.http.URL+"/_sim/events?all=1", nil)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() {
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "data: ") {
				return
			}
		}
		t.Errorf("the stream ended: %v", lines.Err())
	}
	next()
	r.act("anybody", "follow", nil)
	next()
	r.account(object{"certified": false})
	next()
}

// BenchmarkBurst is the simulator's own cost: 2,000 doctors at once against a
// handler that answers success.
func BenchmarkBurst(b *testing.B) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		io.WriteString(w, "success")
	}))
	defer server.Close()
	o := testOptions()
	o.CallbackURL = server.URL
	p, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	for b.Loop() {
		report, err := p.Burst(b.Context(), BurstOrder{Users: 2000, Text: "您好", Rounds: 10})
		if err != nil || report.Empty != report.Acts {
			b.Fatalf("%+v, %v", report, err)
		}
		b.ReportMetric(report.PerSecond, "callbacks/s")
		b.ReportMetric(report.Latency.P50, "p50-ms")
		b.ReportMetric(report.Latency.P99, "p99-ms")
	}
	if calls.Load() == 0 {
		b.Fatal("nobody was called")
	}
}
