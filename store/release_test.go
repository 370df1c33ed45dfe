package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// movable is a clock that a test turns forward.
type movable struct{ at time.Time }

func (m *movable) now() time.Time { return m.at }

// clocked runs the test on each engine with a clock of its own.
func clocked(t *testing.T, test func(t *testing.T, s *store.Store, clock *movable)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, ...storetest.Option) *store.Store{"sqlite": storetest.SQLite, "mariadb": storetest.MariaDB} {
		t.Run(name, func(t *testing.T) {
			clock := &movable{time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
			test(t, open(t, func(o *store.Options) { o.Now = clock.now }), clock)
		})
	}
}

// publish publishes a folder; at = 0 is now.
func publish(t *testing.T, s *store.Store, hash string, share int, at int64) store.Release {
	t.Helper()
	r, err := s.Publish(t.Context(), store.Release{
		Hash: hash, Files: []byte("zip of " + hash), Cause: store.ReleasePublish, Share: share, At: at, Author: "wang", Message: "改了" + hash, Cases: 3,
	}, []store.FlowVersion{{Hash: "v-" + hash, Flow: "first_visit", Bundle: []byte("{}")}})
	if err != nil {
		t.Fatalf("publishing %s: %v", hash, err)
	}
	return r
}

// inForce names the folders in force: the whole one and, after a plus, the partial one.
func inForce(t *testing.T, s *store.Store) string {
	t.Helper()
	f, err := s.InForce(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f.Main == nil {
		return ""
	}
	if f.Main.Files != nil {
		t.Error("the folder is read at every look")
	}
	if f.Canary == nil {
		return f.Main.Hash
	}
	return fmt.Sprintf("%s+%s:%d", f.Main.Hash, f.Canary.Hash, f.Canary.Share)
}

func TestReleasesCountByTimeAndShare(t *testing.T) {
	clocked(t, func(t *testing.T, s *store.Store, clock *movable) {
		expect := func(want string) {
			t.Helper()
			if got := inForce(t, s); got != want {
				t.Errorf("in force %q, want %q", got, want)
			}
		}
		expect("")
		a := publish(t, s, "a", 100, 0)
		expect("a")
		clock.at = clock.at.Add(time.Minute)
		b := publish(t, s, "b", 10, 0)
		expect("a+b:10")
		later := clock.at.Add(time.Hour)
		publish(t, s, "c", 100, later.UnixMilli())
		expect("a+b:10")
		share := func(id int64, percent int) {
			t.Helper()
			if err := s.ShareRelease(t.Context(), id, percent, "wang", "看数据"); err != nil {
				t.Fatal(err)
			}
		}
		share(b.ID, 50)
		expect("a+b:50")
		share(b.ID, 100)
		expect("b")
		share(b.ID, 0)
		expect("a")
		if err := s.ShareRelease(t.Context(), a.ID, 10, "wang", ""); !errors.Is(err, store.ErrLastRelease) {
			t.Errorf("taking the last release out of force: %v", err)
		}
		if err := s.ShareRelease(t.Context(), a.ID, 100, "wang", ""); !errors.Is(err, store.ErrMoved) {
			t.Errorf("the same share again: %v", err)
		}
		if err := s.ShareRelease(t.Context(), 99, 10, "wang", ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown release: %v", err)
		}
		share(b.ID, 30)
		clock.at = later
		expect("c") // what was published before it is no trial of it
		publish(t, s, "d", 100, 0)
		publish(t, s, "e", 20, 0)
		expect("d+e:20") // in the same millisecond, by number
	})
}

func TestReleasesStayForEver(t *testing.T) {
	clocked(t, func(t *testing.T, s *store.Store, clock *movable) {
		a := publish(t, s, "a", 100, 0)
		b := publish(t, s, "a", 100, 0)
		full, err := s.Release(t.Context(), a.ID)
		if err != nil || string(full.Files) != "zip of a" || full.Message != "改了a" || full.CreatedAt != clock.at.UnixMilli() || full.At != full.CreatedAt {
			t.Errorf("release %+v, %v", full, err)
		}
		all, err := s.Releases(t.Context(), 10)
		if err != nil || len(all) != 2 || all[0].ID != b.ID || all[0].Files != nil {
			t.Errorf("list %+v, %v", all, err)
		}
		if _, err := s.Release(t.Context(), 99); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown release: %v", err)
		}
		for hash, want := range map[string]bool{"a": true, "z": false} {
			if got, err := s.Released(t.Context(), hash); got != want || err != nil {
				t.Errorf("released %s: %v, %v", hash, got, err)
			}
		}
		versions, err := s.FlowVersions(t.Context(), "first_visit")
		if err != nil || len(versions) != 1 || versions[0].Hash != "v-a" || versions[0].Bundle != nil {
			t.Errorf("versions %+v, %v", versions, err)
		}
		audit, err := s.Audits(t.Context(), fmt.Sprintf("release:%d", a.ID), 10)
		if err != nil || len(audit) != 1 || audit[0].Actor != "wang" || audit[0].Action != "publish_flows" || !strings.Contains(audit[0].Detail, "改了a") {
			t.Errorf("audit %+v, %v", audit, err)
		}
	})
}

func TestAStartPublishesOnce(t *testing.T) {
	clocked(t, func(t *testing.T, s *store.Store, _ *movable) {
		key := s.Account() + ":a"
		for n := range 2 {
			_, err := s.Publish(t.Context(), store.Release{Hash: "a", Cause: store.ReleaseFolder, Share: 100, Author: "system", StartKey: &key}, nil)
			if (n == 1) != errors.Is(err, store.ErrStarted) || n == 0 && err != nil {
				t.Errorf("start %d: %v", n, err)
			}
		}
		if n := count(t, s, &store.Release{}, "1 = 1"); n != 1 {
			t.Errorf("%d releases", n)
		}
	})
}

// A recall cancels what turns of that version have queued for doctors, and nothing else.
func TestARecallCancelsWhatItsTalksPlanned(t *testing.T) {
	clocked(t, func(t *testing.T, s *store.Store, _ *movable) {
		mine, other, ended := newTurn("o1", 1, "k1"), newTurn("o2", 1, "k2"), newTurn("o3", 1, "k3")
		mine.Journal.FlowHash, other.Journal.FlowHash = "shape1text1", "shape2text1"
		mine.Answers[0].FlowHash, other.Answers[0].FlowHash = "shape1text1", "shape2text1"
		ended.Journal.Flow, ended.Journal.FlowHash, ended.Answers[0].FlowHash = "", "", "shape1text2"
		for _, turn := range []*store.Turn{mine, other, ended} {
			turn.Effects = []store.Effect{effect(turn, 0), effect(turn, 1)}
			turn.Effects[1].Intent = store.IntentReminder
			turn.Doctor.WakeAt = 1
			turn.Doctor.Standing = store.JoinStands([]store.Stand{{Flow: "outer", Hash: "o"}, {Flow: turn.Journal.Flow, Hash: turn.Journal.FlowHash, Question: "q"}})
			turn.Pushes = []store.Push{{ID: "p" + turn.Journal.MessageKey, Doctor: turn.Doctor.ID, Cause: fmt.Sprintf("ask:%s:1", turn.Doctor.ID), Status: store.PushPlanned}}
			commit(t, s, turn)
		}
		add(t, s, store.Effect{Key: "visit:1", Lane: store.DoctorLane(mine.Doctor.ID), Kind: store.KindText, Body: []byte("{}")},
			store.Effect{Key: mine.Doctor.ID + ":1:rep", Lane: store.RepLane("li"), Kind: store.KindRepText, Body: []byte("{}")})
		r, n, err := s.RecallFlow(t.Context(), store.Recall{Flow: "first_visit", Version: "shape1", Policy: store.RecallStop, Reason: "剂量写错", Author: "wang"})
		if err != nil || n != 6 {
			t.Fatalf("recall %+v cancels %d, %v", r, n, err)
		}
		left := map[string]string{}
		var effects []store.Effect
		if err := s.DB(t.Context()).Find(&effects).Error; err != nil {
			t.Fatal(err)
		}
		for _, e := range effects {
			left[e.Key] = e.Status
		}
		want := map[string]string{
			mine.Doctor.ID + ":1:0": store.EffectCancel, ended.Doctor.ID + ":1:0": store.EffectCancel, other.Doctor.ID + ":1:0": store.EffectReady,
			mine.Doctor.ID + ":1:1": store.EffectCancel, ended.Doctor.ID + ":1:1": store.EffectCancel,
			other.Doctor.ID + ":1:1": store.EffectReady,
			"visit:1":                store.EffectReady, mine.Doctor.ID + ":1:rep": store.EffectReady,
		}
		if diff := cmp.Diff(want, left); diff != "" {
			t.Error(diff)
		}
		if n := count(t, s, &store.Push{}, "status = ? AND reason = 'recalled'", store.PushNone); n != 2 {
			t.Errorf("%d pushes dropped", n)
		}
		if n := count(t, s, &store.Doctor{}, "wake_at > 0"); n != 2 { // the other's, and that of the talk that has ended
			t.Errorf("%d talks are woken", n)
		}
		f, err := s.InForce(t.Context())
		if err != nil || len(f.Recalls) != 1 || f.Recalls[0].Reason != "剂量写错" {
			t.Errorf("open recalls %+v, %v", f.Recalls, err)
		}
		if err := s.LiftRecall(t.Context(), r.ID, "li", "核对无误"); err != nil {
			t.Fatal(err)
		}
		if err := s.LiftRecall(t.Context(), r.ID, "li", ""); !errors.Is(err, store.ErrMoved) {
			t.Errorf("lifting twice: %v", err)
		}
		if err := s.LiftRecall(t.Context(), 99, "li", ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("lifting nothing: %v", err)
		}
		all, err := s.Recalls(t.Context())
		if f, _ := s.InForce(t.Context()); err != nil || len(f.Recalls) != 0 || len(all) != 1 || all[0].LiftedBy != "li" {
			t.Errorf("after lifting %+v, %v", all, err)
		}
		audit, err := s.Audits(t.Context(), "flow:first_visit@shape1", 10)
		if err != nil || len(audit) != 2 || audit[0].Action != "lift_recall" || audit[1].Action != "recall_flow" || !strings.Contains(audit[1].Detail, "剂量写错") {
			t.Errorf("audit %+v, %v", audit, err)
		}
	})
}

func TestOpenTalks(t *testing.T) {
	clocked(t, func(t *testing.T, s *store.Store, _ *movable) {
		at := func(openID string, seq int64, stands ...store.Stand) {
			turn := newTurn(openID, seq, fmt.Sprintf("%s-%d", openID, seq))
			turn.Doctor.Standing = store.JoinStands(stands)
			commit(t, s, turn)
		}
		visit := store.Stand{Flow: "first_visit", Hash: "h1", Question: "dept"}
		at("o1", 1, store.Stand{Flow: "first_visit", Hash: "h1", Question: "name"})
		at("o1", 2, visit)
		at("o2", 1, visit, store.Stand{Flow: "ae_intake", Hash: "h2", Question: "event"})
		at("o3", 1, visit)
		at("o3", 2)
		got, err := s.OpenTalks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []store.OpenTalks{{Stand: store.Stand{Flow: "ae_intake", Hash: "h2", Question: "event"}, Doctors: 1}, {Stand: visit, Doctors: 2}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStandsThatDoNotFit(t *testing.T) {
	long := store.Stand{Flow: strings.Repeat("f", 64), Hash: strings.Repeat("0", 32), Question: strings.Repeat("q", 64)}
	inner := store.Stand{Flow: "inner", Hash: "h", Question: "q"}
	got := store.JoinStands([]store.Stand{long, long, long, long, long, inner})
	if len(got) > 700 || !strings.HasSuffix(got, "inner@h#q") || strings.Count(got, " ") != 4 {
		t.Errorf("%d characters: %s", len(got), got)
	}
}

// Talks that were open before their place was kept are counted by flow and version after the migration.
func TestTheMigrationCountsOpenTalks(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for _, id := range []string{"o1", "o2"} {
			commit(t, s, newTurn(id, 1, id+"-1"))
		}
		idle := newTurn("o2", 2, "o2-2")
		idle.Journal.Flow, idle.Journal.FlowHash = "", ""
		commit(t, s, idle)
		file := filepath.Join("migrations", map[bool]string{true: "sqlite", false: "mysql"}[s.Embedded()], "0003_releases.sql")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		backfill := strings.Split(string(text), ";\n")[1]
		if err := s.Lock(t.Context(), func(tx *gorm.DB) error { return tx.Exec(backfill).Error }); err != nil {
			t.Fatal(err)
		}
		got, err := s.OpenTalks(t.Context())
		want := []store.OpenTalks{{Stand: store.Stand{Flow: "first_visit", Hash: "h1"}, Doctors: 1}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}
