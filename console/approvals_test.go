package console_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/vrep/vrep/store"
)

// decide lets a person approve the newest open proposal of a kind and wants the word of a notice on the next page.
func (s *site) decide(b *browser, kind, what, word string) {
	s.t.Helper()
	s.answer(b, kind, store.ApprovalApproved, "")
	if page := b.get("/console/approvals"); !strings.Contains(page.body, word) {
		s.t.Errorf("%s %s: the page lacks %q", kind, what, word)
	}
}

func (s *site) answer(b *browser, kind, decision, verdict string) answer {
	s.t.Helper()
	ctx := store.As(s.t.Context(), store.Viewer{Name: "test", Reach: store.ReachAll})
	rows, err := s.store.Approvals(ctx, []string{kind}, 10)
	must(s.t, err)
	if len(rows) == 0 {
		s.t.Fatalf("no proposal of kind %s", kind)
	}
	return b.post("/console/approvals/"+rows[0].ID+"/decide", "decision", decision, "verdict", verdict)
}

// TestExport: a small list leaves at once with a reason, a large one after a second person said yes; every file is written down, masked for who sees no
// names, and harmless to the program that opens it.
func TestExport(t *testing.T) {
	s := newSite(t)
	fill(t, s.store, s.desk)
	id := store.DoctorID(s.store.Account(), "o-formula")
	commit(t, s.store, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "formula", Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
		Doctor:  store.Doctor{ID: id, OpenID: "o-formula", Name: `=HYPERLINK("http://evil","x")`, HospitalName: "＝1+1", Department: "@SUM(1)", Title: "\t-2+3", Level: 1, Phase: store.PhaseIdle},
	})
	compliance, ops := s.as(store.RoleCompliance), s.as(store.RoleOperations)
	if a := compliance.post("/console/doctors/export", "format", "csv", "reason", " "); a.location == "" || a.header.Get("Content-Disposition") != "" {
		t.Errorf("without a reason: %d", a.code)
	}
	a := compliance.post("/console/doctors/export", "format", "csv", "reason", "季度核对")
	if a.code != http.StatusOK || !strings.Contains(a.header.Get("Content-Disposition"), "u-compliance.csv") {
		t.Fatalf("csv: %d %q", a.code, a.header.Get("Content-Disposition"))
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	must(t, err)
	checkHarmless(t, rows, id)
	wantHas(t, a, "张敏")
	masked := ops.post("/console/doctors/export", "format", "csv", "reason", "季度核对")
	wantHas(t, masked, "张**")
	wantNot(t, masked, "张敏")
	x := compliance.post("/console/doctors/export", "format", "xlsx", "reason", "季度核对")
	book, err := excelize.OpenReader(bytes.NewReader([]byte(x.body)))
	must(t, err)
	defer book.Close()
	sheet, err := book.GetRows("Sheet1")
	must(t, err)
	checkHarmless(t, sheet, id)
	acts, err := s.store.AuditPage(t.Context(), store.AuditQuery{Action: "export", Size: 10})
	must(t, err)
	if len(acts.Rows) != 3 || acts.Rows[0].Reason != "季度核对" || acts.Rows[0].Role != store.RoleCompliance || !strings.Contains(acts.Rows[0].Detail, "xlsx") {
		t.Errorf("audit %+v", acts.Rows)
	}
	rep := s.as(store.RoleRep)
	if a := rep.post("/console/doctors/export", "format", "csv", "reason", "季度核对"); a.code != http.StatusForbidden {
		t.Errorf("a rep exports: %d", a.code)
	}
}

func checkHarmless(t *testing.T, rows [][]string, id string) {
	t.Helper()
	for _, row := range rows {
		for _, cell := range row {
			if trimmed := strings.TrimSpace(cell); trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@") || strings.HasPrefix(trimmed, "＝") {
				t.Errorf("the cell %q may be taken for a formula", cell)
			}
		}
		if row[0] == id && (row[1] != `'=HYPERLINK("http://evil","x")` || row[2] != "'＝1+1") {
			t.Errorf("row %q", row)
		}
	}
	if len(rows) < 8 {
		t.Errorf("%d rows", len(rows))
	}
}

// TestLargeExport wants the second person, and gives the file to the first one only.
func TestLargeExport(t *testing.T) {
	s := newSite(t)
	for i := range store.ExportAlone + 1 {
		openid := fmt.Sprint("o-many-", i)
		commit(t, s.store, store.Turn{
			Journal: store.Journal{Seq: 1, MessageKey: openid, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
			Doctor:  store.Doctor{ID: store.DoctorID(s.store.Account(), openid), OpenID: openid, Name: "多", Phase: store.PhaseIdle},
		})
	}
	manager, compliance := s.as(store.RoleAdmin), s.as(store.RoleCompliance)
	a := manager.post("/console/doctors/export", "format", "csv", "reason", "名单核对")
	if a.location != "/console/approvals" {
		t.Fatalf("a large export: %d %q", a.code, a.location)
	}
	wantHas(t, compliance.get("/console/approvals"), "导出医生名单", "101", "名单核对", "批准</button>")
	wantNot(t, s.as(store.RoleMarketing).get("/console/approvals"), "名单核对")
	if a := s.answer(compliance, store.ActExport, store.ApprovalRefused, ""); a.location == "" {
		t.Errorf("refusing without words: %d", a.code)
	}
	wantHas(t, compliance.get("/console/approvals"), "请写明原因")
	s.decide(manager, store.ActExport, "by the one who asked", "要由另一位同事批准")
	s.decide(compliance, store.ActExport, "by another", "已批准")
	ctx := store.As(t.Context(), store.Viewer{Name: "u-admin"})
	rows, err := s.store.Approvals(ctx, nil, 5)
	must(t, err)
	file := "/console/approvals/" + rows[0].ID + "/file"
	if a := manager.post(file); a.code != http.StatusOK || strings.Count(a.body, "\n") != store.ExportAlone+2 {
		t.Errorf("the file: %d, %d lines", a.code, strings.Count(a.body, "\n"))
	}
	if a := compliance.post(file); a.code != http.StatusNotFound {
		t.Errorf("somebody else takes the file: %d", a.code)
	}
}

// TestGrantOfAdmin: who becomes an administrator needs two people; the sessions of the account end with its new role.
func TestGrantOfAdmin(t *testing.T) {
	s := newSite(t)
	must(t, s.store.SaveRep(t.Context(), store.Rep{UserID: "wang", Name: "王晓明", Active: true}))
	admin, viewer := s.as(store.RoleAdmin), s.as(store.RoleViewer)
	wantHas(t, admin.get("/console/users"), "u-viewer", "还没有药物警戒账号")
	made := admin.post("/console/users", "name", "zhao", "role", store.RoleManager, "team", "east")
	wantHas(t, made, "zhao 的初始密码")
	for _, bad := range [][]string{{"name", "X", "role", "viewer"}, {"name", "new", "role", "admin"}, {"name", "new", "role", "rep"}, {"name", "new", "role", "rep", "rep", "nobody"}, {"name", "zhao", "role", "viewer"}, {"name", "new", "role", "viewer", "team", "east"}} {
		if a := admin.post("/console/users", bad...); a.code != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", bad, a.code)
		}
	}
	if a := admin.post("/console/users/u-viewer/place", "role", store.RoleAdmin, "reason", "接替管理员"); a.location != "/console/approvals" {
		t.Fatalf("granting: %d %q", a.code, a.location)
	}
	if u, err := s.store.User(t.Context(), "u-viewer"); err != nil || u.Role != store.RoleViewer {
		t.Errorf("granted by one person: %+v %v", u, err)
	}
	s.decide(s.as(store.RoleCompliance), store.ActRole, "by another", "已批准")
	if u, err := s.store.User(t.Context(), "u-viewer"); err != nil || u.Role != store.RoleAdmin {
		t.Errorf("not granted: %+v %v", u, err)
	}
	if a := viewer.get("/console/"); a.location != "/console/login" {
		t.Errorf("the session goes on in the new role: %d", a.code)
	}
	if a := admin.post("/console/users/u-admin/disable"); a.code != http.StatusUnprocessableEntity {
		t.Errorf("closing the own account: %d", a.code)
	}
	if a := admin.post("/console/users/zhao/disable"); a.location != "/console/users" {
		t.Errorf("closing an account: %d", a.code)
	}
	reset := admin.post("/console/users/zhao/reset")
	wantHas(t, reset, "zhao 的初始密码")
	alone := newSite(t)
	lone := alone.as(store.RoleAdmin)
	if a := lone.post("/console/users/u-admin/place", "role", store.RoleViewer); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "最后一位管理员") {
		t.Errorf("the last administrator: %d", a.code)
	}
}

// TestReassign: a manager moves the leads of the own team; the old rep sees them no more.
func TestReassign(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	must(t, s.desk.Accept(t.Context(), w.lead, "wang"))
	rep, manager, admin := s.as(store.RoleRep), s.as(store.RoleManager), s.as(store.RoleAdmin)
	wantHas(t, rep.get("/console/leads/"+w.lead), "张敏")
	if a := manager.post("/console/leads/reassign", "from", "wang", "to", "li", "reason", "代表离岗"); a.code != http.StatusSeeOther {
		t.Errorf("to another team: %d", a.code)
	}
	wantHas(t, manager.get("/console/leads"), "没有改派")
	admin.post("/console/leads/reassign", "from", "wang", "to", "li", "reason", "代表离岗")
	wantHas(t, admin.get("/console/leads"), "已改派")
	lead, err := s.store.Lead(t.Context(), w.lead)
	must(t, err)
	if lead.Status != store.LeadAssigned || lead.Rep != "" {
		t.Errorf("lead %s of %q", lead.Status, lead.Rep)
	}
	if a := rep.get("/console/leads/" + w.lead); a.code != http.StatusNotFound {
		t.Errorf("the old rep sees the lead: %d", a.code)
	}
	must(t, s.desk.Accept(t.Context(), w.lead, "li"))
}

// TestReveal: a protected value is shown for a reason, once, and who saw it is written down; when that cannot be written, nothing is shown.
func TestReveal(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	ops, auditor := s.as(store.RoleOperations), s.as(store.RoleAuditor)
	path := "/console/doctors/" + w.doctor
	page := ops.get(path)
	wantHas(t, page, "张**", "查看受保护的信息")
	wantNot(t, page, "张敏", "长期终点数据还不够")
	wantNot(t, ops.get("/console/doctors?q=%E5%BC%A0%E6%95%8F"), "云州大学附属第一医院")
	if a := ops.post(path+"/reveal", "field", "name", "reason", "x"); strings.Contains(a.body, "张敏") || !strings.Contains(a.body, "请写明原因") {
		t.Errorf("without a reason: %d", a.code)
	}
	wantHas(t, ops.post(path+"/reveal", "field", "name", "reason", "医生来电核对"), "张敏", "只显示这一次")
	for _, field := range []string{"mobile", "department", "hash"} {
		if a := ops.post(path+"/reveal", "field", field, "reason", "医生来电核对"); a.code != http.StatusForbidden {
			t.Errorf("%s: %d", field, a.code)
		}
	}
	if a := auditor.post(path+"/reveal", "field", "name", "reason", "医生来电核对"); a.code != http.StatusForbidden {
		t.Errorf("an auditor: %d", a.code)
	}
	acts, err := s.store.AuditPage(t.Context(), store.AuditQuery{Action: "unmask", Size: 10})
	must(t, err)
	if len(acts.Rows) != 1 || acts.Rows[0].Actor != "u-operations" || acts.Rows[0].Reason != "医生来电核对" || strings.Contains(acts.Rows[0].Detail, "张") {
		t.Errorf("audit %+v", acts.Rows)
	}
	wantHas(t, auditor.get("/console/audit?action=unmask"), "查看受保护信息", "医生来电核对", "u-operations", "运营")
	s.breakAudit()
	admin := "/console/doctors/" + w.doctor
	for name, a := range map[string]answer{"reveal": ops.post(path+"/reveal", "field", "name", "reason", "医生来电核对"), "page": ops.get(admin), "export": ops.post("/console/doctors/export", "format", "csv", "reason", "季度核对")} {
		if a.code < 500 || strings.Contains(a.body, "云州大学") || strings.Contains(a.body, "张敏") {
			t.Errorf("%s while nothing can be recorded: %d", name, a.code)
		}
	}
}
