package flows

import (
	"strings"
	"testing"
)

const eachSteps = `  - id: used
    ask: 用过哪些？
    type: many
    choices: [{a: 甲片}, {b: 乙片}, {none: {label: 都没有, only: true}}]
  - {id: dept, ask: 科室？, type: text}
  - id: uses
    block: {for_each: used, as: product}
    steps:
      - {id: since, ask: "${product}从哪天？", type: date, past: true, required: false}
      - id: sizes
        block: {another: 还有吗？, max: 2}
        steps: [{id: mg, ask: 多少毫克？, type: number, unit: 毫克}]
  - say: SAY
  - end: done
`

// TestEach: answers of every round stand side by side, also when a round lacks one of them.
func TestEach(t *testing.T) {
	for text, want := range map[string]string{
		`各${each(uses.product, uses.since) or "无"}。`:    "各甲片：2026年3月1日 星期日；乙片。",
		`${each(uses.product, uses.sizes.mg) or "无"}`:   "甲片：5毫克、10毫克；乙片：20毫克",
		`${each(uses.product, dept, uses.sizes.count)}`: "",
		`${each(dept, used) or "无"}`:                    "心内：甲片、乙片",
	} {
		fsys := folder("", strings.Replace(eachSteps, "SAY", "'"+text+"'", 1), nil)
		if want == "" { // rounds may be none: what prints nothing is told
			if _, ps := Load(fsys); !strings.Contains(asText(ps), "R203") {
				t.Errorf("%s: %s", text, asText(ps))
			}
			continue
		}
		k := begun(t, fsys, "{consents: [base]}")
		if out := k.say("1、2", "心内", "3月1日", "是", "5", "是", "10", "跳过", "20", "没有"); out.Reply() != want {
			t.Errorf("%s: %s", text, out.Reply())
		}
		k = begun(t, fsys, "{consents: [base]}")
		if out := k.say("都没有", "心内"); strings.HasPrefix(text, "各") && out.Reply() != "各无。" {
			t.Errorf("%s: %s", text, out.Reply())
		}
	}
}

// TestRoundIndex: one round cannot be named; the message says what can.
func TestRoundIndex(t *testing.T) {
	_, ps := Load(folder("", strings.Replace(eachSteps, "SAY", "${uses[1].since}", 1), nil))
	if got := asText(ps); !strings.Contains(got, "不能用方括号指定 uses 的哪一轮") || !strings.Contains(got, "each(uses.题") {
		t.Error(got)
	}
}

// asText is problems as authors see them.
func asText(ps []Problem) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.Text())
	}
	return b.String()
}
