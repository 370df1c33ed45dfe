package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// JobClassify is the kind of the job that derives every doctor again after the rules have changed. Its detail is the hash of the rules.
const JobClassify = "classify"

// AddJob adds a job unless the newest one of its kind has the same detail. It tells whether it did. Several instances that see the same change add one.
func (s *Store) AddJob(ctx context.Context, kind, detail, actor string) (bool, error) {
	added := false
	err := s.tx(ctx, func(tx *gorm.DB) error {
		added = false
		last, err := newestJob(tx, s.Account(), kind)
		if err != nil || last.ID != "" && last.Detail == detail {
			return err
		}
		now := s.Now()
		j := Job{ID: newID("job", s.Account(), kind, detail, last.ID), Account: s.Account(), Kind: kind, Status: JobWaiting, Detail: detail, Actor: actor,
			At: max(now, last.At+1), UpdatedAt: now}
		if added, err = create(tx, &j); err != nil || !added {
			return err
		}
		stop := tx.Model(&Job{}).Where("account = ? AND kind = ? AND id <> ? AND status IN ?", s.Account(), kind, j.ID, []string{JobWaiting, JobRunning})
		return stop.UpdateColumns(map[string]any{"status": JobStopped, "done_at": now, "updated_at": now}).Error
	})
	if err != nil {
		return false, fmt.Errorf("adding a job: %w", err)
	}
	return added, nil
}

func newestJob(tx *gorm.DB, account, kind string) (Job, error) {
	var rows []Job
	if err := tx.Where("account = ? AND kind = ?", account, kind).Order("at DESC").Limit(1).Find(&rows).Error; err != nil {
		return Job{}, err
	}
	if len(rows) == 0 {
		return Job{}, nil
	}
	return rows[0], nil
}

// ClaimJob takes the open job of a kind and detail, or goes on with one that its instance has left. Its position says where. nil = there is none.
func (s *Store) ClaimJob(ctx context.Context, kind, detail string, lease time.Duration) (*Job, error) {
	var claimed *Job
	err := s.tx(ctx, func(tx *gorm.DB) error {
		claimed = nil
		now := s.Now()
		open := []string{JobWaiting, JobRunning}
		var rows []Job
		q := tx.Where("account = ? AND kind = ? AND detail = ? AND status IN ?", s.Account(), kind, detail, open)
		if err := q.Where("owner = ? OR claim_until <= ?", s.opt.Instance, now).Order("at DESC").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		j := rows[0]
		if j.Total == 0 {
			var n int64
			if err := tx.Model(&Doctor{}).Where("account = ?", s.Account()).Count(&n).Error; err != nil {
				return err
			}
			j.Total = int(n)
		}
		won := tx.Model(&Job{}).Where("id = ? AND owner = ? AND claim_until = ? AND status = ?", j.ID, j.Owner, j.Until, j.Status)
		j.Status, j.Owner, j.Until, j.UpdatedAt = JobRunning, s.opt.Instance, now+lease.Milliseconds(), now
		won = won.UpdateColumns(map[string]any{"status": j.Status, "owner": j.Owner, "claim_until": j.Until, "total": j.Total, "updated_at": now})
		if won.Error == nil && won.RowsAffected == 1 {
			claimed = &j
		}
		return won.Error
	})
	if err != nil {
		return nil, fmt.Errorf("claiming a job: %w", err)
	}
	return claimed, nil
}

// SaveJob writes how far a claimed job has come; with Status done it ends. ErrMoved: another instance has it, or it was stopped.
func (s *Store) SaveJob(ctx context.Context, j Job) error {
	now := s.Now()
	set := map[string]any{"status": j.Status, "done": j.Done, "changed": j.Changed, "position": j.Position, "updated_at": now}
	if j.Status != JobRunning {
		set["done_at"], set["claim_until"] = now, 0
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		won := tx.Model(&Job{}).Where("id = ? AND owner = ? AND status = ?", j.ID, s.opt.Instance, JobRunning).UpdateColumns(set)
		if won.Error == nil && won.RowsAffected == 0 {
			return ErrMoved
		}
		return won.Error
	})
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return nil
}

// Jobs lists the newest jobs of a kind, newest first.
func (s *Store) Jobs(ctx context.Context, kind string, n int) ([]Job, error) {
	var rows []Job
	if err := s.read(ctx).Where("account = ? AND kind = ?", s.Account(), kind).Order("at DESC").Limit(n).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading jobs: %w", err)
	}
	return rows, nil
}

// DoctorIDs lists ids of doctors, by id, after a given one; for a person, of those that count for them.
func (s *Store) DoctorIDs(ctx context.Context, after string, n int) ([]string, error) {
	var ids []string
	q, err := s.withinCount(ctx, s.read(ctx).Model(&Doctor{}).Where("account = ? AND id > ?", s.Account(), after), "doctors.id")
	if err != nil {
		return nil, err
	}
	if err := q.Order("id").Limit(n).Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("listing doctors: %w", err)
	}
	return ids, nil
}

// CountAllDoctors counts the doctors; for a person, those that count for them.
func (s *Store) CountAllDoctors(ctx context.Context) (int, error) {
	var n int64
	q, err := s.withinCount(ctx, s.read(ctx).Model(&Doctor{}).Where("account = ?", s.Account()), "doctors.id")
	if err != nil {
		return 0, err
	}
	if err := q.Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting doctors: %w", err)
	}
	return int(n), nil
}

// HoldDoctors puts doctors off by the lease, as ClaimRefresh does with those that are due: whoever derives one of them at this moment does not write it.
func (s *Store) HoldDoctors(ctx context.Context, ids []string, lease time.Duration) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		return tx.Model(&Doctor{}).Where("id IN ?", ids).UpdateColumn("refresh_at", s.Now()+lease.Milliseconds()).Error
	})
	if err != nil {
		return fmt.Errorf("claiming doctors: %w", err)
	}
	return nil
}
