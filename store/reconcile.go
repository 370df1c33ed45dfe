package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Reconcile counts for one day, given by its name and its bounds (unix ms, the end not included), the cases that were opened and those of them that the
// safety desk has acknowledged, and keeps the result. The histories of cases are counted against their rows, so that a case which is gone is missing too.
func (s *Store) Reconcile(ctx context.Context, day string, from, to int64, actor string) (Reconciliation, error) {
	row := Reconciliation{Account: s.Account(), Day: day, Actor: actor, At: s.Now()}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var opened, taken []string
		moves := tx.Model(&CaseMove{}).Where("account = ? AND event = ? AND at >= ? AND at < ?", s.Account(), CaseEventOpen, from, to)
		if err := moves.Order("case_no").Pluck("case_no", &opened).Error; err != nil {
			return fmt.Errorf("reading openings: %w", err)
		}
		rows := tx.Model(&Case{}).Where("account = ? AND opened_at >= ? AND opened_at < ?", s.Account(), from, to)
		if err := rows.Session(&gorm.Session{}).Where("acknowledged_at > 0").Pluck("no", &taken).Error; err != nil {
			return fmt.Errorf("reading acknowledgements: %w", err)
		}
		var all []string
		if err := rows.Pluck("no", &all).Error; err != nil {
			return fmt.Errorf("reading cases: %w", err)
		}
		opened = append(opened, all...)
		slices.Sort(opened)
		opened = slices.Compact(opened)
		missing := slices.DeleteFunc(slices.Clone(opened), func(no string) bool { return slices.Contains(taken, no) })
		row.Opened, row.Acknowledged, row.Missing = len(opened), len(opened)-len(missing), encodeList(missing)
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	if err != nil {
		return Reconciliation{}, fmt.Errorf("reconciling: %w", err)
	}
	return row, nil
}

// encodeList writes names as a JSON array.
func encodeList(names []string) string {
	b, err := json.Marshal(append([]string{}, names...))
	if err != nil {
		return "[]"
	}
	return string(b)
}

// MissingCases lists the numbers that a reconciliation lacks.
func (r Reconciliation) MissingCases() []string {
	var names []string
	if json.Unmarshal([]byte(r.Missing), &names) != nil {
		return nil
	}
	return names
}

// Reconciliations gives the newest days, at most limit.
func (s *Store) Reconciliations(ctx context.Context, limit int) ([]Reconciliation, error) {
	var rows []Reconciliation
	if err := s.read(ctx).Where("account = ?", s.Account()).Order("on_day DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading reconciliations: %w", err)
	}
	return rows, nil
}
