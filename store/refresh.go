package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// refresh marks doctors whose tags, classes and scores are to be derived again. Whoever changes what rules look at (answers, visits, imports, behaviours,
// consents) calls it in the same transaction.
func (s *Store) refresh(tx *gorm.DB, doctors ...string) error {
	if len(doctors) == 0 {
		return nil
	}
	now := s.Now()
	err := tx.Model(&Doctor{}).Where("id IN ? AND (refresh_at = 0 OR refresh_at > ?)", doctors, now).UpdateColumn("refresh_at", now).Error
	if err != nil {
		return fmt.Errorf("marking doctors to refresh: %w", err)
	}
	return nil
}

// Due is a doctor to be derived again. At is the mark that the claim has set: it fences the writing.
type Due struct {
	Doctor string
	At     int64
}

// ClaimRefresh takes doctors whose time has come, the longest waiting first, at most n. A claim puts a doctor off by the lease, so that no other instance
// takes it and a process that dies loses nothing; SaveDerived writes the next time.
func (s *Store) ClaimRefresh(ctx context.Context, n int, lease time.Duration) ([]Due, error) {
	now := s.Now()
	var due []Doctor
	q := s.read(ctx).Select("id", "refresh_at").Where("account = ? AND refresh_at > 0 AND refresh_at <= ?", s.Account(), now)
	if err := q.Order("refresh_at").Limit(n).Find(&due).Error; err != nil {
		return nil, fmt.Errorf("looking for doctors to refresh: %w", err)
	}
	if len(due) == 0 {
		return nil, nil
	}
	var claimed []Due
	err := s.tx(ctx, func(tx *gorm.DB) error {
		claimed = nil
		for _, d := range due {
			won := tx.Model(&Doctor{}).Where("id = ? AND refresh_at = ?", d.ID, d.RefreshAt).UpdateColumn("refresh_at", now+lease.Milliseconds())
			if won.Error != nil {
				return won.Error
			}
			if won.RowsAffected == 1 {
				claimed = append(claimed, Due{Doctor: d.ID, At: now + lease.Milliseconds()})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claiming doctors to refresh: %w", err)
	}
	return claimed, nil
}

// Derived is what was derived about one doctor, written as a whole.
type Derived struct {
	Doctor  string
	Mark    int64 // Doctor.RefreshAt of the dossier that it was derived from
	NextAt  int64 // when time alone changes something; 0 = never
	Gone    bool  // erased, or found to be another doctor: no row stays
	Facets  Facets
	Ratings []Rating // of all products
	Tags    []Tag    // put on, or taken off by RemovedAt
	Scores  []Score
	Changes []Change // not written before
}

// errMarked: the doctor was marked again since the dossier was read, so that what was derived from it is old.
var errMarked = errors.New("store: marked again")

// SaveDerived writes what was derived about doctors in one transaction and tells how many were written. A doctor who was marked again since the dossier was
// read is left out: it is due already.
func (s *Store) SaveDerived(ctx context.Context, all []Derived) (int, error) {
	saved := 0
	err := s.tx(ctx, func(tx *gorm.DB) error {
		saved = 0
		for i := range all {
			switch err := s.saveDerived(tx, &all[i]); {
			case errors.Is(err, errMarked):
			case err != nil:
				return err
			default:
				saved++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("writing what was derived: %w", err)
	}
	return saved, nil
}

func (s *Store) saveDerived(tx *gorm.DB, d *Derived) error {
	set := map[string]any{"refresh_at": d.NextAt}
	if len(d.Tags) > 0 { // the live conversation carries the tags
		set["version"] = gorm.Expr("version + 1")
	}
	won := tx.Model(&Doctor{}).Where("id = ? AND account = ? AND refresh_at = ?", d.Doctor, s.Account(), d.Mark).UpdateColumns(set)
	if won.Error != nil {
		return won.Error
	}
	if won.RowsAffected == 0 {
		return errMarked
	}
	if d.Gone {
		return errors.Join(tx.Where("doctor = ?", d.Doctor).Delete(&Facets{}).Error, tx.Where("doctor = ?", d.Doctor).Delete(&Rating{}).Error)
	}
	s.complete(d)
	over := tx.Clauses(clause.OnConflict{UpdateAll: true})
	if err := over.Create(&d.Facets).Error; err != nil {
		return err
	}
	if len(d.Ratings) > 0 {
		if err := over.Create(&d.Ratings).Error; err != nil {
			return err
		}
	}
	if err := upsert(tx, d.Tags, []string{"source", "ref", "at", "removed_at", "expires_at", "confidence", "detail"}); err != nil {
		return err
	}
	if err := upsert(tx, d.Scores, scoreColumns); err != nil {
		return err
	}
	return insert(tx, d.Changes)
}

// complete fills account and time of all rows.
func (s *Store) complete(d *Derived) {
	account, now := s.Account(), s.Now()
	d.Facets.Doctor, d.Facets.Account, d.Facets.UpdatedAt = d.Doctor, account, now
	for i := range d.Ratings {
		r := &d.Ratings[i]
		r.Doctor, r.Account, r.UpdatedAt = d.Doctor, account, now
	}
	for i := range d.Tags {
		d.Tags[i].Doctor, d.Tags[i].Account = d.Doctor, account
	}
	for i := range d.Scores {
		d.Scores[i].Doctor, d.Scores[i].Account = d.Doctor, account
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		c.Doctor, c.Account, c.At, c.ID = d.Doctor, account, orNow(c.At, now), 0
	}
}
