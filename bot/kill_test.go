package bot

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// childEnv holds the order for a child process: this test binary started again as an instance that takes turns and may kill itself.
const childEnv = "VREP_BOT_CHILD"

func TestMain(m *testing.M) {
	if order := os.Getenv(childEnv); order != "" {
		if err := child(order, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// points are the crash points of a turn in their order.
var points = []string{"received", "begun", "loaded", "decided", "committed", "remembered", "replied"}

// order tells a child where its stores are and at which point of its first turn it dies ("" = it lives).
type order struct {
	DSN, DataDir, Redis, Crash string
}

// child is an instance: it reads events as JSON lines and answers replies as JSON lines.
func child(raw string, in io.Reader, out io.Writer) error {
	var o order
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		return err
	}
	ctx := context.Background()
	now := func() time.Time { return noon }
	st, err := store.Open(ctx, store.Options{MySQLDSN: o.DSN, DataDir: o.DataDir, Account: storetest.Account, Instance: "child", Now: now, Secret: storetest.Secret()})
	if err != nil {
		return err
	}
	se, err := session.Open(ctx, session.Options{Addr: o.Redis, Embedded: o.Redis == "", Account: storetest.Account})
	if err != nil {
		return err
	}
	l, _ := flows.Load(os.DirFS("testdata/flows"))
	engine, err := flows.NewEngine(l, OldLibraries(st))
	if err != nil {
		return err
	}
	b := New(Options{
		Store: st, Sessions: se, Engine: always(engine), Rules: platform, Zone: time.FixedZone("CST", 8*3600), Instance: "child",
		Now: now, Crash: func(point string) {
			if point == o.Crash {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {} // nothing after this point may run
			}
		},
	})
	if err := saveVersions(ctx, st, l); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var event Inbound
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return err
		}
		reply, err := b.Receive(ctx, event)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(reply); err != nil {
			return err
		}
	}
	return nil
}

// instance is a running child.
type instance struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(t *testing.T, o order) *instance {
	t.Helper()
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	i := &instance{cmd: exec.Command(os.Args[0])}
	i.cmd.Env = append(os.Environ(), childEnv+"="+string(raw))
	i.cmd.Stderr = os.Stderr
	if i.in, err = i.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := i.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	i.out = bufio.NewScanner(out)
	if err := i.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return i
}

// deliver sends one event; answered is false when the instance died.
func (i *instance) deliver(t *testing.T, event Inbound) (reply string, answered bool) {
	t.Helper()
	line, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	if !i.out.Scan() {
		return "", false
	}
	var r Reply
	if err := json.Unmarshal(i.out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r.Text, true
}

// end stops the instance, or collects the dead one, and tells whether it was killed by a signal.
func (i *instance) end(t *testing.T) (killed bool) {
	t.Helper()
	if err := i.in.Close(); err != nil {
		t.Error(err)
	}
	err := i.cmd.Wait()
	if status, ok := i.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal() == syscall.SIGKILL
	}
	if err != nil {
		t.Errorf("the instance failed: %v", err)
	}
	return false
}

// disturbed plays the script; at the events in kills the instance dies at the point, a new one starts and the platform delivers the event again.
func disturbed(t *testing.T, o order, point string, kills []int) []string {
	t.Helper()
	healthy := start(t, o)
	defer func() { healthy.end(t) }()
	var replies []string
	for n, what := range script {
		event := inbound(storetest.Account, "o1", n, what)
		if slices.Contains(kills, n) {
			healthy.end(t)
			doomed := o
			doomed.Crash = point
			victim := start(t, doomed)
			if reply, answered := victim.deliver(t, event); answered {
				t.Errorf("event %d was answered in spite of the crash at %s: %q", n, point, reply)
			}
			if !victim.end(t) {
				t.Errorf("the instance was not killed at %s", point)
			}
			healthy = start(t, o)
		}
		reply, answered := healthy.deliver(t, event)
		if !answered {
			t.Fatalf("event %d (%s) got no answer", n, point)
		}
		replies = append(replies, reply)
	}
	return replies
}

// An instance that is killed at any point of a turn, and started again, leaves the talk as if nothing had happened: the same replies, one turn for each
// event, the same answers, cases, leads and effects.
func TestKilledAtEveryPoint(t *testing.T) {
	undisturbed := func() kept {
		st := storetest.SQLite(t, fixed)
		invite(t, st)
		playScript(t, newBot(t, st, storetest.Embedded(t), nil), "o1", nil)
		return remains(t, st, "o1")
	}()
	kinds := []struct {
		name string
		open func(t *testing.T) (*store.Store, order)
	}{
		{"sqlite", func(t *testing.T) (*store.Store, order) {
			dir := t.TempDir()
			return storetest.Open(t, store.Options{DataDir: dir}, fixed), order{DataDir: dir}
		}},
		{"mariadb", func(t *testing.T) (*store.Store, order) {
			dsn := storetest.DSN(t)
			return storetest.Open(t, store.Options{MySQLDSN: dsn}, fixed), order{DSN: dsn, Redis: storetest.RedisServer(t).Address}
		}},
	}
	for _, kind := range kinds {
		for _, point := range points {
			kills := []int{7} // the adverse event
			if point == "committed" || point == "remembered" {
				kills = []int{0, 2, 4, 6, 7, 12}
				if kind.name == "mariadb" {
					kills = []int{2, 7} // the dead instance's lease is waited for each time
				}
			}
			t.Run(kind.name+"/"+point, func(t *testing.T) {
				st, o := kind.open(t)
				invite(t, st)
				replies := disturbed(t, o, point, kills)
				k := remains(t, st, "o1")
				if diff := sameTalk(undisturbed, k); diff != "" {
					t.Errorf("the talk differs (-undisturbed +killed):\n%s", diff)
				}
				if !slices.Equal(replies, undisturbed.Replies) {
					t.Errorf("the doctor saw %q, want %q", replies, undisturbed.Replies)
				}
			})
		}
	}
}
