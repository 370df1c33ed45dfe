package store_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// batchOf gives rows that are in memory.
func batchOf[T any](rows ...T) store.Batches[T] {
	return func(do func([]T) error) error { return do(rows) }
}

// intake books an import in earnest and ends it with the test.
func intake(t *testing.T, s *store.Store) store.Import {
	t.Helper()
	im, err := s.BeginImport(t.Context(), store.Import{Kind: store.KindHospitals, Name: "list.xlsx", Actor: "ops"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		im.Status = store.ImportDone
		if err := s.EndImport(t.Context(), im); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return im
}

func fine(t *testing.T) func(store.Counts, error) store.Counts {
	return func(c store.Counts, err error) store.Counts {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// S1-34: the price of a product by place, with its basis and the days for which it holds; what is unknown, over, not begun or not approved is none.
func TestS1_34_PriceOfAPlace(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		im, now := intake(t, s), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		at := now.UnixMilli()
		price := func(id, province, city, amount string, from, until int64) store.Price {
			return store.Price{ID: id, Product: "p1", Spec: "80mg", Package: "28片/盒", Province: province, City: city, Amount: amount, Unit: "元/盒", Kind: "bid", Policy: "省级平台公告", FromAt: from, UntilAt: until, ApprovedBy: "准入部"}
		}
		unapproved, baseless := price("g", "广东", "", "1.00", at-1, 0), price("h", "福建", "", "1.00", at-1, 0)
		unapproved.ApprovedBy, baseless.Policy = "", ""
		fine(t)(s.ImportProducts(t.Context(), im, batchOf(store.Product{ID: "p1", Name: "示例沙坦片", Generic: "示例沙坦", Active: true}, store.Product{ID: "p2", Name: "停用片", Generic: "停用"})))
		fine(t)(s.ImportHospitals(t.Context(), im, batchOf(
			store.Hospital{ID: "hz", Name: "杭一", Province: "浙江", City: "杭州"}, store.Hospital{ID: "nb", Name: "宁一", Province: "浙江", City: "宁波"},
			store.Hospital{ID: "sc", Name: "川一", Province: "四川"}, store.Hospital{ID: "hb", Name: "鄂一", Province: "湖北"}, store.Hospital{ID: "ah", Name: "皖一", Province: "安徽"},
			store.Hospital{ID: "gd", Name: "粤一", Province: "广东"}, store.Hospital{ID: "fj", Name: "闽一", Province: "福建"}, store.Hospital{ID: "old", Name: "老杭一", Province: "浙江"})))
		fine(t)(s.ImportPrices(t.Context(), im, batchOf(
			price("a", "浙江", "", "28.50", at-2000, 0), price("b", "浙江", "杭州", "28.00", at-1000, at+1000), price("c", "浙江", "", "30.00", at-9000, at-2000),
			price("d", "四川", "", "27.00", at-9000, at), price("e", "安徽", "", "26.00", at+1, 0), unapproved, baseless)))
		if _, err := s.MergeHospitals(t.Context(), "hz", "old", store.MergeByPerson, "ops"); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			hospital, product, want string
			at                      time.Time
		}{
			{"hz", "示例沙坦片", "28.00", now}, {"hz", "示例沙坦", "28.00", now}, {"hz", "p1", "28.00", now}, {"old", "p1", "28.00", now}, {"nb", "p1", "28.50", now},
			{"hz", "p1", "28.50", now.Add(time.Second)}, // that of the city is over
			{"nb", "p1", "30.00", now.Add(-5 * time.Second)},
			{"sc", "p1", "", now}, {"hb", "p1", "", now}, {"ah", "p1", "", now}, {"gd", "p1", "", now}, {"fj", "p1", "", now},
			{"nowhere", "p1", "", now}, {"", "p1", "", now}, {"hz", "别的药", "", now}, {"hz", "停用片", "", now},
		} {
			rows, err := s.PricesAt(t.Context(), tt.hospital, tt.product, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(rows) > 0 {
				got = rows[0].Amount
			}
			if got != tt.want || len(rows) > 1 {
				t.Errorf("%s at %s, %v: %q of %d, want %q", tt.product, tt.hospital, tt.at.Sub(now), got, len(rows), tt.want)
			}
		}
	})
}

// S1-41: a round of procurement with product, provinces, agreed share and period, and what each hospital does about it.
func TestS1_41_ProcurementModel(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		im := intake(t, s)
		batch := store.Batch{ID: "gc7", Product: "p1", Name: "第七批", Kind: "national", Status: "won", Provinces: `["浙江","江苏"]`, Share: 50, BeginsAt: 1000, EndsAt: 9000}
		access := store.HospitalAccess{Hospital: "h1", Product: "p1", Batch: "gc7", State: store.AccessIntent, Reported: "yes", Drug: "no", Decile: 8, MeetingAt: 5000}
		for want := range 2 {
			a, b := fine(t)(s.ImportBatches(t.Context(), im, batchOf(batch))), fine(t)(s.ImportAccess(t.Context(), im, batchOf(access)))
			if a.Same+b.Same != 2*want || a.Added+b.Added != 2-2*want {
				t.Errorf("import number %d: %+v %+v", want+1, a, b)
			}
		}
		rows, err := s.BatchList(t.Context())
		if err != nil || len(rows) != 1 || rows[0].Share != 50 || !slices.Equal(rows[0].Where(), []string{"浙江", "江苏"}) || rows[0].BeginsAt != 1000 {
			t.Errorf("%+v, %v", rows, err)
		}
		// An empty cell leaves what is known; a filled one changes it.
		moved := store.HospitalAccess{Hospital: "h1", Product: "p1", State: store.AccessAdmitted}
		if c := fine(t)(s.ImportAccess(t.Context(), im, batchOf(moved))); c.Changed != 1 {
			t.Errorf("moved on: %+v", c)
		}
		of, err := s.AccessOf(t.Context(), "h1")
		if err != nil || len(of) != 1 || of[0].State != store.AccessAdmitted || of[0].Decile != 8 || of[0].Reported != "yes" || of[0].Source != store.ImportRef(im.ID) {
			t.Errorf("%+v, %v", of, err)
		}
		unknown := store.Batch{ID: "x", Product: "p1", Name: "x", Status: "backup"}
		fine(t)(s.ImportBatches(t.Context(), im, batchOf(unknown)))
		if rows, err := s.BatchList(t.Context()); err != nil || !slices.ContainsFunc(rows, func(b store.Batch) bool { return b.ID == "x" && b.Share == -1 }) {
			t.Errorf("an unknown share: %+v, %v", rows, err)
		}
	})
}

// S1-42: hospitals that the procurement obliges and nobody looks after.
func TestS1_42_WhiteSpace(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		im, now := intake(t, s), s.Now()
		var hospitals []store.Hospital
		for _, id := range []string{"white", "touched", "owned", "visited", "elsewhere"} {
			hospitals = append(hospitals, store.Hospital{ID: id, Name: id + "医院", Province: map[bool]string{true: "四川", false: "浙江"}[id == "elsewhere"]})
		}
		fine(t)(s.ImportHospitals(t.Context(), im, batchOf(hospitals...)))
		white := func() []string {
			t.Helper()
			page, err := s.HospitalPage(t.Context(), store.HospitalQuery{Product: "p1", White: true, Size: 50})
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, r := range page.Rows {
				ids = append(ids, r.ID)
			}
			slices.Sort(ids)
			return ids
		}
		if got := white(); len(got) != 0 {
			t.Errorf("without a batch: %v", got)
		}
		fine(t)(s.ImportBatches(t.Context(), im, batchOf(
			store.Batch{ID: "b", Product: "p1", Name: "b", Status: "won", Provinces: `["浙江"]`, BeginsAt: now - 1000, EndsAt: now + 1e9},
			store.Batch{ID: "over", Product: "p1", Name: "over", Status: "won", Provinces: `["四川"]`, BeginsAt: now - 2000, EndsAt: now - 1000})))
		fine(t)(s.ImportAccess(t.Context(), im, batchOf(store.HospitalAccess{Hospital: "touched", Product: "p1", State: store.AccessTouched}, store.HospitalAccess{Hospital: "white", Product: "p1", State: store.AccessUntouched})))
		fine(t)(s.ImportReps(t.Context(), im, batchOf(store.RepRow{Rep: store.Rep{UserID: "r", Name: "代表", Active: true}, Territories: []store.Territory{{Kind: store.TerritoryHospital, Value: "owned"}}})))
		fine(t)(s.ImportDoctors(t.Context(), im, batchOf(store.MasterDoctor{Key: "D", Name: "某", Hospital: "visited", HospitalName: "visited医院"})))
		d, err := s.MasterDoctor(t.Context(), "D")
		if err != nil {
			t.Fatal(err)
		}
		visit := store.Visit{ID: "v", Account: s.Account(), Lead: "l", Doctor: d.ID, Rep: "r", At: now - 1000, Topics: "[]", Barriers: "[]"}
		if err := s.Put(t.Context(), &visit); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"white"}, white()); diff != "" {
			t.Errorf("white space (-want +got):\n%s", diff)
		}
	})
}

// S2-14: sales enter as a decile of the institution. No record about a doctor has a column for a quantity of boxes or prescriptions.
func TestS2_14_NoSalesOfADoctor(t *testing.T) {
	deciles := 0
	for _, r := range store.Records() {
		typ := reflect.TypeOf(r).Elem()
		_, doctor := typ.FieldByName("Doctor")
		_, talk := typ.FieldByName("Conversation")
		for i := range typ.NumField() {
			name := strings.ToLower(typ.Field(i).Name)
			for _, word := range []string{"sale", "box", "prescription", "quantity", "volume", "decile", "revenue", "rx"} {
				if !strings.Contains(name, word) {
					continue
				}
				if doctor || talk || typ.Name() == "Doctor" {
					t.Errorf("%s.%s is a figure of sales of a doctor", typ.Name(), typ.Field(i).Name)
				}
				deciles++
			}
		}
	}
	if deciles != 1 {
		t.Errorf("%d columns for figures of sales, want the decile of an institution alone", deciles)
	}
}

func TestImportsOneAtATime(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	clock := func(o *store.Options) { o.Now = func() time.Time { return now } }
	for _, open := range []func(testing.TB, ...storetest.Option) *store.Store{storetest.SQLite, storetest.MariaDB} {
		s := open(t, clock)
		first, err := s.BeginImport(t.Context(), store.Import{Kind: store.KindDoctors})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.BeginImport(t.Context(), store.Import{Kind: store.KindPrices}); !errors.Is(err, store.ErrImportRunning) {
			t.Errorf("a second import: %v", err)
		}
		dry, err := s.BeginImport(t.Context(), store.Import{Kind: store.KindPrices, Status: store.ImportDry})
		if err != nil {
			t.Errorf("a dry run beside it: %v", err)
		}
		if err := s.EndImport(t.Context(), dry); err != nil {
			t.Error(err)
		}
		first.Status = store.ImportDone
		if err := s.EndImport(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BeginImport(t.Context(), store.Import{Kind: store.KindPrices}); err != nil {
			t.Errorf("after the end: %v", err)
		}
		now = now.Add(2 * time.Minute) // its process died
		if _, err := s.BeginImport(t.Context(), store.Import{Kind: store.KindPrices}); err != nil {
			t.Errorf("after a death: %v", err)
		}
		rows, err := s.Imports(t.Context(), 10)
		if err != nil || len(rows) != 4 {
			t.Fatalf("%d imports, %v", len(rows), err)
		}
		states := map[string]int{}
		for _, r := range rows {
			states[r.Status]++
		}
		if diff := cmp.Diff(map[string]int{store.ImportDone: 1, store.ImportDry: 1, store.ImportFailed: 1, store.ImportRunning: 1}, states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		now = now.Add(-2 * time.Minute)
	}
}
