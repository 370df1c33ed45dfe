package store_test

import (
	"slices"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// What names the doctor in the id of a row does not stay, nothing of an erased doctor begins to be sent again, and who comes back is asked like anybody.
func TestAnErasedDoctorComesBack(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		withReps(t, s, "r1", "new")
		id := asked(t, s, "oA", 100, nil)
		c := draft(t, s, store.CampaignAccess, 10)
		move(t, s, c.ID, "start", "second")
		if got := fillCampaign(t, s, c.ID, 20261122, 10); got.Planned != 1 {
			t.Fatalf("%d planned", got.Planned)
		}
		move(t, s, c.ID, "pause", "")
		before, err := s.ProposeTransfer(t.Context(), id, "new", store.TransferAsked, "想换一位")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(t.Context(), &store.Influence{ID: id, Account: s.Account(), Doctor: "another", Kind: store.InfluenceReferral, Other: id}); err != nil {
			t.Fatal(err)
		}
		ids := keysOf(t, s)
		erased(t, s, id, store.EraseRequest)
		for _, key := range keysOf(t, s) {
			if slices.Contains(ids, key) {
				t.Errorf("the row %s has its id still", key)
			}
		}
		move(t, s, c.ID, "resume", "")
		if due, err := s.DuePushes(t.Context(), 10); err != nil || len(due) > 0 {
			t.Errorf("pushes for nobody: %+v, %v", due, err)
		}
		after, err := s.ProposeTransfer(t.Context(), id, "new", store.TransferAsked, "想换一位")
		if err != nil || after.ID != before.ID {
			t.Fatalf("%+v, %v", after, err)
		}
		if row, err := s.Transfer(t.Context(), after.ID); err != nil || row.Status != store.TransferProposed {
			t.Errorf("the wish of who came back is lost: %+v, %v", row, err)
		}
	})
}

// keysOf are the ids of rows that outlive a doctor.
func keysOf(t *testing.T, s *store.Store) []string {
	t.Helper()
	var all []string
	for _, record := range []any{&store.Push{}, &store.Transfer{}, &store.Influence{}} {
		var some []string
		if err := s.DB(t.Context()).Model(record).Pluck("id", &some).Error; err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}
