package console_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// TestS2_27_WhoeverLosesSeesNothing (domain 7.6): after a doctor was given to the rep of another team, the old rep and that team's manager come to nothing of the
// doctor by any route of the table, by no page that they may open, and by no link that they have; the new rep comes to everything.
func TestS2_27_WhoeverLosesSeesNothing(t *testing.T) {
	s := newSite(t)
	both := sides(t, s)
	lead, doctor := both.own["/console/leads/{id}"], both.own["/console/doctors/{id}"]
	brief, list := s.repLink(lead, "wang"), "/h/taken/"+s.desk.TakenToken("wang")
	rep, manager := s.as(store.RoleRep), s.as(store.RoleManager)
	wantHas(t, rep.get("/console/doctors/"+doctor), "张敏")

	given := giveDoctor(t, s, doctor, "li")
	must(t, s.store.EndDeparture(t.Context(), both.foreign["/console/departures/{id}"], "不走了"))
	lost := map[string]string{"{id}": given}
	tried := 0
	for name, b := range map[string]*browser{store.RoleRep: rep, store.RoleManager: manager} {
		for _, r := range s.console.Table() {
			if _, granted := r.Grants[name]; !granted {
				continue
			}
			path := strings.TrimSuffix(r.Path, "{$}")
			if r.Object != "" {
				path = strings.Replace(path, r.Object[strings.Index(r.Object, "{"):], both.own[r.Object], 1)
			}
			if r.Object == "/console/transfers/{id}" {
				path = strings.Replace(r.Path, "{id}", lost["{id}"], 1)
			}
			ofDoctor := slices.Contains([]string{"/console/doctors/{id}", "/console/leads/{id}", "/console/supers/{id}", "/console/verifications/{id}", "/console/pool/{id}", "/console/transfers/{id}"}, r.Object)
			a := b.opens(r.Method, path)
			if ofDoctor && a.code != http.StatusNotFound {
				t.Errorf("%s %s as %s: %d", r.Method, path, name, a.code)
			}
			for _, secret := range []string{"张敏", "长期终点数据", "13900000000", doctor} {
				if strings.Contains(a.body, secret) && !strings.Contains(path, secret) {
					t.Errorf("%s %s as %s shows %s", r.Method, path, name, secret)
				}
			}
			tried++
		}
	}
	for _, link := range []string{brief, list, list + "/" + given} {
		a := s.browser().get(link)
		for _, secret := range []string{"张敏", "长期终点数据", "13900000000"} {
			if strings.Contains(a.body, secret) {
				t.Errorf("the link %.20s of the old rep shows %s", link, secret)
			}
		}
		tried++
	}
	wantHas(t, s.browser().get("/h/taken/"+s.desk.TakenToken("li")+"/"+given), "张敏", "还欠着的事")
	t.Logf("%d tries", tried)
}

// TestS2_27_MoreThanFifty: a manager marks the departure and confirms few alone; more than fifty need a second person, and nothing moves before.
func TestS2_27_MoreThanFifty(t *testing.T) {
	s := newSite(t)
	fill(t, s.store, s.desk)
	ids := s.crowdOf("wang", store.ReassignAlone+3)
	must(t, s.store.SaveRep(t.Context(), store.Rep{UserID: "zhao", Name: "赵强", Active: true, Team: "east", FilingUntil: s.store.Now() + 1000*minute}))
	must(t, s.store.SetTerritories(t.Context(), "zhao", []store.Territory{{Kind: store.TerritoryAll}}))
	s.as(store.RoleRep)
	manager, compliance := s.as(store.RoleManager), s.as(store.RoleCompliance)
	if a := manager.post("/console/departures", "rep", "li", "cause", store.DepartManager, "reason", "换人"); a.code != http.StatusForbidden && a.code != http.StatusNotFound && !strings.Contains(a.location, "/console/departures") {
		t.Errorf("a rep of another team is marked: %d", a.code)
	}
	marked := manager.post("/console/departures", "rep", "wang", "cause", store.DepartLeft, "reason", "本月底离职")
	page := manager.get(marked.location)
	wantHas(t, page, "王晓明", "已离职", "赵强", "待确认")
	form := []string{"act", "confirm", "reason", "按区域交接"}
	for _, m := range regexp.MustCompile(`name="pick" value="([0-9a-f]+)"`).FindAllStringSubmatch(page.body, -1) {
		form = append(form, "pick", m[1], "to:"+m[1], "zhao")
	}
	if n := len(form)/4 - 1; n < len(ids) {
		t.Fatalf("%d doctors are proposed", n)
	}
	confirm := marked.location + "/confirm"
	if a := manager.post(confirm, form...); a.location != "/console/approvals" {
		t.Fatalf("proposed: %d to %q", a.code, a.location)
	}
	sees := func(rep string) int64 {
		n, err := s.store.CountListed(store.As(t.Context(), store.Viewer{Name: rep, Reach: store.ReachOwn, Rep: rep}), store.DoctorQuery{})
		must(t, err)
		return n
	}
	waiting, err := s.store.Departures(t.Context(), 10)
	if must(t, err); len(waiting) != 1 || waiting[0].Counts[store.TransferProposed] < int64(len(ids)) {
		t.Errorf("before the second person: %+v", waiting)
	}
	s.decide(compliance, store.ActReassign, "departure", "已批准")
	if after := sees("wang"); after != 0 {
		t.Errorf("the old rep still sees %d doctors", after)
	}
	wantHas(t, manager.get(marked.location), "已结束", "待首次联系", "赵强")
	wantHas(t, manager.get("/console/transfers"), "待首次联系", "还没有读", "赵强")
	if user, err := s.store.User(t.Context(), "u-rep"); err != nil || !user.Disabled {
		t.Errorf("the account of who left is open: %v", err)
	}
}

// crowdOf puts so many doctors of a rep into the store.
func (s *site) crowdOf(rep string, n int) []string {
	s.t.Helper()
	var ids []string
	var all []store.Derived
	for i := range n {
		openID := fmt.Sprint("o-of-", rep, i)
		id := store.DoctorID(s.store.Account(), openID)
		commit(s.t, s.store, store.Turn{
			Journal:  store.Journal{Seq: 1, MessageKey: openID, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
			Doctor:   store.Doctor{ID: id, OpenID: openID, Name: fmt.Sprint("医生", i), Level: 2, Phase: store.PhaseIdle, Followed: true},
			Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeShare, Granted: true, At: 1}},
		})
		d, err := s.store.Dossier(s.t.Context(), id)
		must(s.t, err)
		all = append(all, store.Derived{Doctor: id, Mark: d.Doctor.RefreshAt, Facets: store.Facets{Level: 2, Followed: true, Owner: rep}})
		ids = append(ids, id)
	}
	written, err := s.store.SaveDerived(s.t.Context(), all)
	if must(s.t, err); written != n {
		s.t.Fatalf("%d of %d written", written, n)
	}
	return ids
}
