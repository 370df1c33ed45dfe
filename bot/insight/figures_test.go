package insight

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// figuresNow is the day on which the figures of these tests are counted.
var figuresNow = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// planted is one doctor with a history.
type planted struct {
	facets  store.Facets
	ratings []store.Rating
	changes []store.Change
	moves   []store.SuperMove
	did     []store.Behaviour
}

// plant writes a doctor as the loop that derives would have, at the times that are given.
func plant(t testing.TB, s *store.Store, openID string, p planted) string {
	t.Helper()
	id := store.DoctorID(storetest.Account, openID)
	d := store.Doctor{ID: id, OpenID: openID, Level: 2, Followed: true}
	u := &store.Turn{Doctor: d, Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: openID + "|1", Kind: "text"}}
	if _, err := s.CommitTurn(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	for i := range p.did {
		b := &p.did[i]
		b.Doctor, b.Ref = id, fmt.Sprintf("planted:%d", i)
	}
	if err := s.Did(t.Context(), p.did...); err != nil {
		t.Fatal(err)
	}
	row, err := s.Dossier(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.SaveDerived(t.Context(), []store.Derived{{Doctor: id, Mark: row.Doctor.RefreshAt, Facets: p.facets, Ratings: p.ratings, Changes: p.changes, SuperMoves: p.moves}})
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	return id
}

func ms(year int, month time.Month, day int) int64 {
	return time.Date(year, month, day, 9, 0, 0, 0, time.UTC).UnixMilli()
}

// reads are so many readings, one a day from a day on.
func reads(n int, from time.Time) []store.Behaviour {
	out := make([]store.Behaviour, n)
	for i := range out {
		out[i] = store.Behaviour{Kind: store.DidRead, Object: "c", Amount: 60, At: from.AddDate(0, 0, i+1).UnixMilli()}
	}
	return out
}

func counting(t *testing.T, s *store.Store, now *time.Time) *Insight {
	t.Helper()
	return New(Options{Store: s, Library: at(shipped(t)), Now: func() time.Time { return *now }})
}

// month counts everything that is due and reads one month.
func month(t *testing.T, in *Insight, s *store.Store, name string) []store.Figure {
	t.Helper()
	if _, err := in.CountFigures(t.Context()); err != nil {
		t.Fatal(err)
	}
	cells, err := s.Figures(t.Context(), name, name)
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// TestS2_11_Calibration: what was predicted at a past day is laid beside what was done afterwards; a planted relation is found, a planted inversion is
// named, and who has moved since is counted by where they stood then.
func TestS2_11_Calibration(t *testing.T) {
	august := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		did      map[string]int // class at the first of August → readings in the 90 days after it
		monotone bool
		flat     bool
		breaks   []Break
	}{
		"relation":  {did: map[string]int{"A": 9, "B": 5, "C": 2, "D": 0}, monotone: true},
		"the same":  {did: map[string]int{"A": 3, "B": 3, "C": 3, "D": 3}, flat: true},
		"inversion": {did: map[string]int{"A": 9, "B": 1, "C": 4, "D": 0}, breaks: []Break{{Higher: "B", Lower: "C"}}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				now := figuresNow
				in := counting(t, s, &now)
				for class, n := range c.did {
					for i := range 6 {
						p := planted{facets: store.Facets{Class: class, Since: ms(2026, 5, 1)}, did: reads(n+i%2, august)}
						if i == 0 { // has moved since: D now, and the class in question then
							p.facets.Class = "D"
							p.changes = []store.Change{{Product: "sample_sartan", Kind: store.ChangeClass, Before: class, After: "D", At: ms(2026, 9, 15)}}
						}
						plant(t, s, fmt.Sprint(class, i), p)
					}
				}
				plant(t, s, "late", planted{facets: store.Facets{Class: "A", Since: ms(2026, 8, 2)}}) // not weighed yet on that day
				got := Calibrate(TierClass, month(t, in, s, "2026-08"))
				if got.Monotone() != c.monotone || got.Flat() != c.flat || !got.Compared() || got.N != 24 {
					t.Errorf("monotone %v, n %d: %+v", got.Monotone(), got.N, got.Rows)
				}
				if diff := cmp.Diff(c.breaks, got.Breaks); diff != "" {
					t.Errorf("breaks (-want +got):\n%s", diff)
				}
				for _, r := range got.Rows {
					if r.N != 6 || r.Mean != float64(c.did[r.Tier])+0.5 {
						t.Errorf("%s: %+v", r.Tier, r.Group)
					}
				}
				if !got.Known || c.monotone && got.Rho < 0.9 || c.breaks != nil && (got.Rho < 0.3 || got.Rho > 0.95) || c.flat && got.Rho != 0 {
					t.Errorf("rank correlation %.3f", got.Rho)
				}
				if late := Calibrate(TierClass, month(t, in, s, "2026-09")); len(late.Rows) > 0 {
					t.Errorf("a window that has not ended was counted: %+v", late.Rows)
				}
			})
		})
	}
}

// TestS2_10_Charts: moves from tier to tier within a month, and how much of the engagement the most active make.
func TestS2_10_Charts(t *testing.T) {
	s := storetest.SQLite(t)
	now := figuresNow
	in := counting(t, s, &now)
	august := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10 {
		p := planted{facets: store.Facets{Class: "B", Since: ms(2026, 5, 1)}}
		if i < 2 {
			p.did = reads(8, august)
			p.changes = []store.Change{{Product: "sample_sartan", Kind: store.ChangeClass, Before: "C", After: "B", At: ms(2026, 8, 20)}}
		} else if i < 6 {
			p.did = reads(1, august)
		}
		plant(t, s, fmt.Sprint("o", i), p)
	}
	cells := month(t, in, s, "2026-08")
	m := Migrate(TierClass, cells)
	if diff := cmp.Diff([]MigrationRow{{From: "B", Cells: []int{8, 0}}, {From: "C", Cells: []int{2, 0}}}, m.Rows); diff != "" || m.Up != 2 || m.Down != 0 {
		t.Errorf("moves up %d down %d (-want +got):\n%s", m.Up, m.Down, diff)
	}
	c := Concentrate(TierClass, cells)
	if got := c.At(20); c.N != 10 || c.Interactions != 20 || got != 80 {
		t.Errorf("a fifth of %d doctors makes %.0f %% of %d", c.N, got, c.Interactions)
	}
	if got := c.At(100); got != 100 {
		t.Errorf("all make %.0f %%", got)
	}
}

// TestS2_34_History: the strength of a relation has a history: a row when it moves, with the rule that moved it, and a matrix of the month.
func TestS2_34_History(t *testing.T) {
	now := time.Date(2026, 7, 10, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = clock })
	in := New(Options{Store: s, Library: at(shipped(t)), Now: clock})
	id := candidate(t, s, in, "o")
	now = time.Date(2026, 11, 10, 10, 0, 0, 0, time.UTC)
	settle(t, in)
	past, err := s.DoctorPast(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []store.Change
	for _, c := range past.Changes {
		if c.Kind == store.ChangeStrength && c.Product == "sample_sartan" {
			got = append(got, c)
		}
	}
	if len(got) != 1 || got[0].Before != "mid" || got[0].After != "weak" || got[0].Evidence == "" || got[0].At != now.UnixMilli() {
		t.Fatalf("history %+v", got)
	}
	now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	m := Migrate(TierStrength, month(t, in, s, "2026-11"))
	if m.N != 1 || m.Down != 1 {
		t.Errorf("matrix %+v", m)
	}
}

// TestFiguresOfATeam: a manager reads the figures of the own team's doctors, a department that may count reads those of the house, a rep none.
func TestFiguresOfATeam(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		now := figuresNow
		in := counting(t, s, &now)
		if err := s.SaveRep(t.Context(), store.Rep{UserID: "zhang", Name: "z", Team: "east", Active: true}); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			f := store.Facets{Class: "B", Since: ms(2026, 5, 1)}
			if i == 0 {
				f.Owner = "zhang"
			}
			plant(t, s, fmt.Sprint("o", i), planted{facets: f})
			turn(t, s, fmt.Sprint("o", i), func(u *store.Turn) { agrees(u, store.PurposeShare) })
		}
		month(t, in, s, "2026-10")
		read := func(v store.Viewer) int {
			cells, err := s.Figures(store.As(t.Context(), v), "2026-10", "2026-10")
			if err != nil {
				t.Fatal(err)
			}
			return Migrate(TierClass, cells).N
		}
		for want, v := range map[int]store.Viewer{
			3: {Role: store.RoleMarketing, Counts: true}, 1: {Role: store.RoleManager, Reach: store.ReachTeam, Team: "east"}, 0: {Role: store.RoleRep, Reach: store.ReachOwn, Rep: "zhang"},
		} {
			if got := read(v); got != want {
				t.Errorf("%s reads %d doctors, want %d", v.Role, got, want)
			}
		}
		if n, err := in.CountFigures(t.Context()); n != 0 || err != nil {
			t.Errorf("counted again at once: %d, %v", n, err)
		}
	})
}
