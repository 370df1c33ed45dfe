package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// cardsRead is how many cards a page lists: the newest.
const cardsRead = 200

// CardStanding is what decides whether a doctor gets another card.
type CardStanding struct {
	Open     int    // cards that can be scanned now
	Standing string // best standing as a super customer; "" = none
}

// CardStanding reads it.
func (s *Store) CardStanding(ctx context.Context, doctor string) (CardStanding, error) {
	var open int64
	q := s.read(ctx).Model(&PeerCard{}).Where("doctor = ? AND closed_at = 0 AND expires_at > ?", doctor, s.Now())
	if err := q.Count(&open).Error; err != nil {
		return CardStanding{}, fmt.Errorf("counting cards: %w", err)
	}
	var has []string
	if err := s.read(ctx).Model(&Super{}).Where("doctor = ?", doctor).Pluck("status", &has).Error; err != nil {
		return CardStanding{}, fmt.Errorf("reading a standing: %w", err)
	}
	c := CardStanding{Open: int(open)}
	for _, status := range []string{SuperConfirmed, SuperCandidate, SuperNear} {
		if slices.Contains(has, status) {
			c.Standing = status
			break
		}
	}
	return c, nil
}

// CardPage is a card as a stranger sees it: nothing about who invites but the name, while the doctor agrees to that.
type CardPage struct {
	Scene Scene
	Name  string // "" = not to be shown
	Until int64
}

// CardByToken reads an open card by the digest of its token; ErrNotFound: there is none, or its time has passed.
func (s *Store) CardByToken(ctx context.Context, digest string) (CardPage, error) {
	var rows []PeerCard
	q := s.read(ctx).Where("account = ? AND token = ? AND closed_at = 0 AND expires_at > ?", s.Account(), digest, s.Now())
	if digest == "" {
		return CardPage{}, ErrNotFound
	}
	if err := q.Limit(1).Find(&rows).Error; err != nil {
		return CardPage{}, fmt.Errorf("reading a card: %w", err)
	}
	if len(rows) == 0 {
		return CardPage{}, ErrNotFound
	}
	card := rows[0]
	p := CardPage{Until: card.ExpiresAt}
	var err error
	if p.Scene, err = s.Scene(ctx, card.Scene); err != nil {
		return p, err
	}
	agrees, err := agreesTo(s.read(ctx), card.Doctor, PurposeInviteName)
	if err != nil || !agrees {
		return p, err
	}
	who, err := s.signers(ctx, []string{card.Doctor})
	p.Name = who[card.Doctor].Name
	return p, err
}

// PeerCardRow is one card with the person who invites, as far as the person of the context may know, and what came of it.
type PeerCardRow struct {
	PeerCard
	Who      Doctor
	Strength string // of the relation with who invites
	People   []ReferralRow
	Chain    ReferralChain
}

// ReferralRow is one invited person, as far as the person of the context may know.
type ReferralRow struct {
	Referral
	Who Doctor
}

// State is how far it has come: followed, consented, verified, active.
func (r Referral) State() string {
	switch {
	case r.ActiveAt > 0:
		return "active"
	case r.VerifiedAt > 0:
		return "verified"
	case r.ConsentedAt > 0:
		return "consented"
	}
	return "followed"
}

// ReferralChain counts how far cards brought people. Whoever came further is counted in every step before.
type ReferralChain struct {
	Made, Scanned, Followed, Consented, Verified, Active, Credited, Flagged int64
}

func (c *ReferralChain) add(o ReferralChain) {
	c.Made, c.Scanned, c.Followed, c.Consented = c.Made+o.Made, c.Scanned+o.Scanned, c.Followed+o.Followed, c.Consented+o.Consented
	c.Verified, c.Active, c.Credited, c.Flagged = c.Verified+o.Verified, c.Active+o.Active, c.Credited+o.Credited, c.Flagged+o.Flagged
}

// PeerCards reads the newest cards of doctors whom the person of the context may see, of one doctor when one is named, and the sum of them.
func (s *Store) PeerCards(ctx context.Context, doctor string, since time.Time) ([]PeerCardRow, ReferralChain, error) {
	var sum ReferralChain
	q, err := s.within(ctx, s.read(ctx).Model(&PeerCard{}).Where("peer_cards.account = ? AND made_at >= ?", s.Account(), since.UnixMilli()), "peer_cards.doctor")
	if err != nil {
		return nil, sum, err
	}
	if doctor != "" {
		q = q.Where("peer_cards.doctor = ?", doctor)
	}
	var cards []PeerCard
	if err := q.Omit("token").Order("made_at DESC").Order("id").Limit(cardsRead).Find(&cards).Error; err != nil {
		return nil, sum, fmt.Errorf("reading cards: %w", err)
	}
	people, who, strength, err := s.cardPeople(ctx, cards)
	if err != nil {
		return nil, sum, err
	}
	out := make([]PeerCardRow, len(cards))
	for i, card := range cards {
		row := PeerCardRow{PeerCard: card, Who: who[card.Doctor], Strength: strength[card.Doctor]}
		row.Chain = ReferralChain{Made: 1, Scanned: card.Scanned, Credited: card.Credited}
		if card.FlaggedAt > 0 {
			row.Chain.Flagged = 1
		}
		for _, r := range people[card.ID] {
			row.People = append(row.People, ReferralRow{Referral: r, Who: who[r.Other]})
			row.Chain.add(ReferralChain{Followed: 1, Consented: sign(r.ConsentedAt), Verified: sign(r.VerifiedAt), Active: sign(r.ActiveAt)})
		}
		sum.add(row.Chain)
		out[i] = row
	}
	return out, sum, nil
}

func sign(at int64) int64 { return min(at, 1) }

// cardPeople reads who came by cards, the doctors on both sides, and how strong the relation with those who invite is.
func (s *Store) cardPeople(ctx context.Context, cards []PeerCard) (map[string][]Referral, map[string]Doctor, map[string]string, error) {
	people, strength := map[string][]Referral{}, map[string]string{}
	if len(cards) == 0 {
		return people, nil, strength, nil
	}
	var ids, doctors []string
	for _, c := range cards {
		ids, doctors = append(ids, c.ID), append(doctors, c.Doctor)
	}
	var supers []Super
	first := s.read(ctx).Select("doctor", "points", "best").Where("doctor IN ?", distinctOf(slices.Clone(doctors))).Order("best").Find(&supers).Error
	var rows []Referral
	second := s.read(ctx).Where("card IN ?", ids).Order("followed_at").Order("other").Find(&rows).Error
	if err := errors.Join(first, second); err != nil {
		return nil, nil, nil, fmt.Errorf("reading who came by cards: %w", err)
	}
	for _, r := range supers { // the highest last
		strength[r.Doctor] = r.Read().Strength
	}
	for _, r := range rows {
		people[r.Card] = append(people[r.Card], r)
		doctors = append(doctors, r.Other)
	}
	who, err := s.doctorsByID(ctx, distinctOf(doctors))
	return people, who, strength, err
}
