package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// VisitFiling is everything that a rep's report changes, in one transaction.
type VisitFiling struct {
	Move     LeadMoveSpec // the steps of the lead, fenced by its version
	Visit    Visit        // ID, Account and FiledAt are filled in
	Portrait []PortraitValue
	Case     *Case // an adverse event that the rep heard of; one that is open already stays as it is
	Push     bool  // plan one piece of content that fits, cause "visit:ID"
}

// VisitID is the id of the report on a lead: there is one.
func VisitID(lead string) string { return newID("visit", lead) }

// VisitCause is the cause of a push that a report brought about.
func VisitCause(visit string) string { return "visit:" + visit }

// ErrNoRep: a visit that nobody made. Only people meet doctors.
var ErrNoRep = errors.New("store: a visit needs a rep")

// FileVisit writes a report and what follows from it, or nothing. ErrNoRep; ErrMoved: the lead has changed since it was read, possibly because it was reported.
func (s *Store) FileVisit(ctx context.Context, f VisitFiling) (Visit, error) {
	v := f.Visit
	v.ID, v.Lead, v.Account = VisitID(f.Move.ID), f.Move.ID, s.Account()
	if v.Rep == "" {
		return v, ErrNoRep
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		lead, err := s.moveLead(tx, f.Move)
		if err != nil {
			return err
		}
		v.Doctor, v.FiledAt = lead.Doctor, s.Now()
		if err := tx.Create(&v).Error; err != nil {
			return fmt.Errorf("writing visit: %w", err)
		}
		if err := s.observeOutside(tx, lead.Doctor, saidBy(f.Portrait)); err != nil {
			return err
		}
		if err := s.didVisit(tx, v); err != nil {
			return err
		}
		if c := f.Case; c != nil {
			row := *c
			row.Doctor = lead.Doctor
			if _, _, err := s.openCase(tx, row); err != nil {
				return err
			}
		}
		if !f.Push {
			return nil
		}
		return s.planPush(tx, lead.Doctor, VisitCause(v.ID))
	})
	return v, err
}

// touchDoctor changes columns of a doctor outside a turn, raises the version and marks the doctor to be derived again. ErrNotFound.
func (s *Store) touchDoctor(tx *gorm.DB, doctor string, set map[string]any) error {
	change := map[string]any{"version": gorm.Expr("version + 1"), "updated_at": s.Now(), "refresh_at": s.Now()}
	for column, v := range set {
		change[column] = v
	}
	done := tx.Model(&Doctor{}).Where(map[string]any{"id": doctor, "account": s.Account()}).UpdateColumns(change)
	if done.Error != nil {
		return fmt.Errorf("changing doctor: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return ErrNotFound
	}
	return nil
}
