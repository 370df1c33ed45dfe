package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

var caseNumber = regexp.MustCompile(`AE-\d{8}-V[0-9A-F]+`)

// withdraw lets the doctor leave.
func (s *site) withdraw(doctor string) {
	s.t.Helper()
	file, err := s.store.LoadDoctor(s.t.Context(), doctor)
	must(s.t, err)
	commit(s.t, s.store, store.Turn{
		Journal: store.Journal{Seq: 3, MessageKey: "gone", Kind: "event", Event: []byte(`{"Event":"unsubscribe"}`), Reply: []byte(`{}`)},
		Doctor:  file.Doctor, WithdrawLeads: "unfollowed",
	})
}

// cases counts those that reps have opened.
func (s *site) cases() int {
	s.t.Helper()
	rows, err := s.store.Cases(s.t.Context(), 50)
	must(s.t, err)
	n := 0
	for _, r := range rows {
		if caseNumber.MatchString(r.No) {
			n++
		}
	}
	return n
}

func TestReportAfterWithdrawalKeepsTheAdverseEvent(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	b.post(link + "/accept")
	s.withdraw(w.doctor)
	for range 2 {
		a := b.post(link+"/visit", s.report("heard_ae", "yes", "note", "患者服药后肝功能异常")...)
		if a.code != http.StatusOK || !caseNumber.MatchString(a.body) {
			t.Fatalf("report: %d %s", a.code, a.body)
		}
		wantHas(t, a, "不良反应已登记", "线索已撤回，其余内容不再保存")
	}
	if n := s.cases(); n != 1 {
		t.Errorf("%d cases, want 1", n)
	}
	if a := b.post(link+"/visit", s.report()...); a.code != http.StatusConflict {
		t.Errorf("a report without an adverse event: %d", a.code)
	}
	rec, err := s.store.LeadRecord(t.Context(), w.lead)
	must(t, err)
	if rec.Visit != nil {
		t.Errorf("visit %+v", rec.Visit)
	}
	wantHas(t, s.as(store.RoleSafety).get("/console/cases"), "患者服药后肝功能异常")
}

func TestEndedPagesTakeAdverseEvents(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	mine, other := s.repLink(w.lead, "wang"), s.repLink(w.lead, "li")
	b := s.browser()
	if a := b.get(mine); strings.Contains(a.body, "/heard") {
		t.Error("an open offer speaks of adverse events")
	}
	b.post(mine + "/accept")
	wantHas(t, b.get(other), "已有同事接手", other+"/heard", "上报不良反应")
	a := b.post(other+"/heard", "what", "服药后皮疹", "note", "六十岁左右")
	no := caseNumber.FindString(a.body)
	if a.code != http.StatusOK || no == "" {
		t.Fatalf("reporting on a taken lead: %d", a.code)
	}
	wantHas(t, a, "不良反应已登记", "已转药物警戒同事")
	b.post(mine+"/visit", s.report()...)
	wantHas(t, b.get(mine), "已提交的反馈", mine+"/heard")
	if a := b.post(mine+"/heard", "what", "  "); a.code != http.StatusUnprocessableEntity {
		t.Errorf("an empty report: %d", a.code)
	} else {
		wantHas(t, a, "请写明听到了什么", mine+"/heard")
	}
	if a := b.post(mine+"/heard", "what", "头晕"); a.code != http.StatusOK {
		t.Errorf("reporting on a closed lead: %d", a.code)
	}
	if n := s.cases(); n != 2 {
		t.Errorf("%d cases, want 2", n)
	}
	stranger := s.repLink(w.lead, "nobody")
	if a := b.get(stranger); strings.Contains(a.body, "/heard") {
		t.Error("a rep who was never offered the lead may report on it")
	}
	if a := b.post(stranger+"/heard", "what", "皮疹"); a.code != http.StatusConflict {
		t.Errorf("a stranger: %d", a.code)
	}
	wantHas(t, s.as(store.RoleSafety).get("/console/cases/"+no), "服药后皮疹", "六十岁左右", "李婷")
}

func TestClosedAccountMayOnlyReportAdverseEvents(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	b.post(link + "/accept")
	rep, err := s.store.Rep(t.Context(), "wang")
	must(t, err)
	rep.Active = false
	must(t, s.store.SaveRep(t.Context(), rep))
	wantHas(t, b.get(link), "账号已停用", link+"/heard")
	for _, act := range []string{"/accept", "/decline", "/visit"} {
		if a := b.post(link+act, s.report("reason", "busy")...); a.code != http.StatusConflict && a.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", act, a.code)
		}
	}
	if a := b.post(link+"/decline", "reason", "busy"); a.code != http.StatusConflict {
		t.Errorf("giving back: %d", a.code)
	}
	rec, err := s.store.LeadRecord(t.Context(), w.lead)
	must(t, err)
	if rec.Visit != nil || rec.Lead.Status != store.LeadAccepted || rec.Lead.Rep != "wang" {
		t.Errorf("lead %+v, visit %+v", rec.Lead, rec.Visit)
	}
	a := b.post(link+"/visit", s.report("heard_ae", "yes", "note", "服药后皮疹")...)
	wantHas(t, a, "不良反应已登记", "账号已停用")
	if n := s.cases(); n != 1 {
		t.Errorf("%d cases, want 1", n)
	}
}

func TestIncompleteReportKeepsTheAdverseEvent(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link, b := s.repLink(w.lead, "wang"), s.browser()
	b.post(link + "/accept")
	a := b.post(link+"/visit", s.report("heard_ae", "yes", "note", "服药后皮疹", "next_step", "")...)
	if a.code != http.StatusUnprocessableEntity || !caseNumber.MatchString(a.body) {
		t.Fatalf("incomplete: %d", a.code)
	}
	wantHas(t, a, "不良反应已登记", "反馈还没有提交", "处需要补充")
	if a := b.post(link+"/visit", s.report("heard_ae", "yes", "note", "服药后皮疹")...); a.code != http.StatusSeeOther {
		t.Errorf("complete: %d", a.code)
	}
	if n := s.cases(); n != 1 {
		t.Errorf("%d cases, want 1", n)
	}
}

// A doctor who never agreed to be named to a rep stays with the house, who can deal with the wish.
func TestWishWithoutConsent(t *testing.T) {
	s := newSite(t)
	id, openid := store.DoctorID(s.store.Account(), "o-human"), "o-human"
	commit(t, s.store, store.Turn{
		Journal: store.Journal{Seq: 1, MessageKey: "h1", Kind: "text", Event: []byte(`{"Kind":"text","Text":"人工"}`), Reply: []byte(`{}`)},
		Doctor:  store.Doctor{ID: id, OpenID: openid, Name: "孙悦", Level: 1, Phase: store.PhaseHandedOff, Followed: true},
		Verify:  &store.Verification{Doctor: id, Method: "rep", LeadKind: "human", Status: store.VerifyOpen, At: s.store.Now()},
	})
	const wish = "医生希望人工联系，尚未同意转告代表"
	b, path := s.as(store.RoleAdmin), "/console/doctors/"+id
	wantHas(t, b.get("/console/verifications"), "孙悦", wish, "已处理", "核对</a>")
	b.post("/console/verifications/"+id+"/decide", "decision", "passed")
	must(t, s.desk.Sweep(t.Context()))
	rec, err := s.store.DoctorRecord(t.Context(), id)
	must(t, err)
	if len(rec.Leads) != 0 {
		t.Fatalf("leads %+v", rec.Leads)
	}
	list := b.get("/console/verifications")
	wantHas(t, list, "孙悦", wish, "已处理")
	if strings.Contains(list.body, "通过</button>") {
		t.Error("a verified doctor is to be verified again")
	}
	wantHas(t, b.get(path), wish, path+"/wish")
	viewer := s.as(store.RoleViewer)
	wantHas(t, viewer.get(path), wish)
	if a := viewer.post(path + "/wish"); a.code != http.StatusForbidden {
		t.Errorf("a viewer closes the wish: %d", a.code)
	}
	if a := b.post(path + "/wish"); a.code != http.StatusSeeOther {
		t.Fatalf("closing the wish: %d", a.code)
	}
	done := b.get(path)
	wantHas(t, done, "联系意愿已处理")
	if strings.Contains(done.body, wish) {
		t.Error("the wish is still shown")
	}
	b.post(path + "/wish")
	wantHas(t, b.get(path), "已经处理过")
	wantHas(t, b.get("/console/verifications"), "没有等待核验的医生")
	if a := b.post("/console/doctors/no-such/wish"); a.code != http.StatusNotFound {
		t.Errorf("nobody's wish: %d", a.code)
	}
	rows, err := s.store.Audits(t.Context(), "doctor:"+id, 50)
	must(t, err)
	closed := 0
	for _, r := range rows {
		if r.Action == "wish_close" && r.Actor == "u-admin" {
			closed++
		}
	}
	if closed != 1 {
		t.Errorf("audit has %d rows of the closing", closed)
	}
}

func TestRefusedDoctorLeavesTheReps(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	link := s.repLink(w.lead, "wang")
	s.browser().post(link + "/accept")
	b := s.as(store.RoleAdmin)
	if a := b.post("/console/verifications/"+w.doctor+"/decide", "decision", "refused", "reason", "查无此人"); a.code != http.StatusSeeOther {
		t.Fatalf("refusing: %d", a.code)
	}
	wantHas(t, b.get("/console/leads/"+w.lead), "已撤回", "医生身份核验未通过", "u-admin")
	wantHas(t, s.browser().get(link), "这条线索已结束", "医生身份核验未通过", link+"/heard")
}
