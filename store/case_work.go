package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// CaseStep is one act of the safety desk on a case. Which act may follow which status is decided by package bot/safety.
type CaseStep struct {
	No     string
	From   string // status that the act rests on
	Event  string
	Status string // after the act
	Actor  string
	Reason string
	Words  string      // what the person heard about the case, "" = nothing
	Set    func(*Case) // further columns; may be nil
	Asks   *Approval   // what a second person is asked to agree with, by the person of the context; may be nil
}

// MoveCase does one act on a case, with its row of history and audit, or nothing. ErrNotFound; ErrMoved: the case is not in the status any more;
// whatever Set returns through the case is written, with the clock of the law worked out anew. What was asked of a second person before is withdrawn by
// an act that asks anew or needs nobody. ErrNoReason, ErrForbidden: see Propose.
func (s *Store) MoveCase(ctx context.Context, step CaseStep) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		c, err := s.lockCase(tx, step.No)
		if err != nil {
			return err
		}
		if c.Status != step.From {
			return ErrMoved
		}
		now := s.Now()
		if step.Set != nil {
			step.Set(&c)
		}
		if step.Status == CaseClosed {
			if c.Verdict != VerdictValid && (c.SecondBy == "" || c.SecondBy == c.ClosedBy) {
				return ErrSamePerson
			}
			c.ClosedAt = now
		}
		c.Status, c.UpdatedAt, c.LegalAt = step.Status, now, c.ByLaw()
		if err := tx.Model(&Case{}).Where("no = ?", c.No).Select("status", "updated_at", "legal_at", "verdict", "serious", "unlisted", "death", "kind", "product",
			"event", "patient", "reporter", "onset", "complete", "closed_at", "closed_by", "second_by", "acknowledged_at", "acknowledged_by", "reference").
			UpdateColumns(&c).Error; err != nil {
			return fmt.Errorf("moving case: %w", err)
		}
		if step.Words != "" {
			if err := s.addCaseWords(tx, CaseWord{CaseNo: c.No, Source: CaseSourcePerson, Actor: step.Actor, Words: step.Words, At: now}); err != nil {
				return err
			}
		}
		move := CaseMove{CaseNo: c.No, Event: step.Event, Status: step.Status, Actor: step.Actor, Reason: step.Reason, At: now}
		if err := s.addCaseMoves(tx, move); err != nil {
			return err
		}
		if err := s.audit(tx, Audit{Actor: step.Actor, Action: "case_" + step.Event, Object: "case:" + c.No}); err != nil {
			return err
		}
		return s.askAboutCase(ctx, tx, step)
	})
}

// askAboutCase withdraws what stands open about a judged case, and asks what the act asks.
func (s *Store) askAboutCase(ctx context.Context, tx *gorm.DB, step CaseStep) error {
	if step.From == CaseJudged && step.Status != CaseJudged || step.Asks != nil {
		open := map[string]any{"account": s.Account(), "kind": ActCaseClose, "object": step.No, "status": ApprovalOpen}
		ended := map[string]any{"status": ApprovalRefused, "decided_by": step.Actor, "decided_at": s.Now(), "verdict": valid(step.Reason)}
		if err := tx.Model(&Approval{}).Where(open).UpdateColumns(ended).Error; err != nil {
			return fmt.Errorf("withdrawing what was asked about a case: %w", err)
		}
	}
	if step.Asks == nil {
		return nil
	}
	_, err := s.Propose(joined(ctx, tx), *step.Asks)
	return err
}

// lockCase reads a case for a change; ErrNotFound.
func (s *Store) lockCase(tx *gorm.DB, no string) (Case, error) {
	var rows []Case
	q := tx.Where(map[string]any{"no": no, "account": s.Account()}).Clauses(clause.Locking{Strength: "UPDATE"})
	if err := q.Limit(1).Find(&rows).Error; err != nil {
		return Case{}, fmt.Errorf("reading case: %w", err)
	}
	if len(rows) == 0 {
		return Case{}, ErrNotFound
	}
	return rows[0], nil
}

// CaseFile is one case with its words and its history, oldest first.
type CaseFile struct {
	CaseRow
	Told    []CaseWord
	History []CaseMove
}

// CaseFile reads everything about one case; ErrNotFound.
func (s *Store) CaseFile(ctx context.Context, no string) (CaseFile, error) {
	row, err := s.Case(ctx, no)
	if err != nil {
		return CaseFile{}, err
	}
	f := CaseFile{CaseRow: row}
	if err := s.read(ctx).Where("case_no = ?", no).Order("n").Find(&f.Told).Error; err != nil {
		return CaseFile{}, fmt.Errorf("reading words of a case: %w", err)
	}
	if err := s.read(ctx).Where("case_no = ?", no).Order("n").Find(&f.History).Error; err != nil {
		return CaseFile{}, fmt.Errorf("reading moves of a case: %w", err)
	}
	return f, nil
}

// UrgentCases gives the cases that nobody has acknowledged and that cannot wait: somebody has died, or the time to look has passed. Oldest first.
func (s *Store) UrgentCases(ctx context.Context, limit int) ([]Case, error) {
	var rows []Case
	q := s.read(ctx).Where("account = ? AND acknowledged_at = 0 AND (death = ? OR due_at > 0 AND due_at < ?)", s.Account(), true, s.Now())
	if err := q.Order("opened_at").Order("no").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading urgent cases: %w", err)
	}
	return rows, nil
}

// AcknowledgeCase records that a person has taken the report. The first press counts; a later one changes nothing. The intake goes on undisturbed:
// status and time say who has it, not whether it is complete. ErrNotFound.
func (s *Store) AcknowledgeCase(ctx context.Context, no, actor string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		c, err := s.lockCase(tx, no)
		if err != nil || c.AcknowledgedAt > 0 {
			return err
		}
		now := s.Now()
		if err := tx.Model(&Case{}).Where("no = ?", no).UpdateColumns(map[string]any{
			"status": CaseAcknowledged, "acknowledged_at": now, "acknowledged_by": actor, "updated_at": now,
		}).Error; err != nil {
			return fmt.Errorf("acknowledging case: %w", err)
		}
		move := CaseMove{CaseNo: no, Event: "acknowledge", Status: CaseAcknowledged, Actor: actor, At: now}
		if err := s.addCaseMoves(tx, move); err != nil {
			return err
		}
		return s.audit(tx, Audit{Actor: actor, Action: "case_acknowledge", Object: "case:" + no})
	})
}
