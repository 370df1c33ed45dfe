package insight

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestClockJumps: a clock that is set a year ahead and back again leaves what is derived as it was; what a doctor says while the clock is behind is the last
// word; deeds that seem to lie ahead do not weigh.
func TestClockJumps(t *testing.T) {
	for name, open := range map[string]func(testing.TB, ...storetest.Option) *store.Store{"sqlite": storetest.SQLite, "mariadb": storetest.MariaDB} {
		t.Run(name, func(t *testing.T) {
			start := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
			now := start
			clock := func() time.Time { return now }
			s := open(t, func(o *store.Options) { o.Now = clock })
			in := New(Options{Store: s, Library: at(shipped(t)), Now: clock})
			say := func(band string) string {
				return turn(t, s, "o1", func(u *store.Turn) {
					agrees(u, "base", "portrait")
					u.Portrait = append(u.Portrait,
						store.PortraitValue{Doctor: u.Doctor.ID, Field: "patient_band", Value: band, Source: store.SourceAnswer, At: now.UnixMilli(), Ref: u.Journal.MessageKey},
						store.PortraitValue{Doctor: u.Doctor.ID, Field: "ladder", Value: `"A3"`, Source: store.SourceAnswer, At: now.UnixMilli(), Ref: u.Journal.MessageKey})
				})
			}
			facets := func() store.Facets {
				settle(t, in)
				f, err := s.Facets(t.Context(), store.DoctorID(storetest.Account, "o1"))
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			id := say(`"ge80"`)
			before := facets()
			if before.Potential != "high" {
				t.Fatalf("potential %q", before.Potential)
			}
			now = start.AddDate(1, 1, 0)
			if err := s.Did(t.Context(), store.Behaviour{Doctor: id, Kind: store.DidRead, Object: "ckd_review", Topics: `["ckd"]`, Ref: "ahead", At: now.UnixMilli()}); err != nil {
				t.Fatal(err)
			}
			facets()
			now = start.Add(time.Second)
			if err := s.Did(t.Context(), store.Behaviour{Doctor: id, Kind: store.DidSent, Object: "x", Ref: "wakes", At: start.AddDate(-2, 0, 0).UnixMilli()}); err != nil {
				t.Fatal(err)
			}
			after := facets()
			if diff := cmp.Diff(before, after, cmpopts.IgnoreFields(store.Facets{}, "UpdatedAt")); diff != "" {
				t.Errorf("after the jump (-want +got):\n%s", diff)
			}
			now = start.Add(-24 * time.Hour)
			say(`"lt10"`)
			if last := facets(); last.Potential != "low" || last.PatientBand != "lt10" {
				t.Errorf("the last word does not count: %+v", last)
			}
		})
	}
}
