package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestReps(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		zhang := store.Rep{UserID: "zhang", Name: "张三", FilingNo: "BA-1", FilingUntil: 5, Active: true}
		for _, r := range []store.Rep{zhang, {UserID: " li ", Name: "李四"}} {
			if err := s.SaveRep(ctx, r); err != nil {
				t.Fatal(err)
			}
		}
		zhang.FilingUntil, zhang.Active, zhang.Account = 9, false, storetest.Account
		if err := s.SaveRep(ctx, zhang); err != nil {
			t.Fatal(err)
		}
		lands := []store.Territory{{Kind: store.TerritoryHospital, Value: " pumch "}, {Kind: store.TerritoryHospital, Value: "pumch"}, {Kind: store.TerritoryAll, Value: "x"}}
		for range 2 {
			if err := s.SetTerritories(ctx, "zhang", lands); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Reps(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want := []store.RepEntry{
			{Rep: store.Rep{UserID: "li", Account: storetest.Account, Name: "李四"}},
			{Rep: zhang, Territories: []store.Territory{
				{Rep: "zhang", Kind: store.TerritoryAll, Account: storetest.Account},
				{Rep: "zhang", Kind: store.TerritoryHospital, Value: "pumch", Account: storetest.Account},
			}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reps (-want +got):\n%s", diff)
		}
		if err := s.SetTerritories(ctx, "zhang", nil); err != nil {
			t.Fatal(err)
		}
		if got, err = s.Reps(ctx); err != nil || len(got[1].Territories) != 0 {
			t.Errorf("territories were not cleared: %+v, %v", got, err)
		}
		if r, err := s.Rep(ctx, "zhang"); err != nil || r != zhang {
			t.Errorf("Rep = %+v, %v", r, err)
		}
		if _, err := s.Rep(ctx, "nobody"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Rep of nobody: %v", err)
		}
		for _, bad := range [][]store.Territory{{{Kind: "planet", Value: "x"}}, {{Kind: store.TerritoryProvince}}} {
			if err := s.SetTerritories(ctx, "zhang", bad); !errors.Is(err, store.ErrRep) {
				t.Errorf("SetTerritories(%v) = %v", bad, err)
			}
		}
		if err := s.SaveRep(ctx, store.Rep{UserID: "x", Name: " "}); !errors.Is(err, store.ErrRep) {
			t.Errorf("a rep without a name: %v", err)
		}
	})
}

func TestMoveLeadIsFenced(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := waiting(t, s, "o1", func(turn *store.Turn) {
			turn.Leads = []store.Lead{{ID: "lead", Doctor: turn.Doctor.ID, Kind: "high_intent", Lines: "[]"}}
		})
		step := []store.LeadStep{{Event: "assign", Status: store.LeadAssigned, Actor: "desk"}}
		effect := store.Effect{Key: "once", Lane: store.RepLane("a"), Kind: store.KindRepText, Body: []byte("{}")}
		spec := store.LeadMoveSpec{
			ID: "lead", Version: 1, Steps: step, Effects: []store.Effect{effect}, Offers: []store.Offer{{Rep: "a", Status: store.OfferOpen, Task: "t1"}},
			Set: func(l *store.Lead) { l.Reason = "r" },
		}
		lead, err := s.MoveLead(ctx, spec)
		if err != nil || lead.Status != store.LeadAssigned || lead.Version != 2 || lead.OpenKey == nil {
			t.Fatalf("MoveLead = %+v, %v", lead, err)
		}
		spec.Effects[0].Key, spec.Offers[0].Rep = "twice", "b"
		if _, err := s.MoveLead(ctx, spec); !errors.Is(err, store.ErrMoved) {
			t.Errorf("a stale move: %v", err)
		}
		spec.ID = "other"
		if _, err := s.MoveLead(ctx, spec); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a move of no lead: %v", err)
		}
		w, err := s.Lead(ctx, "lead")
		if err != nil || len(w.Offers) != 1 || w.Who.ID != id || w.Reason != "r" || w.Version != 2 {
			t.Errorf("lead %+v, %v", w, err)
		}
		counts, err := s.OutboxCounts(ctx)
		if err != nil || counts[store.EffectReady] != 1 {
			t.Errorf("outbox %v, %v", counts, err)
		}
		if err := s.NoteLead(ctx, "lead", 2, "too late"); err != nil {
			t.Error(err)
		}
		if w, err = s.Lead(ctx, "lead"); err != nil || w.Reason != "r" {
			t.Errorf("a note on a lead that is not new: %q, %v", w.Reason, err)
		}
	})
}
