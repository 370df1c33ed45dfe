package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// transcript is the whole chat of a doctor.
func (w *world) transcript(user string) string {
	return fmt.Sprint(w.get("/_sim/users/" + user + "/transcript")["messages"])
}

// Scenario 1: a new doctor is told who speaks: the house, its program, that nobody is behind it, and the filing number. She refuses: nothing that she says is
// kept but the refusal itself. A report of an adverse event is taken all the same.
func TestScenario1_RefusedConsent(t *testing.T) {
	w := newWorld(t, 1, nil)
	c := w.apps[0].cfg.Account
	w.heard("follow", w.call("/_sim/users/d1/follow", map[string]string{}), []string{c.Company, c.Bot, "不是真人", c.FilingNo, "您的身份"})
	w.say("d1", "医生", "是否同意")
	w.say("d1", "不同意")
	w.say("d1", "我是协和的张医生")
	r := recordOf(t, w, openIDOf(w, "d1"))
	if len(r.Answers)+len(r.Tags)+len(r.Scores)+len(r.Leads) > 0 || r.Doctor.Name != "" {
		t.Errorf("without consent there is %+v %+v %+v %+v, name %q", r.Answers, r.Tags, r.Scores, r.Leads, r.Doctor.Name)
	}
	if len(r.Portrait) > 0 {
		t.Errorf("without consent there is a portrait: %+v", r.Portrait)
	}
	if !slices.ContainsFunc(r.Consents, func(c store.Consent) bool { return c.Purpose == store.PurposeBase && !c.Granted }) {
		t.Errorf("the refusal is not on record: %+v", r.Consents)
	}
	w.say("d1", "病人吃了你们的药腿肿了", "编号 AE-")
	if f := onlyCase(t, w, "d1"); f.No == "" {
		t.Error("no case")
	}
}

// Scenario 2: consent, the invite code, the first visit in less than three minutes; the portrait is more than 60 % complete, and the paper that was asked for
// comes once, and does not come again in the weeks after.
func TestScenario2_FirstVisit(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	w.settled()
	d := w.derived(openIDOf(w, "d1"))
	began, done := d.Journal[0].SentAt, d.Journal[0].SentAt
	for _, j := range d.Journal {
		began, done = min(began, j.SentAt), max(done, j.SentAt)
	}
	if took := time.Duration(done-began) * time.Millisecond; took > 3*time.Minute {
		t.Errorf("the visit took %v", took)
	}
	f, err := w.apps[0].store.Facets(t.Context(), d.Doctor.ID)
	if err != nil || f.Complete < 60 {
		t.Errorf("the portrait is %d %% complete, %v", f.Complete, err)
	}
	const paper = "合并慢性肾病患者的降压证据"
	if n := strings.Count(w.transcript("d1"), paper); n == 0 {
		t.Fatal("the paper did not come")
	}
	before := strings.Count(w.transcript("d1"), paper)
	for range 3 {
		w.call("/_sim/clock", map[string]string{"advance": "168h"})
		w.say("d1", "文献")
	}
	w.settled()
	if n := strings.Count(w.transcript("d1"), paper); n != before {
		t.Errorf("the paper came again: %d times, before %d", n, before)
	}
}

// Scenario 3: a doctor of Hangzhou says in the first visit that the hospital has not got the product. She is asked about access, told the official price with
// its basis, and the colleague for access gets a lead.
func TestScenario3_NotInThisHospital(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.table(store.KindProducts, "产品编码,产品名称,通用名,阶段\nsample_sartan,示例沙坦片,示例沙坦,集采\n")
	w.table(store.KindHospitals, "医院编码,医院名称,别名,省份,城市,等级\nH1,青溪市第一人民医院,青溪一院,浙江省,杭州市,三甲\n")
	w.table(store.KindPrices, prices)
	w.call("/_sim/users/d1/follow", map[string]string{})
	for _, line := range []string{"医生", "同意", "同意", "王建国"} {
		w.say("d1", line)
	}
	w.names("d1", "青溪一院")
	for _, line := range []struct{ say, want string }{
		{"心内", "职称"}, {"主任医师", "核验"}, {"邀请码", "6 位邀请码"}, {demoInvite, "核验通过"}, {"门诊", "大致有多少"}, {"4", "最看重"}, {"1、2", "更接近"},
		{"看过资料", "顾虑"}, {"本院没有这个药", "哪些内容"}, {"暂不需要", "进一步交流"}, {"暂不需要", "说说本院的准入情况"}, {"现在说", "岗位"}, {"药剂科", "目前的情况"},
		{"没有报量", "卡在哪里"}, {"等药事会", "执行价格"}, {"需要", "28.50 元/盒"}, {"和准入同事沟通", "什么时候沟通"}, {"一周内", "告知负责准入的同事"}, {"同意", "准入同事会"},
	} {
		w.say("d1", line.say, line.want)
	}
	if chat := w.transcript("d1"); !strings.Contains(chat, "浙药采〔2026〕1号") {
		t.Error("the price was said without its basis")
	}
	leads := recordOf(t, w, openIDOf(w, "d1")).Leads
	if len(leads) != 1 || leads[0].Kind != "access" {
		t.Errorf("leads %+v", leads)
	}
}

// Scenario 9: whoever says T is sent nothing any more, by no campaign and however much time passes, until he speaks of his own accord.
func TestScenario9_OptedOut(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	w.settled()
	w.say("d1", "T", "已为您退订")
	w.settled()
	before := w.transcript("d1")
	for range 6 {
		w.call("/_sim/clock", map[string]string{"advance": "168h"})
		w.settled()
		if r := w.derived(openIDOf(w, "d1")); !r.Doctor.OptedOut {
			t.Fatal("the doctor has not opted out")
		}
	}
	if after := w.transcript("d1"); after != before {
		t.Errorf("something was sent:\n%s", strings.TrimPrefix(after, before))
	}
}
