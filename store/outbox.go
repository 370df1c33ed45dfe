package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// EffectResult is what became of one attempt to send an effect.
type EffectResult struct {
	Status       string        // EffectDone, EffectReady (again at NextAt), EffectWaiting, EffectCancel or EffectDead
	NextAt       int64         // earliest next attempt, unix ms, for EffectReady
	Code         int           // errcode of the platform
	Class        string        // result class, "ok" when accepted
	Reason       string        // for operators; nothing personal
	Latency      time.Duration // of the call
	ResponseCode string        // WeCom: one-time code to change the card, kept in the offer with the card's task
	MsgID        string        // the platform's id of the message
	Channel      string        // through which it went, or was to go; "" = nothing was tried
	Held         bool          // the platform was not called: it does not count as an attempt
	Spent        Spent         // taken off before the call
	Settle       Settling      // what becomes of that
}

// AddEffects puts effects into the outbox outside a turn. A key that exists is left as it is; what is meant for a doctor whose data was erased meanwhile
// is dropped.
func (s *Store) AddEffects(ctx context.Context, effects []Effect) error {
	if len(effects) == 0 {
		return nil
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		kept, err := s.withoutErased(tx, effects)
		if err != nil {
			return err
		}
		return s.addEffects(tx, kept)
	})
	if err != nil {
		return fmt.Errorf("adding effects: %w", err)
	}
	return nil
}

// withoutErased drops effects to erased doctors. It locks the rows of the others, so that none of them is erased before these effects can be seen.
func (s *Store) withoutErased(tx *gorm.DB, effects []Effect) ([]Effect, error) {
	var ids []string
	for _, e := range effects {
		if id, ok := strings.CutPrefix(e.Lane, DoctorLane("")); ok {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return effects, nil
	}
	var rows []Doctor
	q := tx.Select("id", "open_id").Where(map[string]any{"id": ids, "account": s.Account()}).Order("id")
	if err := q.Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error; err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, d := range rows {
		gone[DoctorLane(d.ID)] = d.Erased()
	}
	return slices.DeleteFunc(slices.Clone(effects), func(e Effect) bool { return gone[e.Lane] }), nil
}

// addEffects completes and inserts effects within a transaction; keys that exist are left alone. The slice is not changed.
func (s *Store) addEffects(tx *gorm.DB, effects []Effect) error {
	now := s.Now()
	rows := make([]Effect, len(effects))
	for i, e := range effects {
		rows[i] = s.newEffect(e, now)
	}
	return insertNew(tx, rows)
}

func (s *Store) newEffect(e Effect, now int64) Effect {
	e.ID, e.Account = 0, s.Account()
	if e.Status == "" {
		e.Status = EffectReady
	}
	if e.NextAt == 0 {
		e.NextAt = now
	}
	if e.CreatedAt == 0 {
		e.CreatedAt = now
	}
	return e
}

// FinishEffect books the result of an attempt: delivery row, new status, what was spent, and on EffectDone the time in the sent row and the response code
// in the offer. ErrMoved means that the claim had passed to someone else; the attempt is booked all the same.
func (s *Store) FinishEffect(ctx context.Context, e Effect, r EffectResult) error {
	var moved bool
	err := s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		set := map[string]any{
			"status": r.Status, "code": r.Code, "reason": r.Reason, "claim_owner": "", "claim_until": 0, "next_at": r.NextAt, "channel": r.Channel,
		}
		if r.Held {
			set["attempts"] = gorm.Expr("attempts - 1")
		}
		if r.Status != EffectReady && r.Status != EffectWaiting {
			set["done_at"] = now
		}
		u := tx.Model(&Effect{}).Where("id = ? AND claim_epoch = ? AND status = ?", e.ID, e.ClaimEpoch, EffectClaimed).UpdateColumns(set)
		if u.Error != nil {
			return u.Error
		}
		moved = u.RowsAffected == 0
		d := Delivery{
			Effect: e.ID, Attempt: e.Attempts, At: now, Code: r.Code, Class: r.Class, Reason: r.Reason, LatencyMS: r.Latency.Milliseconds(),
			Channel: r.Channel, MsgID: r.MsgID,
		}
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&d).Error; err != nil {
			return err
		}
		if err := s.settle(tx, r.Spent, r.Settle); err != nil {
			return err
		}
		if moved {
			return nil
		}
		return s.settleEffect(tx, e, r, now)
	})
	if err != nil {
		return fmt.Errorf("finishing effect: %w", err)
	}
	if moved {
		return fmt.Errorf("finishing effect: %w", ErrMoved)
	}
	return nil
}

// settleEffect carries an end into the rows that wait for it.
func (s *Store) settleEffect(tx *gorm.DB, e Effect, r EffectResult, now int64) error {
	switch {
	case r.Status == EffectCancel:
		return freeContent(tx, []string{e.Key})
	case r.Status != EffectDone:
		return nil
	}
	if err := tx.Model(&Sent{}).Where("effect = ? AND sent_at = 0", e.Key).UpdateColumn("sent_at", now).Error; err != nil {
		return err
	}
	if e.Kind != KindCard || r.ResponseCode == "" {
		return nil
	}
	var card Card
	if err := json.Unmarshal(e.Body, &card); err != nil {
		return fmt.Errorf("reading card: %w", err)
	}
	return tx.Model(&Offer{}).Where("task = ? AND account = ?", card.Task, s.Account()).UpdateColumn("response_code", r.ResponseCode).Error
}

// ReportSend writes what the platform reports of a message to a doctor that it had taken. One that it did not deliver becomes a dead letter. An id that
// is not ours is ignored.
func (s *Store) ReportSend(ctx context.Context, doctor, msgID string, delivered bool, status string) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var d []Delivery
		ours := tx.Model(&Effect{}).Select("id").Where("lane = ? AND status = ?", DoctorLane(doctor), EffectDone)
		if err := tx.Where("effect IN (?) AND msg_id = ?", ours, msgID).Limit(1).Find(&d).Error; err != nil || len(d) == 0 || delivered {
			return err
		}
		reason := cut(status, 200)
		err := tx.Model(&Delivery{}).Where("effect = ? AND attempt = ?", d[0].Effect, d[0].Attempt).
			UpdateColumns(map[string]any{"class": "undelivered", "reason": reason}).Error
		if err != nil {
			return err
		}
		return tx.Model(&Effect{}).Where("id = ?", d[0].Effect).UpdateColumns(map[string]any{"status": EffectDead, "reason": reason, "done_at": s.Now()}).Error
	})
	if err != nil {
		return fmt.Errorf("writing the report of a message: %w", err)
	}
	return nil
}

// freeContent forgets content that was queued by these effects and never left, so that it may be chosen again.
func freeContent(tx *gorm.DB, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	return tx.Where("effect IN ? AND sent_at = 0", keys).Delete(&Sent{}).Error
}

// OutboxCounts counts the effects by status.
func (s *Store) OutboxCounts(ctx context.Context) (map[string]int64, error) {
	var rows []struct {
		Status string
		N      int64
	}
	err := s.read(ctx).Model(&Effect{}).Select("status, COUNT(*) AS n").Where("account = ?", s.Account()).Group("status").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting effects: %w", err)
	}
	counts := make(map[string]int64, len(rows))
	for _, r := range rows {
		counts[r.Status] = r.N
	}
	return counts, nil
}

// Unsent lists effects of a status that were not sent, or not yet: what has ended (EffectDead, EffectCancel) the newest first, what waits (EffectWaiting)
// the oldest first, and of what is ready only that which was put off, by its time. Of effects to doctors those that the person of the context may see; who
// sees no names sees no text either.
func (s *Store) Unsent(ctx context.Context, status string, limit int) ([]Effect, error) {
	q, err := s.within(ctx, s.read(ctx).Where("account = ? AND status = ?", s.Account(), status), "SUBSTR(outbox.lane, 3)")
	if err != nil {
		return nil, err
	}
	switch status {
	case EffectDead, EffectCancel:
		q = q.Order("done_at DESC, id DESC")
	case EffectReady:
		q = q.Where("reason <> ''").Order("next_at, id")
	default:
		q = q.Order("id")
	}
	var rows []Effect
	if err := q.Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("listing effects that were not sent: %w", err)
	}
	if masked(ctx) {
		for i := range rows {
			rows[i].Body = nil
		}
	}
	return rows, nil
}

// RetryEffect makes a dead letter ready again, under the same key. ErrMoved when it is not dead.
func (s *Store) RetryEffect(ctx context.Context, id int64) error {
	var n int64
	err := s.tx(ctx, func(tx *gorm.DB) error {
		r := tx.Model(&Effect{}).Where("id = ? AND account = ? AND status = ?", id, s.Account(), EffectDead).
			UpdateColumns(map[string]any{"status": EffectReady, "next_at": s.Now(), "done_at": 0, "valid_until": 0})
		n = r.RowsAffected
		return r.Error
	})
	if err != nil {
		return fmt.Errorf("retrying effect: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("retrying effect: %w", ErrMoved)
	}
	return nil
}
