package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// Who approves sees what waits; whoever owns content sees what may be used, and no more of the doctor than he agreed to.
func TestQuotesPage(t *testing.T) {
	s := newSite(t)
	fill(t, s.store, s.desk)
	medical, marketing := s.as(store.RoleMedical), s.as(store.RoleMarketing)
	wantHas(t, medical.get("/console/quotes"), "资料给得准，回得也快", "何清", "待审核", "quote_2026_11")
	a := marketing.get("/console/quotes")
	wantHas(t, a, "有问必答", "MLR-1", "心内科医生")
	if strings.Contains(a.body, "资料给得准") || strings.Contains(a.body, "何清") {
		t.Error("marketing sees words that nobody has approved, or a name that was not agreed to")
	}
	if a := marketing.post("/console/quotes/quote-1/approve", "text", "资料给得准", "number", "MLR-2", "until", "2099-01-01"); a.code != http.StatusForbidden {
		t.Errorf("marketing approves: %d", a.code)
	}
	for _, try := range []struct{ text, number, until, notice string }{
		{"资料给得很准", "MLR-2", "2099-01-01", "只能省略，不能改字"}, {"资料给得准", "", "2099-01-01", "要写审批号"}, {"资料给得准", "MLR-2", "2001-01-01", "要写审批号"},
		{"资料给得准，根治", "MLR-2", "2099-01-01", "不能引用"}, {"资料给得准……", "MLR-2", "2099-01-01", "已通过"},
	} {
		a := medical.post("/console/quotes/quote-1/approve", "text", try.text, "number", try.number, "until", try.until)
		if a.code != http.StatusSeeOther {
			t.Fatalf("%+v: %d", try, a.code)
		}
		wantHas(t, medical.get(a.location), try.notice)
	}
	wantHas(t, marketing.get("/console/quotes"), "“资料给得准……”", "何清，云州大学附属第一医院心内科")
	a = marketing.post("/console/quotes/quote-1/use", "where", "12 月会议幻灯")
	wantHas(t, marketing.get(a.location), "用过 1 次")
	a = medical.post("/console/quotes/quote-1/reject", "reason", "换一句")
	wantHas(t, medical.get(a.location), "不再引用")
	if a := marketing.get("/console/quotes"); strings.Contains(a.body, "资料给得准") {
		t.Error("what was rejected is still shown")
	}
}

// The card is shown to strangers without a word about who invites; a wrong address, and a card that has ended, lead nowhere.
func TestInvitationPages(t *testing.T) {
	s := newSite(t)
	fill(t, s.store, s.desk)
	stranger := s.browser()
	a := stranger.get("/i/card-token")
	wantHas(t, a, "一位同行邀请您", "没有任何奖励", "/i/card-token/code.png")
	if a.code != http.StatusOK || strings.Contains(a.body, "何清") || a.header.Get("X-Robots-Tag") != "noindex" {
		t.Errorf("the card: %d, %v", a.code, a.header)
	}
	if a := stranger.get("/i/other-token"); a.code != http.StatusNotFound {
		t.Errorf("a card that nobody made: %d", a.code)
	}
	wantHas(t, s.as(store.RoleAdmin).get("/console/invitations"), "何清", "关注", "0 / 10")
	a = s.as(store.RoleMarketing).get("/console/invitations")
	if strings.Contains(a.body, "何清") {
		t.Error("marketing sees names")
	}
}
