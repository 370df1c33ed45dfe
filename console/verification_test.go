package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// waitingDoctor follows and waits to be verified; where names the hospital.
func waitingDoctor(t *testing.T, s *site, openID, where string, shares bool) string {
	t.Helper()
	id := store.DoctorID(s.store.Account(), openID)
	commit(t, s.store, store.Turn{
		Journal:  store.Journal{Seq: 1, MessageKey: openID, Kind: "text", Event: []byte(`{"Kind":"text","Text":"我的编码是330110199001015"}`), Reply: []byte(`{}`)},
		Doctor:   store.Doctor{ID: id, OpenID: openID, Name: "周明远", Hospital: where, HospitalName: "青溪一院", Department: "心血管内科", Level: 1, Phase: store.PhaseIdle, Followed: true},
		Verify:   &store.Verification{Doctor: id, Method: store.MethodRep, Status: store.VerifyOpen, At: s.store.Now()},
		Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeShare, Granted: shares, At: s.store.Now()}},
		Portrait: []store.PortraitValue{{Doctor: id, Field: "licence_no", Value: `"330110199001014"`, Label: "330110199001014", Source: store.SourceAnswer, Ref: id + ":1:0"}},
	})
	return id
}

// TestS1_14_VerificationPage: who may check reads the number for a reason that is written down; who may not sees a mask, or no page; a refusal has its reason.
func TestS1_14_VerificationPage(t *testing.T) {
	s := newSite(t)
	id := waitingDoctor(t, s, "o-page", "h-none", true)
	const number = "330110199001014"
	path := "/console/verifications/" + id
	ops, dpo, viewer := s.as(store.RoleOperations), s.as(store.RoleCompliance), s.as(store.RoleViewer)
	page := ops.get(path)
	wantHas(t, page, "周明远", "青溪一院", "330****1014", "怎样核实的", "不通过")
	wantNot(t, page, number)
	a := ops.post(path+"/reveal", "reason", "核验医师执业注册")
	wantHas(t, a, number, "只显示这一次")
	wantHas(t, ops.post(path+"/reveal", "reason", " "), "原因")
	wantNot(t, ops.get(path), number)
	for name, b := range map[string]*browser{"compliance": dpo, "viewer": viewer} {
		if a := b.get(path); a.code != http.StatusOK || strings.Contains(a.body, "怎样核实的") || strings.Contains(a.body, number) {
			t.Errorf("%s: %d", name, a.code)
		}
		if a := b.post(path+"/decide", "decision", "passed"); a.code != http.StatusForbidden {
			t.Errorf("%s decides: %d", name, a.code)
		}
		if a := b.post(path+"/reveal", "reason", "核验医师执业注册"); a.code != http.StatusForbidden {
			t.Errorf("%s reads the number: %d", name, a.code)
		}
	}
	wantNot(t, viewer.get(path), "周明远")
	wantNot(t, dpo.get("/console/doctors/"+id), "330110199001015") // typed, and refused by the flow
	for _, bad := range [][]string{{"decision", "maybe"}, {"decision", "passed", "method", "guess"}} {
		if a := ops.post(path+"/decide", bad...); a.code != http.StatusNotFound {
			t.Errorf("%v: %d", bad, a.code)
		}
	}
	ops.post(path+"/ask", "proof", store.ProofInvite)
	wantHas(t, ops.get("/console/verifications"), "已请补充邀请码")
	ops.post(path+"/decide", "decision", "refused", "reason", "x")
	wantHas(t, ops.get(path), "请写明原因")
	ops.post(path+"/decide", "decision", "refused", "reason", "查无此人")
	wantHas(t, ops.get(path), "已标记为核验未通过", "查无此人", "u-operations")
	acts, err := s.store.AuditPage(t.Context(), store.AuditQuery{Action: "unmask", Size: 10})
	must(t, err)
	if len(acts.Rows) != 1 || acts.Rows[0].Reason != "核验医师执业注册" || strings.Contains(acts.Rows[0].Detail, number) {
		t.Errorf("audit %+v", acts.Rows)
	}
}

// TestRepConfirmsInPerson: a rep confirms own doctors who agreed to be named; beyond the limit a second person agrees, and both names are kept.
func TestRepConfirmsInPerson(t *testing.T) {
	s := newSite(t)
	fill(t, s.store, s.desk)
	must(t, s.store.SetTerritories(t.Context(), "wang", []store.Territory{{Kind: store.TerritoryHospital, Value: "h-mine"}}))
	rep, boss := s.as(store.RoleRep), s.as(store.RoleCompliance)
	silent, foreign := waitingDoctor(t, s, "o-silent", "h-mine", false), waitingDoctor(t, s, "o-foreign", "h-other", true)
	for name, id := range map[string]string{"silent": silent, "foreign": foreign} {
		if a := rep.post("/console/verifications/"+id+"/confirm", "reason", "门诊三楼"); a.code != http.StatusNotFound {
			t.Errorf("%s: %d", name, a.code)
		}
	}
	var last string
	for i := range store.RepConfirmsDay + 1 {
		last = waitingDoctor(t, s, fmt.Sprint("o-met", i), "h-mine", true)
		wantHas(t, rep.get("/console/verifications/"+last), "当面确认", "我已当面核实")
		rep.post("/console/verifications/"+last+"/confirm", "reason", "门诊三楼")
	}
	rep.post("/console/verifications/"+last+"/confirm", "reason", "")
	wantHas(t, rep.get("/console/approvals"), "请写明原因", "代表当面确认医生身份", "门诊三楼", "等待另一位同事批准")
	level := func() int {
		rec, err := s.store.DoctorRecord(t.Context(), last)
		must(t, err)
		return rec.Doctor.Level
	}
	if level() != store.LevelDeclared {
		t.Error("confirmed beyond the limit by one person")
	}
	s.decide(boss, store.ActVerify, "the ninth", "已批准")
	checks, err := s.store.Checks(t.Context(), last)
	must(t, err)
	if level() != store.LevelVerified || len(checks) != 1 || checks[0].Actor != "u-rep" || checks[0].Second != "u-compliance" {
		t.Errorf("level %d, %+v", level(), checks)
	}
	rep.post("/console/verifications/"+last+"/confirm", "reason", "门诊三楼")
	wantHas(t, rep.get("/console/verifications"), "已经处理过")
}
