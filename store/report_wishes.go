package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// actorBot is who settles a wish when no person does.
const actorBot = "bot"

// VerificationRow is a doctor who waits for a person of the house: to be verified, or with a wish that nobody may pass on to a rep.
type VerificationRow struct {
	Verification
	Who    Doctor
	Shared bool // the doctor agrees to be named to a rep
}

// HeldBack tells whether the wish of this doctor cannot become a lead by a verification alone.
func (v VerificationRow) HeldBack() bool {
	return v.LeadKind != "" && (!v.Shared || v.Who.OptedOut || !v.Who.Followed)
}

// worklist narrows a query of verifications to those that wait for a person: not decided yet, or passed with a wish that could not become a lead.
func worklist(q *gorm.DB) *gorm.DB {
	return q.Where("(status = ? OR (status = ? AND lead_kind <> ''))", VerifyOpen, VerifyPassed)
}

// OpenVerifications gives the doctors who wait for a person of the house, longest waiting first, at most limit.
func (s *Store) OpenVerifications(ctx context.Context, limit int) ([]VerificationRow, error) {
	var waiting []Verification
	q, err := s.within(ctx, worklist(s.read(ctx).Where(map[string]any{"account": s.Account()})), "verifications.doctor")
	if err != nil {
		return nil, err
	}
	if err := q.Order("at").Order("doctor").Limit(limit).Find(&waiting).Error; err != nil {
		return nil, fmt.Errorf("reading verifications: %w", err)
	}
	ids := make([]string, len(waiting))
	for i, v := range waiting {
		ids[i] = v.Doctor
	}
	doctors, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	shared, err := s.sharing(s.read(ctx), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]VerificationRow, len(waiting))
	for i, v := range waiting {
		rows[i] = VerificationRow{Verification: v, Who: doctors[v.Doctor], Shared: shared[v.Doctor]}
	}
	return rows, nil
}

// Sharing tells whether the doctor agrees to be named to a rep: the newest decision counts, and none is a no.
func (r *DoctorRecord) Sharing() bool {
	for _, c := range r.Consents { // newest first
		if c.Purpose == PurposeShare {
			return c.Granted
		}
	}
	return false
}

// Wish is the row of the worklist for this doctor; false when no wish waits.
func (r *DoctorRecord) Wish() (VerificationRow, bool) {
	if r.Verification == nil || r.Verification.LeadKind == "" || r.Verification.Status == VerifyRefused {
		return VerificationRow{}, false
	}
	return VerificationRow{Verification: *r.Verification, Who: r.Doctor, Shared: r.Sharing()}, true
}

// sharing tells of doctors whether their newest decision is to be named to a rep. A doctor who was never asked has not agreed.
func (s *Store) sharing(q *gorm.DB, doctors []string) (map[string]bool, error) {
	shared := make(map[string]bool, len(doctors))
	if len(doctors) == 0 {
		return shared, nil
	}
	var rows []Consent
	of := map[string]any{"conversation": doctors, "purpose": PurposeShare}
	if err := q.Select("conversation", "granted").Where(of).Order("conversation").Order("seq").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	for _, c := range rows {
		shared[c.Conversation] = c.Granted
	}
	return shared, nil
}

// CloseWish records that a person of the house has dealt with the wish that waits behind a verification. ErrMoved: nothing waits any more. ErrNotFound: no
// such doctor.
func (s *Store) CloseWish(ctx context.Context, doctor, actor string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		if err := s.touchDoctor(tx, doctor, nil); err != nil {
			return err
		}
		var rows []Verification
		if err := tx.Where(map[string]any{"doctor": doctor, "account": s.Account()}).Where("lead_kind <> ''").Limit(1).Find(&rows).Error; err != nil {
			return fmt.Errorf("reading verification: %w", err)
		}
		if len(rows) == 0 {
			return ErrMoved
		}
		var who Doctor
		if err := tx.Where(map[string]any{"id": doctor}).Take(&who).Error; err != nil {
			return fmt.Errorf("reading doctor: %w", err)
		}
		if err := s.settleWish(tx, who, actor); err != nil {
			return err
		}
		return s.audit(tx, Audit{Actor: actor, Action: "wish_close", Object: "doctor:" + doctor, Detail: rows[0].LeadKind})
	})
}

// settleWish takes the wish off the worklist. A verified doctor who was on it for the wish alone has nothing left to be verified.
func (s *Store) settleWish(tx *gorm.DB, who Doctor, actor string) error {
	mine := map[string]any{"doctor": who.ID, "account": s.Account()}
	if err := tx.Model(&Verification{}).Where(mine).UpdateColumns(map[string]any{"lead_kind": "", "lead_note": ""}).Error; err != nil {
		return fmt.Errorf("clearing wish: %w", err)
	}
	if who.Level != LevelVerified {
		return nil
	}
	done := map[string]any{"status": VerifyPassed, "decided_at": s.Now(), "decided_by": actor}
	if err := tx.Model(&Verification{}).Where(mine).Where(map[string]any{"status": VerifyOpen}).UpdateColumns(done).Error; err != nil {
		return fmt.Errorf("closing verification: %w", err)
	}
	return nil
}
