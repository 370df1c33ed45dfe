package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// groupLink is the path of the group's page about the lead of the sample, in its first round.
func (s *site) groupLink(lead string) string {
	return strings.TrimPrefix(s.desk.GroupLink(lead, 2), "http://vrep.test")
}

func TestGroupLinkFromOfferToBrief(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b, other := s.groupLink(w.lead), s.browser(), s.browser()
	page := b.get(link)
	wantHas(t, page, "张老师", "云州大学附属第一医院", "我是", "王晓明", "李")
	wantNot(t, page, "张敏", "长期终点数据还不够", "心内科", "下周三下午")
	for name, form := range map[string][]string{
		"nobody": {"sure", "1"}, "not sure": {"rep", "wang"}, "a stranger": {"rep", "mallory", "sure", "1"},
	} {
		a := b.post(link+"/take", form...)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.code)
		}
		wantHas(t, a, "请选择您的姓名")
	}
	a := b.post(link+"/take", "rep", "wang", "sure", "1")
	if a.code != http.StatusSeeOther || !strings.HasPrefix(a.location, "/h/") || a.location == link {
		t.Fatalf("taking: %d %q", a.code, a.location)
	}
	if cookie := a.header.Get("Set-Cookie"); !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || !strings.Contains(cookie, "Path=/h/") {
		t.Errorf("cookie %q", cookie)
	}
	wantHas(t, b.get(a.location), "张敏老师", "长期终点数据还不够", "拜访反馈")
	if again := b.get(link); again.code != http.StatusSeeOther || again.location != a.location {
		t.Errorf("the same browser opens the group's link: %d %q", again.code, again.location)
	}
	second := other.get(link)
	wantHas(t, second, "已有同事接手", "王晓明")
	wantNot(t, second, "张敏")
	if late := other.post(link+"/take", "rep", "li", "sure", "1"); late.code != http.StatusConflict {
		t.Errorf("who comes second: %d", late.code)
	}
	if self := other.post(link+"/take", "rep", "wang", "sure", "1"); self.code != http.StatusConflict || self.header.Get("Set-Cookie") != "" {
		t.Errorf("who says to be the first one: %d", self.code)
	}
	rows, err := s.store.Audits(t.Context(), "lead:"+w.lead, 50)
	must(t, err)
	taken := 0
	for _, r := range rows {
		if r.Action == "lead_accept" && r.Actor == "rep:wang" && r.Detail == "group link" {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("audit %+v", rows)
	}
}

func TestGroupLinksThatOpenNothing(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.browser()
	old := strings.TrimPrefix(s.desk.GroupLink(w.lead, 1), "http://vrep.test")
	wantHas(t, b.get(old), "已更新", "群里最新的消息")
	if a := b.post(old+"/take", "rep", "wang", "sure", "1"); a.code != http.StatusConflict {
		t.Errorf("an old round: %d", a.code)
	}
	link := s.groupLink(w.lead)
	if a := b.post(link + "/accept"); a.code != http.StatusNotFound {
		t.Errorf("a group's link accepts as a rep's: %d", a.code)
	}
	if a := b.post(s.repLink(w.lead, "wang")+"/take", "rep", "li", "sure", "1"); a.code != http.StatusNotFound {
		t.Errorf("a rep's link takes as a group's: %d", a.code)
	}
	if a := b.get(link[:len(link)-2]); a.code != http.StatusNotFound {
		t.Errorf("a cut link: %d", a.code)
	}
}

// TestErasedDoctor: the pages go on without name, and say what was erased and when.
func TestErasedDoctor(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	if _, err := s.store.Erase(t.Context(), w.doctor, store.EraseRequest); err != nil {
		t.Fatal(err)
	}
	must(t, s.desk.Sweep(t.Context()))
	b := s.as(store.RoleAdmin)
	page := b.get("/console/doctors/" + w.doctor)
	wantHas(t, page, "资料已删除", "本人要求", "正在后台清除", "画像已删除")
	wantNot(t, page, "张敏", "长期终点数据还不够", "核验通过</button>", "不同意")
	lead := b.get("/console/leads/" + w.lead)
	wantHas(t, lead, "资料已删除", "个人资料已按平台规定清除", "已撤回")
	wantNot(t, lead, "张敏", "医生画像", "下周三下午")
	for _, path := range []string{"/console/doctors", "/console/leads", "/console/leads?status=closed", "/console/verifications", "/console/notices", "/console/outbox", "/console/"} {
		a := b.get(path)
		if a.code != http.StatusOK {
			t.Errorf("%s: %d", path, a.code)
		}
		wantNot(t, a, "张敏")
	}
	wantHas(t, b.get("/console/doctors"), "资料已删除")
	wantHas(t, s.browser().get(s.repLink(w.lead, "wang")), "这条线索已结束", "医生的资料已删除")
}
