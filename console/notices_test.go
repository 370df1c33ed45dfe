package console_test

import (
	"net/http"
	"testing"

	"github.com/vrep/vrep/store"
)

// Each role sees the notices of its teams; who may act takes them off the list, once.
func TestNotices(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	people := map[string]*browser{}
	for role, tt := range map[string]struct{ has, lacks string }{
		store.RoleViewer: {"没有要转告的事", "病人不太舒服"}, store.RoleSafety: {"病人不太舒服", "肾病证据"}, store.RoleAdmin: {"没有要转告的事", "病人不太舒服"},
		store.RoleMedical: {"医生想要肾病证据", "病人不太舒服"}, store.RoleCompliance: {"医生想要肾病证据", "没有要转告的事"},
	} {
		b := s.as(role)
		people[role] = b
		page := b.get("/console/notices")
		wantHas(t, page, tt.has)
		wantNot(t, page, tt.lacks)
	}
	if a := people[store.RoleViewer].post("/console/notices/notice-medical/done"); a.code != http.StatusForbidden {
		t.Errorf("a viewer closed a notice: status %d", a.code)
	}
	pv := people[store.RoleSafety]
	pv.post("/console/notices/notice-medical/done") // not of this team
	wantHas(t, people[store.RoleMedical].get("/console/notices"), "医生想要肾病证据", "医学")
	pv.post("/console/notices/notice-pv/done")
	wantHas(t, pv.get("/console/notices"), "没有要转告的事", "已标记为处理过")
	pv.post("/console/notices/notice-pv/done")
	wantHas(t, pv.get("/console/notices"), "这一条已经处理过")
	rows, err := s.store.Audits(t.Context(), "doctor:"+w.waiting, 50)
	must(t, err)
	if len(rows) != 1 || rows[0].Action != "notice_close" || rows[0].Detail != store.TeamPV {
		t.Errorf("audit: %+v", rows)
	}
}
