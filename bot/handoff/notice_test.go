package handoff

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// A notice for the rep goes to one who looks after the hospital, once and without a name; without such a rep it waits for somebody of the house.
func TestNoticesReachTheRep(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		doctor := h.turn("o1", func(turn *store.Turn) {
			for i, team := range []string{store.TeamRep, store.TeamMedical} {
				turn.Notices = append(turn.Notices, store.Notice{ID: turn.Doctor.ID[:30] + string(rune('a'+i)), Doctor: turn.Doctor.ID, Team: team, Flow: "q", Words: "王建国反映供货问题", At: s.Now()})
			}
		})
		sweep := func() {
			t.Helper()
			if err := h.desk.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		sweep()
		open := func(teams ...string) int {
			t.Helper()
			rows, err := s.OpenNotices(t.Context(), teams, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		if n := open(store.TeamRep, store.TeamMedical); n != 2 {
			t.Fatalf("%d notices wait while nobody looks after the hospital", n)
		}
		h.rep("lilei", "李雷", "hospital:pumch")
		h.rep("hanmei", "韩梅", "all")
		sweep()
		sweep()
		if n := open(store.TeamRep); n != 0 {
			t.Errorf("%d notices for the rep still wait", n)
		}
		claimed, err := s.ClaimEffects(t.Context(), "test", 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		var told []store.RepText
		for _, e := range claimed {
			var r store.RepText
			if err := json.Unmarshal(e.Body, &r); err != nil {
				t.Fatal(err)
			}
			told = append(told, r)
		}
		if diff := cmp.Diff([]store.RepText{{UserID: "lilei", Text: "北京协和医院的一位医生：王反映供货问题"}}, told); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		rows, err := s.OpenNotices(t.Context(), []string{store.TeamMedical}, 10)
		if err != nil || len(rows) != 1 || rows[0].Who.ID != doctor.ID {
			t.Fatalf("%+v %v", rows, err)
		}
		if err := s.CloseNotice(t.Context(), rows[0].ID, []string{store.TeamPV}, "anna"); err == nil {
			t.Error("another team's notice was closed")
		}
		if err := s.CloseNotice(t.Context(), rows[0].ID, []string{store.TeamMedical}, "anna"); err != nil {
			t.Error(err)
		}
		if err := s.CloseNotice(t.Context(), rows[0].ID, []string{store.TeamMedical}, "anna"); err == nil || !strings.Contains(err.Error(), "changed") {
			t.Errorf("closed twice: %v", err)
		}
	})
}
