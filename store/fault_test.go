package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"
)

func TestFaults(t *testing.T) {
	server := func(n uint16) error { return &mysql.MySQLError{Number: n, Message: "value SECRET"} }
	for _, c := range []struct {
		err  error
		kind faultKind
	}{
		{server(1062), faultDuplicate}, {server(1213), faultConflict}, {server(1205), faultConflict}, {server(1290), faultLost},
		{server(1040), faultLost}, {server(1366), faultOther}, {server(1064), faultOther},
		{driver.ErrBadConn, faultLost}, {mysql.ErrInvalidConn, faultLost}, {io.ErrUnexpectedEOF, faultLost},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, faultLost}, {fmt.Errorf("wrapped: %w", server(1213)), faultConflict},
	} {
		got := translateMySQL(c.err)
		if !hasKind(got, c.kind) {
			t.Errorf("%v is %v, want %s", c.err, got, c.kind)
		}
		if errors.Is(got, ErrUnavailable) != (c.kind == faultLost) || errors.Is(got, gorm.ErrDuplicatedKey) != (c.kind == faultDuplicate) {
			t.Errorf("%v matches the wrong sentinel", got)
		}
		if again := translateMySQL(got); again != got {
			t.Errorf("%v was translated twice", got)
		}
	}
	for _, n := range []uint16{1062, 1213, 1366, 1064, 1292} {
		if text := translateMySQL(server(n)).Error(); strings.Contains(text, "SECRET") {
			t.Errorf("text of %d tells a value: %s", n, text)
		}
	}
	for code, kind := range map[sqlite3.ErrorCode]faultKind{
		sqlite3.BUSY: faultConflict, sqlite3.FULL: faultLost, sqlite3.IOERR: faultLost, sqlite3.READONLY: faultLost, sqlite3.ERROR: faultOther,
	} {
		if got := translateSQLite(code); !hasKind(got, kind) {
			t.Errorf("%v is %v, want %s", code, got, kind)
		}
	}
	if got := translateSQLite(sqlite3.CONSTRAINT_UNIQUE); !errors.Is(got, gorm.ErrDuplicatedKey) {
		t.Errorf("unique constraint is %v", got)
	}
}

func TestErrorsThatPass(t *testing.T) {
	for _, err := range []error{nil, context.Canceled, context.DeadlineExceeded, gorm.ErrRecordNotFound, ErrMoved} {
		if got := translateMySQL(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
		if got := translateSQLite(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}
