package master_test

import (
	"testing"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// S2-08: standing among colleagues is a field of the portrait that lists bring in, with its own closed set of words; segments read it, and it is no rank of a
// super customer.
func TestS2_08_TierIsAField(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, st *store.Store) {
		lib, _ := flows.Load(library.FS)
		path := saved(t, "doctors.csv", []byte("主数据编码,姓名,医院,科室,学术影响\nD1,林知远,甲医院,心内科,全国\nD2,周明远,甲医院,心内科,无\nD3,许清,甲医院,心内科,\n"))
		if r := run(t, st, store.KindDoctors, path); !r.OK() || r.Import.Added != 3 {
			t.Fatalf("%+v %v", r.Import, r.Problems)
		}
		in := insight.New(insight.Options{Store: st, Library: func() *flows.Library { return lib }})
		for n, err := in.Sweep(t.Context()); n > 0; n, err = in.Sweep(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
		for source, want := range map[string]int64{"profile.kol_tier == national": 1, "profile.kol_tier == none": 1, "profile.kol_tier is empty": 1} {
			g, ps := lib.Segment(source)
			if g == nil {
				t.Fatal(ps)
			}
			if n, err := st.CountDoctors(t.Context(), in.Filter(g)); err != nil || n != want {
				t.Errorf("%s: %d doctors, %v, want %d", source, n, err, want)
			}
		}
		d, err := st.MasterDoctor(t.Context(), "D1")
		if err != nil {
			t.Fatal(err)
		}
		rec, err := st.DoctorRecord(t.Context(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, p := range rec.Portrait {
			found = found || p.Field == "kol_tier" && p.Label == "全国" && p.Source == store.SourceImport
		}
		if !found {
			t.Errorf("portrait %+v", rec.Portrait)
		}
		bad := saved(t, "bad.csv", []byte("主数据编码,姓名,医院,科室,学术影响\nD4,陈立,甲医院,心内科,超级客户\n"))
		if r := run(t, st, store.KindDoctors, bad); r.OK() || r.Import.Added != 0 {
			t.Errorf("a super customer is no tier: %+v", r.Import)
		}
	})
}
