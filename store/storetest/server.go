package storetest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startLimit is how long a server may take to answer.
const startLimit = 60 * time.Second

// guard starts a server and waits on its own standard input. When that ends, because the test binary is done or was killed, it kills the server and
// removes the folder given as first argument. The word "keep" before the end leaves the folder for another start.
const guard = `trap '' HUP # sent to a group that is orphaned with a paused server in it
dir=$1; log=$2; shift 2
"$@" >"$log" 2>&1 </dev/null &
server=$!
echo $server
read -r word
kill -9 $server
wait $server 2>/dev/null
[ "$word" = keep ] || rm -rf "$dir"
exit 0`

// process is a running server under guard.
type process struct {
	pid   int
	cmd   *exec.Cmd
	stdin io.WriteCloser
	log   string
}

// startProcess runs argv under guard.
func startProcess(dir, log string, argv ...string) (*process, error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", guard, "guard", dir, log}, argv...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt of the test's group must not hit the guard
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", argv[0], err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", argv[0], err)
	}
	return &process{pid: pid, cmd: cmd, stdin: in, log: log}, nil
}

// kill ends the server as a crash would, leaves its folder and waits until it is gone.
func (p *process) kill() error {
	if _, err := io.WriteString(p.stdin, "keep\n"); err != nil {
		return err
	}
	if err := p.stdin.Close(); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// tail gives the end of the server's log for messages of failed tests.
func (p *process) tail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// Server is a private server that a test may kill, stop and start again.
type Server struct {
	// Address is the DSN without database for MariaDB, unix:PATH for Redis.
	Address string

	mu    sync.Mutex
	proc  *process
	start func() (*process, error)
	ready func() error
}

// Start starts the server on the data that it left and waits until it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) run() error {
	p, err := s.start()
	if err != nil {
		return err
	}
	s.proc = p
	end := time.Now().Add(startLimit)
	for {
		err := s.ready()
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("server does not answer: %w\n%s", err, p.tail())
		}
		<-time.After(10 * time.Millisecond)
	}
}

// Kill ends the server with SIGKILL.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil {
		return
	}
	if err := s.proc.kill(); err != nil {
		t.Errorf("killing server: %v", err)
	}
	s.proc = nil
}

// Pause stops the server without ending it: connections stay open and nothing answers. Resume lets it go on. On a busy machine a thread of the server
// may go on for a moment after the signal, so Pause waits until every one stands still.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	s.signal(t, syscall.SIGSTOP)
	for end := time.Now().Add(startLimit); !s.still(t); <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("server does not stand still")
		}
	}
}

// still reports whether every thread of the server is stopped (state T of proc(5)); where there is no /proc the signal has to do.
func (s *Server) still(t testing.TB) bool {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", s.proc.pid))
	if err != nil {
		t.Fatalf("looking at the threads of the server: %v", err)
	}
	for _, name := range stats {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has ended
		}
		if _, state, ok := strings.Cut(string(data), ") "); ok && !strings.HasPrefix(state, "T") {
			return false
		}
	}
	return true
}

// Resume ends a Pause.
func (s *Server) Resume(t testing.TB) { s.signal(t, syscall.SIGCONT) }

func (s *Server) signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := syscall.Kill(s.proc.pid, sig); err != nil {
		t.Fatalf("signalling server: %v", err)
	}
}

// binary finds a server program, or fails the test with the name of the package that has it.
func binary(name, pkg string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/local/bin"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s not found: install the package %s (apt-get install %s)", name, pkg, pkg)
}

// shortTemp makes a folder whose path leaves room for a socket name, which may have at most 107 bytes.
func shortTemp() (string, error) {
	base := os.TempDir()
	if len(base) > 60 {
		base = "/tmp"
	}
	return os.MkdirTemp(base, "vrep-")
}
