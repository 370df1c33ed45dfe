package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// repLink is the path of the rep's page about a lead.
func (s *site) repLink(lead, rep string) string {
	return strings.TrimPrefix(s.desk.Link(lead, rep, s.clock.now().Add(time.Hour)), "http://vrep.test")
}

// report is a complete form; pairs that follow replace fields.
func (s *site) report(changes ...string) []string {
	at := s.clock.now().In(time.FixedZone("CST", 8*3600))
	fields := []string{
		"at", at.Add(-time.Hour).Format("2006-01-02T15:04"), "channel", "face", "result", "met", "prefers", "case", "topics", "ckd", "ladder", "A3",
		"barriers", "evidence", "next_step", "送一份病例资料", "next_at", at.Add(72 * time.Hour).Format("2006-01-02"), "heard_ae", "no", "note", "交流顺利",
	}
	for i := 0; i+1 < len(changes); i += 2 {
		for j := 0; j < len(fields); j += 2 {
			if fields[j] == changes[i] {
				fields[j+1] = changes[i+1]
			}
		}
	}
	return fields
}

func TestRepFromOfferToReport(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	a := b.get(link)
	wantHas(t, a, "张老师", "云州大学附属第一医院", "主动约面谈", "接受", "拒绝", "下周三下午")
	for _, secret := range []string{"张敏", "长期终点数据还不够", "心内科"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("before acceptance the page shows %q", secret)
		}
	}
	if a := b.post(link + "/accept"); a.code != http.StatusSeeOther || a.location != link {
		t.Fatalf("accepting: %d %q", a.code, a.location)
	}
	wantHas(t, b.get(link), "张敏老师", "医生的原话", "长期终点数据还不够", "建议带上", "病例讨论", "请不要", "拜访反馈", "提交反馈")
	wantHas(t, b.get(s.repLink(w.lead, "li")), "已有同事接手", "王晓明")

	empty := b.post(link+"/visit", "note", "见面聊了二十分钟", "next_step", "  ")
	if empty.code != http.StatusUnprocessableEntity {
		t.Fatalf("empty report: %d", empty.code)
	}
	if n := strings.Count(empty.body, `class="wrong"`); n < 5 {
		t.Errorf("empty report shows %d problems, want all", n)
	}
	wantHas(t, empty, "见面聊了二十分钟", "是否听到不良反应", "处需要补充")

	half := b.post(link+"/visit", s.report("heard_ae", "", "next_at", "no date")...)
	wantHas(t, half, `value="case" checked`, `value="ckd" checked`, `value="A3" checked`, "送一份病例资料", "下一步时间不正确")
	if n := strings.Count(half.body, `class="wrong"`); n != 2 {
		t.Errorf("two mistakes show %d problems", n)
	}

	if a := b.post(link+"/visit", s.report()...); a.code != http.StatusSeeOther || a.location != link+"?filed" {
		t.Fatalf("report: %d %q %s", a.code, a.location, a.body)
	}
	wantHas(t, b.get(link+"?filed"), "反馈已提交", "已提交的反馈", "病例讨论", "送一份病例资料")
	closed := b.get(link)
	wantHas(t, closed, "已提交的反馈")
	if strings.Contains(closed.body, "提交反馈</button>") {
		t.Error("a closed lead still shows the form")
	}
	if a := b.post(link+"/visit", s.report()...); a.code != http.StatusSeeOther || a.location != link {
		t.Errorf("second report: %d %q", a.code, a.location)
	}

	rows, err := s.store.Audits(t.Context(), "lead:"+w.lead, 50)
	must(t, err)
	count := map[string]int{}
	for _, r := range rows {
		if r.Actor != "rep:wang" {
			t.Errorf("actor %q", r.Actor)
		}
		count[r.Action]++
	}
	if count["lead_accept"] != 1 || count["lead_visit"] != 1 || count["view_brief"] == 0 {
		t.Errorf("audit: %v", count)
	}
	admin := s.as(store.RoleAdmin)
	wantHas(t, admin.get("/console/leads/"+w.lead), "拜访反馈", "病例讨论", "合并慢性肾病", "交流顺利", "王晓明", "他人先接")
	wantHas(t, admin.get("/console/doctors/"+w.doctor), "代表反馈", "病例讨论")
	wantHas(t, admin.get("/console/leads?status=closed"), "张敏")
}

func TestRepDeclines(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	a := b.post(link+"/decline", "reason", "made up")
	if a.code != http.StatusUnprocessableEntity {
		t.Errorf("decline without a reason: %d", a.code)
	}
	wantHas(t, a, "请选择原因")
	if a := b.post(link+"/decline", "reason", "busy"); a.location != link+"?declined" {
		t.Fatalf("declining: %d %q", a.code, a.location)
	}
	wantHas(t, b.get(link+"?declined"), "已为您拒绝")
	wantHas(t, b.get(link), "不在您名下")
	if a := b.post(link + "/accept"); a.code != http.StatusConflict {
		t.Errorf("accepting after declining: %d", a.code)
	}
	wantHas(t, s.browser().get(s.repLink(w.lead, "li")), "接受")
}

func TestRepGivesBack(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	b.post(link + "/accept")
	if a := b.post(link+"/decline", "reason", ""); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "张敏") {
		t.Errorf("giving back without a reason: %d", a.code)
	}
	if a := b.post(link+"/decline", "reason", "left"); a.location != link+"?declined" {
		t.Fatalf("giving back: %d", a.code)
	}
	if a := b.get(link); strings.Contains(a.body, "张敏") {
		t.Error("the brief is still open after the lead was given back")
	}
}

func TestRepHearsAdverseEvent(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	b.post(link + "/accept")
	if a := b.post(link+"/visit", s.report("heard_ae", "yes", "note", "一位患者服药后头晕")...); a.code != http.StatusSeeOther {
		t.Fatalf("report: %d", a.code)
	}
	wantHas(t, b.get(link), "有获知")
	wantHas(t, s.as(store.RoleSafety).get("/console/cases"), "一位患者服药后头晕", "确认收到")
}

func TestRepNotMetNeedsLess(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	b.post(link + "/accept")
	form := s.report("result", "not_met", "prefers", "", "topics", "", "ladder", "", "barriers", "none")
	if a := b.post(link+"/visit", form...); a.code != http.StatusSeeOther {
		t.Errorf("report of a visit without a meeting: %d %s", a.code, a.body)
	}
}

func TestRepLinks(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	good := s.repLink(w.lead, "wang")
	for _, path := range []string{"/h/", "/h/xyz", "/h/xyz/accept", good[:len(good)-4] + "AAAA"} {
		a := s.browser().get(path)
		if a.code != http.StatusNotFound || !strings.Contains(a.body, "企业微信") {
			t.Errorf("%s: %d", path, a.code)
		}
	}
	if a := s.browser().get(good + "/accept"); a.code != http.StatusNotFound {
		t.Errorf("accepting by GET: %d", a.code)
	}
	wantHas(t, s.browser().get(good), "接受")
	s.clock.add(2 * time.Hour)
	a := s.browser().get(good)
	if a.code != http.StatusGone {
		t.Errorf("old link: %d", a.code)
	}
	wantHas(t, a, "链接已过期")
	if a := s.browser().post(good + "/accept"); a.code != http.StatusGone {
		t.Errorf("accepting through an old link: %d", a.code)
	}
	wantHas(t, s.browser().get(s.repLink("00000000000000000000000000000000", "wang")), "不在您名下")
}

func TestRepWithdrawn(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	file, err := s.store.LoadDoctor(t.Context(), w.doctor)
	must(t, err)
	commit(t, s.store, store.Turn{
		Journal: store.Journal{Seq: 3, MessageKey: "gone", Kind: "event", Event: []byte(`{"Event":"unsubscribe"}`), Reply: []byte(`{}`)},
		Doctor:  file.Doctor, WithdrawLeads: "医生取消关注",
	})
	a := s.browser().get(s.repLink(w.lead, "wang"))
	wantHas(t, a, "这条线索已结束", "医生已撤回")
	if a := s.browser().post(s.repLink(w.lead, "wang") + "/accept"); a.code != http.StatusConflict {
		t.Errorf("accepting a withdrawn lead: %d", a.code)
	}
}

func TestForeignRepForm(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	req, err := http.NewRequest(http.MethodPost, s.server.URL+s.repLink(w.lead, "wang")+"/accept", nil)
	must(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := s.browser().do(req); a.code != http.StatusForbidden {
		t.Errorf("foreign form: %d", a.code)
	}
}
