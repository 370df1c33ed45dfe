// Package storetest opens throw-away stores for tests: the embedded engines, and private MariaDB and Redis servers in temporary folders, so that one
// suite runs on every engine. It uses no server that it did not start and leaves none behind, even when the test binary is killed. A missing server
// binary fails the test and names the package to install; nothing is skipped.
package storetest

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/vrep/vrep/store"
)

// Account is the account of all stores of this package.
const Account = "wxtest"

// instances numbers the stores, so that each has an instance name of its own.
var instances atomic.Int64

// Option changes how a store is opened.
type Option func(*store.Options)

// SQLite opens a fresh, migrated store in a temporary folder.
func SQLite(t testing.TB, opts ...Option) *store.Store {
	t.Helper()
	return Open(t, store.Options{DataDir: t.TempDir()}, opts...)
}

// MariaDB opens a fresh, migrated store in a database of its own on the server that all tests of the binary share.
func MariaDB(t testing.TB, opts ...Option) *store.Store {
	t.Helper()
	return Open(t, store.Options{MySQLDSN: DSN(t)}, opts...)
}

// Engines runs the test once on each engine, on a fresh store.
func Engines(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("mariadb", func(t *testing.T) { test(t, MariaDB(t)) })
}

// Secret is the secret of the house in tests.
func Secret() []byte { return []byte("the secret of the house in tests") }

// Open opens and migrates a store and closes it when the test ends. Account, Instance, Log and the protected fields are filled in unless they are given:
// open the same address twice for two instances.
func Open(t testing.TB, o store.Options, opts ...Option) *store.Store {
	t.Helper()
	o.Account = cmp.Or(o.Account, Account)
	o.Instance = cmp.Or(o.Instance, fmt.Sprintf("test-%d", instances.Add(1)))
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Secret == nil {
		o.Secret = Secret()
	}
	if o.Protected == nil {
		o.Protected = func() []string { return []string{"name", "mobile", "licence_no"} }
	}
	for _, opt := range opts {
		opt(&o)
	}
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatalf("opening store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing store: %v", err)
		}
	})
	if _, err := s.Migrate(context.Background()); err != nil {
		t.Fatalf("migrating: %v", err)
	}
	return s
}
