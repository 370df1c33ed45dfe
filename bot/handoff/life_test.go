package handoff

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
)

var update = flag.Bool("update", false, "rewrite golden files")

// legal is the life cycle once more, written the other way round: by status.
var legal = map[string]map[string]string{
	store.LeadNew: {
		EventAssign: store.LeadAssigned, EventExpire: store.LeadExpired, EventWithdraw: store.LeadWithdrawn,
	},
	store.LeadAssigned: {
		EventReassign: store.LeadAssigned, EventDecline: store.LeadNew, EventAccept: store.LeadAccepted, EventExpire: store.LeadExpired,
		EventWithdraw: store.LeadWithdrawn,
	},
	store.LeadAccepted: {
		EventReassign: store.LeadAssigned, EventDecline: store.LeadNew, EventBook: store.LeadBooked, EventVisit: store.LeadVisited,
		EventWithdraw: store.LeadWithdrawn,
	},
	store.LeadBooked: {
		EventReassign: store.LeadAssigned, EventDecline: store.LeadNew, EventBook: store.LeadBooked, EventNoShow: store.LeadAccepted,
		EventVisit: store.LeadVisited, EventWithdraw: store.LeadWithdrawn,
	},
	store.LeadVisited:   {EventClose: store.LeadClosed, EventWithdraw: store.LeadWithdrawn},
	store.LeadClosed:    {EventReopen: store.LeadNew},
	store.LeadExpired:   {EventReopen: store.LeadNew},
	store.LeadWithdrawn: {EventReopen: store.LeadNew},
}

var events = []string{
	EventAssign, EventReassign, EventDecline, EventAccept, EventBook, EventNoShow, EventVisit, EventClose, EventExpire, EventWithdraw, EventReopen,
}

func TestNextVisitsEveryStatusAndEvent(t *testing.T) {
	for _, status := range statuses {
		for _, event := range events {
			got, err := Next(status, event)
			want, ok := legal[status][event]
			switch {
			case ok && (err != nil || got != want):
				t.Errorf("Next(%s, %s) = %q, %v; want %q", status, event, got, err, want)
			case !ok && !errors.Is(err, ErrIllegal):
				t.Errorf("Next(%s, %s) = %q, %v; want ErrIllegal", status, event, got, err)
			}
		}
	}
}

func TestNextRefusesUnknownNames(t *testing.T) {
	for _, c := range [][2]string{{"", EventAssign}, {"assinged", EventAccept}, {store.LeadNew, ""}, {store.LeadNew, "asign"}, {store.LeadNew, store.LeadAssigned}} {
		if got, err := Next(c[0], c[1]); !errors.Is(err, ErrIllegal) || got != "" {
			t.Errorf("Next(%q, %q) = %q, %v; want ErrIllegal", c[0], c[1], got, err)
		}
	}
	if got, err := Next(store.LeadNew, EventAssign); err != nil || got != store.LeadAssigned {
		t.Errorf("after refusals Next(new, assign) = %q, %v", got, err)
	}
}

func TestNextServesManyAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, status := range statuses {
				for _, event := range events {
					if got, _ := Next(status, event); got != legal[status][event] {
						t.Errorf("Next(%s, %s) = %q", status, event, got)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestEveryOpenStatusCanBeWithdrawn(t *testing.T) {
	ended := []string{store.LeadClosed, store.LeadExpired, store.LeadWithdrawn}
	for _, status := range statuses {
		if _, err := Next(status, EventWithdraw); (err == nil) == slices.Contains(ended, status) {
			t.Errorf("withdraw on %s: %v", status, err)
		}
	}
}

func TestChart(t *testing.T) {
	file := filepath.Join("testdata", "lead.mmd")
	if *update {
		if err := os.WriteFile(file, []byte(Chart()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), Chart()); diff != "" {
		t.Errorf("chart differs from %s (-want +got):\n%s", file, diff)
	}
}
