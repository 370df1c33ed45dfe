package store_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

var update = flag.Bool("update", false, "write golden files")

// TestSchema compares what the migrations make with the golden file of the engine. Run with -update after a new migration.
func TestSchema(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		var lines []string
		if s.Embedded() {
			lines = sqliteSchema(t, s.DB(t.Context()))
		} else {
			lines = mysqlSchema(t, s.DB(t.Context()))
		}
		got := strings.Join(lines, "\n") + "\n"
		file := filepath.Join("testdata", "schema_"+s.Engine()+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("schema (-want +got):\n%s", diff)
		}
	})
}

func query(t *testing.T, db *gorm.DB, q string) []string {
	t.Helper()
	var lines []string
	if err := db.Raw(q).Scan(&lines).Error; err != nil {
		t.Fatalf("reading schema: %v", err)
	}
	return lines
}

func sqliteSchema(t *testing.T, db *gorm.DB) []string {
	return query(t, db, "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name")
}

// mysqlSchema leaves out what MySQL and MariaDB print differently, such as display widths.
func mysqlSchema(t *testing.T, db *gorm.DB) []string {
	lines := query(t, db, `SELECT CONCAT_WS(' ', 'column', table_name, column_name, data_type, COALESCE(character_maximum_length, ''), is_nullable,
		COALESCE(collation_name, ''), extra) FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`)
	lines = append(lines, query(t, db, `SELECT CONCAT_WS(' ', 'table', table_name, engine, table_collation)
		FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name`)...)
	return append(lines, query(t, db, `SELECT CONCAT_WS(' ', 'index', table_name, index_name, IF(non_unique, '', 'unique'),
		GROUP_CONCAT(column_name ORDER BY seq_in_index)) FROM information_schema.statistics WHERE table_schema = DATABASE()
		GROUP BY table_name, index_name, non_unique ORDER BY table_name, index_name`)...)
}

// TestRecordsMatchTables: every field of a record is a column and every column a field, on both engines.
func TestRecordsMatchTables(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		db := s.DB(t.Context())
		tables := map[string]bool{"schema_migrations": true}
		for _, r := range store.Records() {
			parsed, err := schema.Parse(r, &sync.Map{}, db.NamingStrategy)
			if err != nil {
				t.Fatal(err)
			}
			tables[parsed.Table] = true
			columns, err := db.Migrator().ColumnTypes(r)
			if err != nil {
				t.Fatalf("%s: %v", parsed.Table, err)
			}
			var got []string
			for _, c := range columns {
				got = append(got, c.Name())
			}
			if diff := cmp.Diff(parsed.DBNames, got); diff != "" {
				t.Errorf("%s: fields and columns (-record +table):\n%s", parsed.Table, diff)
			}
		}
		all, err := db.Migrator().GetTables()
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range all {
			if !tables[table] && !strings.HasPrefix(table, "sqlite_") {
				t.Errorf("table %s has no record", table)
			}
		}
	})
}

func TestMigrations(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		states, err := s.Migrations(t.Context())
		if err != nil || len(states) == 0 {
			t.Fatalf("migrations %v, %v", states, err)
		}
		if i := slices.IndexFunc(states, func(m store.MigrationState) bool { return !m.Applied || m.Unknown }); i >= 0 {
			t.Errorf("after migrating: %+v", states[i])
		}
		if again, err := s.Migrate(t.Context()); len(again) > 0 || err != nil {
			t.Errorf("second run applied %v, %v", again, err)
		}
		if err := s.NewerSchema(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, migrating := s.Migrate(t.Context())
		_, asking := s.Pending(t.Context())
		for _, err := range []error{migrating, asking} {
			if !errors.Is(err, store.ErrNewerSchema) {
				t.Errorf("newer schema: %v", err)
			}
		}
	})
}

// TestMigrateTogether lets several instances start at once on an empty database.
func TestMigrateTogether(t *testing.T) {
	dir, dsn := t.TempDir(), storetest.DSN(t)
	for name, o := range map[string]store.Options{"sqlite": {DataDir: dir, Secret: storetest.Secret()}, "mariadb": {MySQLDSN: dsn, Secret: storetest.Secret()}} {
		t.Run(name, func(t *testing.T) {
			o.Account = storetest.Account
			var wg sync.WaitGroup
			var mu sync.Mutex
			applied := map[string]int{}
			for range 4 {
				wg.Go(func() {
					s, err := store.Open(t.Context(), o)
					if err != nil {
						t.Errorf("opening: %v", err)
						return
					}
					ids, err := s.Migrate(t.Context())
					if err != nil {
						t.Errorf("migrating: %v", err)
					}
					mu.Lock()
					for _, id := range ids {
						applied[id]++
					}
					mu.Unlock()
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			for id, n := range applied {
				if n != 1 {
					t.Errorf("%s was applied %d times", id, n)
				}
			}
			if len(applied) == 0 {
				t.Error("nobody migrated")
			}
		})
	}
}

// TestPendingBeforeMigrating lists everything on an empty database and changes nothing.
func TestPendingBeforeMigrating(t *testing.T) {
	for name, o := range map[string]store.Options{"sqlite": {DataDir: t.TempDir(), Secret: storetest.Secret()}, "mariadb": {MySQLDSN: storetest.DSN(t), Secret: storetest.Secret()}} {
		o.Account = storetest.Account
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if ids, err := s.Pending(t.Context()); err != nil || len(ids) == 0 || ids[0] != "0001_first" {
				t.Errorf("%s: pending %v, %v", name, ids, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestWrongCollation refuses a database in which an openid would equal another one.
func TestWrongCollation(t *testing.T) {
	dsn := storetest.DSN(t)
	s := storetest.Open(t, store.Options{MySQLDSN: dsn})
	if err := s.Lock(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("ALTER TABLE doctors CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci").Error
	}); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), store.Options{MySQLDSN: dsn, Account: storetest.Account, Secret: storetest.Secret()})
	if err == nil || !strings.Contains(err.Error(), "doctors") {
		t.Errorf("opened with a wrong collation: %v", err)
	}
}

// TestAddresses: mistakes in the options are told, without the password.
func TestAddresses(t *testing.T) {
	for _, dsn := range []string{"root:SECRET@tcp(127.0.0.1:1)/", "SECRET", "root:SECRET@tcp(127.0.0.1:1)/db"} {
		s, err := store.Open(t.Context(), store.Options{MySQLDSN: dsn, Account: "wx", Secret: storetest.Secret()})
		if err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v %v", s, err)
		}
	}
	for _, o := range []store.Options{{Secret: storetest.Secret()}, {Account: "wx", DataDir: t.TempDir()}, {Account: "wx", Secret: storetest.Secret()}} {
		if s, err := store.Open(t.Context(), o); err == nil {
			t.Errorf("%v opened with %+v", s, o)
		}
	}
}

// TestTextStaysApart: ids that differ in case only, and emoji, are different on both engines.
func TestTextStaysApart(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		var effects []store.Effect
		for i, key := range []string{"oAbC", "oabc", "😀", "🎉"} {
			effects = append(effects, text(fmt.Sprint("d:", i), key))
		}
		add(t, s, effects...)
		if n := count(t, s, &store.Effect{}, "effect_key IN ?", []string{"oAbC", "🎉"}); n != 2 {
			t.Errorf("%d rows found, want 2", n)
		}
		if n := count(t, s, &store.Effect{}, "1 = 1"); n != 4 {
			t.Errorf("%d rows kept, want 4", n)
		}
	})
}
