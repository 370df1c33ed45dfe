package author

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows"
)

// TestExplainScores: an option that counts nothing is told beside those that count; commands are told as they act in the middle of a talk.
func TestExplainScores(t *testing.T) {
	lib, ps := flows.Load(fstest.MapFS{"q.yaml": {Data: []byte(`flow: q
title: 样例
approval: {no: T-1, until: 2030-12-31}
steps:
  - {id: a, ask: 科室？, type: text, required: false}
  - id: b
    ask: 几天？
    choices: [{no: {label: 没有, key: 0, score: 0}}, {some: {label: 几天, key: 1, score: 1}}]
  - end: done
`)}})
	if lib == nil {
		t.Fatal(ps)
	}
	for id, want := range map[string][]string{
		"a": {"返回              口令：这已经是第一题了。", "跳过              跳过这一题"},
		"b": {"返回      回到上一题，这之后的回答收回", "跳过      不能跳过：这一题不能跳过", "分数：没有 0 分、几天 1 分", "第一个    收下：没有（no）"},
	} {
		e, err := Explain(lib, lib.Flow("q"), id, clock)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := e.Text(&b); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: no %q in\n%s", id, w, b.String())
			}
		}
	}
}
