package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // registers "mysql"
)

// shared is the MariaDB server of this test binary; its guard ends it together with the binary.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// databases numbers the databases of the shared server.
var databases atomic.Int64

// DSN makes an empty database on the shared MariaDB server and gives its address. It is dropped when the test ends.
func DSN(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() {
		dir, err := shortTemp()
		if err != nil {
			shared.err = err
			return
		}
		shared.server, shared.err = newMariaDB(dir)
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return database(t, shared.server)
}

// MariaDBServer starts a server of the test's own, which it may kill. DSN addresses come from Database.
func MariaDBServer(t testing.TB) *Server {
	t.Helper()
	dir, err := shortTemp()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newMariaDB(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Kill(t)
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing server's folder: %v", err)
		}
	})
	return s
}

// Database makes an empty database on a MariaDB server and gives its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("vrep_%d", databases.Add(1))
	if err := s.exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("making database: %v", err)
	}
	return s.Address + name
}

func database(t testing.TB, s *Server) string {
	t.Helper()
	dsn := s.Database(t)
	name := filepath.Base(dsn)
	t.Cleanup(func() {
		if err := s.exec("DROP DATABASE " + name); err != nil {
			t.Errorf("dropping database: %v", err)
		}
	})
	return dsn
}

func (s *Server) exec(query string) error {
	db, err := sql.Open("mysql", s.Address)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	_, err = db.ExecContext(ctx, query)
	return err
}

// newMariaDB copies the template into dir and starts a server there that listens on a unix socket only. As in production every commit is flushed, to
// the redo log and to the binary log, which MySQL 8 keeps by default.
func newMariaDB(dir string) (*Server, error) {
	bin, err := binary("mariadbd", "mariadb-server")
	if err != nil {
		return nil, err
	}
	template, err := mariaTemplate(bin)
	if err != nil {
		return nil, err
	}
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	if out, err := exec.Command("cp", "-a", template, data).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copying template: %w: %s", err, out)
	}
	s := &Server{Address: "root@unix(" + socket + ")/"}
	s.start = func() (*process, error) {
		return startProcess(dir, filepath.Join(dir, "log"), append([]string{
			bin, "--no-defaults", "--datadir=" + data, "--socket=" + socket, "--pid-file=" + filepath.Join(dir, "pid"), "--skip-networking",
			"--innodb-flush-log-at-trx-commit=1", "--log-bin=" + filepath.Join(data, "binlog"), "--sync-binlog=1", "--binlog-format=ROW", "--innodb-buffer-pool-size=64M", "--performance-schema=OFF", "--max-connections=400",
			"--lower-case-table-names=0", "--skip-name-resolve",
		}, asRoot()...)...)
	}
	s.ready = func() error {
		db, err := sql.Open("mysql", s.Address)
		if err != nil {
			return err
		}
		defer db.Close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return db.PingContext(ctx)
	}
	return s, s.run()
}

func asRoot() []string {
	if os.Geteuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}

// mariaTemplate makes a data folder once for the user and the server's version, and keeps it: installing takes seconds, copying does not.
func mariaTemplate(server string) (string, error) {
	install, err := binary("mariadb-install-db", "mariadb-server")
	if err != nil {
		return "", err
	}
	info, err := os.Stat(server)
	if err != nil {
		return "", err
	}
	base := filepath.Join(os.TempDir(), "vrep-mariadb-"+strconv.Itoa(os.Geteuid()))
	template := filepath.Join(base, fmt.Sprintf("%d-%d", info.Size(), info.ModTime().Unix()))
	if _, err := os.Stat(template); err == nil {
		return template, nil
	}
	if err := os.MkdirAll(base, 0o700); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(base, "new-")
	if err != nil {
		return "", err
	}
	args := append([]string{"--no-defaults", "--datadir=" + fresh, "--auth-root-authentication-method=normal", "--skip-test-db", "--force"}, asRoot()...)
	if out, err := exec.Command(install, args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("installing database: %w: %s", err, out)
	}
	if err := os.Rename(fresh, template); err == nil {
		return template, nil
	}
	if err := os.RemoveAll(fresh); err != nil {
		return "", err
	}
	_, err = os.Stat(template) // another process was first
	return template, err
}
