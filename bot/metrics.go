package bot

import (
	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what the bot does. Labels are fixed words; nothing personal ever becomes one.
type metrics struct {
	turns       *prometheus.CounterVec // outcome: applied, duplicate, late, unavailable, failed, refused
	stale       prometheus.Counter
	problems    prometheus.Counter
	sessionDown prometheus.Counter
	seconds     prometheus.Histogram
	sends       *prometheus.CounterVec // kind, channel ("" = not sent), class: ok or one of the result classes
	dead        *prometheus.CounterVec // kind
}

func (m *metrics) turn(outcome string, seconds float64) {
	m.turns.WithLabelValues(outcome).Inc()
	m.seconds.Observe(seconds)
}

func (m *metrics) staleRetry()        { m.stale.Inc() }
func (m *metrics) problem(n int)      { m.problems.Add(float64(n)) }
func (m *metrics) sessionFailed()     { m.sessionDown.Inc() }
func (m *metrics) gaveUp(kind string) { m.dead.WithLabelValues(kind).Inc() }

func (m *metrics) sent(kind, channel, class string) {
	m.sends.WithLabelValues(kind, channel, class).Inc()
}

// newMetrics registers the counters with r; without one they are counted and shown nowhere.
func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		turns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vrep_turns_total", Help: "Inbound events by outcome.",
		}, []string{"outcome"}),
		stale: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vrep_turn_stale_retries_total", Help: "Turns decided again because another writer was faster.",
		}),
		problems: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vrep_flow_problems_total", Help: "Defects of flows met while talking.",
		}),
		sessionDown: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vrep_session_failures_total", Help: "Calls that the session store did not answer; the database was used instead.",
		}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "vrep_turn_seconds", Help: "Time from the callback to its answer.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 4.5},
		}),
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vrep_outbox_sends_total", Help: "Attempts to send an effect by kind, channel and result.",
		}, []string{"kind", "channel", "class"}),
		dead: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vrep_outbox_dead_total", Help: "Effects given up and kept for an operator.",
		}, []string{"kind"}),
	}
	if r != nil {
		r.MustRegister(m.turns, m.stale, m.problems, m.sessionDown, m.seconds, m.sends, m.dead)
	}
	return m
}
