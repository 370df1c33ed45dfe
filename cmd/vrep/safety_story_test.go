package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/bot/safety"
	"github.com/vrep/vrep/store"
)

// onlyCase is the one case of a doctor.
func onlyCase(t *testing.T, w *world, user string) store.CaseFile {
	t.Helper()
	st := w.apps[0].store
	r := recordOf(t, w, openIDOf(w, user))
	if len(r.Cases) != 1 {
		t.Fatalf("%d cases, want 1", len(r.Cases))
	}
	f, err := st.CaseFile(t.Context(), r.Cases[0].No)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// pagesOf are the messages on the phone of whoever is on duty.
func pagesOf(w *world) string { return fmt.Sprint(w.get("/_sim/reps/wangjing/messages")["messages"]) }

// Scenario 4: in the middle of the recruitment a doctor writes of a patient in hospital. The case is opened in that second, the talk waits, the four
// elements come in at most seven answers, the clock of the law is fifteen days, promotion is frozen for 72 hours, and the talk goes on afterwards.
func TestScenario4_AdverseEventInTheMiddleOfATalk(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.heard("follow", w.call("/_sim/users/d1/follow", map[string]string{}), []string{"您的身份"})
	for _, line := range []string{"医生", "同意", "同意", "王建国", "北京协和医院", "心内", "主任医师", "邀请码", demoInvite, "门诊"} {
		w.say("d1", line)
	}
	before := recordOf(t, w, openIDOf(w, "d1"))
	w.say("d1", "有个病人吃了以后全身皮疹住院了", "编号 AE-", "7 个问题")
	opened := onlyCase(t, w, "d1")
	now := w.platform.Now().UnixMilli()
	if !opened.Serious || opened.Kind != store.CaseKindEvent || now-opened.OpenedAt > 60_000 || opened.DueAt-opened.OpenedAt > time.Hour.Milliseconds() {
		t.Errorf("opened %+v", opened.Case)
	}
	if law := opened.LegalAt - opened.OpenedAt; law != store.LegalSerious.Milliseconds() {
		t.Errorf("the clock of the law is %v", time.Duration(law)*time.Millisecond)
	}
	answers := []string{"是", "服药两天后全身皮疹，收住院", "示例沙坦片 80mg", "65岁 男", "住院", "昨天", "对", "王建国", "不方便"}
	for i, line := range answers {
		reply := w.say("d1", line)
		if i == len(answers)-1 && (!strings.Contains(reply, "已转给药物警戒同事") || !strings.Contains(reply, "大致有多少")) {
			t.Errorf("after the report the talk does not go on:\n%s", reply)
		}
	}
	if n := len(answers) - 2; n > 7 { // the offer and the date read back are no questions of the report
		t.Errorf("%d answers", n)
	}
	f := onlyCase(t, w, "d1")
	if !f.Complete || f.Status != store.CaseReported || f.Patient != "65岁 男" || f.Product == "" || f.Event == "" || f.Reporter == "" {
		t.Errorf("the report is not complete: %+v", f.Case)
	}
	after := recordOf(t, w, openIDOf(w, "d1"))
	if len(after.Tags) != len(before.Tags) || fmt.Sprint(after.Scores) != fmt.Sprint(before.Scores) {
		t.Errorf("tags or scores changed: %+v %+v", after.Tags, after.Scores)
	}
	if until := after.Doctor.FrozenUntil; until-f.OpenedAt != store.FreezeAfterCase.Milliseconds() {
		t.Errorf("frozen until %d, opened %d", until, f.OpenedAt)
	}
}

// Scenario 5: a doctor gives up after the first answer. The desk has the case, and the doctor is reminded after one, 24 and 72 hours, the last time by a
// service notice, because nothing else may be sent any more.
func TestScenario5_AbandonedReport(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.call("/_sim/users/d1/follow", map[string]string{})
	w.say("d1", "病人吃了你们的药腿肿了", "编号 AE-") // before any consent
	w.say("d1", "是", "发生了什么")
	w.say("d1", "双腿水肿三天", "哪种药")
	f := onlyCase(t, w, "d1")
	if f.Event != "双腿水肿三天" || f.Complete || f.Status != store.CaseOpen {
		t.Fatalf("case %+v", f.Case)
	}
	reminded := func() int {
		n := 0
		for _, m := range onlyCase(t, w, "d1").History {
			if m.Event == store.CaseEventRemind {
				n++
			}
		}
		return n
	}
	for i, step := range []string{"61m", "23h", "48h"} {
		w.call("/_sim/clock", map[string]string{"advance": step})
		w.eventually(fmt.Sprint("reminder ", i+1), func() bool { return reminded() == i+1 })
	}
	w.eventually("the last reminder to arrive", func() bool {
		for _, e := range recordOf(t, w, openIDOf(w, "d1")).Effects {
			if e.Channel == store.ChannelTemplate && e.Status == store.EffectDone {
				return true
			}
		}
		return false
	})
	w.call("/_sim/clock", map[string]string{"advance": "48h"})
	if n := reminded(); n != 3 {
		t.Errorf("%d reminders", n)
	}
}

// Scenario 6: a death pages whoever is on duty at once, without a word about doctor or patient; the clock of the law has run out already.
func TestScenario6_DeathPagesAtOnce(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.call("/_sim/users/d1/follow", map[string]string{})
	w.say("d1", "病人昨晚去世了，之前在吃示例沙坦片", "编号 AE-")
	f := onlyCase(t, w, "d1")
	if !f.Death || !f.Serious || f.LegalAt != f.OpenedAt || f.DueAt-f.OpenedAt > (30*time.Minute).Milliseconds() {
		t.Errorf("case %+v", f.Case)
	}
	w.eventually("the page", func() bool { return strings.Contains(pagesOf(w), "死亡病例") })
	if said := pagesOf(w); !strings.Contains(said, f.No) || strings.Contains(said, "去世") || strings.Contains(said, "示例沙坦") {
		t.Errorf("the page says %s", said)
	}
}

// Scenario 7: an off-label question gets the fixed text and goes to medical information; no tag, no answer, nothing for a rep; the answer reaches the doctor.
func TestScenario7_OffLabelQuestion(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	talk(w)
	brief := acceptFirst(t, w)
	before := recordOf(t, w, openIDOf(w, "d1"))
	w.say("d1", "儿童能用吗", "您咨询的内容可能超出说明书范围，已转医学部专业人员书面回复，代表不会就此与您沟通")
	rows, err := st.Inquiries(t.Context(), 10)
	if err != nil || len(rows) != 1 || rows[0].Class != store.InquiryBeyond || rows[0].Words != "儿童能用吗" || rows[0].DueAt-rows[0].At != store.InquiryWithin.Milliseconds() {
		t.Fatalf("inquiries %+v %v", rows, err)
	}
	after := recordOf(t, w, openIDOf(w, "d1"))
	if len(after.Tags) != len(before.Tags) || len(after.Answers) != len(before.Answers) || len(after.Cases) != 0 {
		t.Errorf("something else was kept: %+v", after.Tags)
	}
	for _, j := range after.Journal {
		if strings.Contains(string(j.Event), "儿童能用吗") {
			t.Error("the question stands in the journal too")
		}
	}
	if page := body(t, func() (*http.Response, error) { return http.Get(brief) }); strings.Contains(page, "儿童") {
		t.Error("the rep sees the question")
	}
	answerInquiry(t, w, rows[0])
}

// answerInquiry lets two people answer.
func answerInquiry(t *testing.T, w *world, row store.InquiryRow) {
	t.Helper()
	st := w.apps[0].store
	a := store.InquiryAnswer{Document: "d", Title: "说明书", URL: "https://content.example.com/label", Text: "儿童用药的安全性和有效性尚未确立。"}
	if err := st.WriteInquiry(t.Context(), row.ID, "med1", a); err != nil {
		t.Fatal(err)
	}
	e := store.Effect{Key: "inquiry:" + row.ID, Lane: store.DoctorLane(row.Doctor), Kind: store.KindText, Intent: store.IntentAsked,
		Body: []byte(`{"openid":"` + row.Who.OpenID + `","text":"儿童用药的安全性和有效性尚未确立。"}`)}
	if err := st.SendInquiry(t.Context(), row.ID, "med1", e); err == nil {
		t.Error("who wrote released")
	}
	if err := st.SendInquiry(t.Context(), row.ID, "med2", e); err != nil {
		t.Fatal(err)
	}
	w.eventually("the answer", func() bool { return strings.Contains(fmt.Sprint(w.get("/_sim/users/d1/transcript")), "尚未确立") })
}

// Scenario 8: who asks for a fee gets the standard reply, compliance a flag; the doctor is no better and no worse for it.
func TestScenario8_FeeAsked(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	talk(w)
	before := recordOf(t, w, openIDOf(w, "d1"))
	w.say("d1", "有讲课费吗", "我们不提供任何财物或个人利益")
	rows, err := st.Flags(t.Context(), 10)
	if err != nil || len(rows) != 1 || rows[0].Kind != store.FlagBenefit || rows[0].Words != "有讲课费吗" {
		t.Fatalf("flags %+v %v", rows, err)
	}
	after := recordOf(t, w, openIDOf(w, "d1"))
	if len(after.Tags) != len(before.Tags) || fmt.Sprint(after.Scores) != fmt.Sprint(before.Scores) || len(after.Leads) != len(before.Leads) {
		t.Errorf("tags, scores or leads changed: %+v", after.Tags)
	}
}

// What a doctor prescribes is not kept anywhere (rule on statistics of prescriptions), and neither is who a patient is.
func TestCountsAndPatientsAreNotKept(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	w.say("d1", "我这个月开了231盒", "没有保存")
	w.say("d1", "患者赵小兰，女，71岁，身份证110101195001011234，服药后晕厥", "已隐去", "编号 AE-")
	r := recordOf(t, w, openIDOf(w, "d1"))
	all := fmt.Sprintf("%s %+v", onlyCase(t, w, "d1").Case.Words, r.Answers)
	for _, j := range r.Journal {
		all += string(j.Event) + string(j.Reply)
	}
	for _, kept := range []string{"231", "小兰", "110101195001011234"} {
		if strings.Contains(all, kept) {
			t.Errorf("%q was kept", kept)
		}
	}
	if !strings.Contains(all, "服药后晕厥") {
		t.Error("the case lost its words")
	}
	flags, err := w.apps[0].store.Flags(t.Context(), 10)
	if err != nil || !slices.ContainsFunc(flags, func(f store.FlagRow) bool { return f.Kind == store.FlagCount && f.Words == "" }) ||
		!slices.ContainsFunc(flags, func(f store.FlagRow) bool { return f.Kind == store.FlagPatient }) {
		t.Errorf("flags %+v %v", flags, err)
	}
}

// An adverse event is heard in every phase: with a person, after opting out, before consent and after it was refused.
func TestAdverseEventInEveryPhase(t *testing.T) {
	for name, lines := range map[string][]string{
		"before consent": {"医生"}, "refused": {"医生", "不同意"}, "with a person": {"医生", "同意", "同意", "王建国", "人工"}, "opted out": {"医生", "同意", "退订"},
		"at a question about the doctor": {"医生", "同意", "同意"}, "before the verification": {"医生", "同意", "同意", "王建国", "北京协和医院", "心内", "主任医师"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, nil)
			w.call("/_sim/users/d1/follow", map[string]string{})
			for _, line := range lines {
				w.say("d1", line)
			}
			w.say("d1", "有个患者用药后黄疸了", "编号 AE-")
			if f := onlyCase(t, w, "d1"); f.Words != "有个患者用药后黄疸了" || f.Case.Status != store.CaseOpen {
				t.Errorf("case %+v", f.Case)
			}
			w.say("d1", "孕妇能用吗", "已转医学部")
		})
	}
}

// A report that nobody acknowledges is told to who is on duty, and the day does not come to zero until somebody has.
func TestReconciliationComesToZero(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	w.call("/_sim/users/d1/follow", map[string]string{})
	w.say("d1", "患者用药后头晕", "编号 AE-")
	no := onlyCase(t, w, "d1").No
	at := w.platform.Now()
	w.call("/_sim/clock", map[string]string{"advance": "26h"})
	w.eventually("the page about the missed time", func() bool { return strings.Contains(pagesOf(w), "超时未确认") })
	d := safety.New(safety.Options{Store: st, Duty: w.apps[0].cfg.WeCom.Duty, Zone: w.apps[0].cfg.Zone, Now: w.platform.Now})
	day, err := d.Reconcile(t.Context(), at, "u")
	if err != nil || day.Opened != 1 || day.Acknowledged != 0 || !slices.Equal(day.MissingCases(), []string{no}) {
		t.Fatalf("%+v %v", day, err)
	}
	w.eventually("the alarm", func() bool { return strings.Contains(pagesOf(w), "对账不平") })
	if err := d.Acknowledge(t.Context(), no, "pv1"); err != nil {
		t.Fatal(err)
	}
	if day, err = d.Reconcile(t.Context(), at, "u"); err != nil || day.Acknowledged != 1 || len(day.MissingCases()) != 0 {
		t.Errorf("%+v %v", day, err)
	}
}
