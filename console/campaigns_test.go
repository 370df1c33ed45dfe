package console_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// many seeds followers who agree to pushes.
func many(t *testing.T, st *store.Store, n int) {
	t.Helper()
	var derived []store.Derived
	for i := range n {
		openID := fmt.Sprint("o-many-", i)
		id := store.DoctorID(st.Account(), openID)
		turn := store.Turn{
			Journal: store.Journal{Seq: 1, MessageKey: openID, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
			Doctor:  store.Doctor{ID: id, OpenID: openID, Followed: true, Phase: store.PhaseIdle},
		}
		for _, purpose := range []string{store.PurposeBase, store.PurposePush} {
			turn.Consents = append(turn.Consents, store.Consent{Conversation: id, Seq: 1, Purpose: purpose, Policy: "p1", Granted: true, Raw: "好"})
		}
		commit(t, st, turn)
		derived = append(derived, store.Derived{Doctor: id, Mark: doctorRow(t, st, id).RefreshAt, Facets: store.Facets{Followed: true, Level: 1}})
	}
	saved, err := st.SaveDerived(t.Context(), derived)
	must(t, err)
	if saved != n {
		t.Fatalf("%d of %d derived", saved, n)
	}
}

// A campaign for more doctors than one person may have spoken to is proposed; refused it is a draft again, agreed to it runs and knows both names. A smaller
// one starts at once. What is typed wrong is refused with what was typed.
func TestACampaignNeedsASecondPerson(t *testing.T) {
	s := newSite(t)
	many(t, s.store, store.CampaignAlone+1)
	market, compliance, auditor := s.as(store.RoleMarketing), s.as(store.RoleCompliance), s.as(store.RoleAuditor)
	owner := store.As(t.Context(), store.Viewer{Name: "u-operations", Role: store.RoleOperations, Reach: store.ReachAll})
	g, err := s.store.SaveSegment(owner, store.Segment{Name: "所有人", Source: "doctor.level >= 1", Actor: "u-operations"})
	must(t, err)
	day := func(days int) string { return s.clock.now().AddDate(0, 0, days).Format("2006-01-02") }
	form := []string{"kind", store.CampaignAccess, "title", "准入沟通", "segment", g.ID, "flow", "", "days", "0", "daily", "30", "from", day(0), "until", day(20)}
	wrong := slices.Clone(form)
	wrong[11] = "0" // a day
	if a := market.post("/console/campaigns", wrong...); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "没有建好") || !strings.Contains(a.body, "准入沟通") {
		t.Errorf("a campaign for nobody a day: %d", a.code)
	}
	made := market.post("/console/campaigns", form...)
	if made.code != http.StatusSeeOther {
		t.Fatalf("making a campaign: %d", made.code)
	}
	path := made.location
	id := path[strings.LastIndex(path, "/")+1:]
	status := func() store.Campaign {
		c, err := s.store.Campaign(t.Context(), id)
		must(t, err)
		return c
	}
	wantHas(t, market.get(path), "101", "要另一位同事同意", "请同事同意")
	market.post(path+"/acts/start", "reason", "")
	if got := status().Status; got != store.CampaignDraft {
		t.Errorf("proposed without a reason: %s", got)
	}
	market.post(path+"/acts/start", "reason", "季度计划")
	if got := status().Status; got != store.CampaignProposed {
		t.Fatalf("after proposing: %s", got)
	}
	wantHas(t, compliance.get("/console/approvals"), "开始活动", "准入沟通", "doctor.level", "101")
	s.answer(compliance, store.ActCampaign, store.ApprovalRefused, "太急")
	if got := status().Status; got != store.CampaignDraft {
		t.Errorf("after a refusal: %s", got)
	}
	market.post(path+"/acts/start", "reason", "季度计划，已和各地说过")
	s.decide(compliance, store.ActCampaign, "agreed to", "已批准")
	if c := status(); c.Status != store.CampaignRunning || c.Actor != "u-marketing" || c.Second != "u-compliance" {
		t.Errorf("after the yes: %+v", c)
	}
	if a := auditor.post(path + "/acts/pause"); a.code != http.StatusForbidden {
		t.Errorf("an auditor pauses: %d", a.code)
	}
	for _, act := range []string{"pause", "resume", "cancel"} {
		market.post(path + "/acts/" + act)
	}
	if got := status().Status; got != store.CampaignCancelled {
		t.Errorf("at the end: %s", got)
	}
}
