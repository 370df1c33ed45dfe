package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestNewestConsentCounts also for a decision that was taken back and given again.
func TestNewestConsentCounts(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := store.DoctorID(storetest.Account, "oA")
		for seq := int64(1); seq <= 12; seq++ {
			turn := newTurn("oA", seq, fmt.Sprint("m", seq))
			turn.Consents = []store.Consent{
				{Conversation: id, Seq: seq, Purpose: "profile", Granted: seq%2 == 0, At: seq},
				{Conversation: id, Seq: seq, Purpose: "share_with_rep", Granted: seq%2 == 1, At: seq},
			}
			commit(t, s, turn)
		}
		f, err := s.LoadDoctor(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range f.Consents {
			got = append(got, fmt.Sprint(c.Purpose, " ", c.Seq, " ", c.Granted))
		}
		if diff := cmp.Diff([]string{"profile 12 true", "share_with_rep 12 false"}, got); diff != "" {
			t.Errorf("consents (-want +got):\n%s", diff)
		}
	})
}

// TestFactsOfTheOpenCase: the newest case whose intake is not finished, and none after that.
func TestFactsOfTheOpenCase(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oA", 1, "m1")
		id := turn.Doctor.ID
		turn.Cases = []store.Case{
			{No: "AE3", Doctor: id, Status: store.CaseReported, OpenedAt: 9}, {No: "AE2", Doctor: id, Status: store.CaseOpen, OpenedAt: 5},
			{No: "AE1", Doctor: id, Status: store.CaseOpen, OpenedAt: 7},
		}
		turn.Tags = []store.Tag{{Doctor: id, Tag: "gone", RemovedAt: 3}}
		commit(t, s, turn)
		f, err := s.LoadDoctor(t.Context(), id)
		if err != nil || f.OpenCase != "AE1" || len(f.Tags) != 0 {
			t.Errorf("open case %q, tags %v, %v", f.OpenCase, f.Tags, err)
		}
	})
}

// TestManyLoads: everybody gets the own doctor, and lists that nobody else writes to.
func TestManyLoads(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for i := range 8 {
			turn := newTurn(fmt.Sprint("o", i), 1, fmt.Sprint("m", i))
			turn.Portrait[0].Label = fmt.Sprint("科", i)
			commit(t, s, turn)
		}
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				f, err := s.LoadDoctor(t.Context(), store.DoctorID(storetest.Account, fmt.Sprint("o", i%9)))
				if i%9 == 8 {
					if !errors.Is(err, store.ErrNotFound) {
						t.Errorf("stranger: %v", err)
					}
					return
				}
				if err != nil || f.OpenID != fmt.Sprint("o", i%9) || len(f.Portrait) != 1 || f.Portrait[0].Label != fmt.Sprint("科", i%9) {
					t.Errorf("doctor %d: %+v, %v", i%9, f, err)
					return
				}
				f.Portrait[0].Label = "changed by the caller"
			})
		}
		wg.Wait()
	})
}

func TestFlowVersions(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for _, bundle := range []string{"first", "second"} {
			if err := s.SaveFlowVersion(t.Context(), store.FlowVersion{Hash: "h1", Flow: "first_visit", Bundle: []byte(bundle)}); err != nil {
				t.Fatal(err)
			}
		}
		v, err := s.FlowVersion(t.Context(), "h1")
		if err != nil || string(v.Bundle) != "first" || v.Account != storetest.Account || v.At == 0 {
			t.Errorf("version %+v, %v", v, err)
		}
	})
}

// TestBytesThatAreNoText must not cost a message.
func TestBytesThatAreNoText(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oA", 1, "m1")
		turn.Doctor.Name = "张\xff"
		turn.Answers[0].Raw, turn.Answers[0].Value = "好\xe4\xb8", "\"\xff\x00\""
		turn.Journal.Event = []byte("\xff\x00\xfe")
		commit(t, s, turn)
		j, err := s.TurnByKey(t.Context(), "m1")
		if err != nil || string(j.Event) != "\xff\x00\xfe" {
			t.Errorf("event %q, %v", j.Event, err)
		}
		rec, err := s.DoctorRecord(t.Context(), turn.Doctor.ID)
		if err != nil || len(rec.Answers) != 1 || rec.Answers[0].Raw != "好\uFFFD" {
			t.Errorf("answer is not kept as text: %+v, %v", rec.Answers, err)
		}
	})
}

// TestEveryConnectionIsSet: isolation, strictness, zone and character set hold on both pools.
func TestEveryConnectionIsSet(t *testing.T) {
	s := storetest.MariaDB(t)
	var got struct{ Isolation, Zone, Charset, Collation, Mode string }
	err := s.DB(t.Context()).Raw(`SELECT @@tx_isolation AS isolation, @@time_zone AS zone, @@character_set_client AS charset,
		@@collation_connection AS collation, @@sql_mode LIKE '%STRICT_TRANS_TABLES%' AS mode`).Scan(&got).Error
	if err != nil {
		t.Fatal(err)
	}
	want := got
	want.Isolation, want.Zone, want.Charset, want.Collation, want.Mode = "READ-COMMITTED", "+00:00", "utf8mb4", "utf8mb4_bin", "1"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("connection (-want +got):\n%s", diff)
	}
}
