package store_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// rebuildHistories is the number of random histories on each engine.
var rebuildHistories = flag.Int("rebuild.histories", 6, "random histories of TestS1_13 on each engine")

// chronicle makes a random history of a few doctors.
type chronicle struct {
	t   *testing.T
	s   *store.Store
	r   *rand.Rand
	now *atomic.Int64 // clock of the store too
	seq map[string]int64
	n   int
}

const dayMillis = int64(24 * time.Hour / time.Millisecond)

func (c *chronicle) value() string {
	return []string{`"a"`, `"b"`, `["a","b"]`, "7", "true", store.Cleared}[c.r.IntN(6)]
}

func (c *chronicle) field() string { return []string{"ladder", "topics", "province"}[c.r.IntN(3)] }

// turn commits what a doctor answers, takes back, or what a flow computes from it; some values waited for consent and are older than the turn.
func (c *chronicle) turn(openID string) {
	c.seq[openID]++
	c.n++
	turn := newTurn(openID, c.seq[openID], fmt.Sprint(openID, c.n, c.r.Int64()))
	turn.Journal.ReceivedAt = c.now.Load()
	id := turn.Doctor.ID
	turn.Answers, turn.Portrait = nil, nil
	if f, err := c.s.LoadDoctor(c.t.Context(), id); err == nil {
		turn.Doctor = f.Doctor
	}
	for i := range 1 + c.r.IntN(3) {
		v := store.PortraitValue{Doctor: id, Field: c.field(), Value: c.value(), At: c.now.Load(), Source: store.SourceAnswer, Ref: fmt.Sprintf("%s:%d:%d", id, turn.Journal.Seq, i)}
		switch c.r.IntN(5) {
		case 0:
			v.Value, v.Source = store.TakenBack, store.SourceComputed
		case 1:
			v.Source = store.SourceComputed
		case 2:
			v.At -= c.r.Int64N(3) * dayMillis
		}
		turn.Portrait = append(turn.Portrait, v)
	}
	commit(c.t, c.s, turn)
}

// outside writes what a rep, a list, the house or a behaviour says.
func (c *chronicle) outside(id string) {
	o := store.Observation{
		Field: c.field(), Value: c.value(), At: c.now.Load(), Ref: fmt.Sprint("x:", c.n),
		Source: []string{store.SourceRep, store.SourceImport, store.SourceConsole, store.SourceBehaviour}[c.r.IntN(4)],
	}
	switch c.r.IntN(4) {
	case 0:
		o.Value = store.TakenBack
	case 1:
		o.At -= c.r.Int64N(400) * dayMillis
	}
	if err := c.s.Observe(c.t.Context(), id, o); err != nil {
		c.t.Fatal(err)
	}
}

// merge hands what lists said about one doctor to another, as happens when two rows are found to be one person.
func (c *chronicle) merge(from, to string) {
	rows, err := c.s.Observations(c.t.Context(), from, "")
	if err != nil {
		c.t.Fatal(err)
	}
	var over []store.Observation
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Source == store.SourceImport {
			over = append(over, rows[i])
		}
	}
	if err := c.s.Observe(c.t.Context(), to, over...); err != nil {
		c.t.Fatal(err)
	}
}

func (c *chronicle) tell(steps int) {
	people := []string{"oA", "oB", "oC"}
	for _, p := range people {
		c.turn(p)
	}
	for range steps {
		c.n++
		c.now.Add(c.r.Int64N(40) * dayMillis)
		who := people[c.r.IntN(len(people))]
		id := store.DoctorID(storetest.Account, who)
		switch c.r.IntN(6) {
		case 0, 1, 2:
			c.turn(who)
		case 3, 4:
			c.outside(id)
		default:
			c.merge(id, store.DoctorID(storetest.Account, people[c.r.IntN(len(people))]))
		}
	}
}

// TestS1_13_RebuiltPortraitIsTheStoredOne: whatever happened, folding all observations anew gives the portraits as they are stored.
func TestS1_13_RebuiltPortraitIsTheStoredOne(t *testing.T) {
	for name, open := range map[string]func(testing.TB, ...storetest.Option) *store.Store{"sqlite": storetest.SQLite, "mariadb": storetest.MariaDB} {
		t.Run(name, func(t *testing.T) {
			seed := rand.Uint64()
			now := new(atomic.Int64)
			now.Store(1_700_000_000_000)
			s := open(t, func(o *store.Options) { o.Now = func() time.Time { return time.UnixMilli(now.Load()) } })
			c := chronicle{t: t, s: s, r: rand.New(rand.NewPCG(seed, 1)), now: now, seq: map[string]int64{}}
			for range *rebuildHistories {
				c.tell(25)
				got, err := s.RebuildDoctors(t.Context(), "", 100, store.Rebuilding{})
				if err != nil || got.Doctors != 3 || len(got.Differences) != 0 {
					t.Fatalf("seed %d: %+v, %v", seed, got, err)
				}
			}
		})
	}
}

func TestRebuildCorrects(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for _, p := range []string{"oA", "oB"} {
			commit(t, s, newTurn(p, 1, p))
		}
		a, b := store.DoctorID(storetest.Account, "oA"), store.DoctorID(storetest.Account, "oB")
		db := s.DB(t.Context())
		db.Model(&store.PortraitValue{}).Where("doctor = ?", a).UpdateColumn("value", `"cardiology"`)
		db.Where("doctor = ?", b).Delete(&store.PortraitValue{})
		db.Create(&store.PortraitValue{Doctor: b, Field: "made_up", Account: storetest.Account, Value: "1"})
		want := []store.Difference{{a, "department", store.DiffOther}, {b, "department", store.DiffMissing}, {b, "made_up", store.DiffSurplus}}
		if b < a {
			want = []store.Difference{want[1], want[2], want[0]}
		}
		for _, how := range []store.Rebuilding{{}, {Write: true}} {
			got, err := s.RebuildDoctors(t.Context(), "", 100, how)
			if diff := cmp.Diff(want, got.Differences); err != nil || diff != "" {
				t.Fatalf("%v (-want +got):\n%s", err, diff)
			}
		}
		if got, err := s.RebuildDoctors(t.Context(), "", 100, store.Rebuilding{Write: true}); err != nil || len(got.Differences) != 0 {
			t.Errorf("a second time: %+v, %v", got, err)
		}
		f, err := s.LoadDoctor(t.Context(), a)
		if err != nil || f.Version != 1 || f.RefreshAt == 0 || f.Portrait[0].Value != `"nephrology"` {
			t.Errorf("doctor %+v, %v", f, err)
		}
	})
}

// TestRebuildNamesUnobservedAnswers: an answer that was to be saved and left no observation is named.
func TestRebuildNamesUnobservedAnswers(t *testing.T) {
	s := storetest.SQLite(t)
	kept, lost := newTurn("oA", 1, "oA"), newTurn("oA", 2, "oA2")
	id := kept.Doctor.ID
	kept.Portrait[0].Ref = id + ":1:0"
	lost.Portrait = nil
	commit(t, s, kept)
	commit(t, s, lost)
	got, err := s.RebuildDoctor(t.Context(), id, store.Rebuilding{Saves: func(a store.Answer) string { return "department" }})
	want := []store.Unobserved{{id, "department", id + ":2:0"}}
	if diff := cmp.Diff(want, got.Unobserved); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestTakingBackMakesFactsStale: what a turn takes back may uncover a value that its caller does not know, so the next turn must read again.
func TestTakingBackMakesFactsStale(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		first := newTurn("oA", 1, "1")
		commit(t, s, first)
		id := first.Doctor.ID
		if err := s.Observe(t.Context(), id, store.Observation{Field: "title", Value: `"chief"`, Source: store.SourceImport, At: 1}); err != nil {
			t.Fatal(err)
		}
		said, back := newTurn("oA", 2, "2"), newTurn("oA", 3, "3")
		said.Portrait[0].Field, back.Portrait[0].Field, back.Portrait[0].Value = "title", "title", store.TakenBack
		said.Doctor.Version, back.Doctor.Version = 1, 1
		commit(t, s, said)
		commit(t, s, back)
		f, err := s.LoadDoctor(t.Context(), id)
		if err != nil || f.Version != 2 {
			t.Fatalf("version %d, %v", f.Version, err)
		}
		for _, p := range f.Portrait {
			if p.Field == "title" && (p.Value != `"chief"` || p.Source != store.SourceImport) {
				t.Errorf("uncovered %+v", p)
			}
		}
	})
}
