package insight

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// turn commits one turn of a doctor and gives the doctor's id.
func turn(t *testing.T, s *store.Store, openID string, change func(*store.Turn)) string {
	t.Helper()
	id := store.DoctorID(storetest.Account, openID)
	old, err := s.Dossier(t.Context(), id)
	d := store.Doctor{ID: id, OpenID: openID, Level: 2, Followed: true}
	if err == nil {
		d = old.Doctor
	}
	seq := s.Now()
	if last, err := s.LastTurn(t.Context(), id); err == nil {
		seq = last.Seq + 1
	}
	u := &store.Turn{Doctor: d, Journal: store.Journal{Conversation: id, Seq: seq, MessageKey: id + time.Now().Format("150405.000000000"), Kind: "text"}}
	change(u)
	if _, err := s.CommitTurn(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestFacetsFollowATurn(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s})
		id := turn(t, s, "o1", func(u *store.Turn) {
			u.Portrait = []store.PortraitValue{{Doctor: u.Doctor.ID, Field: "department", Value: `"cardiology"`, Source: store.SourceAnswer}}
		})
		if n, err := in.Sweep(t.Context()); err != nil || n != 1 {
			t.Fatalf("claimed %d, %v", n, err)
		}
		got, err := s.Facets(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := store.Facets{Doctor: id, Account: storetest.Account, Level: 2, Followed: true, Department: "cardiology"}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(store.Facets{}, "UpdatedAt")); diff != "" {
			t.Errorf("facets (-want +got):\n%s", diff)
		}
		if n, err := in.Sweep(t.Context()); err != nil || n != 0 {
			t.Errorf("claimed %d again, %v", n, err)
		}
	})
}
