package sim

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"
)

func fixed(o *Options) {
	o.Now = func() time.Time { return time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC) }
}

func (r *rig) corpText(tok, to, content string) object {
	r.Helper()
	return r.corp("send", tok, object{"touser": to, "msgtype": "text", "agentid": 1000002, "text": object{"content": content}})
}

func TestMembersHearThirtyMessagesAMinute(t *testing.T) {
	r := newRig(t, fixed)
	tok := r.wecomToken()
	for i := range 31 {
		if got := r.corpText(tok, "zhang", fmt.Sprint(i)); code(got) != 0 || got["invaliduser"] != "" {
			t.Fatalf("%d: %v: what is over the limit is dropped without a word", i, got)
		}
	}
	if n := len(r.repMessages("zhang")); n != 30 || r.p.count.view().RepDropped != 1 {
		t.Errorf("%d messages, %d dropped", n, r.p.count.view().RepDropped)
	}
	r.advance("1m")
	r.corpText(tok, "zhang", "later")
	if n := len(r.repMessages("zhang")); n != 31 {
		t.Errorf("%d messages a minute later", n)
	}
}

func TestPersonSendsADay(t *testing.T) {
	r := newRig(t, fixed)
	tok := r.wecomToken()
	for range 200 {
		r.corpText(tok, "zhang|li", "x")
	}
	if got := r.corpText(tok, "zhang", "one more"); code(got) != 45009 {
		t.Errorf("over 200 times the accounts: %v", got)
	}
	r.advance("24h")
	if got := r.corpText(r.wecomToken(), "zhang", "tomorrow"); code(got) != 0 {
		t.Errorf("the next day: %v", got)
	}
}

func TestKindsOfApplicationMessages(t *testing.T) {
	r := newRig(t)
	tok := r.wecomToken()
	up := func(kind string, raw []byte) object {
		return r.upload("wecom", "/cgi-bin/media/upload?type="+kind+"&access_token="+tok, "f.bin", raw, nil)
	}
	file := up("file", []byte("any bytes"))
	if code(up("thumb", doctorPicture())) != 40004 || code(file) != 0 {
		t.Errorf("uploads: %v", file)
	}
	picture := up("image", doctorPicture())["media_id"]
	for _, c := range []struct {
		kind string
		body object
		want int
	}{
		{"markdown", object{"content": "**新线索**"}, 0}, {"markdown", object{"content": ""}, 44004},
		{"news", object{"articles": []object{{"title": "题", "url": "http://x"}}}, 0}, {"news", object{"articles": []object{}}, 40058},
		{"image", object{"media_id": picture}, 0}, {"file", object{"media_id": file["media_id"]}, 0}, {"voice", object{"media_id": picture}, 40007},
	} {
		got := r.corp("send", tok, object{"touser": "zhang", "msgtype": c.kind, "agentid": 1000002, c.kind: c.body})
		if code(got) != c.want {
			t.Errorf("%s %v: %v", c.kind, c.body, got)
		}
		if list := r.repMessages("zhang"); c.want == 0 && list[len(list)-1].Kind != c.kind {
			t.Errorf("%s: shown %+v", c.kind, list[len(list)-1])
		}
	}
}

func TestFormCards(t *testing.T) {
	r := newRig(t)
	tok := r.wecomToken()
	send := func(card object) object {
		return r.corp("send", tok, object{"touser": "zhang", "msgtype": "template_card", "agentid": 1000002, "template_card": card})
	}
	vote := object{"card_type": "vote_interaction", "task_id": "v1", "main_title": object{"title": "下次带什么"},
		"checkbox":      object{"question_key": "q", "mode": 1, "option_list": []object{{"id": "a", "text": "文献"}, {"id": "b", "text": "样本册"}, {"id": "c", "text": "无"}}},
		"submit_button": object{"text": "提交", "key": "send"}}
	if got := send(vote); code(got) != 0 {
		t.Fatalf("vote: %v", got)
	}
	form := object{"card_type": "multiple_interaction", "task_id": "m1", "main_title": object{"title": "拜访结果"}, "submit_button": object{"text": "提交", "key": "send"},
		"select_list": []object{{"question_key": "met", "option_list": []object{{"id": "y", "text": "见到"}, {"id": "n", "text": "没见到"}}},
			{"question_key": "mood", "selected_id": "ok", "option_list": []object{{"id": "ok", "text": "一般"}, {"id": "good", "text": "好"}}}}}
	if got := send(form); code(got) != 0 {
		t.Fatalf("form: %v", got)
	}
	news := object{"card_type": "news_notice", "main_title": object{"title": "题"}, "card_image": object{"url": "http://x/p.png"}, "card_action": object{"type": 1, "url": "http://x"}}
	if got := send(news); code(got) != 0 {
		t.Errorf("news card: %v", got)
	}
	list := r.repMessages("zhang")
	r.call(200, "POST", "/_sim/reps/zhang/press", object{"message": list[0].ID, "key": "send", "selected": object{"q": "a|b"}}, nil)
	r.call(200, "POST", "/_sim/reps/zhang/press", object{"message": list[1].ID, "key": "send", "selected": object{"met": "y"}}, nil)
	r.call(404, "POST", "/_sim/reps/zhang/press", object{"message": list[0].ID, "key": "send", "selected": object{"q": "z"}}, nil)
	seen := r.bot.messages()
	if got := fmt.Sprint(seen[0].SelectedItems); got != "{[{q {[a b]}}]}" || seen[0].CardType != "vote_interaction" {
		t.Errorf("vote: %s", got)
	}
	if got := fmt.Sprint(seen[1].SelectedItems); got != "{[{met {[y]}} {mood {[ok]}}]}" {
		t.Errorf("form: %s", got)
	}
	delete(vote, "submit_button")
	vote["task_id"] = "v2"
	if got := send(vote); code(got) != 40058 {
		t.Errorf("vote without button: %v", got)
	}
}

func TestRobot(t *testing.T) {
	r := newRig(t, fixed)
	var v accountView
	r.call(200, "GET", "/_sim/account", nil, &v)
	send := func(key string, body object) object {
		return r.api("wecom", "POST", "/cgi-bin/webhook/send?key="+key, body)
	}
	text := func(s string) object {
		return object{"msgtype": "text", "text": object{"content": s, "mentioned_list": []string{"zhang"}, "mentioned_mobile_list": []string{"@all"}}}
	}
	sum := md5.Sum(doctorPicture())
	picture := object{"msgtype": "image", "image": object{"base64": base64.StdEncoding.EncodeToString(doctorPicture()), "md5": hex.EncodeToString(sum[:])}}
	spoilt := object{"msgtype": "image", "image": object{"base64": base64.StdEncoding.EncodeToString(doctorPicture()), "md5": "00"}}
	button := testCard("t1")
	notice := object{"card_type": "text_notice", "main_title": object{"title": "题"}, "card_action": object{"type": 1, "url": "http://x"}}
	sent := 0
	for _, c := range []struct {
		name string
		key  string
		body object
		want int
	}{
		{"wrong key", "x", text("x"), 93000}, {"text", v.RobotKey, text("新线索"), 0}, {"2049 bytes", v.RobotKey, text(strings.Repeat("a", 2049)), 40058},
		{"empty", v.RobotKey, text(""), 44004}, {"markdown", v.RobotKey, object{"msgtype": "markdown", "markdown": object{"content": "**x**"}}, 0},
		{"4097 bytes", v.RobotKey, object{"msgtype": "markdown", "markdown": object{"content": strings.Repeat("a", 4097)}}, 40058},
		{"picture", v.RobotKey, picture, 0}, {"other sum", v.RobotKey, spoilt, 40058},
		{"notice card", v.RobotKey, object{"msgtype": "template_card", "template_card": notice}, 0},
		{"buttons call nobody back", v.RobotKey, object{"msgtype": "template_card", "template_card": button}, 40058},
		{"unknown", v.RobotKey, object{"msgtype": "dance"}, 40008}, {"unknown field", v.RobotKey, object{"msgtype": "text", "colour": 1}, 40058},
	} {
		if got := send(c.key, c.body); code(got) != c.want {
			t.Errorf("%s: %v, want %d", c.name, got, c.want)
		}
		if c.want == 0 {
			sent++
		}
	}
	for ; sent < 20; sent++ {
		send(v.RobotKey, text("x"))
	}
	if got := send(v.RobotKey, text("the 21st")); code(got) != 45009 {
		t.Errorf("over twenty a minute: %v", got)
	}
	var out struct{ Messages []RepMessage }
	if r.call(200, "GET", "/_sim/robots/"+v.RobotKey+"/messages", nil, &out); len(out.Messages) != 20 || fmt.Sprint(out.Messages[0].Mentions) != "[zhang @all]" {
		t.Errorf("%d messages, first %+v", len(out.Messages), out.Messages[0])
	}
	r.advance("1m")
	if got := send(v.RobotKey, text("a minute later")); code(got) != 0 {
		t.Errorf("a minute later: %v", got)
	}
	r.call(404, "GET", "/_sim/robots/x/messages", nil, nil)
}

func TestRepsWriteToTheApp(t *testing.T) {
	r := newRig(t)
	r.bot.set(nil, func(m inbound) (int, string) {
		if m.Event == "enter_agent" {
			return 200, ""
		}
		return 200, corpReply(m.FromUserName, "<MsgType>text</MsgType><Content>收到："+m.Content+"</Content>")
	})
	var res talkResult
	r.call(200, "POST", "/_sim/reps/zhang/say", object{"text": "在吗"}, &res)
	if len(res.Replies) != 1 || res.Replies[0] != "收到：在吗" {
		t.Errorf("%+v", res)
	}
	m := r.bot.messages()[0]
	if raw, err := base64.StdEncoding.DecodeString(m.MsgId); err != nil || len(raw) < 10 || m.MsgType != "text" || m.AgentID != "1000002" {
		t.Errorf("callback %s, id %v", m.plain, err)
	}
	if list := r.repMessages("zhang"); len(list) != 2 || list[0].From != "rep" || list[1].From != "" {
		t.Errorf("phone %+v", list)
	}
	r.call(200, "POST", "/_sim/reps/zhang/enter", nil, &res)
	if got := r.bot.messages()[1]; got.Event != "enter_agent" || got.MsgId != "" {
		t.Errorf("callback %s", got.plain)
	}
	r.call(404, "POST", "/_sim/reps/ghost/say", object{"text": "x"}, nil)
	r.call(400, "POST", "/_sim/reps/zhang/say", object{}, nil)
	r.bot.set(nil, func(m inbound) (int, string) {
		return 200, corpReply("li", "<MsgType>text</MsgType><Content>x</Content>")
	})
	r.call(502, "POST", "/_sim/reps/zhang/say", object{"text": "x"}, nil)
}
