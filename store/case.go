package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// FreezeAfterCase is how long nothing unasked goes to a doctor after an adverse event report (source: the house rule that promotion pauses meanwhile).
const FreezeAfterCase = 72 * time.Hour

// Clocks of the law, from the day on which the house or its program heard of it. Source: Chinese measures on adverse drug reaction reporting (Order 81),
// articles 21 and 22: death at once, new or serious within 15 days, others within 30.
const (
	LegalSerious = 15 * 24 * time.Hour
	LegalOther   = 30 * 24 * time.Hour
)

// QualityWithin is until when quality assurance must have a doubt about the product that harmed nobody (source: the house rule of one working day).
const QualityWithin = 24 * time.Hour

// ByLaw is until when the authority, or quality assurance, must have the case, unix ms.
func (c Case) ByLaw() int64 {
	switch {
	case c.Death:
		return c.OpenedAt
	case c.Serious, c.Unlisted:
		return c.OpenedAt + LegalSerious.Milliseconds()
	case c.Kind == CaseKindQuality:
		return c.OpenedAt + QualityWithin.Milliseconds()
	}
	return c.OpenedAt + LegalOther.Milliseconds()
}

// writeCases inserts or updates adverse event cases with what was said and done about them. What people did with a case stays: its words, its
// acknowledgement, its opening; once it was judged, seriousness is theirs too.
func (s *Store) writeCases(tx *gorm.DB, t *Turn) error {
	for _, c := range t.Cases {
		found, err := s.updateCase(tx, c)
		if err != nil {
			return err
		}
		if !found {
			if err := s.insertCase(tx, c, t.Journal.ReceivedAt); err != nil {
				return err
			}
		}
		if c.Status == CaseReported {
			if err := s.addCaseMoves(tx, CaseMove{CaseNo: c.No, Event: CaseEventComplete, Status: c.Status, Actor: c.Source, At: t.Journal.ReceivedAt}); err != nil {
				return err
			}
		}
	}
	if err := s.addCaseWords(tx, t.CaseWords...); err != nil {
		return err
	}
	return s.addCaseMoves(tx, t.CaseMoves...)
}

// updateCase writes what a turn knows of a case that is there.
func (s *Store) updateCase(tx *gorm.DB, c Case) (bool, error) {
	judged := func(column string, value any) any {
		return gorm.Expr("CASE WHEN verdict = '' THEN ? ELSE "+column+" END", value)
	}
	r := tx.Model(&Case{}).Where("no = ? AND doctor = ?", c.No, c.Doctor).UpdateColumns(map[string]any{
		"status":  gorm.Expr("CASE WHEN status IN ? THEN ? ELSE status END", []string{CaseOpen, CaseReported}, c.Status),
		"product": c.Product, "event": c.Event, "patient": c.Patient, "reporter": c.Reporter, "serious": judged("serious", c.Serious), "serious_how": c.SeriousHow,
		"onset": c.Onset, "fields": c.Fields, "complete": c.Complete, "due_at": c.DueAt, "updated_at": c.UpdatedAt,
		"death": judged("death", c.Death), "legal_at": judged("legal_at", c.ByLaw()),
	})
	return r.RowsAffected > 0, r.Error
}

// insertCase opens a case in a transaction: its row, the first row of its history, and the pause of promotion.
func (s *Store) insertCase(tx *gorm.DB, c Case, now int64) error {
	if c.Kind == "" {
		c.Kind = CaseKindEvent
	}
	if c.Source == "" {
		c.Source = CaseSourceDoctor
	}
	c.Account, c.LegalAt = s.Account(), c.ByLaw()
	if err := tx.Create(&c).Error; err != nil {
		return err
	}
	if err := s.addCaseMoves(tx, CaseMove{CaseNo: c.No, Event: CaseEventOpen, Status: CaseOpen, Actor: c.Source, At: orNow(c.OpenedAt, now)}); err != nil {
		return err
	}
	until := c.OpenedAt + FreezeAfterCase.Milliseconds()
	return tx.Model(&Doctor{}).Where("id = ? AND frozen_until < ?", c.Doctor, until).UpdateColumn("frozen_until", until).Error
}

// addCaseMoves numbers rows of cases' histories and writes them. The caller has written to the case's row, so that nobody else numbers at the same time.
func (s *Store) addCaseMoves(tx *gorm.DB, moves ...CaseMove) error {
	for _, m := range moves {
		n, err := lastOf(tx, &CaseMove{}, m.CaseNo)
		if err != nil {
			return fmt.Errorf("numbering case moves: %w", err)
		}
		m.N, m.Account, m.Reason = n+1, s.Account(), valid(m.Reason)
		if err := tx.Create(&m).Error; err != nil {
			return fmt.Errorf("writing case moves: %w", err)
		}
	}
	return nil
}

func (s *Store) addCaseWords(tx *gorm.DB, words ...CaseWord) error {
	for _, w := range words {
		n, err := lastOf(tx, &CaseWord{}, w.CaseNo)
		if err != nil {
			return fmt.Errorf("numbering words of a case: %w", err)
		}
		w.N, w.Account, w.Words = n+1, s.Account(), valid(w.Words)
		if err := tx.Create(&w).Error; err != nil {
			return fmt.Errorf("writing words of a case: %w", err)
		}
	}
	return nil
}

// lastOf is the highest number of a case's rows, read as they are now.
func lastOf(tx *gorm.DB, record any, no string) (int, error) {
	var n []int
	err := tx.Model(record).Where("case_no = ?", no).Order("n DESC").Limit(1).Clauses(clause.Locking{Strength: "UPDATE"}).Pluck("n", &n).Error
	if err != nil || len(n) == 0 {
		return 0, err
	}
	return n[0], nil
}
