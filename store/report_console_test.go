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

// addDoctor commits the first turn of a doctor.
func addDoctor(t *testing.T, s *store.Store, d store.Doctor, more func(*store.Turn)) string {
	t.Helper()
	d.ID = store.DoctorID(s.Account(), d.OpenID)
	turn := store.Turn{
		Journal: store.Journal{Conversation: d.ID, Seq: 1, MessageKey: "console-" + d.OpenID, Kind: "text", Event: []byte(`{}`), State: []byte(`{}`), Reply: []byte(`{}`)},
		Doctor:  d,
	}
	if more != nil {
		more(&turn)
	}
	if _, err := s.CommitTurn(t.Context(), &turn); err != nil {
		t.Fatal(err)
	}
	return d.ID
}

func TestConsoleReports(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		now := s.Now()
		for i := range 7 {
			addDoctor(t, s, store.Doctor{OpenID: fmt.Sprint("o", i), Name: fmt.Sprintf("医生%d", i), HospitalName: "100%医院_甲", Level: i % 3, Phase: store.PhaseIdle, LastInboundAt: now + int64(i)}, nil)
		}
		id := addDoctor(t, s, store.Doctor{OpenID: "lead", Name: "张敏", Level: store.LevelVerified, Phase: store.PhaseAsking, Followed: true}, func(turn *store.Turn) {
			turn.Leads = []store.Lead{{ID: "lead1", Doctor: turn.Doctor.ID, Kind: "f2f_request", Why: "想见面", Lines: "[]", DueAt: now - 1}}
			turn.Cases = []store.Case{{No: "AE-1", Doctor: turn.Doctor.ID, Status: store.CaseOpen, Words: "皮疹", Fields: "{}", OpenedAt: now, UpdatedAt: now, DueAt: now - 1}}
			turn.Verify = &store.Verification{Doctor: turn.Doctor.ID, Method: "licence", Status: store.VerifyOpen, At: now}
			turn.Answers = []store.Answer{{Conversation: turn.Doctor.ID, Seq: 1, Question: "q", Asked: "问", Value: `"a"`, Raw: "答", At: now}}
			turn.Consents = []store.Consent{{Conversation: turn.Doctor.ID, Seq: 1, Purpose: "base", Granted: true, At: now}}
		})
		level := 1
		for name, q := range map[string]struct {
			query store.DoctorQuery
			total int64
			rows  int
			page  int
		}{
			"all":          {store.DoctorQuery{Size: 3}, 8, 3, 1},
			"second page":  {store.DoctorQuery{Size: 3, Page: 2}, 8, 3, 2},
			"beyond":       {store.DoctorQuery{Size: 3, Page: 9}, 8, 2, 3},
			"level":        {store.DoctorQuery{Size: 9, Level: &level}, 2, 2, 1},
			"phase":        {store.DoctorQuery{Size: 9, Phase: store.PhaseAsking}, 1, 1, 1},
			"talking":      {store.DoctorQuery{Size: 9, Phase: store.PhasesTalking}, 1, 1, 1},
			"lead":         {store.DoctorQuery{Size: 9, HasLead: true}, 1, 1, 1},
			"name":         {store.DoctorQuery{Size: 9, Search: "张"}, 1, 1, 1},
			"percent sign": {store.DoctorQuery{Size: 9, Search: "100%"}, 7, 7, 1},
			"underscore":   {store.DoctorQuery{Size: 9, Search: "医_"}, 0, 0, 1},
			"escape sign":  {store.DoctorQuery{Size: 9, Search: "!"}, 0, 0, 1},
			"quote":        {store.DoctorQuery{Size: 9, Search: `' OR '1'='1`}, 0, 0, 1},
			"id":           {store.DoctorQuery{Size: 9, Search: id}, 1, 1, 1},
		} {
			p, err := s.DoctorPage(ctx, q.query)
			if err != nil || p.Total != q.total || len(p.Rows) != q.rows || p.Page != q.page {
				t.Errorf("%s: total %d, %d rows, page %d, %v", name, p.Total, len(p.Rows), p.Page, err)
			}
		}
		board, err := s.LeadBoard(ctx, 5)
		if err != nil || len(board) != 1 || board[0].Who.Name != "张敏" {
			t.Errorf("board: %+v, %v", board, err)
		}
		lead, err := s.LeadRecord(ctx, "lead1")
		if err != nil || lead.Who.ID != id || len(lead.Moves) == 0 || lead.Visit != nil {
			t.Errorf("lead: %+v, %v", lead, err)
		}
		rec, err := s.DoctorRecord(ctx, id)
		if err != nil || len(rec.Answers) != 1 || len(rec.Consents) != 1 || len(rec.Leads) != 1 || len(rec.Moves) == 0 || len(rec.Cases) != 1 || rec.Verification == nil || len(rec.Journal) != 1 {
			t.Errorf("record: %+v, %v", rec, err)
		}
		o, err := s.Overview(ctx, now-1000)
		want := store.Overview{Followed: 8, Talking: 1, Waiting: 1, Overdue: 1, Cases: 1, CasesOverdue: 1, Verifications: 1}
		if err != nil || o != want {
			t.Errorf("overview: %+v, %v", o, err)
		}
		waiting, err := s.OpenVerifications(ctx, 5)
		if err != nil || len(waiting) != 1 || waiting[0].Who.Name != "张敏" {
			t.Errorf("verifications: %+v, %v", waiting, err)
		}
		for _, err := range []error{
			func() error { _, err := s.DoctorRecord(ctx, "x"); return err }(),
			func() error { _, err := s.LeadRecord(ctx, "x"); return err }(),
			func() error { _, err := s.Case(ctx, "x"); return err }(),
			s.AcknowledgeCase(ctx, "x", "wang"),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("missing row: %v", err)
			}
		}
		for _, actor := range []string{"wang", "li"} {
			if err := s.AcknowledgeCase(ctx, "AE-1", actor); err != nil {
				t.Fatal(err)
			}
		}
		cases, err := s.Cases(ctx, 5)
		if err != nil || len(cases) != 1 || cases[0].AcknowledgedBy != "wang" || cases[0].Who.Name != "张敏" {
			t.Errorf("cases: %+v, %v", cases, err)
		}
		if rows, err := s.Audits(ctx, "case:AE-1", 5); err != nil || len(rows) != 1 || rows[0].Actor != "wang" || rows[0].At == 0 {
			t.Errorf("audit: %+v, %v", rows, err)
		}
	})
}

func TestUsers(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		u := store.User{Name: "wang", Hash: "h1", Role: store.RoleViewer, MustChange: true}
		if err := s.AddUser(ctx, u, "test"); err != nil {
			t.Fatal(err)
		}
		if err := s.AddUser(ctx, u, "test"); !errors.Is(err, store.ErrExists) {
			t.Errorf("again: %v", err)
		}
		if err := s.DisableUser(ctx, "wang", "test"); err != nil {
			t.Fatal(err)
		}
		if err := s.DisableUser(ctx, "wang", "test"); err != nil {
			t.Errorf("disabling twice: %v", err)
		}
		if err := s.SetPassword(ctx, "wang", "h2", true, "test"); err != nil {
			t.Fatal(err)
		}
		if err := s.SetPassword(ctx, "nobody", "h2", true, "test"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
		got, err := s.User(ctx, "wang")
		if err != nil || got.Hash != "h2" || got.Disabled || !got.MustChange || got.CreatedAt < 1e12 || got.UpdatedAt < 1e12 {
			t.Errorf("user: %+v, %v", got, err)
		}
		if rows, err := s.Audits(ctx, "user:wang", 10); err != nil || len(rows) != 4 {
			t.Errorf("audit: %+v, %v", rows, err)
		}
	})
}

func TestWebSessions(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		now := time.Now()
		w := s.WebSessions(func() time.Time { return now })
		soon := now.Add(time.Minute)
		for _, data := range []string{"one", "two"} {
			if err := w.CommitCtx(ctx, "token", []byte(data), soon); err != nil {
				t.Fatal(err)
			}
		}
		if data, found, err := w.FindCtx(ctx, "token"); err != nil || !found || string(data) != "two" {
			t.Errorf("found %q %v %v", data, found, err)
		}
		if err := w.CommitCtx(ctx, "old", []byte("x"), now.Add(-time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, found, err := w.FindCtx(ctx, "old"); err != nil || found {
			t.Errorf("expired session found %v, %v", found, err)
		}
		if err := w.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if _, found, err := w.FindCtx(ctx, "token"); err != nil || !found {
			t.Errorf("the sweep took a live session: %v", err)
		}
		if won := takers(ctx, t, w, 8); won != 1 {
			t.Errorf("%d of 8 took the same link", won)
		}
		if err := w.DeleteCtx(ctx, "token"); err != nil {
			t.Errorf("deleting a missing session: %v", err)
		}
	})
}

// takers counts how many of n callers at once take the same token.
func takers(ctx context.Context, t *testing.T, w *store.WebSessions, n int) int64 {
	var won atomic.Int64
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			_, err := w.Take(ctx, "token")
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, store.ErrNotFound):
				t.Errorf("taking: %v", err)
			}
		})
	}
	all.Wait()
	return won.Load()
}
