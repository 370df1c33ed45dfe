package store

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// MassQuota says in which month (year*100 + month) mass sends count, and how many of them a doctor gets.
type MassQuota struct{ Month, Limit int }

// WaitingPushes lists content that nobody asked for and that waits for doctors to whom nothing else can be sent now and who may get another mass send
// this month, oldest first, at most limit.
func (s *Store) WaitingPushes(ctx context.Context, q MassQuota, limit int) ([]Effect, error) {
	now := s.Now()
	var rows []Effect
	err := s.read(ctx).Where("account = ? AND status = ? AND intent = ? AND (valid_until = 0 OR valid_until > ?)", s.Account(), EffectWaiting, IntentPush, now).Where("kind = ?", KindNews).
		Where(`NOT EXISTS (SELECT 1 FROM ledgers l WHERE l.doctor = SUBSTR(outbox.lane, 3)
			AND (l.chat_until > ? OR l.quick_until > ? OR (l.mass_month = ? AND l.mass_used >= ?)))`, now, now, q.Month, q.Limit).
		Order("id").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading waiting content: %w", err)
	}
	return rows, nil
}

// OpenMass takes waiting effects into one mass send, counts it for their doctors and writes it down, before the call. ErrMoved: one of the effects no
// longer waits or one of the doctors has had enough; nothing was written.
func (s *Store) OpenMass(ctx context.Context, content string, effects []Effect, q MassQuota, lease time.Duration) (MassSend, error) {
	now := s.Now()
	m := MassSend{
		ID: newID("mass", content, strconv.FormatInt(now, 10), effects[0].Key), Account: s.Account(), Content: cut(content, 64), Status: MassOpen,
		Doctors: len(effects), Attempts: 1, NextAt: now + lease.Milliseconds(), CreatedAt: now,
	}
	ids, doctors := massParts(effects)
	err := s.tx(ctx, func(tx *gorm.DB) error {
		took := tx.Model(&Effect{}).Where("id IN ? AND status = ?", ids, EffectWaiting).UpdateColumns(map[string]any{
			"status": EffectClaimed, "channel": ChannelMass, "claim_owner": m.ID, "claim_until": int64(math.MaxInt64), "next_at": int64(math.MaxInt64),
			"claim_epoch": gorm.Expr("claim_epoch + 1"), "attempts": gorm.Expr("attempts + 1"),
		})
		if took.Error != nil {
			return took.Error
		}
		if took.RowsAffected != int64(len(ids)) {
			return ErrMoved
		}
		if err := s.countMass(tx, doctors, q); err != nil {
			return err
		}
		return tx.Create(&m).Error
	})
	if err != nil {
		return MassSend{}, fmt.Errorf("opening mass send: %w", err)
	}
	return m, nil
}

func massParts(effects []Effect) (ids []int64, doctors []string) {
	for _, e := range effects {
		ids = append(ids, e.ID)
		doctors = append(doctors, e.Doctor())
	}
	return ids, doctors
}

func (s *Store) countMass(tx *gorm.DB, doctors []string, q MassQuota) error {
	rows := make([]Ledger, len(doctors))
	for i, d := range doctors {
		rows[i] = Ledger{Doctor: d, Account: s.Account(), MassMonth: q.Month, MassUsed: 1, UpdatedAt: s.Now()}
	}
	set := clause.Set{
		assign("mass_used", "CASE WHEN mass_month = "+s.incoming("mass_month")+" THEN mass_used + 1 ELSE 1 END"),
		assign("mass_month", s.incoming("mass_month")), assign("updated_at", s.incoming("updated_at")),
	}
	if err := insert(tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "doctor"}}, DoUpdates: set}), rows); err != nil {
		return err
	}
	var over int64
	if err := tx.Model(&Ledger{}).Where("doctor IN ? AND mass_used > ?", doctors, q.Limit).Count(&over).Error; err != nil {
		return err
	}
	if over > 0 {
		return ErrMoved
	}
	return nil
}

// ClaimMass takes up one mass send whose end was not seen and that is due to be called again; ErrNotFound when there is none.
func (s *Store) ClaimMass(ctx context.Context, lease time.Duration) (MassSend, []Effect, error) {
	var due []MassSend
	now := s.Now()
	q := s.read(ctx).Where("account = ? AND status = ? AND next_at <= ?", s.Account(), MassOpen, now)
	if err := q.Order("next_at").Limit(1).Find(&due).Error; err != nil {
		return MassSend{}, nil, fmt.Errorf("looking for mass sends: %w", err)
	}
	if len(due) == 0 {
		return MassSend{}, nil, ErrNotFound
	}
	m := due[0]
	took := s.writer.WithContext(ctx).Model(&MassSend{}).Where("id = ? AND status = ? AND next_at = ?", m.ID, MassOpen, m.NextAt).
		UpdateColumns(map[string]any{"next_at": now + lease.Milliseconds(), "attempts": gorm.Expr("attempts + 1")})
	if took.Error != nil {
		return MassSend{}, nil, fmt.Errorf("claiming a mass send: %w", took.Error)
	}
	if took.RowsAffected == 0 {
		return MassSend{}, nil, ErrNotFound
	}
	m.Attempts++
	effects, err := massEffects(s.writer.WithContext(ctx), m.ID)
	if err != nil {
		return MassSend{}, nil, fmt.Errorf("reading a mass send: %w", err)
	}
	return m, effects, nil
}

func massEffects(db *gorm.DB, id string) ([]Effect, error) {
	var rows []Effect
	err := db.Where("claim_owner = ? AND channel = ? AND status = ?", id, ChannelMass, EffectClaimed).Order("id").Find(&rows).Error
	return rows, err
}

// MassResult is what became of the call of a mass send. Effects that the platform did not take wait for their doctors again, or are dead letters.
type MassResult struct {
	Accepted  bool
	MsgID     string // the platform's id; "" when the call was recognised as repeated
	Code      int
	Class     string
	Reason    string // why it went, or what the platform said
	Dead      bool   // not accepted, and nothing may be tried again
	Counts    bool   // not accepted, but it may have reached the doctors: it stays counted
	Exhausted bool   // not accepted, because nothing is left this month
	NextAt    int64  // not accepted: no other mass send is begun before, unix ms
}

// FinishMass books the result of a mass send: the effects, their deliveries, the content given, and what counts in the month. A send that is not open
// any more is left as it is.
func (s *Store) FinishMass(ctx context.Context, m MassSend, r MassResult, q MassQuota) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		set := map[string]any{"status": MassFailed, "reason": r.Reason, "finished_at": now, "next_at": r.NextAt}
		if r.Accepted {
			set = map[string]any{"status": MassAccepted, "msg_id": r.MsgID}
		}
		ended := tx.Model(&MassSend{}).Where("id = ? AND status = ?", m.ID, MassOpen).UpdateColumns(set)
		if ended.Error != nil || ended.RowsAffected == 0 {
			return ended.Error
		}
		effects, err := massEffects(tx, m.ID)
		if err != nil || len(effects) == 0 {
			return err
		}
		return s.settleMass(tx, effects, r, q, now)
	})
	if err != nil {
		return fmt.Errorf("finishing mass send: %w", err)
	}
	return nil
}

func (s *Store) settleMass(tx *gorm.DB, effects []Effect, r MassResult, q MassQuota, now int64) error {
	ids, doctors := massParts(effects)
	set := map[string]any{"status": EffectWaiting, "channel": "", "claim_owner": "", "claim_until": 0, "next_at": now, "code": r.Code, "reason": r.Reason}
	switch {
	case r.Accepted:
		set["status"], set["channel"], set["done_at"] = EffectDone, ChannelMass, now
	case r.Dead:
		set["status"], set["channel"], set["done_at"] = EffectDead, ChannelMass, now
	}
	if err := tx.Model(&Effect{}).Where("id IN ?", ids).UpdateColumns(set).Error; err != nil {
		return err
	}
	log, keys := make([]Delivery, len(effects)), make([]string, len(effects))
	for i, e := range effects {
		keys[i] = e.Key
		log[i] = Delivery{Effect: e.ID, Attempt: e.Attempts, At: now, Code: r.Code, Class: r.Class, Reason: r.Reason, Channel: ChannelMass, MsgID: r.MsgID}
	}
	if err := insertNew(tx, log); err != nil {
		return err
	}
	if r.Accepted {
		return s.contentLeft(tx, keys, now)
	}
	if r.Counts {
		return nil
	}
	used := gorm.Expr("mass_used - 1")
	if r.Exhausted {
		used = gorm.Expr("?", q.Limit)
	}
	return tx.Model(&Ledger{}).Where("doctor IN ? AND mass_month = ? AND mass_used > 0", doctors, q.Month).UpdateColumn("mass_used", used).Error
}

// ReportMass writes what the platform reports of a mass send. ErrMoved: the send with this id may be one whose call has not ended yet; report it again.
// One that we never made is ignored: people make them on the platform's own pages.
func (s *Store) ReportMass(ctx context.Context, msgID, status string, sent, failed int) error {
	told := s.writer.WithContext(ctx).Model(&MassSend{}).Where("account = ? AND msg_id = ? AND status IN ?", s.Account(), msgID, []string{MassAccepted, MassDone}).
		UpdateColumns(map[string]any{"status": MassDone, "reason": cut(status, 200), "sent": sent, "failed": failed, "finished_at": s.Now()})
	if told.Error != nil {
		return fmt.Errorf("writing the report of a mass send: %w", told.Error)
	}
	if told.RowsAffected > 0 {
		return nil
	}
	var open int64
	if err := s.read(ctx).Model(&MassSend{}).Where("account = ? AND status = ?", s.Account(), MassOpen).Count(&open).Error; err != nil {
		return fmt.Errorf("looking for open mass sends: %w", err)
	}
	if open > 0 {
		return ErrMoved
	}
	return nil
}

// MassBarred tells whether the platform has refused a mass send, so that no other one is begun.
func (s *Store) MassBarred(ctx context.Context) (bool, error) {
	var n int64
	err := s.read(ctx).Model(&MassSend{}).Where("account = ? AND status = ? AND next_at > ?", s.Account(), MassFailed, s.Now()).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("reading mass sends: %w", err)
	}
	return n > 0, nil
}

// MassSends lists the mass sends of the account, newest first.
func (s *Store) MassSends(ctx context.Context, limit int) ([]MassSend, error) {
	var rows []MassSend
	if err := s.read(ctx).Where("account = ?", s.Account()).Order("created_at DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("listing mass sends: %w", err)
	}
	return rows, nil
}
