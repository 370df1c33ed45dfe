package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// SeesRep tells whether the person of the context answers for a rep: the rep of the own team for a manager, every rep for who sees everything.
func (s *Store) SeesRep(ctx context.Context, rep string) (bool, error) {
	v, ok := Viewing(ctx)
	if !ok || v.Reach == ReachAll {
		return true, nil
	}
	if v.Reach != ReachTeam || v.Team == "" {
		return false, nil
	}
	var n int64
	q := s.read(ctx).Model(&Rep{}).Where(map[string]any{"user_id": rep, "account": s.Account(), "team": v.Team})
	if err := q.Count(&n).Error; err != nil {
		return false, fmt.Errorf("reading a rep: %w", err)
	}
	return n > 0, nil
}

// SeesDeparture tells whether the person of the context may know of a departure.
func (s *Store) SeesDeparture(ctx context.Context, id string) (bool, error) {
	var rows []Departure
	if err := s.read(ctx).Where("id = ? AND account = ?", id, s.Account()).Limit(1).Find(&rows).Error; err != nil {
		return false, fmt.Errorf("reading a departure: %w", err)
	}
	if len(rows) == 0 {
		return s.SeesRep(ctx, "")
	}
	return s.SeesRep(ctx, rows[0].Rep)
}

// SeesTransfer tells whether the person of the context may open the handover pack of a transfer: who may see the doctor, and of reps the new one.
func (s *Store) SeesTransfer(ctx context.Context, id string) (bool, error) {
	return s.sees(ctx, func(ctx context.Context, q *gorm.DB, column string) (*gorm.DB, error) {
		return s.transfersWithin(ctx, q)
	}, &Transfer{}, "", id)
}

// transfersWithin narrows a query on transfers to those that the person of the context may see. A rep sees the own ones that hold; who arranges also what is
// proposed.
func (s *Store) transfersWithin(ctx context.Context, q *gorm.DB) (*gorm.DB, error) {
	if v, ok := Viewing(ctx); ok && v.Reach == ReachOwn {
		q = q.Where("transfers.to_rep = ? AND transfers.hold_key IS NOT NULL", v.Rep)
	}
	return s.within(ctx, q, "transfers.doctor")
}
