package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// KindTick is the journal's kind of a turn that only the clock has caused.
const KindTick = "tick"

// KindConsent is the journal's kind of a turn in which the doctor decided about a consent on a page of the house.
const KindConsent = "consent"

// Wake is a talk whose time has come.
type Wake struct {
	Doctor string // also the conversation
	OpenID string
	DueAt  int64 // when it was to be woken, unix ms
}

// ClaimWakes takes talks whose time has come, the longest waiting first, at most n. A claim puts the talk off by the lease, so that no other instance takes it
// and a process that dies loses nothing; the turn that follows writes the next time.
func (s *Store) ClaimWakes(ctx context.Context, n int, lease time.Duration) ([]Wake, error) {
	now := s.Now()
	var due []Doctor
	q := s.read(ctx).Select("id", "open_id", "wake_at").Where("account = ? AND wake_at > 0 AND wake_at <= ?", s.Account(), now)
	if err := q.Order("wake_at").Limit(n).Find(&due).Error; err != nil {
		return nil, fmt.Errorf("looking for talks to wake: %w", err)
	}
	if len(due) == 0 {
		return nil, nil
	}
	var claimed []Wake
	err := s.tx(ctx, func(tx *gorm.DB) error {
		claimed = nil
		for _, d := range due {
			won := tx.Model(&Doctor{}).Where("id = ? AND wake_at = ?", d.ID, d.WakeAt).UpdateColumn("wake_at", now+lease.Milliseconds())
			if won.Error != nil {
				return won.Error
			}
			if won.RowsAffected == 1 {
				claimed = append(claimed, Wake{Doctor: d.ID, OpenID: d.OpenID, DueAt: d.WakeAt})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claiming talks to wake: %w", err)
	}
	return claimed, nil
}

// Enough tells whether a doctor has had as many unasked messages as may be sent within a day or a week; 0 = no limit.
func (s *Store) Enough(ctx context.Context, doctor string, day, week int) (bool, error) {
	for _, c := range []struct {
		most int
		days int64
	}{{day, 1}, {week, 7}} {
		if c.most == 0 {
			continue
		}
		n, err := s.unaskedSince(ctx, doctor, s.Now()-c.days*24*time.Hour.Milliseconds())
		if err != nil || n >= c.most {
			return err == nil, err
		}
	}
	return false, nil
}

// unaskedSince counts the unasked messages (reminders, and content that nobody asked for) to a doctor that were queued since a time (unix ms) and not cancelled.
func (s *Store) unaskedSince(ctx context.Context, doctor string, since int64) (int, error) {
	var n int64
	err := s.read(ctx).Model(&Effect{}).Where("lane = ? AND created_at >= ? AND status <> ?", DoctorLane(doctor), since, EffectCancel).
		Where("intent IN ?", []string{IntentReminder, IntentPush}).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("counting messages: %w", err)
	}
	return int(n), nil
}
