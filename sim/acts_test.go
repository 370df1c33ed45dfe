package sim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func plainRig(t *testing.T, format string) (*rig, *recorder) {
	r := newRig(t)
	r.account(object{"mode": ModePlain, "format": format, "mini_apps": []string{"wxmini"}})
	return r, r.record(quiet)
}

var noticeTemplate = object{"id": "TPL_N", "kind": "template", "title": "会议提醒",
	"fields": []object{{"key": "thing1", "name": "主题"}, {"key": "time2", "name": "时间"}, {"key": "phrase3", "name": "状态"}}}

func subscribeTemplate(id string) object {
	return object{"id": id, "kind": "subscribe", "title": "资料更新", "fields": []object{{"key": "thing1", "name": "内容"}, {"key": "date2", "name": "日期"}}}
}

// All kinds of callbacks, in both formats, by what must stand in them.
func TestActsInBothFormats(t *testing.T) {
	acts := []struct {
		verb string
		body object
		xml  []string
		json []string
	}{
		{"video", nil, []string{"<MsgType><![CDATA[video]]>", "<ThumbMediaId>", "<MsgId>"}, []string{`"MsgType":"video"`, `"MsgId":`}},
		{"shortvideo", nil, []string{"<MsgType><![CDATA[shortvideo]]>", "<ThumbMediaId>"}, []string{`"MsgType":"shortvideo"`}},
		{"link", object{"title": "题", "description": "述", "url": "https://x/y"},
			[]string{"<Title><![CDATA[题]]>", "<Description><![CDATA[述]]>", "<Url><![CDATA[https://x/y]]>"}, []string{`"Url":"https://x/y"`}},
		{"miniprogram", object{"title": "题", "appid": "wxmini", "pagepath": "p?a=1"},
			[]string{"miniprogrampage", "<AppId><![CDATA[wxmini]]>", "<PagePath><![CDATA[p?a=1]]>", "<ThumbUrl>"}, []string{`"PagePath":"p?a=1"`}},
		{"view", object{"url": "https://x/y"}, []string{"<Event><![CDATA[VIEW]]>", "<EventKey><![CDATA[https://x/y]]>", "<MenuId>"}, []string{`"Event":"VIEW"`}},
		{"view_miniprogram", object{"pagepath": "p"}, []string{"<Event><![CDATA[view_miniprogram]]>", "<EventKey><![CDATA[p]]>"}, []string{`"EventKey":"p"`}},
		{"scancode", object{"key": "K", "result": "R1"}, []string{"scancode_waitmsg", "<ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType>\n<ScanResult><![CDATA[R1]]>"},
			[]string{`"ScanCodeInfo":{"ScanType":"qrcode","ScanResult":"R1"}`}},
		{"scancode", object{"key": "K", "type": "scancode_push", "result": "R1"}, []string{"<Event><![CDATA[scancode_push]]>"}, []string{`"Event":"scancode_push"`}},
		{"report_location", object{"latitude": 31.2, "longitude": 121.5}, []string{"<Event><![CDATA[LOCATION]]>", "<Latitude>31.200000</Latitude>", "<Precision>"},
			[]string{`"Latitude":31.200000`}},
		{"consent", object{"templates": []object{{"id": "S1", "accept": true}, {"id": "S2"}}},
			[]string{"subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId><![CDATA[S1]]></TemplateId>\n<SubscribeStatusString><![CDATA[accept]]>",
				"<List><TemplateId><![CDATA[S2]]></TemplateId>\n<SubscribeStatusString><![CDATA[reject]]>"},
			[]string{`"List":[{"TemplateId":"S1","SubscribeStatusString":"accept","PopupScene":"0"},{"TemplateId":"S2","SubscribeStatusString":"reject","PopupScene":"0"}]`}},
		{"withdraw", object{"templates": []object{{"id": "S1"}}}, []string{"subscribe_msg_change_event", "<SubscribeMsgChangeEvent><List>"},
			[]string{`"Event":"subscribe_msg_change_event","List":[{"TemplateId":"S1"`}},
	}
	for _, format := range []string{FormatXML, FormatJSON} {
		r, c := plainRig(t, format)
		for _, id := range []string{"S1", "S2"} {
			r.call(200, "POST", "/_sim/templates", subscribeTemplate(id), nil)
		}
		for _, a := range acts {
			r.act("d", a.verb, a.body)
			body, want := c.last().body, a.xml
			if format == FormatJSON {
				want = a.json
				if !json.Valid([]byte(body)) {
					t.Errorf("%s: not JSON: %s", a.verb, body)
				}
			} else if err := xml.Unmarshal([]byte(body), new(struct{})); err != nil {
				t.Errorf("%s: not XML: %v", a.verb, err)
			}
			for _, w := range want {
				if !strings.Contains(body, w) {
					t.Errorf("%s lacks %q: %s", a.verb, w, body)
				}
			}
		}
	}
}

func TestActsThatSendAMessageAfterTheEvent(t *testing.T) {
	r, c := plainRig(t, FormatXML)
	r.act("d", "pic", object{"key": "K", "type": "pic_sysphoto", "count": 2})
	r.act("d", "location_select", object{"key": "L", "latitude": 31.2, "longitude": 121.5, "label": "门诊"})
	want := []string{"<Count>2</Count>", "<MsgType><![CDATA[image]]>", "<MsgType><![CDATA[image]]>", "<SendLocationInfo>", "<MsgType><![CDATA[location]]>"}
	if len(c.seen) != len(want) {
		t.Fatalf("%d callbacks", len(c.seen))
	}
	for i, w := range want {
		if !strings.Contains(c.seen[i].body, w) {
			t.Errorf("callback %d lacks %q: %s", i, w, c.seen[i].body)
		}
	}
	if n := strings.Count(c.seen[0].body, "<item><PicMd5Sum>"); n != 2 {
		t.Errorf("%d pictures in %s", n, c.seen[0].body)
	}
}

// Which acts open an allowance, and which.
func TestWhatOpensAWindow(t *testing.T) {
	r, _ := plainRig(t, FormatXML)
	r.call(200, "POST", "/_sim/templates", subscribeTemplate("S1"), nil)
	for i, a := range []struct {
		verb        string
		body        object
		chat, quick int
	}{
		{"say", object{"text": "x"}, 5, 0}, {"link", object{"title": "x", "url": "http://x"}, 5, 0}, {"shortvideo", nil, 5, 0},
		{"miniprogram", object{"title": "x", "appid": "a", "pagepath": "p"}, 5, 0}, {"say", object{"text": "x", "menu_id": "1"}, 0, 3},
		{"press", object{"key": "K"}, 0, 3}, {"scancode", object{"key": "K", "result": "x"}, 0, 3}, {"follow", nil, 0, 3}, {"scan", object{"scene": "x"}, 0, 3},
		{"view", object{"url": "http://x"}, 0, 0}, {"view_miniprogram", object{"pagepath": "p"}, 0, 0}, {"report_location", nil, 0, 0},
		{"consent", object{"templates": []object{{"id": "S1", "accept": true}}}, 0, 0},
		{"pic", object{"key": "K"}, 5, 0}, {"location_select", object{"key": "K"}, 5, 0},
	} {
		id := fmt.Sprint("u", i)
		r.act(id, a.verb, a.body)
		var v userView
		r.call(200, "GET", "/_sim/users/"+id, nil, &v)
		if v.Window.Left != a.chat || v.Quick.Left != a.quick {
			t.Errorf("%s opens %d and %d, want %d and %d", a.verb, v.Window.Left, v.Quick.Left, a.chat, a.quick)
		}
	}
}

func TestMenuButtonsOfAllTypes(t *testing.T) {
	r, c := plainRig(t, FormatXML)
	tok := r.wechatToken()
	menu := object{"button": []object{{"type": "click", "name": "一", "key": "K1"},
		{"name": "二", "sub_button": []object{{"type": "scancode_push", "name": "扫", "key": "K2"}, {"type": "pic_weixin", "name": "图", "key": "K3"},
			{"type": "location_select", "name": "位", "key": "K4"}, {"type": "miniprogram", "name": "小", "url": "http://x", "appid": "wxmini", "pagepath": "p"}}},
		{"type": "view", "name": "三", "url": "https://x"}}}
	if got := r.api("wechat", "POST", "/cgi-bin/menu/create?access_token="+tok, menu); code(got) != 0 {
		t.Fatalf("menu: %v", got)
	}
	for key, event := range map[string]string{"K1": "CLICK", "K2": "scancode_push", "K3": "pic_weixin", "K4": "location_select"} {
		n := len(c.seen)
		r.act("d", "press", object{"key": key})
		if !strings.Contains(c.seen[n].body, "<Event><![CDATA["+event+"]]>") {
			t.Errorf("%s pushes %s", key, c.seen[n].body)
		}
	}
	for want, bad := range map[int]object{
		40119: {"button": []object{{"type": "miniprogram", "name": "小", "url": "http://x", "appid": "wxother", "pagepath": "p"}}},
		40017: {"button": []object{{"type": "dance", "name": "x", "key": "k"}}},
		40022: {"button": []object{{"name": "x", "sub_button": []object{{"name": "y", "sub_button": []object{{"type": "click", "name": "z", "key": "k"}}}}}}},
		40007: {"button": []object{{"type": "media_id", "name": "x", "media_id": "gone"}}},
	} {
		if got := r.api("wechat", "POST", "/cgi-bin/menu/create?access_token="+tok, bad); code(got) != want {
			t.Errorf("%v: %v, want %d", bad, got, want)
		}
	}
}

func TestChoosingAndTapping(t *testing.T) {
	r, c := plainRig(t, FormatXML)
	r.act("d", "say", object{"text": "x"})
	link := "weixin://bizmsgmenu?msgmenucontent=" + url.QueryEscape("甲") + "&amp;msgmenuid=101"
	tok, id := r.wechatToken(), r.openid("d")
	r.send(tok, id, object{"msgtype": "msgmenu", "msgmenu": object{"head_content": "选", "list": []object{{"id": "7", "content": "乙"}}, "tail_content": ""}})
	r.send(tok, id, object{"text": object{"content": `请点 <a href="` + link + `">甲</a> 或 <a href="weixin://bizmsgmenu?msgmenucontent=丙">丙</a>`}})
	list := r.transcript("d")
	menu, links := list[len(list)-2].ID, list[len(list)-1].ID
	press := func(verb string, message int64, choice string) string {
		r.act("d", verb, object{"message": message, "choice": choice})
		return c.last().body
	}
	const seven, hundred = "<bizmsgmenuid><![CDATA[7]]>", "<bizmsgmenuid><![CDATA[101]]>"
	if got := press("choose", menu, "7"); !strings.Contains(got, "<Content><![CDATA[乙]]>") || !strings.Contains(got, seven) {
		t.Errorf("choice: %s", got)
	}
	if got := press("tap", links, "101"); !strings.Contains(got, "<Content><![CDATA[甲]]>") || !strings.Contains(got, hundred) {
		t.Errorf("link: %s", got)
	}
	if got := press("tap", links, "丙"); !strings.Contains(got, "<Content><![CDATA[丙]]>") || strings.Contains(got, "bizmsgmenuid") {
		t.Errorf("link without id: %s", got)
	}
	r.account(object{"menu_ids": MenuIDZero})
	if got := press("tap", links, "甲"); !strings.Contains(got, "<bizmsgmenuid><![CDATA[0]]>") {
		t.Errorf("zero ids: %s", got)
	}
	r.account(object{"menu_ids": MenuIDMissing})
	if got := press("choose", menu, "7"); strings.Contains(got, "bizmsgmenuid") {
		t.Errorf("missing ids: %s", got)
	}
	r.call(404, "POST", "/_sim/users/d/choose", object{"message": menu, "choice": "8"}, nil)
	r.call(404, "POST", "/_sim/users/d/tap", object{"message": 1, "choice": "8"}, nil)
}

func TestUserSettingsAndFollowersOfBefore(t *testing.T) {
	r, c := plainRig(t, FormatXML)
	r.call(200, "POST", "/_sim/users", object{"id": "old", "count": 30, "following": true}, nil)
	if len(c.seen) != 0 {
		t.Errorf("%d callbacks for followers of before", len(c.seen))
	}
	list := r.api("wechat", "GET", "/cgi-bin/user/get?access_token="+r.wechatToken(), nil)
	if list["total"] != 30.0 || len(list["data"].(object)["openid"].([]any)) != 30 {
		t.Errorf("followers %v", list)
	}
	r.call(200, "PUT", "/_sim/users/old1", object{"blocks_messages": true}, nil)
	r.call(200, "PUT", "/_sim/users/old1", object{"snapshot": true}, nil)
	var v userView
	if r.call(200, "GET", "/_sim/users/old1", nil, &v); !v.Habits.BlocksMessages || !v.Habits.Snapshot {
		t.Errorf("habits %+v", v.Habits)
	}
	r.call(400, "PUT", "/_sim/users/old1", object{"blocks": true}, nil)
	r.call(400, "POST", "/_sim/users", object{"count": 3}, nil)
}

// eventuallyBodies waits until the recorder has a callback that holds all words.
func (r *rig) eventuallyBody(c *recorder, words ...string) string {
	r.Helper()
	found := ""
	eventually(r.T, "a callback with "+strings.Join(words, ", "), func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, w := range c.seen {
			ok := true
			for _, word := range words {
				ok = ok && strings.Contains(w.body, word)
			}
			if ok {
				found = w.body
			}
		}
		return found != ""
	})
	return found
}
