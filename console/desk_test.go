package console_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// TestCaseFromWordsToTheAuthority: acknowledged, judged, sent, closed; every step stands in the history, and the export maps it.
func TestCaseFromWordsToTheAuthority(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleSafety)
	path := "/console/cases/" + w.caseNo
	do := func(act string, form ...string) {
		t.Helper()
		if a := b.post(path+"/acts/"+act, form...); a.code != http.StatusSeeOther {
			t.Fatalf("%s: %d", act, a.code)
		}
	}
	do("judge", "verdict", "valid", "reason", "太早")
	wantHas(t, b.get(path), "状态已经变了", "先确认收到")
	do("acknowledge")
	wantHas(t, b.get(path), "已确认，待判定")
	do("follow", "words", "电话核实：患者已出院", "patient", "65岁 男", "reporter", "张医生")
	wantHas(t, b.get(path), "电话核实：患者已出院", "65岁 男", "四要素齐全")
	do("judge", "verdict", "valid", "serious", "1", "unlisted", "1", "reason", "时间关联明确")
	wantHas(t, b.get(path), "有效报告", "新的", "待报送")
	do("send", "reference", "")
	wantHas(t, b.get(path), "请写明原因或编号")
	do("send", "reference", "ADR-2026-1")
	do("close")
	a := b.get(path)
	wantHas(t, a, "已结案", "ADR-2026-1", "登记", "确认收到", "随访", "判定", "报送药监", "结案")
	file := b.get(path + "/export")
	var report struct {
		Elements []struct{ ID, Name, Value string }
	}
	must(t, json.Unmarshal([]byte(file.body), &report))
	got := map[string]string{}
	for _, e := range report.Elements {
		got[e.ID] = e.Value
	}
	for id, want := range map[string]string{
		"C.1.1": w.caseNo, "C.1.8.1": "ADR-2026-1", "C.1.7": "true", "D.2.2a": "65", "D.5": "1", "E.i.1.1a": "全身皮疹", "E.i.3.2c": "true", "G.k.2.2": "示例沙坦片", "C.3.2": "示例医药",
	} {
		if got[id] != want {
			t.Errorf("%s is %q, want %q", id, got[id], want)
		}
	}
	if !strings.Contains(got["H.1"], "昨天有个患者吃了以后全身皮疹") || !strings.Contains(got["H.1"], "已出院") {
		t.Errorf("narrative %q", got["H.1"])
	}
	do("reopen", "reason", "又有新情况")
	wantHas(t, b.get(path), "已确认，待判定", "又有新情况")
}

// TestNoReportNeedsTwoPeople: whoever finds that it is none cannot close it alone, and a second person may disagree.
func TestNoReportNeedsTwoPeople(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	one := s.as(store.RoleSafety)
	path := "/console/cases/" + w.caseNo
	one.post(path + "/acts/acknowledge")
	one.post(path+"/acts/judge", "verdict", "none", "reason", "问的是别的药")
	wantHas(t, one.get(path), "待复核", "问的是别的药", "您提议结案")
	wantHas(t, one.get("/console/cases"), "u-safety 提议结案")
	wantHas(t, one.get("/console/approvals"), "不上报结案", "不是不良反应", w.caseNo)
	s.decide(one, store.ActCaseClose, "by who judged", "要由另一位同事批准")
	if a := one.post(path + "/acts/second"); a.code != http.StatusNotFound {
		t.Errorf("agreeing past the list: %d", a.code)
	}
	wantNot(t, s.as(store.RoleCompliance).get("/console/approvals"), "问的是别的药") // cases are for the desk
	two := s.enter(store.User{Name: "pv-2", Role: store.RoleSafety})
	wantHas(t, two.get(path), "u-safety 提议结案")
	s.answer(two, store.ActCaseClose, store.ApprovalRefused, "再问一次")
	wantHas(t, one.get(path), "已确认，待判定", "再问一次")
	one.post(path+"/acts/judge", "verdict", "incomplete", "reason", "无法随访")
	s.decide(two, store.ActCaseClose, "by another", "已批准")
	wantHas(t, one.get(path), "已结案", "pv-2", "要素不全")
	row, err := s.store.Case(t.Context(), w.caseNo)
	must(t, err)
	if row.SecondBy != "pv-2" || row.ClosedBy != "u-safety" || row.ClosedAt == 0 {
		t.Errorf("%+v", row.Case)
	}
}

// TestReconciliationPage: the day does not come to zero until the case is acknowledged.
func TestReconciliationPage(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleSafety)
	b.post("/console/reconcile")
	wantHas(t, b.get("/console/cases"), "不平", w.caseNo, "u-safety")
	b.post("/console/cases/" + w.caseNo + "/acts/acknowledge")
	b.post("/console/reconcile")
	wantHas(t, b.get("/console/cases"), "一致")
}

// TestInquiryIsAnsweredByTwo: an approved document, another person to release, and the text in the outbox.
func TestInquiryIsAnsweredByTwo(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleMedical)
	path := "/console/inquiries/" + w.inquiry
	wantHas(t, b.get("/console/inquiries"), "儿童能用吗", "超说明书", "待回复")
	b.post(path+"/write", "document", "no-such", "text", "尚无数据")
	wantHas(t, b.get(path), "选择审批资料")
	b.post(path+"/write", "document", "ckd_review", "text", "儿童用药的安全性和有效性尚未确立。")
	wantHas(t, b.get(path), "等待另一位同事审核", "肾病证据综述", "待审核")
	b.post(path + "/send")
	wantHas(t, b.get(path), "另一位同事")
	row, err := s.store.Inquiry(t.Context(), w.inquiry)
	must(t, err)
	e := store.Effect{Key: "inquiry:x", Lane: store.DoctorLane(w.doctor), Kind: store.KindText, Body: []byte(`{}`)}
	must(t, s.store.SendInquiry(t.Context(), row.ID, "med-2", e))
	wantHas(t, b.get(path), "已回复", "med-2")
	rec, err := s.store.DoctorRecord(t.Context(), w.doctor)
	must(t, err)
	found := false
	for _, e := range rec.Effects {
		found = found || e.Key == "inquiry:x"
	}
	if !found {
		t.Error("the answer is not in the outbox")
	}
}

// TestFlagsAreClosedWithAResult and only by compliance.
func TestFlagsAreClosedWithAResult(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleCompliance)
	wantHas(t, b.get("/console/flags"), "有讲课费吗", "索要利益")
	b.post("/console/flags/"+w.flag+"/close", "reason", "")
	wantHas(t, b.get("/console/flags"), "请写明原因")
	b.post("/console/flags/"+w.flag+"/close", "reason", "已说明政策")
	wantHas(t, b.get("/console/flags"), "已说明政策", "u-compliance")
	for _, role := range []string{store.RoleAdmin, store.RoleSafety, store.RoleRep} {
		if a := s.as(role).get("/console/flags"); a.code != http.StatusForbidden {
			t.Errorf("%s sees the flags: %d", role, a.code)
		}
	}
}
