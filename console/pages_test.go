package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// pagePaths is every page for people who are logged in; {…} is filled in from the world.
func pagePaths(w world) []string {
	return []string{
		"/console/", "/console/doctors", "/console/doctors?q=%E5%BC%A0&level=2&phase=idle&lead=1", "/console/doctors?page=99",
		"/console/doctors/" + w.doctor, "/console/doctors/" + w.waiting, "/console/leads", "/console/leads?status=closed", "/console/leads/" + w.lead,
		"/console/cases", "/console/cases/" + w.caseNo, "/console/inquiries", "/console/inquiries/" + w.inquiry, "/console/flags", "/console/rights", "/console/verifications", "/console/notices", "/console/outbox", "/console/audit", "/console/audit?actor=u-admin&action=login&object=user:&from=2020-01-01&until=2099-01-01", "/console/users", "/console/approvals", "/console/password",
		"/console/flows", "/console/flows/onboarding", "/console/flows/onboarding/recall?version=" + w.version, "/console/releases/1", "/console/scenes", "/console/scenes?kind=rep&touch=last&ended=1", "/console/scenes/" + w.code, "/console/contents",
		"/console/hospitals", "/console/hospitals?white=1&product=p1", "/console/hospitals/h1", "/console/products", "/console/imports", "/console/imports/" + w.intake,
		"/console/merges", "/console/merges/doctor?a=" + w.doctor + "&b=" + w.listed, "/console/merges/hospital?a=h1&b=h2",
		"/console/campaigns", "/console/campaigns/" + w.campaign, "/console/segments", "/console/segments?source=doctor.level+%3E%3D+0&doctor=" + w.doctor, "/console/segments?source=class+%3D+A", "/console/rules", "/console/rules?file=classes.yaml",
		"/console/transfers", "/console/departures", "/console/pool",
	}
}

func TestPagesRenderFilled(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	admin, safety, medical, compliance := s.as(store.RoleAdmin), s.as(store.RoleSafety), s.as(store.RoleMedical), s.as(store.RoleCompliance)
	for _, path := range pagePaths(w) {
		b := admin
		for prefix, other := range map[string]*browser{"/console/cases": safety, "/console/inquiries": medical, "/console/flags": compliance, "/console/rights": compliance} {
			if strings.HasPrefix(path, prefix) {
				b = other
			}
		}
		a := b.get(path)
		if a.code != http.StatusOK || !strings.HasSuffix(strings.TrimSpace(a.body), "</html>") {
			t.Errorf("%s: status %d", path, a.code)
		}
		if got := a.header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'self'") || strings.Contains(got, "unsafe") {
			t.Errorf("%s: policy %q", path, got)
		}
		for _, bad := range []string{" style=", "<style", "javascript:", " onclick=", "ZgotmplZ", "<no value>", "%!"} {
			if strings.Contains(a.body, bad) {
				t.Errorf("%s: page holds %q", path, bad)
			}
		}
	}
}

func TestPagesRenderEmpty(t *testing.T) {
	s := newSite(t)
	admin, safety := s.as(store.RoleAdmin), s.as(store.RoleSafety)
	for path, word := range map[string]string{
		"/console/": "今天新关注", "/console/doctors": "还没有医生关注", "/console/doctors?q=x": "没有符合条件的医生", "/console/leads": "还没有线索",
		"/console/cases": "还没有不良反应报告", "/console/verifications": "没有等待核验的医生", "/console/notices": "没有要转告的事", "/console/outbox": "没有未送达的消息", "/console/scenes": "还没有二维码", "/console/scenes?q=x": "没有符合条件的二维码",
		"/console/hospitals": "还没有医院", "/console/hospitals?q=x": "没有符合条件的医院", "/console/products": "还没有产品", "/console/imports": "还没有导入过", "/console/merges": "没有看起来重复的医生", "/console/campaigns": "还没有活动",
		"/console/transfers": "没有等待首次联系的医生", "/console/departures": "还没有离任交接", "/console/pool": "每位医生都有人负责",
		"/console/figures": "还没有统计过",
	} {
		b := admin
		if path == "/console/cases" {
			b = safety
		}
		a := b.get(path)
		if a.code != http.StatusOK {
			t.Errorf("%s: status %d", path, a.code)
		}
		wantHas(t, a, word)
	}
}

func TestPagesNeedLogin(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	for _, path := range pagePaths(w) {
		a := s.browser().get(path)
		if a.code != http.StatusSeeOther || !strings.HasPrefix(a.location, "/console/login") {
			t.Errorf("%s: status %d, location %q", path, a.code, a.location)
		}
		if strings.Contains(a.body, "张敏") {
			t.Errorf("%s shows a doctor to a stranger", path)
		}
	}
	for _, path := range []string{"/console/verifications/" + w.waiting + "/decide", "/console/cases/" + w.caseNo + "/acts/acknowledge", "/console/outbox/1/retry"} {
		if a := s.browser().post(path, "decision", "passed"); a.code != http.StatusSeeOther || a.location != "/console/login" {
			t.Errorf("POST %s: status %d, location %q", path, a.code, a.location)
		}
	}
}

func TestUnknownPages(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	wantHas(t, s.as(store.RoleSafety).get("/console/cases/no-such"), "没有找到这一页")
	for _, path := range []string{"/console/nothing", "/console/doctors/no-such", "/console/leads/no-such", "/console/outbox/1/retry"} {
		a := b.get(path)
		if a.code != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, a.code)
		}
		wantHas(t, a, "没有找到这一页", "/console/")
	}
}

func TestRoles(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	lead, kase := "/console/leads/"+w.lead, "/console/cases/"+w.caseNo
	for role, want := range map[string]map[string]int{
		store.RoleViewer: {"/console/doctors": 200, "/console/leads": 200, lead: 200, "/console/cases": 403, kase: 403, "/console/outbox": 403},
		store.RoleSafety: {"/console/doctors": 403, "/console/leads": 403, lead: 403, "/console/cases": 200, kase: 200, "/console/outbox": 403},
	} {
		b := s.as(role)
		for path, code := range want {
			if a := b.get(path); a.code != code {
				t.Errorf("%s %s: status %d, want %d", role, path, a.code, code)
			}
		}
		if a := b.post("/console/verifications/"+w.waiting+"/decide", "decision", "passed"); a.code != http.StatusForbidden {
			t.Errorf("%s may verify: status %d", role, a.code)
		}
		if menu := b.get("/console/").body; strings.Contains(menu, "/console/outbox") {
			t.Errorf("%s sees the outbox in the menu", role)
		}
	}
}

func TestPortraitShowsSources(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleAdmin)
	a := b.get("/console/doctors/" + w.doctor)
	wantHas(t, a, "张敏", "副主任医师", "想看更多证据", "医生回答", "目前使用示例沙坦片时，您最大的顾虑是？", "长期终点数据还不够", "2026 秋季会议名单", "评分说明", "+20",
		"基本服务", "已同意", "AE-20261121-0001", "关注公众号", "派给代表", "犹豫之处", "肾病证据综述", "文献速览：合并慢性肾病患者的降压证据")
	rows, err := s.store.Audits(t.Context(), "doctor:"+w.doctor, 10)
	must(t, err)
	if len(rows) != 1 || rows[0].Action != "view_portrait" || rows[0].Actor != "u-admin" {
		t.Errorf("audit of the look: %+v", rows)
	}
}

func TestSearch(t *testing.T) {
	s := newSite(t)
	fill(t, s.store, s.desk)
	b := s.as(store.RoleAdmin)
	for query, want := range map[string][]string{
		"q=%E5%BC%A0%E6%95%8F": {"张敏"}, "q=%E9%99%84%E5%B1%9E": {"张敏"}, "level=2": {"张敏", "刘芳"}, "phase=asking": {"陈立"}, "lead=1": {"张敏"},
		"q=%25": {}, "q=_": {}, "level=7;drop": {"张敏", "陈立"},
	} {
		a := b.get("/console/doctors?" + strings.ReplaceAll(query, ";", "%3B"))
		for _, name := range []string{"张敏", "刘芳", "陈立", "赵磊"} {
			listed := strings.Contains(a.body, ">"+name+"</a>")
			wanted := false
			for _, n := range want {
				wanted = wanted || n == name
			}
			if len(want) > 0 && query[:5] != "level" && listed != wanted || wanted && !listed {
				t.Errorf("%s: %s listed %v, want %v", query, name, listed, wanted)
			}
			if len(want) == 0 && listed {
				t.Errorf("%s: wildcard matched %s", query, name)
			}
		}
	}
}
