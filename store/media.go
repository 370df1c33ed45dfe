package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// MediaID returns what the platform calls an asset of ours and until when, unix ms; "" when nothing is known.
func (s *Store) MediaID(ctx context.Context, asset string) (id string, endsAt int64, err error) {
	var rows []MediaID
	mine := map[string]any{"account": s.Account(), "asset": asset}
	if err := s.read(ctx).Where(mine).Limit(1).Find(&rows).Error; err != nil {
		return "", 0, fmt.Errorf("reading media id: %w", err)
	}
	if len(rows) == 0 {
		return "", 0, nil
	}
	return rows[0].MediaID, rows[0].EndsAt, nil
}

// KeepMediaID remembers what the platform calls an asset; what it was called before is forgotten.
func (s *Store) KeepMediaID(ctx context.Context, asset, id string, endsAt int64) error {
	row := MediaID{Account: s.Account(), Asset: asset, MediaID: id, EndsAt: endsAt}
	err := s.tx(ctx, func(tx *gorm.DB) error { return upsert(tx, []MediaID{row}, []string{"media_id", "ends_at"}) })
	if err != nil {
		return fmt.Errorf("keeping media id: %w", err)
	}
	return nil
}
