package store

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// moveRows gives the rows of a doctor who never followed to another: tags, behaviours, leads, visits, what others were influenced to; table → number. What
// the other one has already, such as a tag or an open lead of the same kind, is not moved; what is derived is derived anew.
func (s *Store) moveRows(tx *gorm.DB, to, from string) (map[string]int64, error) {
	moved := map[string]int64{}
	for _, step := range []struct {
		table string
		do    func(tx *gorm.DB, to, from string) (int64, error)
	}{
		{"behaviours", moveBehaviours}, {"tags", moveTags}, {"leads", moveLeads},
		{"visits", moveAll(&Visit{})}, {"influences", moveInfluences}, {"transfers", moveTransfers}, {"changes", moveAll(&Change{})},
		{"attendances", moveAttendances}, {"meeting_items", moveAll(&MeetingItem{})},
	} {
		n, err := step.do(tx, to, from)
		if err != nil {
			return nil, fmt.Errorf("moving %s: %w", step.table, err)
		}
		if n > 0 {
			moved[step.table] = n
		}
	}
	for _, rest := range []any{&Tag{}, &Facets{}, &Score{}, &Super{}, &SuperMove{}} {
		if err := tx.Where("doctor = ?", from).Delete(rest).Error; err != nil {
			return nil, fmt.Errorf("emptying what is derived: %w", err)
		}
	}
	return moved, nil
}

func moveAll(record any) func(tx *gorm.DB, to, from string) (int64, error) {
	return func(tx *gorm.DB, to, from string) (int64, error) {
		done := tx.Model(record).Where("doctor = ?", from).UpdateColumn("doctor", to)
		return done.RowsAffected, done.Error
	}
}

// moveInfluences moves both sides: what the doctor helped to, and what others helped to about the doctor.
func moveInfluences(tx *gorm.DB, to, from string) (int64, error) {
	if err := tx.Model(&Influence{}).Where("other = ?", from).UpdateColumn("other", to).Error; err != nil {
		return 0, err
	}
	return moveAll(&Influence{})(tx, to, from)
}

// moveAttendances moves what the other one has not: whoever stands on both lists stays as the follower answered.
func moveAttendances(tx *gorm.DB, to, from string) (int64, error) {
	var has []string
	if err := tx.Model(&Attendance{}).Where("doctor = ?", to).Pluck("meeting", &has).Error; err != nil {
		return 0, err
	}
	done := tx.Model(&Attendance{}).Where("doctor = ? AND meeting NOT IN ?", from, append(has, "")).UpdateColumn("doctor", to)
	if done.Error != nil {
		return 0, done.Error
	}
	return done.RowsAffected, tx.Where("doctor = ?", from).Delete(&Attendance{}).Error
}

// moveTransfers lets what holds for the doctor who stays go on holding.
func moveTransfers(tx *gorm.DB, to, from string) (int64, error) {
	var holds int64
	if err := tx.Model(&Transfer{}).Where("hold_key = ?", to).Count(&holds).Error; err != nil {
		return 0, err
	}
	key := map[string]any{"hold_key": to}
	if holds > 0 {
		key["hold_key"] = nil
	}
	if err := tx.Model(&Transfer{}).Where("hold_key = ?", from).UpdateColumns(key).Error; err != nil {
		return 0, err
	}
	return moveAll(&Transfer{})(tx, to, from)
}

func moveTags(tx *gorm.DB, to, from string) (int64, error) {
	var has []string
	if err := tx.Model(&Tag{}).Where("doctor = ?", to).Pluck("tag", &has).Error; err != nil {
		return 0, err
	}
	done := tx.Model(&Tag{}).Where("doctor = ? AND tag NOT IN ?", from, append(has, "")).UpdateColumn("doctor", to)
	return done.RowsAffected, done.Error
}

func moveBehaviours(tx *gorm.DB, to, from string) (int64, error) {
	var has, rows []Behaviour
	if err := tx.Select("kind", "ref").Where("doctor = ?", to).Find(&has).Error; err != nil {
		return 0, err
	}
	if err := tx.Select("id", "kind", "ref").Where("doctor = ?", from).Find(&rows).Error; err != nil {
		return 0, err
	}
	var ids []int64
	for _, r := range rows {
		if !slices.ContainsFunc(has, func(h Behaviour) bool { return h.Kind == r.Kind && h.Ref == r.Ref }) {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	done := tx.Model(&Behaviour{}).Where("id IN ?", ids).UpdateColumn("doctor", to)
	return done.RowsAffected, done.Error
}

// moveLeads raises the version of each lead: whoever holds one that was read with the other doctor cannot write any more.
func moveLeads(tx *gorm.DB, to, from string) (int64, error) {
	var has, rows []Lead
	if err := tx.Select("kind", "open_key").Where("doctor = ? AND open_key IS NOT NULL", to).Find(&has).Error; err != nil {
		return 0, err
	}
	if err := tx.Select("id", "kind", "open_key").Where("doctor = ?", from).Order("id").Find(&rows).Error; err != nil {
		return 0, err
	}
	moved := int64(0)
	for _, l := range rows {
		set := map[string]any{"doctor": to, "version": gorm.Expr("version + 1")}
		if l.OpenKey != nil {
			if slices.ContainsFunc(has, func(h Lead) bool { return h.Kind == l.Kind }) {
				continue
			}
			set["open_key"] = LeadOpenKey(to, l.Kind)
		}
		if err := tx.Model(&Lead{}).Where("id = ?", l.ID).UpdateColumns(set).Error; err != nil {
			return 0, err
		}
		moved++
	}
	return moved, nil
}
