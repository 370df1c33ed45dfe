package bot

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
)

var update = flag.Bool("update", false, "rewrite golden files")

// wanted is the life cycle written a second time, by phase: what each event leads to; absent events are refused.
var wanted = map[string]map[string]string{
	store.PhaseIdle: {
		EventHear: store.PhaseIdle, EventFollow: store.PhaseIdle, EventUnfollow: store.PhaseIdle, EventAsk: store.PhaseAsking,
		EventConfirm: store.PhaseConfirm, EventConsent: store.PhaseConsent, EventRest: store.PhaseIdle,
		EventHandOff: store.PhaseHandedOff, EventReport: store.PhaseAsking, EventOptOut: store.PhaseOptedOut,
	},
	store.PhaseAsking: {
		EventHear: store.PhaseAsking, EventFollow: store.PhaseAsking, EventUnfollow: store.PhaseIdle, EventAsk: store.PhaseAsking,
		EventConfirm: store.PhaseConfirm, EventConsent: store.PhaseConsent, EventRest: store.PhaseIdle,
		EventHandOff: store.PhaseHandedOff, EventReport: store.PhaseAsking, EventOptOut: store.PhaseOptedOut,
	},
	store.PhaseConfirm: {
		EventHear: store.PhaseConfirm, EventFollow: store.PhaseConfirm, EventUnfollow: store.PhaseIdle, EventAsk: store.PhaseAsking,
		EventConfirm: store.PhaseConfirm, EventConsent: store.PhaseConsent, EventRest: store.PhaseIdle,
		EventHandOff: store.PhaseHandedOff, EventReport: store.PhaseAsking, EventOptOut: store.PhaseOptedOut,
	},
	store.PhaseConsent: {
		EventHear: store.PhaseConsent, EventFollow: store.PhaseConsent, EventUnfollow: store.PhaseIdle, EventAsk: store.PhaseAsking,
		EventConfirm: store.PhaseConfirm, EventConsent: store.PhaseConsent, EventRest: store.PhaseIdle,
		EventHandOff: store.PhaseHandedOff, EventReport: store.PhaseAsking, EventOptOut: store.PhaseOptedOut,
	},
	store.PhaseHandedOff: {
		EventFollow: store.PhaseIdle, EventUnfollow: store.PhaseIdle, EventResume: store.PhaseIdle,
		EventReport: store.PhaseAsking, EventOptOut: store.PhaseOptedOut,
	},
	store.PhaseOptedOut: {
		EventFollow: store.PhaseIdle, EventUnfollow: store.PhaseOptedOut, EventReport: store.PhaseAsking,
		EventHandOff: store.PhaseHandedOff,
		EventOptOut:  store.PhaseOptedOut, EventOptIn: store.PhaseIdle,
	},
}

func events() []string {
	var names []string
	for _, e := range Table() {
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	return names
}

func TestNextVisitsEveryPhaseAndEvent(t *testing.T) {
	for _, phase := range Phases() {
		for _, event := range events() {
			got, err := Next(phase, event)
			want, legal := wanted[phase][event]
			if !legal {
				if !errors.Is(err, ErrMove) || got != phase {
					t.Errorf("Next(%s, %s) = %s, %v; want a refusal that keeps the phase", phase, event, got, err)
				}
				continue
			}
			if err != nil || got != want {
				t.Errorf("Next(%s, %s) = %s, %v; want %s", phase, event, got, err, want)
			}
		}
	}
}

func TestNextRefusesUnknownNames(t *testing.T) {
	for _, c := range [][2]string{{"", EventHear}, {"askin", EventHear}, {store.PhaseIdle, ""}, {store.PhaseIdle, "haer"}} {
		if got, err := Next(c[0], c[1]); !errors.Is(err, ErrMove) || got != c[0] {
			t.Errorf("Next(%q, %q) = %q, %v; want ErrMove", c[0], c[1], got, err)
		}
	}
}

// The machine is shared by all conversations: calls at the same time must not see each other's phase.
func TestNextKeepsNothingBetweenCalls(t *testing.T) {
	var wg sync.WaitGroup
	for _, phase := range Phases() {
		wg.Go(func() {
			for range 200 {
				if got, err := Next(phase, EventReport); err != nil || got != store.PhaseAsking {
					t.Errorf("Next(%s, report) = %s, %v", phase, got, err)
					return
				}
				if got, err := Next(phase, EventOptOut); err != nil || got != store.PhaseOptedOut {
					t.Errorf("Next(%s, opt_out) = %s, %v", phase, got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestChartMatchesItsGoldenFile(t *testing.T) {
	path := filepath.Join("testdata", "life.mmd")
	if *update {
		if err := os.WriteFile(path, []byte(Chart()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), Chart()); diff != "" {
		t.Errorf("the chart changed; run with -update when it should (-want +got):\n%s", diff)
	}
	for _, phase := range Phases() {
		if !strings.Contains(Chart(), phase) {
			t.Errorf("the chart lacks phase %s", phase)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for b.Loop() {
		if _, err := Next(store.PhaseIdle, EventAsk); err != nil {
			b.Fatal(err)
		}
	}
}
