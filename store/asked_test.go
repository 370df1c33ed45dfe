package store_test

import (
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

func TestBareQuestion(t *testing.T) {
	for asked, want := range map[string]string{
		"":        "",
		"请问您的姓名？": "请问您的姓名？",
		"您在哪个科室？\n1. 心血管内科\n2. 肾内科":                     "您在哪个科室？",
		"您在哪个科室？\n1. 心血管内科\n2. 肾内科\n不清楚":                "您在哪个科室？",
		"哪一种？\nA. 门诊\nB. 病房":                            "哪一种？",
		"几分？\n0. 没有\n1. 有一点\n2. 很多":                     "几分？\n0. 没有",
		"处理告知：\n1. 记录姓名\n2. 记录医院\n是否同意？\n1. 同意\n2. 不同意": "处理告知：\n1. 记录姓名\n2. 记录医院\n是否同意？",
		"要点：\n1. 甲\n2. 乙\n1. 同意\n2. 不同意":                "要点：\n1. 甲\n2. 乙",
		"处理告知。\n\n是否同意？\n1. 同意\n2. 不同意":                 "处理告知。\n\n是否同意？",
		"1. 同意\n2. 不同意":                                 "1. 同意\n2. 不同意",
		"请在 1 到 5 之间打分。\n1 = 很差，5 = 很好":                 "请在 1 到 5 之间打分。\n1 = 很差，5 = 很好",
		"血压多少？\n例如 120. 80":                             "血压多少？\n例如 120. 80",
		"  两端有空白？ \n":                                   "两端有空白？",
	} {
		if got := store.BareQuestion(asked); got != want {
			t.Errorf("BareQuestion(%q) = %q, want %q", asked, got, want)
		}
	}
}

func FuzzBareQuestion(f *testing.F) {
	f.Add("您在哪个科室？\n1. 心血管内科\n2. 肾内科")
	f.Add("1. \n1. a\n2. b")
	f.Fuzz(func(t *testing.T, asked string) {
		bare := store.BareQuestion(asked)
		if !strings.Contains(asked, bare) {
			t.Errorf("%q is no part of %q", bare, asked)
		}
		if bare == "" && strings.TrimSpace(asked) != "" {
			t.Errorf("nothing is left of %q", asked)
		}
	})
}

func TestConsenting(t *testing.T) {
	rec := store.DoctorRecord{Consents: []store.Consent{{Seq: 3, Asked: "同意吗？\n1. 同意\n2. 不同意"}}}
	for want, a := range map[bool]store.Answer{
		true:  {Seq: 3, N: 1, Asked: "同意吗？\n1. 同意\n2. 不同意"},
		false: {Seq: 3, Asked: "您的身份是？"},
	} {
		if rec.Consenting(a) != want {
			t.Errorf("%q: %v", a.Asked, !want)
		}
	}
	if rec.Consenting(store.Answer{Seq: 4, Asked: "同意吗？\n1. 同意\n2. 不同意"}) {
		t.Error("another turn's answer counts as the decision")
	}
}

func TestNoteBeyondWhy(t *testing.T) {
	for _, c := range []struct{ why, note, want string }{
		{"想见面", "想见面", ""},
		{"想见面", "想见面\n电话联系", "电话联系"},
		{"想见面", "电话联系", "电话联系"},
		{"", " 电话联系 ", "电话联系"},
		{"想见面", "", ""},
	} {
		if got := (store.Lead{Why: c.why, Note: c.note}).NoteBeyondWhy(); got != c.want {
			t.Errorf("why %q, note %q: %q, want %q", c.why, c.note, got, c.want)
		}
	}
}
