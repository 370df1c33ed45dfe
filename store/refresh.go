package store

import (
	"context"
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
	Doctor       string
	Mark         int64 // Doctor.RefreshAt of the dossier that it was derived from
	NextAt       int64 // when time alone changes something; 0 = never
	Gone         bool  // erased, found to be another doctor, or not to be classed any more: no row stays; tags and observations that end are written
	Facets       Facets
	Ratings      []Rating // of all products
	Tags         []Tag    // put on, or taken off by RemovedAt
	Scores       []Score
	Changes      []Change      // not written before
	Leads        []Lead        // written unless one of the kind is open
	Observations []Observation // what behaviour says about the doctor
	Supers       []Super       // that differ from what stands
	SupersGone   []string      // products of which the doctor is nothing to look at any more
	SuperMoves   []SuperMove
	Carried      bool // something that a live conversation carries has changed: grades, classes
}

// SaveDerived writes what was derived about doctors in one transaction and tells how many were written. A doctor who was marked again since the dossier was
// read is left out: it is due already.
func (s *Store) SaveDerived(ctx context.Context, all []Derived) (int, error) {
	saved := 0
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var fresh []*Derived
		for i := range all {
			won, err := s.fence(tx, &all[i])
			if err != nil {
				return err
			}
			if won {
				fresh = append(fresh, &all[i])
			}
		}
		saved = len(fresh)
		return s.writeDerived(tx, fresh)
	})
	if err != nil {
		return 0, fmt.Errorf("writing what was derived: %w", err)
	}
	return saved, nil
}

// fence sets the doctor's next time; false: the doctor was marked again since the dossier was read, and what was derived from it is old.
func (s *Store) fence(tx *gorm.DB, d *Derived) (bool, error) {
	set := map[string]any{"refresh_at": d.NextAt}
	if len(d.Tags) > 0 || len(d.Observations) > 0 || d.Carried { // a turn that decided without them decides again
		set["version"] = gorm.Expr("version + 1")
	}
	won := tx.Model(&Doctor{}).Where("id = ? AND account = ? AND refresh_at = ?", d.Doctor, s.Account(), d.Mark).UpdateColumns(set)
	return won.RowsAffected > 0, won.Error
}

// writeDerived writes the rows of all doctors, one statement for each table.
func (s *Store) writeDerived(tx *gorm.DB, all []*Derived) error {
	var gone []string
	var facets []Facets
	var ratings []Rating
	var tags []Tag
	var scores []Score
	var leads []Lead
	var changes []Change
	var said []Observation
	for _, d := range all {
		s.complete(d)
		if d.Gone {
			gone, tags, said = append(gone, d.Doctor), append(tags, d.Tags...), append(said, d.Observations...)
			continue
		}
		facets, ratings, tags = append(facets, d.Facets), append(ratings, d.Ratings...), append(tags, d.Tags...)
		scores, leads, changes = append(scores, d.Scores...), append(leads, d.Leads...), append(changes, d.Changes...)
		said = append(said, d.Observations...)
	}
	if len(gone) > 0 {
		for _, record := range []any{&Facets{}, &Rating{}, &Score{}, &Super{}} {
			if err := tx.Where("doctor IN ?", gone).Delete(record).Error; err != nil {
				return err
			}
		}
	}
	everything := func() *gorm.DB { return tx.Clauses(clause.OnConflict{UpdateAll: true}) }
	return firstOf(
		func() error { return insert(everything(), facets) },
		func() error { return insert(everything(), ratings) },
		func() error { return upsert(tx, tags, tagColumns) },
		func() error { return upsert(tx, scores, scoreColumns) },
		func() error { return writeLeads(tx, leads) },
		func() error { return insert(tx, changes) },
		func() error { return s.writeSupers(tx, all) },
		func() error {
			_, err := s.observe(tx, said, nil)
			return err
		},
	)
}

// complete fills account and time of all rows.
func (s *Store) complete(d *Derived) {
	account, now := s.Account(), s.Now()
	d.Facets.Doctor, d.Facets.Account, d.Facets.UpdatedAt = d.Doctor, account, now
	d.Facets.Since = orNow(d.Facets.Since, now)
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
	for i := range d.Leads {
		d.Leads[i].Doctor = d.Doctor
		completeLead(&d.Leads[i], account, now)
	}
	for i := range d.Supers {
		r := &d.Supers[i]
		found := r.Read()
		r.Doctor, r.Account, r.UpdatedAt, r.Version, r.Lenses = d.Doctor, account, now, max(r.Version, 1), found.short()
	}
	for i := range d.SuperMoves {
		d.SuperMoves[i].Doctor = d.Doctor
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		c.Doctor, c.Account, c.At, c.ID = d.Doctor, account, orNow(c.At, now), 0
	}
}
