package store

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// clearLanes makes waiting effects ready for doctors who wrote, and cancels those for doctors who left. It runs before the turn's own effects are
// written, which it must not touch.
func (s *Store) clearLanes(tx *gorm.DB, turns []*Turn) error {
	var rearm, cancel, spoke []string
	for _, t := range turns {
		switch {
		case t.CancelEffects:
			cancel = append(cancel, DoctorLane(t.Doctor.ID))
		case t.Rearm:
			rearm, spoke = append(rearm, DoctorLane(t.Doctor.ID)), append(spoke, t.Doctor.ID)
		}
	}
	if len(rearm) > 0 {
		err := tx.Model(&Effect{}).Where("lane IN ? AND status = ?", rearm, EffectWaiting).
			UpdateColumns(map[string]any{"status": EffectReady, "next_at": s.Now()}).Error
		if err != nil {
			return fmt.Errorf("waking effects: %w", err)
		}
		if err := s.rousePushes(tx, spoke); err != nil {
			return fmt.Errorf("waking pushes: %w", err)
		}
	}
	if err := s.cancelPushes(tx, turns); err != nil {
		return err
	}
	if len(cancel) == 0 {
		return nil
	}
	if err := s.cancelLanes(tx, cancel); err != nil {
		return fmt.Errorf("cancelling effects: %w", err)
	}
	return nil
}

// cancelLanes ends what was not sent to the doctors of lanes.
func (s *Store) cancelLanes(tx *gorm.DB, lanes []string) error {
	return s.endSending(tx, tx.Where("lane IN ?", lanes), "withdrawn by the doctor")
}

// writeRare writes what few turns have.
func (s *Store) writeRare(tx *gorm.DB, turns []*Turn) error {
	if err := insert(tx, gather(turns, func(t *Turn) []Consent { return t.Consents })); err != nil {
		return fmt.Errorf("writing consents: %w", err)
	}
	if err := insert(tx, gather(turns, scansOf)); err != nil {
		return fmt.Errorf("writing scans: %w", err)
	}
	if err := insertNew(tx, gather(turns, func(t *Turn) []Push { return t.Pushes })); err != nil {
		return fmt.Errorf("writing pushes: %w", err)
	}
	if err := insertNew(tx, gather(turns, func(t *Turn) []Notice { return t.Notices })); err != nil {
		return fmt.Errorf("writing notices: %w", err)
	}
	if err := s.hearMeetings(tx, gather(turns, (*Turn).saidOfMeetings)); err != nil {
		return err
	}
	if err := insertNew(tx, gather(turns, func(t *Turn) []Inquiry { return t.Inquiries })); err != nil {
		return fmt.Errorf("writing inquiries: %w", err)
	}
	if err := insertNew(tx, gather(turns, func(t *Turn) []Flag { return t.Flags })); err != nil {
		return fmt.Errorf("writing flags: %w", err)
	}
	if err := s.writeRights(tx, turns); err != nil {
		return err
	}
	for _, t := range turns {
		if t.Invite == "" {
			continue
		}
		if err := s.useInvite(tx, t.Invite); err != nil {
			return err
		}
	}
	if err := s.closeAllowances(tx, turns); err != nil {
		return fmt.Errorf("closing allowances: %w", err)
	}
	for _, t := range turns {
		if err := s.writeOwn(tx, t); err != nil {
			return err
		}
	}
	if err := s.followCards(tx, turns); err != nil {
		return fmt.Errorf("writing referrals: %w", err)
	}
	if err := writeLeads(tx, gather(turns, func(t *Turn) []Lead { return t.Leads })); err != nil {
		return fmt.Errorf("writing leads: %w", err)
	}
	for _, t := range turns {
		if err := s.checkTurn(tx, t); err != nil {
			return err
		}
	}
	for _, t := range turns {
		if t.Erase == "" {
			continue
		}
		if _, err := s.erase(tx, t.Doctor.ID, t.Journal.Seq, t.Erase); err != nil {
			return fmt.Errorf("erasing: %w", err)
		}
	}
	return nil
}

// writeOwn writes what depends on the doctor alone: permits, what was taken back, cases, the verification, leads that end.
func (s *Store) writeOwn(tx *gorm.DB, t *Turn) error {
	if err := s.openPush(tx, t); err != nil {
		return err
	}
	if err := s.writePermits(tx, t); err != nil {
		return fmt.Errorf("writing permits: %w", err)
	}
	if err := retract(tx, t); err != nil {
		return fmt.Errorf("retracting answers: %w", err)
	}
	if err := blank(tx, t); err != nil {
		return fmt.Errorf("blanking journal: %w", err)
	}
	if err := s.writeCases(tx, t); err != nil {
		return fmt.Errorf("writing cases: %w", err)
	}
	if err := writeVerification(tx, t.Verify); err != nil {
		return fmt.Errorf("writing verification: %w", err)
	}
	if err := s.releasePassed(tx, t); err != nil {
		return err
	}
	if err := s.writeQuotes(tx, t); err != nil {
		return fmt.Errorf("writing quotes: %w", err)
	}
	if err := s.writeCards(tx, t); err != nil {
		return fmt.Errorf("writing cards: %w", err)
	}
	if err := s.withdrawLeads(tx, t); err != nil {
		return fmt.Errorf("withdrawing leads: %w", err)
	}
	return s.answerColleague(tx, t)
}

func scansOf(t *Turn) []Scan {
	if t.Scan == nil {
		return nil
	}
	return []Scan{*t.Scan}
}

// retract marks earlier answers; those of this turn are the new ones.
func retract(tx *gorm.DB, t *Turn) error {
	for _, r := range t.Retract {
		err := tx.Model(&Answer{}).
			Where("conversation = ? AND seq < ? AND talk = ? AND question = ? AND retracted_at = 0", t.Journal.Conversation, t.Journal.Seq, r.Talk, r.Question).
			UpdateColumn("retracted_at", t.Journal.ReceivedAt).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// blank empties what the doctor typed, and of earlier turns also the state and the reply, which may repeat it. The state of this turn stays: it is
// where the conversation goes on. Ids and times stay, so that resends are recognised.
func blank(tx *gorm.DB, t *Turn) error {
	if t.Blank <= 0 {
		return nil
	}
	j := t.Journal
	err := tx.Model(&Journal{}).Where("conversation = ? AND seq >= ? AND seq < ?", j.Conversation, t.Blank, j.Seq).
		UpdateColumns(map[string]any{"event": []byte{}, "state": []byte{}, "reply": []byte{}}).Error
	if err != nil {
		return err
	}
	return tx.Model(&Journal{}).Where("conversation = ? AND seq = ?", j.Conversation, j.Seq).UpdateColumn("event", []byte{}).Error
}

// writeVerification asks a person to verify the doctor. A lead that waits behind an earlier request goes on waiting.
func writeVerification(tx *gorm.DB, v *Verification) error {
	if v == nil {
		return nil
	}
	columns := []string{"method", "status", "at", "decided_at", "decided_by", "asked", "reason"}
	if v.LeadKind != "" {
		columns = append(columns, "lead_kind", "lead_note")
	}
	return upsert(tx, []Verification{*v}, columns)
}

// writeLeads inserts leads unless one of the kind is open, with the first row of their history.
func writeLeads(tx *gorm.DB, leads []Lead) error {
	if len(leads) == 0 {
		return nil
	}
	if err := insertNew(tx, leads); err != nil {
		return err
	}
	ids := make([]string, len(leads))
	for i, l := range leads {
		ids[i] = l.ID
	}
	var kept []Lead
	if err := tx.Select("id").Where("id IN ? AND version = 1", ids).Find(&kept).Error; err != nil {
		return err
	}
	is := make(map[string]bool, len(kept))
	for _, l := range kept {
		is[l.ID] = true
	}
	var moves []LeadMove
	for _, l := range leads {
		if is[l.ID] {
			moves = append(moves, LeadMove{
				Lead: l.ID, N: l.Version, Account: l.Account, Event: "open", Status: l.Status, Actor: "doctor", Reason: l.Why, At: l.CreatedAt,
			})
		}
	}
	return insertNew(tx, moves)
}

// withdrawLeads ends the open leads of a doctor who left. Their reps are told by whoever watches the leads.
func (s *Store) withdrawLeads(tx *gorm.DB, t *Turn) error {
	if t.WithdrawLeads == "" {
		return nil
	}
	var open []Lead
	err := tx.Where("doctor = ? AND open_key IS NOT NULL", t.Doctor.ID).Clauses(clause.Locking{Strength: "UPDATE"}).Find(&open).Error
	if err != nil {
		return err
	}
	at := t.Journal.ReceivedAt
	leads := make([]string, len(open))
	for i, l := range open {
		leads[i] = l.ID
		err := tx.Model(&Lead{}).Where("id = ?", l.ID).UpdateColumns(map[string]any{
			"status": LeadWithdrawn, "open_key": nil, "version": l.Version + 1, "reason": t.WithdrawLeads, "closed_at": at, "updated_at": at,
		}).Error
		if err != nil {
			return err
		}
		m := LeadMove{Lead: l.ID, N: l.Version + 1, Account: l.Account, Event: "withdraw", Status: LeadWithdrawn, Actor: "doctor", Reason: t.WithdrawLeads, At: at}
		if err := tx.Create(&m).Error; err != nil {
			return err
		}
	}
	return s.unshare(tx, t.Doctor.ID, leads)
}
