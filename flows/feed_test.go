package flows

import (
	"strings"
	"testing"
)

// Hospitals from outside stand in place of those of the folder, also for talks that run, and give way again when there are none.
func TestFeed(t *testing.T) {
	steps := "  - {id: h, ask: 哪家医院？, type: lookup, list: hospitals, save: profile.hospital}\n  - say: 记下了：${profile.hospital}，${profile.province or \"没有省份\"}\n  - end: done\n"
	lib := mustLoad(t, folder("start: {on: [\"word:开始\"]}\n", steps, map[string]string{
		"lists/hospitals.yaml": "list: hospitals\nitems:\n  - old: {label: 旧名录医院, city: 旧城, province: 旧省}\n",
		"profile.yaml":         "profile:\n  hospital: {type: text, label: 医院}\n  province: {type: text, label: 省份}\n",
	}))
	plain, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	feed := &Feed{}
	engine := plain.WithFeed(feed).With(nil, 0)
	entries := []ListEntry{
		{Code: "n1", Label: "青溪市第一人民医院", Aka: []string{"青溪一院"}, Columns: map[string]string{"city": "青溪", "province": "浙江"}},
		{Code: "n2", Label: "望川县人民医院", Columns: map[string]string{"city": "望川"}},
	}
	feed.Set(lib, "hospitals", entries)
	for _, tt := range []struct{ say, want string }{
		{"青溪一院", "记下了：青溪市第一人民医院，浙江"}, {"望川县人民医院", "记下了：望川县人民医院，没有省份"}, {"旧名录医院", ""},
	} {
		k := newTalker(t, engine)
		k.say("开始")
		out := k.say(tt.say)
		if got := out.Reply(); tt.want != "" && got != tt.want || tt.want == "" && strings.Contains(got, "记下了") {
			t.Errorf("%s: %q, want %q", tt.say, got, tt.want)
		}
	}
	k := newTalker(t, engine)
	k.say("开始")
	feed.Set(lib, "hospitals", entries[:1]) // changed between two turns
	out := k.say("青溪一院")
	if got := out.Reply(); got != "记下了：青溪市第一人民医院，浙江" {
		t.Errorf("after a change: %q", got)
	}
	feed.Set(lib, "hospitals", nil)
	k = newTalker(t, engine)
	k.say("开始")
	out = k.say("旧名录医院")
	if got := out.Reply(); got != "记下了：旧名录医院，旧省" {
		t.Errorf("without a feed: %q", got)
	}
}

// Words of spreadsheets find the codes of the flows: by label and by other names, for departments with the label of the list.
func TestCoder(t *testing.T) {
	lib := mustLoad(t, folder("", "  - {id: d, ask: 科室？, choices: departments, save: profile.department}\n  - {id: t, ask: 职称？, choices: [{chief: {label: 主任医师或主任药师, aka: [主任医师]}}, {other: 其他}], save: profile.title}\n  - end: done\n", map[string]string{
		"lists/departments.yaml": "list: departments\nitems:\n  - cardiology: {label: 心血管内科, aka: [心内科, 心内]}\n  - other: 其他科室\n",
	}))
	code := lib.Coder()
	for _, tt := range []struct{ field, text, code, label string }{
		{"department", "心内科", "cardiology", "心血管内科"}, {"department", " 心血管内科 ", "cardiology", "心血管内科"}, {"title", "主任医师", "chief", "主任医师"},
		{"title", "教授", "", ""}, {"nothing", "心内科", "", ""},
	} {
		c, l, ok := code(tt.field, tt.text)
		if c != tt.code || l != tt.label || ok != (tt.code != "") {
			t.Errorf("%s %q: %q %q %v", tt.field, tt.text, c, l, ok)
		}
	}
}
