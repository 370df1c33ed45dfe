package bot

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// The last use of an invitation code goes to one doctor; the other's turn is decided again and says so.
func TestAnInvitationUsedUpMeanwhile(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	if err := st.AddInvite(t.Context(), store.Invite{Code: inviteCode, MaxUses: 1}); err != nil {
		t.Fatal(err)
	}
	fast := newBot(t, st, storetest.Embedded(t), nil)
	var armed sync.Once
	hook := func() {}
	slow := newBot(t, st, storetest.Embedded(t), func(o *Options) {
		o.Crash = func(point string) {
			if point == "decided" {
				hook()
			}
		}
	})
	for n, what := range script[:4] {
		say(t, fast, "o1", n, what)
		say(t, slow, "o2", n, what)
	}
	hook = func() { armed.Do(func() { say(t, fast, "o1", 4, inviteCode) }) }
	if reply := say(t, slow, "o2", 4, inviteCode); !strings.Contains(reply, "没有找到") {
		t.Errorf("the second doctor got %q", reply)
	}
	if one, two := remains(t, st, "o1").Record.Doctor, remains(t, st, "o2").Record.Doctor; one.Level != 2 || two.Level != 0 {
		t.Errorf("levels %d and %d", one.Level, two.Level)
	}
}

// Another instance without a common lease commits between reading and writing: the turn is decided again on what that one left.
func TestATurnOvertakenByAnotherInstance(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	fast := newBot(t, st, storetest.Embedded(t), func(o *Options) { o.Instance = "fast" })
	var armed sync.Once
	slow := newBot(t, st, storetest.Embedded(t), func(o *Options) {
		o.Crash = func(point string) {
			if point == "decided" {
				armed.Do(func() { say(t, fast, "o1", 0, "@subscribe") })
			}
		}
	})
	if reply := say(t, slow, "o1", 1, "张三"); !strings.Contains(reply, "是否同意") {
		t.Errorf("the overtaken turn answered %q: it did not see the other's question", reply)
	}
	if k := remains(t, st, "o1"); len(k.Record.Journal) != 2 {
		t.Errorf("%d turns, want 2", len(k.Record.Journal))
	}
}

// A version that exists but cannot be read for a moment must not move the talk to the new one: nothing is accepted until it can.
func TestAPinnedVersionThatCannotBeRead(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	before := newBot(t, st, storetest.Embedded(t), nil)
	say(t, before, "o1", 0, "@subscribe")
	down := true
	engine, err := flows.NewEngine(changedLibrary(t, "哪个科室", "哪一个科室", "length: 2..15", "length: 2..16"), func(hash string) (*flows.Library, error) {
		if down {
			return nil, store.ErrUnavailable
		}
		return OldLibraries(st)(hash)
	})
	if err != nil {
		t.Fatal(err)
	}
	after := newBot(t, st, storetest.Embedded(t), func(o *Options) { o.Engine = always(engine) })
	event := inbound(storetest.Account, "o1", 1, "张三")
	if _, err := after.Receive(context.Background(), event); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("error %v, want ErrUnavailable", err)
	}
	down = false
	if _, err := after.Receive(context.Background(), event); err != nil {
		t.Fatal(err)
	}
	if reply := say(t, after, "o1", 2, "同意"); !strings.Contains(reply, "哪个科室") {
		t.Errorf("the talk left its version: %q", reply)
	}
}

func TestOldLibrariesKnowsSavedVersionsOnly(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	newBot(t, st, storetest.Embedded(t), nil)
	old := OldLibraries(st)
	hash := library(t).Flow("hello").Hash()
	for range 2 { // from the database, then from memory
		if l, err := old(hash); err != nil || l.Flow("hello").Hash() != hash {
			t.Fatalf("version %s: %v", hash, err)
		}
	}
	if _, err := old("nothing"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown version gave %v", err)
	}
}

func TestASnapshotOfANewerProgramIsRefused(t *testing.T) {
	if _, err := decodeTalk([]byte(`{"v":99,"phase":"idle","state":{}}`)); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v, want ErrNewer", err)
	}
	if _, err := decodeTalk([]byte(`{"v":1,"phase":"nowhere","state":{}}`)); !errors.Is(err, ErrMove) {
		t.Errorf("got %v, want ErrMove", err)
	}
	for _, raw := range []string{"", "{}", "[]", "\x00", `{"facts":{"doctor":{"ID":"d"}},"talk":{"v":99,"phase":"idle"}}`} {
		if _, err := decodeSnapshot([]byte(raw), 3); err == nil {
			t.Errorf("a copy %q was taken", raw)
		}
	}
}

// Whatever stands in a copy or a journal row, reading it gives a usable talk or an error.
func FuzzDecodeSnapshot(f *testing.F) {
	f.Add([]byte(`{"talk":{"v":1,"phase":"asking","state":{"t":1}},"facts":{"doctor":{"ID":"d"}}}`))
	f.Add([]byte(`{"v":1,"phase":"idle","state":{"f":[{"f":"hello","p":-1}]}}`))
	f.Add([]byte{0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if s, err := decodeSnapshot(raw, 1); err == nil && (s.Facts.Doctor.ID == "" || s.Talk.check() != nil) {
			t.Errorf("took %q", raw)
		}
		if talk, err := decodeTalk(raw); err == nil && talk.check() != nil {
			t.Errorf("took %q", raw)
		}
	})
}
