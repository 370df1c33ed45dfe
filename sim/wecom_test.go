package sim

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testCard(task string) object {
	return object{
		"card_type": "button_interaction", "task_id": task,
		"source":                  object{"desc": "小安"},
		"main_title":              object{"title": "王医生希望当面沟通", "desc": "心内科"},
		"sub_title_text":          "周四下午有空",
		"horizontal_content_list": []object{{"keyname": "兴趣", "value": "心衰"}, {"keyname": "简报", "value": "打开", "type": 1, "url": "http://127.0.0.1/h/x"}},
		"card_action":             object{"type": 1, "url": "http://127.0.0.1/h/x"},
		"button_selection": object{"question_key": "reason", "title": "原因", "selected_id": "busy",
			"option_list": []object{{"id": "busy", "text": "时间冲突"}, {"id": "area", "text": "不在区域"}}},
		"button_list": []object{{"text": "接受", "style": 1, "key": "accept"}, {"text": "拒绝", "style": 2, "key": "decline"}},
	}
}

func (r *rig) corp(path, tok string, body object) object {
	r.Helper()
	return r.api("wecom", "POST", "/cgi-bin/message/"+path+"?access_token="+tok, body)
}

func (r *rig) sendCard(tok, to, task string) object {
	r.Helper()
	return r.corp("send", tok, object{"touser": to, "msgtype": "template_card", "agentid": 1000002, "template_card": testCard(task)})
}

func corpReply(userid, inner string) string {
	return peerReply("ctok", testCorpKey, "wwcorp", fmt.Sprintf("<xml><ToUserName>%s</ToUserName><FromUserName>wwcorp</FromUserName>"+
		"<CreateTime>1</CreateTime>%s</xml>", userid, inner))
}

func TestPressUpdatesTheCard(t *testing.T) {
	r := newRig(t)
	tok := r.wecomToken()
	sent := r.sendCard(tok, "zhang|li", "lead-1")
	if code(sent) != 0 || sent["msgid"] == "" || sent["response_code"] == "" || sent["invaliduser"] != "" {
		t.Fatalf("sent: %v", sent)
	}
	r.bot.set(nil, func(m inbound) (int, string) {
		return 200, corpReply(m.FromUserName, "<MsgType>update_button</MsgType><Button><ReplaceName><![CDATA[已接受]]></ReplaceName></Button>")
	})
	card := r.repMessages("zhang")[0]
	var res pressResult
	r.call(200, "POST", "/_sim/reps/zhang/press", object{"message": card.ID, "key": "decline", "selected": object{"reason": "area"}}, &res)
	if res.Replaced != "已接受" || res.Status != 200 || res.Attempts != 1 {
		t.Errorf("press: %+v", res)
	}
	m := r.bot.messages()[0]
	got := []string{m.ToUserName, m.FromUserName, m.MsgType, m.Event, m.EventKey, m.TaskId, m.CardType, m.AgentID, m.MsgId}
	want := []string{"wwcorp", "zhang", "event", "template_card_event", "decline", "lead-1", "button_interaction", "1000002", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if i := m.SelectedItems.SelectedItem; len(i) != 1 || i[0].QuestionKey != "reason" || i[0].OptionIds.OptionId[0] != "area" {
		t.Errorf("selected: %+v", m.SelectedItems)
	}
	if m.query.Has("signature") || m.query.Has("encrypt_type") || len(m.ResponseCode) < 20 {
		t.Errorf("query %v, response code %q", m.query, m.ResponseCode)
	}
	r.call(409, "POST", "/_sim/reps/zhang/press", object{"message": card.ID, "key": "accept"}, nil)
	if other := r.repMessages("li")[0]; other.Replaced != "" {
		t.Errorf("the passive reply changed another rep's card: %q", other.Replaced)
	}
	update := object{"userids": []string{"li", "nobody"}, "agentid": 1000002, "response_code": m.ResponseCode, "button": object{"replace_name": "已由张三处理"}}
	up := r.corp("update_template_card", tok, update)
	if code(up) != 0 || fmt.Sprint(up["invaliduser"]) != "[nobody]" {
		t.Errorf("update: %v", up)
	}
	if other := r.repMessages("li")[0]; other.Replaced != "已由张三处理" {
		t.Errorf("the other card says %q", other.Replaced)
	}
	if up = r.corp("update_template_card", tok, update); code(up) == 0 {
		t.Error("a response code worked twice")
	}
}

func TestPressDefaultOptionAndWholeCard(t *testing.T) {
	r := newRig(t)
	r.sendCard(r.wecomToken(), "zhang", "lead-1")
	r.bot.set(nil, func(m inbound) (int, string) {
		return 200, corpReply(m.FromUserName, "<MsgType>update_template_card</MsgType><TemplateCard><CardType>button_interaction</CardType>"+
			"<MainTitle><Title>新标题</Title></MainTitle><HorizontalContentList><KeyName>一</KeyName><Value>甲</Value></HorizontalContentList>"+
			"<HorizontalContentList><KeyName>二</KeyName><Value>乙</Value></HorizontalContentList>"+
			"<ButtonList><Text>报告</Text><Key>report</Key></ButtonList></TemplateCard>")
	})
	r.call(200, "POST", "/_sim/reps/zhang/press", object{"message": r.repMessages("zhang")[0].ID, "key": "accept"}, nil)
	if i := r.bot.messages()[0].SelectedItems.SelectedItem; len(i) != 1 || i[0].OptionIds.OptionId[0] != "busy" {
		t.Errorf("default option: %+v", i)
	}
	m := r.repMessages("zhang")[0]
	if m.Card.MainTitle.Title != "新标题" || len(m.Card.Rows) != 2 || m.Card.Buttons[0].Key != "report" || m.Replaced != "" {
		t.Errorf("card %+v", m.Card)
	}
}

func TestPressProblems(t *testing.T) {
	r := newRig(t)
	r.sendCard(r.wecomToken(), "zhang", "lead-1")
	id := r.repMessages("zhang")[0].ID
	for _, c := range []struct {
		rep    string
		body   object
		status int
	}{
		{"nobody", object{"message": id, "key": "accept"}, 404},
		{"zhang", object{"message": "999", "key": "accept"}, 404},
		{"zhang", object{"message": id, "key": "dance"}, 404},
		{"zhang", object{"message": id, "key": "accept", "selected": object{"reason": "x"}}, 404},
		{"zhang", object{"message": id, "key": "accept", "selected": object{"other": "busy"}}, 404},
		{"zhang", object{"message": id, "kee": "accept"}, 400},
	} {
		r.call(c.status, "POST", "/_sim/reps/"+c.rep+"/press", c.body, nil)
	}
	if n := len(r.bot.messages()); n != 0 {
		t.Errorf("%d callbacks of presses that no phone can make", n)
	}
	r.bot.set(nil, func(inbound) (int, string) { return 500, "" })
	r.call(502, "POST", "/_sim/reps/zhang/press", object{"message": id, "key": "accept"}, nil)
	if n := len(r.bot.messages()); n != 3 {
		t.Errorf("%d deliveries, want 3", n)
	}
	r.bot.set(nil, func(m inbound) (int, string) { return 200, corpReply("li", "<MsgType>update_button</MsgType>") })
	r.call(502, "POST", "/_sim/reps/zhang/press", object{"message": id, "key": "accept"}, nil)
	r.bot.set(nil, func(inbound) (int, string) { return 200, "" })
	var res pressResult
	r.call(200, "POST", "/_sim/reps/zhang/press", object{"message": id, "key": "accept"}, &res)
	if res.Replaced != "" || r.repMessages("zhang")[0].Replaced != "" {
		t.Error("an empty reply must leave the buttons")
	}
}

func TestCorpSend(t *testing.T) {
	r := newRig(t)
	tok := r.wecomToken()
	text := func(extra object) object {
		body := object{"touser": "zhang", "msgtype": "text", "agentid": "1000002", "text": object{"content": "您好"}}
		maps.Copy(body, extra)
		return r.corp("send", tok, body)
	}
	if got := text(object{"touser": "zhang|ghost"}); code(got) != 0 || got["invaliduser"] != "ghost" {
		t.Errorf("one stranger: %v", got)
	}
	long := text(object{"text": object{"content": strings.Repeat("字", 700)}})
	if m := r.repMessages("zhang"); code(long) != 0 || m[len(m)-1].Text != strings.Repeat("字", 682) {
		t.Errorf("a long text must be cut, not refused: %v", long)
	}
	all := text(object{"touser": "@all"})
	if code(all) != 0 || len(r.repMessages("li")) != 1 {
		t.Errorf("to all: %v", all)
	}
	for name, c := range map[string]struct {
		extra object
		want  int
	}{
		"strangers only": {object{"touser": "ghost"}, 81013},
		"nobody":         {object{"touser": ""}, 40058},
		"other agent":    {object{"agentid": 7}, 40056},
		"empty":          {object{"text": object{"content": ""}}, 44004},
		"unknown type":   {object{"msgtype": "dance"}, 40008},
		"unknown field":  {object{"colour": 1}, 40058},
	} {
		if got := text(c.extra); code(got) != c.want {
			t.Errorf("%s: %v, want %d", name, got, c.want)
		}
	}
	card := r.corp("send", tok, object{"touser": "zhang", "msgtype": "textcard", "agentid": 1000002,
		"textcard": object{"title": "简报", "description": "一行", "url": "http://127.0.0.1/h/x", "btntxt": "看"}})
	if m := r.repMessages("zhang"); code(card) != 0 || m[len(m)-1].Title != "简报" {
		t.Errorf("textcard: %v", card)
	}
}

func TestDuplicateCheckAndTaskID(t *testing.T) {
	r := newRig(t)
	tok := r.wecomToken()
	body := object{"touser": "zhang", "msgtype": "text", "agentid": 1000002, "text": object{"content": "一"}, "enable_duplicate_check": 1, "duplicate_check_interval": 600}
	r.corp("send", tok, body)
	r.corp("send", tok, body)
	if n := len(r.repMessages("zhang")); n != 1 {
		t.Errorf("%d copies within the interval", n)
	}
	r.advance("10m")
	r.corp("send", tok, body)
	if n := len(r.repMessages("zhang")); n != 2 {
		t.Errorf("%d copies after the interval", n)
	}
	r.sendCard(tok, "zhang", "t1")
	if got := r.sendCard(tok, "zhang", "t1"); code(got) != 42014 {
		t.Errorf("same task again: %v", got)
	}
	if got := r.sendCard(tok, "ghost", "t2"); code(got) != 81013 {
		t.Errorf("to a stranger: %v", got)
	}
	if got := r.sendCard(tok, "zhang", "t2"); code(got) != 0 {
		t.Errorf("a refused message must not take its task id: %v", got)
	}
}

func TestResponseCodeEndsAfterThreeDays(t *testing.T) {
	r := newRig(t)
	tok := r.wecomToken()
	update := func(tok string, c any) int {
		return code(r.corp("update_template_card", tok, object{"atall": 1, "agentid": 1000002, "response_code": c, "button": object{"replace_name": "已过期"}}))
	}
	fresh := r.sendCard(tok, "zhang|li", "t1")["response_code"]
	if c := update(tok, fresh); c != 0 || r.repMessages("li")[0].Replaced != "已过期" {
		t.Errorf("update by the code of the send: %d", c)
	}
	old := r.sendCard(tok, "zhang", "t2")["response_code"]
	r.advance("72h")
	if c := update(r.wecomToken(), old); c != 40058 {
		t.Errorf("after 72 hours: %d", c)
	}
	if c := update(r.wecomToken(), "invented"); c != 40058 {
		t.Errorf("invented code: %d", c)
	}
}

func TestCardRules(t *testing.T) {
	r := newRig(t)
	tok := r.wecomToken()
	for i, change := range []func(object){
		func(c object) { delete(c, "main_title") },
		func(c object) { c["task_id"] = "有汉字" },
		func(c object) { c["task_id"] = strings.Repeat("a", 129) },
		func(c object) { c["button_list"] = []object{} },
		func(c object) { c["button_list"] = []object{{"text": "无键"}} },
		func(c object) { c["button_selection"].(object)["selected_id"] = "none" },
		func(c object) { c["card_type"] = "vote_interaction" },
		func(c object) { c["colour"] = "red" },
		func(c object) { c["card_action"] = object{"type": 1, "url": "javascript:1"} },
		func(c object) { c["jump_list"] = []object{{"type": 1, "title": "x", "url": "http://x"}} },
		func(c object) { c["replace_text"] = "x" },
	} {
		card := testCard(fmt.Sprint("t", i))
		change(card)
		got := r.corp("send", tok, object{"touser": "zhang", "msgtype": "template_card", "agentid": 1000002, "template_card": card})
		if code(got) != 40058 {
			t.Errorf("case %d: %v, want 40058", i, got)
		}
	}
	notice := object{"card_type": "text_notice", "main_title": object{"title": "题"}, "card_action": object{"type": 1, "url": "http://x"}}
	if got := r.corp("send", tok, object{"touser": "zhang", "msgtype": "template_card", "agentid": 1000002, "template_card": notice}); code(got) != 0 {
		t.Errorf("notice card: %v", got)
	}
}

func TestAgentAndUser(t *testing.T) {
	r := newRig(t)
	tok := r.wecomToken()
	if got := r.api("wecom", "GET", "/cgi-bin/agent/get?agentid=1000002&access_token="+tok, nil); code(got) != 0 || got["agentid"] != 1000002.0 {
		t.Errorf("agent: %v", got)
	}
	if got := r.api("wecom", "GET", "/cgi-bin/user/get?userid=zhang&access_token="+tok, nil); code(got) != 0 || got["name"] != "张三" {
		t.Errorf("user: %v", got)
	}
	if got := r.api("wecom", "GET", "/cgi-bin/user/get?userid=ghost&access_token="+tok, nil); code(got) != 60111 {
		t.Errorf("stranger: %v", got)
	}
}
