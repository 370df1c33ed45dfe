package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/store"
)

// publishSecond publishes a changed folder and lets the site take it over.
func publishSecond(t *testing.T, s *site) store.Release {
	t.Helper()
	folder := testFolder()
	folder["onboarding.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(folder["onboarding.yaml"].Data), "您好", "老师您好", 1))}
	d, err := s.publisher.Check(t.Context(), folder)
	must(t, err)
	r, err := s.publisher.Publish(t.Context(), d, release.Order{Share: 100, Author: "wang", Message: "称呼老师"})
	if err != nil {
		t.Fatalf("%v: %+v", err, d.Findings)
	}
	_, err = s.keeper.Refresh(t.Context())
	must(t, err)
	return r
}

// stand puts a doctor at a question of the onboarding flow as it is in force.
func (s *site) stand(openID, question string) {
	hash := s.keeper.Library().Flow("onboarding").Hash()
	id := store.DoctorID(s.store.Account(), openID)
	commit(s.t, s.store, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "stand-" + openID, Kind: "text", Flow: "onboarding", FlowHash: hash},
		Doctor:  store.Doctor{ID: id, OpenID: openID, Followed: true, Phase: store.PhaseAsking, Standing: store.JoinStands([]store.Stand{{Flow: "onboarding", Hash: hash, Question: question}})},
	})
}

func TestFlowPages(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	wantHas(t, b.get("/console/flows"), "欢迎与登记", "合规部", "2029-12-31", "还剩", "无", "第 1 次", "服务启动时读入配置的文件夹")
	s.stand("o1", "gone_q")
	publishSecond(t, s)
	wantHas(t, b.get("/console/flows"), "1 位", "第 2 次", "称呼老师", "使用中", "已换下")
	wantHas(t, b.get("/console/flows/onboarding"), "L-1", "1 位停在这里", "使用中的版本里没有的问题", "gone_q", "1 位医生正在填", "撤回…")
	wantHas(t, b.get("/console/releases/1"), "退回到这一次", "文字不同", "改变范围", "1 位医生正在填")
	wantHas(t, b.get("/console/releases/2"), "要退回，请打开较早的一次发布")
	for _, path := range []string{"/console/flows/nothing", "/console/releases/99", "/console/releases/x", "/console/flows/onboarding/recall", "/console/flows/onboarding/recall?version=zz"} {
		if a := b.get(path); a.code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, a.code)
		}
	}
}

// Compliance sees where authors have excepted themselves from a rule, and why.
func TestExceptionsAreListed(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	if strings.Contains(b.get("/console/flows").body, "检查的例外") {
		t.Error("a list of exceptions without one")
	}
	folder := testFolder()
	folder["onboarding.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(folder["onboarding.yaml"].Data), "- say: 您好", "- say: 《首选方案》 # lint: ignore C505 引用文献原题", 1))}
	d, err := s.publisher.Check(t.Context(), folder)
	must(t, err)
	if _, err := s.publisher.Publish(t.Context(), d, release.Order{Share: 100, Author: "wang"}); err != nil {
		t.Fatalf("%v: %+v", err, d.Findings)
	}
	_, err = s.keeper.Refresh(t.Context())
	must(t, err)
	wantHas(t, b.get("/console/flows"), "检查的例外", "引用文献原题", "C505 禁用语", "onboarding.yaml 第")
}

func TestRollBackInTheConsole(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	publishSecond(t, s)
	a := b.post("/console/releases/1/rollback", "reason", " ")
	if a.code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: status %d", a.code)
	}
	wantHas(t, a, "请写明原因")
	if a := b.post("/console/releases/1/rollback", "reason", "称呼不合适"); a.code != http.StatusSeeOther || a.location != "/console/flows" {
		t.Fatalf("status %d, location %q", a.code, a.location)
	}
	wantHas(t, b.get("/console/flows"), "已退回", "第 3 次", "退回到第 1 次的内容", "称呼不合适")
	f, err := s.store.InForce(t.Context())
	must(t, err)
	audit, err := s.store.Audits(t.Context(), fmt.Sprintf("release:%d", f.Main.ID), 5)
	must(t, err)
	if f.Main.Back != 1 || len(audit) != 1 || audit[0].Actor != "u-admin" || audit[0].Action != "rollback_flows" || !strings.Contains(audit[0].Detail, "称呼不合适") {
		t.Errorf("in force %+v, audit %+v", f.Main, audit)
	}
	if a := b.post("/console/releases/1/rollback", "reason", "再来一次"); a.code != http.StatusSeeOther {
		t.Errorf("what is in force already: status %d", a.code)
	}
	wantHas(t, b.get("/console/flows"), "已经处理过")
}

func TestShareInTheConsole(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	publishSecond(t, s)
	if a := b.post("/console/releases/2/share", "share", "30", "reason", "先小范围"); a.code != http.StatusSeeOther {
		t.Fatalf("status %d", a.code)
	}
	wantHas(t, b.get("/console/flows"), "已改变范围", "30% 的医生", "试行中")
	for share, code := range map[string]int{"101": 404, "x": 404} {
		if a := b.post("/console/releases/2/share", "share", share, "reason", "r"); a.code != code {
			t.Errorf("share %s: status %d", share, a.code)
		}
	}
	a := b.post("/console/releases/1/share", "share", "0", "reason", "不用了")
	if a.code != http.StatusUnprocessableEntity {
		t.Errorf("taking the last one: status %d", a.code)
	}
	wantHas(t, a, "没有别的发布可用", "不用了")
	if a := b.post("/console/releases/2/share", "share", "50", "reason", "放大试行"); a.location != "/console/approvals" {
		t.Errorf("to more doctors alone: %d %q", a.code, a.location)
	}
	wantHas(t, b.get("/console/flows"), "30% 的医生")
	s.decide(s.as(store.RoleCompliance), store.ActShare, "by another", "已批准")
	wantHas(t, b.get("/console/flows"), "50% 的医生")
	if a := b.post("/console/releases/2/share", "share", "50"); a.code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: status %d", a.code)
	}
}

func TestRecallInTheConsole(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	s.stand("o1", "name")
	old := s.keeper.Library().Flow("onboarding").Hash()
	wantHas(t, b.get("/console/flows/onboarding/recall?version="+old), "这一版正在使用", "正在填的 1 位医生", "只撤这一版文字")
	form := func(pairs ...string) answer {
		return b.post("/console/flows/onboarding/recall", append([]string{"version", old, "scope", "text"}, pairs...)...)
	}
	if a := form("policy", "stop"); a.code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: status %d", a.code)
	}
	a := form("policy", "move", "reason", "剂量写错")
	if a.code != http.StatusUnprocessableEntity {
		t.Errorf("moving to nowhere: status %d", a.code)
	}
	wantHas(t, a, "没有别的版本可换", "剂量写错")
	if a := form("policy", "other", "reason", "r"); a.code != http.StatusNotFound {
		t.Errorf("an unknown policy: status %d", a.code)
	}
	publishSecond(t, s)
	if a := form("policy", "move", "reason", "剂量写错", "say", "请以新的为准。"); a.code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.code, a.body)
	}
	wantHas(t, b.get("/console/flows/onboarding"), "已撤回这个版本", "剂量写错", "撤回中", "换到使用中的版本")
	wantHas(t, b.get("/console/flows"), "取消撤回")
	audit, err := s.store.Audits(t.Context(), "flow:onboarding@"+old, 5)
	must(t, err)
	if len(audit) != 1 || audit[0].Action != "recall_flow" || audit[0].Actor != "u-admin" {
		t.Errorf("audit %+v", audit)
	}
	if a := form("policy", "stop", "reason", "又一次"); a.code != http.StatusSeeOther {
		t.Errorf("recalling twice: status %d", a.code)
	}
	b.post("/console/recalls/1/lift", "reason", "")
	wantHas(t, b.get("/console/flows"), "请写明取消撤回的原因", "取消撤回")
	b.post("/console/recalls/1/lift", "reason", "已核对")
	wantHas(t, b.get("/console/approvals"), "已提交", "取消话术撤回", "已核对", "等待另一位同事批准")
	s.decide(b, store.ActLift, "same_person", "自己提出的")
	s.decide(s.as(store.RoleCompliance), store.ActLift, "approved", "已批准")
	wantHas(t, b.get("/console/flows/onboarding"), "已取消", "u-admin")
}

func TestDrawingAndPrint(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleViewer)
	wantHas(t, b.get("/console/flows/onboarding"), "流程图", "送审稿")
	a := b.get("/console/flows/onboarding/drawing")
	if a.code != http.StatusOK || a.header.Get("Content-Type") != "image/svg+xml" || strings.Contains(a.body, "style=") || strings.Contains(a.body, "<style") {
		t.Errorf("drawing: status %d, %s", a.code, a.header.Get("Content-Type"))
	}
	wantHas(t, a, "<svg", "您好")
	a = b.get("/console/flows/onboarding/print")
	if a.code != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("print: status %d, %s", a.code, a.header.Get("Content-Disposition"))
	}
	wantHas(t, a, "欢迎与登记", "L-1")
	for _, path := range []string{"/console/flows/nothing/drawing", "/console/flows/nothing/print"} {
		if a := b.get(path); a.code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, a.code)
		}
		if a := s.browser().get(path); a.code != http.StatusSeeOther {
			t.Errorf("%s for strangers: status %d", path, a.code)
		}
	}
}

// Only administrators and operations change what doctors hear; others may look.
func TestWhoMayChangeFlows(t *testing.T) {
	s := newSite(t)
	publishSecond(t, s)
	hash := s.keeper.Library().Flow("onboarding").Hash()
	acts := []string{"/console/releases/1/rollback", "/console/releases/1/share", "/console/flows/onboarding/recall", "/console/recalls/1/lift"}
	for _, role := range []string{store.RoleViewer, store.RoleSafety} {
		b := s.as(role)
		for path, code := range map[string]int{"/console/flows": 200, "/console/flows/onboarding": 200, "/console/releases/1": 200, "/console/flows/onboarding/recall?version=" + hash: 403} {
			a := b.get(path)
			if a.code != code || strings.Contains(a.body, "<textarea") || strings.Contains(a.body, "撤回…") {
				t.Errorf("%s %s: status %d, want %d without forms", role, path, a.code, code)
			}
		}
		for _, path := range acts {
			if a := b.post(path, "reason", "r", "share", "10", "version", hash, "policy", "stop", "scope", "text"); a.code != http.StatusForbidden {
				t.Errorf("%s %s: status %d", role, path, a.code)
			}
		}
	}
	for _, path := range acts {
		if a := s.browser().post(path, "reason", "r"); a.code != http.StatusSeeOther || a.location != "/console/login" {
			t.Errorf("stranger %s: status %d, location %q", path, a.code, a.location)
		}
	}
	if f, err := s.store.InForce(t.Context()); err != nil || f.Main.ID != 2 || len(f.Recalls) != 0 {
		t.Errorf("in force %+v, %v", f, err)
	}
}
