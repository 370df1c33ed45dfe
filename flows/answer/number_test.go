package answer

import (
	"testing"
	"time"
)

// TestSignsAndPoints: a sign or a decimal point is never dropped in silence.
func TestSignsAndPoints(t *testing.T) {
	low, high := -10.0, 100.0
	for text, want := range map[string]string{
		".5": "ok 0.5", "．5": "ok 0.5", "点五": "ok 0.5", "点5": "ok 0.5", "零点五": "ok 0.5", "-.5": "ok -0.5", "负点五": "ok -0.5", "卌五": "ok 45", "卌": "ok 40",
		"-5": "ok -5", "－5": "ok -5", "−5": "ok -5", "负五": "ok -5", "负5": "ok -5", "负 5": "ok -5", "零下五": "ok -5", "- 5": "offer 5", "—5": "offer 5",
		"大约-5": "ok -5", "体温负5": "unclear ", "-11": "range ", "5.": "ok 5", "……5": "ok 5", "。5": "ok 5", "五": "ok 5", "3点五": "unclear ",
	} {
		rd := shared.Number(text, NumberOptions{Min: &low, Max: &high})
		if got := string(rd.Status) + " " + rd.Value.Str(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for _, c := range []struct {
		unit, text, want string
	}{{"", "-5", "ok"}, {"位", "-5", "range"}, {"位", "5", "ok"}, {"℃", "-5", "ok"}} {
		rd := shared.Number(c.text, NumberOptions{Unit: c.unit, Count: true})
		if string(rd.Status) != c.want || (c.want == "range" && rd.Note["min"] != "0") {
			t.Errorf("%s with unit %q: %s %v", c.text, c.unit, rd.Status, rd.Note)
		}
	}
}

// TestScaleUnits: the words that stand behind the figure of a scale change nothing.
func TestScaleUnits(t *testing.T) {
	low, high := 0.0, 10.0
	for text, want := range map[string]string{"8分": "8", "五分": "5", "8 分": "8", "8级": "8", "三星": "3", "8": "8", "8/10": "8", "打8分吧": "8", "8分钟": "", "8公斤": "", "五分之一": ""} {
		rd := shared.Number(text, NumberOptions{Min: &low, Max: &high, Integer: true})
		if got := rd.Value.Str(); rd.Status == OK != (want != "") || got != want {
			t.Errorf("%q: %s %s, want %q", text, rd.Status, got, want)
		}
	}
}

// TestPhoneLength: one digit too few or too many is said as such.
func TestPhoneLength(t *testing.T) {
	for text, want := range map[string]string{"1380013800": "short 1", "3800138000": "short 1", "138001380001": "long 1", "238001380001": "long 1",
		"23800138000": "pattern ", "12345": "pattern ", "13800138000": "ok "} {
		rd := shared.Phone(text, false)
		if got := string(rd.Status) + " " + rd.Note["missing"] + rd.Note["extra"]; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if rd := shared.Phone("0101234567", true); rd.Status != Pattern {
		t.Errorf("landline: %s", rd.Status)
	}
}

// TestHalfOfTheDay: an hour that may be before or after noon is asked about, with both times.
func TestHalfOfTheDay(t *testing.T) {
	now := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{"明天3点": "time half", "明天上午3点": "2026-03-05T03:00", "明天下午3点": "2026-03-05T15:00", "明天15点": "2026-03-05T15:00", "明天12点": "2026-03-05T12:00"} {
		rd := shared.DateTime(text, now, DateOptions{Future: true})
		got := rd.Value.Str()
		if rd.Status != OK {
			got = string(rd.Status) + " " + rd.Note["reason"]
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if rd := shared.DateTime("明天3点", now, DateOptions{}); rd.Note["time1"] != "03:00" || rd.Note["time2"] != "15:00" {
		t.Errorf("times %v", rd.Note)
	}
	for value, want := range map[string]string{"2026-03-11T15:30": "15:30", "2026-03-11/pm": "下午", "2026-03-11": "", "any": ""} {
		if got := shared.SayTime(value); got != want {
			t.Errorf("%s: %q", value, got)
		}
	}
}
