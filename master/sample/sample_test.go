package sample_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/master/sample"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

var at = time.Date(2026, 11, 22, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))

func followers(n int) ([]string, error) {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("oSample%06d", i)
	}
	return ids, nil
}

// The same seed makes the same world, another seed another one.
func TestSampleIsDrawnFromItsSeed(t *testing.T) {
	var worlds []*sample.World
	for _, seed := range []uint64{1, 1, 2} {
		w, err := sample.Make(seed, sample.Size{Hospitals: 30, Reps: 5, Doctors: 200}, at)
		if err != nil {
			t.Fatal(err)
		}
		worlds = append(worlds, w)
	}
	hidden := cmpopts.IgnoreUnexported(sample.World{})
	if diff := cmp.Diff(worlds[0], worlds[1], hidden); diff != "" {
		t.Errorf("one seed, two worlds: %s", diff)
	}
	if cmp.Equal(worlds[0], worlds[2], hidden) {
		t.Error("two seeds, one world")
	}
}

// Nothing of the sample lies in the future, and every rule of the master data holds in it.
func TestSampleIsPlausible(t *testing.T) {
	w, err := sample.Make(1, sample.Whole(), at)
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Hospitals) != 120 || len(w.Reps) != 25 || len(w.People) != 2000 || len(w.Products) != 3 || len(w.Access) != 360 {
		t.Fatalf("%d hospitals, %d reps, %d doctors, %d products, %d access states", len(w.Hospitals), len(w.Reps), len(w.People), len(w.Products), len(w.Access))
	}
	now, first := at.UnixMilli(), at.AddDate(0, 0, -181).UnixMilli()
	follow, visits, leads := 0, 0, 0
	names := map[string]bool{}
	for _, p := range w.People {
		names[p.Name] = true
		if p.Follows {
			follow++
		}
		for _, d := range p.Deeds {
			if d.At > now || d.At < first {
				t.Fatalf("%s did %s at %v", p.Key, d.Kind, time.UnixMilli(d.At))
			}
		}
		if p.Lead != nil {
			leads++
		}
		if p.Visit != nil {
			visits++
			if p.Visit.At > now || p.Visit.At < p.Lead.AcceptedAt {
				t.Fatalf("%s was visited at %v", p.Key, time.UnixMilli(p.Visit.At))
			}
		}
	}
	t.Logf("%d follow, %d leads, %d visits, %d names", follow, leads, visits, len(names))
	if follow < 1100 || follow > 1500 || leads < 150 || visits < 100 || len(names) < 1900 {
		t.Errorf("%d follow, %d leads, %d visits, %d names", follow, leads, visits, len(names))
	}
}

// Written twice it is there once, also when the first writing was cut short; on data of a house it is not written at all.
func TestSampleIsWrittenOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, st *store.Store) {
		for range 2 {
			w, err := sample.Make(7, sample.Size{Hospitals: 20, Reps: 5, Doctors: 150}, at)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Write(t.Context(), st, sample.Options{Followers: followers}); err != nil {
				t.Fatal(err)
			}
		}
		page, err := st.DoctorPage(t.Context(), store.DoctorQuery{Size: 200})
		if err != nil {
			t.Fatal(err)
		}
		merged, doubles := 0, 0
		if rows, err := st.Merges(t.Context(), store.MergeDoctor, 50); err == nil {
			merged = len(rows)
		}
		if twins, err := st.Twins(t.Context(), 50); err == nil {
			doubles = len(twins)
		}
		if page.Total < 150 || page.Total > 155 || merged == 0 || doubles == 0 {
			t.Errorf("%d doctors, %d merged, %d doubles", page.Total, merged, doubles)
		}
		hospitals, err := st.Hospitals(t.Context())
		if err != nil || len(hospitals) != 20 {
			t.Errorf("%d hospitals, %v", len(hospitals), err)
		}
	})
	st := storetest.SQLite(t)
	im, err := st.BeginImport(t.Context(), store.Import{Kind: store.KindHospitals, Name: "own"})
	if err != nil {
		t.Fatal(err)
	}
	own := func(do func([]store.Hospital) error) error {
		return do([]store.Hospital{{ID: "own", Name: "自有医院"}})
	}
	if _, err := st.ImportHospitals(t.Context(), im, own); err != nil {
		t.Fatal(err)
	}
	w, err := sample.Make(7, sample.Size{Hospitals: 5, Reps: 2, Doctors: 10}, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(t.Context(), st, sample.Options{Followers: followers}); err != nil {
		t.Fatal(err)
	}
	if hospitals, err := st.Hospitals(t.Context()); err != nil || len(hospitals) != 1 {
		t.Errorf("the house's own data got a sample: %d hospitals, %v", len(hospitals), err)
	}
}

// TestSampleIsQuick says how long the world of the demo takes.
func TestSampleIsQuick(t *testing.T) {
	st := storetest.SQLite(t)
	start := time.Now()
	w, err := sample.Make(1, sample.Whole(), at)
	if err != nil {
		t.Fatal(err)
	}
	made := time.Since(start)
	if err := w.Write(t.Context(), st, sample.Options{Followers: followers}); err != nil {
		t.Fatal(err)
	}
	t.Logf("made in %v, written in %v", made, time.Since(start)-made)
	if twins, err := st.Twins(t.Context(), 100); err != nil || len(twins) < 5 {
		t.Errorf("%d doubles for the merge page, %v", len(twins), err)
	}
}
