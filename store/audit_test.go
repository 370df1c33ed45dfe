package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

var houseSecret = []byte("a secret of the house, 32 bytes!")

// audited opens a store that signs, on each engine.
func audited(t *testing.T, test func(t *testing.T, s *store.Store, o store.Options)) {
	t.Helper()
	for name, o := range map[string]store.Options{"sqlite": {}, "mariadb": {MySQLDSN: storetest.DSN(t)}} {
		t.Run(name, func(t *testing.T) {
			o.DataDir, o.Secret, o.Chain = t.TempDir(), houseSecret, "host-a"
			test(t, storetest.Open(t, o), o)
		})
	}
}

func note(t *testing.T, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		act := store.Audit{Actor: "wang", Action: "view_portrait", Object: fmt.Sprint("doctor:", i), Detail: "é字 ", Reason: "r"}
		if err := s.AddAudit(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
}

func verify(t *testing.T, s *store.Store, elsewhere ...store.Checkpoint) store.AuditReport {
	t.Helper()
	r, err := s.VerifyAudit(t.Context(), elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func exec(t *testing.T, s *store.Store, statement string, args ...any) {
	t.Helper()
	if err := s.Lock(t.Context(), func(tx *gorm.DB) error { return tx.Exec(statement, args...).Error }); err != nil {
		t.Fatal(err)
	}
}

// TestAuditChainHolds: rows of several instances of two hosts, written at the same time, form whole chains; an act that fails leaves no row.
func TestAuditChainHolds(t *testing.T) {
	audited(t, func(t *testing.T, s *store.Store, o store.Options) {
		all := []*store.Store{s, storetest.Open(t, o)}
		o.Chain = "host-b"
		all = append(all, storetest.Open(t, o))
		var work sync.WaitGroup
		for i, one := range all {
			work.Go(func() {
				for n := range 25 {
					if err := one.AddAudit(t.Context(), store.Audit{Actor: "wang", Action: "login", Object: fmt.Sprint(i, n)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		work.Wait()
		if err := s.RetryEffect(t.Context(), 4711); !errors.Is(err, store.ErrMoved) && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("retrying nothing: %v", err)
		}
		r := verify(t, s)
		if len(r.Findings) > 0 || r.Rows != 75 || r.Chains != 3 || r.Unsigned != 75 {
			t.Errorf("report %+v", r)
		}
		if err := all[2].Checkpoint(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if r := verify(t, s); len(r.Findings) > 0 || r.Unsigned != 0 {
			t.Errorf("signed by another host: %+v", r)
		}
	})
}

// TestAuditDeedsAreFound does to the tables what somebody with access to the database can do.
func TestAuditDeedsAreFound(t *testing.T) {
	const of = " WHERE chain = 'host-a' AND row_no = "
	for _, c := range []struct {
		deed  string
		kinds []string
	}{
		{"UPDATE audit SET detail = 'nothing'" + of + "5", []string{store.FoundChanged}},
		{"UPDATE audit SET account = 'wxother'" + of + "5", []string{store.FoundMissing}},
		{"UPDATE audit SET chain = ''" + of + "5", []string{store.FoundMissing, store.FoundLoose}},
		{"UPDATE audit SET row_no = 99" + of + "5", []string{store.FoundMissing, store.FoundChanged, store.FoundInserted}},
		{"DELETE FROM audit" + of + "5", []string{store.FoundMissing}},
		{"DELETE FROM audit WHERE chain = 'host-a' AND row_no > 8", []string{store.FoundCut}},
		{"DELETE FROM audit WHERE chain = 'host-a'", []string{store.FoundCut}},
		{"INSERT INTO audit (account, at, actor, action, object, detail) VALUES ('wxtest', 1, 'x', 'x', 'x', '')", []string{store.FoundLoose}},
		{"UPDATE chains SET hash = 'x' WHERE chain = 'host-a'", []string{store.FoundEnd}},
		{"UPDATE chains SET row_no = 11 WHERE chain = 'host-a'", []string{store.FoundInserted}},
		{"DELETE FROM checkpoints WHERE chain = 'host-a'", []string{store.FoundUnmarked}},
		{"UPDATE checkpoints SET hash = 'x' WHERE chain = 'host-a'", []string{store.FoundForged}},
	} {
		t.Run(c.deed, func(t *testing.T) {
			o := store.Options{DataDir: t.TempDir(), Secret: houseSecret, Chain: "host-a"}
			s := storetest.Open(t, o)
			note(t, s, 12)
			if err := s.Checkpoint(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			exec(t, s, c.deed)
			r := verify(t, s)
			for _, kind := range c.kinds {
				if !slices.ContainsFunc(r.Findings, func(f store.Finding) bool { return f.Kind == kind }) {
					t.Errorf("no finding of kind %s: %+v", kind, r.Findings)
				}
			}
		})
	}
}

// TestAuditTailNeedsTheFile: rows, ends and checkpoints cut off together in the database are missed by the file, and by a copy of the file when that is
// gone too.
func TestAuditTailNeedsTheFile(t *testing.T) {
	audited(t, func(t *testing.T, s *store.Store, o store.Options) {
		note(t, s, 6)
		if err := s.Checkpoint(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(o.DataDir, store.MarksFile)
		copied, err := store.ReadMarks(file)
		if err != nil || len(copied) != 1 || copied[0].Row != 6 {
			t.Fatalf("the file holds %+v, %v", copied, err)
		}
		exec(t, s, "DELETE FROM audit WHERE row_no > 2")
		exec(t, s, "DELETE FROM checkpoints")
		exec(t, s, "UPDATE chains SET row_no = 2, signed_row = 0, hash = (SELECT hash FROM audit WHERE row_no = 2) WHERE chain = 'host-a'")
		cut := func(f store.Finding) bool { return f.Kind == store.FoundCut && f.Row == 6 && f.Since == 2 }
		if r := verify(t, s); !slices.ContainsFunc(r.Findings, cut) {
			t.Errorf("with the file: %+v", r.Findings)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if r := verify(t, s); len(r.Findings) > 0 {
			t.Errorf("without the file nothing is left to tell: %+v", r.Findings)
		}
		if r := verify(t, s, copied...); !slices.ContainsFunc(r.Findings, cut) {
			t.Errorf("with a copy from elsewhere: %+v", r.Findings)
		}
	})
}

// TestAuditMarks: a checkpoint comes with every thousandth row, with the loop after five minutes, and at its end.
func TestAuditMarks(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	o := store.Options{DataDir: t.TempDir(), Secret: houseSecret, Chain: "host-a", Now: func() time.Time { return now }}
	s := storetest.Open(t, o)
	signed := func() []int64 {
		var rows []int64
		if err := s.DB(t.Context()).Model(&store.Checkpoint{}).Order("at_row").Pluck("at_row", &rows).Error; err != nil {
			t.Fatal(err)
		}
		return rows
	}
	note(t, s, 1001)
	if got := signed(); !slices.Equal(got, []int64{1000}) {
		t.Errorf("after 1,001 rows: %v", got)
	}
	now = now.Add(299 * time.Second)
	for _, want := range [][]int64{{1000}, {1000, 1001}, {1000, 1001}} {
		if err := s.Checkpoint(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		if got := signed(); !slices.Equal(got, want) {
			t.Errorf("at %v: %v, want %v", now, got, want)
		}
		now = now.Add(2 * time.Second)
	}
	note(t, s, 1)
	ended, stop := context.WithCancel(t.Context())
	stop()
	if err := s.KeepAudit(ended); err != nil {
		t.Fatal(err)
	}
	if got := signed(); !slices.Equal(got, []int64{1000, 1001, 1002}) {
		t.Errorf("after the end: %v", got)
	}
	torn(t, s, filepath.Join(o.DataDir, store.MarksFile))
}

// torn leaves half a line in the file, as a crash would.
func torn(t *testing.T, s *store.Store, file string) {
	t.Helper()
	all, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, all[:len(all)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := storetest.Open(t, store.Options{DataDir: filepath.Dir(file), Secret: houseSecret, Chain: "host-a"})
	if err := fresh.Checkpoint(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	again, err := os.ReadFile(file)
	if err != nil || string(again) != string(all) {
		t.Errorf("the torn line was not written again: %v\n%s", err, again)
	}
	if r := verify(t, s); len(r.Findings) > 0 || r.Checkpoints != 6 {
		t.Errorf("%+v", r)
	}
}

// TestAuditBefore: rows of an earlier version are sealed once, at the upgrade; later ones without a chain are findings.
func TestAuditBefore(t *testing.T) {
	audited(t, func(t *testing.T, s *store.Store, o store.Options) {
		exec(t, s, "DELETE FROM chains")
		for i := range 1203 {
			exec(t, s, "INSERT INTO audit (account, at, actor, action, object, detail) VALUES (?, ?, 'wang', 'login', 'user:wang', 'password')", storetest.Account, i)
		}
		if r := verify(t, s); len(r.Findings) == 0 {
			t.Error("rows without a chain are no finding")
		}
		upgraded := storetest.Open(t, o)
		r := verify(t, upgraded)
		if len(r.Findings) > 0 || r.Rows != 1204 || r.Unsigned != 1 {
			t.Fatalf("after the upgrade: %+v", r)
		}
		exec(t, s, "INSERT INTO audit (account, at, actor, action, object, detail) VALUES (?, 1, 'mallory', 'login', 'x', '')", storetest.Account)
		if r := verify(t, storetest.Open(t, o)); len(r.Findings) != 1 || r.Findings[0].Kind != store.FoundLoose {
			t.Errorf("a loose row was sealed by a restart: %+v", r.Findings)
		}
	})
}

// TestAuditWithTheTurn: the rows of a turn stand in the chain, and what the database would store differently is hashed as it is stored.
func TestAuditWithTheTurn(t *testing.T) {
	audited(t, func(t *testing.T, s *store.Store, _ store.Options) {
		turn := newTurn("o1", 1, "m1")
		turn.Audits = []store.Audit{{Actor: "bot", Action: "talk_moved", Object: strings.Repeat("长", 200), Detail: "a\xffb"}, {Actor: "bot", Action: "second"}}
		commit(t, s, turn)
		rows, err := s.Audits(t.Context(), "", 5)
		if err != nil || len(rows) != 2 || rows[1].Row != 1 || rows[0].Prev != rows[1].Hash {
			t.Fatalf("%+v %v", rows, err)
		}
		if r := verify(t, s); len(r.Findings) > 0 {
			t.Errorf("%+v", r)
		}
	})
}
