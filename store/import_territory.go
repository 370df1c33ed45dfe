package store

import (
	"cmp"
	"fmt"
	"slices"
)

// movedTerritories are the rows whose territories are other than those that are kept.
func (in *intake) movedTerritories(batch []RepRow) ([]RepRow, error) {
	var kept []Territory
	ids := idsOf(batch, func(r RepRow) string { return r.UserID })
	if err := in.tx.Where("account = ? AND rep IN ?", in.s.Account(), ids).Find(&kept).Error; err != nil {
		return nil, fmt.Errorf("reading territories: %w", err)
	}
	of := map[string][]Territory{}
	for _, t := range kept {
		of[t.Rep] = append(of[t.Rep], t)
	}
	var moved []RepRow
	for _, r := range batch {
		if r.Territories == nil {
			continue
		}
		for i := range r.Territories {
			r.Territories[i].Rep, r.Territories[i].Account = r.UserID, in.s.Account()
		}
		r.Territories = sortedLands(r.Territories)
		if !slices.Equal(r.Territories, sortedLands(of[r.UserID])) {
			moved = append(moved, r)
		}
	}
	return moved, nil
}

// sortedLands puts territories into one order, each once.
func sortedLands(lands []Territory) []Territory {
	out := slices.Clone(lands)
	slices.SortFunc(out, func(a, b Territory) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value)) })
	return slices.Compact(out)
}

// writeTerritories replaces the territories of some reps.
func (in *intake) writeTerritories(rows []RepRow) error {
	if in.dry || len(rows) == 0 {
		return nil
	}
	var all []Territory
	for _, r := range rows {
		all = append(all, r.Territories...)
	}
	ids := idsOf(rows, func(r RepRow) string { return r.UserID })
	if err := in.tx.Where("account = ? AND rep IN ?", in.s.Account(), ids).Delete(&Territory{}).Error; err != nil {
		return fmt.Errorf("clearing territories: %w", err)
	}
	return insert(in.tx, all)
}
