package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// unfinished are the statuses of what was not sent yet.
var unfinished = []string{EffectReady, EffectClaimed, EffectWaiting}

// blocked tells of an effect that another one of its lane goes first: one that is being sent (a mass send does not count), an older one that belongs to
// a talk, and for an unhurried one also any that belongs to a talk and an older unhurried one that is due. What waits for the doctor blocks nothing: when
// he speaks it is ready again, and older than what follows.
const blocked = `EXISTS (SELECT 1 FROM outbox p WHERE p.lane = outbox.lane AND p.id <> outbox.id AND (
	(p.status = @claimed AND p.channel <> @mass AND (p.id < outbox.id OR outbox.status <> @claimed)) OR
	(p.status = @ready AND p.intent NOT IN @unhurried AND (p.id < outbox.id OR outbox.intent IN @unhurried)) OR
	(p.status = @ready AND p.next_at <= @now AND p.id < outbox.id AND outbox.intent IN @unhurried)))`

// ClaimEffects takes up to n effects that are due for the owner, of each lane only the one whose turn it is, and commits the claim before it returns. Effects whose claim ran out come back too: what became of their last attempt is unknown. Attempts counts the attempt that begins now.
// Effects past ValidUntil are cancelled instead.
func (s *Store) ClaimEffects(ctx context.Context, owner string, n int, lease time.Duration) ([]Effect, error) {
	if err := s.expireEffects(ctx); err != nil {
		return nil, fmt.Errorf("cancelling late effects: %w", err)
	}
	if idle, err := s.idle(ctx); err != nil || idle {
		return nil, err
	}
	var claimed []Effect
	err := s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		lost, err := s.due(tx, EffectClaimed, now, n)
		if err != nil {
			return err
		}
		ready, err := s.due(tx, EffectReady, now, n-len(lost))
		if err != nil {
			return err
		}
		if err := bookUnknown(tx, lost, now); err != nil {
			return err
		}
		claimed = append(lost, ready...)
		return claim(tx, claimed, owner, now+lease.Milliseconds())
	})
	if err != nil {
		return nil, fmt.Errorf("claiming effects: %w", err)
	}
	return claimed, nil
}

// idle tells that nothing can be due, without a transaction that writes: dispatchers ask often.
func (s *Store) idle(ctx context.Context) (bool, error) {
	var found []int64
	err := s.read(ctx).Model(&Effect{}).Where("account = ? AND status IN ? AND next_at <= ?", s.Account(), []string{EffectReady, EffectClaimed}, s.Now()).
		Limit(1).Pluck("id", &found).Error
	if err != nil {
		return false, fmt.Errorf("looking for effects: %w", err)
	}
	return len(found) == 0, nil
}

// due locks the effects of one status that may be sent now. A claimed row carries the end of its claim in next_at, so one index serves both.
func (s *Store) due(tx *gorm.DB, status string, now int64, n int) ([]Effect, error) {
	if n <= 0 {
		return nil, nil
	}
	var rows []Effect
	err := tx.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).
		Where("account = ? AND status = ? AND next_at <= ?", s.Account(), status, now).
		Where("NOT "+blocked, map[string]any{"claimed": EffectClaimed, "ready": EffectReady, "mass": ChannelMass, "unhurried": Unhurried(), "now": now}).
		Order("next_at, id").Limit(n).Find(&rows).Error
	return rows, err
}

func claim(tx *gorm.DB, rows []Effect, owner string, until int64) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		e := &rows[i]
		ids[i] = e.ID
		e.Status, e.ClaimOwner, e.ClaimUntil, e.NextAt = EffectClaimed, owner, until, until
		e.ClaimEpoch++
		e.Attempts++
	}
	return tx.Model(&Effect{}).Where("id IN ?", ids).UpdateColumns(map[string]any{
		"status": EffectClaimed, "claim_owner": owner, "claim_until": until, "next_at": until,
		"claim_epoch": gorm.Expr("claim_epoch + 1"), "attempts": gorm.Expr("attempts + 1"),
	}).Error
}

// bookUnknown leaves a trace of attempts whose end nobody saw.
func bookUnknown(tx *gorm.DB, lost []Effect, now int64) error {
	rows := make([]Delivery, 0, len(lost))
	for _, e := range lost {
		rows = append(rows, Delivery{Effect: e.ID, Attempt: e.Attempts, At: now, Class: "unknown", Reason: "claim ran out"})
	}
	return insertNew(tx, rows)
}

// expireEffects cancels what would be sent too late.
func (s *Store) expireEffects(ctx context.Context) error {
	late := func(db *gorm.DB) *gorm.DB {
		now := s.Now()
		return db.Where("account = ? AND valid_until > 0 AND valid_until < ?", s.Account(), now).
			Where("status IN ? OR (status = ? AND claim_until <= ?)", []string{EffectReady, EffectWaiting}, EffectClaimed, now)
	}
	var found []Effect
	if err := late(s.read(ctx)).Select("id, effect_key").Limit(100).Find(&found).Error; err != nil || len(found) == 0 {
		return err
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		ids := make([]int64, len(found))
		for i, e := range found {
			ids[i] = e.ID
		}
		var rows []Effect
		err := late(tx).Where("id IN ?", ids).Select("id, effect_key, attempts, status").Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error
		if err != nil {
			return err
		}
		return cancelEffects(tx, rows, "too late", s.Now())
	})
}

// cancelEffects ends effects that were not sent. Content that certainly did not leave may be chosen again.
func cancelEffects(tx *gorm.DB, rows []Effect, reason string, now int64) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]int64, len(rows))
	var kept []string
	for i, e := range rows {
		ids[i] = e.ID
		if e.Attempts == 0 || e.Status == EffectWaiting {
			kept = append(kept, e.Key)
		}
	}
	err := tx.Model(&Effect{}).Where("id IN ?", ids).UpdateColumns(map[string]any{
		"status": EffectCancel, "reason": reason, "claim_owner": "", "claim_until": 0, "done_at": now,
	}).Error
	if err != nil {
		return err
	}
	return freeContent(tx, kept)
}
