package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// superClasses are rules for super customers in miniature.
const superClasses = `labels:
  stage: {find: 寻找, understand: 理解, influence: 影响, rely: 依靠, asleep: 休眠}
  gate: {material: 问过财物往来}
  helped: {referral: 介绍同行}
products:
  - {code: sample_sartan, label: 示例沙坦片, ladder: "", potential: []}
supers:
  dimensions:
    - {is: sales, label: 机构分位, lines: [{points: 100, of: access.decile, range: 0..10, why: 分位}]}
    - {is: affinity, label: 认同, lines: [{points: 100, when: doctor.level == 2, why: 推荐意愿}]}
    - {is: influence, label: 学术影响, lines: [{points: 20, when: profile.visit_wish == f2f, why: 学术}]}
    - {is: access, label: 准入影响, lines: [{points: 20, when: doctor.level == 2, why: 准入}]}
  lenses:
    - {lens: sales, label: 销售, roles: [rep, manager], weights: {sales: 30, affinity: 70}, why: 机构体量和认同并重}
    - {lens: ga, label: 政府事务, roles: [access], weights: {access: 100}, why: 准入}
    - {lens: marketing, label: 市场部, roles: [marketing], weights: {influence: 100}, why: 影响力}
    - {lens: medical, label: 医学部, roles: [medical], weights: {influence: 100}, why: 学术}
  stages:
    - {is: asleep, when: "recency > 90", why: 久未联系}
    - {is: rely, when: "super.status == confirmed and depth >= 5", why: 一起做}
    - {is: influence, when: "super.status == confirmed", why: 已确认}
    - {is: understand, when: "super.status == candidate", why: 候选}
    - {is: find, when: else, why: 还在找}
  steps:
    find: [{is: look, when: else, say: 补资料}]
    understand: [{is: card, when: else, say: 写同理心卡, days: 7}]
    influence: [{is: bring, when: else, say: 带一份资料}]
    rely: [{is: host, when: else, say: 请医生主持}]
    asleep: [{is: wake, when: else, say: 问候}]
  channels:
    - {is: peer, label: 同行认可, tone: 请教的口气, gesture: 同行圆桌的邀请}
    - {is: patient, label: 患者获益, tone: 从患者的变化说起, gesture: 一个病例讨论}
loyalty:
  field: visit_wish
  parts:
    - {is: retention, label: 留存, points: 60, range: 0..100, why: 仍然活跃的}
    - {is: referrals, label: 介绍同行, points: 40, range: 0..10, why: 介绍过同行的}
  examples:
    - {given: {retention: 50, referrals: 5}, expect: 50}
`

// superSite is a house with two candidates: one of sales, one of access, the second with a doctor of another region.
func superSite(t *testing.T) (*site, world, string) {
	t.Helper()
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	must(t, s.store.SetTerritories(t.Context(), "wang", []store.Territory{{Kind: store.TerritoryHospital, Value: "h1"}}))
	foreign := foreignDoctor(t, s.store)
	r := candidateOf(t, 60)
	p := r.Read()
	p.Lenses[1].Points, p.Lenses[1].Lines = 90, []store.ScoreLine{{Group: "access", Points: 90, Why: "任职药事会", Evidence: "药事会委员"}}
	b, err := json.Marshal(p)
	must(t, err)
	r.Points, r.Best, r.Lens = string(b), 90, "ga"
	putSuper(t, s.store, foreign, r)
	return s, w, foreign
}

// TestS2_38_ARankingKnowsEverybody: who is best in one department's eyes stands first there, however many are better in another's.
func TestS2_38_ARankingKnowsEverybody(t *testing.T) {
	s, _, _ := superSite(t)
	like := candidateOf(t, 95)
	var ids []string
	for i := range 1100 {
		open := fmt.Sprint("many", i)
		id := store.DoctorID(s.store.Account(), open)
		commit(t, s.store, store.Turn{Journal: store.Journal{Seq: 1, MessageKey: open, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
			Doctor: store.Doctor{ID: id, OpenID: open, Level: store.LevelVerified, Phase: store.PhaseIdle, Followed: true}})
		ids = append(ids, id)
	}
	var found []store.Derived
	for part := range slices.Chunk(ids, 100) {
		rows, err := s.store.Dossiers(t.Context(), part)
		must(t, err)
		for _, d := range rows {
			found = append(found, store.Derived{Doctor: d.Doctor.ID, Mark: d.Doctor.RefreshAt, Facets: store.Facets{Level: store.LevelVerified, Followed: true}, Supers: []store.Super{like}})
		}
	}
	_, err := s.store.SaveDerived(t.Context(), found)
	must(t, err)
	page := s.as(store.RoleAdmin).get("/console/supers?lens=ga&from=sales").body
	first := page[strings.Index(page, "<tbody>"):]
	first = first[:strings.Index(first, "</tr>")]
	wantHas(t, answer{body: first}, "别家医生", "↑1101")
	wantHas(t, answer{body: page}, "还有 1002 位没有列出")
}

// TestS2_38_SwitchingTheLensChangesTheRanking: another department ranks the same people otherwise, and the page says how far each moved and which dimension
// did it.
func TestS2_38_SwitchingTheLensChangesTheRanking(t *testing.T) {
	s, _, _ := superSite(t)
	b := s.as(store.RoleAdmin)
	sales, access := b.get("/console/supers?lens=sales&from=ga").body, b.get("/console/supers?lens=ga&from=sales").body
	before := func(page, first, second string) bool { return strings.Index(page, first) < strings.Index(page, second) }
	if !before(sales, "张敏", "别家医生") || !before(access, "别家医生", "张敏") {
		t.Error("the ranking does not change")
	}
	wantHas(t, answer{body: access}, "政府事务排名", "与销售比", "↑1", "↓1", "准入影响", "+90")
	for _, view := range []string{"board", "regions"} {
		wantHas(t, b.get("/console/supers?view="+view), "超级客户", map[string]string{"board": "写同理心卡", "regions": "浙江"}[view])
	}
	rep := s.as(store.RoleRep).get("/console/supers?lens=ga")
	wantHas(t, rep, "销售排名")
	wantNot(t, rep, "政府事务", "别家医生")
	masked := s.as(store.RoleMarketing).get("/console/supers")
	wantHas(t, masked, "市场部排名", "张**")
	wantNot(t, masked, "张敏", "长期终点数据还不够")
}

// TestSuperNeedsTwoRoles: a candidate is confirmed by two people of different roles through the list of proposals; a request for a benefit stops it until
// compliance has set that aside.
func TestSuperNeedsTwoRoles(t *testing.T) {
	s, w, _ := superSite(t)
	page := "/console/supers/" + w.doctor
	marketing := s.as(store.RoleMarketing)
	if a := marketing.post(page+"/decide/propose", "reason", "科里公认"); a.location != "/console/approvals" {
		t.Fatalf("proposing leads to %q", a.location)
	}
	compliance := s.as(store.RoleCompliance)
	proposal := compliance.get("/console/approvals")
	wantHas(t, proposal, "<dd>张敏 ")
	wantNot(t, proposal, "<dd>"+w.doctor)
	s.decide(marketing, store.ActSuper, "by the one who asked", "由另一位同事")
	second := s.enter(store.User{Name: "m-two", Role: store.RoleMarketing})
	s.decide(second, store.ActSuper, "by the same role", "另一个角色")
	medical := s.as(store.RoleMedical)
	s.decide(medical, store.ActSuper, "over a flag", "财物往来")
	if a := medical.post(page+"/clear", "product", "sample_sartan", "reason", "误会"); a.code != http.StatusForbidden {
		t.Errorf("medical sets a flag aside: %d", a.code)
	}
	compliance.post(page+"/clear", "product", "sample_sartan", "reason", "问的是会议是否收费")
	s.decide(medical, store.ActSuper, "by another role", "已批准")
	admin := s.as(store.RoleAdmin)
	wantHas(t, admin.get(page), "已确认", "市场、医学", "两人确认", "合规解除", "仍然是")
	if a := s.as(store.RoleRep).post(page+"/decide/end", "reason", "不想要"); a.code != http.StatusForbidden {
		t.Errorf("a rep ends: %d", a.code)
	}
	admin.post(page+"/decide/review", "reason", " ")
	wantHas(t, admin.get(page), "写明")
	admin.post(page+"/decide/end", "reason", "不再参与学术活动")
	wantHas(t, admin.get(page), "没有通过", "不再参与学术活动", "移出")
}

// TestS2_18_EmpathyCard: the card is written in the workspace, the rep reads it before the report, and the workspace knows who has.
func TestS2_18_EmpathyCard(t *testing.T) {
	s, w, foreign := superSite(t)
	page, admin := "/console/supers/"+w.doctor, s.as(store.RoleAdmin)
	long := strings.Repeat("长", 81)
	for _, c := range [][2]string{{long, "太长"}, {"", "写明"}, {"在意患者少住院", "已保存"}} {
		admin.post(page+"/work/card", "empathy", c[0], "channel", "peer", "taboo", "不谈用量")
		wantHas(t, admin.get(page), c[1])
	}
	wantHas(t, admin.get(page), "在意患者少住院", "请教的口气", "同行圆桌的邀请", "不谈用量", "长期终点数据还不够")
	must(t, s.desk.Accept(t.Context(), w.lead, "wang"))
	link, rep := s.repLink(w.lead, "wang"), s.browser()
	card := rep.get(link)
	wantHas(t, card, "同理心卡", "在意患者少住院", "请教的口气", "不谈用量", "我读过了", "听到了不良反应")
	wantNot(t, card, "提交反馈")
	if a := rep.post(link + "/card"); a.code != http.StatusSeeOther {
		t.Fatalf("reading: %d", a.code)
	}
	wantHas(t, rep.get(link), "您已读过这张卡", "提交反馈")
	wantHas(t, admin.get(page), "同事已读卡", "王晓明", "1 次已读")
	admin.post(page+"/work/influence", "kind", "referral", "other", foreign, "note", "介绍同行")
	admin.post(page+"/work/plan", "step", "送一份文献", "at", "2026-01-01")
	wantHas(t, admin.get(page), "介绍同行", "别家医生", "送一份文献", "今后十二个月")
	admin.post(page+"/work/done", "what", "送到了")
	wantHas(t, admin.get(page), "完成一步", "送到了")
	if a := s.as(store.RoleRep).post(page+"/work/influence", "kind", "referral", "other", foreign); a.code != http.StatusNotFound {
		t.Errorf("a rep names a doctor out of sight: %d", a.code)
	}
}

// TestS2_34_HistoryOnThePage: how the strength of the relation moved stands on the page of the super customer, with the rule behind it.
func TestS2_34_HistoryOnThePage(t *testing.T) {
	s, w, _ := superSite(t)
	d, err := s.store.Dossier(t.Context(), w.doctor)
	must(t, err)
	moved := store.Change{Product: "sample_sartan", Kind: store.ChangeStrength, Before: "weak", After: "mid", Evidence: "参会或更深，三个月内有来往"}
	n, err := s.store.SaveDerived(t.Context(), []store.Derived{{Doctor: w.doctor, Mark: d.Doctor.RefreshAt, Facets: *d.Facets, Changes: []store.Change{moved}}})
	if must(t, err); n != 1 {
		t.Fatalf("%d written", n)
	}
	day := s.clock.now().In(houseZone).Format("2006-01-02")
	wantHas(t, s.as(store.RoleManager).get("/console/supers/"+w.doctor+"?product=sample_sartan"), day+" weak → mid", "参会或更深")
	wantNot(t, s.as(store.RoleMarketing).get("/console/supers/"+w.doctor+"?product=sample_sartan"), "参会或更深")
}
