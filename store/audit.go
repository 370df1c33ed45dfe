package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// AddAudit records one act of a person. Account and, when zero, At are filled in. Detail holds codes and names of things, never a doctor's words.
func (s *Store) AddAudit(ctx context.Context, a Audit) error {
	return s.tx(ctx, func(tx *gorm.DB) error { return s.audit(tx, a) })
}

// audit writes the row inside a transaction that also holds the act itself, so that neither can exist without the other.
func (s *Store) audit(tx *gorm.DB, a Audit) error {
	a.ID = 0
	a.Account = s.Account()
	if a.At == 0 {
		a.At = s.Now()
	}
	if err := tx.Create(&a).Error; err != nil {
		return fmt.Errorf("writing audit row: %w", err)
	}
	return nil
}

// Audits gives the newest acts, newest first, at most limit. An empty object means all objects.
func (s *Store) Audits(ctx context.Context, object string, limit int) ([]Audit, error) {
	q := s.read(ctx).Where(map[string]any{"account": s.Account()})
	if object != "" {
		q = q.Where(map[string]any{"object": object})
	}
	var rows []Audit
	if err := q.Order("id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading audit rows: %w", err)
	}
	return rows, nil
}
