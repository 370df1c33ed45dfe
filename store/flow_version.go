package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// SaveFlowVersion keeps a bundle under its hash. Bundles never change: one that exists is left as it is.
func (s *Store) SaveFlowVersion(ctx context.Context, v FlowVersion) error {
	v.Account = s.Account()
	if v.At == 0 {
		v.At = s.Now()
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&v).Error
	})
	if err != nil {
		return fmt.Errorf("saving flow version: %w", err)
	}
	return nil
}

// FlowVersion reads the bundle of a hash. ErrNotFound when it was never saved.
func (s *Store) FlowVersion(ctx context.Context, hash string) (FlowVersion, error) {
	var rows []FlowVersion
	if err := s.read(ctx).Where("hash = ?", hash).Limit(1).Find(&rows).Error; err != nil {
		return FlowVersion{}, fmt.Errorf("reading flow version: %w", err)
	}
	return first(rows, "reading flow version")
}
