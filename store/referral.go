package store

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// PurposeInviteName is the consent to stand by name on a card for colleagues.
const PurposeInviteName = "invite_name"

// Why a referral is not credited.
const (
	WithheldFlagged = "flagged" // the card was scanned by more people than colleagues whom one knows
	WithheldMost    = "most"    // the card has brought as many as count
	WithheldGone    = "gone"    // who invited is not there any more
)

// writeCards writes the cards of a turn, each with its code. Nothing on the code names the doctor.
func (s *Store) writeCards(tx *gorm.DB, t *Turn) error {
	if len(t.PeerCards) == 0 || t.Erase != "" || t.Blank > 0 {
		return nil
	}
	for _, card := range t.PeerCards {
		card.Doctor, card.Account, card.MadeAt = t.Doctor.ID, s.Account(), t.Journal.ReceivedAt
		made, err := create(tx, &card)
		if err != nil || !made {
			return err
		}
		code := Scene{ID: card.Scene, Account: s.Account(), Kind: SceneReferral, Tags: "[]", ValidUntil: card.ExpiresAt, CreatedAt: card.MadeAt}
		if err := tx.Create(&code).Error; err != nil {
			return err
		}
	}
	return nil
}

// followCards counts who scanned cards, raises the alarm of a card that too many have scanned, and begins a referral for whoever came by one and was never
// here before. A scan of one's own card, or of one whose time has passed, is nothing.
func (s *Store) followCards(tx *gorm.DB, turns []*Turn) error {
	by := map[string][]*Turn{}
	var scenes []string
	for _, t := range turns {
		if t.Scan != nil && t.Erase == "" {
			by[t.Scan.Scene] = append(by[t.Scan.Scene], t)
			scenes = append(scenes, t.Scan.Scene)
		}
	}
	if len(scenes) == 0 {
		return nil
	}
	var cards []PeerCard
	q := tx.Where("scene IN ? AND account = ? AND closed_at = 0 AND expires_at > ?", distinctOf(scenes), s.Account(), s.Now())
	if err := q.Order("id").Clauses(clause.Locking{Strength: "UPDATE"}).Find(&cards).Error; err != nil {
		return err
	}
	for _, card := range cards {
		if err := s.countScans(tx, card); err != nil {
			return err
		}
		for _, t := range by[card.Scene] {
			if t.Doctor.ID == card.Doctor || !t.Scan.Followed || t.Doctor.CreatedAt != t.Journal.ReceivedAt {
				continue
			}
			row := Referral{Other: t.Doctor.ID, Account: s.Account(), Doctor: card.Doctor, Card: card.ID, FollowedAt: t.Journal.ReceivedAt}
			if err := insertNew(tx, []Referral{row}); err != nil {
				return err
			}
		}
	}
	return nil
}

// countScans counts the people, not the scans: looking twice is no sign of anything.
func (s *Store) countScans(tx *gorm.DB, card PeerCard) error {
	var people int64
	q := tx.Model(&Scan{}).Where("scene = ? AND conversation <> ?", card.Scene, card.Doctor)
	if err := q.Distinct("conversation").Count(&people).Error; err != nil {
		return err
	}
	set := map[string]any{"scanned": people}
	if card.FlaggedAt == 0 && card.Alarm > 0 && people >= card.Alarm {
		set["flagged_at"] = s.Now()
		if err := s.audit(tx, Audit{Actor: "system", Action: "flag_card", Object: "card:" + card.ID}); err != nil {
			return err
		}
	}
	return tx.Model(&PeerCard{}).Where("id = ?", card.ID).UpdateColumns(set).Error
}

// closeCards ends the cards of doctors of whom nothing stays: codes open nothing, addresses lead nowhere.
func closeCards(tx *gorm.DB, now int64, doctors []string) error {
	var cards []PeerCard
	if err := tx.Select("id", "scene").Where("doctor IN ?", doctors).Order("id").Find(&cards).Error; err != nil {
		return err
	}
	for _, card := range cards {
		if err := tx.Model(&Scene{}).Where("id = ? AND closed_at = 0", card.Scene).UpdateColumn("closed_at", now).Error; err != nil {
			return err
		}
		set := map[string]any{"token": "", "closed_at": gorm.Expr("CASE WHEN closed_at = 0 THEN ? ELSE closed_at END", now)}
		if err := tx.Model(&PeerCard{}).Where("id = ?", card.ID).UpdateColumns(set).Error; err != nil {
			return err
		}
	}
	return nil
}

// forgetReferrals takes doctors who may not be known out of who brought whom.
func forgetReferrals(tx *gorm.DB, now int64, doctors []string) error {
	if err := closeCards(tx, now, doctors); err != nil {
		return fmt.Errorf("closing cards: %w", err)
	}
	if err := tx.Where("doctor IN ? OR other IN ?", doctors, doctors).Delete(&Referral{}).Error; err != nil {
		return fmt.Errorf("deleting referrals: %w", err)
	}
	about := tx.Model(&Influence{}).Where("kind = ? AND other IN ?", InfluenceReferral, doctors)
	if err := about.UpdateColumns(map[string]any{"other": "", "note": ""}).Error; err != nil {
		return fmt.Errorf("emptying influences: %w", err)
	}
	return nil
}

// cards stay as numbers, closed.
func (w *wipe) cards() error {
	if err := closeCards(w.tx, w.now, w.ids); err != nil {
		return err
	}
	return w.count("peer_cards", w.tx.Model(&PeerCard{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{
		"doctor": w.ghost, "scene": gorm.Expr("id"), "made_at": day("made_at"), "expires_at": day("expires_at"), "closed_at": day("closed_at"), "flagged_at": day("flagged_at"),
	}))
}

// referrals stay on both sides as numbers.
func (w *wipe) referrals() error {
	times := map[string]any{
		"followed_at": day("followed_at"), "consented_at": day("consented_at"), "verified_at": day("verified_at"), "active_at": day("active_at"),
		"credited_at": day("credited_at"),
	}
	for column, ids := range map[string][]string{"doctor": w.ids, "other": {w.doctor}} {
		set := map[string]any{column: w.ghost}
		for k, v := range times {
			set[k] = v
		}
		if err := w.count("referrals", w.tx.Model(&Referral{}).Where(column+" IN ?", ids).UpdateColumns(set)); err != nil {
			return err
		}
	}
	return nil
}
