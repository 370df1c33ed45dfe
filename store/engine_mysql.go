package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	gormmysql "gorm.io/driver/mysql"
	"gorm.io/gorm"
)

// Limits of the connection to MySQL.
const (
	mysqlWriters = 16
	mysqlReaders = 32
	mysqlDial    = 3 * time.Second
	mysqlIO      = 4 * time.Second
)

// mysqlEngine is MySQL 8, MariaDB 10.6 or newer, or a cluster that speaks like them.
type mysqlEngine struct {
	cfg *mysql.Config
	log *slog.Logger
}

// newMySQL completes the address: character set, time zone, timeouts and the rest are decided here and nowhere else. clientFoundRows makes
// RowsAffected count the rows that matched, as SQLite does.
func newMySQL(dsn string, log *slog.Logger) (*mysqlEngine, error) {
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("store: MySQL address not understood; it looks like user:pass@tcp(host)/db")
	}
	if cfg.DBName == "" {
		return nil, errors.New("store: MySQL address names no database")
	}
	if err := cfg.Apply(mysql.Charset("utf8mb4", "utf8mb4_bin")); err != nil {
		return nil, fmt.Errorf("completing MySQL address: %w", err)
	}
	cfg.Loc, cfg.ParseTime = time.UTC, true
	cfg.InterpolateParams, cfg.ClientFoundRows, cfg.RejectReadOnly = true, true, true
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = mysqlDial, mysqlIO, mysqlIO
	cfg.Logger = &mysql.NopLogger{}
	return &mysqlEngine{cfg: cfg, log: log}, nil
}

func (e *mysqlEngine) name() string { return "mysql" }

func (e *mysqlEngine) open(cfg *mysql.Config, limit int) (*sql.DB, error) {
	c, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("opening MySQL: %w", err)
	}
	pool := sql.OpenDB(session{c})
	pool.SetMaxOpenConns(limit)
	pool.SetMaxIdleConns(limit)
	pool.SetConnMaxLifetime(10 * time.Minute) // so that a failover by address is followed
	return pool, nil
}

// pools opens two, so that a heavy list in the console never keeps a turn waiting.
func (e *mysqlEngine) pools() (writer, reader *sql.DB, err error) {
	if writer, err = e.open(e.cfg, mysqlWriters); err != nil {
		return nil, nil, err
	}
	reader, err = e.open(e.cfg, mysqlReaders)
	return writer, reader, err
}

func (e *mysqlEngine) dialect(pool *sql.DB) gorm.Dialector {
	d := gormmysql.New(gormmysql.Config{Conn: pool, SkipInitializeWithVersion: true, DisableWithReturning: true})
	return dialect{Dialector: d, translate: translateMySQL}
}

// check refuses tables whose text would compare "A" equal to "a", and says so when the server may lose a commit.
func (e *mysqlEngine) check(ctx context.Context, pool *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, mysqlDial+mysqlIO)
	defer cancel()
	var flush string
	if err := pool.QueryRowContext(ctx, "SELECT @@innodb_flush_log_at_trx_commit").Scan(&flush); err != nil {
		return translateMySQL(err)
	}
	if flush != "1" {
		e.log.WarnContext(ctx, "database may lose acknowledged messages on power loss", "innodb_flush_log_at_trx_commit", flush)
	}
	rows, err := pool.QueryContext(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_collation <> 'utf8mb4_bin'")
	if err != nil {
		return translateMySQL(err)
	}
	defer rows.Close()
	ours := map[string]bool{"schema_migrations": true}
	for _, t := range tableNames {
		ours[t] = true
	}
	var wrong []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return translateMySQL(err)
		}
		if ours[table] {
			wrong = append(wrong, table)
		}
	}
	if err := rows.Err(); err != nil {
		return translateMySQL(err)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("store: tables %s must have the collation utf8mb4_bin", strings.Join(wrong, ", "))
	}
	return nil
}

// session is a connector whose connections read committed data, are strict about what they store and wait for a lock at most two seconds.
type session struct{ driver.Connector }

// Connect implements driver.Connector.
func (s session) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	ex, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("store: MySQL driver cannot execute"), conn.Close())
	}
	for _, q := range []string{
		"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
		"SET SESSION innodb_lock_wait_timeout = 2, SESSION time_zone = '+00:00', SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')",
	} {
		if _, err := ex.ExecContext(ctx, q, nil); err != nil {
			return nil, errors.Join(fmt.Errorf("preparing connection: %w", err), conn.Close())
		}
	}
	return conn, nil
}

// scrub leaves the files of the server to the server: it purges deleted rows by itself, and what its logs and backups keep, and for how long, is the operator's to settle.
func (e *mysqlEngine) scrub(context.Context, *sql.DB) (bool, error) { return true, nil }

func (e *mysqlEngine) translated(err error) error { return translateMySQL(err) }
