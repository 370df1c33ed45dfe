package console_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/store"
)

// crowdOf puts twenty doctors into the store, each with everything that a list could show: a lead, a wish to be verified, a notice, a message that was not
// sent, tags and classes. The first two are in the hospital of rep wang, the others in that of rep li.
func crowdOf(t *testing.T, s *site) (ids []string) {
	t.Helper()
	im, err := s.store.BeginImport(t.Context(), store.Import{Kind: store.KindHospitals, Name: "hospitals.xlsx", Actor: "ops"})
	must(t, err)
	_, err = s.store.ImportHospitals(t.Context(), im, rowsOf(store.Hospital{ID: "h1", Name: "青溪医院", Province: "浙江"}, store.Hospital{ID: "h2", Name: "临湖医院", Province: "浙江"}))
	must(t, err)
	im.Status = store.ImportDone
	must(t, s.store.EndImport(t.Context(), im))
	for i, rep := range []string{"wang", "li"} {
		must(t, s.store.SaveRep(t.Context(), store.Rep{UserID: rep, Name: "代表" + rep, FilingNo: "YX-" + rep, FilingUntil: s.store.Now() + 1e9, Active: true, Team: []string{"east", "west"}[i]}))
		must(t, s.store.SetTerritories(t.Context(), rep, []store.Territory{{Kind: store.TerritoryHospital, Value: fmt.Sprint("h", i+1)}}))
	}
	now := s.store.Now()
	for i := range 20 {
		openid := fmt.Sprintf("o-crowd-%02d", i)
		id := store.DoctorID(s.store.Account(), openid)
		hospital := "h1"
		if i >= 2 {
			hospital = "h2"
		}
		ids = append(ids, id)
		commit(t, s.store, store.Turn{
			Journal:  store.Journal{Seq: 1, MessageKey: openid, Kind: "text", Event: []byte(`{"Kind":"text","Text":"` + words(i) + `"}`), Reply: []byte(`{}`)},
			Doctor:   store.Doctor{ID: id, OpenID: openid, Name: crowdName(i), Hospital: hospital, HospitalName: hospital, Level: 1, Phase: store.PhaseIdle, Followed: true},
			Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeShare, Granted: true, At: now}, {Conversation: id, Seq: 1, Purpose: "portrait", Granted: true, At: now}, {Conversation: id, Seq: 1, Purpose: "base", Policy: "v1", Granted: true, At: now}},
			Portrait: []store.PortraitValue{{Doctor: id, Field: "visit_wish", Value: `"f2f"`, Label: words(i), Source: store.SourceAnswer, At: now}},
			Tags:     []store.Tag{{Doctor: id, Tag: "情境_门诊", Source: store.SourceAnswer, At: now}},
			Leads:    []store.Lead{{ID: fmt.Sprintf("%032d", i+1), Doctor: id, Kind: "f2f_request", Level: "hot", Why: words(i), Lines: "[]", CreatedAt: now}},
			Notices:  []store.Notice{{ID: fmt.Sprint("crowd-", i), Doctor: id, Team: store.TeamRep, Words: words(i), At: now}, {ID: fmt.Sprint("crowd-ops-", i), Doctor: id, Team: store.TeamOps, Words: words(i), At: now}},
			Verify:   &store.Verification{Doctor: id, Method: "licence", Status: store.VerifyOpen, At: now},
			Effects:  []store.Effect{{Key: "crowd" + openid, Lane: store.DoctorLane(id), Kind: store.KindText, Body: []byte(`{"text":"` + words(i) + `"}`)}},
		})
	}
	in := insight.New(insight.Options{Store: s.store, Library: s.keeper.Library, Now: s.clock.now})
	for n, err := in.Sweep(t.Context()); n > 0; n, err = in.Sweep(t.Context()) {
		must(t, err)
	}
	must(t, s.desk.Sweep(t.Context()))
	return ids
}

func crowdName(i int) string { return fmt.Sprintf("众医生第%02d号", i) }

// words are what only doctor i has said.
func words(i int) string { return fmt.Sprintf("只有第%02d位说过", i) }

// TestEveryListIsNarrow opens every page that a narrow role may open, with the searches and filters that a person could type, and wants no sign of a doctor
// who is none of its business: of twenty doctors it knows two. Lists of doctors show exactly those two.
func TestEveryListIsNarrow(t *testing.T) {
	s := newSite(t)
	ids := crowdOf(t, s)
	objects := crowdAtWork(t, s, ids)
	segment := "/console/segments?source=" + "doctor.level+%3E%3D+0"
	for _, role := range []string{store.RoleRep, store.RoleAccess, store.RoleManager} {
		b := s.as(role)
		paths := []string{segment, segment + "&doctor=" + ids[0], segment + "&doctor=" + ids[19], "/console/doctors?q=众医生", "/console/doctors?q=" + ids[19], "/console/doctors?lead=1", "/console/doctors?level=1&page=2"}
		for _, r := range s.console.Table() {
			if _, granted := r.Grants[role]; !granted || r.Method != http.MethodGet {
				continue
			}
			path := strings.TrimSuffix(r.Path, "{$}")
			if r.Object == "" {
				paths = append(paths, path)
				continue
			}
			for _, id := range append(slices.Concat(ids, objects), "h1", "h2", fmt.Sprintf("%032d", 1), fmt.Sprintf("%032d", 20), "onboarding", "1") {
				paths = append(paths, strings.Replace(path, r.Object[strings.Index(r.Object, "{"):], id, 1))
			}
		}
		for _, path := range paths {
			page := b.get(path)
			if page.code == http.StatusInternalServerError {
				t.Errorf("%s as %s: %d", path, role, page.code)
			}
			shown := strings.ReplaceAll(page.body, `value="`+ids[19]+`"`, "") // what was typed stands in its field
			for i, id := range ids[2:] {
				for _, sign := range []string{`/` + id, crowdName(i + 2), words(i + 2), asked(i + 2)} {
					if strings.Contains(shown, sign) {
						t.Errorf("%s as %s shows %q", path, role, sign)
					}
				}
			}
		}
		for _, list := range []string{"/console/doctors", "/console/doctors?q=众医生", segment} {
			page := b.get(list)
			wantHas(t, page, "/console/doctors/"+ids[0], "/console/doctors/"+ids[1], "2 位")
		}
		if role != store.RoleAccess {
			wantHas(t, b.get("/console/leads"), crowdName(0), crowdName(1))
			wantHas(t, b.get("/console/meetings/"+objects[0]), crowdName(0), asked(1))
			wantHas(t, b.get("/console/transfers"), crowdName(0), crowdName(1))
			wantHas(t, b.get("/console/invitations"), crowdName(0), crowdName(1))
		}
		wantHas(t, b.get("/console/hospitals/h1"), crowdName(0))
	}
	admin := s.as(store.RoleAdmin)
	wantHas(t, admin.get(segment), "20 位")
	seen := map[string]bool{}
	for page, after := 0, ""; page < 3; page++ { // the sample goes on to the last doctor
		body := admin.get(segment + "&after=" + after).body
		for _, id := range ids {
			if strings.Contains(body, `<a href="/console/doctors/`+id) {
				seen[id] = true
			}
		}
		_, rest, more := strings.Cut(body, "&amp;after=")
		if after, _, _ = strings.Cut(rest, `"`); !more {
			break
		}
	}
	if len(seen) != len(ids) {
		t.Errorf("the pages of a segment show %d of %d doctors", len(seen), len(ids))
	}
	marketing := s.as(store.RoleMarketing)
	wantHas(t, marketing.get("/console/rules"), "共 20 位医生")
	wantNot(t, marketing.get("/console/rules"), crowdName(0))
}

// TestTryingTellsNoName: who sees no names learns none by trying conditions, from previews of rules, or from what a sample shows.
func TestTryingTellsNoName(t *testing.T) {
	s := ruled(t)
	crowdOf(t, s)
	ops := s.as(store.RoleOperations)
	for _, source := range []string{"profile.name+%3D%3D+'众医生第01号'", "profile.mobile+is+not+empty+and+doctor.level+%3E%3D+0"} {
		page := ops.get("/console/segments?source=" + source)
		wantNot(t, page, crowdName(2), "全部医生</dt>")
	}
	wantNot(t, ops.get("/console/segments?source=doctor.level+%3E%3D+0"), crowdName(1))
	changed := strings.Replace(smallRules, "points: 20, when", "points: 35, when", 1)
	changed = strings.Replace(changed, "{points: 20, grade: watch}", "{points: 35, grade: cold}", 1)
	wantNot(t, ops.post("/console/rules/preview", "file", "rules.yaml", "source", changed), crowdName(1))
	a := ops.post("/console/rules/preview", "file", "rules.yaml", "source", changed)
	wantHas(t, a, "会变动", "众**")
	page := s.as(store.RoleMarketing).post("/console/rules/preview", "file", "rules.yaml", "source", changed)
	wantHas(t, page, "会变动", "<b>20</b> 位")
	wantNot(t, page, "众", "/console/doctors/")
	wantHas(t, s.as(store.RoleCompliance).post("/console/rules/preview", "file", "rules.yaml", "source", changed), "众医生第")
}
