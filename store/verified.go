package store

import (
	"context"
	"fmt"
)

// Decided is a doctor about whose identity was decided.
type Decided struct {
	OpenID string
	Level  int // as it is now
	At     int64
}

// DecidedSince lists the doctors about whose identity was decided after a time, unix ms, and who still follow, the oldest decision first.
func (s *Store) DecidedSince(ctx context.Context, since int64) ([]Decided, error) {
	var rows []Decided
	err := s.read(ctx).Model(&Verification{}).Select("doctors.open_id, doctors.level, verifications.decided_at AS at").
		Joins("JOIN doctors ON doctors.id = verifications.doctor").
		Where("verifications.account = ? AND verifications.decided_at > ? AND doctors.followed = ?", s.Account(), since, true).
		Order("verifications.decided_at").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading decisions: %w", err)
	}
	return rows, nil
}

// VerifiedOpenIDs lists the verified doctors who follow.
func (s *Store) VerifiedOpenIDs(ctx context.Context) ([]string, error) {
	var ids []string
	mine := map[string]any{"account": s.Account(), "level": LevelVerified, "followed": true}
	if err := s.read(ctx).Model(&Doctor{}).Where(mine).Order("id").Pluck("open_id", &ids).Error; err != nil {
		return nil, fmt.Errorf("reading verified doctors: %w", err)
	}
	return ids, nil
}
