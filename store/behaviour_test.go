package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// deeds lists what a doctor did, in order, as kind, object and amount.
func deeds(t *testing.T, s *store.Store, doctor string) []store.Behaviour {
	t.Helper()
	var rows []store.Behaviour
	if err := s.DB(t.Context()).Where("doctor = ?", doctor).Order("id").Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		rows[i].ID, rows[i].Doctor, rows[i].Account = 0, "", ""
	}
	return rows
}

func TestDeedsAreToldByTheirRef(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		s.UseTopics(func(content string) []string { return map[string][]string{"lit1": {"anaemia"}}[content] })
		turn := newTurn("oA", 1, "1")
		turn.Did = []store.Behaviour{{Doctor: turn.Doctor.ID, Kind: store.DidReply, Object: "first_visit", Ref: "r1", At: 5}}
		commit(t, s, turn)
		id := turn.Doctor.ID
		read := func(seconds int, at int64) store.Behaviour {
			return store.Behaviour{Doctor: id, Kind: store.DidRead, Object: "lit1", Ref: "read:1", Amount: seconds, At: at}
		}
		s.DB(t.Context()).Model(&store.Doctor{}).Where("id = ?", id).UpdateColumn("refresh_at", 0)
		for _, rows := range [][]store.Behaviour{{read(10, 7)}, {read(60, 8)}, {read(30, 9)}, {read(20, 9), read(61, 9)}, nil} {
			if err := s.Did(t.Context(), rows...); err != nil {
				t.Fatal(err)
			}
		}
		want := []store.Behaviour{
			{Kind: store.DidReply, Object: "first_visit", Topics: "[]", Ref: "r1", At: 5},
			{Kind: store.DidRead, Object: "lit1", Topics: `["anaemia"]`, Amount: 61, Ref: "read:1", At: 7},
		}
		if diff := cmp.Diff(want, deeds(t, s, id)); diff != "" {
			t.Errorf("deeds (-want +got):\n%s", diff)
		}
		if f, err := s.LoadDoctor(t.Context(), id); err != nil || f.RefreshAt == 0 {
			t.Errorf("not marked: %+v, %v", f.Doctor, err)
		}
	})
}

// TestIgnoreAfterThreeDays: what was sent and not opened within 72 hours is ignored, once; what was opened in time is not.
func TestIgnoreAfterThreeDays(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oA", 1, "1")
		id := turn.Doctor.ID
		now := time.Now()
		at := func(h int) int64 { return now.Add(-time.Duration(h) * time.Hour).UnixMilli() }
		sent := func(content string, h int) store.Behaviour {
			return store.Behaviour{Doctor: id, Kind: store.DidSent, Object: content, Ref: store.SentRef(content), At: at(h), Topics: `["t"]`}
		}
		turn.Did = []store.Behaviour{
			sent("opened", 100), sent("ignored", 100), sent("late", 100), sent("new", 71),
			{Doctor: id, Kind: store.DidOpen, Object: "opened", Ref: "open:1", At: at(90)},
			{Doctor: id, Kind: store.DidOpen, Object: "late", Ref: "open:2", At: at(1)},
		}
		commit(t, s, turn)
		last, n, err := s.IgnoreUnopened(t.Context(), store.SentMark{}, 100)
		if err != nil || n != 2 {
			t.Fatalf("%d ignored, %v", n, err)
		}
		for _, after := range []store.SentMark{{}, last} {
			if _, n, err := s.IgnoreUnopened(t.Context(), after, 100); err != nil || n != 0 {
				t.Errorf("again after %v: %d, %v", after, n, err)
			}
		}
		var got []string
		for _, b := range deeds(t, s, id) {
			if b.Kind == store.DidIgnore {
				got = append(got, b.Object+" "+b.Topics)
			}
		}
		if diff := cmp.Diff([]string{`ignored ["t"]`, `late ["t"]`}, got); diff != "" {
			t.Errorf("ignored (-want +got):\n%s", diff)
		}
	})
}
