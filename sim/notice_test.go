package sim

import (
	"fmt"
	"strings"
	"testing"
)

func (r *rig) post(path string, body object) object {
	r.Helper()
	return r.api("wechat", "POST", path+"?access_token="+r.stableToken(), body)
}

// stableToken does not end other tokens.
func (r *rig) stableToken() string {
	r.Helper()
	return r.api("wechat", "POST", "/cgi-bin/stable_token", object{"grant_type": "client_credential", "appid": "wxapp", "secret": "secret"})["access_token"].(string)
}

func values(pairs ...string) object {
	out := object{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = object{"value": pairs[i+1]}
	}
	return out
}

func TestCustomKindsOfMedia(t *testing.T) {
	r := newRig(t)
	r.account(object{"mini_apps": []string{"wxmini"}})
	tok := r.wechatToken()
	up := func(kind string, raw []byte) string {
		got := r.upload("wechat", "/cgi-bin/media/upload?type="+kind+"&access_token="+tok, "f", raw, nil)
		if kind == "thumb" {
			return got["thumb_media_id"].(string)
		}
		return got["media_id"].(string)
	}
	voice, film := up("voice", []byte("#!AMR\n")), up("video", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"))
	thumb, picture := up("thumb", doctorPicture()), up("image", doctorPicture())
	mini := func(app string) object {
		return object{"title": "题", "appid": app, "pagepath": "p", "thumb_media_id": picture}
	}
	for _, c := range []struct {
		name, kind string
		body       object
		want       int
	}{
		{"voice", "voice", object{"media_id": voice}, 0},
		{"picture as voice", "voice", object{"media_id": picture}, 40007},
		{"film", "video", object{"media_id": film, "thumb_media_id": thumb, "title": "片", "description": "述"}, 0},
		{"music", "music", object{"title": "曲", "description": "述", "musicurl": "http://x", "hqmusicurl": "", "thumb_media_id": thumb}, 0},
		{"music without cover", "music", object{"musicurl": "http://x"}, 40007},
		{"mini-program", "miniprogrampage", mini("wxmini"), 0},
		{"mini-program of others", "miniprogrampage", mini("wxother"), 40013},
		{"unknown article", "mpnewsarticle", object{"article_id": "x"}, 53600},
		{"unknown draft", "mpnews", object{"media_id": voice}, 40007},
	} {
		r.act("d", "say", object{"text": "x"})
		if got := r.send(tok, r.openid("d"), object{"msgtype": c.kind, c.kind: c.body}); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestMenuMessagesByAccount(t *testing.T) {
	menu := object{"msgtype": "msgmenu", "msgmenu": object{"head_content": "选", "list": []object{{"id": "1", "content": "甲"}}, "tail_content": ""}}
	for _, c := range []struct {
		settings object
		want     int
	}{
		{object{}, 0}, {object{"kind": KindTest}, 40200}, {object{"kind": KindSubscription}, 40200}, {object{"certified": false}, 48001},
	} {
		r := newRig(t)
		r.account(c.settings)
		r.act("d", "say", object{"text": "x"})
		if got := r.send(r.wechatToken(), r.openid("d"), menu); got != c.want {
			t.Errorf("%v: %d, want %d", c.settings, got, c.want)
		}
	}
}

func TestDoctorsWhoCannotBeReached(t *testing.T) {
	r := newRig(t)
	for habit, want := range map[string]int{"blocks_messages": 48002, "blacklisted": 43019, "restricted": 50002} {
		r.act(habit, "say", object{"text": "x"})
		r.call(200, "PUT", "/_sim/users/"+habit, object{habit: true}, nil)
		if got := r.send(r.stableToken(), r.openid(habit), nil); got != want {
			t.Errorf("%s: %d, want %d", habit, got, want)
		}
		var v userView
		if r.call(200, "GET", "/_sim/users/"+habit, nil, &v); v.Window.Left != 5 {
			t.Errorf("%s: a refusal took a message off the allowance", habit)
		}
	}
}

func TestFieldRules(t *testing.T) {
	for key, c := range map[string]struct{ good, bad []string }{
		"thing1":            {[]string{"一二三四五六七八九十一二三四五六七八九十", "a"}, []string{strings.Repeat("字", 21), "", "a\nb", " "}},
		"number1":           {[]string{"12", "1.5"}, []string{"一", "1,5", strings.Repeat("1", 33)}},
		"letter1":           {[]string{"abc"}, []string{"abc1", strings.Repeat("a", 33)}},
		"symbol1":           {[]string{"%$"}, []string{"a", "%%%%%%"}},
		"character_string1": {[]string{"AB-12/3"}, []string{"单号1", strings.Repeat("a", 33)}},
		"time1":             {[]string{"15:01", "2019年10月1日 15:01", "2026-11-02 08:00:00", "15:01~16:00"}, []string{"明天", "2026-11-02"}},
		"date1":             {[]string{"2019年10月1日", "2026-11-02", "2026-11-02 08:00", "10月1日", "2018-01", "2026.11.02~2026.11.03"}, []string{"15:01", "明天"}},
		"amount1":           {[]string{"￥100.5", "100元", "99"}, []string{"一百元", strings.Repeat("1", 11)}},
		"phone_number1":     {[]string{"+86-0766-66888866"}, []string{"电话", strings.Repeat("1", 18)}},
		"car_number1":       {[]string{"粤A8Z888挂"}, []string{"粤A8Z8889999挂"}},
		"name1":             {[]string{"欧阳娜娜", "Zhang San"}, []string{strings.Repeat("张", 11), strings.Repeat("a", 21), "张3"}},
		"phrase3":           {[]string{"配送中", "已完成了"}, []string{"一二三四五六", "ab", "配送1"}},
		"const1":            {[]string{"已审核"}, []string{strings.Repeat("字", 21)}},
	} {
		for _, v := range c.good {
			if !fieldFits(key, v) {
				t.Errorf("%s refuses %q", key, v)
			}
		}
		for _, v := range c.bad {
			if fieldFits(key, v) {
				t.Errorf("%s takes %q", key, v)
			}
		}
	}
}

func TestTemplateMessages(t *testing.T) {
	r, c := plainRig(t, FormatXML)
	r.call(200, "POST", "/_sim/templates", noticeTemplate, nil)
	r.call(200, "POST", "/_sim/templates", subscribeTemplate("S1"), nil)
	r.act("d", "follow", nil)
	good := values("thing1", "科室会", "time2", "2026-11-02 15:00", "phrase3", "已确认")
	order := func(extra object) object {
		body := object{"touser": r.openid("d"), "template_id": "TPL_N", "url": "https://x/y", "data": good}
		for k, v := range extra {
			body[k] = v
		}
		return r.post("/cgi-bin/message/template/send", body)
	}
	sent := order(nil)
	if code(sent) != 0 || sent["msgid"] == nil {
		t.Fatalf("sent: %v", sent)
	}
	list := r.transcript("d")
	if m := list[len(list)-1]; m.Kind != "template" || m.Title != "会议提醒" || len(m.Rows) != 3 || m.Rows[0].Value != "科室会" || m.URL != "https://x/y" {
		t.Errorf("shown %+v", m)
	}
	for name, e := range map[string]struct {
		extra object
		want  int
	}{
		"long thing":      {object{"data": values("thing1", strings.Repeat("字", 21), "time2", "15:00", "phrase3", "好")}, 47003},
		"missing":         {object{"data": values("thing1", "x", "time2", "15:00")}, 47003},
		"one too many":    {object{"data": values("thing1", "x", "time2", "15:00", "phrase3", "好", "thing4", "x")}, 47003},
		"unknown":         {object{"template_id": "TPL_X"}, 40037},
		"subscribe's":     {object{"template_id": "S1"}, 40037},
		"stranger":        {object{"touser": "oNobody"}, 40003},
		"no address":      {object{"url": "javascript:1"}, 40048},
		"unknown field":   {object{"colour": "red"}, 47001},
		"mini of others":  {object{"miniprogram": object{"appid": "wxother", "pagepath": "p"}}, 40013},
		"mini that fits":  {object{"miniprogram": object{"appid": "wxmini", "pagepath": "p"}}, 0},
		"first client id": {object{"client_msg_id": "c1"}, 0},
	} {
		if got := order(e.extra); code(got) != e.want || e.want == 47003 && !strings.Contains(got["errmsg"].(string), "data.") {
			t.Errorf("%s: %v, want %d", name, got, e.want)
		}
	}
	lines := len(r.transcript("d"))
	if again := order(object{"client_msg_id": "c1"}); code(again) != 0 || len(r.transcript("d")) != lines {
		t.Errorf("same client id again: %v", again)
	}
	r.advance("2s")
	report := r.eventuallyBody(c, "TEMPLATESENDJOBFINISH", fmt.Sprintf("<MsgID>%d</MsgID>", int64(sent["msgid"].(float64))))
	if !strings.Contains(report, "<Status><![CDATA[success]]>") || !strings.Contains(report, "<FromUserName><![CDATA["+r.openid("d")) {
		t.Errorf("report %s", report)
	}
	r.call(200, "PUT", "/_sim/users/d", object{"blocks_templates": true}, nil)
	if got := order(nil); code(got) != 0 {
		t.Errorf("to one who blocks templates: %v", got)
	}
	r.advance("2s")
	r.eventuallyBody(c, "TEMPLATESENDJOBFINISH", "failed:user block")
	r.act("d", "unfollow", nil)
	if got := order(nil); code(got) != 43004 {
		t.Errorf("to one who left: %v", got)
	}
	if got := r.api("wechat", "GET", "/cgi-bin/template/get_all_private_template?access_token="+r.stableToken(), nil); !strings.Contains(fmt.Sprint(got), "{{thing1.DATA}}") {
		t.Errorf("library %v", got)
	}
}

func TestTemplatesNeedACertifiedServiceAccount(t *testing.T) {
	for _, settings := range []object{{"certified": false}, {"kind": KindSubscription}} {
		r := newRig(t)
		r.account(settings)
		if got := r.post("/cgi-bin/message/template/send", object{}); code(got) != 48001 {
			t.Errorf("%v: %v", settings, got)
		}
	}
	r := newRig(t)
	for _, bad := range []object{{"id": "x", "kind": "template", "title": "t"}, {"id": "x", "kind": "letter", "title": "t", "fields": []object{{"key": "thing1"}}},
		{"id": "x", "kind": "template", "title": "t", "fields": []object{{"key": "smell1"}}}, {"id": "x", "kind": "template", "title": "t", "fields": []object{{"key": "thing"}}}} {
		r.call(400, "POST", "/_sim/templates", bad, nil)
	}
}

func TestSubscribeMessagesUseConsentsUp(t *testing.T) {
	r, c := plainRig(t, FormatXML)
	r.call(200, "POST", "/_sim/templates", subscribeTemplate("S1"), nil)
	r.call(200, "POST", "/_sim/templates", subscribeTemplate("S2"), nil)
	r.act("d", "follow", nil)
	send := func(id string) object {
		return r.post("/cgi-bin/message/subscribe/bizsend", object{"touser": r.openid("d"), "template_id": id, "page": "https://x", "data": values("thing1", "指南更新", "date2", "2026年11月2日")})
	}
	if got := send("S1"); code(got) != 43101 {
		t.Errorf("without consent: %v", got)
	}
	accept := object{"templates": []object{{"id": "S1", "accept": true}, {"id": "S2", "accept": false}}}
	r.act("d", "consent", accept)
	r.act("d", "consent", accept)
	var v userView
	if r.call(200, "GET", "/_sim/users/d", nil, &v); v.Permits["S1"] != 2 || v.Permits["S2"] != 0 {
		t.Errorf("consents %v", v.Permits)
	}
	if code(send("S1")) != 0 || code(send("S1")) != 0 || code(send("S1")) != 43101 || code(send("S2")) != 43101 {
		t.Error("two consents are two messages")
	}
	r.advance("2s")
	report := r.eventuallyBody(c, "subscribe_msg_sent_event")
	for _, want := range []string{"<SubscribeMsgSentEvent><List>", "<TemplateId><![CDATA[S1]]>", "<ErrorCode><![CDATA[0]]>", "<ErrorStatus><![CDATA[success]]>"} {
		if !strings.Contains(report, want) {
			t.Errorf("report lacks %s: %s", want, report)
		}
	}
	r.act("d", "consent", accept)
	r.act("d", "withdraw", object{"templates": []object{{"id": "S1"}}})
	if got := send("S1"); code(got) != 43101 {
		t.Errorf("after withdrawing: %v", got)
	}
	if got := send("S3"); code(got) != 40037 {
		t.Errorf("unknown template: %v", got)
	}
	r.call(404, "POST", "/_sim/users/d/consent", object{"templates": []object{{"id": "S9"}}}, nil)
	r.call(400, "POST", "/_sim/users/d/consent", object{}, nil)
}
