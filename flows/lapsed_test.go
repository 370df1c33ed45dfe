package flows

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var pressedFlow = fstest.MapFS{
	"_config.yaml": {Data: []byte("retry: 2\nlisten: [{id: ae, when_text: [皮疹], do: report, call: none, within: 24h}]\n")},
	"talk.yaml": {Data: []byte(`flow: talk
title: 选项
version: "1"
owner: 测试
approval: {no: T-1, until: 2029-12-31}
lang: zh-CN
start: {on: ["word:开始"], again: always}
steps:
  - {id: ward, ask: 哪个病区？, choices: [{a: 一区}, {b: 二区}], unknown: {label: 不清楚}}
  - {id: both, ask: 用过哪些？, type: many, choices: [{a: 甲}, {b: 乙}]}
  - {id: sure, ask: 确定吗？, type: yesno, unknown: {label: 不知道}}
  - {id: plain, ask: "写法？\n1. 中文\n2. 英文", type: one, show: plain, choices: [{zh: 中文}, {en: 英文}]}
  - {id: grade, ask: 几分？, type: scale, range: 1..5}
  - {id: pain, ask: 多疼？, type: scale, range: 0..100}
  - {id: free, ask: "请说明：\n1. 时间\n2. 地点", type: text}
`)},
}

// TestOptionsOfQuestions: what can be chosen is what is printed, and one press is an answer only where one option is.
func TestOptionsOfQuestions(t *testing.T) {
	p := pressing(t)
	points := []Option{{Mark: "1"}, {Mark: "2"}, {Mark: "3"}, {Mark: "4"}, {Mark: "5"}}
	for _, c := range []struct {
		say   string
		want  []Option
		press bool
	}{
		{"开始", []Option{{"1", "一区"}, {"2", "二区"}, {"3", "不清楚"}}, true},
		{"2", []Option{{"1", "甲"}, {"2", "乙"}}, false},
		{"1", []Option{{"1", "是"}, {"2", "否"}, {"3", "不知道"}}, true},
		{"3", nil, false},
		{"中文", points, true},
		{"4", nil, true},
		{"40", nil, false},
	} {
		out := p.step(Input{Kind: InText, Text: c.say})
		if diff := cmp.Diff(c.want, out.Pending.Options); diff != "" || c.press != out.Pending.Press {
			t.Errorf("after %q, press %v (-want +got):\n%s", c.say, out.Pending.Press, diff)
		}
		before := out.Pending.Passed
		if again := p.step(Input{Kind: InText, Text: "继续"}); again.Pending.Passed != before {
			t.Errorf("after %q the question asked again counts as another", c.say)
		}
	}
}

// TestLapsedOptions: an old option is no answer and no refusal; what it says about safety counts.
func TestLapsedOptions(t *testing.T) {
	p := pressing(t)
	lapsed := Input{Kind: InText, Text: "二区", Lapsed: true}
	if out := p.step(lapsed); !printsAll(out, "该选项已过期。") {
		t.Errorf("idle: %q", out.Says)
	}
	p.step(Input{Kind: InText, Text: "开始"})
	for range 3 { // retry: 2
		out := p.step(lapsed)
		if !printsAll(out, "该选项已过期", "哪个病区") || len(out.Answers) != 0 || out.Pending.ID != "ward" || out.Accepted {
			t.Fatalf("%q, pending %+v", out.Says, out.Pending)
		}
	}
	p.step(Input{Kind: InText, Text: "人工"})
	if out := p.step(lapsed); !printsAll(out, "同事会尽快联系您") {
		t.Errorf("handed over: %q", out.Says)
	}
	if out := p.step(lapsed); len(out.Says) != 0 {
		t.Errorf("handed over, again: %q", out.Says)
	}
	p.facts.CaseNo = "AE-1"
	if out := p.step(Input{Kind: InText, Text: "出现过皮疹", Lapsed: true}); len(out.Cases) != 1 || !out.Cases[0].New {
		t.Errorf("a lapsed option about safety opens %+v", out.Cases)
	}
}

type presser struct {
	e     *Engine
	st    State
	facts Facts
}

func pressing(t *testing.T) *presser {
	t.Helper()
	lib, problems := Load(pressedFlow)
	if lib == nil {
		t.Fatalf("the flow does not load: %+v", problems)
	}
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &presser{e: e, facts: Facts{Doctor: "d"}}
}

func (p *presser) step(in Input) Outcome {
	in.At = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	out := p.e.Step(p.st, in, p.facts)
	p.st = out.State
	return out
}

func printsAll(out Outcome, words ...string) bool {
	all := strings.Join(out.Says, "\n")
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// TestMiniPages: a page of the mini-program is a path without host, and its picture is there.
func TestMiniPages(t *testing.T) {
	for mini, want := range map[string]string{
		"{path: pages/paper?id=1, picture: MEDIA_1}":   "",
		"{path: /pages/paper, picture: MEDIA_1}":       "不是小程序的页面路径",
		"{path: \"https://e.cn/a\", picture: MEDIA_1}": "不是小程序的页面路径",
		"{path: pages/paper, picture: 图.png}":          "pictures/ 里的图片名",
		"{path: pages/paper, picture: none.png}":       "pictures/ 里没有 none.png",
		"{path: pages/paper}":                          "picture",
	} {
		folder := fstest.MapFS{"contents.yaml": {Data: []byte("contents:\n  a: {title: 甲, kind: case, audience: 0, url: \"https://e.cn/a\", approval: {no: T-1, until: 2029-12-31}, mini: " + mini + "}\n")}}
		for name, f := range pressedFlow {
			folder[name] = f
		}
		lib, problems := Load(folder)
		if lib != nil {
			problems = append(problems, Lint(lib, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))...)
		}
		found := want == ""
		for _, p := range problems {
			found = found || strings.Contains(p.Message, want)
			if want == "" && p.File == "contents.yaml" {
				t.Errorf("%s: %s", mini, p.Message)
			}
		}
		if !found {
			t.Errorf("%s: nothing says %q", mini, want)
		}
	}
}
