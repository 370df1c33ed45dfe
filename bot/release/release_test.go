package release_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that a test turns forward.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// house is a store with a publisher and as many processes as a test starts.
type house struct {
	t         *testing.T
	clock     *clock
	store     *store.Store
	publisher *release.Publisher
}

// engines runs the test on each database.
func engines(t *testing.T, test func(*testing.T, *house)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, ...storetest.Option) *store.Store{"sqlite": storetest.SQLite, "mariadb": storetest.MariaDB} {
		t.Run(name, func(t *testing.T) { test(t, newHouse(t, open)) })
	}
}

func newHouse(t *testing.T, open func(testing.TB, ...storetest.Option) *store.Store) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}}
	h.store = open(t, func(o *store.Options) { o.Now = h.clock.now })
	h.publisher = release.NewPublisher(h.store, nil, h.clock.now)
	return h
}

// folder is a small folder of flows; replace alternates what to replace and with what.
func folder(replace ...string) fstest.MapFS {
	files := map[string]string{
		"visit.yaml": `flow: visit
title: 拜访
owner: 医学部
approval: {no: T-1, until: 2029-12-31}
start:
  on: ["word:拜访"]
steps:
  - id: drug
    ask: 用过这个药吗？
    type: yesno
  - id: dept
    ask: 您在哪个科室？
    type: text
  - say: 谢谢您。
  - end: done
`,
		"tests/visit.test.yaml": `test: visit
cases:
  - name: 说完
    chat:
      - me: 拜访
      - bot: 用过这个药吗
      - me: 是
      - bot: 哪个科室
      - me: 心内科
    expect:
      end: done
`,
	}
	out := fstest.MapFS{}
	r := strings.NewReplacer(replace...)
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(r.Replace(text))}
	}
	return out
}

// start starts a process with a folder of its own.
func (h *house) start(fsys fstest.MapFS, configured bool) (*release.Keeper, error) {
	h.t.Helper()
	lib, problems := flows.Load(fsys)
	if n := len(lint.Errors(problems)); n > 0 {
		h.t.Fatalf("the folder has %d errors: %+v", n, problems)
	}
	k := release.NewKeeper(release.Options{Store: h.store, Now: h.clock.now, Log: slog.New(slog.NewTextHandler(h.t.Output(), nil))})
	return k, k.Start(h.t.Context(), fsys, lib, configured)
}

func (h *house) started(fsys fstest.MapFS) *release.Keeper {
	h.t.Helper()
	k, err := h.start(fsys, true)
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

// publish publishes a folder, which must be fine.
func (h *house) publish(fsys fstest.MapFS, o release.Order) store.Release {
	h.t.Helper()
	d, err := h.publisher.Check(h.t.Context(), fsys)
	if err != nil {
		h.t.Fatal(err)
	}
	if o.Share == 0 {
		o.Share = 100
	}
	r, err := h.publisher.Publish(h.t.Context(), d, o)
	if err != nil {
		h.t.Fatalf("%v: %+v %+v", err, d.Findings, d.Tests.Problems)
	}
	return r
}

// refresh lets a process look at what is in force.
func (h *house) refresh(k *release.Keeper) bool {
	h.t.Helper()
	changed, err := k.Refresh(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return changed
}

// title is the title of the flow in force in a process.
func title(k *release.Keeper) string { return k.Library().Flow("visit").Title }

func TestARestartUndoesNothing(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		k := h.started(folder())
		if got := title(k); got != "拜访" {
			t.Fatalf("in force %q", got)
		}
		if h.refresh(k) {
			t.Error("a second look changes something")
		}
		h.publish(folder("title: 拜访", "title: 新拜访"), release.Order{Author: "wang"})
		if again := h.started(folder()); title(again) != "新拜访" {
			t.Errorf("a restart undoes a publishing: %q", title(again))
		}
		back, err := h.publisher.Back(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		r, err := h.publisher.Publish(t.Context(), back, release.Order{Share: 100, Author: "wang", Message: "退回"})
		if err != nil || r.Cause != store.ReleaseRollback || r.Back != 1 {
			t.Fatalf("rolled back: %+v, %v", r, err)
		}
		if again := h.started(folder("title: 拜访", "title: 新拜访")); title(again) != "拜访" {
			t.Errorf("a restart undoes a roll-back: %q", title(again))
		}
		if !h.refresh(k) || title(k) != "拜访" {
			t.Errorf("another process has %q", title(k))
		}
		// A folder that was never published takes effect with its deployment.
		if again := h.started(folder("title: 拜访", "title: 第三版")); title(again) != "第三版" {
			t.Errorf("a changed folder is not published: %q", title(again))
		}
		all, err := h.store.Releases(t.Context(), 10)
		if err != nil || len(all) != 4 || all[0].Cause != store.ReleaseFolder || all[0].Author != "system" {
			t.Errorf("releases %+v, %v", all, err)
		}
	})
}

// A new binary with other shipped flows replaces shipped flows, and never what people have published.
func TestShippedFlowsGiveWay(t *testing.T) {
	h := newHouse(t, storetest.SQLite)
	for _, name := range []string{"甲", "乙"} {
		k, err := h.start(folder("title: 拜访", "title: "+name), false)
		if err != nil || title(k) != name {
			t.Fatalf("in force %q, %v", title(k), err)
		}
	}
	h.publish(folder("title: 拜访", "title: 自己的"), release.Order{Author: "wang"})
	k, err := h.start(folder("title: 拜访", "title: 丙"), false)
	if err != nil || title(k) != "自己的" {
		t.Errorf("in force %q, %v", title(k), err)
	}
}

// Before anything is in force a start publishes, also when its folder waits for its time already.
func TestAStartFindsOnlyTheFuture(t *testing.T) {
	h := newHouse(t, storetest.SQLite)
	h.publish(folder(), release.Order{At: h.clock.at.Add(time.Hour).UnixMilli()})
	if k := h.started(folder()); title(k) != "拜访" {
		t.Errorf("in force %q", title(k))
	}
	h.clock.at = h.clock.at.Add(time.Minute)
	if k := h.started(folder()); title(k) != "拜访" {
		t.Errorf("in force %q", title(k))
	}
	if all, err := h.store.Releases(t.Context(), 10); err != nil || len(all) != 2 {
		t.Errorf("releases %+v, %v", all, err)
	}
}

func TestAnApprovalThatRanOutKeepsNoServiceDown(t *testing.T) {
	h := newHouse(t, storetest.SQLite)
	h.started(folder())
	h.clock.at = h.clock.at.AddDate(9, 0, 0)
	if _, err := h.start(folder(), true); err != nil {
		t.Errorf("an approval that ran out keeps a service down: %v", err)
	}
}

func TestAScheduledReleaseTakesEffectByTheClock(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		k := h.started(folder())
		at := h.clock.at.Add(time.Hour)
		h.publish(folder("title: 拜访", "title: 明天的"), release.Order{At: at.UnixMilli(), Author: "wang"})
		h.clock.at = at.Add(-time.Millisecond)
		if h.refresh(k) {
			t.Error("it takes effect too early")
		}
		h.clock.at = at
		if !h.refresh(k) || title(k) != "明天的" {
			t.Errorf("in force %q", title(k))
		}
	})
}

func TestRunTakesOverByItself(t *testing.T) {
	h := newHouse(t, storetest.SQLite)
	k := h.started(folder())
	h.publish(folder("title: 拜访", "title: 新拜访"), release.Order{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for title(k) != "新拜访" {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it never takes over")
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What this version of the program cannot read leaves the process where it was, but a recall still reaches it.
func TestAnUnreadableReleaseChangesNothing(t *testing.T) {
	h := newHouse(t, storetest.SQLite)
	k := h.started(folder())
	broken := fstest.MapFS{"visit.yaml": {Data: []byte("flow: visit\nfuture_key: 1\nsteps:\n  - say: 您好\n")}}
	files, err := release.Pack(broken)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.Publish(t.Context(), store.Release{Hash: "later", Files: files, Cause: store.ReleasePublish, Share: 100}, nil); err != nil {
		t.Fatal(err)
	}
	before := k.Engine()
	if !h.refresh(k) || title(k) != "拜访" {
		t.Errorf("in force %q", title(k))
	}
	if k.Engine() == before {
		t.Error("what else is new is not taken over")
	}
	if _, err := h.start(folder(), true); !errors.Is(err, release.ErrUnreadable) {
		t.Errorf("a start without its flows: %v", err)
	}
	if d, err := h.publisher.Check(t.Context(), folder()); err != nil || d.Refused() {
		t.Errorf("it cannot be replaced: %v", err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	h := newHouse(t, storetest.SQLite)
	h.started(folder())
	for name, bad := range map[string]fstest.MapFS{
		"a slip":        folder("type: yesno", "type: yesnoo"),
		"lint":          folder("until: 2029-12-31", "until: 2020-12-31"),
		"a failed test": folder("bot: 哪个科室", "bot: 哪家医院"),
	} {
		d, err := h.publisher.Check(t.Context(), bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.publisher.Publish(t.Context(), d, release.Order{Share: 100}); !errors.Is(err, release.ErrFindings) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d, err := h.publisher.Check(t.Context(), folder())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.publisher.Publish(t.Context(), d, release.Order{Share: 100}); !errors.Is(err, release.ErrSame) {
		t.Errorf("the same folder: %v", err)
	}
}

func TestFoldersComeBackAsTheyWere(t *testing.T) {
	fsys := folder()
	maps.Copy(fsys, fstest.MapFS{
		"lists/x.yaml": {Data: []byte("list: x\n")}, "i18n/visit.en.yaml": {Data: []byte("a: b\n")}, "embed.go": {Data: []byte("package x")},
		".git/config": {Data: []byte("x")}, ".hidden.yaml": {Data: []byte("x")}, "notes.md": {Data: []byte("x")},
	})
	files, err := release.Pack(fsys)
	if err != nil {
		t.Fatal(err)
	}
	back, err := release.Folder(store.Release{Files: files})
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(back, "visit.yaml", "tests/visit.test.yaml", "lists/x.yaml", "i18n/visit.en.yaml"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"embed.go", ".git/config", ".hidden.yaml", "notes.md"} {
		if _, err := back.Open(name); err == nil {
			t.Errorf("%s was kept", name)
		}
	}
	if _, err := release.Folder(store.Release{Files: []byte("no zip")}); err == nil {
		t.Error("what is no folder is read as one")
	}
}

func TestOverviewNamesStates(t *testing.T) {
	h := newHouse(t, storetest.SQLite)
	h.started(folder())
	minute := func() { h.clock.at = h.clock.at.Add(time.Minute) }
	minute()
	h.publish(folder("title: 拜访", "title: 二"), release.Order{})
	minute()
	off := h.publish(folder("title: 拜访", "title: 三"), release.Order{})
	if err := h.publisher.Share(t.Context(), off.ID, 0, "wang", "停"); err != nil {
		t.Fatal(err)
	}
	minute()
	h.publish(folder("title: 拜访", "title: 四"), release.Order{Share: 20})
	h.publish(folder("title: 拜访", "title: 五"), release.Order{At: h.clock.at.Add(time.Hour).UnixMilli()})
	o, err := h.publisher.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range o.Releases {
		got = append(got, fmt.Sprint(r.ID, " ", r.State))
	}
	want := []string{"5 scheduled", "4 canary", "3 off", "2 in_force", "1 past"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	one, err := h.publisher.Listed(t.Context(), 4)
	if err != nil || one.State != release.StateCanary || one.Files != nil {
		t.Errorf("release 4 %+v, %v", one, err)
	}
}
