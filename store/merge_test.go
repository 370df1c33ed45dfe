package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func value(field, code, label string) store.ImportedValue {
	return store.ImportedValue{Field: field, Value: `"` + code + `"`, Label: label}
}

// listed imports doctors and gives their ids by key.
func listed(t *testing.T, s *store.Store, im store.Import, rows ...store.MasterDoctor) map[string]string {
	t.Helper()
	fine(t)(s.ImportDoctors(t.Context(), im, batchOf(rows...)))
	ids := map[string]string{}
	for _, r := range rows {
		if r.Key == "" {
			continue
		}
		d, err := s.MasterDoctor(t.Context(), r.Key)
		if err != nil {
			t.Fatal(err)
		}
		ids[r.Key] = d.ID
	}
	return ids
}

func portrait(t *testing.T, s *store.Store, id string) map[string]string {
	t.Helper()
	rec, err := s.DoctorRecord(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range rec.Portrait {
		out[p.Field] = p.Label + "/" + p.Source
	}
	return out
}

// A follower is found to be somebody of the list: the follower stays, own answers stay in front, what the list knows besides goes over, and the key leads there.
func TestMergeDoctors(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oFollower", 1, "m1")
		id := turn.Doctor.ID
		turn.Doctor.Name, turn.Doctor.Followed = "林知远", true
		turn.Portrait = []store.PortraitValue{{Doctor: id, Field: "title", Value: `"deputy"`, Label: "副主任医师", Source: store.SourceAnswer, At: s.Now(), Confidence: 100}}
		turn.Tags = []store.Tag{{Doctor: id, Tag: "both", Source: store.SourceAnswer, At: 1}}
		commit(t, s, turn)
		im := intake(t, s)
		row := store.MasterDoctor{Key: "D1", Name: "林知远", Hospital: "h1", HospitalName: "甲医院", Department: "心内科", Title: "主治医师",
			Values: []store.ImportedValue{value("title", "attending", "主治医师"), value("position", "科副主任", "科副主任")}}
		from := listed(t, s, im, row)["D1"]
		for _, one := range []any{
			&store.Tag{Doctor: from, Tag: "both", Account: s.Account(), Source: store.SourceImport}, &store.Tag{Doctor: from, Tag: "listed", Account: s.Account(), Source: store.SourceImport},
			&store.Visit{ID: "v1", Account: s.Account(), Lead: "l1", Doctor: from, Rep: "r", Topics: "[]", Barriers: "[]"},
			&store.Lead{ID: "l1", Account: s.Account(), Doctor: from, Kind: "access", OpenKey: new(store.LeadOpenKey(from, "access")), Status: store.LeadNew, Lines: "[]", Version: 1},
			&store.Behaviour{Doctor: from, Account: s.Account(), Kind: store.DidAttend, Ref: "meeting:1", Topics: "[]"},
		} {
			if err := s.Put(t.Context(), one); err != nil {
				t.Fatal(err)
			}
		}
		before, err := s.LoadDoctor(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.MergeDoctors(t.Context(), from, id, store.MergeByPerson, "ops") // whichever way round
		if err != nil {
			t.Fatal(err)
		}
		if m.Kept != id || m.Gone != from || !strings.Contains(m.Detail, "D1") || m.Who() != "林知远" {
			t.Errorf("merge %+v", m)
		}
		want := map[string]string{"title": "副主任医师/answer", "position": "科副主任/import"}
		if diff := cmp.Diff(want, portrait(t, s, id)); diff != "" {
			t.Errorf("portrait (-want +got):\n%s", diff)
		}
		rec, err := s.DoctorRecord(t.Context(), id)
		if err != nil || len(rec.Tags) != 2 || len(rec.Visits) != 1 || len(rec.Leads) != 1 || rec.Doctor.HospitalName == "" || rec.Doctor.Version <= before.Version {
			t.Errorf("%d tags, %d visits, %d leads, %+v, %v", len(rec.Tags), len(rec.Visits), len(rec.Leads), rec.Doctor, err)
		}
		if d, err := s.MasterDoctor(t.Context(), "D1"); err != nil || d.ID != id {
			t.Errorf("the key leads to %s, %v", d.ID, err)
		}
		// The list again: the doctor is the same one, and still what the doctor said counts.
		if c := fine(t)(s.ImportDoctors(t.Context(), im, batchOf(row))); c.Same != 1 {
			t.Errorf("the list again: %+v", c)
		}
		row.Values[0], row.Values[1] = value("title", "chief", "主任医师"), value("position", "科主任", "科主任")
		if c := fine(t)(s.ImportDoctors(t.Context(), im, batchOf(row))); c.Changed != 1 {
			t.Errorf("a changed list: %+v", c)
		}
		want = map[string]string{"title": "副主任医师/answer", "position": "科主任/import"}
		if diff := cmp.Diff(want, portrait(t, s, id)); diff != "" {
			t.Errorf("portrait after the list (-want +got):\n%s", diff)
		}
		if page, err := s.DoctorPage(t.Context(), store.DoctorQuery{Size: 10}); err != nil || page.Total != 1 {
			t.Errorf("%d doctors in the list, %v", page.Total, err)
		}
		// Erased: the merge keeps no name, and the list makes a new entry that is nobody's follower.
		if _, err := s.Erase(t.Context(), id, store.EraseRequest); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Merges(t.Context(), store.MergeDoctor, 10); err != nil || len(all) != 1 || all[0].Who() != "" || strings.Contains(all[0].Detail, "D1") {
			t.Errorf("after the erasure: %+v, %v", all, err)
		}
		if c := fine(t)(s.ImportDoctors(t.Context(), im, batchOf(row))); c.Added != 1 {
			t.Errorf("the list after the erasure: %+v", c)
		}
		if d, err := s.MasterDoctor(t.Context(), "D1"); err != nil || d.ID == id || d.OpenID != "" || d.Erased() {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

func TestMergesThatAreRefused(t *testing.T) {
	s := storetest.SQLite(t)
	a, b := known(t, s, "oA"), known(t, s, "oB")
	commit(t, s, a)
	commit(t, s, b)
	im := intake(t, s)
	ids := listed(t, s, im, store.MasterDoctor{Key: "D1", Name: "甲"}, store.MasterDoctor{Key: "D2", Name: "甲"}, store.MasterDoctor{Key: "D3", Name: "乙"})
	if _, err := s.MergeDoctors(t.Context(), ids["D1"], ids["D2"], store.MergeByPerson, "ops"); err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]string{
		"two followers": {a.Doctor.ID, b.Doctor.ID}, "one doctor": {a.Doctor.ID, a.Doctor.ID}, "merged before": {ids["D3"], ids["D2"]},
	} {
		if _, err := s.MergeDoctors(t.Context(), pair[0], pair[1], store.MergeByPerson, "ops"); !errors.Is(err, store.ErrMerge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.MergeDoctors(t.Context(), ids["D3"], "nobody", store.MergeByPerson, "ops"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	// Both had keys: the one that went still leads to the one that stayed, and an import by it writes there.
	if d, err := s.MasterDoctor(t.Context(), "D2"); err != nil || d.ID != ids["D1"] {
		t.Errorf("D2 leads to %s, %v", d.ID, err)
	}
	fine(t)(s.ImportDoctors(t.Context(), im, batchOf(store.MasterDoctor{Key: "D2", Name: "甲", Values: []store.ImportedValue{value("position", "x", "科主任")}})))
	if got := portrait(t, s, ids["D1"]); got["position"] != "科主任/import" {
		t.Errorf("portrait %v", got)
	}
}

// Duplicates by rule: the same key; the same name, hospital and department where one of the two has no key of its own.
func TestImportFindsThePerson(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		im := intake(t, s)
		person := func(key, department string) store.MasterDoctor {
			return store.MasterDoctor{Key: key, Name: "王芳", Hospital: "h1", HospitalName: "甲医院", Department: department}
		}
		count := func(want store.Counts, rows ...store.MasterDoctor) {
			t.Helper()
			if got := fine(t)(s.ImportDoctors(t.Context(), im, batchOf(rows...))); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
		count(store.Counts{Added: 1}, person("", "心内科"))
		count(store.Counts{Same: 1}, person("", "心内科"))
		count(store.Counts{Changed: 1}, person("D1", "心内科")) // gets the key of the house
		count(store.Counts{Same: 1}, person("D1", "心内科"))
		count(store.Counts{Same: 1}, person("", "心内科"))    // still the same person
		count(store.Counts{Added: 1}, person("D2", "心内科")) // the house says that these are two
		count(store.Counts{Added: 1}, person("", "心内科"))   // which of the two, nobody knows: a person judges
		count(store.Counts{Added: 1}, person("", "肾内科"))
		count(store.Counts{Added: 1, Merged: 1}, person("D9", "药剂科"), person("D9", "药剂科"))
		twins, err := s.Twins(t.Context(), 50)
		if err != nil || len(twins) < 3 || twins[0].Same != "person" {
			t.Errorf("%d pairs to look at, %v", len(twins), err)
		}
		merges, err := s.Merges(t.Context(), store.MergeDoctor, 10)
		if err != nil || len(merges) != 1 || merges[0].How != store.MergeByRule {
			t.Errorf("merges by rule %+v, %v", merges, err)
		}
	})
}

func TestMergeHospitals(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		im := intake(t, s)
		fine(t)(s.ImportHospitals(t.Context(), im, batchOf(store.Hospital{ID: "a", Name: "云州市第一人民医院", Aliases: `["云一"]`, Province: "浙江"}, store.Hospital{ID: "b", Name: "云州一院", Aliases: `["云一"]`, Province: "浙江"})))
		if pairs, err := s.HospitalTwins(t.Context(), 10); err != nil || len(pairs) != 0 {
			t.Errorf("an alias in common is not enough: %v, %v", pairs, err)
		}
		doctor := listed(t, s, im, store.MasterDoctor{Key: "D", Name: "某", Hospital: "b", HospitalName: "云州一院", Values: []store.ImportedValue{value("hospital", "b", "云州一院")}})["D"]
		fine(t)(s.ImportAccess(t.Context(), im, batchOf(
			store.HospitalAccess{Hospital: "a", Product: "p1", State: store.AccessBought}, store.HospitalAccess{Hospital: "b", Product: "p1", State: store.AccessTouched}, store.HospitalAccess{Hospital: "b", Product: "p2", State: store.AccessIntent})))
		fine(t)(s.ImportReps(t.Context(), im, batchOf(store.RepRow{Rep: store.Rep{UserID: "r", Name: "代表"}, Territories: []store.Territory{{Kind: store.TerritoryHospital, Value: "b"}, {Kind: store.TerritoryHospital, Value: "a"}}})))
		stamp, err := s.HospitalStamp(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.MergeHospitals(t.Context(), "a", "b", store.MergeByPerson, "ops"); err != nil {
			t.Fatal(err)
		}
		if again, err := s.HospitalStamp(t.Context()); err != nil || again <= stamp {
			t.Errorf("the change is not seen: %d after %d, %v", again, stamp, err)
		}
		h, err := s.StandingHospital(t.Context(), "b")
		if err != nil || h.ID != "a" || !slices.Contains(h.Names(), "云州一院") {
			t.Errorf("%+v, %v", h, err)
		}
		d, err := s.DoctorRecord(t.Context(), doctor)
		if err != nil || d.Doctor.Hospital != "a" || d.Doctor.HospitalName != "云州市第一人民医院" {
			t.Errorf("%+v, %v", d.Doctor, err)
		}
		access, err := s.AccessOf(t.Context(), "a")
		if err != nil || len(access) != 2 || access[0].State != store.AccessBought || access[1].State != store.AccessIntent {
			t.Errorf("%+v, %v", access, err)
		}
		reps, err := s.Reps(t.Context())
		if err != nil || len(reps[0].Territories) != 1 || reps[0].Territories[0].Value != "a" {
			t.Errorf("%+v, %v", reps, err)
		}
		if all, err := s.Hospitals(t.Context()); err != nil || len(all) != 1 {
			t.Errorf("%d hospitals, %v", len(all), err)
		}
		// The list of the house again: what was merged stays merged.
		fine(t)(s.ImportHospitals(t.Context(), im, batchOf(store.Hospital{ID: "b", Name: "云州一院", Province: "浙江", Level: "3a"})))
		if h, err := s.Hospital(t.Context(), "b"); err != nil || h.MergedInto != "a" {
			t.Errorf("%+v, %v", h, err)
		}
		if _, err := s.MergeHospitals(t.Context(), "a", "b", store.MergeByPerson, "ops"); !errors.Is(err, store.ErrMerge) {
			t.Errorf("twice: %v", err)
		}
	})
}
