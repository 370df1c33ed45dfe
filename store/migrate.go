package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

//go:embed migrations
var migrationFiles embed.FS

// migrationLock is the name of the lock that lets one process migrate at a time, and how long others wait for it.
const (
	migrationLock     = "vrep_migrate"
	migrationLockWait = 60
)

// ErrNewerSchema: the database was migrated by a newer version of the program, which this one must not touch.
var ErrNewerSchema = errors.New("store: database schema is newer than this program")

// MigrationState tells whether a migration has been applied.
type MigrationState struct {
	ID      string // name of the file without .sql
	Applied bool
	Unknown bool // applied by a newer program
}

// Migrations lists all migrations in their order, unknown ones last.
func (s *Store) Migrations(ctx context.Context) ([]MigrationState, error) {
	names, err := s.migrationNames()
	if err != nil {
		return nil, err
	}
	applied, err := s.appliedMigrations(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading migrations: %w", err)
	}
	done := make(map[string]bool, len(applied))
	for _, id := range applied {
		done[id] = true
	}
	var states []MigrationState
	for _, n := range names {
		states = append(states, MigrationState{ID: n, Applied: done[n]})
		delete(done, n)
	}
	for _, id := range applied {
		if done[id] {
			states = append(states, MigrationState{ID: id, Applied: true, Unknown: true})
		}
	}
	return states, nil
}

// Pending lists the migrations that Migrate would apply. ErrNewerSchema when the database is ahead of the program.
func (s *Store) Pending(ctx context.Context) ([]string, error) {
	states, err := s.Migrations(ctx)
	if err != nil {
		return nil, err
	}
	var pending []string
	for _, m := range states {
		if m.Unknown {
			return nil, fmt.Errorf("%w: %s", ErrNewerSchema, m.ID)
		}
		if !m.Applied {
			pending = append(pending, m.ID)
		}
	}
	return pending, nil
}

// Migrate applies what is pending and lists it. Only one process migrates at a time; a newer schema is refused with ErrNewerSchema.
func (s *Store) Migrate(ctx context.Context) (applied []string, err error) {
	pool, done, err := s.migrationPool()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	db, err := openGORM(s.engine.dialect(pool))
	if err != nil {
		return nil, fmt.Errorf("opening database: %w", err)
	}
	err = db.WithContext(ctx).Connection(func(conn *gorm.DB) error {
		applied, err = s.migrate(ctx, conn.Session(&gorm.Session{NewDB: true}))
		return err
	})
	if err != nil {
		return applied, err
	}
	_, err = s.SecludeEarlier(ctx)
	return applied, err
}

// migrationPool gives the pool to migrate with: on MySQL one without an I/O timeout, because changing a large table takes its time.
func (s *Store) migrationPool() (*sql.DB, func() error, error) {
	e, ok := s.engine.(*mysqlEngine)
	if !ok {
		return s.pools[0], func() error { return nil }, nil
	}
	cfg := e.cfg.Clone()
	cfg.ReadTimeout, cfg.WriteTimeout = 0, time.Minute
	pool, err := e.open(cfg, 1)
	if err != nil {
		return nil, nil, err
	}
	return pool, pool.Close, nil
}

func (s *Store) migrate(ctx context.Context, conn *gorm.DB) (applied []string, err error) {
	unlock, err := s.lockMigrations(conn)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := conn.Exec(s.migrationTable()).Error; err != nil {
		return nil, fmt.Errorf("creating table of migrations: %w", err)
	}
	names, err := s.migrationNames()
	if err != nil {
		return nil, err
	}
	list := make([]*gormigrate.Migration, len(names))
	for i, name := range names {
		list[i] = &gormigrate.Migration{ID: name, Migrate: func(tx *gorm.DB) error {
			applied = append(applied, name)
			return s.runFile(tx, name)
		}}
	}
	m := gormigrate.New(conn.WithContext(ctx), &gormigrate.Options{
		TableName: "schema_migrations", IDColumnName: "id", IDColumnSize: 64,
		UseTransaction: s.Embedded(), ValidateUnknownMigrations: true,
	}, list)
	switch err := m.Migrate(); {
	case errors.Is(err, gormigrate.ErrUnknownPastMigration):
		return nil, ErrNewerSchema
	case err != nil:
		return nil, fmt.Errorf("migrating: %w", err)
	}
	return applied, s.chainEarlier(conn.WithContext(ctx))
}

func (s *Store) migrationTable() string {
	const create = "CREATE TABLE IF NOT EXISTS schema_migrations (id VARCHAR(64) NOT NULL PRIMARY KEY)"
	if s.Embedded() {
		return create
	}
	return create + " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"
}

// lockMigrations takes the lock of the MySQL server on this connection. The embedded engine has one writer by nature.
func (s *Store) lockMigrations(conn *gorm.DB) (unlock func() error, err error) {
	if s.Embedded() {
		return func() error { return nil }, nil
	}
	var got sql.NullInt64
	if err := conn.Raw("SELECT GET_LOCK(?, ?)", migrationLock, migrationLockWait).Scan(&got).Error; err != nil {
		return nil, fmt.Errorf("locking migrations: %w", err)
	}
	if got.Int64 != 1 {
		return nil, errors.New("store: another process is migrating")
	}
	return func() error { return conn.Exec("DO RELEASE_LOCK(?)", migrationLock).Error }, nil
}

func (s *Store) appliedMigrations(ctx context.Context) ([]string, error) {
	if !s.writer.WithContext(ctx).Migrator().HasTable("schema_migrations") {
		return nil, s.Ping(ctx) // HasTable swallows errors
	}
	var ids []string
	err := s.writer.WithContext(ctx).Table("schema_migrations").Order("id").Pluck("id", &ids).Error
	return ids, err
}

// migrationNames lists the files of the engine in their order.
func (s *Store) migrationNames() ([]string, error) {
	files, err := fs.Glob(migrationFiles, path.Join("migrations", s.engine.name(), "*.sql"))
	if err != nil {
		return nil, fmt.Errorf("listing migrations: %w", err)
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(path.Base(f), ".sql")
	}
	return names, nil
}

// runFile runs the statements of a file. A statement ends with a semicolon at the end of a line.
func (s *Store) runFile(tx *gorm.DB, name string) error {
	text, err := migrationFiles.ReadFile(path.Join("migrations", s.engine.name(), name+".sql"))
	if err != nil {
		return fmt.Errorf("reading migration: %w", err)
	}
	for statement := range strings.SplitSeq(string(text), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if err := tx.Exec(statement).Error; err != nil {
			return fmt.Errorf("running %s: %w", name, err)
		}
	}
	return nil
}
