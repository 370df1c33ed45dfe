package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// FlowHandover is the flow that tells a doctor that another rep looks after them.
const FlowHandover = "handover"

// ErrSameRep: a doctor cannot be given to who looks after them already.
var ErrSameRep = errors.New("store: the same rep")

// TransferPick is one proposal with the rep who is to look after the doctor.
type TransferPick struct{ ID, To string }

// TransferAct is how proposals are confirmed.
type TransferAct struct {
	Batch  string // proposal that a second person approved, "" = one person decides
	Due    int64  // first contact by, unix ms
	Reason string
}

// since is from when a transfer that holds counts: leads that were taken later count more.
func (t Transfer) since() int64 {
	if t.Status == TransferRefused {
		return t.AnsweredAt
	}
	return t.ConfirmedAt
}

// holder is the rep whom a transfer that holds names; "" = nobody: the doctor has refused.
func (t Transfer) holder() string {
	if t.Status == TransferRefused {
		return ""
	}
	return t.To
}

// holds reads the transfers that say who looks after some doctors.
func (s *Store) holds(tx *gorm.DB, doctors []string) (map[string]Transfer, error) {
	out := make(map[string]Transfer)
	for part := range slices.Chunk(doctors, idPage) {
		var rows []Transfer
		if err := tx.Where("hold_key IN ?", part).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("reading transfers: %w", err)
		}
		for _, t := range rows {
			out[t.Doctor] = t
		}
	}
	return out, nil
}

// idPage is how many ids stand in one statement.
const idPage = 500

// TransferCause is the cause of the push by which a doctor is told of a transfer.
func TransferCause(transfer string) string { return "transfer:" + transfer }

// ConfirmTransfers gives doctors to their new reps, in one transaction: from its end on the old rep sees nothing of them and the new one does. Each doctor
// who can be written to is told by a planned push with the flow FlowHandover; with the names of the reps only where the doctor agrees that reps hear of them. What was on
// its way to the old rep about them is called back. also does what else belongs to it, such as moving leads, through the context that it is handed; nil:
// nothing. Proposals that are none any more, and doctors whom the person of the context may not see, are left out. ErrSameRep; ErrRep: a proposal for nobody.
func (s *Store) ConfirmTransfers(ctx context.Context, picks []TransferPick, act TransferAct, also func(context.Context, []Transfer) error) ([]Transfer, error) {
	to := make(map[string]string, len(picks))
	for _, p := range picks {
		if p.To == "" {
			return nil, fmt.Errorf("%w: nobody is to look after a doctor", ErrRep)
		}
		to[p.ID] = p.To
	}
	var done []Transfer
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var err error
		if done, err = s.proposals(ctx, tx, to); err != nil || len(done) == 0 {
			return err
		}
		if err := s.decideTransfers(tx, done, act); err != nil {
			return err
		}
		if err := s.tellTransfers(tx, done); err != nil {
			return err
		}
		if also != nil {
			if err := also(joined(ctx, tx), done); err != nil {
				return err
			}
		}
		if err := endDepartures(tx, s.Now(), done); err != nil {
			return err
		}
		return s.auditTransfers(tx, "transfer_confirm", done, act.Reason)
	})
	if err != nil {
		return nil, fmt.Errorf("confirming transfers: %w", err)
	}
	return done, nil
}

// proposals locks what is still proposed, with whom each doctor goes to.
func (s *Store) proposals(ctx context.Context, tx *gorm.DB, to map[string]string) ([]Transfer, error) {
	ids := make([]string, 0, len(to))
	for id := range to {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var out []Transfer
	seen := map[string]bool{}
	for part := range slices.Chunk(ids, idPage) {
		q, err := s.within(ctx, tx.Where("account = ? AND status = ? AND id IN ?", s.Account(), TransferProposed, part), "transfers.doctor")
		if err != nil {
			return nil, err
		}
		var rows []Transfer
		if err := q.Order("id").Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("reading proposals: %w", err)
		}
		for _, t := range rows {
			if t.To = to[t.ID]; t.To == t.From {
				return nil, ErrSameRep
			}
			if !seen[t.Doctor] { // of two proposals about one doctor the first counts
				seen[t.Doctor] = true
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// decideTransfers writes who looks after the doctors from now on. The rows are changed as they are written.
func (s *Store) decideTransfers(tx *gorm.DB, rows []Transfer, act TransferAct) error {
	now, actor := s.Now(), ""
	if v, ok := Viewing(tx.Statement.Context); ok {
		actor = v.Name
	}
	byRep := map[string][]*Transfer{}
	var doctors []string
	for i := range rows {
		t := &rows[i]
		t.Status, t.Actor, t.Batch, t.Reason, t.ConfirmedAt, t.DueAt = TransferConfirmed, actor, act.Batch, cut(act.Reason, auditReason), now, act.Due
		t.HoldKey = &t.Doctor
		byRep[t.To] = append(byRep[t.To], t)
		doctors = append(doctors, t.Doctor)
	}
	for part := range slices.Chunk(doctors, idPage) {
		if err := tx.Model(&Transfer{}).Where("hold_key IN ?", part).UpdateColumn("hold_key", nil).Error; err != nil {
			return fmt.Errorf("ending earlier transfers: %w", err)
		}
	}
	for to, some := range byRep {
		ids, who := make([]string, len(some)), make([]string, len(some))
		for i, t := range some {
			ids[i], who[i] = t.ID, t.Doctor
		}
		set := map[string]any{"status": TransferConfirmed, "to_rep": to, "actor": actor, "batch": act.Batch, "reason": some[0].Reason,
			"confirmed_at": now, "due_at": act.Due, "hold_key": gorm.Expr("doctor")}
		if err := tx.Model(&Transfer{}).Where("id IN ?", ids).UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("writing transfers: %w", err)
		}
		if err := tx.Model(&Facets{}).Where("doctor IN ?", who).UpdateColumn("owner", to).Error; err != nil {
			return fmt.Errorf("writing owners: %w", err)
		}
		if err := giveCalls(tx, to, who); err != nil {
			return err
		}
	}
	return s.settleDoctors(tx, doctors)
}

// settleDoctors drops what else was proposed about doctors who were given to somebody, and marks them to be derived again.
func (s *Store) settleDoctors(tx *gorm.DB, doctors []string) error {
	now := s.Now()
	for part := range slices.Chunk(doctors, idPage) {
		var rest []Transfer
		if err := tx.Where("doctor IN ? AND status = ?", part, TransferProposed).Find(&rest).Error; err != nil {
			return fmt.Errorf("reading proposals: %w", err)
		}
		if err := tx.Model(&Transfer{}).Where("doctor IN ? AND status = ?", part, TransferProposed).UpdateColumn("status", TransferDropped).Error; err != nil {
			return fmt.Errorf("dropping proposals: %w", err)
		}
		if err := endDepartures(tx, now, rest); err != nil {
			return err
		}
		set := map[string]any{"version": gorm.Expr("version + 1"), "updated_at": now, "refresh_at": now}
		if err := tx.Model(&Doctor{}).Where("id IN ? AND account = ?", part, s.Account()).UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("changing doctors: %w", err)
		}
	}
	return nil
}

// tellTransfers plans what the doctors are told, and calls back what was on its way to the old reps.
func (s *Store) tellTransfers(tx *gorm.DB, rows []Transfer) error {
	doctors := make([]string, len(rows))
	for i, t := range rows {
		doctors[i] = t.Doctor
	}
	var reach []Doctor
	for part := range slices.Chunk(doctors, idPage) {
		var some []Doctor
		q := tx.Select("id").Where("account = ? AND id IN ? AND followed = ? AND opted_out = ? AND open_id <> ''", s.Account(), part, true, false)
		if err := q.Find(&some).Error; err != nil {
			return fmt.Errorf("reading doctors: %w", err)
		}
		reach = append(reach, some...)
	}
	agreed, err := s.sharing(tx, doctors)
	if err != nil {
		return err
	}
	names, err := s.repNamesIn(tx)
	if err != nil {
		return err
	}
	if err := s.callBack(tx, rows, doctors); err != nil {
		return err
	}
	var pushes []Push
	for _, t := range rows {
		if !slices.ContainsFunc(reach, func(d Doctor) bool { return d.ID == t.Doctor }) {
			continue
		}
		in := map[string]string{}
		if t.From == "" {
			in["had"] = "no"
		}
		if agreed[t.Doctor] {
			in["old"], in["new"] = names[t.From], names[t.To]
		}
		maps.DeleteFunc(in, func(_, text string) bool { return text == "" })
		pushes = append(pushes, Push{Doctor: t.Doctor, Cause: TransferCause(t.ID), Flow: FlowHandover, Inputs: inputsOf(in)})
	}
	return s.planFlows(tx, pushes...)
}

// inputsOf writes what a flow is given; texts always have a JSON form.
func inputsOf(in map[string]string) string {
	b, err := json.Marshal(in)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// callBack ends what was not sent yet to the old reps about the doctors' leads.
func (s *Store) callBack(tx *gorm.DB, rows []Transfer, doctors []string) error {
	from := make(map[string]string, len(rows))
	for _, t := range rows {
		from[t.Doctor] = t.From
	}
	for part := range slices.Chunk(doctors, idPage) {
		var leads []Lead
		if err := tx.Select("id", "doctor").Where("doctor IN ? AND account = ?", part, s.Account()).Order("id").Find(&leads).Error; err != nil {
			return fmt.Errorf("reading leads: %w", err)
		}
		for _, l := range leads {
			of := func() *gorm.DB { return tx.Where("account = ? AND lane = ?", s.Account(), RepLane(from[l.Doctor])) }
			for _, q := range aboutLeads(of, []string{l.ID}) {
				if err := s.endSending(tx, q, "another rep"); err != nil {
					return fmt.Errorf("calling back messages: %w", err)
				}
			}
		}
	}
	return nil
}

// auditTransfers writes one row for each doctor and one for the act.
func (s *Store) auditTransfers(tx *gorm.DB, action string, rows []Transfer, reason string) error {
	acts := make([]Audit, 0, len(rows)+1)
	for _, t := range rows {
		acts = append(acts, Audit{Action: action, Object: "doctor:" + t.Doctor, Detail: t.From + " to " + t.To, Reason: reason})
	}
	if len(rows) > 1 {
		acts = append(acts, Audit{Action: action + "_batch", Object: "rep:" + rows[0].From, Detail: strconv.Itoa(len(rows)) + " doctors", Reason: reason})
	}
	return s.audits(tx, acts)
}

// DropTransfers ends proposals that are not followed: the doctors stay with whom they have. It gives their number. ErrNoReason.
func (s *Store) DropTransfers(ctx context.Context, ids []string, reason string) (int, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return 0, ErrNoReason
	}
	var rows []Transfer
	err := s.tx(ctx, func(tx *gorm.DB) error {
		q, err := s.within(ctx, tx.Where("account = ? AND status = ? AND id IN ?", s.Account(), TransferProposed, ids), "transfers.doctor")
		if err != nil {
			return err
		}
		rows = nil
		if err := q.Find(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		found := make([]string, len(rows))
		for i, t := range rows {
			found[i] = t.ID
		}
		set := map[string]any{"status": TransferDropped, "reason": cut(reason, auditReason)}
		if err := tx.Model(&Transfer{}).Where("id IN ?", found).UpdateColumns(set).Error; err != nil {
			return err
		}
		if err := endDepartures(tx, s.Now(), rows); err != nil {
			return err
		}
		return s.auditTransfers(tx, "transfer_drop", rows, reason)
	})
	if err != nil {
		return 0, fmt.Errorf("dropping transfers: %w", err)
	}
	return len(rows), nil
}
