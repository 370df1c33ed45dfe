package flows

import (
	"strings"
	"testing"
	"time"
)

// TestSafetyCannotBeSwitchedOff: whatever a folder says about listening, an adverse event opens a case, with its kind and weight.
func TestSafetyCannotBeSwitchedOff(t *testing.T) {
	for name, house := range map[string]string{"none": "retry: 3\n", "empty": "listen: []\n", "other": "listen:\n  - {id: x, when_text: [停车], do: answer, say: 东门。}\n"} {
		k := begun(t, folder("", "  - {id: a, ask: 科室？, type: text}\n  - end: done\n", map[string]string{"_config.yaml": house}), "consents: [base]")
		out := k.say("有个病人吃了以后全身皮疹住院了")
		if len(out.Cases) != 1 || !out.Cases[0].New || out.Cases[0].Kind != "ae" || !out.Cases[0].Serious || out.Cases[0].Within != time.Hour || len(out.Answers) != 0 {
			t.Errorf("%s: %+v", name, out.Cases)
		}
		out = k.say("没有皮疹")
		if len(out.Cases) != 0 || len(out.Answers) != 1 {
			t.Errorf("%s: a denial opened %+v", name, out.Cases)
		}
	}
}

// TestDeathHurries: a death shortens the clock to half an hour.
func TestDeathHurries(t *testing.T) {
	k := begun(t, folder("", "  - {id: a, ask: 科室？, type: text}\n  - end: done\n", nil), "consents: [base]")
	if c := k.say("患者用药后死亡").Cases; len(c) != 1 || !c[0].Death || c[0].Within != deathCaseClock {
		t.Errorf("%+v", c)
	}
}

// TestAside: what is for compliance or medical information becomes no answer; the waiting question comes again, and nothing is kept that may not be.
func TestAside(t *testing.T) {
	k := begun(t, folder("", "  - id: a\n    ask: 选一个\n    type: one\n    choices:\n      - x: 甲\n      - y: 乙\n  - {id: b, ask: 还有想问的吗？, type: text}\n  - end: done\n", nil), "consents: [base]")
	for _, tt := range []struct{ say, says, flag, class string }{
		{"我这个月开了200盒", "没有保存", "count", ""}, {"有讲课费吗", "不提供任何财物", "benefit", ""}, {"儿童能用吗", "代表不会就此与您沟通", "", "beyond"},
		{"示例沙坦比缬沙坦强在哪", "不做药品之间的比较", "", "compare"},
	} {
		out := k.say(tt.say)
		if reply := said(out); !strings.Contains(reply, tt.says) || !strings.Contains(reply, "选一个") || len(out.Answers)+len(out.Tags) != 0 {
			t.Errorf("%s: %q %+v", tt.say, reply, out.Answers)
		}
		if tt.flag != "" && (len(out.Flags) != 1 || out.Flags[0].Kind != tt.flag) || tt.class != "" && (len(out.Inquiries) != 1 || out.Inquiries[0].Class != tt.class || out.Inquiries[0].Words != tt.say) {
			t.Errorf("%s: %+v %+v", tt.say, out.Flags, out.Inquiries)
		}
		if kept := out.Kept; (tt.flag == "count" || tt.class != "") != (kept != nil && *kept == "") {
			t.Errorf("%s: kept %v", tt.say, kept)
		}
	}
	k.say("甲")
	out := k.say("孕妇能用吗") // free words were asked for: the flow goes on with a remark in their place
	if len(out.Inquiries) != 1 || len(out.Answers) != 1 || strings.Contains(out.Answers[0].Raw+out.Answers[0].Value.Str(), "孕妇") || out.Ended != "done" {
		t.Errorf("%+v %+v %q", out.Inquiries, out.Answers, out.Ended)
	}
}

// TestComplaintGoesOn: a complaint is noted, and the rest of the message is read.
func TestComplaintGoesOn(t *testing.T) {
	k := begun(t, folder("", "  - {id: a, ask: 意见？, type: text}\n  - end: done\n", nil), "consents: [base]")
	out := k.say("代表态度很差")
	if len(out.Flags) != 1 || out.Flags[0].Kind != "complaint" || len(out.Answers) != 1 {
		t.Errorf("%+v %+v", out.Flags, out.Answers)
	}
}

// TestPatientIsMasked before anything of the message is used; the doctor's own number, when it was asked for, is not touched.
func TestPatientIsMasked(t *testing.T) {
	k := begun(t, folder("", "  - {id: a, ask: 情况？, type: text}\n  - {id: p, ask: 电话？, type: phone}\n  - end: done\n", nil), "consents: [base]")
	out := k.say("患者陈芳，女，想问复查的时间")
	if out.Kept == nil || strings.Contains(*out.Kept, "陈芳") || len(out.Answers) == 1 && strings.Contains(out.Answers[0].Raw, "陈芳") || len(out.Flags) == 0 || out.Flags[0].Kind != "patient" {
		t.Errorf("%v %+v %+v", out.Kept, out.Answers, out.Flags)
	}
	for range 3 {
		if out.Pending.ID == "p" {
			break
		}
		out = k.say("没有了")
	}
	if out = k.say("13812345678"); len(out.Answers) != 1 || out.Answers[0].Value.Str() != "13812345678" {
		t.Errorf("%+v", out.Answers)
	}
}
