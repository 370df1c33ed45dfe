package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// benchDoctors write at once, each waiting for the answer before the next message.
const benchDoctors = 64

// BenchmarkCommit measures batched commits against one transaction per turn on the same database, in alternating slices of one run. The metric
// "ratio" is what counts: rates drift with the machine.
//
//	go test ./store -run '^$' -bench Commit -benchtime 5x
func BenchmarkCommit(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { compare(b, store.Options{DataDir: b.TempDir()}) })
	b.Run("mariadb", func(b *testing.B) { compare(b, store.Options{MySQLDSN: storetest.DSN(b)}) })
}

func compare(b *testing.B, o store.Options) {
	batched := storetest.Open(b, o)
	alone := storetest.Open(b, o, func(o *store.Options) { o.Unbatched = true })
	var round int
	var counts [2]int64
	slice := func(n int, s *store.Store) {
		round++
		counts[n] += load(b, s, round, 300*time.Millisecond)
	}
	slice(0, batched) // warm up
	slice(1, alone)
	counts = [2]int64{}
	for b.Loop() {
		slice(0, batched)
		slice(1, alone)
	}
	seconds := float64(b.N) * 0.3
	b.ReportMetric(float64(counts[0])/seconds, "batched/s")
	b.ReportMetric(float64(counts[1])/seconds, "alone/s")
	b.ReportMetric(float64(counts[0])/float64(counts[1]), "ratio")
	b.ReportMetric(0, "ns/op")
}

// load lets all doctors talk for a while and counts the acknowledged turns.
func load(b *testing.B, s *store.Store, round int, d time.Duration) int64 {
	var turns atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(d)
	for i := range benchDoctors {
		wg.Go(func() {
			openID := fmt.Sprintf("o%d-%d", round, i)
			for seq := int64(1); time.Now().Before(end); seq++ {
				if _, err := s.CommitTurn(b.Context(), benchTurn(openID, seq)); err != nil {
					b.Errorf("committing: %v", err)
					return
				}
				turns.Add(1)
			}
		})
	}
	wg.Wait()
	return turns.Load()
}

// benchTurn has the rows of an ordinary answer: journal, doctor, ledger, answer, two portrait values, a tag, a score; every tenth turn sends something.
func benchTurn(openID string, seq int64) *store.Turn {
	t := newTurn(openID, seq, fmt.Sprint(openID, "/", seq))
	id := t.Doctor.ID
	t.Rearm = true
	t.Opens = &store.Allowance{Channel: store.ChannelChat, Left: 5, From: seq * 1000, Until: seq*1000 + 48*time.Hour.Milliseconds()}
	t.Portrait[0].At = 0
	t.Portrait = append(t.Portrait, store.PortraitValue{Doctor: id, Field: "interest", Value: `["anaemia"]`, Label: "肾性贫血", Source: store.SourceAnswer})
	t.Tags = []store.Tag{{Doctor: id, Tag: "肾性贫血", Source: store.SourceAnswer}}
	t.Scores = []store.Score{{Doctor: id, Name: "intent", Points: int(seq), Grade: "B", Lines: `[{"group":"wish","points":5,"why":"想看资料"}]`}}
	if seq%10 == 0 {
		t.Effects = []store.Effect{effect(t, 1)}
	}
	return t
}
