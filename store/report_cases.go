package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// CaseRow is one adverse event report with the doctor who told it.
type CaseRow struct {
	Case
	Who Doctor
}

// Cases gives the newest adverse event reports, those that nobody has acknowledged first, at most limit.
func (s *Store) Cases(ctx context.Context, limit int) ([]CaseRow, error) {
	var waiting, seen []Case
	mine := map[string]any{"account": s.Account()}
	if err := s.read(ctx).Where(mine).Where("acknowledged_at = 0").Order("due_at").Order("no").Limit(limit).Find(&waiting).Error; err != nil {
		return nil, fmt.Errorf("reading open cases: %w", err)
	}
	if left := limit - len(waiting); left > 0 {
		err := s.read(ctx).Where(mine).Where("acknowledged_at > 0").Order("opened_at DESC").Order("no").Limit(left).Find(&seen).Error
		if err != nil {
			return nil, fmt.Errorf("reading acknowledged cases: %w", err)
		}
	}
	return s.caseRows(ctx, append(waiting, seen...))
}

// Case reads one adverse event report; ErrNotFound.
func (s *Store) Case(ctx context.Context, no string) (CaseRow, error) {
	var cases []Case
	if err := s.read(ctx).Where(map[string]any{"no": no, "account": s.Account()}).Limit(1).Find(&cases).Error; err != nil {
		return CaseRow{}, fmt.Errorf("reading case: %w", err)
	}
	if len(cases) == 0 {
		return CaseRow{}, ErrNotFound
	}
	rows, err := s.caseRows(ctx, cases)
	if err != nil {
		return CaseRow{}, err
	}
	return rows[0], nil
}

// HearCase opens a case that a person of the house has heard of, outside a report on a lead, and writes down who did. It gives the number of the case
// and whether it is new: see openCase. A doctor whose data was erased meanwhile keeps no report back.
func (s *Store) HearCase(ctx context.Context, c Case, actor, object string) (no string, made bool, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		if err := s.touchDoctor(tx, c.Doctor, nil); err != nil && !errors.Is(err, ErrNotFound) { // one at a time
			return err
		}
		var err error
		if no, made, err = s.openCase(tx, c); err != nil || !made {
			return err
		}
		return s.audit(tx, Audit{Actor: actor, Action: "case_heard", Object: object, Detail: no})
	})
	return no, made, err
}

// openCase inserts a case unless the doctor has one whose number ends in the same mark, which is what stands behind the last dash and is derived from
// what was heard, from whom and about which lead: the same report, sent again today or on another day, opens one case.
func (s *Store) openCase(tx *gorm.DB, c Case) (no string, made bool, err error) {
	mark := c.No[strings.LastIndexByte(c.No, '-')+1:]
	var rows []Case
	q := tx.Select("no").Where(map[string]any{"doctor": c.Doctor, "account": s.Account()}).Where("no LIKE ? ESCAPE '!'", "%-"+escapeLike(mark))
	if err := q.Limit(1).Find(&rows).Error; err != nil {
		return "", false, fmt.Errorf("reading cases: %w", err)
	}
	if len(rows) > 0 {
		return rows[0].No, false, nil
	}
	c.Words, c.Event = valid(c.Words), valid(c.Event)
	if err := s.insertCase(tx, c, s.Now()); errors.Is(err, gorm.ErrDuplicatedKey) {
		return c.No, false, nil
	} else if err != nil {
		return "", false, fmt.Errorf("opening case: %w", err)
	}
	return c.No, true, nil
}

func (s *Store) caseRows(ctx context.Context, cases []Case) ([]CaseRow, error) {
	ids := make([]string, len(cases))
	for i, c := range cases {
		ids[i] = c.Doctor
	}
	doctors, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]CaseRow, len(cases))
	for i, c := range cases {
		rows[i] = CaseRow{Case: c, Who: doctors[c.Doctor]}
	}
	return rows, nil
}
