package store

import (
	"context"
	"fmt"
)

// Twin is two records that may be one.
type Twin struct {
	A, B Doctor
	Same string // what they have in common: person (name, hospital, department), name (name and hospital)
}

// twinsQuery compares doctors of master data with whoever has the same name in the same hospital. Two followers are never one.
const twinsQuery = `
SELECT a.id AS a, b.id AS b, CASE WHEN a.department = b.department THEN 'person' ELSE 'name' END AS same
  FROM doctors a JOIN doctors b ON b.account = a.account AND b.name = a.name AND b.hospital = a.hospital AND b.merged_into = ''
 WHERE a.account = ? AND a.name <> '' AND a.hospital <> '' AND a.merged_into = '' AND a.open_id = '' AND a.master_key IS NOT NULL
   AND (b.open_id <> '' OR b.master_key IS NOT NULL AND a.id < b.id)
 ORDER BY CASE WHEN a.department = b.department THEN 0 ELSE 1 END, a.name, a.id, b.id
 LIMIT ?`

// Twins lists pairs of doctors who may be one person, the likeliest first: at least one is of master data and does not
// follow. The person of the context may see both.
func (s *Store) Twins(ctx context.Context, limit int) ([]Twin, error) {
	var pairs []struct{ A, B, Same string }
	if err := s.read(ctx).Raw(twinsQuery, s.Account(), limit).Scan(&pairs).Error; err != nil {
		return nil, fmt.Errorf("looking for doubles: %w", err)
	}
	var ids []string
	for _, p := range pairs {
		ids = append(ids, p.A, p.B)
	}
	who, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Twin, 0, len(pairs))
	for _, p := range pairs {
		a, seesA := who[p.A]
		b, seesB := who[p.B]
		if seesA && seesB {
			out = append(out, Twin{A: a, B: b, Same: p.Same})
		}
	}
	return out, nil
}

// HospitalTwins lists pairs of hospitals of the same name in the same province, or one of whose other names is the name of the other, at most limit.
func (s *Store) HospitalTwins(ctx context.Context, limit int) ([][2]Hospital, error) {
	all, err := s.Hospitals(ctx)
	if err != nil {
		return nil, err
	}
	first := map[string]int{}
	var out [][2]Hospital
	seen := map[[2]int]bool{}
	for i, h := range all {
		for _, name := range h.Names() {
			key := h.Province + "\x00" + name
			j, known := first[key]
			if !known {
				first[key] = i
				continue
			}
			if pair := [2]int{j, i}; j != i && !seen[pair] && len(out) < limit && (all[j].Name == name || h.Name == name) {
				seen[pair] = true
				out = append(out, [2]Hospital{all[j], h})
			}
		}
	}
	return out, nil
}
