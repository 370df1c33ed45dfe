package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
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
const alone = `SELECT d.id AS doctor, CASE WHEN t.doctor IS NULL THEN 1 ELSE 0 END AS rank_no,
	CASE WHEN h.status = 'refused' THEN h.answered_at WHEN f.owner <> '' THEN COALESCE(o.at, d.verified_at) ELSE d.verified_at END AS since,
	CASE WHEN h.status = 'refused' THEN 'refused' WHEN f.owner <> '' THEN 'left' ELSE 'pool' END AS cause
	FROM doctors d JOIN facets f ON f.doctor = d.id LEFT JOIN (SELECT DISTINCT doctor FROM supers WHERE account = ? AND status = 'confirmed') t ON t.doctor = d.id LEFT JOIN transfers h ON h.hold_key = d.id
	LEFT JOIN reps r ON r.user_id = f.owner AND r.account = d.account
	LEFT JOIN (SELECT rep, MAX(at) AS at FROM departures WHERE account = ? GROUP BY rep) o ON o.rep = f.owner
	WHERE d.account = ? AND d.level = ? AND d.merged_into = '' AND (f.owner = '' OR r.user_id IS NULL OR r.active = ?) AND COALESCE(h.answer, '') <> 'none'`

// Pool lists the verified doctors without a rep whom the person of the context may see, super customers first, then those who wait longest, at most limit, and
// how many there are; of some causes only, when they are named. Who wants no rep is not in it.
func (s *Store) Pool(ctx context.Context, limit int, causes ...string) ([]PoolRow, int64, error) {
	q := s.read(ctx).Table("("+alone+") AS doctors_alone", s.Account(), s.Account(), s.Account(), LevelVerified, false)
	if len(causes) > 0 {
		q = q.Where("doctors_alone.cause IN ?", causes)
	}
	q, err := s.within(ctx, q, "doctors_alone.doctor")
	if err != nil {
		return nil, 0, err
	}
	q = q.Session(&gorm.Session{})
	var all int64
	if err := q.Count(&all).Error; err != nil {
		return nil, 0, fmt.Errorf("counting doctors without a rep: %w", err)
	}
	var rows []PoolRow
	if err := q.Select("doctor, since, cause").Order("rank_no").Order("since").Order("doctor").Limit(limit).Scan(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("reading doctors without a rep: %w", err)
	}
	return rows, all, s.fillPool(ctx, rows)
}

// fillPool reads whom rows are about, how they stand and what was proposed about them already.
func (s *Store) fillPool(ctx context.Context, rows []PoolRow) error {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Doctor
	}
	who, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return err
	}
	stands, err := s.charges(ctx, ids)
	if err != nil {
		return err
	}
	var open []Transfer
	if err := s.read(ctx).Where("doctor IN ? AND status = ?", ids, TransferProposed).Order("id DESC").Find(&open).Error; err != nil {
		return fmt.Errorf("reading proposals: %w", err)
	}
	byID, asked := make(map[string]Charge, len(stands)), make(map[string]string, len(open))
	for _, c := range stands {
		byID[c.Doctor] = c
	}
	for _, t := range open {
		asked[t.Doctor] = t.ID
	}
	for i := range rows {
		id := rows[i].Doctor
		rows[i].Charge, rows[i].Who, rows[i].Asked = byID[id], who[id], asked[id]
	}
	return nil
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
