package store

import (
	"context"
	"fmt"
)

// PoolRow is a verified doctor whom nobody looks after.
type PoolRow struct {
	Charge
	Who   Doctor `gorm:"-"`
	Since int64  // since when, unix ms
	Cause string // see the Alone constants
	Asked string // proposal that waits, "" = none
}

// Why nobody looks after a doctor.
const (
	AloneLeft    = "left"    // the rep is out of work
	AloneRefused = "refused" // by the doctor
	AlonePool    = "pool"    // never had anybody
)

// alone finds verified doctors whom nobody looks after: those who refused their rep, those whose rep is out of work, and those who never had one. The time is the
// refusal's, the departure's, or the verification's.
const alone = `SELECT d.id AS doctor,
	CASE WHEN h.status = 'refused' THEN h.answered_at WHEN f.owner <> '' THEN COALESCE(o.at, d.verified_at) ELSE d.verified_at END AS since,
	CASE WHEN h.status = 'refused' THEN 'refused' WHEN f.owner <> '' THEN 'left' ELSE 'pool' END AS cause,
	COALESCE((SELECT MIN(p.id) FROM transfers p WHERE p.doctor = d.id AND p.status = 'proposed'), '') AS asked
	FROM doctors d JOIN facets f ON f.doctor = d.id LEFT JOIN transfers h ON h.hold_key = d.id
	LEFT JOIN reps r ON r.user_id = f.owner AND r.account = d.account
	LEFT JOIN (SELECT rep, MAX(at) AS at FROM departures WHERE account = ? GROUP BY rep) o ON o.rep = f.owner
	WHERE d.account = ? AND d.level = ? AND d.merged_into = '' AND (f.owner = '' OR r.user_id IS NULL OR r.active = ?) AND COALESCE(h.answer, '') <> 'none'`

// Pool lists the verified doctors without a rep whom the person of the context may see, super customers first, then those who wait longest, at most limit, and
// how many there are; of some causes only, when they are named. Who wants no rep is not in it.
func (s *Store) Pool(ctx context.Context, limit int, causes ...string) ([]PoolRow, int64, error) {
	q := s.read(ctx).Table("("+alone+") AS doctors_alone", s.Account(), s.Account(), LevelVerified, false)
	if len(causes) > 0 {
		q = q.Where("doctors_alone.cause IN ?", causes)
	}
	q, err := s.within(ctx, q, "doctors_alone.doctor")
	if err != nil {
		return nil, 0, err
	}
	var rows []PoolRow
	if err := q.Select("*").Order("since").Order("doctor").Scan(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("reading doctors without a rep: %w", err)
	}
	all := int64(len(rows))
	rows, err = s.poolTiers(ctx, rows, limit)
	return rows, all, err
}

// poolTiers puts super customers first and reads whom the rows are about.
func (s *Store) poolTiers(ctx context.Context, rows []PoolRow, limit int) ([]PoolRow, error) {
	ids, at := make([]string, len(rows)), make(map[string]PoolRow, len(rows))
	for i, r := range rows {
		ids[i], at[r.Doctor] = r.Doctor, r
	}
	var top []string
	supers := s.read(ctx).Model(&Super{}).Where("account = ? AND status = ?", s.Account(), SuperConfirmed).Distinct().Order("doctor")
	if err := supers.Pluck("doctor", &top).Error; err != nil {
		return nil, fmt.Errorf("reading super customers: %w", err)
	}
	first := make(map[string]bool, len(top))
	var order []string
	for _, id := range top {
		if _, ok := at[id]; ok {
			first[id] = true
			order = append(order, id)
		}
	}
	for _, id := range ids {
		if !first[id] {
			order = append(order, id)
		}
	}
	order = order[:min(limit, len(order))]
	who, err := s.doctorsByID(ctx, order)
	if err != nil {
		return nil, err
	}
	stands, err := s.charges(ctx, order)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Charge, len(stands))
	for _, c := range stands {
		byID[c.Doctor] = c
	}
	out := make([]PoolRow, len(order))
	for i, id := range order {
		out[i] = at[id]
		out[i].Charge, out[i].Who = byID[id], who[id]
	}
	return out, nil
}

// TellManagers writes notices for managers; one whose ID says the same as an earlier one's is not written again. Account, Team and At are filled in.
func (s *Store) TellManagers(ctx context.Context, rows []Notice) error {
	for i := range rows {
		rows[i].ID, rows[i].Account, rows[i].Team, rows[i].At = newID("notice", rows[i].ID), s.Account(), TeamManager, s.Now()
	}
	if err := insertNew(s.writer.WithContext(ctx), rows); err != nil {
		return fmt.Errorf("telling managers: %w", err)
	}
	return nil
}
