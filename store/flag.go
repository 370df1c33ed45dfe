package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// FlagRow is a flag with the doctor whose words raised it.
type FlagRow struct {
	Flag
	Who Doctor
}

// Flags gives what compliance must look at: open ones first, oldest first, then the newest of the closed ones, at most limit.
func (s *Store) Flags(ctx context.Context, limit int) ([]FlagRow, error) {
	var open, closed []Flag
	of := func(status string) *gorm.DB {
		return s.read(ctx).Where("account = ? AND status = ?", s.Account(), status)
	}
	if err := of(FlagOpen).Order("at").Order("id").Limit(limit).Find(&open).Error; err != nil {
		return nil, fmt.Errorf("reading open flags: %w", err)
	}
	if left := limit - len(open); left > 0 {
		if err := of(FlagClosed).Order("at DESC").Order("id").Limit(left).Find(&closed).Error; err != nil {
			return nil, fmt.Errorf("reading closed flags: %w", err)
		}
	}
	rows := append(open, closed...)
	ids := make([]string, len(rows))
	for i, f := range rows {
		ids[i] = f.Doctor
	}
	who, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]FlagRow, len(rows))
	for i, f := range rows {
		out[i] = FlagRow{Flag: f, Who: who[f.Doctor]}
	}
	return out, nil
}

// CloseFlag records what compliance found. ErrMoved: nothing is open under this id.
func (s *Store) CloseFlag(ctx context.Context, id, actor, reason string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&Flag{}).Where(map[string]any{"id": id, "account": s.Account(), "status": FlagOpen}).
			UpdateColumns(map[string]any{"status": FlagClosed, "actor": actor, "reason": valid(reason), "closed_at": s.Now()})
		if done.Error != nil {
			return fmt.Errorf("closing flag: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return ErrMoved
		}
		return s.audit(tx, Audit{Actor: actor, Action: "flag_close", Object: "flag:" + id})
	})
}
