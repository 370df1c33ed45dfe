package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// AddInvite stores an invitation code that can be used MaxUses times (0 counts as once). A code that exists is left as it is.
func (s *Store) AddInvite(ctx context.Context, in Invite) error {
	in.Account, in.Code = s.Account(), inviteCode(in.Code)
	in.MaxUses = max(in.MaxUses, 1)
	if in.CreatedAt == 0 {
		in.CreatedAt = s.Now()
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&in).Error
	})
	if err != nil {
		return fmt.Errorf("adding invitation: %w", err)
	}
	return nil
}

// InviteOK tells whether the code can be used now.
func (s *Store) InviteOK(ctx context.Context, code string) (bool, error) {
	var n int64
	err := s.read(ctx).Model(&Invite{}).
		Where("code = ? AND account = ? AND uses < max_uses AND (expires_at = 0 OR expires_at > ?)", inviteCode(code), s.Account(), s.Now()).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("reading invitation: %w", err)
	}
	return n > 0, nil
}

// inviteCode is the one spelling of a code: people type small letters too.
func inviteCode(typed string) string { return strings.ToUpper(strings.TrimSpace(typed)) }

// useInvite uses the code up by one, or fails with ErrInviteUsed.
func (s *Store) useInvite(tx *gorm.DB, code string) error {
	r := tx.Model(&Invite{}).
		Where("code = ? AND account = ? AND uses < max_uses AND (expires_at = 0 OR expires_at > ?)", inviteCode(code), s.Account(), s.Now()).
		UpdateColumn("uses", gorm.Expr("uses + 1"))
	if r.Error != nil {
		return fmt.Errorf("using invitation: %w", r.Error)
	}
	if r.RowsAffected == 0 {
		return ErrInviteUsed
	}
	return nil
}
