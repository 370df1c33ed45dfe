package insight

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestS2_39_Attention: the share of the time of reps that goes to super customers stands beside the share that they are of the doctors.
func TestS2_39_Attention(t *testing.T) {
	s := storetest.SQLite(t)
	now := figuresNow
	in := counting(t, s, &now)
	for i := range 10 {
		p := planted{facets: store.Facets{Class: "B", Since: ms(2026, 5, 1)}}
		if i == 0 {
			p.moves = []store.SuperMove{{Product: "sample_sartan", Status: store.SuperConfirmed, At: ms(2026, 6, 1)}}
		}
		if i == 1 { // confirmed in the middle of the month: the visits before were to somebody else
			p.moves = []store.SuperMove{{Product: "sample_sartan", Status: store.SuperConfirmed, At: ms(2026, 10, 15)}}
		}
		id := plant(t, s, fmt.Sprint("o", i), p)
		if i < 3 {
			channel := []string{"face", "phone", "online"}[i]
			visit(t, s, id, fmt.Sprint("v", i), channel, ms(2026, 10, 10))
		}
	}
	got := AttentionOf(month(t, in, s, "2026-10"))
	want := []AttentionRow{
		{Standing: "confirmed", Doctors: 1, Visits: 1, Minutes: 30, OfDoctors: 10, OfMinutes: 55}, {Standing: "candidate"},
		{Standing: "none", Doctors: 9, Visits: 2, Minutes: 25, OfDoctors: 90, OfMinutes: 45},
	}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Errorf("attention (-want +got):\n%s", diff)
	}
}

// visit files a visit of a lead of its own.
func visit(t *testing.T, s *store.Store, doctor, id, channel string, at int64) {
	t.Helper()
	accepted(t, s, doctor, store.Lead{ID: id, Kind: "visit", Level: "warm", CreatedAt: at - 2, AcceptedAt: at - 1, Rep: "zhang"})
	f := store.VisitFiling{Visit: store.Visit{Rep: "zhang", At: at, Channel: channel, Result: store.VisitMet, Topics: "[]", Barriers: "[]"}, Move: store.LeadMoveSpec{
		ID: id, Version: 1, Steps: []store.LeadStep{{Event: "visit", Status: store.LeadVisited, Actor: "zhang"}}, Set: func(*store.Lead) {},
	}}
	if _, err := s.FileVisit(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// accepted writes a lead that a rep has taken.
func accepted(t *testing.T, s *store.Store, doctor string, l store.Lead) {
	t.Helper()
	row, err := s.Dossier(t.Context(), doctor)
	if err != nil {
		t.Fatal(err)
	}
	l.Doctor, l.Status, l.Lines = doctor, store.LeadAccepted, "[]"
	turn(t, s, row.Doctor.OpenID, func(u *store.Turn) { u.Leads = []store.Lead{l} })
}

// TestS2_29_CostPerQualifiedLead: what a month has cost is laid on its qualified leads, by source and beside those of existing customers; corrections are
// rows of their own; a lead that nobody accepted, or that is too cold, is none.
func TestS2_29_CostPerQualifiedLead(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		now := time.Now().UTC() // doctors of the store begin now
		in := counting(t, s, &now)
		name, at := now.Format("2006-01"), now.UnixMilli()
		old := at - days(FreshDays+1)
		for i, l := range []store.Lead{
			{Level: "hot", CreatedAt: at, AcceptedAt: at}, {Level: "warm", CreatedAt: at, AcceptedAt: at}, {Level: "cold", Explicit: true, CreatedAt: at, AcceptedAt: at},
			{Level: "cold", CreatedAt: at, AcceptedAt: at}, {Level: "hot", CreatedAt: at}, {Level: "hot", CreatedAt: at, AcceptedAt: old},
		} {
			l.ID, l.Kind, l.Rep = fmt.Sprint("l", i), "visit", "zhang"
			id := plant(t, s, fmt.Sprint("o", i), planted{facets: store.Facets{Class: "B"}})
			accepted(t, s, id, l)
		}
		op := as(t, "op", store.RoleOperations)
		for _, c := range []store.Cost{{Month: name, Kind: store.CostPlatform, Cents: 90_000}, {Month: name, Kind: store.CostMeeting, Source: store.SourceCode, Cents: 5_000},
			{Month: name, Kind: store.CostPlatform, Cents: -30_000, Note: "多记了三百元"}} {
			if err := s.AddCost(op, c); err != nil {
				t.Fatal(err)
			}
		}
		for want, c := range map[error]store.Cost{
			store.ErrCostUnexplained: {Month: name, Kind: store.CostOther, Cents: -1}, store.ErrCost: {Month: name, Kind: "gift", Cents: 1},
		} {
			if err := s.AddCost(op, c); !errors.Is(err, want) {
				t.Errorf("%+v: %v", c, err)
			}
		}
		sums, err := s.CostSums(op, name, name)
		if err != nil {
			t.Fatal(err)
		}
		got := CostOf(sums, month(t, in, s, name))
		chat := got.Rows[0]
		if per, ok := chat.PerLead(); chat.Source != store.SourceChat || chat.New != 3 || chat.Existing != 0 || !ok || per != 20_000 || got.All.Leads() != 3 {
			t.Errorf("%+v, %d a lead", got, per)
		}
		if _, ok := got.Rows[1].PerLead(); ok {
			t.Error("a source without leads has a price")
		}
		if sums, err := s.CostSums(store.As(t.Context(), store.Viewer{Reach: store.ReachTeam, Team: "east"}), name, name); err != nil || len(sums) > 0 {
			t.Errorf("a team reads the costs of the house: %v, %v", sums, err)
		}
		rows, err := s.Audits(t.Context(), name, 10)
		if err != nil || len(rows) != 3 || rows[0].Actor != "op" {
			t.Errorf("log %+v, %v", rows, err)
		}
	})
}

// TestS2_29_Sources: a lead comes of the campaign or the meeting of the last weeks, for a new doctor of the way by which the doctor came, else of the chat.
func TestS2_29_Sources(t *testing.T) {
	at := figuresNow.UnixMilli()
	l := store.Lead{CreatedAt: at}
	for want, p := range map[string]store.Past{
		store.SourceChat:     {Pushes: []store.Push{{DueAt: at - days(31)}}, Did: []store.Behaviour{{Kind: store.DidAttend, At: at}}},
		store.SourceCampaign: {Pushes: []store.Push{{DueAt: at - days(3)}}, CameBy: []store.Influence{{}}},
		store.SourceReferral: {CameBy: []store.Influence{{}}, Scene: store.SceneMeeting},
		store.SourceMeeting:  {Did: []store.Behaviour{{Kind: store.DidAttend, Amount: 40, At: at - days(2)}}},
		store.SourceCode:     {Scene: store.SceneRep},
	} {
		if got := leadSource(&p, &l, store.FigureNew); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := origin(&store.Past{Scene: store.SceneReferral}); got != store.SourceReferral {
		t.Errorf("who came by a colleague's card came by %s", got)
	}
	if got := leadSource(&store.Past{Scene: store.SceneRep, CameBy: []store.Influence{{}}}, &l, store.FigureExisting); got != store.SourceChat {
		t.Errorf("a lead of an existing customer came of %s", got)
	}
}

// TestS2_35_Loyalty: the index of a product and month follows from its customers by the written formula, part by part; parts that rest on too few doctors
// are unknown and give their weight to the others; the cost of a referral is our own figure.
func TestS2_35_Loyalty(t *testing.T) {
	s := storetest.SQLite(t)
	now := figuresNow
	in := counting(t, s, &now)
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10 {
		p := planted{facets: store.Facets{Class: "B", Since: ms(2026, 3, 1)}, ratings: []store.Rating{{Product: sartan, Ladder: "A4"}}}
		p.did = reads(1, end.AddDate(0, 0, -120)) // active in the window before
		if i < 8 {
			p.did = append(p.did, store.Behaviour{Kind: store.DidRead, Amount: 60, At: end.AddDate(0, 0, -20).UnixMilli()},
				store.Behaviour{Kind: store.DidAsk, At: end.AddDate(0, 0, -19).UnixMilli()})
		}
		plant(t, s, fmt.Sprint("o", i), p)
	}
	plant(t, s, "none", planted{facets: store.Facets{Class: "B", Since: ms(2026, 3, 1)}, ratings: []store.Rating{{Product: sartan, Ladder: "A1"}}})
	cells := month(t, in, s, "2026-10")
	got := LoyalOf(in.library().Loyalty(), sartan, cells)
	lines := map[string]float64{}
	sum := 0.0
	for _, l := range got.Lines {
		if l.Known {
			lines[l.Part] = l.Value
		}
		sum += l.Points
	}
	if diff := cmp.Diff(map[string]float64{flows.LoyaltyRetention: 80, flows.LoyaltyDepth: 2, flows.LoyaltyReferrals: 0}, lines); diff != "" || got.Customers != 10 {
		t.Errorf("%d customers, parts (-want +got):\n%s", got.Customers, diff)
	}
	// 35 of 35 for who stayed, 20/3 of 20 for two ways of taking part, nothing for referrals, of 70 that are known.
	if want := 60; got.Points != want || int(sum+0.5) != want {
		t.Errorf("index %d, lines add up to %.1f, want %d", got.Points, sum, want)
	}
	if few := LoyalOf(in.library().Loyalty(), "another", cells); few.Known {
		t.Errorf("a product without customers has an index: %+v", few)
	}
	r := CostRow{Own: 1000, Shared: 99_000, Newcomers: 4}
	if cents, ok := r.PerNewcomer(); !ok || cents != 250 {
		t.Errorf("a referral cost %d", cents)
	}
}
