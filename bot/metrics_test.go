package bot

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// Counters count turns and sends by fixed words, and no label or name holds anything of a doctor.
func TestMetricsCountWithoutNamingAnybody(t *testing.T) {
	registry := prometheus.NewRegistry()
	clk := newClock(noon)
	st := storetest.SQLite(t, clk.option())
	platform := &outside{answer: refusing(ClassContent)}
	b := newBot(t, st, storetest.Embedded(t), func(o *Options) { o.Metrics, o.Senders = registry, platform.senders() })
	say(t, b, "o1", 0, "@subscribe")
	say(t, b, "o1", 0, "@subscribe")
	if _, err := b.Receive(context.Background(), Inbound{}); err == nil {
		t.Error("an empty event was taken")
	}
	texts(t, st, store.DoctorLane(store.DoctorID(storetest.Account, "o1")), "k", 1)
	stop := drain(t, b)
	eventually(t, "a dead letter", func() bool { return counts(t, st)[store.EffectDead] == 1 })
	stop()

	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += fmt.Sprintf(" %s=%s", l.GetName(), l.GetValue())
			}
			if c := m.GetCounter(); c != nil && c.GetValue() > 0 {
				got[name] = c.GetValue()
			}
			if h := m.GetHistogram(); h != nil {
				got[name] = float64(h.GetSampleCount())
			}
		}
	}
	want := map[string]float64{
		"vrep_turns_total outcome=applied": 1, "vrep_turns_total outcome=duplicate": 1, "vrep_turns_total outcome=refused": 1,
		"vrep_turn_seconds": 3, "vrep_outbox_sends_total channel=quick class=content kind=text": 1, "vrep_outbox_dead_total kind=text": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}
