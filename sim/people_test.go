package sim

import (
	"fmt"
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	r := newRig(t)
	for _, id := range []string{"a", "b"} {
		r.act(id, "follow", nil)
	}
	create := func(name string) object {
		return r.post("/cgi-bin/tags/create", object{"tag": object{"name": name}})
	}
	made := create("心内科")
	if made["errcode"] != nil || made["tag"].(object)["id"] != 100.0 {
		t.Fatalf("made %v", made)
	}
	if code(create("心内科")) != 45157 || code(create(strings.Repeat("字", 11))) != 45158 || code(create("")) != 45157 {
		t.Error("names")
	}
	second := create("肿瘤科")["tag"].(object)["id"]
	tagging := func(path string, tag any, people ...string) int {
		return code(r.post("/cgi-bin/tags/members/"+path, object{"openid_list": people, "tagid": tag}))
	}
	a, b := r.openid("a"), r.openid("b")
	for want, got := range map[string]int{
		"0 both": tagging("batchtagging", 100, a, b), "0 again": tagging("batchtagging", 100, a), "0 second": tagging("batchtagging", second, a),
		"45159": tagging("batchtagging", 999, a), "40003": tagging("batchtagging", 100, "oX"), "40032": tagging("batchtagging", 100, make([]string, 51)...),
		"40032 none": tagging("batchtagging", 100),
	} {
		if number, _, _ := strings.Cut(want, " "); fmt.Sprint(got) != number {
			t.Errorf("tagging: %d, want %s", got, want)
		}
	}
	if got := r.post("/cgi-bin/tags/getidlist", object{"openid": a}); fmt.Sprint(got["tagid_list"]) != "[100 101]" {
		t.Errorf("tags of a: %v", got)
	}
	if got := r.post("/cgi-bin/user/tag/get", object{"tagid": 100, "next_openid": ""}); got["count"] != 2.0 || got["next_openid"] != b {
		t.Errorf("people of the tag: %v", got)
	}
	if got := r.api("wechat", "GET", "/cgi-bin/tags/get?access_token="+r.stableToken(), nil); fmt.Sprint(got["tags"].([]any)[0].(object)["count"]) != "2" {
		t.Errorf("list %v", got)
	}
	if got := r.post("/cgi-bin/tags/update", object{"tag": object{"id": 100, "name": "肿瘤科"}}); code(got) != 45157 {
		t.Errorf("renaming to a taken name: %v", got)
	}
	if got := r.post("/cgi-bin/tags/update", object{"tag": object{"id": 100, "name": "心内"}}); code(got) != 0 {
		t.Errorf("renaming: %v", got)
	}
	if tagging("batchuntagging", second, a) != 0 || code(r.post("/cgi-bin/tags/delete", object{"tag": object{"id": 2}})) != 45058 {
		t.Error("untagging, or deleting a tag of the platform")
	}
	var v userView
	if r.call(200, "GET", "/_sim/users/a", nil, &v); fmt.Sprint(v.Tags) != "[心内]" {
		t.Errorf("inspector: %v", v.Tags)
	}
	r.act("b", "unfollow", nil)
	if got := r.post("/cgi-bin/user/tag/get", object{"tagid": 100}); got["count"] != 1.0 {
		t.Errorf("after one left: %v", got)
	}
	r.post("/cgi-bin/tags/delete", object{"tag": object{"id": 100}})
	if got := r.post("/cgi-bin/tags/getidlist", object{"openid": a}); fmt.Sprint(got["tagid_list"]) != "[]" {
		t.Errorf("after deleting: %v", got)
	}
}

func TestTagLimits(t *testing.T) {
	r := newRig(t)
	r.act("a", "follow", nil)
	r.account(object{"limits": object{"/cgi-bin/tags/create": 1000}})
	for i := range 100 {
		if got := r.post("/cgi-bin/tags/create", object{"tag": object{"name": fmt.Sprint("t", i)}}); code(got) != 0 {
			t.Fatalf("%d: %v", i, got)
		}
	}
	if got := r.post("/cgi-bin/tags/create", object{"tag": object{"name": "one more"}}); code(got) != 45056 {
		t.Errorf("the 101st: %v", got)
	}
	for i := range 21 {
		want := 0
		if i == 20 {
			want = 45059
		}
		if got := r.post("/cgi-bin/tags/members/batchtagging", object{"openid_list": []string{r.openid("a")}, "tagid": 100 + i}); code(got) != want {
			t.Errorf("tag %d of a user: %v, want %d", i+1, got, want)
		}
	}
}

func TestUserCalls(t *testing.T) {
	r := newRig(t)
	r.account(object{"union_ids": true})
	r.act("a", "follow", nil)
	r.act("b", "follow", nil)
	r.act("b", "unfollow", nil)
	a, b := r.openid("a"), r.openid("b")
	remark := func(id, text string) int {
		return code(r.post("/cgi-bin/user/info/updateremark", object{"openid": id, "remark": text}))
	}
	if remark(a, "王主任") != 0 || remark("oX", "x") != 40003 || remark(b, "x") != 40003 || remark(a, strings.Repeat("字", 30)) != 40035 {
		t.Error("remarks")
	}
	got := r.post("/cgi-bin/user/info/batchget", object{"user_list": []object{{"openid": a, "lang": "zh_CN"}, {"openid": b}}})
	list := got["user_info_list"].([]any)
	first, second := list[0].(object), list[1].(object)
	if first["remark"] != "王主任" || first["subscribe"] != 1.0 || first["nickname"] != "" || !strings.HasPrefix(first["unionid"].(string), "u") {
		t.Errorf("one who follows: %v", first)
	}
	if second["subscribe"] != 0.0 || second["remark"] != nil {
		t.Errorf("one who left: %v", second)
	}
	many := make([]object, 101)
	for i := range many {
		many[i] = object{"openid": a}
	}
	if got := r.post("/cgi-bin/user/info/batchget", object{"user_list": many}); code(got) != 40032 {
		t.Errorf("101 people: %v", got)
	}
}

func TestFollowersByPage(t *testing.T) {
	r := newRig(t)
	r.call(200, "POST", "/_sim/users", object{"id": "f", "count": 10_001, "following": true}, nil)
	page := func(next string) object {
		return r.api("wechat", "GET", "/cgi-bin/user/get?next_openid="+next+"&access_token="+r.stableToken(), nil)
	}
	first := page("")
	if first["total"] != 10001.0 || first["count"] != 10000.0 || first["next_openid"] != r.openid("f10000") {
		t.Errorf("first page: %v %v", first["total"], first["count"])
	}
	second := page(first["next_openid"].(string))
	if second["count"] != 1.0 || second["data"].(object)["openid"].([]any)[0] != r.openid("f10001") {
		t.Errorf("second page: %v", second)
	}
	if last := page(second["next_openid"].(string)); last["count"] != 0.0 || last["data"] != nil || last["next_openid"] != "" {
		t.Errorf("past the end: %v", last)
	}
	if got := page("oX"); code(got) != 40003 {
		t.Errorf("from a stranger: %v", got)
	}
}

func TestPersonalisedMenus(t *testing.T) {
	r := newRig(t)
	r.act("a", "follow", nil)
	r.act("b", "follow", nil)
	button := func(name string) []object { return []object{{"type": "click", "name": name, "key": name}} }
	add := func(name string, rule object) object {
		return r.post("/cgi-bin/menu/addconditional", object{"button": button(name), "matchrule": rule})
	}
	if got := add("x", object{"tag_id": "100"}); code(got) != 65303 {
		t.Errorf("without a common menu: %v", got)
	}
	r.post("/cgi-bin/menu/create", object{"button": button("common")})
	r.post("/cgi-bin/tags/create", object{"tag": object{"name": "未认证"}})
	if code(add("x", object{"tag_id": "999"})) != 45159 || code(add("x", nil)) != 40065 || code(add("x", object{"sex": "1"})) != 47001 {
		t.Error("rules")
	}
	made := add("verify", object{"tag_id": "100"})
	r.post("/cgi-bin/tags/members/batchtagging", object{"openid_list": []string{r.openid("a")}, "tagid": 100})
	sees := func(id string) string {
		got := r.post("/cgi-bin/menu/trymatch", object{"user_id": r.openid(id)})
		var v userView
		r.call(200, "GET", "/_sim/users/"+id, nil, &v)
		if name := v.Menu.Button[0].Name; name != got["button"].([]any)[0].(object)["name"] {
			t.Errorf("the phone of %s shows %s, trymatch says %v", id, name, got)
		}
		return v.Menu.Button[0].Name
	}
	if sees("a") != "verify" || sees("b") != "common" {
		t.Errorf("a sees %s, b sees %s", sees("a"), sees("b"))
	}
	whole := r.api("wechat", "GET", "/cgi-bin/menu/get?access_token="+r.stableToken(), nil)
	if whole["menu"] == nil || len(whole["conditionalmenu"].([]any)) != 1 {
		t.Errorf("menus %v", whole)
	}
	if code(r.post("/cgi-bin/menu/delconditional", object{"menuid": made["menuid"]})) != 0 || sees("a") != "common" {
		t.Error("deleting the personalised menu")
	}
	if code(r.post("/cgi-bin/menu/delconditional", object{"menuid": made["menuid"]})) != 65301 || code(r.post("/cgi-bin/menu/trymatch", object{"user_id": "oX"})) != 65309 {
		t.Error("unknown menu or user")
	}
}
