package wechat

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
)

var (
	everyone = []bot.MenuButton{{Name: "资料", Sub: []bot.MenuButton{{Name: "文献", Key: "READ"}, {Name: "官网", URL: "https://x/?a=1&b=2"}}}, {Name: "帮助", Key: "command:help"}}
	verified = []bot.MenuButton{{Name: "产品", Key: "PRODUCT"}}
)

const (
	everyoneJSON = `{"button":[{"name":"资料","sub_button":[{"type":"click","name":"文献","key":"READ"},{"type":"view","name":"官网","url":"https://x/?a=1&b=2"}]},{"type":"click","name":"帮助","key":"command:help"}]}`
	verifiedJSON = `{"button":[{"type":"click","name":"产品","key":"PRODUCT"}],"matchrule":{"tag_id":"101"}}`
)

// current is the platform's answer to menu/get, with the empty lists that it writes.
func current(everyone, personal string) json.RawMessage {
	return json.RawMessage(`{"menu":` + strings.ReplaceAll(everyone, `"key":"READ"`, `"key":"READ","sub_button":[]`) + `,"conditionalmenu":[` + personal + `]}`)
}

func withID(menu, id string) string { return strings.TrimSuffix(menu, "}") + `,"menuid":` + id + `}` }

func TestSyncMenu(t *testing.T) {
	tags := reply{"tags": []any{map[string]any{"id": 2, "name": "星标组"}, map[string]any{"id": 101, "name": VerifiedTag}}}
	quoted := strings.ReplaceAll(verifiedJSON, `"tag_id":"101"`, `"group_id":101`)
	other := strings.ReplaceAll(verifiedJSON, "101", "7")
	stale := strings.ReplaceAll(verifiedJSON, "PRODUCT", "OLD")
	for name, c := range map[string]struct {
		now     any
		tags    any
		want    bot.AccountMenu
		changes []string
	}{
		"nothing yet": {code(46003), reply{"tags": []any{}}, bot.AccountMenu{Everyone: everyone, Verified: verified},
			[]string{"menu/create " + everyoneJSON, `tags/create {"tag":{"name":"vrep-verified"}}`, "menu/addconditional " + verifiedJSON}},
		"the same":         {current(everyoneJSON, withID(verifiedJSON, "9")), tags, bot.AccountMenu{Everyone: everyone, Verified: verified}, nil},
		"by the old name":  {current(everyoneJSON, withID(quoted, `"9"`)), tags, bot.AccountMenu{Everyone: everyone, Verified: verified}, nil},
		"another menu":     {current(`{"button":[]}`, withID(verifiedJSON, "9")), tags, bot.AccountMenu{Everyone: everyone, Verified: verified}, []string{"menu/create " + everyoneJSON}},
		"another personal": {current(everyoneJSON, withID(stale, `"9"`)), tags, bot.AccountMenu{Everyone: everyone, Verified: verified}, []string{`menu/delconditional {"menuid":9}`, "menu/addconditional " + verifiedJSON}},
		"twice":            {current(everyoneJSON, withID(verifiedJSON, "9")+","+withID(verifiedJSON, "10")), tags, bot.AccountMenu{Everyone: everyone, Verified: verified}, []string{`menu/delconditional {"menuid":10}`}},
		"of somebody else": {current(everyoneJSON, withID(other, "9")), tags, bot.AccountMenu{Everyone: everyone}, nil},
		"not any more":     {current(everyoneJSON, withID(verifiedJSON, "9")), tags, bot.AccountMenu{Everyone: everyone}, []string{`menu/delconditional {"menuid":9}`}},
	} {
		p := newPlatform(t)
		p.answers(map[string][]any{"/cgi-bin/menu/get": {c.now}, "/cgi-bin/tags/get": {c.tags}, "/cgi-bin/tags/create": {reply{"tag": map[string]any{"id": 101, "name": VerifiedTag}}}})
		s := p.sender(t)
		differs, err := s.MenuDiffers(t.Context(), c.want)
		if differs != (len(c.changes) > 0) || err != nil {
			t.Errorf("%s: differs %v, %v", name, differs, err)
		}
		p.sent()
		changed, err := s.SyncMenu(t.Context(), c.want)
		if changed != (len(c.changes) > 0) || err != nil {
			t.Errorf("%s: changed %v, %v", name, changed, err)
		}
		var got []string
		for _, call := range p.sent() {
			if !slices.Contains([]string{"menu/get", "tags/get"}, call[0]) {
				got = append(got, call[0]+" "+call[1])
			}
		}
		if diff := cmp.Diff(c.changes, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestMenuThatIsRefused(t *testing.T) {
	for _, path := range []string{"/cgi-bin/menu/get", "/cgi-bin/menu/create", "/cgi-bin/tags/get", "/cgi-bin/tags/create", "/cgi-bin/menu/addconditional"} {
		p := newPlatform(t)
		byPath := map[string][]any{"/cgi-bin/menu/get": {code(46003)}, "/cgi-bin/tags/get": {reply{"tags": []any{}}}, "/cgi-bin/tags/create": {reply{"tag": map[string]any{"id": 101}}}}
		byPath[path] = []any{code(48001)}
		p.answers(byPath)
		_, err := p.sender(t).SyncMenu(t.Context(), bot.AccountMenu{Everyone: everyone, Verified: verified})
		if r := asRefusal(t, err); r.Class != bot.ClassConfig {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTag(t *testing.T) {
	p := newPlatform(t)
	tags := reply{"tags": []any{map[string]any{"id": 101, "name": VerifiedTag}}}
	p.answers(map[string][]any{
		"/cgi-bin/tags/get": {tags}, "/cgi-bin/tags/members/batchuntagging": {code(0), code(45159), code(0)},
		"/cgi-bin/user/tag/get": {reply{"count": 2, "data": map[string]any{"openid": []string{"o1", "o2"}}, "next_openid": "o2"}},
	})
	s := p.sender(t)
	if err := s.Tag(t.Context(), []string{"o1", "o2"}, true); err != nil {
		t.Error(err)
	}
	page, err := s.Tagged(t.Context(), "o0")
	if diff := cmp.Diff(bot.FollowerPage{OpenIDs: []string{"o1", "o2"}, Next: "o2", Total: 2}, page); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := s.Tag(t.Context(), []string{"o1"}, false); err != nil {
		t.Error(err)
	}
	if err := s.Tag(t.Context(), nil, false); err != nil {
		t.Error(err)
	}
	want := [][2]string{
		{"tags/get", ""}, {"tags/members/batchtagging", `{"openid_list":["o1","o2"],"tagid":101}`}, {"user/tag/get", `{"tagid":101,"next_openid":"o0"}`},
		{"tags/members/batchuntagging", `{"openid_list":["o1"],"tagid":101}`},
	}
	if diff := cmp.Diff(want, p.sent()); diff != "" {
		t.Error(diff)
	}
	// A tag that was deleted is looked for again by the next call.
	if r := asRefusal(t, s.Tag(t.Context(), []string{"o1"}, false)); r.Code != 45159 {
		t.Errorf("%+v", r)
	}
	if err := s.Tag(t.Context(), []string{"o1"}, false); err != nil {
		t.Error(err)
	}
	if got := p.sent(); len(got) != 3 || got[1][0] != "tags/get" {
		t.Errorf("sent %v", got)
	}
	if r := asRefusal(t, s.Tag(t.Context(), make([]string, 51), true)); r.Class != bot.ClassContent {
		t.Errorf("%+v", r)
	}
}

func TestFollowers(t *testing.T) {
	p := newPlatform(t)
	p.answers(map[string][]any{"/cgi-bin/user/get": {
		reply{"total": 3, "count": 2, "data": map[string]any{"openid": []string{"o1", "o2"}}, "next_openid": "o2"},
		reply{"total": 3, "count": 0, "next_openid": ""}, code(45009),
	}})
	s := p.sender(t)
	page, err := s.Followers(t.Context(), "")
	if diff := cmp.Diff(bot.FollowerPage{OpenIDs: []string{"o1", "o2"}, Next: "o2", Total: 3}, page); diff != "" || err != nil {
		t.Error(diff, err)
	}
	page, err = s.Followers(t.Context(), "o2")
	if len(page.OpenIDs) != 0 || page.Next != "" || err != nil {
		t.Errorf("%+v, %v", page, err)
	}
	_, err = s.Followers(t.Context(), "o2")
	if r := asRefusal(t, err); r.Class != bot.ClassRetry || r.After == 0 {
		t.Errorf("%+v", r)
	}
}
