package console_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/store"
)

// twoSides are objects of a doctor of rep wang (team east), and of one whom only rep li (team west) knows.
type twoSides struct{ own, foreign map[string]string }

// sides makes both. An object that belongs to nobody in particular is the same on both sides.
func sides(t *testing.T, s *site) twoSides {
	t.Helper()
	w := fill(t, s.store, s.desk)
	for _, rep := range []string{"wang", "li"} {
		must(t, s.store.SetTerritories(t.Context(), rep, []store.Territory{{Kind: store.TerritoryHospital, Value: "h-" + rep}}))
	}
	must(t, s.desk.Accept(t.Context(), w.lead, "wang"))
	foreign := foreignDoctor(t, s.store)
	putSuper(t, s.store, foreign, candidateOf(t, 70))
	giveDoctor(t, s, w.doctor, "li")
	given, foreignGiven := giveDoctor(t, s, w.doctor, "wang"), giveDoctor(t, s, foreign, "li")
	leaves := func(rep string) string {
		d, err := s.store.OpenDeparture(t.Context(), store.Departure{Rep: rep, Cause: store.DepartTerritory, Reason: "换区域"}, nil)
		must(t, err)
		return d.ID
	}
	same := func(id string) [2]string { return [2]string{id, id} }
	table := map[string][2]string{
		"/console/doctors/{id}": {w.doctor, foreign}, "/console/verifications/{id}": {w.doctor, foreign}, "/console/supers/{id}": {w.doctor, foreign}, "/console/leads/{id}": {w.lead, "22222222222222222222222222222222"},
		"/console/transfers/{id}": {given, foreignGiven}, "/console/departures/{id}": {leaves("wang"), leaves("li")}, "/console/pool/{id}": {w.doctor, foreign},
		"/console/notices/{id}": {"notice-own", "notice-foreign"}, "/console/cases/{no}": same(w.caseNo), "/console/inquiries/{id}": same(w.inquiry), "/console/flags/{id}": same(w.flag), "/console/rights/{id}": same("right-1"), "/console/flows/{id}": same("onboarding"),
		"/console/recalls/{id}": same("1"), "/console/releases/{id}": same("1"), "/console/scenes/{id}": same(w.code), "/console/outbox/{id}": same("1"),
		"/console/users/{name}": same("u-viewer"), "/console/approvals/{id}": same("1"),
		"/console/hospitals/{id}": same("h1"), "/console/imports/{id}": same(w.intake), "/console/imports/template/{kind}": same(store.KindHospitals),
		"/console/merges/{kind}": same("doctor?a=" + w.doctor + "&b=" + w.listed), "/console/segments/{id}": same("s1"), "/console/quotes/{id}": same("quote-1"), "/console/campaigns/{id}": same(w.campaign),
	}
	commit(t, s.store, store.Turn{
		Journal: store.Journal{Seq: 3, MessageKey: "p3", Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)}, Doctor: doctorRow(t, s.store, w.doctor),
		Notices: []store.Notice{{ID: "notice-own", Doctor: w.doctor, Team: store.TeamRep, Words: "请联系", At: 1}},
	})
	table["/console/meetings/{id}"] = same(putMeeting(t, s, w.doctor, foreign))
	out := twoSides{map[string]string{}, map[string]string{}}
	for object, ids := range table {
		out.own[object], out.foreign[object] = ids[0], ids[1]
	}
	return out
}

// giveDoctor transfers a doctor to a rep and gives the transfer.
func giveDoctor(t *testing.T, s *site, doctor, to string) string {
	t.Helper()
	p, err := s.store.ProposeTransfer(t.Context(), doctor, to, store.TransferPool, "公共池分配")
	must(t, err)
	done, err := s.store.ConfirmTransfers(t.Context(), []store.TransferPick{{ID: p.ID, To: to}}, store.TransferAct{Due: s.store.Now() + 1000*minute, Reason: "公共池分配"}, nil)
	if err != nil || len(done) != 1 {
		t.Fatalf("%d transfers, %v", len(done), err)
	}
	return p.ID
}

func doctorRow(t *testing.T, st *store.Store, id string) store.Doctor {
	t.Helper()
	rec, err := st.DoctorRecord(t.Context(), id)
	must(t, err)
	return rec.Doctor
}

func foreignDoctor(t *testing.T, st *store.Store) string {
	t.Helper()
	id := store.DoctorID(st.Account(), "o-foreign")
	commit(t, st, store.Turn{
		Journal:  store.Journal{Seq: 1, MessageKey: "f1", Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
		Doctor:   store.Doctor{ID: id, OpenID: "o-foreign", Name: "别家医生", Hospital: "h-li", HospitalName: "外区医院", Level: 2, Phase: store.PhaseIdle, Followed: true},
		Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeShare, Granted: true, At: 1}},
		Leads:    []store.Lead{{ID: "22222222222222222222222222222222", Doctor: id, Kind: "f2f_request", Why: "外区线索", Lines: "[]"}},
		Notices:  []store.Notice{{ID: "notice-foreign", Doctor: id, Team: store.TeamRep, Words: "外区转告", At: 1}},
	})
	return id
}

// TestEveryRouteForEveryRole tries every route of the table as every role, on an object of the person's own and on a foreign one, and without a login. What
// must come out follows from the table; a route with a part that varies, about which nobody has decided who may know of it, fails.
func TestEveryRouteForEveryRole(t *testing.T) {
	s := newSite(t)
	both := sides(t, s)
	people := map[string]*browser{"": s.browser()}
	for _, role := range console.Roles {
		people[role] = s.as(role)
	}
	guard := httptest.NewServer(s.console.GuardAlone())
	t.Cleanup(guard.Close)
	tried := 0
	for _, r := range s.console.Table() {
		if len(r.Grants) == 0 {
			t.Errorf("%s %s is for nobody", r.Method, r.Path)
		}
		if r.Object != "" && (!r.Decided || both.own[r.Object] == "") {
			t.Errorf("%s %s: nobody has decided who may know of %s (objects in access.go, sides in this test)", r.Method, r.Path, r.Object)
			continue
		}
		for role, b := range people {
			for side, ids := range map[string]map[string]string{"own": both.own, "foreign": both.foreign} {
				path := strings.TrimSuffix(r.Path, "{$}")
				if r.Object != "" {
					path = strings.Replace(path, r.Object[strings.Index(r.Object, "{"):], ids[r.Object], 1)
				}
				want := wanted(r, role, both, side)
				if got := b.at(guard.URL, r.Method, path); got != want {
					t.Errorf("%s %s as %q, %s object: status %d, want %d", r.Method, r.Path, role, side, got, want)
				}
				tried++
			}
		}
	}
	t.Logf("%d tries", tried)
}

// wanted is what the table says: through, not for this role, not this object, or to the login page.
func wanted(r console.TableRoute, role string, both twoSides, side string) int {
	sees, granted := r.Grants[role]
	differs := r.Object != "" && both.own[r.Object] != both.foreign[r.Object]
	switch {
	case role == "", !granted && r.Path == "/console/{$}" && console.Home(role) != "":
		return http.StatusSeeOther
	case !granted:
		return http.StatusForbidden
	case differs && (sees == "blind" || sees == "counts" || side == "foreign" && (sees == "own" || sees == "team")):
		return http.StatusNotFound
	}
	return 299
}

// at sends an empty request to another address with the cookies of the site.
func (b *browser) at(base, method, path string) int {
	b.s.t.Helper()
	req, err := http.NewRequest(method, base+path, nil)
	must(b.s.t, err)
	site, err := http.NewRequest(http.MethodGet, b.s.server.URL, nil)
	must(b.s.t, err)
	for _, c := range b.c.Jar.Cookies(site.URL) {
		req.AddCookie(c)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := (&http.Client{Transport: b.c.Transport, CheckRedirect: b.c.CheckRedirect}).Do(req)
	must(b.s.t, err)
	must(b.s.t, res.Body.Close())
	return res.StatusCode
}

// opens asks for a page or sends an empty form.
func (b *browser) opens(method, path string) answer {
	if method == http.MethodGet {
		return b.get(path)
	}
	return b.post(path)
}

// TestPagesOfEveryRole opens every page of every role for real: what is granted is shown, the menu leads to what may be opened and nowhere else, no page of
// a narrow or masked role names a doctor who is none of its business, and each role lands on a page of use.
func TestPagesOfEveryRole(t *testing.T) {
	s := newSite(t)
	both := sides(t, s)
	table := s.console.Table()
	for _, role := range console.Roles {
		b := s.as(role)
		home := b.get("/console/")
		if want := console.Home(role); want != "" && home.location != want || want == "" && home.code != http.StatusOK {
			t.Errorf("%s lands with %d on %q, want %q", role, home.code, home.location, want)
		}
		if home.location != "" {
			home = b.get(home.location)
		}
		for _, r := range table {
			path := strings.TrimSuffix(r.Path, "{$}")
			sees, granted := r.Grants[role]
			if inMenu := strings.Contains(home.body, `<a href="`+path+`"`); r.Method == "GET" && r.Object == "" && r.Nav != "" && inMenu && !granted {
				t.Errorf("the menu of %s leads to %s, which it may not open", role, path)
			}
			if r.Method != "GET" || !granted || strings.Contains(path, "recall") || strings.Contains(path, "picture") {
				continue
			}
			if r.Object != "" {
				path = strings.Replace(path, r.Object[strings.Index(r.Object, "{"):], both.own[r.Object], 1)
			}
			a := b.get(path)
			if a.code != http.StatusOK && sees != "blind" && sees != "counts" {
				t.Errorf("%s as %s: status %d", path, role, a.code)
			}
			checkNames(t, role, sees, path, a.body)
		}
	}
}

// escapedTag is markup that a page shows instead of using it.
var escapedTag = regexp.MustCompile(`&lt;/?[a-z]`)

func checkNames(t *testing.T, role, sees, path, body string) {
	t.Helper()
	if escapedTag.MatchString(body) {
		t.Errorf("%s as %s shows its own tags", path, role)
	}
	names := map[string][]string{"own": {"别家医生", "外区线索", "外区转告"}, "team": {"别家医生", "外区线索", "外区转告"}, "blind": {"别家医生", "张敏"}, "counts": {"别家医生", "张敏"}, "masked": {"别家医生", "张敏", "张老师", "长期终点数据还不够", "下周三下午门诊后"}}
	for _, name := range names[sees] {
		if strings.Contains(body, name) {
			t.Errorf("%s as %s shows %s", path, role, name)
		}
	}
	if strings.Contains(body, "全身皮疹") && !slices.Contains([]string{store.RoleSafety, store.RoleCompliance}, role) {
		t.Errorf("%s as %s shows what was said about an adverse event", path, role)
	}
}

// TestDoorsWithoutASession: every page of reps and doctors, without a link, with somebody else's, and without a sign-in, shows nothing of anybody.
func TestDoorsWithoutASession(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	must(t, s.desk.Accept(t.Context(), w.lead, "wang"))
	links := map[string]string{"none": "x", "forged": strings.Repeat("A", 80), "of the rep who lost it": strings.TrimPrefix(s.repLink(w.lead, "li"), "/h/")}
	for _, d := range s.console.Doors() {
		for name, token := range links {
			a := s.browser().opens(d.Method, strings.Replace(strings.TrimSuffix(d.Path, "{$}"), "{token}", token, 1))
			if a.code == http.StatusInternalServerError {
				t.Errorf("%s %s with link %s: %d", d.Method, d.Path, name, a.code)
			}
			for _, secret := range []string{"张敏", "长期终点数据", "全身皮疹", "13900000000"} {
				if strings.Contains(a.body, secret) {
					t.Errorf("%s %s with link %s shows %s", d.Method, d.Path, name, secret)
				}
			}
			if d.Method == "POST" && a.code < 400 && !strings.HasSuffix(d.Path, "/heard") {
				t.Errorf("%s %s with link %s is done: %d", d.Method, d.Path, name, a.code)
			}
		}
	}
	if n := len(slices.Collect(maps.Keys(links))) * len(s.console.Doors()); n < 30 {
		t.Errorf("only %d tries", n)
	}
}
