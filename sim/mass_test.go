package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func (r *rig) mass(id string, people ...string) object {
	r.Helper()
	var openids []string
	for _, p := range people {
		openids = append(openids, r.openid(p))
	}
	return r.post("/cgi-bin/message/mass/send", object{"touser": openids, "msgtype": "text", "text": object{"content": "新指南"}, "clientmsgid": id})
}

func massRig(t *testing.T, base time.Time) (*rig, *recorder) {
	r := newRig(t, func(o *Options) { o.Now = func() time.Time { return base } })
	r.account(object{"mode": ModePlain})
	c := r.record(quiet)
	for _, id := range []string{"a", "b", "c"} {
		r.act(id, "follow", nil)
	}
	return r, c
}

func TestMassSendAndItsReport(t *testing.T) {
	r, c := massRig(t, time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC))
	r.call(200, "PUT", "/_sim/users/c", object{"blocks_messages": true}, nil)
	r.openid("never") // known, does not follow
	sent := r.mass("m1", "a", "b", "c", "never", "a")
	if code(sent) != 0 || sent["msg_id"] == nil || sent["msg_data_id"] == nil {
		t.Fatalf("sent %v", sent)
	}
	for id, want := range map[string]int{"a": 2, "b": 2, "c": 1} {
		if n := len(r.transcript(id)); n != want {
			t.Errorf("%s has %d lines, want %d", id, n, want)
		}
	}
	status := func() any {
		return r.post("/cgi-bin/message/mass/get", object{"msg_id": sent["msg_id"]})["msg_status"]
	}
	if got := status(); got != "SENDING" {
		t.Errorf("status %v", got)
	}
	r.advance("1m")
	report := r.eventuallyBody(c, "MASSSENDJOBFINISH")
	for _, want := range []string{fmt.Sprintf("<MsgID>%d</MsgID>", int64(sent["msg_id"].(float64))), "<Status><![CDATA[send success]]>", "<TotalCount>3</TotalCount>",
		"<FilterCount>2</FilterCount>", "<SentCount>2</SentCount>", "<ErrorCount>0</ErrorCount>"} {
		if !strings.Contains(report, want) {
			t.Errorf("report lacks %s: %s", want, report)
		}
	}
	if got := status(); got != "SEND_SUCCESS" {
		t.Errorf("status after the report %v", got)
	}
	if again := r.mass("m1", "a", "b"); code(again) != 45065 || again["msg_id"] != sent["msg_id"] {
		t.Errorf("same clientmsgid: %v", again)
	}
	if same, again := r.mass("", "a", "b"), r.mass("", "a", "b"); code(same) != 0 || code(again) != 45065 {
		t.Errorf("without clientmsgid: %v, then %v", same, again)
	}
	r.advance("24h")
	if again := r.mass("m1", "a", "b"); code(again) != 0 {
		t.Errorf("same clientmsgid a day later: %v", again)
	}
}

func TestFourMassMessagesAMonth(t *testing.T) {
	// 15:59 UTC on the 30th is one minute before December in Beijing.
	r, _ := massRig(t, time.Date(2026, 11, 30, 15, 59, 0, 0, time.UTC))
	for i := range 4 {
		if got := r.mass(fmt.Sprint("m", i), "a", "b"); code(got) != 0 {
			t.Fatalf("%d: %v", i, got)
		}
	}
	if got := r.mass("m4", "a", "b"); code(got) != 45028 {
		t.Errorf("fifth to the same two: %v", got)
	}
	if got := r.mass("m5", "a", "b", "c"); code(got) != 0 || len(r.transcript("a")) != 5 || len(r.transcript("c")) != 2 {
		t.Errorf("fifth with one who has some left: %v", got)
	}
	var v userView
	if r.call(200, "GET", "/_sim/users/a", nil, &v); v.MassLeft != 0 {
		t.Errorf("%d left", v.MassLeft)
	}
	r.advance("1m")
	if got := r.mass("m6", "a", "b"); code(got) != 0 {
		t.Errorf("next month: %v", got)
	}
}

func TestMassRefusals(t *testing.T) {
	r, c := massRig(t, time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC))
	if got := r.mass("m1", "a"); code(got) != 40130 {
		t.Errorf("one openid: %v", got)
	}
	if got := r.mass(strings.Repeat("m", 65), "a", "b"); code(got) != 45064 {
		t.Errorf("long id: %v", got)
	}
	if got := r.post("/cgi-bin/message/mass/send", object{"touser": []string{"oX", "oY"}, "msgtype": "text", "text": object{"content": "x"}}); code(got) != 40003 {
		t.Errorf("strangers: %v", got)
	}
	if got := r.post("/cgi-bin/message/mass/send", object{"touser": []string{"oX", "oY"}, "msgtype": "text", "text": object{"content": "x"}, "colour": 1}); code(got) != 47001 {
		t.Errorf("unknown field: %v", got)
	}
	preview := object{"touser": r.openid("a"), "msgtype": "text", "text": object{"content": "样"}}
	if got := r.post("/cgi-bin/message/mass/preview", preview); code(got) != 0 || r.transcript("a")[1].Via != "preview" {
		t.Errorf("preview: %v", got)
	}
	tag := r.post("/cgi-bin/tags/create", object{"tag": object{"name": "心内科"}})["tag"].(object)["id"]
	r.post("/cgi-bin/tags/members/batchtagging", object{"openid_list": []string{r.openid("b")}, "tagid": tag})
	all := func(filter object) int {
		return code(r.post("/cgi-bin/message/mass/sendall", object{"filter": filter, "msgtype": "text", "text": object{"content": "x"}}))
	}
	if all(object{"is_to_all": false, "tag_id": tag}) != 0 || all(object{"is_to_all": true}) != 0 || all(object{"tag_id": 999}) != 45159 {
		t.Error("sendall")
	}
	if a, b := len(r.transcript("a")), len(r.transcript("b")); a != 3 || b != 3 {
		t.Errorf("a has %d lines, b has %d", a, b)
	}
	cover := r.upload("wechat", "/cgi-bin/material/add_material?type=thumb&access_token="+r.stableToken(), "f", doctorPicture(), nil)["media_id"]
	article := object{"title": "题", "content": "文", "thumb_media_id": cover}
	news := r.post("/cgi-bin/media/uploadnews", object{"articles": []object{article, article}})["media_id"]
	if got := r.post("/cgi-bin/message/mass/send", object{"touser": []string{r.openid("a"), r.openid("b")}, "msgtype": "mpnews", "mpnews": object{"media_id": news}, "send_ignore_reprint": 0}); code(got) != 0 {
		t.Errorf("mpnews: %v", got)
	}
	if list := r.transcript("a"); list[len(list)-1].Kind != "news" || list[len(list)-1].Via != "mass" {
		t.Errorf("shown %+v", list[len(list)-1])
	}
	published := r.post("/cgi-bin/freepublish/submit", object{"media_id": news})
	r.advance("30s")
	if report := r.eventuallyBody(c, "PUBLISHJOBFINISH"); !strings.Contains(report, published["publish_id"].(string)) || !strings.Contains(report, "<article_id>") {
		t.Errorf("report %s", report)
	}
}

// Nobody waits for the real minute, and nothing is lost when the platform is restarted.
func TestReportsSurviveARestart(t *testing.T) {
	file := snapshotIn(t)
	r := newRig(t, func(o *Options) { o.File = file })
	r.call(200, "POST", "/_sim/templates", noticeTemplate, nil)
	r.act("d", "follow", nil)
	sent := r.post("/cgi-bin/message/template/send", object{"touser": r.openid("d"), "template_id": "TPL_N", "data": values("thing1", "x", "time2", "15:00", "phrase3", "好")})
	if code(sent) != 0 {
		t.Fatal(sent)
	}
	if err := r.p.Close(); err != nil {
		t.Fatal(err)
	}
	again := newRig(t, func(o *Options) { o.File = file })
	again.advance("2s")
	eventually(t, "the report", func() bool {
		for _, m := range again.bot.messages() {
			if m.Event == "TEMPLATESENDJOBFINISH" {
				return true
			}
		}
		return false
	})
	eventually(t, "its reply is ignored", func() bool { return again.p.count.view().IgnoredReplies == 1 })
	if list := again.transcript("d"); list[len(list)-1].Kind != "template" {
		t.Errorf("the reply to a report is in the chat: %+v", list[len(list)-1])
	}
}
