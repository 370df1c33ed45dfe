package flows

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
)

const additionSteps = `  - id: wanted
    ask: 想看什么？
    type: many
    choices:
      - paper: 文献
      - video: {label: 视频, text: 哪一类视频？}
      - other: {label: 其他, text: 请写您想看的。}
      - none: {label: 都不用, only: true}
    save: profile.wanted
  - id: rank
    ask: 请排序。
    type: rank
    pick: 2
    choices: [{a: 疗效}, {b: {label: 别的, text: 是什么？}}, {c: 价格}]
  - say: 已记下${wanted}。
  - end: done
`

// TestAdditions: every chosen option that asks for words of the doctor's own gets them, one after another.
func TestAdditions(t *testing.T) {
	fsys := folder("", additionSteps, map[string]string{"profile.yaml": "profile: {wanted: {type: list, label: 想看的}}\n"})
	k := begun(t, fsys, "{consents: [base]}")
	for _, turn := range [][2]string{
		{"4和3", "有一项不能和其他选项一起选"},
		{"3、2", "哪一类视频？"},
		{"返回", "想看什么？|1. 文献"},
		{"其他、文献", "请写您想看的。"},
		{"返回", "想看什么？"},
		{"1、2、3", "哪一类视频？"},
		{"", "哪一类视频？"},
		{"手术", "请写您想看的。"},
		{"病例汇编", "请排序。"},
		{"返回", "想看什么？"},
		{"2、3", "哪一类视频？"},
		{"讲课", "请写您想看的。"},
		{"指南", "请排序。"},
		{"2、1", "是什么？"},
		{"安全性", "已记下视频（讲课）、其他（指南）。"},
	} {
		if out := k.say(turn[0]); !strings.Contains(said(out), turn[1]) {
			t.Fatalf("%q: %s", turn[0], said(out))
		}
	}
	if v, want := k.facts.Profile["wanted"], cond.List("video", "other"); !v.Value.Equal(want) || v.Label != "视频（讲课）、其他（指南）" {
		t.Errorf("profile %v %q", v.Value, v.Label)
	}
}

// TestAdditionStored: what is stored is the codes, the words with what was added, and all that was typed.
func TestAdditionStored(t *testing.T) {
	k := begun(t, folder("", strings.Replace(additionSteps, "    save: profile.wanted\n", "    confirm: 是${wanted}，对吗？\n", 1), nil), "{consents: [base]}")
	if out := k.say("除了1都要"); said(out) != "是视频、其他，对吗？" {
		t.Fatal(said(out))
	}
	out := k.say("对", "手术", "病例\n汇编")
	if len(out.Answers) != 1 {
		t.Fatalf("%+v", out.Answers)
	}
	a := out.Answers[0]
	if diff := cmp.Diff([]string{"视频（手术）、其他（病例\n汇编）", "除了1都要\n手术\n病例\n汇编"}, []string{a.Label, a.Raw}); diff != "" || !a.Value.Equal(cond.List("video", "other")) {
		t.Errorf("%v %s", a.Value, diff)
	}
}

// TestAdditionFill: a row of answers by question is a list where options want words: the answer first. Words that nothing asked for are told.
func TestAdditionFill(t *testing.T) {
	lib := mustLoad(t, folder("", strings.Replace(additionSteps, "    save: profile.wanted\n", "", 1), nil))
	run := func(wanted string) []Problem {
		data := "test: q\ndoctor: {consents: [base]}\ncases:\n  - name: 补充\n    fill: {wanted: " + wanted +
			", rank: [别的、价格, 安全性]}\n    expect: {answers: {wanted: [video, other]}, end: done}\n"
		return lint.Errors(RunTests(fstest.MapFS{"tests/q.test.yaml": {Data: []byte(data)}}, lib, TestOptions{Now: testNow}).Problems)
	}
	if ps := run("[视频、其他, 手术, 汇编]"); len(ps) > 0 {
		t.Error(ps[0].Text())
	}
	ps := run("[视频、其他, 手术, 汇编, 多余]")
	if !slices.ContainsFunc(ps, func(p Problem) bool { return strings.Contains(p.Message, "wanted 的“多余”没有用上") }) {
		t.Errorf("%+v", ps)
	}
}
