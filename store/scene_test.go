package store_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

var opaque = regexp.MustCompile(`^[0-9A-Za-z]{20,32}$`)

func addScene(t *testing.T, s *store.Store, sc store.Scene, tags ...string) store.Scene {
	t.Helper()
	made, err := s.AddScene(t.Context(), sc, tags)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestScenes(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for user, active := range map[string]bool{"zhang": true, "li": true, "gone": false} {
			if err := s.SaveRep(ctx, store.Rep{UserID: user, Name: "代表" + user, Active: active}); err != nil {
				t.Fatal(err)
			}
		}
		rep := addScene(t, s, store.Scene{Kind: store.SceneRep, Target: "zhang", Flow: "first_visit", Permanent: true, CreatedBy: "ops"}, " 秋季 ", "", "秋季", "心内")
		got, err := s.Scene(ctx, rep.ID)
		if err != nil || !cmp.Equal(got, rep) || got.Name != "代表zhang" || !slices.Equal(got.Labels(), []string{"秋季", "心内"}) || !opaque.MatchString(got.ID) {
			t.Errorf("%+v, %v", got, err)
		}
		for why, sc := range map[string]store.Scene{
			"kind": {Kind: "bus", Name: "x"}, "name": {Kind: store.SceneMeeting, Name: "  "}, "rep": {Kind: store.SceneRep, Target: "nobody"},
			"past": {Kind: store.SceneMeeting, Name: "x", ValidUntil: s.Now() - 1}, "long": {Kind: store.SceneMeeting, Name: strings.Repeat("长", 129)},
		} {
			if _, err := s.AddScene(ctx, sc, nil); !errors.Is(err, store.ErrScene) {
				t.Errorf("%s: %v", why, err)
			}
		}
		if _, err := s.AddScene(ctx, store.Scene{Kind: store.SceneMeeting, Name: "x"}, []string{strings.Repeat("长", 65)}); !errors.Is(err, store.ErrScene) {
			t.Errorf("a long tag: %v", err)
		}
		for _, want := range []int{1, 0} { // of li; zhang has one, the third is not active
			if n, err := s.AddRepScenes(ctx, "", "ops"); err != nil || n != want {
				t.Errorf("%d codes of reps, %v, want %d", n, err, want)
			}
		}
		if err := s.CloseScene(ctx, rep.ID, "ops"); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{rep.ID, "none"} {
			if err := s.CloseScene(ctx, id, "ops"); !errors.Is(err, store.ErrMoved) {
				t.Errorf("closing %s: %v", id, err)
			}
		}
		if n, err := s.AddRepScenes(ctx, "", "ops"); err != nil || n != 1 {
			t.Errorf("%d codes after one was closed, %v", n, err)
		}
		for q, want := range map[store.SceneQuery]int{{}: 2, {Ended: true}: 3, {Kind: store.SceneMeeting}: 0, {Search: "zhang"}: 1, {Search: "_"}: 0, {ID: rep.ID, Ended: true}: 1} {
			q.Size = 10
			if page, err := s.ScenePage(ctx, q); err != nil || len(page.Rows) != want || page.Total != int64(want) {
				t.Errorf("%+v: %d rows, %v, want %d", q, len(page.Rows), err, want)
			}
		}
	})
}

func TestSceneOpens(t *testing.T) {
	for _, tt := range []struct {
		sc   store.Scene
		want bool
	}{{store.Scene{}, true}, {store.Scene{ValidUntil: 11}, true}, {store.Scene{ValidUntil: 10}, false}, {store.Scene{ClosedAt: 1}, false}} {
		if got := tt.sc.Opens(10); got != tt.want {
			t.Errorf("%+v opens %v", tt.sc, got)
		}
	}
}

// The longer lasting ticket wins, and the one for ever.
func TestKeepTicket(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		sc := addScene(t, s, store.Scene{Kind: store.SceneMeeting, Name: "会", CreatedBy: "ops"})
		for _, step := range []struct {
			ticket string
			until  int64
			want   string
		}{{"a", 10, "a"}, {"b", 5, "a"}, {"c", 20, "c"}, {"d", 0, "d"}, {"e", 30, "d"}, {"f", 0, "f"}} {
			if err := s.KeepTicket(t.Context(), sc.ID, step.ticket, "http://q", step.until); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Scene(t.Context(), sc.ID); err != nil || got.Ticket != step.want {
				t.Errorf("after %s %q, %v", step.ticket, got.Ticket, err)
			}
		}
	})
}

// scanTurn commits one turn of a doctor with a scan.
func scanTurn(t *testing.T, s *store.Store, openID string, seq int64, scan store.Scan, edit func(*store.Turn)) {
	t.Helper()
	id := store.DoctorID(storetest.Account, openID)
	turn := &store.Turn{
		Journal: store.Journal{Conversation: id, Seq: seq, MessageKey: fmt.Sprintf("%s-%d", openID, seq), Kind: "event", ReceivedAt: s.Now() + seq},
		Doctor:  store.Doctor{ID: id, OpenID: openID, Phase: store.PhaseIdle, Followed: true}, Scan: &scan,
	}
	if edit != nil {
		edit(turn)
	}
	if _, err := s.CommitTurn(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
}

// The figures are what the rows say: a doctor counts once for the first code and once for the last one.
func TestSceneFunnel(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		a := addScene(t, s, store.Scene{Kind: store.SceneMeeting, Name: "甲"}).ID
		b := addScene(t, s, store.Scene{Kind: store.SceneMeeting, Name: "乙"}).ID
		consent := func(granted bool) func(*store.Turn) {
			return func(x *store.Turn) {
				x.Consents = []store.Consent{{Conversation: x.Doctor.ID, Seq: x.Journal.Seq, Purpose: store.PurposeBase, Granted: granted}}
			}
		}
		reached := func(x *store.Turn) {
			consent(true)(x)
			x.Portrait = []store.PortraitValue{{Doctor: x.Doctor.ID, Field: "done", Value: `"2026-11-22"`, Source: store.SourceComputed}}
			x.Leads = []store.Lead{{ID: store.DoctorID("lead", x.Doctor.ID), Doctor: x.Doctor.ID, Kind: "f2f", CreatedAt: x.Journal.ReceivedAt}}
		}
		early := func(x *store.Turn) {
			x.Leads = []store.Lead{{ID: store.DoctorID("lead", x.Doctor.ID), Doctor: x.Doctor.ID, Kind: "f2f", CreatedAt: x.Journal.ReceivedAt - time.Hour.Milliseconds()}}
			x.Portrait = []store.PortraitValue{{Doctor: x.Doctor.ID, Field: "done", Value: "null", Source: store.SourceComputed}}
		}
		scanTurn(t, s, "o1", 1, store.Scan{Scene: a, Followed: true, FirstTouch: true}, consent(true))
		scanTurn(t, s, "o1", 2, store.Scan{Scene: a}, nil)
		scanTurn(t, s, "o1", 3, store.Scan{Scene: b}, reached)
		scanTurn(t, s, "o2", 1, store.Scan{Scene: a, FirstTouch: true}, early)
		scanTurn(t, s, "o3", 1, store.Scan{Scene: a, Followed: true, FirstTouch: true}, consent(true))
		scanTurn(t, s, "o3", 2, store.Scan{Scene: a}, consent(false))
		scanTurn(t, s, "o4", 1, store.Scan{Scene: "elsewhere", FirstTouch: true}, nil)
		type figures struct{ Scans, People, New, Doctors, Consented, Visited, Leads int64 }
		for last, want := range map[bool]map[string]figures{
			false: {"甲": {5, 3, 2, 3, 1, 1, 1}, "乙": {1, 1, 0, 0, 0, 0, 0}},
			true:  {"甲": {5, 3, 2, 2, 0, 0, 0}, "乙": {1, 1, 0, 1, 1, 1, 1}},
		} {
			page, err := s.ScenePage(t.Context(), store.SceneQuery{Last: last, Done: "done", Size: 10})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]figures{}
			for _, r := range page.Rows {
				got[r.Name] = figures{r.Scans, r.People, r.New, r.Doctors, r.Consented, r.Visited, r.Leads}
			}
			if diff := cmp.Diff(want, got); diff != "" || page.Stray != 1 {
				t.Errorf("last %v: stray %d (-want +got):\n%s", last, page.Stray, diff)
			}
		}
	})
}

func TestLinkOpens(t *testing.T) {
	now := int64(1_800_000_000_000)
	clock := func(o *store.Options) { o.Now = func() time.Time { return time.UnixMilli(now) } }
	for name, s := range map[string]*store.Store{"sqlite": storetest.SQLite(t, clock), "mariadb": storetest.MariaDB(t, clock)} {
		open := func(doctor string) {
			t.Helper()
			if err := s.AddLinkOpen(t.Context(), store.LinkOpen{Doctor: doctor, Content: "lit", Effect: "k1"}); err != nil {
				t.Fatal(err)
			}
		}
		id := store.DoctorID(storetest.Account, "o1")
		scanTurn(t, s, "o1", 1, store.Scan{Scene: "x"}, func(x *store.Turn) { x.Sent = []store.Sent{{Doctor: id, Content: "lit", Effect: "k1", SentAt: 5}} })
		open(id)
		open(id) // loaded anew
		now += time.Minute.Milliseconds()
		open(id)
		open("")
		open("")
		got, err := s.ContentFigures(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]store.ContentFigures{"lit": {Content: "lit", Given: 1, Sent: 1, Readers: 1, Opens: 2, Strangers: 2}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if r, err := s.DoctorRecord(t.Context(), id); err != nil || len(r.Opens) != 2 || len(r.Scans) != 1 {
			t.Errorf("%s: record %+v, %v", name, r.Opens, err)
		}
	}
}
