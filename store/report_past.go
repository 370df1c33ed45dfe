package store

import (
	"context"
	"fmt"
)

// DoctorPast is the record of a doctor up to a moment, with how the portrait came about and what the doctor did. Lists are newest first.
type DoctorPast struct {
	DoctorRecord
	Observations []Observation
	Behaviours   []Behaviour
	Changes      []Change
	Rights       []RightsRequest
}

// DoctorPast reads what happened with a doctor before a moment (unix ms, 0 = up to now); ErrNotFound. The lists that do not grow with time, and the
// portrait, are as they stand.
func (s *Store) DoctorPast(ctx context.Context, id string, before int64) (DoctorPast, error) {
	rec, err := s.doctorRecord(ctx, id, before)
	if err != nil {
		return DoctorPast{}, err
	}
	p := DoctorPast{DoctorRecord: rec}
	for _, into := range []any{&p.Observations, &p.Behaviours, &p.Changes, &p.Rights} {
		q := s.read(ctx).Omit("token").Where(map[string]any{"doctor": id, "account": s.Account()})
		if before > 0 {
			q = q.Where("at < ?", before)
		}
		if err := q.Order("at DESC").Order("id DESC").Limit(portraitLimit).Find(into).Error; err != nil {
			return DoctorPast{}, fmt.Errorf("reading the past of a doctor: %w", err)
		}
	}
	if masked(ctx) {
		p.maskPast(s.Protected)
	}
	return p, nil
}

// maskPast hides from the past what mask hides from the record.
func (p *DoctorPast) maskPast(protected func(field string) bool) {
	for i := range p.Observations {
		o := &p.Observations[i]
		if o.Source == SourceAnswer {
			o.Detail = ""
		}
		if protected(o.Field) && o.Value != TakenBack && o.Value != Cleared {
			o.Value, o.Label = `"***"`, "***"
		}
	}
	for i := range p.Changes {
		p.Changes[i].Evidence = ""
	}
}

// DoctorStamp changes whenever something changes that the page of a doctor shows; ErrNotFound.
func (s *Store) DoctorStamp(ctx context.Context, id string) (string, error) {
	var rows []Doctor
	q := s.read(ctx).Select("version", "updated_at", "refresh_at").Where(map[string]any{"id": id, "account": s.Account()})
	if err := q.Limit(1).Find(&rows).Error; err != nil {
		return "", fmt.Errorf("reading the stamp of a doctor: %w", err)
	}
	if len(rows) == 0 {
		return "", fmt.Errorf("reading the stamp of a doctor: %w", ErrNotFound)
	}
	return fmt.Sprintf("%x-%x-%x", rows[0].Version, rows[0].UpdatedAt, rows[0].RefreshAt), nil
}
