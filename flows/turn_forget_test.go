package flows

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// forgetful is a library whose base consent goes on after a refusal, so that what is left of the talk can be seen.
var forgetful = fstest.MapFS{
	"profile.yaml": {Data: []byte("profile:\n  name: {type: text, label: 姓名}\n")},
	"talk.yaml": {Data: []byte(`flow: talk
title: 同意
version: "1"
owner: 测试
approval: {no: T-1, until: 2029-12-31}
lang: zh-CN
start: {on: ["word:开始"], again: always}
steps:
  - {id: nick, ask: 怎么称呼您？, type: text, save: profile.name}
  - id: basic
    ask: 是否同意？
    type: consent
    purpose: base
    policy: p1
    max_retry: 2
    on_fail: later
    choices: [{agree: 同意}, {refuse: 不同意}]
  - id: push
    when: basic == agree
    ask: 可以推荐内容吗？
    type: consent
    purpose: push
    policy: p2
    max_retry: 2
    on_fail: skip
    choices: [{agree: 同意}, {refuse: 不同意}]
  - {id: later, ask: 还有什么想问？, type: text}
`)},
}

// chatting is a talk of these tests: the facts go on from turn to turn.
type chatting struct {
	t     *testing.T
	e     *Engine
	st    State
	facts Facts
	now   time.Time
}

func newChatting(t *testing.T, consents map[string]string) *chatting {
	t.Helper()
	lib, problems := Load(forgetful)
	if lib == nil {
		t.Fatalf("the flows do not load: %+v", problems)
	}
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &chatting{t: t, e: e, now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	c.facts = Facts{Doctor: "d", CaseNo: "AE-1", Level: 2, Consents: consents, Profile: map[string]Known{"name": {Value: textValue("旧名"), At: c.now}}, Tags: map[string]bool{"标签": true}}
	return c
}

func (c *chatting) says(texts ...string) (out Outcome) {
	c.t.Helper()
	for _, text := range texts {
		c.now = c.now.Add(time.Minute)
		out = c.e.Step(c.st, Input{Kind: InText, Text: text, At: c.now}, c.facts)
		c.st, c.facts = out.State, c.facts.After(out, c.now)
	}
	return out
}

func TestAnUnclearBaseConsentIsRefused(t *testing.T) {
	for name, last := range map[string][]string{"unclear": {"嗯", "哦"}, "refused": {"不同意"}} {
		t.Run(name, func(t *testing.T) {
			c := newChatting(t, map[string]string{"push": "p0"})
			c.says("开始", "张三")
			out := c.says(last...)
			raw := ""
			if name == "refused" {
				raw = "不同意"
			}
			got := maps.Collect(func(yield func(string, Consent) bool) {
				for _, d := range out.Consents {
					if !yield(d.Purpose, d) {
						return
					}
				}
			})
			want := map[string]Consent{
				"base": {Purpose: "base", Policy: "p1", Asked: got["base"].Asked, Raw: raw}, "push": {Purpose: "push", Policy: "p0"},
			}
			if diff := cmp.Diff(want, got); diff != "" || !out.Forget || !strings.Contains(got["base"].Asked, "是否同意") {
				t.Errorf("forget %v, consents (-want +got):\n%s", out.Forget, diff)
			}
			if len(out.Answers)+len(out.Profile)+len(out.Tags)+len(out.Leads) != 0 || out.State.Held != nil {
				t.Errorf("something is kept: %+v", out)
			}
			for _, f := range out.State.Frames {
				for _, g := range f.Got {
					if g.Q != "basic" {
						t.Errorf("the talk still holds %s", g.Q)
					}
				}
			}
			if out.Pending.ID != "later" || c.facts.Level != 0 || len(c.facts.Profile)+len(c.facts.Tags)+len(c.facts.Consents) != 0 {
				t.Errorf("pending %q, facts %+v", out.Pending.ID, c.facts)
			}
		})
	}
}

// For other purposes no clear answer is no decision: what was in force stays.
func TestAnUnclearOtherConsentDecidesNothing(t *testing.T) {
	c := newChatting(t, map[string]string{"base": "p1", "push": "p0"})
	if out := c.says("开始", "张三", "嗯", "哦"); out.Forget || len(out.Consents) != 0 || out.Pending.ID != "later" || c.facts.Consents["push"] != "p0" {
		t.Errorf("outcome %+v, consents %v", out, c.facts.Consents)
	}
}

// Going back over a consent restores what was in force before: nothing, or an earlier notice.
func TestBackOverConsent(t *testing.T) {
	c := newChatting(t, nil)
	out := c.says("开始", "张三", "同意")
	if len(out.Answers) != 2 || len(out.Profile) != 1 {
		t.Fatalf("consent wrote %+v, %+v", out.Answers, out.Profile)
	}
	out = c.says("返回")
	want := []Consent{{Purpose: "base", Policy: "p1"}}
	if diff := cmp.Diff(want, out.Consents); diff != "" || !out.Forget || out.Pending.ID != "basic" || out.State.Held == nil {
		t.Errorf("forget %v, pending %q, held %+v, consents (-want +got):\n%s", out.Forget, out.Pending.ID, out.State.Held, diff)
	}
	if out = c.says("同意"); len(out.Answers) != 2 || len(out.Profile) != 1 || out.Profile[0].Value.Str() != "张三" {
		t.Errorf("the second consent wrote %+v, %+v", out.Answers, out.Profile)
	}

	c = newChatting(t, map[string]string{"base": "p0", "push": "p0"})
	c.says("开始", "张三", "同意", "同意")
	out = c.says("返回")
	if diff := cmp.Diff([]Consent{{Purpose: "push", Policy: "p0", Granted: true}}, out.Consents); diff != "" || out.Pending.ID != "push" {
		t.Errorf("pending %q, consents (-want +got):\n%s", out.Pending.ID, diff)
	}
	out = c.says("返回")
	if diff := cmp.Diff([]Consent{{Purpose: "base", Policy: "p0", Granted: true}}, out.Consents); diff != "" || out.Forget || out.Pending.ID != "basic" {
		t.Errorf("forget %v, pending %q, consents (-want +got):\n%s", out.Forget, out.Pending.ID, diff)
	}
	if got := c.facts.Profile["name"].Value.Str(); got != "张三" {
		t.Errorf("the earlier consent keeps the name, it is %q", got)
	}
}
