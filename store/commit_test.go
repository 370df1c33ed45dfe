package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestTurnIsKept(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oA", 1, "m1")
		turn.Consents = []store.Consent{{Conversation: turn.Doctor.ID, Seq: 1, Purpose: "profile", Policy: "v1", Granted: true, Asked: "可以吗？", Raw: "可以", At: 5}}
		turn.Tags = []store.Tag{{Doctor: turn.Doctor.ID, Tag: "肾性贫血", Source: store.SourceAnswer, At: 5}}
		turn.Scores = []store.Score{{Doctor: turn.Doctor.ID, Name: "intent", Points: 40, Grade: "B", Lines: "[]", At: 5}}
		turn.Cases = []store.Case{{No: "AE1", Doctor: turn.Doctor.ID, Status: store.CaseOpen, Words: "吃药后头晕", OpenedAt: 5}}
		turn.Sent = []store.Sent{{Doctor: turn.Doctor.ID, Content: "c1", Effect: effect(turn, 1).Key, Why: "asked", At: 5}}
		turn.Effects = []store.Effect{effect(turn, 1)}
		c := commit(t, s, turn)
		if c.Seq != 1 || c.Duplicate || string(c.Reply) != string(turn.Journal.Reply) {
			t.Errorf("committed %+v", c)
		}
		last, err := s.LastTurn(t.Context(), turn.Doctor.ID)
		if err != nil || string(last.State) != `{"turn":1}` || last.Account != storetest.Account || last.Instance == "" || last.ReceivedAt == 0 {
			t.Errorf("last turn %+v, %v", last, err)
		}
		f, err := s.LoadDoctor(t.Context(), turn.Doctor.ID)
		if err != nil {
			t.Fatal(err)
		}
		id, acc := turn.Doctor.ID, storetest.Account
		want := store.DoctorFile{
			Doctor:   f.Doctor,
			Portrait: []store.PortraitValue{{Doctor: id, Account: acc, Field: "department", Value: `"nephrology"`, Label: "肾内科", Source: "answer", At: 1000}},
			Consents: []store.Consent{{Conversation: id, Account: acc, Seq: 1, Purpose: "profile", Policy: "v1", Granted: true, Asked: "可以吗？", Raw: "可以", At: 5}},
			Tags:     []store.Tag{{Doctor: id, Account: acc, Tag: "肾性贫血", Source: "answer", At: 5}},
			Sent:     []string{"c1"}, OpenCase: "AE1",
		}
		if diff := cmp.Diff(want, f); diff != "" {
			t.Errorf("facts (-want +got):\n%s", diff)
		}
		if f.Name != "张医生" || f.OpenID != "oA" || !f.Followed || f.CreatedAt == 0 {
			t.Errorf("doctor %+v", f.Doctor)
		}
	})
}

func TestNothingThere(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		_, turn := s.TurnByKey(t.Context(), "x")
		_, last := s.LastTurn(t.Context(), "x")
		_, doctor := s.LoadDoctor(t.Context(), "x")
		_, version := s.FlowVersion(t.Context(), "x")
		for name, err := range map[string]error{"turn": turn, "last": last, "doctor": doctor, "version": version} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", name, err)
			}
		}
	})
}

// TestDuplicates delivers the same message many times at once to two instances, then again later.
func TestDuplicates(t *testing.T) {
	twoInstances(t, func(t *testing.T, a, b *store.Store) {
		commit(t, a, newTurn("oA", 1, "m1"))
		var wg sync.WaitGroup
		var mu sync.Mutex
		first := 0
		for i := range 20 {
			wg.Go(func() {
				turn := newTurn("oA", 2, "m2")
				turn.Journal.Reply = fmt.Appendf(nil, "reply %d", i)
				c, err := []*store.Store{a, b}[i%2].CommitTurn(t.Context(), turn)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || c.Seq != 2 {
					t.Errorf("delivery %d: %+v, %v", i, c, err)
				}
				if !c.Duplicate {
					first++
				}
			})
		}
		wg.Wait()
		j, err := a.TurnByKey(t.Context(), "m2")
		if err != nil || first != 1 {
			t.Fatalf("%d deliveries took effect, %v", first, err)
		}
		again := commit(t, b, newTurn("oA", 2, "m2"))
		if !again.Duplicate || string(again.Reply) != string(j.Reply) {
			t.Errorf("later duplicate got %+v, want %q", again, j.Reply)
		}
		// A duplicate that was recomputed on newer state is a duplicate still.
		commit(t, a, newTurn("oA", 3, "m3"))
		if c := commit(t, a, newTurn("oA", 4, "m2")); !c.Duplicate || c.Seq != 2 {
			t.Errorf("recomputed duplicate: %+v", c)
		}
		if n := count(t, a, &store.Answer{}, "conversation = ?", j.Conversation); n != 3 {
			t.Errorf("%d answers of 3 messages", n)
		}
	})
}

// TestFirstMessagesAtOnce: six different first messages of one doctor make one doctor and one turn; the others have to decide again.
func TestFirstMessagesAtOnce(t *testing.T) {
	twoInstances(t, func(t *testing.T, a, b *store.Store) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		seqs := map[int64]int{}
		for i := range 6 {
			wg.Go(func() {
				s := []*store.Store{a, b}[i%2]
				for seq := int64(1); ; seq++ {
					c, err := s.CommitTurn(t.Context(), newTurn("oA", seq, fmt.Sprint("m", i)))
					if errors.Is(err, store.ErrSeqTaken) {
						continue
					}
					mu.Lock()
					defer mu.Unlock()
					if err != nil || c.Duplicate {
						t.Errorf("message %d: %+v, %v", i, c, err)
					}
					seqs[c.Seq]++
					return
				}
			})
		}
		wg.Wait()
		if diff := cmp.Diff(map[int64]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1}, seqs); diff != "" {
			t.Errorf("turn numbers (-want +got):\n%s", diff)
		}
		if n := count(t, a, &store.Doctor{}, "open_id = ?", "oA"); n != 1 {
			t.Errorf("%d doctors", n)
		}
	})
}

func TestStaleFacts(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, newTurn("oA", 1, "m1"))
		id := store.DoctorID(storetest.Account, "oA")
		raise := func() {
			t.Helper()
			err := s.Lock(t.Context(), func(tx *gorm.DB) error {
				return tx.Model(&store.Doctor{}).Where("id = ?", id).UpdateColumns(map[string]any{"version": gorm.Expr("version + 1"), "level": 2}).Error
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		raise()
		stale, fresh := newTurn("oA", 2, "m2"), newTurn("oB", 1, "n1")
		errs := s.CommitTogether(stale, fresh)
		if !errors.Is(errs[0], store.ErrFactsStale) || errs[1] != nil {
			t.Errorf("errors %v, want stale and none", errs)
		}
		f, err := s.LoadDoctor(t.Context(), id)
		if err != nil || f.Version != 1 || f.Level != 2 {
			t.Fatalf("doctor %+v, %v", f.Doctor, err)
		}
		stale.Doctor.Version, stale.Doctor.Level = f.Version, f.Level
		commit(t, s, stale)
		raise()
		if c := commit(t, s, newTurn("oA", 2, "m2")); !c.Duplicate {
			t.Errorf("duplicate with stale facts: %+v", c)
		}
		if f, err := s.LoadDoctor(t.Context(), id); err != nil || f.Version != 2 {
			t.Errorf("a turn wrote the version: %+v, %v", f.Doctor, err)
		}
	})
}

// TestPoison puts a turn that the database refuses among others.
func TestPoison(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		var turns []*store.Turn
		for i := range 20 {
			turns = append(turns, newTurn(fmt.Sprint("o", i), 1, fmt.Sprint("m", i)))
		}
		turns[7].Answers[0].Question = strings.Repeat("长", 97) // wider than its column
		turns[9].Invite = "NOSUCH"
		errs := s.CommitTogether(turns...)
		for i, err := range errs {
			switch {
			case i == 7 && (err == nil || errors.Is(err, store.ErrUnavailable)):
				t.Errorf("poisoned turn: %v", err)
			case i == 9 && !errors.Is(err, store.ErrInviteUsed):
				t.Errorf("turn with a wrong code: %v", err)
			case i != 7 && i != 9 && err != nil:
				t.Errorf("neighbour %d: %v", i, err)
			}
		}
		if n := count(t, s, &store.Journal{}, "1 = 1"); n != 18 {
			t.Errorf("%d turns kept, want 18", n)
		}
	})
}

// TestErrorsTellNothing: what the doctor typed must not come back in an error text.
func TestErrorsTellNothing(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oSECRET", 1, "m1")
		turn.Answers[0].Question = strings.Repeat("SECRET", 20)
		turn.Answers[0].Raw = "SECRET"
		_, err := s.CommitTurn(t.Context(), turn)
		if err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("error %v", err)
		}
		twice := newTurn("oA", 1, "m2")
		twice.Consents = []store.Consent{
			{Conversation: twice.Doctor.ID, Seq: 1, Purpose: "SECRET"}, {Conversation: twice.Doctor.ID, Seq: 1, Purpose: "SECRET"},
		}
		_, err = s.CommitTurn(t.Context(), twice)
		if err == nil || strings.Contains(err.Error(), "SECRET") || errors.Is(err, store.ErrSeqTaken) {
			t.Errorf("error %v", err)
		}
	})
}

// TestCallerGivesUp: a caller that stops waiting harms nobody in the batch.
func TestCallerGivesUp(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		gone, cancel := context.WithCancel(t.Context())
		held, release := holdWriter(t, s)
		<-held
		answers := make(chan error, 2)
		go func() {
			_, err := s.CommitTurn(gone, newTurn("oA", 1, "m1"))
			answers <- err
		}()
		cancel()
		if err := <-answers; !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled caller got %v", err)
		}
		go func() {
			_, err := s.CommitTurn(t.Context(), newTurn("oB", 1, "n1"))
			answers <- err
		}()
		release()
		if err := <-answers; err != nil {
			t.Errorf("the other caller got %v", err)
		}
	})
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{DataDir: dir, Account: storetest.Account, Secret: storetest.Secret()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	kept := 0
	for i := range 50 {
		wg.Go(func() {
			_, err := s.CommitTurn(t.Context(), newTurn(fmt.Sprint("o", i), 1, fmt.Sprint("m", i)))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				kept++
			case !errors.Is(err, store.ErrUnavailable):
				t.Errorf("turn %d: %v", i, err)
			}
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	again := storetest.Open(t, store.Options{DataDir: dir})
	if n := count(t, again, &store.Journal{}, "1 = 1"); n != int64(kept) {
		t.Errorf("%d turns in the database, %d acknowledged", n, kept)
	}
}

// twoInstances runs the test with two stores on one database, on each engine.
func twoInstances(t *testing.T, test func(t *testing.T, a, b *store.Store)) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		test(t, storetest.Open(t, store.Options{DataDir: dir}), storetest.Open(t, store.Options{DataDir: dir}))
	})
	t.Run("mariadb", func(t *testing.T) {
		dsn := storetest.DSN(t)
		test(t, storetest.Open(t, store.Options{MySQLDSN: dsn}), storetest.Open(t, store.Options{MySQLDSN: dsn}))
	})
}

// holdWriter commits a turn of its own that has to wait for a lock, until release is called.
func holdWriter(t *testing.T, s *store.Store) (held <-chan struct{}, release func()) {
	t.Helper()
	blocked, let, ended := make(chan struct{}), make(chan struct{}), make(chan error, 2)
	plug := newTurn("oPlug", 1, "plug")
	if _, err := s.CommitTurn(t.Context(), plug); err != nil {
		t.Fatal(err)
	}
	go func() {
		ended <- s.Lock(t.Context(), func(tx *gorm.DB) error {
			if err := tx.Model(&store.Doctor{}).Where("id = ?", plug.Doctor.ID).UpdateColumn("name", "锁").Error; err != nil {
				return err
			}
			go func() {
				_, err := s.CommitTurn(t.Context(), newTurn("oPlug", 1, "plug"))
				ended <- err
			}()
			close(blocked)
			<-let
			return nil
		})
	}()
	return blocked, func() {
		close(let)
		for range 2 {
			if err := <-ended; err != nil {
				t.Errorf("holding the writer: %v", err)
			}
		}
	}
}
