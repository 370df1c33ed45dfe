package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/gorm"
)

// sqliteReaders bounds the connections that read. One more writes: SQLite has one writer, and a queue in Go is fairer than busy waiting.
const sqliteReaders = 8

// sqliteBusy is how long a connection waits for a lock of another process.
const sqliteBusy = 5 * time.Second

// sqliteEngine is the embedded file: WAL, every commit on the disk before it returns.
type sqliteEngine struct{ file string }

func newSQLite(dir string) (sqliteEngine, error) {
	if dir == "" {
		return sqliteEngine{}, fmt.Errorf("store: neither a MySQL address nor a data folder")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return sqliteEngine{}, fmt.Errorf("finding data folder: %w", err)
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return sqliteEngine{}, fmt.Errorf("making data folder: %w", err)
	}
	return sqliteEngine{file: filepath.Join(abs, "vrep.db")}, nil
}

func (e sqliteEngine) name() string { return "sqlite" }

// dsn keeps busy_timeout first: later pragmas already may have to wait. What is deleted is overwritten (secure_delete): erased data must not stay in the
// file.
func (e sqliteEngine) dsn(lock string) string {
	q := url.Values{"_pragma": {fmt.Sprintf("busy_timeout(%d)", sqliteBusy.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)", "cache_size(-32768)"}, "_txlock": {lock}}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(e.file), RawQuery: q.Encode()}
	return u.String()
}

func (e sqliteEngine) pools() (writer, reader *sql.DB, err error) {
	if writer, err = sql.Open("sqlite3", e.dsn("immediate")); err != nil {
		return nil, nil, fmt.Errorf("opening embedded database: %w", err)
	}
	if reader, err = sql.Open("sqlite3", e.dsn("deferred")); err != nil {
		return nil, nil, fmt.Errorf("opening embedded database: %w", err)
	}
	writer.SetMaxOpenConns(1)
	writer.SetMaxIdleConns(1)
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	return writer, reader, nil
}

func (e sqliteEngine) dialect(pool *sql.DB) gorm.Dialector {
	return dialect{Dialector: gormlite.OpenDB(pool), translate: translateSQLite}
}

// check opens the file, which also switches it to WAL, and keeps it from other users of the machine.
func (e sqliteEngine) check(ctx context.Context, pool *sql.DB) error {
	mode, err := journalMode(ctx, pool)
	if err != nil {
		return translateSQLite(err)
	}
	if mode != "wal" {
		return fmt.Errorf("store: embedded database is in journal mode %s, not wal", mode)
	}
	if err := os.Chmod(e.file, 0o600); err != nil {
		return fmt.Errorf("protecting database file: %w", err)
	}
	return nil
}

// journalMode opens the first connection. The switch to WAL does not wait for other openers of a new file, whatever busy_timeout says, so it is tried
// again for as long.
func journalMode(ctx context.Context, pool *sql.DB) (mode string, err error) {
	ctx, cancel := context.WithTimeout(ctx, sqliteBusy)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err = pool.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
		if !errors.Is(err, sqlite3.BUSY) {
			return mode, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", err
		}
	}
}

// scrub writes the log back into the file and cuts it off: old pages in it hold what was deleted.
func (e sqliteEngine) scrub(ctx context.Context, pool *sql.DB) (bool, error) {
	var busy, pages, done int
	err := pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &done)
	if errors.Is(err, sqlite3.BUSY) {
		return false, nil
	}
	return busy == 0, err
}

func (e sqliteEngine) translated(err error) error { return translateSQLite(err) }

// dialect is a GORM dialect whose errors are translated into faults, and whose nested transactions are savepoints.
type dialect struct {
	gorm.Dialector
	translate func(error) error
}

// Translate implements gorm.ErrorTranslator.
func (d dialect) Translate(err error) error { return d.translate(err) }

// SavePoint implements gorm.SavePointerDialectorInterface.
func (d dialect) SavePoint(tx *gorm.DB, name string) error { return tx.Exec("SAVEPOINT " + name).Error }

// RollbackTo implements gorm.SavePointerDialectorInterface.
func (d dialect) RollbackTo(tx *gorm.DB, name string) error {
	return tx.Exec("ROLLBACK TO SAVEPOINT " + name).Error
}
