package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// takeoverPart is how many doctors are written in one transaction: others must not wait long.
const takeoverPart = 500

// Takeover returns how far the followers that the account had before were taken over; the zero value when it was never begun.
func (s *Store) Takeover(ctx context.Context) (Takeover, error) {
	var rows []Takeover
	if err := s.read(ctx).Where(map[string]any{"account": s.Account()}).Limit(1).Find(&rows).Error; err != nil {
		return Takeover{}, fmt.Errorf("reading takeover: %w", err)
	}
	if len(rows) == 0 {
		return Takeover{}, nil
	}
	return rows[0], nil
}

// NextFollower is the openid after which the list of followers goes on; "" when it begins, or begins anew because that doctor was erased.
func (s *Store) NextFollower(ctx context.Context, at Takeover) (string, error) {
	if at.NextDoctor == "" {
		return "", nil
	}
	var ids []string
	mine := map[string]any{"id": at.NextDoctor, "account": s.Account()}
	if err := s.read(ctx).Model(&Doctor{}).Where(mine).Limit(1).Pluck("open_id", &ids).Error; err != nil {
		return "", fmt.Errorf("reading takeover: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}

// TakeFollowers writes one page of the platform's list of followers: a doctor for everyone who is not known yet, nothing else. Who is known stays as he
// is, and who was erased does not come back by an old list, because his row stays. at is how far it was when the page was asked for, and next the openid
// after which the list goes on, "" at its end. Written twice, a page changes nothing the second time; of two instances that write the same page, one
// moves on.
func (s *Store) TakeFollowers(ctx context.Context, at Takeover, openIDs []string, next string, total int64) error {
	for part := range slices.Chunk(openIDs, takeoverPart) {
		doctors := make([]Doctor, len(part))
		for i, openID := range part { // CreatedAt 0: nobody knows since when, and nobody came today
			doctors[i] = Doctor{ID: DoctorID(s.Account(), openID), Account: s.Account(), OpenID: openID, Phase: PhaseIdle, Followed: true, UpdatedAt: s.Now()}
		}
		if err := s.tx(ctx, func(tx *gorm.DB) error { return insertNew(tx, doctors) }); err != nil {
			return fmt.Errorf("writing followers: %w", err)
		}
	}
	err := s.tx(ctx, func(tx *gorm.DB) error { return s.moveTakeover(tx, at, at.Done+int64(len(openIDs)), next, total) })
	if err != nil {
		return fmt.Errorf("writing takeover: %w", err)
	}
	return nil
}

func (s *Store) moveTakeover(tx *gorm.DB, at Takeover, done int64, next string, total int64) error {
	now := s.Now()
	if err := insertNew(tx, []Takeover{{Account: s.Account(), StartedAt: now}}); err != nil {
		return err
	}
	set := map[string]any{"next_doctor": "", "total": total, "done": done, "finished_at": now}
	if next != "" {
		set["next_doctor"], set["finished_at"] = DoctorID(s.Account(), next), 0
	}
	here := map[string]any{"account": s.Account(), "next_doctor": at.NextDoctor, "finished_at": 0}
	return tx.Model(&Takeover{}).Where(here).UpdateColumns(set).Error
}
