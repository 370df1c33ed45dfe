package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// as is the context of a person.
func as(t *testing.T, v store.Viewer) context.Context {
	t.Helper()
	if v.Name == "" {
		v.Name = "wang"
	}
	return store.As(t.Context(), v)
}

// known adds a doctor with a consent to be named to reps, or without.
func knownDoctor(t *testing.T, s *store.Store, openID string, shared bool, more func(*store.Turn)) string {
	t.Helper()
	return addDoctor(t, s, store.Doctor{OpenID: openID, Name: openID, Hospital: "h-" + openID, Phase: store.PhaseIdle}, func(turn *store.Turn) {
		if shared {
			turn.Consents = []store.Consent{{Conversation: turn.Doctor.ID, Seq: 1, Purpose: store.PurposeShare, Granted: true, At: 1}}
		}
		if more != nil {
			more(turn)
		}
	})
}

// TestRowsOfAPerson: a rep sees doctors of own leads, territory and ownership as far as they agreed; a manager those of the team; nobody sees more through
// any of the lists.
func TestRowsOfAPerson(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for rep, team := range map[string]string{"r1": "east", "r2": "east", "r3": "west"} {
			if err := s.SaveRep(t.Context(), store.Rep{UserID: rep, Name: rep, Team: team, Active: true}); err != nil {
				t.Fatal(err)
			}
		}
		province := func(turn *store.Turn) {
			turn.Portrait = []store.PortraitValue{{Doctor: turn.Doctor.ID, Field: "province", Value: `"浙江"`, Source: store.SourceAnswer}}
		}
		ids := map[string]string{
			"hospital": knownDoctor(t, s, "hospital", true, nil), "silent": knownDoctor(t, s, "silent", false, nil), "other": knownDoctor(t, s, "other", true, nil),
			"province": knownDoctor(t, s, "province", true, province), "owned": knownDoctor(t, s, "owned", true, nil),
			"lead": knownDoctor(t, s, "lead", true, func(turn *store.Turn) {
				turn.Leads = []store.Lead{{ID: "lead1", Doctor: turn.Doctor.ID, Kind: "f2f_request", Lines: "[]"}}
			}),
		}
		exec(t, s, "INSERT INTO facets (doctor, account, level, followed, hospital, grade, province, city, department, title, position, patient_band, potential, ladder, matrix, class, result, affinity, cell, lead_grade, lead_points, owner, last_typed_at, effective_at, complete, updated_at) VALUES (?, ?, 0, TRUE, '', '', '', '', '', '', '', '', '', '', '', '', '', 0, '', '', 0, 'r2', 0, 0, 0, 0)", ids["owned"], storetest.Account)
		exec(t, s, "UPDATE leads SET rep = 'r1', status = 'accepted' WHERE id = 'lead1'")
		lands := map[string][]store.Territory{
			"r1": {{Kind: store.TerritoryHospital, Value: "h-hospital"}, {Kind: store.TerritoryHospital, Value: "h-silent"}}, "r2": {{Kind: store.TerritoryProvince, Value: "浙江"}},
		}
		for rep, l := range lands {
			if err := s.SetTerritories(t.Context(), rep, l); err != nil {
				t.Fatal(err)
			}
		}
		for name, c := range map[string]struct {
			who  store.Viewer
			sees []string
		}{
			"rep":              {store.Viewer{Reach: store.ReachOwn, Rep: "r1"}, []string{"hospital", "lead"}},
			"rep of the house": {store.Viewer{Reach: store.ReachOwn}, nil},
			"manager":          {store.Viewer{Reach: store.ReachTeam, Team: "east"}, []string{"hospital", "lead", "province", "owned"}},
			"without a team":   {store.Viewer{Reach: store.ReachTeam}, nil},
			"other team":       {store.Viewer{Reach: store.ReachTeam, Team: "west"}, nil},
			"nobody":           {store.Viewer{}, nil},
			"compliance":       {store.Viewer{Reach: store.ReachAll}, []string{"hospital", "lead", "province", "owned", "silent", "other"}},
		} {
			checkRows(t, s, name, as(t, c.who), ids, c.sees)
		}
		everywhere := []store.Territory{{Kind: store.TerritoryAll}}
		if err := s.SetTerritories(t.Context(), "r3", everywhere); err != nil {
			t.Fatal(err)
		}
		checkRows(t, s, "everywhere", as(t, store.Viewer{Reach: store.ReachOwn, Rep: "r3"}), ids, []string{"hospital", "lead", "province", "owned", "other"})
		exec(t, s, "INSERT INTO consents (conversation, seq, purpose, account, policy, granted, asked, raw, at) VALUES (?, 9, ?, ?, '', FALSE, '', '', 9)", ids["lead"], store.PurposeShare, storetest.Account)
		checkRows(t, s, "after the consent was taken back", as(t, store.Viewer{Reach: store.ReachOwn, Rep: "r1"}), ids, []string{"hospital"})
	})
}

func checkRows(t *testing.T, s *store.Store, name string, ctx context.Context, ids map[string]string, sees []string) {
	t.Helper()
	page, err := s.DoctorPage(ctx, store.DoctorQuery{Size: 50})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.ExportDoctors(ctx, store.DoctorQuery{}, store.Audit{Action: "export", Object: "doctors"})
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, r := range page.Rows {
		listed[r.ID] = true
	}
	if len(page.Rows) != len(sees) || page.Total != int64(len(sees)) || len(rows) != len(sees) {
		t.Errorf("%s: %d listed, %d counted, %d exported, want %v", name, len(page.Rows), page.Total, len(rows), sees)
	}
	want := map[string]bool{}
	for _, k := range sees {
		want[k] = true
	}
	for k, id := range ids {
		_, err := s.DoctorRecord(ctx, id)
		seen, errSees := s.SeesDoctor(ctx, id)
		if (err == nil) != want[k] || seen != want[k] || listed[id] != want[k] || errSees != nil {
			t.Errorf("%s: doctor %s: listed %v, record %v, seen %v, want %v", name, k, listed[id], err, seen, want[k])
		}
	}
}

// TestDecide: of many who decide at the same time one does; who asked does not; a failing act leaves everything as it was.
func TestDecide(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		asks, other := as(t, store.Viewer{Name: "a", Role: store.RoleAdmin}), as(t, store.Viewer{Name: "b", Role: store.RoleCompliance})
		if err := s.AddUser(t.Context(), store.User{Name: "u", Role: store.RoleViewer}, "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Propose(asks, store.Approval{Kind: store.ActRole, Reason: " "}); !errors.Is(err, store.ErrNoReason) {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := s.Propose(t.Context(), store.Approval{Kind: store.ActRole, Reason: "接替"}); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("by nobody: %v", err)
		}
		p, err := s.Propose(asks, store.Approval{Kind: store.ActRole, Object: "user:u", Body: []byte(`{}`), Reason: "接替"})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.Propose(asks, store.Approval{Kind: store.ActRole, Object: "user:u", Body: []byte(`{}`), Reason: "接替"}); err != nil || again.ID != p.ID {
			t.Errorf("asked twice: %+v %v", again, err)
		}
		place := func(ctx context.Context, a store.Approval) error {
			return s.PlaceUser(ctx, store.User{Name: "u", Role: store.RoleAuditor}, a.Actor)
		}
		if _, err := s.Decide(asks, p.ID, true, "", place); !errors.Is(err, store.ErrSamePerson) {
			t.Errorf("by the same person: %v", err)
		}
		broken := errors.New("broken")
		_, err = s.Decide(other, p.ID, true, "", func(ctx context.Context, a store.Approval) error {
			return errors.Join(place(ctx, a), broken)
		})
		if u, errUser := s.User(t.Context(), "u"); !errors.Is(err, broken) || errUser != nil || u.Role != store.RoleViewer {
			t.Errorf("a failing act: %v, %+v", err, u)
		}
		decideTogether(t, s, p.ID, other, place)
		if u, err := s.User(t.Context(), "u"); err != nil || u.Role != store.RoleAuditor {
			t.Errorf("done: %+v %v", u, err)
		}
		acts, err := s.AuditPage(t.Context(), store.AuditQuery{Size: 10})
		if err != nil || len(acts.Rows) != 4 || acts.Rows[0].Action != "approved_role" || acts.Rows[1].Action != "user_role" || acts.Rows[2].Action != "propose_role" {
			t.Errorf("audit %+v %v", acts.Rows, err)
		}
	})
}

func decideTogether(t *testing.T, s *store.Store, id string, ctx context.Context, do func(context.Context, store.Approval) error) {
	t.Helper()
	var work sync.WaitGroup
	var done atomic.Int64
	for range 4 {
		work.Go(func() {
			_, err := s.Decide(ctx, id, true, "", do)
			if err == nil {
				done.Add(1)
			} else if !errors.Is(err, store.ErrMoved) {
				t.Errorf("deciding: %v", err)
			}
		})
	}
	work.Wait()
	if done.Load() != 1 {
		t.Errorf("decided %d times", done.Load())
	}
}

// TestProposalsExpire after seven days.
func TestProposalsExpire(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = func() time.Time { return now } })
	asks, other := as(t, store.Viewer{Name: "a"}), as(t, store.Viewer{Name: "b"})
	p, err := s.Propose(asks, store.Approval{Kind: store.ActExport, Object: "doctors", Body: []byte(`{}`), Reason: "核对"})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(7*24*time.Hour + time.Second)
	if _, err := s.Decide(other, p.ID, true, "", nil); !errors.Is(err, store.ErrExpired) {
		t.Errorf("after seven days: %v", err)
	}
	rows, err := s.Approvals(other, []string{store.ActExport}, 5)
	if err != nil || len(rows) != 1 || rows[0].Status != store.ApprovalExpired {
		t.Errorf("%+v %v", rows, err)
	}
	if _, err := s.Decide(other, "nothing", true, "", nil); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown one: %v", err)
	}
}

// TestUnmask gives the value and the row, or neither.
func TestUnmask(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := knownDoctor(t, s, "张敏", false, func(turn *store.Turn) {
			turn.Portrait = []store.PortraitValue{{Doctor: turn.Doctor.ID, Field: "mobile", Value: `"13900000000"`, Label: "13900000000", Source: store.SourceAnswer}}
		})
		ops := as(t, store.Viewer{Name: "ops", Role: store.RoleOperations, Reach: store.ReachAll, Masked: true})
		rec, err := s.DoctorRecord(ops, id)
		if err != nil || rec.Doctor.Name != "张**" || rec.Doctor.OpenID != "***" || rec.Portrait[0].Label != "***" || rec.Portrait[0].Value != `"***"` {
			t.Errorf("masked: %+v %v", rec, err)
		}
		full := as(t, store.Viewer{Name: "dpo", Role: store.RoleCompliance, Reach: store.ReachAll})
		for i, c := range []struct {
			ctx                   context.Context
			doctor, field, reason string
			want                  string
			err                   error
		}{
			{ops, id, store.FieldName, "来电核对", "张敏", nil},
			{ops, id, store.FieldOpenID, "来电核对", "张敏", nil},
			{ops, id, "mobile", "来电核对", "", store.ErrForbidden},
			{ops, id, store.FieldName, " ", "", store.ErrNoReason},
			{full, id, "mobile", "来电核对", "13900000000", nil},
			{full, id, "licence_no", "来电核对", "", store.ErrNotFound},
			{full, "nobody", store.FieldName, "来电核对", "", store.ErrNotFound},
			{as(t, store.Viewer{Reach: store.ReachOwn, Rep: "r1"}), id, store.FieldName, "来电核对", "", store.ErrNotFound},
			{t.Context(), id, store.FieldName, "来电核对", "", store.ErrForbidden},
		} {
			if got, err := s.Unmask(c.ctx, c.doctor, c.field, c.reason); got != c.want || !errors.Is(err, c.err) {
				t.Errorf("%d: %q %v", i, got, err)
			}
		}
		if rows, err := s.Audits(t.Context(), "doctor:"+id, 10); err != nil || len(rows) != 3 || rows[0].Role == "" {
			t.Errorf("audit %+v %v", rows, err)
		}
		if n := count(t, s, &store.Audit{}, "detail LIKE ?", "%139%"); n != 0 {
			t.Error("the audit holds the value")
		}
	})
}

// TestHeldLeads are those that a rep holds or is offered.
func TestHeldLeads(t *testing.T) {
	s := storetest.SQLite(t)
	for i := range 4 {
		knownDoctor(t, s, fmt.Sprint("d", i), true, func(turn *store.Turn) {
			turn.Leads = []store.Lead{{ID: fmt.Sprint("lead", i), Doctor: turn.Doctor.ID, Kind: "f2f_request", Lines: "[]"}}
		})
	}
	exec(t, s, "UPDATE leads SET rep = 'r1', status = 'accepted' WHERE id = 'lead0'")
	exec(t, s, "UPDATE leads SET status = 'assigned' WHERE id = 'lead1'")
	exec(t, s, "INSERT INTO offers (lead_id, rep, account, status, reason, task, response_code, at, answered_at) VALUES ('lead1', 'r1', ?, 'open', '', '', '', 0, 0)", storetest.Account)
	exec(t, s, "UPDATE leads SET rep = 'r2', status = 'accepted' WHERE id = 'lead2'")
	ids, err := s.HeldLeads(t.Context(), "r1")
	if err != nil || len(ids) != 2 {
		t.Errorf("%v %v", ids, err)
	}
}
