package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// KindOpening is the journal's kind of a turn in which the house began a flow with the doctor. What was given to the flow stands in its push.
const KindOpening = "opening"

// Why a push that names a flow waits for the doctor: the doctor's next turn makes it due again.
const (
	PushTalk   = "talk_open"     // something else is being talked about
	PushWindow = "window_closed" // nothing may be sent until the doctor speaks
)

// WaitPush leaves a push planned until due (unix ms) or until its doctor's next turn, whichever comes first. spoke is the doctor's last inbound as it was when the
// decision was made (unix ms): whoever has spoken since has ended the waiting already. ErrMoved: somebody else has decided about it.
func (s *Store) WaitPush(ctx context.Context, p Push, spoke, due int64, reason string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var d Doctor
		q := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Select("id", "last_inbound_at").Where("id = ?", p.Doctor)
		if err := q.Take(&d).Error; err != nil {
			return fmt.Errorf("locking the doctor of a push: %w", err)
		}
		if d.LastInboundAt != spoke {
			due = s.Now()
		}
		return s.decidePush(tx, p.ID, map[string]any{"due_at": due, "reason": reason})
	})
}

// rousePushes makes flows due that waited for doctors who spoke. The turn holds the doctors' rows, as WaitPush does, so that none is overlooked.
func (s *Store) rousePushes(tx *gorm.DB, doctors []string) error {
	now := s.Now()
	var ids []string
	waiting := tx.Model(&Push{}).Where("doctor IN ? AND status = ? AND reason IN ? AND due_at > ?", doctors, PushPlanned, []string{PushTalk, PushWindow}, now)
	if err := waiting.Order("id").Pluck("id", &ids).Error; err != nil || len(ids) == 0 {
		return err
	}
	return tx.Model(&Push{}).Where("id IN ? AND status = ?", ids, PushPlanned).UpdateColumn("due_at", now).Error
}

// openPush ends the push whose flow the turn begins. ErrMoved: somebody else has decided about it, and the turn must not be.
func (s *Store) openPush(tx *gorm.DB, t *Turn) error {
	if t.Opened == "" {
		return nil
	}
	if err := s.decidePush(tx, t.Opened, map[string]any{"status": PushOpened, "reason": "", "due_at": t.Journal.ReceivedAt}); err != nil {
		return fmt.Errorf("beginning a flow: %w", err)
	}
	return nil
}
