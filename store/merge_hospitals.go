package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// MergeHospitals makes one hospital of two, in one transaction: the names of the one that goes become other names of the one kept, and doctors, territories
// and access states go over; where both have an access state, that of the one kept stays. The one that went stays as a row that points to the other.
// ErrMerge: the same hospital, or one was merged before. ErrNotFound.
func (s *Store) MergeHospitals(ctx context.Context, kept, gone, how, actor string) (Merge, error) {
	m := Merge{Kind: MergeHospital, Kept: kept, Gone: gone, How: how, Actor: actor}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		a, b, err := s.hospitalPair(tx, kept, gone)
		if err != nil {
			return err
		}
		at, err := s.hospitalClock(tx)
		if err != nil {
			return err
		}
		names := slices.DeleteFunc(append(a.Names(), b.Names()...), func(n string) bool { return n == a.Name })
		slices.Sort(names)
		aliases, err := json.Marshal(slices.Compact(names))
		if err != nil {
			return fmt.Errorf("encoding names: %w", err)
		}
		detail := mergeDetail{Name: b.Name, Moved: map[string]int64{}}
		if err := s.moveDoctors(tx, a, b, &detail); err != nil {
			return err
		}
		if err := s.moveAccess(tx, a.ID, b.ID, &detail); err != nil {
			return err
		}
		set := map[string]any{"aliases": string(aliases), "updated_at": at}
		if err := tx.Model(&Hospital{}).Where("id = ?", a.ID).UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("writing hospital: %w", err)
		}
		set = map[string]any{"merged_into": a.ID, "updated_at": at}
		if err := tx.Model(&Hospital{}).Where("id = ?", b.ID).UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("writing hospital: %w", err)
		}
		text, err := json.Marshal(detail)
		if err != nil {
			return fmt.Errorf("encoding detail: %w", err)
		}
		m.Detail = string(text)
		if err := s.addMerge(tx, m); err != nil {
			return err
		}
		return s.audit(tx, Audit{Actor: actor, Action: "merge_hospitals", Object: "hospital:" + kept, Detail: gone + " " + how})
	})
	if err != nil {
		return Merge{}, fmt.Errorf("merging hospitals: %w", err)
	}
	return m, nil
}

func (s *Store) hospitalPair(tx *gorm.DB, kept, gone string) (a, b Hospital, err error) {
	var rows []Hospital
	q := tx.Where("account = ? AND id IN ?", s.Account(), []string{kept, gone}).Order("id").Clauses(clause.Locking{Strength: "UPDATE"})
	if err := q.Find(&rows).Error; err != nil {
		return a, b, fmt.Errorf("reading hospitals: %w", err)
	}
	if kept == gone {
		return a, b, fmt.Errorf("%w: it is one hospital", ErrMerge)
	}
	if len(rows) < 2 {
		return a, b, ErrNotFound
	}
	a, b = rows[0], rows[1]
	if a.ID != kept {
		a, b = b, a
	}
	if a.MergedInto != "" || b.MergedInto != "" {
		return a, b, fmt.Errorf("%w: one was merged before", ErrMerge)
	}
	return a, b, nil
}

// moveDoctors lets the doctors of one hospital, and the reps who look after it, belong to another.
func (s *Store) moveDoctors(tx *gorm.DB, a, b Hospital, detail *mergeDetail) error {
	var ids []string
	if err := tx.Model(&Doctor{}).Where("account = ? AND hospital = ?", s.Account(), b.ID).Order("id").Pluck("id", &ids).Error; err != nil {
		return fmt.Errorf("reading doctors: %w", err)
	}
	detail.Doctors = ids
	now := s.Now()
	for part := range slices.Chunk(ids, rowsPerStatement) {
		set := map[string]any{"hospital": a.ID, "hospital_name": a.Name, "version": gorm.Expr("version + 1"), "refresh_at": now, "updated_at": now}
		if err := tx.Model(&Doctor{}).Where("id IN ?", part).UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("moving doctors: %w", err)
		}
		value, err := json.Marshal(a.ID)
		if err != nil {
			return fmt.Errorf("encoding hospital: %w", err)
		}
		obs := make([]Observation, len(part))
		for i, id := range part {
			obs[i] = Observation{
				Doctor: id, Field: fieldHospital, Account: s.Account(), Value: string(value), Label: a.Name, Source: SourceConsole,
				Ref: "merge:" + b.ID, Confidence: 100, At: now,
			}
		}
		if _, err := s.observe(tx, obs, nil); err != nil {
			return err
		}
	}
	var lands []Territory
	where := map[string]any{"account": s.Account(), "kind": TerritoryHospital, "value": b.ID}
	if err := tx.Where(where).Find(&lands).Error; err != nil {
		return fmt.Errorf("reading territories: %w", err)
	}
	if err := tx.Where(where).Delete(&Territory{}).Error; err != nil {
		return fmt.Errorf("moving territories: %w", err)
	}
	for i := range lands {
		lands[i].Value = a.ID
	}
	detail.Moved["territories"] = int64(len(lands))
	return insertNew(tx, lands)
}

// fieldHospital is the portrait field that names the hospital.
const fieldHospital = "hospital"

// moveAccess gives the access states of one hospital to another that has none for the product.
func (s *Store) moveAccess(tx *gorm.DB, to, from string, detail *mergeDetail) error {
	var rows, has []HospitalAccess
	if err := tx.Where("hospital = ?", from).Order("product").Find(&rows).Error; err != nil {
		return fmt.Errorf("reading access: %w", err)
	}
	if err := tx.Where("hospital = ?", to).Find(&has).Error; err != nil {
		return fmt.Errorf("reading access: %w", err)
	}
	detail.Access = rows
	for _, r := range rows {
		if slices.ContainsFunc(has, func(h HospitalAccess) bool { return h.Product == r.Product }) {
			continue
		}
		r.Hospital, r.UpdatedAt = to, s.Now()
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("moving access: %w", err)
		}
	}
	if err := tx.Where("hospital = ?", from).Delete(&HospitalAccess{}).Error; err != nil {
		return fmt.Errorf("moving access: %w", err)
	}
	return nil
}
