package bench

import (
	"net/http"
	"runtime"
	"slices"
	"testing"
	"time"
)

// batch is how many callbacks are timed at a stretch. The two sides take turns, so that whatever else the machine does meets both.
const batch = 50

// BenchmarkSafe takes a sealed text message and answers a sealed text: request bytes in, reply bytes out. No receiver does any work.
func BenchmarkSafe(b *testing.B) { compare(b, ourSafe(b), theirs(), safe(b)) }

// BenchmarkPlain reads a plaintext message and renders a plaintext reply. The product takes safe mode only: its side here is the reading and the
// rendering of safe mode behind a check of the address.
func BenchmarkPlain(b *testing.B) { compare(b, ourPlain(), theirs(), plain()) }

// compare reports ns per callback, the allocations per callback, and how many times as long the SDK takes.
func compare(b *testing.B, ours, sdk http.Handler, c callback) {
	mine, other := side{handler: ours}, side{handler: sdk}
	mine.run(b, c)
	other.run(b, c)
	mine.reset()
	other.reset()
	for b.Loop() {
		mine.run(b, c)
		other.run(b, c)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(mine.quick(), "ours-ns")
	b.ReportMetric(other.quick(), "sdk-ns")
	b.ReportMetric(mine.allocs(), "ours-allocs")
	b.ReportMetric(other.allocs(), "sdk-allocs")
	b.ReportMetric(mine.bytes(), "ours-B")
	b.ReportMetric(other.bytes(), "sdk-B")
	b.ReportMetric(other.quick()/mine.quick(), "sdk/ours")
}

// side is one of the two that are compared.
type side struct {
	handler        http.Handler
	took           []float64 // ns per callback of each batch
	objects, space uint64
}

func (s *side) reset() { *s = side{handler: s.handler} }

// run times one batch; requests and connections are made before the clock starts.
func (s *side) run(b *testing.B, c callback) {
	b.Helper()
	requests, sinks := make([]*http.Request, batch), make([]sink, batch)
	for i := range batch {
		requests[i] = c.request()
		sinks[i].header = make(http.Header, 4)
		sinks[i].body.Grow(4096)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	for i, r := range requests {
		s.handler.ServeHTTP(&sinks[i], r)
	}
	s.took = append(s.took, float64(time.Since(began))/batch)
	runtime.ReadMemStats(&after)
	s.objects += after.Mallocs - before.Mallocs
	s.space += after.TotalAlloc - before.TotalAlloc
	for i := range sinks {
		if sinks[i].body.Len() < 100 {
			b.Fatalf("no reply: %d %q", sinks[i].status, sinks[i].body.String())
		}
	}
}

// quick is the time of the quickest tenth of the batches: those that the rest of the machine disturbed least.
func (s *side) quick() float64 {
	slices.Sort(s.took)
	return s.took[len(s.took)/10]
}

func (s *side) allocs() float64 { return float64(s.objects) / float64(batch*len(s.took)) }
func (s *side) bytes() float64  { return float64(s.space) / float64(batch*len(s.took)) }
