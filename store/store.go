// Package store keeps everything that must not be lost: the journal of accepted events, answers, portraits, consents, leads, the outbox, console
// accounts and the audit. It is the only package that knows GORM and SQL, and it runs on MySQL or MariaDB (production) and on an embedded SQLite file.
//
// It refuses to decide: which move of a life cycle is legal and what is said to a doctor belong to its callers. It keeps no per-doctor prescription or
// sales figure: no column for one exists.
//
// Invariants
//   - One turn is one transaction (CommitTurn), and no turn number of a conversation is committed twice.
//   - A duplicate delivery changes nothing and gets the earlier reply.
//   - Nothing counts as sent unless FinishEffect was told so.
//   - Every row carries the account it belongs to, and every query of a list asks for one account only.
//   - What doctors say is sealed under a key of each doctor (see seal.go); erasing destroys it.
//   - Values of protected fields (phone, licence number) are kept in secrets alone; everywhere else stands their mask (see secret.go).
//   - Error texts hold no value of any row: doctors' words, names, phones and openids stay in the database.
package store

import (
	"cmp"
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Options says where the database is and for whom the store works.
type Options struct {
	MySQLDSN  string           // user:pass@tcp(host)/db; "" = embedded SQLite
	DataDir   string           // folder of the embedded file vrep.db; made when missing
	Account   string           // app id of the official account that all rows belong to
	Instance  string           // name of this process in the journal and in claims
	Now       func() time.Time // nil = time.Now
	Log       *slog.Logger     // nil = slog.Default()
	Secret    []byte           // secret of the house, at least 32 bytes: it wraps the keys of doctors and signs the audit
	Chain     string           // audit chain that this process adds to, the same after a restart; "" = Instance
	Unbatched bool             // every turn in a transaction of its own: the peer that benchmarks compare with

	Protected func() []string // fields of the portrait that are personal data, as the flows in force say; nil = none but the name
	Reverify  time.Duration   // how long a verification holds; 0 = ReverifyDefault
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	opt     Options
	engine  engine
	writer  *gorm.DB
	reader  *gorm.DB
	pools   []*sql.DB
	wrap    cipher.AEAD
	commits *committer
	loads   *loader
	fresh   freshness
	topics  topicsOfContent
	marks   *marks
}

// engine is what differs between the two databases.
type engine interface {
	name() string
	// pools opens the pool that writes and the pool that reads.
	pools() (writer, reader *sql.DB, err error)
	dialect(*sql.DB) gorm.Dialector
	// check refuses a database on which the promises would not hold.
	check(context.Context, *sql.DB) error
	// scrub takes what was deleted out of the files, as far as that is the program's business; false: not possible just now.
	scrub(context.Context, *sql.DB) (bool, error)
	// translated is the error of a statement outside GORM in the terms of this package.
	translated(error) error
}

// Open connects and starts the two goroutines that write turns and read facts. It does not migrate: see Migrate and Pending. An unreachable database gives ErrUnavailable.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Account == "" {
		return nil, errors.New("store: no account")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Protected == nil {
		o.Protected = func() []string { return nil }
	}
	o.Chain, o.Reverify = cmp.Or(o.Chain, o.Instance, "main"), cmp.Or(o.Reverify, ReverifyDefault)
	wrap, err := newWrap(o.Secret)
	if err != nil {
		return nil, err
	}
	e, err := newEngine(o)
	if err != nil {
		return nil, err
	}
	writer, reader, err := e.pools()
	if err != nil {
		return nil, err
	}
	s := &Store{opt: o, engine: e, wrap: wrap, pools: []*sql.DB{writer, reader}, marks: newMarks(o)}
	if err := s.connect(ctx, writer, reader); err != nil {
		return nil, errors.Join(err, s.closePools())
	}
	s.commits, s.loads = startCommitter(s), startLoader(s)
	return s, nil
}

func newEngine(o Options) (engine, error) {
	if o.MySQLDSN == "" {
		return newSQLite(o.DataDir)
	}
	return newMySQL(o.MySQLDSN, o.Log)
}

func (s *Store) connect(ctx context.Context, writer, reader *sql.DB) error {
	if err := s.engine.check(ctx, writer); err != nil {
		return fmt.Errorf("opening database: %w", err)
	}
	var err error
	if s.writer, err = openGORM(s.engine.dialect(writer)); err != nil {
		return fmt.Errorf("opening database: %w", err)
	}
	if s.reader, err = openGORM(s.engine.dialect(reader)); err != nil {
		return fmt.Errorf("opening database: %w", err)
	}
	return nil
}

// openGORM sets the one style of the package: no implicit transactions, no hooks' work, no statement text in any log.
func openGORM(d gorm.Dialector) (*gorm.DB, error) {
	return gorm.Open(d, &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		NamingStrategy:         naming{},
		Logger:                 logger.Discard,
		NowFunc:                func() time.Time { return time.Now().UTC() },
	})
}

// Close lets them finish what waits and closes the connections.
func (s *Store) Close() error {
	s.commits.close()
	s.loads.close()
	return s.closePools()
}

func (s *Store) closePools() error {
	var errs []error
	for _, p := range s.pools {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// Ping asks the database for a sign of life. Errors match ErrUnavailable.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.writer.WithContext(ctx).Raw("SELECT 1").Scan(&one).Error; err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

// Embedded tells whether the database is the embedded file.
func (s *Store) Embedded() bool { return s.engine.name() == "sqlite" }

// Account is the account that the store works for.
func (s *Store) Account() string { return s.opt.Account }

// Now is the clock of the store in unix milliseconds.
func (s *Store) Now() int64 { return s.opt.Now().UnixMilli() }
