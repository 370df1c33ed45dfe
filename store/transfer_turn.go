package store

import (
	"fmt"

	"gorm.io/gorm"
)

// answerColleague writes what a doctor says about the rep: to keep the one whom the notice named, to have another, or none. Who is refused loses the doctor in
// this transaction and gives back the open leads; nobody looks after the doctor until a person has decided. Without a transfer that could be refused, the wish
// for another rep is a proposal.
func (s *Store) answerColleague(tx *gorm.DB, t *Turn) error {
	if t.Colleague == "" {
		return nil
	}
	doctor, at := t.Doctor.ID, t.Journal.ReceivedAt
	holds, err := s.holds(tx, []string{doctor})
	if err != nil {
		return err
	}
	hold, held := holds[doctor]
	open := held && hold.Status != TransferRefused && hold.AnsweredAt == 0
	switch {
	case t.Colleague == ColleagueKeep && open:
		return s.answered(tx, hold, map[string]any{"answer": ColleagueKeep, "answered_at": at})
	case t.Colleague == ColleagueKeep:
		return nil
	case open:
		return s.refuseTransfer(tx, t, hold)
	}
	_, err = s.raiseTransfer(tx, Transfer{Doctor: doctor, Cause: TransferAsked, Answer: t.Colleague}, at)
	return err
}

func (s *Store) answered(tx *gorm.DB, hold Transfer, set map[string]any) error {
	if err := tx.Model(&Transfer{}).Where("id = ?", hold.ID).UpdateColumns(set).Error; err != nil {
		return fmt.Errorf("writing the answer to a transfer: %w", err)
	}
	return nil
}

// refuseTransfer ends what a transfer gave. Only who wants another rep waits for one.
func (s *Store) refuseTransfer(tx *gorm.DB, t *Turn, hold Transfer) error {
	set := map[string]any{"status": TransferRefused, "answer": t.Colleague, "answered_at": t.Journal.ReceivedAt}
	if err := s.answered(tx, hold, set); err != nil {
		return err
	}
	if err := tx.Model(&Facets{}).Where("doctor = ?", hold.Doctor).UpdateColumn("owner", "").Error; err != nil {
		return fmt.Errorf("writing owners: %w", err)
	}
	if err := giveCalls(tx, "", []string{hold.Doctor}); err != nil {
		return err
	}
	var leads []Lead
	mine := tx.Where("doctor = ? AND account = ? AND open_key IS NOT NULL AND rep = ?", hold.Doctor, s.Account(), hold.To).Order("id")
	if err := mine.Find(&leads).Error; err != nil {
		return fmt.Errorf("reading leads: %w", err)
	}
	for _, l := range leads {
		_, err := s.moveLead(tx, LeadMoveSpec{
			ID: l.ID, Version: l.Version, Steps: []LeadStep{{Event: "decline", Status: LeadNew, Actor: "doctor", Reason: t.Colleague}},
			Set:    func(l *Lead) { l.Rep, l.AcceptedAt, l.Reason = "", 0, "" },
			Answer: &Offer{Rep: hold.To, Status: OfferDeclined, Reason: t.Colleague},
		})
		if err != nil {
			return err
		}
	}
	if err := s.callBack(tx, []Transfer{{Doctor: hold.Doctor, From: hold.To}}, []string{hold.Doctor}); err != nil {
		return err
	}
	if t.Colleague == ColleagueNone {
		return nil
	}
	_, err := s.raiseTransfer(tx, Transfer{Doctor: hold.Doctor, Cause: TransferAsked, Answer: t.Colleague}, t.Journal.ReceivedAt)
	return err
}
