package flows

import (
	"strings"
	"testing"
)

// TestLiteralItems: rounds may be about items that are written down, or that a called flow was not given.
func TestLiteralItems(t *testing.T) {
	steps := "  - id: k\n    block: {for_each: [甲片, 'b \"c\"', 3]}\n    steps:\n      - {id: n, ask: \"${item}几片？\", type: number}\n  - say: ${each(k.item, k.n) or \"无\"}，${k.n}\n  - end: done\n"
	k := begun(t, folder("", steps, nil), "{consents: [base]}")
	if out := k.say("1", "2"); said(out) != "3几片？" {
		t.Error(said(out))
	}
	if out := k.say("5"); said(out) != `甲片：1；b "c"：2；3：5，1、2、5` {
		t.Error(said(out))
	}
	sub := "flow: sub\ntitle: 子\napproval: {no: T-1, until: 2030-12-31}\ninputs: {list: {type: list, default: [a, b]}}\nsteps:\n  - id: k\n    block: {for_each: input.list}\n    steps:\n      - {id: n, ask: \"${item}几片？\", type: number}\n  - end: done\n"
	k = begun(t, folder("", "  - call: sub\n  - say: 好了\n  - end: done\n", map[string]string{"sub.yaml": sub}), "{consents: [base]}")
	if out := k.say("1"); said(out) != "b几片？" {
		t.Error(said(out))
	}
	if out := k.say("1"); said(out) != "好了" {
		t.Error(said(out))
	}
}

// TestItemsRefused: what is no list of items is told, with what to write.
func TestItemsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"for_each: []":       "for_each",
		"for_each: wards":    "choices: wards",
		"for_each: [[a, b]]": "“for_each”要写成一段文字",
	} {
		steps := "  - id: k\n    block: {" + text + "}\n    steps:\n      - {id: n, ask: 几？, type: number}\n  - end: done\n"
		_, ps := Load(folder("", steps, map[string]string{"lists/wards.yaml": "list: wards\nitems: [{a: 甲}, {b: 乙}]\n"}))
		if got := asText(ps); !strings.Contains(got, want) {
			t.Errorf("%s: %s", text, got)
		}
	}
	_, ps := Load(folder("inputs: {x: {type: text, default: [a, b]}}\n", "  - say: ${input.x}\n  - end: done\n", nil))
	if got := asText(ps); !strings.Contains(got, "请写 type: list") {
		t.Error(got)
	}
}
