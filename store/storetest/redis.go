package storetest

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vrep/vrep/store/session"
)

// Embedded opens sessions on an in-process Redis.
func Embedded(t testing.TB) *session.Sessions {
	t.Helper()
	return Sessions(t, session.Options{Embedded: true})
}

// Redis opens sessions on a Redis server of the test's own.
func Redis(t testing.TB) *session.Sessions {
	t.Helper()
	return Sessions(t, session.Options{Addr: RedisServer(t).Address})
}

// SessionEngines runs the test once on each kind of Redis.
func SessionEngines(t *testing.T, test func(t *testing.T, s *session.Sessions)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) { test(t, Embedded(t)) })
	t.Run("redis", func(t *testing.T) { test(t, Redis(t)) })
}

// Sessions opens sessions and closes them when the test ends. Account and Log are filled in.
func Sessions(t testing.TB, o session.Options) *session.Sessions {
	t.Helper()
	o.Account, o.Log = Account, slog.New(slog.DiscardHandler)
	s, err := session.Open(context.Background(), o)
	if err != nil {
		t.Fatalf("opening sessions: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing sessions: %v", err)
		}
	})
	return s
}

// RedisServer starts a Redis server without persistence on a unix socket. The test may kill, pause and start it.
func RedisServer(t testing.TB) *Server {
	t.Helper()
	bin, err := binary("redis-server", "redis-server")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := shortTemp()
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	s := &Server{Address: "unix:" + socket}
	s.start = func() (*process, error) {
		return startProcess(dir, filepath.Join(dir, "log"), bin, "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no",
			"--dir", dir, "--maxmemory-policy", "noeviction")
	}
	s.ready = func() error { return pingRedis(socket) }
	t.Cleanup(func() {
		s.Kill(t)
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing server's folder: %v", err)
		}
	})
	s.Start(t)
	return s
}

func pingRedis(socket string) error {
	conn, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	_, err = conn.Read(make([]byte, 16))
	return err
}
