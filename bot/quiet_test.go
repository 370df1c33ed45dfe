package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// quiet are the events of the platform that are nobody's answer.
var quiet = []Inbound{
	{Event: "VIEW", EventKey: "https://example.com/a"},
	{Event: "view_miniprogram", EventKey: "pages/index"},
	{Event: "LOCATION", Place: "23.1,113.3"},
	{Event: "location_select", EventKey: "VISIT", Place: "23,113", Detail: "某院"},
	{Event: "scancode_push", EventKey: "VISIT", Detail: "6901234567892"},
	{Event: "pic_sysphoto", EventKey: "VISIT"},
	{Event: "pic_photo_or_album", EventKey: "VISIT"},
	{Event: "pic_weixin", EventKey: "VISIT"},
	{Event: "subscribe_msg_popup_event", Permits: []Permit{{Template: "a", Accepted: true}, {Template: "b"}}},
	{Event: "subscribe_msg_change_event", Permits: []Permit{{Template: "a"}}},
	{Event: "TEMPLATESENDJOBFINISH", Report: &Report{MsgID: "1", Status: "failed:user block"}},
	{Event: "MASSSENDJOBFINISH", Report: &Report{MsgID: "1", Status: "send success", Sent: 7}},
	{Event: "PUBLISHJOBFINISH", Report: &Report{MsgID: "1", Status: "0"}},
	{Event: "subscribe_msg_sent_event", Report: &Report{MsgID: "1", Status: "user refuse"}},
	{Event: "kf_create_session", Detail: "a@x"},
	{Event: "kf_close_session", Detail: "a@x"},
	{Event: "kf_switch_session", Detail: "a@x b@x"},
	{Event: "brand_new_event", EventKey: "VISIT"},
	{Event: ""},
}

// hush lets every quiet event happen to a doctor and wants silence.
func (p *phased) hush(openID string) {
	p.t.Helper()
	for _, e := range quiet {
		in := inbound(storetest.Account, openID, p.n, "")
		in.Kind, in.Text = "event", ""
		in.Event, in.EventKey, in.Place, in.Detail, in.Permits, in.Report = e.Event, e.EventKey, e.Place, e.Detail, e.Permits, e.Report
		p.n++
		r, err := p.b.Receive(p.t.Context(), in)
		if err != nil || r.Text != "" {
			p.t.Errorf("%s got %q, %v", e.Event, r.Text, err)
		}
	}
}

// Opening a link, a place, a report, a popup: no answer, no refusal, no beginning, and no typed message.
func TestQuietEventsMoveNothing(t *testing.T) {
	p := newPhased(t)
	p.hush("o1")
	p.says("@subscribe")
	for _, answer := range []string{"张三", "同意"} {
		before := remains(t, p.st, "o1").Record
		p.hush("o1")
		after := remains(t, p.st, "o1").Record
		if after.Doctor.Standing != before.Doctor.Standing || after.Doctor.Phase != before.Doctor.Phase || after.Doctor.LastTypedAt != before.Doctor.LastTypedAt {
			t.Errorf("doctor before %+v, after %+v", before.Doctor, after.Doctor)
		}
		if len(after.Answers) != len(before.Answers) || len(after.Effects) != len(before.Effects) || len(after.Cases) != len(before.Cases) {
			t.Errorf("something was done: %+v", after)
		}
		p.says(answer)
	}
	if r := remains(t, p.st, "o1").Record; len(r.Answers) == 0 || r.Doctor.Phase != store.PhaseAsking {
		t.Errorf("the talk did not go on: %+v", r.Doctor)
	}
	if body := p.bodies(); strings.Contains(body, "113") || !strings.Contains(body, "kf_create_session") {
		t.Errorf("journal: %s", body)
	}
}

// Who does not follow, sleeps or has unsubscribed is left alone too; a talk that has run out says so to the next message, not to a link that is opened.
func TestQuietEventsWakeNothing(t *testing.T) {
	p := newPhased(t)
	p.hush("o9")
	if d := remains(t, p.st, "o9").Record.Doctor; d.Phase != store.PhaseIdle || d.Followed || d.Standing != "" {
		t.Errorf("%+v", d)
	}
	for _, sleep := range []string{"人工", "退订"} {
		p.says("@subscribe", sleep)
		phase := remains(t, p.st, "o1").Record.Doctor.Phase
		p.hush("o1")
		p.want(phase)
	}
	clk := newClock(noon)
	st := storetest.SQLite(t, clk.option())
	invite(t, st)
	q := &phased{t: t, st: st, b: newBot(t, st, storetest.Embedded(t), func(o *Options) { o.Now = clk.Now })}
	q.says("@subscribe")
	clk.advance(90 * 24 * time.Hour)
	q.hush("o1")
}

// A code that is scanned while the phone waits for an answer is a press of its menu key.
func TestAScanThatWaitsIsAnswered(t *testing.T) {
	p := newPhased(t)
	p.says("@subscribe", "张三", "不同意")
	if got, want := p.says("@scancode_waitmsg:VISIT"), p.says("@CLICK:VISIT"); got == "" || want == "" {
		t.Errorf("the scan got %q, the press %q", got, want)
	}
}

// Kinds that the bot cannot read are answered, in a talk and outside.
func TestUnreadableKindsAreAnswered(t *testing.T) {
	p := newPhased(t)
	for _, kind := range []string{"video", "shortvideo", "miniprogrampage", "file", "link", "other", "holo-gram", "image", "voice", "location"} {
		for _, follows := range []bool{false, true} {
			doctor := fmt.Sprint(kind, follows)
			if follows {
				say(t, p.b, doctor, 0, "@subscribe")
			}
			in := inbound(storetest.Account, doctor, 1, "")
			in.Kind, in.Detail = kind, "标题"
			if r, err := p.b.Receive(t.Context(), in); err != nil || r.Text == "" {
				t.Errorf("%s, follows %v: got %q, %v", kind, follows, r.Text, err)
			}
			if d := remains(t, p.st, doctor).Record.Doctor; d.LastTypedAt != noon.UnixMilli() {
				t.Errorf("%s: typed at %d", kind, d.LastTypedAt)
			}
		}
	}
}
