package store

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// jobRebuild is the kind of a job that rebuilds portraits.
const jobRebuild = "rebuild"

// rebuildLease is how long a rebuilding that gives no sign of life keeps others out.
const rebuildLease = time.Minute

// OpenRebuild takes up the rebuilding that was broken off, or begins one. ErrMoved: somebody is at it.
func (s *Store) OpenRebuild(ctx context.Context, actor string) (Job, error) {
	now := s.Now()
	var open []Job
	q := s.read(ctx).Where("account = ? AND kind = ? AND status = ?", s.Account(), jobRebuild, JobRunning)
	if err := q.Order("at").Limit(1).Find(&open).Error; err != nil {
		return Job{}, fmt.Errorf("looking for a rebuilding: %w", err)
	}
	until := now + rebuildLease.Milliseconds()
	if len(open) > 0 {
		j := open[0]
		won := s.writer.WithContext(ctx).Model(&Job{}).Where("id = ? AND status = ? AND claim_until <= ?", j.ID, JobRunning, now).
			UpdateColumns(map[string]any{"owner": s.opt.Instance, "claim_until": until, "updated_at": now})
		if won.Error != nil {
			return Job{}, fmt.Errorf("taking up a rebuilding: %w", won.Error)
		}
		if won.RowsAffected == 0 {
			return Job{}, fmt.Errorf("taking up a rebuilding: %w", ErrMoved)
		}
		return j, nil
	}
	var total int64
	if err := s.read(ctx).Model(&Doctor{}).Where("account = ?", s.Account()).Count(&total).Error; err != nil {
		return Job{}, fmt.Errorf("counting doctors: %w", err)
	}
	j := Job{
		ID: newID(jobRebuild, s.Account(), strconv.FormatInt(now, 10), s.opt.Instance), Account: s.Account(), Kind: jobRebuild, Status: JobRunning,
		Total: int(total), Owner: s.opt.Instance, Until: until, Actor: actor, At: now, UpdatedAt: now,
	}
	if err := s.writer.WithContext(ctx).Create(&j).Error; err != nil {
		return Job{}, fmt.Errorf("beginning a rebuilding: %w", err)
	}
	return j, nil
}

// StepRebuild notes how far a rebuilding has come: Done, Changed and Position. With done it ends.
func (s *Store) StepRebuild(ctx context.Context, j Job, done bool) error {
	now := s.Now()
	set := map[string]any{
		"done": j.Done, "changed": j.Changed, "position": j.Position, "updated_at": now, "claim_until": now + rebuildLease.Milliseconds(),
	}
	if done {
		set["status"], set["done_at"], set["claim_until"] = JobDone, now, int64(0)
	}
	step := s.writer.WithContext(ctx).Model(&Job{}).Where("id = ? AND owner = ?", j.ID, s.opt.Instance).UpdateColumns(set)
	if step.Error != nil {
		return fmt.Errorf("noting a rebuilding: %w", step.Error)
	}
	if step.RowsAffected == 0 {
		return fmt.Errorf("noting a rebuilding: %w", ErrMoved)
	}
	return nil
}

// LeaveRebuild lets a rebuilding be taken up by anybody at once.
func (s *Store) LeaveRebuild(ctx context.Context, j Job) error {
	left := s.writer.WithContext(ctx).Model(&Job{}).Where("id = ? AND owner = ?", j.ID, s.opt.Instance).UpdateColumn("claim_until", int64(0))
	if left.Error != nil {
		return fmt.Errorf("leaving a rebuilding: %w", left.Error)
	}
	return nil
}
