package console_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/store"
)

// smallRules is a score of one line.
const smallRules = `score:
  - name: lead
    margin: 5
    groups: {intent: 40}
    lines:
      - {group: intent, points: 20, when: "profile.visit_wish == f2f", why: 愿意当面交流, evidence: profile.visit_wish}
    grades: {hot: 70, warm: 50, cold: 30, watch: 0}
    examples:
      - profile: {visit_wish: f2f}
        doctor: {level: 2}
        expect: {points: 20, grade: watch}
`

// ruled is a site whose folder has rules: they come into force as every change of rules does.
func ruled(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	folder := testFolder()
	folder["rules.yaml"] = &fstest.MapFile{Data: []byte(smallRules)}
	ctx := store.As(t.Context(), store.Viewer{Name: "ops", Role: store.RoleOperations})
	d, err := s.publisher.Check(ctx, folder)
	must(t, err)
	r, err := s.publisher.Publish(ctx, d, release.Order{Share: 100, Author: "ops", Message: "第一版规则"})
	if err != nil {
		t.Fatalf("%v %+v", err, d.Findings)
	}
	must(t, s.publisher.Enact(ctx, r.ID, 1, 100, "ops", "第一版规则"))
	_, err = s.keeper.Refresh(ctx)
	must(t, err)
	return s
}

// S1-15: rules change when two people want it. One tries them and proposes, another sees what changes, line by line, and agrees; before that nobody has
// them, and neither the person who proposed, nor a share, nor a roll-back puts other rules into force alone.
func TestS1_15_RulesNeedTwo(t *testing.T) {
	s := ruled(t)
	ops, marketing, compliance := s.as(store.RoleOperations), s.as(store.RoleMarketing), s.as(store.RoleCompliance)
	changed := strings.Replace(strings.Replace(smallRules, "points: 20, when", "points: 35, when", 1), "{points: 20, grade: watch}", "{points: 35, grade: cold}", 1)
	inForce := func() string {
		_, err := s.keeper.Refresh(t.Context())
		must(t, err)
		return s.keeper.Library().RulesFiles()["rules.yaml"]
	}
	wantHas(t, ops.post("/console/rules/preview", "file", "rules.yaml", "source", changed), "试算结果", "points: 35", "提交待批")
	wantNot(t, compliance.post("/console/rules/preview", "file", "rules.yaml", "source", changed), "提交待批</button>")
	for name, bad := range map[string][]string{
		"请写明原因":     {"source", changed, "reason", " "},
		"完全相同":      {"source", smallRules, "reason", "再看一遍"},
		"检查或测试没有通过": {"source", strings.Replace(changed, "points: 35, grade: cold", "points: 34, grade: cold", 1), "reason", "算错了"},
	} {
		a := ops.post("/console/rules/propose", append([]string{"file", "rules.yaml"}, bad...)...)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, a.code)
		}
		wantHas(t, a, name)
	}
	propose := func() {
		t.Helper()
		if a := marketing.post("/console/rules/propose", "file", "rules.yaml", "source", changed, "reason", "当面意愿更重要"); a.location != "/console/approvals" {
			t.Fatalf("proposing: %d %q %s", a.code, a.location, a.body)
		}
	}
	propose()
	wantHas(t, compliance.get("/console/approvals"), "修改规则", "rules.yaml", "当面意愿更重要", "/console/releases/3")
	wantHas(t, compliance.get("/console/releases/3"), "待批", "group: intent, points: 35", "points: 20", "试算谁会变动")
	wantHas(t, compliance.get("/console/rules?release=3&file=rules.yaml"), "points: 35")
	if err := s.publisher.Share(t.Context(), 3, 100, "ops", "马上"); !errors.Is(err, release.ErrWaiting) {
		t.Errorf("shared by one person: %v", err)
	}
	if a := ops.post("/console/releases/3/rollback", "reason", "马上使用"); a.location != "/console/approvals" {
		t.Errorf("rolled back by one person: %d %q", a.code, a.location)
	}
	if inForce() != smallRules {
		t.Fatal("one person has changed the rules")
	}
	rows, err := s.store.Approvals(store.As(t.Context(), store.Viewer{Name: "u-marketing"}), nil, 5)
	must(t, err)
	if a := marketing.post("/console/approvals/"+rows[0].ID+"/decide", "decision", store.ApprovalApproved); a.code != http.StatusForbidden {
		t.Errorf("approved by who asked: %d", a.code)
	}
	if a := compliance.post("/console/approvals/"+rows[0].ID+"/decide", "decision", store.ApprovalApproved); a.location != "/console/approvals" {
		t.Fatalf("approving: %d %s", a.code, a.body)
	}
	if inForce() != changed {
		t.Error("agreed rules are not in force")
	}
	s.decide(compliance, store.ActRules, "against what is no longer in force", "已经换了")
	checkRulesAudit(t.Context(), t, s.store)
}

func checkRulesAudit(ctx context.Context, t *testing.T, st *store.Store) {
	t.Helper()
	for _, action := range []string{"propose_rules", "approved_rules"} {
		acts, err := st.AuditPage(ctx, store.AuditQuery{Action: action, Size: 5})
		must(t, err)
		if len(acts.Rows) == 0 {
			t.Errorf("no %s in the log", action)
		}
	}
}
