package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// planPush wishes one piece of content for the doctor; the same cause wishes once.
func (s *Store) planPush(tx *gorm.DB, doctor, cause string) error {
	now := s.Now()
	row := Push{ID: newID("push", cause), Account: s.Account(), Doctor: doctor, Cause: cause, Status: PushPlanned, DueAt: now, At: now}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("planning push: %w", err)
	}
	return nil
}

// planFlows wishes that flows be begun with doctors: rows of pushes with the flow's name and what it is given. The same cause wishes once. Whether, when and
// through which channel a flow is begun is decided where every push is.
func (s *Store) planFlows(tx *gorm.DB, rows ...Push) error {
	now := s.Now()
	for i := range rows {
		p := &rows[i]
		p.ID, p.Account, p.Status, p.At, p.DueAt = newID("push", p.Cause), s.Account(), PushPlanned, now, max(p.DueAt, now)
	}
	if err := insertNew(tx, rows); err != nil {
		return fmt.Errorf("planning flows: %w", err)
	}
	return nil
}

// DuePushes gives planned pushes whose time has come, earliest first, at most limit.
func (s *Store) DuePushes(ctx context.Context, limit int) ([]Push, error) {
	var rows []Push
	q := s.read(ctx).Where(map[string]any{"account": s.Account(), "status": PushPlanned}).Where("due_at <= ?", s.Now())
	if err := q.Order("due_at").Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading due pushes: %w", err)
	}
	return rows, nil
}

// QueuePush gives the doctor the content: the push is queued, the sent row and the effect are written. ErrMoved: somebody else has decided about the push,
// or the doctor was given this content meanwhile; nothing is written then.
func (s *Store) QueuePush(ctx context.Context, id string, sent Sent, e Effect) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		if err := s.decidePush(tx, id, map[string]any{"status": PushQueued, "content": sent.Content, "reason": sent.Why, "due_at": s.Now()}); err != nil {
			return err
		}
		sent.Account, sent.Effect, sent.At = s.Account(), e.Key, s.Now()
		made, err := create(tx, &sent)
		if err != nil {
			return fmt.Errorf("writing sent row: %w", err)
		}
		if !made {
			return ErrMoved
		}
		if err := s.touchDoctor(tx, sent.Doctor, nil); err != nil { // a talk must not promise the same item
			return err
		}
		return s.addEffects(tx, []Effect{e})
	})
}

// DropPush ends a planned push without content and says why. ErrMoved: somebody else has decided about it.
func (s *Store) DropPush(ctx context.Context, id, reason string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		return s.decidePush(tx, id, map[string]any{"status": PushNone, "reason": reason})
	})
}

// DelayPush leaves a push planned until due (unix ms). ErrMoved: somebody else has decided about it.
func (s *Store) DelayPush(ctx context.Context, id string, due int64, reason string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		return s.decidePush(tx, id, map[string]any{"due_at": due, "reason": reason})
	})
}

func (s *Store) decidePush(tx *gorm.DB, id string, set map[string]any) error {
	planned := map[string]any{"id": id, "account": s.Account(), "status": PushPlanned}
	done := tx.Model(&Push{}).Where(planned).UpdateColumns(set)
	if done.Error != nil {
		return fmt.Errorf("deciding push: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return ErrMoved
	}
	return nil
}

// PurposePortrait is the consent to be remembered by one's preferences. Who has said no to it is in no class, no segment and no list.
const PurposePortrait = "portrait"

// Refused tells whether the doctor has said no in words of his own. An end that only follows from the end of the base consent, or from an erasure, is none: whoever
// comes back has not refused anything.
func (c Consent) Refused() bool { return !c.Granted && c.Raw != "" }

// PurposePush is the consent to be written to unasked.
const PurposePush = "push"
