package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// LeadWork is a lead with what its owner of the day needs to decide about it.
type LeadWork struct {
	Lead
	Who      Doctor
	Province string  // of the doctor, when the portrait has it
	SceneRep string  // user id of the rep whose code was the first that the doctor scanned, "" = none
	Holder   string  // user id of the rep to whom the doctor was transferred, "" = none
	Refused  bool    // the doctor has refused the rep: a person must arrange another
	Since    int64   // from when Holder or Refused counts
	Offers   []Offer // of every round
}

// Lost tells whether a rep has lost the doctor of the lead to a transfer: what the rep held before is nothing to look at any more.
func (w LeadWork) Lost(rep string) bool {
	switch {
	case w.Holder == "" && !w.Refused, w.Holder == rep, w.Status == LeadAssigned:
		return false
	}
	return w.Rep != rep || w.AcceptedAt <= w.Since
}

// LeadStep is one step of a lead's life; it becomes a row of the history.
type LeadStep struct {
	Event  string
	Status string // after the step
	Actor  string // a rep's user id, a console user, or who else
	Reason string
}

// LeadMoveSpec is everything that changes with a lead in one transaction. Which steps are legal is not the store's business.
type LeadMoveSpec struct {
	ID      string
	Version int64               // the version that the decision rests on
	Steps   []LeadStep          // at least one; each raises the version by one
	Set     func(*Lead)         // changes further columns; may be nil
	Offers  []Offer             // made in this move; an older offer to the same rep is replaced
	Answer  *Offer              // the offer that a rep has answered: Rep, Status and Reason are written
	Lose    func(Offer) *Effect // set: the other open offers are lost, see loseOffers
	Effects []Effect
}

// OfferKey is the key of the effect that carries an offer's card.
func OfferKey(task string) string { return "offer:" + task }

// LeadOpenKey is the value of Lead.OpenKey while a lead is open.
func LeadOpenKey(doctor, kind string) string { return doctor + ":" + kind }

// MoveLead writes the steps and everything that goes with them, or nothing. ErrMoved: the lead is not at that version any more. ErrNotFound: no such lead.
func (s *Store) MoveLead(ctx context.Context, m LeadMoveSpec) (Lead, error) {
	var lead Lead
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var err error
		lead, err = s.moveLead(tx, m)
		return err
	})
	return lead, err
}

// moveLead raises the version before it reads anything: the row lock comes first, so that what is read afterwards cannot change until the commit.
func (s *Store) moveLead(tx *gorm.DB, m LeadMoveSpec) (Lead, error) {
	var lead Lead
	now := s.Now()
	mine := map[string]any{"id": m.ID, "account": s.Account()}
	fence := tx.Model(&Lead{}).Where(mine).Where(map[string]any{"version": m.Version}).
		UpdateColumns(map[string]any{"version": m.Version + int64(len(m.Steps)), "updated_at": now})
	if fence.Error != nil {
		return lead, fmt.Errorf("moving lead: %w", fence.Error)
	}
	var rows []Lead
	if err := tx.Where(mine).Limit(1).Find(&rows).Error; err != nil {
		return lead, fmt.Errorf("reading lead: %w", err)
	}
	if len(rows) == 0 {
		return lead, ErrNotFound
	}
	if fence.RowsAffected == 0 {
		return lead, ErrMoved
	}
	lead = rows[0]
	last := m.Steps[len(m.Steps)-1]
	lead.Status = last.Status
	if m.Set != nil {
		m.Set(&lead)
	}
	lead.OpenKey = nil
	if slices.Contains(openLead, lead.Status) {
		key := LeadOpenKey(lead.Doctor, lead.Kind)
		lead.OpenKey = &key
	}
	columns := []string{"status", "open_key", "rep", "reason", "outcome", "due_at", "accepted_at", "visited_at", "closed_at"}
	if err := tx.Model(&Lead{}).Where(mine).Select(columns).UpdateColumns(&lead).Error; err != nil {
		return lead, fmt.Errorf("writing lead: %w", err)
	}
	if err := s.writeSteps(tx, m, now); err != nil {
		return lead, err
	}
	if err := s.contacted(tx, lead, m.Steps); err != nil {
		return lead, err
	}
	return lead, s.writeOffers(tx, m, now)
}

func (s *Store) writeSteps(tx *gorm.DB, m LeadMoveSpec, now int64) error {
	moves := make([]LeadMove, len(m.Steps))
	for i, st := range m.Steps {
		moves[i] = LeadMove{
			Lead: m.ID, N: m.Version + int64(i) + 1, Account: s.Account(), Event: st.Event, Status: st.Status, Actor: st.Actor, Reason: st.Reason, At: now,
		}
	}
	if err := tx.Create(&moves).Error; err != nil {
		return fmt.Errorf("writing lead history: %w", err)
	}
	return nil
}

func (s *Store) writeOffers(tx *gorm.DB, m LeadMoveSpec, now int64) error {
	effects := m.Effects
	if m.Lose != nil {
		keep := ""
		if m.Answer != nil {
			keep = m.Answer.Rep
		}
		more, err := s.loseOffers(tx, m.ID, keep, []string{OfferOpen}, m.Lose, now)
		if err != nil {
			return err
		}
		effects = slices.Concat(effects, more)
	}
	if a := m.Answer; a != nil {
		change := map[string]any{"status": a.Status, "reason": a.Reason, "answered_at": now}
		if err := tx.Model(&Offer{}).Where(map[string]any{"lead_id": m.ID, "rep": a.Rep}).UpdateColumns(change).Error; err != nil {
			return fmt.Errorf("answering offer: %w", err)
		}
	}
	if len(m.Offers) > 0 {
		rows := slices.Clone(m.Offers)
		for i := range rows {
			rows[i].Account, rows[i].Lead = s.Account(), m.ID
		}
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows).Error; err != nil {
			return fmt.Errorf("writing offers: %w", err)
		}
	}
	return s.addEffects(tx, effects)
}

// loseOffers ends the offers of a lead that have one of the given statuses, except that to keep. A card that has not left the house is cancelled and
// nobody hears of it; for every other offer tell gives the effect that tells its rep (nil = nothing).
func (s *Store) loseOffers(tx *gorm.DB, lead, keep string, statuses []string, tell func(Offer) *Effect, now int64) ([]Effect, error) {
	var offers []Offer
	of := tx.Where(map[string]any{"lead_id": lead, "status": statuses}).Where("rep <> ?", keep).Order("rep")
	if err := of.Find(&offers).Error; err != nil {
		return nil, fmt.Errorf("reading offers: %w", err)
	}
	var effects []Effect
	for _, o := range offers {
		unsent := map[string]any{"effect_key": OfferKey(o.Task), "status": []string{EffectReady, EffectCancel}, "attempts": 0}
		cancelled := tx.Model(&Effect{}).Where(unsent).UpdateColumns(map[string]any{"status": EffectCancel, "reason": "offer ended", "done_at": now})
		if cancelled.Error != nil {
			return nil, fmt.Errorf("cancelling card: %w", cancelled.Error)
		}
		if cancelled.RowsAffected > 0 {
			continue
		}
		if e := tell(o); e != nil {
			effects = append(effects, *e)
		}
	}
	change := map[string]any{"status": OfferLost, "answered_at": now}
	lost := tx.Model(&Offer{}).Where(map[string]any{"lead_id": lead, "status": statuses}).Where("rep <> ?", keep)
	if err := lost.UpdateColumns(change).Error; err != nil {
		return nil, fmt.Errorf("ending offers: %w", err)
	}
	return effects, nil
}

// EndOffers ends the open and accepted offers of a withdrawn lead, tells their reps and adds further effects, once: false when nothing was left to end.
func (s *Store) EndOffers(ctx context.Context, lead string, version int64, tell func(Offer) *Effect, more ...Effect) (bool, error) {
	ended := false
	err := s.tx(ctx, func(tx *gorm.DB) error {
		held := map[string]any{"id": lead, "account": s.Account(), "version": version, "status": LeadWithdrawn}
		fence := tx.Model(&Lead{}).Where(held).UpdateColumns(map[string]any{"version": version + 1, "updated_at": s.Now()})
		if fence.Error != nil {
			return fmt.Errorf("ending lead: %w", fence.Error)
		}
		ended = fence.RowsAffected > 0
		if !ended {
			return nil
		}
		effects, err := s.loseOffers(tx, lead, "", []string{OfferOpen, OfferAccepted}, tell, s.Now())
		if err != nil {
			return err
		}
		return s.addEffects(tx, append(effects, more...))
	})
	return ended, err
}

// NoteLead writes on a new lead why nobody could be offered it. It raises no version: nothing has happened. A lead that has moved on is left alone.
func (s *Store) NoteLead(ctx context.Context, id string, version int64, reason string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		at := map[string]any{"id": id, "account": s.Account(), "version": version, "status": LeadNew}
		if err := tx.Model(&Lead{}).Where(at).UpdateColumns(map[string]any{"reason": reason, "updated_at": s.Now()}).Error; err != nil {
			return fmt.Errorf("noting lead: %w", err)
		}
		return nil
	})
}

// withdrawOpen ends the open leads of a doctor outside a turn. Their reps are told by whoever watches the leads.
func (s *Store) withdrawOpen(tx *gorm.DB, doctor, reason, actor string) error {
	var open []Lead
	of := tx.Where(map[string]any{"doctor": doctor, "account": s.Account()}).Where("open_key IS NOT NULL").Order("id")
	if err := of.Clauses(clause.Locking{Strength: "UPDATE"}).Find(&open).Error; err != nil {
		return fmt.Errorf("reading open leads: %w", err)
	}
	now := s.Now()
	leads := make([]string, len(open))
	for i, l := range open {
		leads[i] = l.ID
		_, err := s.moveLead(tx, LeadMoveSpec{
			ID: l.ID, Version: l.Version, Steps: []LeadStep{{Event: "withdraw", Status: LeadWithdrawn, Actor: actor, Reason: reason}},
			Set: func(l *Lead) { l.Reason, l.ClosedAt = reason, now },
		})
		if err != nil {
			return err
		}
	}
	return s.unshare(tx, doctor, leads)
}
