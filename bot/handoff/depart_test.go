package handoff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// sharing makes a verified doctor of a hospital who agrees that reps hear of them.
func (h *house) sharing(openID, hospital string, more func(*store.Turn)) string {
	h.t.Helper()
	return h.turn(openID, func(t *store.Turn) {
		t.Doctor.Hospital, t.Doctor.Name = hospital, openID
		t.Consents = []store.Consent{{Conversation: t.Doctor.ID, Seq: 1, Purpose: store.PurposeShare, Granted: true, At: 1}}
		if more != nil {
			more(t)
		}
	}).ID
}

// asked is the turn's wish for a visit.
func asked(t *store.Turn) {
	t.Leads = []store.Lead{{ID: leadID(t.Doctor.OpenID), Doctor: t.Doctor.ID, Kind: "f2f_request", Level: "hot", Lines: "[]", Why: "想见面", Wish: "周三下午"}}
}

// owned writes what the classes derive: who looks after the doctors, and that one of them is a super customer ("" = none).
func (h *house) owned(rep string, ids []string, super string) {
	h.t.Helper()
	var all []store.Derived
	for _, id := range ids {
		d, err := h.store.Dossier(h.t.Context(), id)
		if err != nil {
			h.t.Fatal(err)
		}
		row := store.Derived{Doctor: id, Mark: d.Doctor.RefreshAt, Facets: store.Facets{Level: d.Doctor.Level, Followed: true, Hospital: d.Doctor.Hospital, Owner: rep, Class: "B"}}
		if id == super {
			row.Supers = []store.Super{{Product: "p1", Status: store.SuperConfirmed, Stage: "find", Points: "{}", Best: 90}}
		}
		all = append(all, row)
	}
	if n, err := h.store.SaveDerived(h.t.Context(), all); err != nil || n != len(ids) {
		h.t.Fatalf("%d derived, %v", n, err)
	}
}

// accept lets a rep take a lead.
func (h *house) accept(lead, rep string) {
	h.t.Helper()
	if err := h.desk.Accept(h.t.Context(), lead, rep); err != nil {
		h.t.Fatal(err)
	}
}

func repSees(t *testing.T, s *store.Store, rep string) int64 {
	t.Helper()
	n, err := s.CountListed(store.As(t.Context(), store.Viewer{Name: rep, Role: store.RoleRep, Reach: store.ReachOwn, Rep: rep}), store.DoctorQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestS2_27_DepartureOf300 (domain 7.6, scenario 13): a rep leaves; 300 doctors go to others in one act, each with a pack; the old rep sees none of them, and
// nothing of what was is lost. The time is printed beside what the same doctors took to be written.
func TestS2_27_DepartureOf300(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		const doctors, withLead = 300, 30
		h := newHouse(t, s)
		h.rep("old", "李雷", "hospital:h1")
		began := time.Now()
		var ids []string
		for i := range doctors {
			var more func(*store.Turn)
			if i < withLead {
				more = asked
			}
			ids = append(ids, h.sharing(fmt.Sprint("o", i), "h1", more))
		}
		written := time.Since(began)
		h.sweep()
		for i := range withLead {
			h.accept(leadID(fmt.Sprint("o", i)), "old")
		}
		h.owned("old", ids, ids[7])
		h.rep("new1", "韩梅", "hospital:h1")
		h.rep("new2", "张伟", "hospital:h1")

		ctx := store.As(t.Context(), store.Viewer{Name: "manager", Role: store.RoleManager, Reach: store.ReachAll})
		d, err := h.desk.Depart(ctx, "old", store.DepartLeft, "本月底离职")
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.DepartureFile(ctx, d.ID)
		if err != nil || len(f.Rows) != doctors || f.Rows[0].Doctor != ids[7] {
			t.Fatalf("%d proposals, %v; the first is %s", len(f.Rows), err, f.Rows[0].Doctor)
		}
		to := map[string]int{}
		var picks []store.TransferPick
		for _, r := range f.Rows {
			to[r.To]++
			picks = append(picks, store.TransferPick{ID: r.ID, To: r.To})
		}
		if to["new1"] != doctors/2 || to["new2"] != doctors/2 {
			t.Errorf("the load is not spread: %v", to)
		}
		began = time.Now()
		moved, err := h.desk.Transfer(ctx, picks, "", "manager", "按区域交接")
		if err != nil || moved != doctors {
			t.Fatalf("%d doctors moved, %v", moved, err)
		}
		t.Logf("%d doctors given away in %v; written one by one in %v", doctors, time.Since(began), written)
		h.givenAway(ctx, d.ID, ids, withLead)
	})
}

// givenAway checks what must hold after all doctors of rep old went to new1 and new2.
func (h *house) givenAway(ctx context.Context, departure string, ids []string, withLead int) {
	t, s := h.t, h.store
	t.Helper()
	if n := repSees(t, s, "old"); n != 0 {
		t.Errorf("the old rep still sees %d doctors", n)
	}
	for _, rep := range []string{"new1", "new2"} {
		if n := repSees(t, s, rep); n != int64(len(ids)/2) {
			t.Errorf("%s sees %d doctors", rep, n)
		}
	}
	f, err := s.DepartureFile(ctx, departure)
	if err != nil || f.Status != store.DepartureDone {
		t.Fatalf("the departure is %s, %v", f.Status, err)
	}
	told, packs := 0, 0
	for _, r := range f.Rows {
		if r.Told == store.PushPlanned {
			told++
		}
		p, err := h.desk.Pack(ctx, r.ID, r.To, r.To)
		if err != nil || p.FromName != "李雷" || p.ReadAt == 0 {
			t.Fatalf("pack: %+v, %v", p.TransferRow.Transfer, err)
		}
		if len(p.Promises) > 0 && p.Promises[0].Kind == "lead" {
			packs++
		}
	}
	if told != len(ids) || packs != withLead {
		t.Errorf("%d doctors are told, %d packs know of the open lead", told, packs)
	}
	lists := 0
	for _, e := range h.deliver() {
		if strings.HasPrefix(e.Key, "taken:") {
			lists++
		}
	}
	if lists != 2 {
		t.Errorf("the new reps get %d messages with their list", lists)
	}
	w := h.at(leadID("o0"))
	if w.Status != store.LeadAssigned || h.offer(w.ID, "old").Status != store.OfferLost {
		t.Errorf("the lead of the first doctor is %s, the old offer %s", w.Status, h.offer(w.ID, "old").Status)
	}
	if _, err := h.desk.Brief(t.Context(), w.ID, "old"); err == nil {
		t.Error("the old rep still reads the brief")
	}
	rec, err := s.LeadRecord(t.Context(), w.ID)
	if err != nil || len(rec.Moves) < 4 {
		t.Errorf("the history of the lead has %d moves, %v", len(rec.Moves), err)
	}
	if audit, err := s.VerifyAudit(t.Context(), nil); err != nil || len(audit.Findings) > 0 {
		t.Errorf("the audit chain: %v, %v", audit.Findings, err)
	}
}

// TestS2_27_FirstContactAndPool: a booked lead counts as the first contact; one that is late, and a super customer without a rep, are told to managers once.
func TestS2_27_FirstContactAndPool(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s)
		h.rep("old", "李雷", "hospital:h1")
		quick, slow, refuses := h.sharing("quick", "h1", asked), h.sharing("slow", "h1", nil), h.sharing("refuses", "h1", nil)
		h.sweep()
		h.accept(leadID("quick"), "old")
		h.owned("old", []string{quick, slow, refuses}, refuses)
		h.rep("new", "韩梅", "hospital:h1")
		d, err := h.desk.Depart(t.Context(), "old", store.DepartTerritory, "换到华北")
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.DepartureFile(t.Context(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		var picks []store.TransferPick
		for _, r := range f.Rows {
			picks = append(picks, store.TransferPick{ID: r.ID, To: r.To})
		}
		if n, err := h.desk.Transfer(t.Context(), picks, "", "manager", "换区域"); n != 3 || err != nil {
			t.Fatalf("%d moved, %v", n, err)
		}
		h.accept(leadID("quick"), "new")
		if _, err := h.desk.FileVisit(t.Context(), goodReport(leadID("quick"), "new")); err != nil {
			t.Fatal(err)
		}
		h.turn("refuses", func(t *store.Turn) { t.Colleague = store.ColleagueAnother })
		states := map[string]string{}
		rows, err := s.Transfers(t.Context(), store.TransferQuery{Statuses: []string{store.TransferConfirmed, store.TransferContacted, store.TransferRefused}, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			states[r.Doctor] = r.Status
		}
		if states[quick] != store.TransferContacted || states[slow] != store.TransferConfirmed || states[refuses] != store.TransferRefused {
			t.Errorf("states %v", states)
		}
		pool, all, err := s.Pool(t.Context(), 10)
		if err != nil || all != 1 || pool[0].Doctor != refuses || pool[0].Cause != store.TransferRefused || pool[0].Super != store.SuperConfirmed {
			t.Errorf("the pool: %+v, %d, %v", pool, all, err)
		}
		if _, err := h.desk.acting(t.Context(), "old"); err != nil {
			t.Errorf("who only changes the territory may take leads again: %v", err)
		}
	})
}

// TestS2_27_LeavingRepGetsNothing: from the mark on no lead is offered, and what was offered goes to others; what waits for a person tells why.
func TestS2_27_LeavingRepGetsNothing(t *testing.T) {
	s := storetest.SQLite(t)
	h := newHouse(t, s)
	h.rep("old", "李雷", "hospital:h1")
	doctor := h.sharing("d", "h1", asked)
	h.sweep()
	h.owned("old", []string{doctor}, "")
	if _, err := h.desk.Depart(t.Context(), "old", store.DepartFiling, "备案到期"); err != nil {
		t.Fatal(err)
	}
	h.want(leadID("d"), store.LeadNew, "")
	h.sweep()
	h.want(leadID("d"), store.LeadNew, "")
	if err := h.desk.Accept(t.Context(), leadID("d"), "old"); err == nil {
		t.Error("the leaving rep accepts a lead")
	}
	again, err := h.desk.Depart(t.Context(), "old", store.DepartFiling, "备案到期")
	if err != nil {
		t.Fatal(err)
	}
	open, err := s.Departures(t.Context(), 10)
	if err != nil || len(open) != 1 || open[0].ID != again.ID || open[0].Counts[store.TransferProposed] != 1 {
		t.Fatalf("%+v, %v", open, err)
	}
	f, err := s.DepartureFile(t.Context(), again.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.Transfer(t.Context(), []store.TransferPick{{ID: f.Rows[0].ID, To: "old"}}, "", "m", "原因"); !errors.Is(err, ErrFiling) {
		t.Errorf("a doctor goes to a leaving rep: %v", err)
	}
	if _, err := s.ConfirmTransfers(t.Context(), []store.TransferPick{{ID: f.Rows[0].ID, To: "old"}}, store.TransferAct{}, nil); !errors.Is(err, store.ErrSameRep) {
		t.Errorf("a doctor goes to the same rep: %v", err)
	}
	if err := s.EndDeparture(t.Context(), again.ID, "备案已续期"); err != nil {
		t.Fatal(err)
	}
	h.sweep()
	h.want(leadID("d"), store.LeadAssigned, "")
}
