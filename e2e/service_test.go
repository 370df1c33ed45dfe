package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	buildOnce sync.Once
	binary    string
	buildErr  error
)

// build compiles the binary once for all tests.
func build(t *testing.T) string {
	t.Helper()
	buildOnce.Do(func() {
		dir, err := os.MkdirTemp("", "vrep-e2e-")
		if err != nil {
			buildErr = err
			return
		}
		binary = filepath.Join(dir, "vrep")
		cmd := exec.Command("go", "build", "-o", binary, "./cmd/vrep")
		cmd.Dir = ".."
		if out, err := cmd.CombinedOutput(); err != nil {
			buildErr = fmt.Errorf("building: %w\n%s", err, out)
		}
	})
	if buildErr != nil {
		t.Fatal(buildErr)
	}
	return binary
}

func TestMain(m *testing.M) {
	code := m.Run()
	if binary != "" {
		os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// demo is a running `vrep demo`.
type demo struct {
	url     string
	console string // one-time link
	invite  string
	ready   time.Duration // as the demo itself printed it
	cmd     *exec.Cmd
	ended   chan error
}

var (
	consoleLine = regexp.MustCompile(`http://\S+/console/enter/\S+`)
	inviteLine  = regexp.MustCompile(`邀请码\s+([0-9A-Z]{6})`)
	readyLine   = regexp.MustCompile(`ready in (\S+)`)
)

// startDemo runs the demo on the address given and reads what it prints.
func startDemo(t *testing.T, listen, data string) *demo {
	t.Helper()
	d := &demo{url: "http://" + listen, ended: make(chan error, 1)}
	cmd := exec.Command(build(t), "demo", "--listen", listen, "--data", data)
	cmd.Stderr = os.Stderr
	d.cmd = cmd
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.stop(t) })
	lines := make(chan string)
	go func() {
		scan := bufio.NewScanner(out)
		for scan.Scan() {
			lines <- scan.Text()
		}
		close(lines)
		d.ended <- cmd.Wait()
	}()
	var all []string
	deadline := time.After(20 * time.Second)
	for {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the demo ended early:\n%s", strings.Join(all, "\n"))
			}
			all = append(all, line)
			d.read(line)
			if strings.Contains(line, "Ctrl-C") {
				go func() {
					for range lines {
					}
				}()
				d.check(t, all)
				return d
			}
		case <-deadline:
			t.Fatalf("the demo did not become ready:\n%s", strings.Join(all, "\n"))
		}
	}
}

func (d *demo) read(line string) {
	if m := consoleLine.FindString(line); m != "" {
		d.console = m
	}
	if m := inviteLine.FindStringSubmatch(line); m != nil {
		d.invite = m[1]
	}
	if m := readyLine.FindStringSubmatch(line); m != nil {
		d.ready, _ = time.ParseDuration(m[1])
	}
}

func (d *demo) check(t *testing.T, lines []string) {
	t.Helper()
	if d.console == "" || d.invite == "" {
		t.Fatalf("the demo did not print its console link and invite code:\n%s", strings.Join(lines, "\n"))
	}
	t.Logf("the demo was ready in %s", d.ready)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", path, res.StatusCode)
		}
	}
}

// stop is Ctrl-C. The demo must end by itself and with code 0.
func (d *demo) stop(t *testing.T) {
	t.Helper()
	if d.cmd == nil {
		return
	}
	cmd := d.cmd
	d.cmd = nil
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Errorf("stopping the demo: %v", err)
		return
	}
	select {
	case err := <-d.ended:
		if err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		cmd.Process.Kill()
		t.Error("the demo did not end after Ctrl-C")
	}
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
