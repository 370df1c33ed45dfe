package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Kinds of act that two people must want (permission table of the trade).
const (
	ActShare     = "share"      // a release of flows for more doctors
	ActLift      = "lift"       // a recalled version of a flow comes back
	ActReassign  = "reassign"   // more than ReassignAlone leads to another rep
	ActExport    = "export"     // more than ExportAlone doctors leave the house
	ActSuper     = "super"      // a candidate becomes a super customer
	ActCaseClose = "case_close" // a case is closed without a report
	ActRole      = "role"       // somebody becomes an administrator
	ActRules     = "rules"      // rules of classes and scores change
	ActMeeting   = "meeting"    // a meeting may be opened to doctors
	ActCampaign  = "campaign"   // a campaign speaks to more than CampaignAlone doctors
	ActVerify    = "verify"     // a rep confirms more doctors than one may alone
)

// How much one person may do alone (permission table of the trade).
const (
	ReassignAlone = 50  // leads at once
	ExportAlone   = 100 // doctors at once
)

// approvalLife is how long a proposal waits for the second person.
const approvalLife = 7 * 24 * time.Hour

// Errors of acts that two people must want.
var (
	// ErrSamePerson: who proposes cannot decide.
	ErrSamePerson = errors.New("store: another person must decide")
	// ErrExpired: the proposal has waited too long.
	ErrExpired = errors.New("store: proposal has expired")
)

// Propose asks for a second person. Kind, Object, Body and Reason say what is to be done and why; the person of the context asks. The same proposal, still
// open, is not made twice: it comes back as it is. ErrNoReason; ErrForbidden: nobody is asking.
func (s *Store) Propose(ctx context.Context, a Approval) (Approval, error) {
	v, ok := Viewing(ctx)
	a.Reason = cut(strings.TrimSpace(a.Reason), auditReason)
	switch {
	case !ok || v.Name == "":
		return a, ErrForbidden
	case utf8.RuneCountInString(a.Reason) < shortestReason:
		return a, ErrNoReason
	}
	id := make([]byte, 16)
	rand.Read(id)
	a.ID, a.Account, a.Status, a.Actor, a.ActorRole = hex.EncodeToString(id), s.Account(), ApprovalOpen, v.Name, v.Role
	a.At, a.ExpiresAt = s.Now(), s.opt.Now().Add(approvalLife).UnixMilli()
	a.DecidedBy, a.DecidedRole, a.Verdict, a.DecidedAt = "", "", "", 0
	var out Approval
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var open []Approval
		same := map[string]any{"account": s.Account(), "kind": a.Kind, "object": a.Object, "status": ApprovalOpen, "actor": a.Actor}
		if err := tx.Where(same).Where("expires_at > ?", a.At).Order("at").Find(&open).Error; err != nil {
			return err
		}
		if i := slices.IndexFunc(open, func(o Approval) bool { return string(o.Body) == string(a.Body) }); i >= 0 {
			out = open[i]
			return nil
		}
		out = a
		if err := tx.Create(&a).Error; err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "propose_" + a.Kind, Object: "approval:" + a.ID, Detail: a.Object, Reason: a.Reason})
	})
	if err != nil {
		return a, fmt.Errorf("proposing: %w", err)
	}
	return out, nil
}

// Decide ends a proposal. do does what follows from the decision, see the status of what it is handed, in the same transaction, through the context that
// it is handed: decision, act and their audit rows exist together or not at all; nil: nothing follows. The person of the context decides and must be another one than who asked; whose role may decide is settled by the
// caller. ErrSamePerson; ErrExpired; ErrMoved: it was decided before; ErrNotFound; ErrNoReason: a refusal without words.
func (s *Store) Decide(ctx context.Context, id string, yes bool, verdict string, do func(context.Context, Approval) error) (Approval, error) {
	v, ok := Viewing(ctx)
	verdict = cut(strings.TrimSpace(verdict), auditReason)
	switch {
	case !ok || v.Name == "":
		return Approval{}, ErrForbidden
	case !yes && utf8.RuneCountInString(verdict) < shortestReason:
		return Approval{}, ErrNoReason
	}
	var a Approval
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var err error
		if a, err = s.openApproval(tx, id, v); err != nil {
			return err
		}
		a.Status, a.DecidedBy, a.DecidedRole, a.Verdict, a.DecidedAt = ApprovalRefused, v.Name, v.Role, verdict, s.Now()
		if yes {
			a.Status = ApprovalApproved
		}
		done := tx.Model(&Approval{}).Where(map[string]any{"id": id, "status": ApprovalOpen}).
			Select("status", "decided_by", "decided_role", "verdict", "decided_at").UpdateColumns(&a)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrMoved
		}
		if do != nil {
			if err := do(joined(ctx, tx), a); err != nil {
				return err
			}
		}
		return s.audit(tx, Audit{Action: a.Status + "_" + a.Kind, Object: "approval:" + a.ID, Detail: a.Object + ", asked by " + a.Actor, Reason: verdict})
	})
	if err != nil {
		return a, fmt.Errorf("deciding: %w", err)
	}
	return a, nil
}

// openApproval reads a proposal that the person may decide now.
func (s *Store) openApproval(tx *gorm.DB, id string, v Viewer) (Approval, error) {
	var rows []Approval
	if err := tx.Where(map[string]any{"id": id, "account": s.Account()}).Limit(1).Find(&rows).Error; err != nil {
		return Approval{}, err
	}
	switch {
	case len(rows) == 0:
		return Approval{}, ErrNotFound
	case rows[0].Status != ApprovalOpen:
		return rows[0], ErrMoved
	case rows[0].ExpiresAt <= s.Now():
		return rows[0], ErrExpired
	case rows[0].Actor == v.Name:
		return rows[0], ErrSamePerson
	}
	return rows[0], nil
}

// Approval reads one proposal; ErrNotFound. One that has waited too long says so.
func (s *Store) Approval(ctx context.Context, id string) (Approval, error) {
	var rows []Approval
	if err := s.read(ctx).Where(map[string]any{"id": id, "account": s.Account()}).Limit(1).Find(&rows).Error; err != nil {
		return Approval{}, fmt.Errorf("reading proposal: %w", err)
	}
	if len(rows) == 0 {
		return Approval{}, ErrNotFound
	}
	s.expire(rows)
	return rows[0], nil
}

// Approvals lists the proposals of the given kinds and those that the person of the context made, open ones first, then the newest, at most limit.
func (s *Store) Approvals(ctx context.Context, kinds []string, limit int) ([]Approval, error) {
	v, _ := Viewing(ctx)
	var rows []Approval
	q := s.read(ctx).Where(map[string]any{"account": s.Account()}).Where("(kind IN ? OR actor = ?)", kinds, v.Name)
	if err := q.Order("CASE WHEN status = 'open' THEN 0 ELSE 1 END").Order("at DESC").Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading proposals: %w", err)
	}
	s.expire(rows)
	return rows, nil
}

// expire shows what has waited too long as what it is. The row keeps its status: nothing has happened to it.
func (s *Store) expire(rows []Approval) {
	for i := range rows {
		if rows[i].Status == ApprovalOpen && rows[i].ExpiresAt <= s.Now() {
			rows[i].Status = ApprovalExpired
		}
	}
}
