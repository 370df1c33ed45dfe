package flows

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lawful is a library with a talk, a safety intake, and what ends with a consent.
var lawful = fstest.MapFS{
	"profile.yaml": {Data: []byte("profile:\n  name: {type: text, label: 姓名}\n  group_name: {type: text, label: 群名片}\n")},
	"_config.yaml": {Data: []byte("purposes: [recording]\ntexts: {purpose_recording: 引用您的原话}\non_withdraw:\n  community_visibility: {clear: [group_name], untag: [入群], notify: medical, say: 请移出群。}\n" +
		"listen:\n  - {id: ae, do: report, call: intake, say: \"已登记 ${ae.no}，现在说说吗？\"}\n")},
	"classes.yaml": {Data: []byte("tags:\n  - {tag: 看重证据, label: 看重证据, group: awareness, when: \"profile.name is not empty\", why: 说过想看证据}\n  - {tag: 合规关注, group: compliance, visible: false}\n")},
	"talk.yaml":    {Data: []byte(head("talk", "[\"word:开始\"]", "") + "steps:\n  - {id: a, ask: 第一题？, choices: [{x: 甲}, {y: 乙}]}\n  - {id: b, ask: 第二题？, type: text}\n  - tag: 新标签\n")},
	"intake.yaml":  {Data: []byte("kind: urgent\n" + head("intake", "[\"word:上报\"]", "") + "steps:\n  - {id: what, ask: 发生了什么？, type: text}\n  - {id: who, ask: 患者年龄？, type: text}\n  - {do: report_ae}\n")},
}

func newLawful(t *testing.T) *chatting {
	t.Helper()
	lib, problems := Load(lawful)
	if len(problems) > 0 {
		t.Fatalf("the flows do not load: %+v", problems)
	}
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &chatting{t: t, e: e, now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	c.facts = Facts{
		Doctor: "d", CaseNo: "AE-1", Level: 2, Export: "https://h/d/export/x", Tags: map[string]bool{"看重证据": true, "合规关注": true, "入群": true},
		Consents: map[string]string{"base": "p1", "push": "q1", "share_with_rep": "s1", "community_visibility": "c1", "recording": "r1"},
		Profile:  map[string]Known{"name": {Value: textValue("王建国"), At: c.now}, "group_name": {Value: textValue("王"), At: c.now}},
	}
	return c
}

// places are the states of a talk in which a right may be used, and what must be waiting afterwards as it was before.
var places = map[string]func(c *chatting){
	"idle":               func(*chatting) {},
	"asking":             func(c *chatting) { c.says("开始") },
	"handed to a person": func(c *chatting) { c.says("开始", "人工") },
	"opted out":          func(c *chatting) { c.facts.OptedOut = true },
	"a report offered":   func(c *chatting) { c.says("开始", "有个病人吃了以后皮疹") },
	"a report filled in": func(c *chatting) { c.says("开始", "上报") },
}

// standing is what the doctor would come back to.
func (c *chatting) standing() string {
	pending := ""
	if n := len(c.st.Frames); n > 0 {
		pending = c.st.Frames[n-1].Flow + "." + c.st.Frames[n-1].Q
	}
	if ask := c.st.offered(); ask != nil {
		pending += " offered " + ask.Case
	}
	return pending + " case " + c.st.Case + " asleep " + itoa(min(c.st.Asleep, 1))
}

// TestRightsInEveryState: every right works wherever the talk stands, by its word and by the menu, and leaves the talk where it was.
func TestRightsInEveryState(t *testing.T) {
	for place, arrive := range places {
		for name, tt := range map[string]struct {
			then string // what is answered to the list or the confirmation
			want func(out Outcome) bool
		}{
			"my_data": {"", func(out Outcome) bool { return out.Right.Kind == "read" }},
			"my_tags": {"2", func(out Outcome) bool {
				return slices.Equal(out.Drop, []string{"看重证据"}) && out.Right.Detail == "看重证据"
			}},
			"withdraw": {"2", func(out Outcome) bool {
				return len(out.Consents) == 1 && out.Consents[0].Purpose == "share_with_rep" && !out.Consents[0].Granted && out.Consents[0].Raw == "2"
			}},
			"personal_off": {"", func(out Outcome) bool {
				return len(out.Consents) == 1 && out.Consents[0].Purpose == "portrait" && !out.Consents[0].Granted && out.Right.Kind == "personal_off"
			}},
			"personal_on": {"是", func(out Outcome) bool {
				return len(out.Consents) == 1 && out.Consents[0].Granted && out.Consents[0].Policy == "portrait_2026_11" && out.Consents[0].Asked != ""
			}},
			"export": {"", func(out Outcome) bool {
				return out.Right == Right{Kind: "export"} && strings.Contains(out.Reply(), "https://h/d/export/x")
			}},
		} {
			for _, menu := range []bool{false, true} {
				c := newLawful(t)
				arrive(c)
				before := c.standing()
				in := Input{Kind: InText, Text: c.e.lib.config.commands[name].words[0]}
				if menu {
					in = Input{Kind: InClick, Key: commandKey + name}
				}
				out := c.does(in)
				if tt.then != "" {
					out = c.says(tt.then)
				}
				if !tt.want(out) {
					t.Errorf("%s, %s, menu %v: %q %+v %+v", place, name, menu, out.Reply(), out.Right, out.Consents)
				}
				if after := c.standing(); after != before || len(out.Problems) > 0 {
					t.Errorf("%s, %s: stood at %q, stands at %q", place, name, before, after)
				}
			}
		}
	}
}

// TestErasureInEveryState asks once; a no changes nothing, a yes leaves a talk that has never begun, and a report that was opened stays opened.
func TestErasureInEveryState(t *testing.T) {
	for place, arrive := range places {
		c := newLawful(t)
		arrive(c)
		before := c.standing()
		if out := c.says("注销"); out.Erase || !strings.Contains(out.Reply(), "确定注销吗") {
			t.Errorf("%s: %q", place, out.Reply())
		}
		if out := c.says("否"); out.Erase || c.standing() != before {
			t.Errorf("%s: after no at %q", place, c.standing())
		}
		if out := c.does(Input{Kind: InClick, Key: commandKey + "erase"}); out.Erase || !strings.Contains(out.Reply(), "确定注销吗") {
			t.Errorf("%s: a press gives %q", place, out.Reply())
		}
		if out := c.says("是"); !out.Erase || out.Right.Kind != "erase" || !strings.Contains(out.Reply(), "封存") || len(out.Cases) != 0 || !cmp.Equal(c.st, State{}) {
			t.Errorf("%s: %q %+v", place, out.Reply(), c.st)
		}
	}
}

// Tags are shown in plain words with their reason; what the house keeps from doctors is not shown, and numbers stand for what was shown.
func TestTagsInPlainWords(t *testing.T) {
	c := newLawful(t)
	out := c.says("我的标签")
	if !strings.Contains(out.Reply(), "1. 入群\n2. 看重证据（说过想看证据）") || strings.Contains(out.Reply(), "合规") || len(out.Pending.Options) != 2 {
		t.Errorf("%q %+v", out.Reply(), out.Pending.Options)
	}
	c.facts.Tags["先来的"] = true // came between the list and the answer
	if out = c.says("看重证据"); !slices.Equal(out.Drop, []string{"看重证据"}) {
		t.Errorf("by name: %v", out.Drop)
	}
	c.says("我的标签")
	if out = c.says("否"); len(out.Drop) != 0 || c.st.Ask != nil {
		t.Errorf("no: %v", out.Drop)
	}
	c.says("我的标签")
	if out = c.says("开始"); len(out.Drop) != 0 || out.Pending.ID != "a" {
		t.Errorf("something else: %v, %s", out.Drop, out.Pending.ID)
	}
	c.facts.Tags = nil
	if out = c.says("我的标签"); !strings.Contains(out.Reply(), "没有给您的标签") || !strings.Contains(out.Reply(), "第一题") {
		t.Errorf("none: %q", out.Reply())
	}
}

// Each consent is listed in words and taken back alone; what was written under it goes, and its team hears of it without a name.
func TestS2_20_LeavingTheGroup(t *testing.T) {
	c := newLawful(t)
	out := c.says("撤回同意")
	for _, word := range []string{"推荐资料", "把您的信息告知负责的同事", "公开姓名", "引用您的原话", "5. 基本服务"} {
		if !strings.Contains(out.Reply(), word) {
			t.Errorf("%s is missing in %q", word, out.Reply())
		}
	}
	out = c.says("3")
	want := []Consent{{Purpose: "community_visibility", Policy: "c1", Asked: c.e.lib.line("withdraw_ask"), Raw: "3"}}
	if diff := cmp.Diff(want, out.Consents); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(out.Profile) != 1 || out.Profile[0].Field != "group_name" || !out.Profile[0].Value.IsNone() || len(out.Tags) != 1 || !out.Tags[0].Remove ||
		len(out.Notices) != 1 || out.Notices[0].To != "medical" || strings.Contains(out.Notices[0].Text, "王") {
		t.Errorf("%+v %+v %+v", out.Profile, out.Tags, out.Notices)
	}
}

// With the base consent everything ends, after a question of its own.
func TestBaseConsentIsAskedTwice(t *testing.T) {
	c := newLawful(t)
	c.says("开始", "撤回同意")
	if out := c.says("5"); out.Forget || !strings.Contains(out.Reply(), "确定收回吗") {
		t.Fatalf("%q", out.Reply())
	}
	if out := c.says("是"); !out.Forget || len(out.Consents) != 5 || len(c.st.Frames) != 0 || out.Right.Detail != "base" {
		t.Errorf("%+v %+v", out.Consents, c.st)
	}
	if out := c.says("我的标签"); !strings.Contains(out.Reply(), "没有您的资料") {
		t.Errorf("%q", out.Reply())
	}
}

// While personalisation is off no flow tags the doctor; on again it does.
func TestPersonalisationOff(t *testing.T) {
	c := newLawful(t)
	c.says("关闭个性化")
	if out := c.says("开始", "甲", "乙二"); len(out.Tags) != 0 || !c.facts.PersonalOff {
		t.Errorf("tags %v", out.Tags)
	}
	if out := c.says("关闭个性化"); len(out.Consents) != 0 || !strings.Contains(out.Reply(), "已关闭") {
		t.Errorf("twice: %+v", out.Consents)
	}
	c.says("打开个性化", "是")
	if out := c.says("开始", "甲", "乙二"); !slices.Equal(tagsOf(out), []string{"新标签"}) || c.facts.PersonalOff {
		t.Errorf("tags %v", out.Tags)
	}
	if out := c.says("打开个性化"); len(out.Consents) != 0 || !strings.Contains(out.Reply(), "已打开") {
		t.Errorf("twice: %q", out.Reply())
	}
}

// Without pages for doctors a person sends the copy.
func TestExportByAPerson(t *testing.T) {
	c := newLawful(t)
	c.facts.Export = ""
	if out := c.says("导出数据"); out.Right != (Right{Kind: "export", Open: true}) || !strings.Contains(out.Reply(), "同事核实身份") {
		t.Errorf("%q %+v", out.Reply(), out.Right)
	}
}

// A dossier of a doctor who has said no, or has withdrawn, gives nothing but what is to be taken off.
func TestNothingDerivedWhileOff(t *testing.T) {
	lib, problems := Load(lawful)
	if lib == nil {
		t.Fatal(problems)
	}
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	d := Dossier{
		Doctor: "d", Level: 2, Profile: map[string]Known{"name": {Value: textValue("王"), At: now}}, Consents: map[string]Consented{"base": {Policy: "p"}, "push": {Policy: "q"}},
		Tags: []Tagged{{Tag: "看重证据", Source: sourceRule}, {Tag: "入群", Source: "answer"}},
	}
	if f := Derive(lib, &d, now); len(f.RuleTags()) != 1 {
		t.Errorf("the consent to fitting material: %+v", f.RuleTags())
	}
	for name, off := range map[string]func(d *Dossier){"off": func(d *Dossier) { d.PersonalOff = true }, "withdrawn": func(d *Dossier) { d.Withdrawn = true }} {
		o := d
		off(&o)
		f := Derive(lib, &o, now)
		if len(f.Scores)+len(f.Ratings)+len(f.Leads)+len(f.Reasons) != 0 || len(f.Tags) != 1 || !f.Tags[0].Remove || f.Tags[0].Tag != "看重证据" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
