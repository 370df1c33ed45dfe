package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/go-sql-driver/mysql"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"
)

type faultKind string

const (
	faultDuplicate faultKind = "duplicate key" // a unique key or primary key exists
	faultConflict  faultKind = "conflict"      // deadlock or lock wait: the same work may be tried again
	faultLost      faultKind = "unavailable"   // connection lost, read-only, full: the outcome is unknown
	faultOther     faultKind = "refused"       // everything else: a defect
)

// fault is a driver's error with its meaning. Its text never quotes the driver's, because servers put values of the row into it.
type fault struct {
	kind   faultKind
	engine string
	code   int
	detail string // only for errors whose text holds no values
	err    error
}

// Error implements error.
func (f *fault) Error() string {
	if f.detail != "" {
		return fmt.Sprintf("%s error %d (%s): %s", f.engine, f.code, f.kind, f.detail)
	}
	return fmt.Sprintf("%s error %d (%s)", f.engine, f.code, f.kind)
}

// Unwrap returns the driver's error.
func (f *fault) Unwrap() error { return f.err }

// Is lets callers ask for ErrUnavailable and gorm.ErrDuplicatedKey.
func (f *fault) Is(target error) bool {
	switch target {
	case ErrUnavailable:
		return f.kind == faultLost
	case gorm.ErrDuplicatedKey:
		return f.kind == faultDuplicate
	}
	return false
}

// hasKind tells whether err is a fault of that kind.
func hasKind(err error, k faultKind) bool {
	var f *fault
	return errors.As(err, &f) && f.kind == k
}

// mysqlKinds sorts server error numbers; 0 to 999 do not exist.
var mysqlKinds = map[uint16]faultKind{
	1062: faultDuplicate,
	1205: faultConflict, // lock wait timeout
	1213: faultConflict, // deadlock
	1020: faultConflict, // record has changed since last read
	1021: faultLost,     // disk full
	1030: faultLost,     // storage engine
	1037: faultLost,     // out of memory
	1040: faultLost,     // too many connections
	1041: faultLost,     // out of memory
	1044: faultLost,     // access denied to database
	1045: faultLost,     // access denied
	1049: faultLost,     // unknown database
	1053: faultLost,     // shutting down
	1114: faultLost,     // table full
	1129: faultLost,     // host blocked
	1203: faultLost,     // too many connections of the user
	1226: faultLost,     // resource limit of the user
	1290: faultLost,     // read-only option
	1317: faultLost,     // query interrupted
	1792: faultLost,     // read-only transaction
	1836: faultLost,     // read-only mode
	1927: faultLost,     // connection killed
	3024: faultLost,     // statement timeout
	3100: faultLost,     // replication hook refused
}

// mysqlPlain lists errors whose text names accounts, tables or columns only.
var mysqlPlain = map[uint16]bool{1044: true, 1045: true, 1049: true, 1054: true, 1146: true, 1290: true, 1364: true, 1406: true}

// translateMySQL turns an error of the MySQL driver into a fault. Others pass.
func translateMySQL(err error) error {
	var server *mysql.MySQLError
	switch {
	case passes(err):
		return err
	case errors.As(err, &server):
		kind, ok := mysqlKinds[server.Number]
		if !ok {
			kind = faultOther
		}
		f := &fault{kind: kind, engine: "mysql", code: int(server.Number), err: err}
		if mysqlPlain[server.Number] {
			f.detail = server.Message
		}
		return f
	case isLost(err):
		return &fault{kind: faultLost, engine: "mysql", detail: err.Error(), err: err}
	}
	return err
}

// translateSQLite does the same for the embedded engine, whose texts hold no values.
func translateSQLite(err error) error {
	var code sqlite3.ErrorCode
	switch {
	case passes(err):
		return err
	case errors.Is(err, sqlite3.CONSTRAINT_UNIQUE), errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY):
		return &fault{kind: faultDuplicate, engine: "sqlite", code: int(sqlite3.CONSTRAINT), err: err}
	case errors.As(err, &code):
		return &fault{kind: sqliteKind(code), engine: "sqlite", code: int(code), detail: err.Error(), err: err}
	case isLost(err):
		return &fault{kind: faultLost, engine: "sqlite", detail: err.Error(), err: err}
	}
	return err
}

func sqliteKind(code sqlite3.ErrorCode) faultKind {
	switch code {
	case sqlite3.BUSY, sqlite3.LOCKED:
		return faultConflict
	case sqlite3.FULL, sqlite3.IOERR, sqlite3.CANTOPEN, sqlite3.READONLY, sqlite3.CORRUPT, sqlite3.NOTADB, sqlite3.PERM, sqlite3.AUTH,
		sqlite3.NOMEM, sqlite3.PROTOCOL:
		return faultLost
	}
	return faultOther
}

// passes tells errors that are nobody's fault or were translated before.
func passes(err error) bool {
	var f *fault
	return err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, gorm.ErrRecordNotFound) ||
		errors.As(err, &f)
}

// isLost tells errors of the connection.
func isLost(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network) ||
		err.Error() == "sql: database is closed"
}
