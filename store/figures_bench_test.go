package store_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

var figureDoctors = flag.Int("figuredoctors", 300, "doctors of the count of figures; each did ten things")

// TestFiguresOfMany counts a month of as many doctors as the flag says, with ten behaviours each, and reads what the pages show. It prints, and gates nothing
// on a clock: pages are asked for in less than a second at 100,000 doctors and 1,000,000 behaviours.
func TestFiguresOfMany(t *testing.T) {
	s := storetest.MariaDB(t)
	lib, _ := flows.Load(library.FS)
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	in := insight.New(insight.Options{Store: s, Library: func() *flows.Library { return lib }, Now: func() time.Time { return now }})
	began := time.Now()
	many(t, s, *figureDoctors)
	t.Logf("%d doctors written in %s", *figureDoctors, time.Since(began).Round(time.Second))
	began = time.Now()
	var august insight.Month
	for _, m := range in.Months() {
		if m.Name == "2026-08" {
			august = m
		}
	}
	if err := in.CountMonth(t.Context(), august); err != nil {
		t.Fatal(err)
	}
	t.Logf("one month counted in %s", time.Since(began).Round(time.Millisecond))
	cells, err := s.Figures(t.Context(), "2026-08", "2026-08")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range in.Months() { // every month of the page as large as this one
		if err := s.SaveFigures(t.Context(), m.Name, append([]store.Figure(nil), cells...)); err != nil {
			t.Fatal(err)
		}
	}
	began = time.Now()
	all, err := s.Figures(t.Context(), "2025-12", "2026-11")
	if err != nil {
		t.Fatal(err)
	}
	c := insight.Calibrate(insight.TierClass, all)
	insight.Concentrate(insight.TierClass, all)
	t.Logf("a page of twelve months: %d cells read and laid together in %s", len(all), time.Since(began).Round(time.Microsecond))
	if c.N != *figureDoctors*12 {
		t.Errorf("%d predictions, want %d", c.N, *figureDoctors*12)
	}
}

// many writes doctors as the loop would, without the turns that led to them.
func many(t *testing.T, s *store.Store, n int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	since, day := time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC).UnixMilli(), int64(24*time.Hour/time.Millisecond)
	const page = 500
	for done := 0; done < n; done += page {
		var doctors []store.Doctor
		var facets []store.Facets
		var did []store.Behaviour
		var changes []store.Change
		for i := done; i < min(done+page, n); i++ {
			id := fmt.Sprintf("%032x", i)
			class := []string{"A", "B", "C", "D"}[r.IntN(4)]
			doctors = append(doctors, store.Doctor{ID: id, Account: storetest.Account, OpenID: id, Level: 2, Followed: true, CreatedAt: since})
			facets = append(facets, store.Facets{Doctor: id, Account: storetest.Account, Level: 2, Class: class, LeadGrade: "warm", Province: fmt.Sprint("p", r.IntN(30)), Since: since})
			if i%3 == 0 {
				changes = append(changes, store.Change{Account: storetest.Account, Doctor: id, Product: "sample_sartan", Kind: store.ChangeClass, Before: "C", After: class, At: since + int64(r.IntN(250))*day})
			}
			for k := range 10 {
				did = append(did, store.Behaviour{Account: storetest.Account, Doctor: id, Kind: []string{store.DidSent, store.DidOpen, store.DidRead, store.DidReply}[r.IntN(4)], Topics: "[]",
					Object: "c", Amount: 60, Ref: fmt.Sprint(k), At: since + int64(r.IntN(290))*day})
			}
		}
		db := s.DB(t.Context())
		for _, rows := range []any{&doctors, &facets, &did, &changes} {
			if err := db.CreateInBatches(rows, 1000).Error; err != nil {
				t.Fatal(err)
			}
		}
	}
}
