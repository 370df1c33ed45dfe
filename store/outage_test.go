package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestServerDies kills the database under load, several times. While it is away every turn is refused as unavailable; what was acknowledged is there
// afterwards, and every doctor's turns have no gap.
func TestServerDies(t *testing.T) {
	server := storetest.MariaDBServer(t)
	s := storetest.Open(t, store.Options{MySQLDSN: server.Database(t)})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	acknowledged := make([]int64, 8)
	for i := range acknowledged {
		wg.Go(func() { acknowledged[i] = talk(t, s, fmt.Sprint("o", i), stop) })
	}
	for range 3 {
		progress(t, s)
		server.Kill(t)
		if _, err := s.CommitTurn(t.Context(), newTurn("oX", 1, "x")); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("without a server: %v, want ErrUnavailable", err)
		}
		if _, err := s.LastTurn(t.Context(), "x"); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("reading without a server: %v, want ErrUnavailable", err)
		}
		server.Start(t)
	}
	progress(t, s)
	close(stop)
	wg.Wait()
	for i, want := range acknowledged {
		id := store.DoctorID(storetest.Account, fmt.Sprint("o", i))
		last, err := s.LastTurn(t.Context(), id)
		if err != nil || last.Seq < want {
			t.Errorf("doctor %d: last turn %d of %d acknowledged, %v", i, last.Seq, want, err)
		}
		if n := count(t, s, &store.Answer{}, "conversation = ?", id); n != last.Seq {
			t.Errorf("doctor %d: %d answers of %d turns", i, n, last.Seq)
		}
	}
}

// talk commits turn after turn, each until it is acknowledged, as a platform that sends again would make us.
func talk(t *testing.T, s *store.Store, openID string, stop <-chan struct{}) (acknowledged int64) {
	for seq := int64(1); ; {
		select {
		case <-stop:
			return acknowledged
		default:
		}
		c, err := s.CommitTurn(t.Context(), newTurn(openID, seq, fmt.Sprint(openID, "/", seq)))
		switch {
		case err == nil && c.Seq == seq:
			acknowledged = seq
			seq++
		case err == nil:
			t.Errorf("turn %d was committed as %d", seq, c.Seq)
			return acknowledged
		case !errors.Is(err, store.ErrUnavailable):
			t.Errorf("turn %d: %v", seq, err)
			return acknowledged
		}
	}
}

// progress waits until fresh turns are committed.
func progress(t *testing.T, s *store.Store) {
	t.Helper()
	var before int64 = -1
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		var n int64
		if err := s.DB(t.Context()).Model(&store.Journal{}).Count(&n).Error; err != nil {
			continue
		}
		if before >= 0 && n > before+20 {
			return
		}
		if before < 0 {
			before = n
		}
	}
	t.Fatal("no progress")
}

// TestServerHangs: a server that answers nothing is unavailable, and its late commit is found when the message comes again.
func TestServerHangs(t *testing.T) {
	server := storetest.MariaDBServer(t)
	s := storetest.Open(t, store.Options{MySQLDSN: server.Database(t)})
	commit(t, s, newTurn("oA", 1, "m1"))
	server.Pause(t)
	_, err := s.CommitTurn(t.Context(), newTurn("oA", 2, "m2")) // comes back by itself: t.Context has no deadline
	server.Resume(t)
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("hanging server: %v", err)
	}
	c, err := s.CommitTurn(t.Context(), newTurn("oA", 2, "m2"))
	for end := time.Now().Add(time.Minute); errors.Is(err, store.ErrUnavailable) && time.Now().Before(end); {
		c, err = s.CommitTurn(t.Context(), newTurn("oA", 2, "m2"))
	}
	if err != nil || c.Seq != 2 {
		t.Errorf("after it went on: %+v, %v", c, err)
	}
	if n := count(t, s, &store.Answer{}, "question = 'q2'"); n != 1 {
		t.Errorf("%d answers of one message", n)
	}
}
