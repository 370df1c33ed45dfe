package flows

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// coded is a library with a welcome that asks for consent, what follows it, and flows that codes open.
var coded = fstest.MapFS{
	"profile.yaml": {Data: []byte("profile:\n  name: {type: text, label: 姓名}\n")},
	"hello.yaml": {Data: []byte(head("hello", "[follow]", "not consent.base") + `steps:
  - {id: name, ask: 怎么称呼您？, type: text, save: profile.name}
  - {id: basic, ask: "${account.company}请您同意。", type: consent, purpose: base, policy: p1, choices: [{agree: 同意}, {refuse: {label: 不同意, goto: stop}}]}
  - {id: push, ask: 可以推荐内容吗？, type: consent, purpose: push, policy: q1, choices: [{agree: 同意}, {refuse: 不同意}], on_fail: skip}
`)},
	"agreed.yaml": {Data: []byte(head("agreed", "[\"word:同意吗\"]", "consent.base") + `steps:
  - {id: again, when: consent.push, ask: 仍然同意吗？, type: consent, purpose: push, policy: q2, choices: [{agree: 同意}, {refuse: 不同意}], on_fail: skip}
  - say: 好的。
`)},
	"visit.yaml": {Data: []byte(head("visit", "[after:hello]", "consent.base") + "steps:\n  - {id: v1, ask: 首访第一题？, type: text}\n  - {id: v2, ask: 首访第二题？, type: text}\n")},
	"meet.yaml":  {Data: []byte(head("meet", "[\"word:会议\"]", "consent.base") + "steps:\n  - {id: m1, ask: 会议的题？, type: text}\n")},
	"own.yaml":   {Data: []byte(head("own", "[\"word:自带\"]", "") + "steps:\n  - {id: o1, ask: 自带的同意？, type: consent, purpose: base, policy: p9, choices: [{agree: 同意}, {refuse: {label: 不同意, goto: stop}}]}\n  - say: 谢谢。\n")},
}

func head(id, on, when string) string {
	text := "flow: " + id + "\ntitle: " + id + "\nversion: \"1\"\nowner: 测试\napproval: {no: T-1, until: 2029-12-31}\nlang: zh-CN\nstart:\n  on: " + on + "\n  again: always\n"
	if when != "" {
		text += "  when: " + when + "\n"
	}
	return text
}

func newCoded(t *testing.T, consents map[string]string) *chatting {
	t.Helper()
	lib, problems := Load(coded)
	if lib == nil {
		t.Fatalf("the flows do not load: %+v", problems)
	}
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &chatting{t: t, e: e, now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	c.facts = Facts{Doctor: "d", CaseNo: "AE-1", Consents: consents, Account: map[string]string{"company": "示例"}}
	return c
}

func (c *chatting) does(in Input) Outcome {
	c.t.Helper()
	c.now = c.now.Add(time.Minute)
	in.At = c.now
	out := c.e.Step(c.st, in, c.facts)
	c.st, c.facts = out.State, c.facts.After(out, c.now)
	return out
}

func tagsOf(out Outcome) (tags []string) {
	for _, g := range out.Tags {
		tags = append(tags, g.Tag)
	}
	return tags
}

var base = map[string]string{"base": "p1"}

// A new follower agrees first; then comes what the code opens, and after it what would have come anyhow.
func TestACodeOpensAfterTheWelcome(t *testing.T) {
	c := newCoded(t, nil)
	out := c.does(Input{Kind: InFollow, Flow: "meet", Tags: []string{"秋季会"}})
	if out.Pending.Flow != "hello" || len(out.Tags) != 0 {
		t.Fatalf("pending %s, tags %v before consent", out.Pending.Flow, out.Tags)
	}
	out = c.says("张三", "同意")
	if diff := cmp.Diff([]string{"秋季会"}, tagsOf(out)); diff != "" {
		t.Errorf("tags after consent: %s", diff)
	}
	if out = c.says("同意"); out.Pending.Flow != "meet" {
		t.Errorf("after the welcome %q", out.Pending.Flow)
	}
	if out = c.says("甲"); out.Pending.ID != "v1" {
		t.Errorf("after the code's flow %q", out.Pending.ID)
	}
	if out = c.says("乙", "丙"); c.st.Then != "" || len(c.st.Frames) != 0 {
		t.Errorf("at the end %+v, %+v", c.st, out.Pending)
	}
}

// Who refuses, or leaves the welcome, gets nothing of the code, and is not labelled.
func TestACodeIsDroppedWithTheWelcome(t *testing.T) {
	c := newCoded(t, nil)
	c.does(Input{Kind: InFollow, Flow: "meet", Tags: []string{"秋季会"}})
	out := c.says("张三", "不同意")
	if len(out.Tags) != 0 || c.st.Then != "" || c.st.Held != nil || len(c.st.Frames) != 0 {
		t.Errorf("after a refusal %+v, %+v", out.Tags, c.st)
	}
}

func TestACodeOpens(t *testing.T) {
	for name, tt := range map[string]struct {
		consents   map[string]string
		kind       InputKind
		flow, want string
	}{
		"a follower who agreed": {base, InScan, "meet", "meet"}, "coming back": {base, InFollow, "meet", "meet"},
		"never agreed": {nil, InScan, "meet", "hello"}, "a flow with its own consent": {nil, InFollow, "own", "own"},
		"no such flow": {base, InScan, "none", ""}, "the welcome itself": {nil, InFollow, "hello", "hello"},
		"the welcome of old again": {base, InFollow, "hello", ""}, "without a flow": {base, InScan, "", ""},
		"without a flow, never agreed": {nil, InScan, "", "hello"},
	} {
		c := newCoded(t, tt.consents)
		out := c.does(Input{Kind: tt.kind, Flow: tt.flow, Tags: []string{"甲", "甲"}})
		if out.Pending.Flow != tt.want || len(out.Problems) != 0 || len(out.Says) == 0 {
			t.Errorf("%s: in %q, want %q; %v %v", name, out.Pending.Flow, tt.want, out.Says, out.Problems)
		}
		if tt.consents != nil && !cmp.Equal(tagsOf(out), []string{"甲"}) {
			t.Errorf("%s: tags %v", name, tagsOf(out))
		}
	}
}

// A code scanned in the middle of a talk waits for its end; quitting drops it, a second one takes its place.
func TestACodeWaitsForTheTalk(t *testing.T) {
	c := newCoded(t, map[string]string{"base": "p1"})
	c.does(Input{Kind: InStart, Key: "visit"})
	out := c.does(Input{Kind: InScan, Flow: "own"})
	if out.Pending.ID != "v1" || !strings.Contains(strings.Join(out.Says, "\n"), "您扫的码已记下") || !strings.Contains(strings.Join(out.Says, "\n"), "首访第一题") {
		t.Fatalf("%v at %q", out.Says, out.Pending.ID)
	}
	if out = c.does(Input{Kind: InScan, Flow: "visit"}); out.Pending.ID != "v1" || c.st.Then != "own" {
		t.Errorf("the code of the talk that runs: %v, then %q", out.Says, c.st.Then)
	}
	if out = c.says("退出"); c.st.Then != "" || out.Pending.Flow == "own" {
		t.Errorf("after quitting %+v", c.st)
	}
	c.does(Input{Kind: InStart, Key: "meet"})
	c.does(Input{Kind: InScan, Flow: "visit"})
	if out = c.says("答"); out.Pending.ID != "v1" {
		t.Errorf("after the end %q", out.Pending.ID)
	}
}

// A person has taken over, or the doctor wants nothing: the code is silent about itself.
func TestACodeDoesNotWake(t *testing.T) {
	c := newCoded(t, base)
	c.st.Asleep = 1
	if out := c.does(Input{Kind: InScan, Flow: "meet"}); len(out.Says) != 0 || out.Pending.Flow != "" {
		t.Errorf("with a person: %v", out.Says)
	}
	c = newCoded(t, base)
	c.facts.OptedOut = true
	if out := c.does(Input{Kind: InScan, Flow: "meet"}); out.Pending.Flow != "" || out.OptIn {
		t.Errorf("opted out: %+v", out.Pending)
	}
}

func TestRequests(t *testing.T) {
	c := newCoded(t, nil)
	want := []Request{{"base", "p1", "示例请您同意。"}, {"portrait", "portrait_2026_11", c.e.lib.line("personal_on_ask")}, {"push", "q1", "可以推荐内容吗？"}}
	if diff := cmp.Diff(want, c.e.Requests(c.facts.Account)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Of several questions for one purpose the page takes the one that needs no talk around it; without such a one it asks nothing.
func TestRequestsStandAlone(t *testing.T) {
	asking := func(id, when, text string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(head(id, "[\"word:"+id+"\"]", "") + "steps:\n  - {id: n, ask: 名字？, type: text}\n  - {id: c, " + when + "ask: \"" + text +
			"\", type: consent, purpose: share_with_rep, policy: " + id + ", choices: [{agree: 同意}, {refuse: {label: 不同意, goto: stop}}]}\n")}
	}
	for want, folder := range map[string]fstest.MapFS{
		"c ${account.bot}转告吗？":  {"a.yaml": asking("a", "", "转告${n}吗？"), "b.yaml": asking("b", "when: n != '', ", "${account.bot}有条件吗？"), "c.yaml": asking("c", "", "${account.bot}转告吗？")},
		"b ${account.bot}有条件吗？": {"a.yaml": asking("a", "", "转告${n}吗？"), "b.yaml": asking("b", "when: n != '', ", "${account.bot}有条件吗？")},
		"a ":                    {"a.yaml": asking("a", "", "转告${n}吗？")},
	} {
		lib, problems := Load(folder)
		if lib == nil {
			t.Fatalf("%+v", problems)
		}
		e, err := NewEngine(lib, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := slices.DeleteFunc(e.Requests(map[string]string{"bot": "${account.bot}"}), func(r Request) bool { return r.Purpose == purposePortrait }) // always there
		if len(got) != 1 || got[0].Policy+" "+got[0].Text != want {
			t.Errorf("%s: %+v", want, got)
		}
		out := e.Step(State{}, Input{Kind: InConsent, Key: "share_with_rep", Granted: true, At: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}, Facts{Doctor: "d", Consents: base})
		if granted := len(out.Consents) == 1; granted != (got[0].Text != "") {
			t.Errorf("%s: consents %+v", want, out.Consents)
		}
	}
}

// Decisions made on a page are those of the talk: policy, wording, what was pressed, and what they bring about.
func TestDecideAway(t *testing.T) {
	c := newCoded(t, nil)
	if out := c.does(Input{Kind: InConsent, Key: "push", Granted: true}); len(out.Consents) != 0 {
		t.Errorf("push before base: %v", out.Consents)
	}
	c.does(Input{Kind: InFollow, Tags: []string{"甲"}})
	c.says("张三")
	out := c.does(Input{Kind: InConsent, Key: "base", Granted: true, Text: "同意（网页）"})
	want := []Consent{{Purpose: "base", Policy: "p1", Granted: true, Asked: "示例请您同意。", Raw: "同意（网页）"}}
	if diff := cmp.Diff(want, out.Consents); diff != "" || len(out.Says) != 0 {
		t.Errorf("says %v, consents (-want +got):\n%s", out.Says, diff)
	}
	if len(out.Answers) != 1 || len(out.Profile) != 1 || !cmp.Equal(tagsOf(out), []string{"甲"}) || out.Pending.ID != "basic" {
		t.Errorf("what waited: %+v", out)
	}
	c.does(Input{Kind: InConsent, Key: "push", Granted: true})
	if out = c.does(Input{Kind: InConsent, Key: "push", Granted: true}); len(out.Consents) != 0 {
		t.Errorf("granted twice: %v", out.Consents)
	}
	if out = c.does(Input{Kind: InConsent, Key: "nothing", Granted: true}); len(out.Consents) != 0 {
		t.Errorf("unknown purpose: %v", out.Consents)
	}
	out = c.does(Input{Kind: InConsent, Key: "base", Text: "收回"})
	got := []string{}
	for _, k := range out.Consents {
		got = append(got, k.Purpose+" "+k.Policy)
		if k.Granted {
			t.Errorf("%s is still granted", k.Purpose)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"base p1", "push q1"}, got); diff != "" || !out.Forget || len(c.st.Frames) != 0 || len(out.Says) != 0 {
		t.Errorf("forget %v, state %+v, consents %s", out.Forget, c.st, diff)
	}
}
