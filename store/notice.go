package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Teams of the house that a flow can tell something.
const (
	TeamRep     = "rep" // the rep who looks after the doctor's hospital
	TeamPV      = "pv"
	TeamMedical = "medical"
	TeamOps     = "ops"
	TeamManager = "manager" // who answers for the reps of a region
	TeamQuality = "quality" // quality assurance: told by the program itself, never by a flow
)

// NoticeWork is a notice with what assigning and reading it needs.
type NoticeWork struct {
	Notice
	Who      Doctor
	Province string
}

// OpenNotices gives the notices of the teams that nobody has dealt with, about doctors that the person of the context may see, oldest first, at most limit.
func (s *Store) OpenNotices(ctx context.Context, teams []string, limit int) ([]NoticeWork, error) {
	var rows []Notice
	q, err := s.within(ctx, s.read(ctx).Where(map[string]any{"account": s.Account(), "done_at": 0, "team": teams}), "notices.doctor")
	if err != nil {
		return nil, err
	}
	if err := q.Order("at").Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading notices: %w", err)
	}
	doctors := make([]string, len(rows))
	for i, n := range rows {
		doctors[i] = n.Doctor
	}
	who, err := s.doctorsByID(ctx, doctors)
	if err != nil {
		return nil, err
	}
	where, err := s.provinces(ctx, doctors)
	if err != nil {
		return nil, err
	}
	work := make([]NoticeWork, len(rows))
	for i, n := range rows {
		work[i] = NoticeWork{Notice: n, Who: who[n.Doctor], Province: where[n.Doctor]}
	}
	return work, nil
}

// PassNotice hands a notice to a rep: the message goes into the outbox with it. ErrMoved: somebody has dealt with it.
func (s *Store) PassNotice(ctx context.Context, id, rep string, e Effect) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var open []Notice // the doctor may have taken it from the reps meanwhile
		if err := tx.Where(map[string]any{"id": id, "account": s.Account(), "team": TeamRep}).Clauses(clause.Locking{Strength: "UPDATE"}).Limit(1).Find(&open).Error; err != nil {
			return fmt.Errorf("reading notice: %w", err)
		}
		if len(open) == 0 {
			return ErrMoved
		}
		if err := s.endNotice(tx, id, map[string]any{"rep": rep, "done_by": rep}); err != nil {
			return err
		}
		return s.addEffects(tx, []Effect{e})
	})
}

// CloseNotice records that a person of the house has dealt with a notice of one of the teams. ErrMoved: nothing waits under this id.
func (s *Store) CloseNotice(ctx context.Context, id string, teams []string, actor string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Notice
		if err := tx.Where(map[string]any{"id": id, "account": s.Account(), "team": teams}).Limit(1).Find(&rows).Error; err != nil {
			return fmt.Errorf("reading notice: %w", err)
		}
		if len(rows) == 0 {
			return ErrMoved
		}
		if err := s.endNotice(tx, id, map[string]any{"done_by": actor}); err != nil {
			return err
		}
		return s.audit(tx, Audit{Actor: actor, Action: "notice_close", Object: "doctor:" + rows[0].Doctor, Detail: rows[0].Team})
	})
}

func (s *Store) endNotice(tx *gorm.DB, id string, set map[string]any) error {
	set["done_at"] = s.Now()
	done := tx.Model(&Notice{}).Where(map[string]any{"id": id, "account": s.Account(), "done_at": 0}).UpdateColumns(set)
	if done.Error != nil {
		return fmt.Errorf("ending notice: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return ErrMoved
	}
	return nil
}

// RepOf is the rep who looks after a hospital (its id in the list): one whose territory names the hospital, else one for everything; of several the
// first by user id. Only reps who may visit count. ErrNotFound: nobody.
func (s *Store) RepOf(ctx context.Context, hospital string) (Rep, error) {
	var rows []Rep
	err := s.read(ctx).Joins("JOIN territories t ON t.rep = reps.user_id AND t.account = reps.account").
		Where("reps.account = ? AND reps.active = ? AND reps.filing_until > ?", s.Account(), true, s.Now()).
		Where("NOT EXISTS (SELECT 1 FROM departures l WHERE l.rep = reps.user_id AND l.account = reps.account AND l.status = ?)", DepartureOpen).
		Where("(t.kind = ? AND t.value = ?) OR t.kind = ?", TerritoryHospital, hospital, TerritoryAll).
		Order("CASE WHEN t.kind = '" + TerritoryHospital + "' THEN 0 ELSE 1 END").Order("reps.user_id").Limit(1).Find(&rows).Error
	if err != nil {
		return Rep{}, fmt.Errorf("reading rep of a hospital: %w", err)
	}
	if len(rows) == 0 {
		return Rep{}, ErrNotFound
	}
	return rows[0], nil
}
