package store

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ReasonUnshared is the reason for which open leads end when the doctor no longer agrees that reps hear of him.
const ReasonUnshared = "unshared"

// ReasonNoRep is the reason for which open leads end when the doctor wants no rep.
const ReasonNoRep = "no_rep"

// endSending ends effects of the query that were not sent. An effect that is being sent now cannot be called back; it is only kept from being tried again.
func (s *Store) endSending(tx, of *gorm.DB, reason string) error {
	var rows []Effect
	err := of.Select("id, effect_key, attempts, status").Where("status IN ?", unfinished).Order("id").Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error
	if err != nil {
		return err
	}
	now := s.Now()
	var idle []Effect
	var flying []int64
	for _, e := range rows {
		if e.Status == EffectClaimed {
			flying = append(flying, e.ID)
			continue
		}
		idle = append(idle, e)
	}
	if len(flying) > 0 {
		if err := tx.Model(&Effect{}).Where("id IN ?", flying).UpdateColumn("valid_until", now-1).Error; err != nil {
			return err
		}
	}
	return cancelEffects(tx, idle, reason, now)
}

// cancelPushes ends what was to be sent to doctors unasked, planned or queued, and what campaigns want of them, also of paused ones. Other flows that are to begin
// stay: whether they may is looked at when they are due, for one that is no promotion needs no such consent.
func (s *Store) cancelPushes(tx *gorm.DB, turns []*Turn) error {
	var doctors, lanes []string
	for _, t := range turns {
		if t.CancelPushes {
			doctors, lanes = append(doctors, t.Doctor.ID), append(lanes, DoctorLane(t.Doctor.ID))
		}
	}
	if len(doctors) == 0 {
		return nil
	}
	if err := s.endSending(tx, tx.Where("lane IN ? AND intent = ?", lanes, IntentPush), "no_consent"); err != nil {
		return fmt.Errorf("cancelling pushes: %w", err)
	}
	planned := tx.Model(&Push{}).Where("doctor IN ? AND status IN ?", doctors, []string{PushPlanned, PushHeld}).Where("campaign <> '' OR flow = '' AND cause NOT LIKE ?", "ask:%")
	if err := planned.UpdateColumns(map[string]any{"status": PushNone, "reason": "no_consent"}).Error; err != nil {
		return fmt.Errorf("dropping pushes: %w", err)
	}
	return nil
}

// aboutLeads are the messages about leads that go to reps, each kind found by its index: one statement with OR would read, and lock, the whole table. A change
// of a card holds no word about the doctor and is not among them.
func aboutLeads(of func() *gorm.DB, leads []string) []*gorm.DB {
	var queries []*gorm.DB
	for _, lead := range leads {
		for _, prefix := range []string{"lead:" + lead + ":", "offer:lead-" + lead + "-"} {
			last := len(prefix) - 1
			next := prefix[:last] + string(prefix[last]+1)
			queries = append(queries, of().Where("effect_key >= ? AND effect_key < ? AND kind <> ?", prefix, next, KindCardUpdate))
		}
	}
	return queries
}

// unshare keeps from reps what was on its way to them about a doctor: cards and messages that were not sent, words that wait for a rep, and the wish that
// waits behind a verification. Words that wait stay with those who run the house.
func (s *Store) unshare(tx *gorm.DB, doctor string, leads []string) error {
	of := func() *gorm.DB { return tx.Where("account = ?", s.Account()) }
	for _, q := range aboutLeads(of, leads) {
		if err := s.endSending(tx, q, "withdrawn by the doctor"); err != nil {
			return fmt.Errorf("cancelling messages to reps: %w", err)
		}
	}
	var told []string
	words := tx.Model(&Notice{}).Where("doctor = ? AND team = ?", doctor, TeamRep)
	if err := words.Order("id").Pluck("id", &told).Error; err != nil {
		return fmt.Errorf("reading notices: %w", err)
	}
	for _, id := range told {
		if err := s.endSending(tx, of().Where("effect_key = ?", "notice:"+id), "withdrawn by the doctor"); err != nil {
			return fmt.Errorf("cancelling notices: %w", err)
		}
	}
	waiting := tx.Model(&Notice{}).Where("doctor = ? AND team = ? AND done_at = 0", doctor, TeamRep)
	if err := waiting.UpdateColumn("team", TeamOps).Error; err != nil {
		return fmt.Errorf("keeping notices from reps: %w", err)
	}
	wish := tx.Model(&Verification{}).Where("doctor = ? AND status = ?", doctor, VerifyOpen)
	if err := wish.UpdateColumns(map[string]any{"lead_kind": "", "lead_note": ""}).Error; err != nil {
		return fmt.Errorf("dropping the wish behind a verification: %w", err)
	}
	return nil
}
