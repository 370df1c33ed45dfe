package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// effective are the deeds by which somebody who was invited is with us, not only on the list.
var effective = []string{DidReply, DidRead, DidWatch, DidFinish, DidAttend, DidAsk, DidRate}

// advanceReferrals moves on those of the doctors who came by a card: consented, verified, active. It runs where doctors are derived, so that it is the same
// however a doctor was verified. What is verified is credited to whoever invited, once.
func (s *Store) advanceReferrals(tx *gorm.DB, all []*Derived) error {
	ids := make([]string, len(all))
	for i, d := range all {
		ids[i] = d.Doctor
	}
	var came []string // hardly any: a lock on what is not there would keep others from beginning referrals
	if err := tx.Model(&Referral{}).Where("other IN ? AND active_at = 0", ids).Pluck("other", &came).Error; err != nil || len(came) == 0 {
		return err
	}
	var rows []Referral
	q := tx.Where("other IN ? AND active_at = 0", came).Order("other").Clauses(clause.Locking{Strength: "UPDATE"})
	if err := q.Find(&rows).Error; err != nil {
		return fmt.Errorf("reading referrals: %w", err)
	}
	for i := range rows {
		if err := s.advance(tx, &rows[i]); err != nil {
			return fmt.Errorf("moving a referral: %w", err)
		}
	}
	return nil
}

// advance moves one as far as it has come.
func (s *Store) advance(tx *gorm.DB, r *Referral) error {
	was := *r
	var d Doctor
	if err := tx.Select("id", "level", "followed").Where("id = ?", r.Other).Take(&d).Error; err != nil {
		return errors.Join(errIf(!errors.Is(err, gorm.ErrRecordNotFound), err))
	}
	agrees, err := agreesTo(tx, r.Other, PurposeBase)
	if err != nil || !agrees || !d.Followed {
		return err
	}
	now := s.Now()
	r.ConsentedAt = orNow(r.ConsentedAt, now)
	if d.Level == LevelVerified && r.VerifiedAt == 0 {
		r.VerifiedAt = now
		if err := s.credit(tx, r); err != nil {
			return err
		}
	}
	if was.VerifiedAt > 0 {
		var at int64
		did := tx.Model(&Behaviour{}).Where("doctor = ? AND kind IN ? AND at > ?", r.Other, effective, r.VerifiedAt)
		if err := did.Select("COALESCE(MIN(at), 0)").Scan(&at).Error; err != nil {
			return err
		}
		r.ActiveAt = at
	}
	if *r == was {
		return nil
	}
	return tx.Model(&Referral{}).Where("other = ?", r.Other).UpdateColumns(map[string]any{
		"consented_at": r.ConsentedAt, "verified_at": r.VerifiedAt, "active_at": r.ActiveAt, "credited_at": r.CreditedAt, "withheld": r.Withheld,
	}).Error
}

// credit writes that the doctor who invited helped to bring this one: an outcome like any other, worth nothing that could be paid out.
func (s *Store) credit(tx *gorm.DB, r *Referral) error {
	var cards []PeerCard
	if err := tx.Where("id = ?", r.Card).Clauses(clause.Locking{Strength: "UPDATE"}).Find(&cards).Error; err != nil {
		return err
	}
	var there int64
	if err := tx.Model(&Doctor{}).Where("id = ? AND account = ? AND followed", r.Doctor, s.Account()).Count(&there).Error; err != nil {
		return err
	}
	switch {
	case there == 0 || len(cards) == 0:
		r.Withheld = WithheldGone
	case cards[0].FlaggedAt > 0:
		r.Withheld = WithheldFlagged
	case cards[0].Credited >= cards[0].Most:
		r.Withheld = WithheldMost
	}
	if r.Withheld != "" {
		return nil
	}
	r.CreditedAt = s.Now()
	if err := tx.Model(&PeerCard{}).Where("id = ?", r.Card).UpdateColumn("credited", gorm.Expr("credited + 1")).Error; err != nil {
		return err
	}
	product, err := s.superProduct(tx, r.Doctor)
	if err != nil {
		return err
	}
	in := Influence{ID: newID("influence", "card", r.Other), Account: s.Account(), Doctor: r.Doctor, Product: product, Kind: InfluenceReferral, Other: r.Other, Actor: "system", At: r.CreditedAt}
	if err := insertNew(tx, []Influence{in}); err != nil {
		return err
	}
	if product != "" {
		if err := s.moveSupers(tx, []SuperMove{{Doctor: r.Doctor, Product: product, Event: SuperEventInfluence, Reason: InfluenceReferral, Actor: "system"}}); err != nil {
			return err
		}
	}
	if err := s.audit(tx, Audit{Actor: "system", Action: "credit_referral", Object: "doctor:" + r.Doctor, Detail: r.Card}); err != nil {
		return err
	}
	return s.refresh(tx, r.Doctor)
}

// superProduct is the product of which a doctor stands highest; "" = of none.
func (s *Store) superProduct(tx *gorm.DB, doctor string) (string, error) {
	var rows []Super
	q := tx.Select("product").Where("doctor = ? AND status IN ?", doctor, []string{SuperConfirmed, SuperCandidate, SuperNear})
	if err := q.Order("best DESC").Order("product").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].Product, nil
}

// agreesTo tells whether a doctor agrees to a purpose, by the newest decision.
func agreesTo(tx *gorm.DB, doctor, purpose string) (bool, error) {
	var rows []Consent
	if err := tx.Where("conversation = ? AND purpose = ?", doctor, purpose).Order("seq DESC").Limit(1).Find(&rows).Error; err != nil {
		return false, fmt.Errorf("reading a consent: %w", err)
	}
	return len(rows) > 0 && rows[0].Granted, nil
}
