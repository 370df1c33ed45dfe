package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// Errors of acts that must be accounted for.
var (
	// ErrNoReason: the act wants a reason, and what was given says nothing.
	ErrNoReason = errors.New("store: a reason is needed")
	// ErrForbidden: the person may not do this, or not to this doctor.
	ErrForbidden = errors.New("store: not allowed")
)

// Longest parts of an audit row, in characters.
const (
	auditDetail = 4000
	auditReason = 1500
)

// AddAudit records one act of a person. Account and, when zero, At are filled in, name and role from the person of the context when they are missing.
// Detail holds codes and names of things, never a doctor's words. When it fails, what was to be recorded must not happen.
func (s *Store) AddAudit(ctx context.Context, a Audit) error {
	return s.tx(ctx, func(tx *gorm.DB) error { return s.audit(tx, a) })
}

// audit writes the row inside a transaction that also holds the act itself, so that neither can exist without the other. It comes last in the
// transaction: the chain is locked until the commit.
func (s *Store) audit(tx *gorm.DB, a Audit) error { return s.audits(tx, []Audit{a}) }

// audits adds rows to the chain of this process.
func (s *Store) audits(tx *gorm.DB, acts []Audit) error {
	if len(acts) == 0 {
		return nil
	}
	head, err := s.lockChain(tx, s.opt.Chain)
	if err != nil {
		return err
	}
	rows := make([]Audit, len(acts))
	for i, a := range acts {
		s.completeAudit(tx, &a)
		a.Chain, a.Row, a.Prev = head.Name, head.Row+1, head.Hash
		a.Hash = a.sum()
		rows[i], head.Row, head.Hash = a, a.Row, a.Hash
		if a.Row%markEvery == 0 {
			if err := s.mark(tx, &head); err != nil {
				return err
			}
		}
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("writing audit rows: %w", err)
	}
	return saveChain(tx, head)
}

// completeAudit makes a row what the database will give back, byte for byte: it is what the hash covers.
func (s *Store) completeAudit(tx *gorm.DB, a *Audit) {
	a.ID, a.Account, a.At = 0, s.Account(), orNow(a.At, s.Now())
	if v, ok := Viewing(tx.Statement.Context); ok && (a.Actor == "" || a.Actor == v.Name) {
		a.Actor, a.Role = v.Name, v.Role
	}
	a.Actor, a.Action, a.Object = cut(a.Actor, 64), cut(a.Action, 48), cut(a.Object, 96)
	a.Detail, a.Reason = cut(a.Detail, auditDetail), cut(a.Reason, auditReason)
}

// AuditQuery narrows the list of acts. Zero values mean "all".
type AuditQuery struct {
	Actor  string
	Action string
	Object string // a whole object such as "doctor:ID", or a kind such as "doctor:"
	From   int64  // unix ms
	Until  int64  // unix ms, not included
	Page   int    // from 1
	Size   int    // rows per page, 1 to 500
}

// AuditPage is one page of the acts, newest first. More: there is a next page.
type AuditPage struct {
	Rows []Audit
	Page int
	More bool
}

// AuditPage reads one page of the acts.
func (s *Store) AuditPage(ctx context.Context, q AuditQuery) (AuditPage, error) {
	size := min(max(q.Size, 1), 500)
	out := AuditPage{Page: max(q.Page, 1)}
	err := s.auditFilter(ctx, q).Order("at DESC").Order("id DESC").Offset((out.Page - 1) * size).Limit(size + 1).Find(&out.Rows).Error
	if err != nil {
		return out, fmt.Errorf("reading audit rows: %w", err)
	}
	if out.More = len(out.Rows) > size; out.More {
		out.Rows = out.Rows[:size]
	}
	return out, nil
}

func (s *Store) auditFilter(ctx context.Context, q AuditQuery) *gorm.DB {
	db := s.read(ctx).Where(map[string]any{"account": s.Account()})
	for column, value := range map[string]string{"actor": q.Actor, "action": q.Action} {
		if value != "" {
			db = db.Where(map[string]any{column: value})
		}
	}
	switch {
	case q.Object == "":
	case strings.HasSuffix(q.Object, ":"):
		db = db.Where("object LIKE ? ESCAPE '!'", escapeLike(q.Object)+"%")
	default:
		db = db.Where(map[string]any{"object": q.Object})
	}
	if q.From > 0 {
		db = db.Where("at >= ?", q.From)
	}
	if q.Until > 0 {
		db = db.Where("at < ?", q.Until)
	}
	return db
}

// AuditActions lists the names of the acts that were ever recorded.
func (s *Store) AuditActions(ctx context.Context) ([]string, error) {
	var names []string
	err := s.read(ctx).Model(&Audit{}).Where(map[string]any{"account": s.Account()}).Distinct("action").Order("action").Pluck("action", &names).Error
	if err != nil {
		return nil, fmt.Errorf("reading names of acts: %w", err)
	}
	return names, nil
}

// Audits gives the newest acts, newest first, at most limit. An empty object means all objects.
func (s *Store) Audits(ctx context.Context, object string, limit int) ([]Audit, error) {
	page, err := s.AuditPage(ctx, AuditQuery{Object: object, Size: limit})
	return page.Rows, err
}
