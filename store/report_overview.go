package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Overview is what a person wants to know when the console opens.
type Overview struct {
	Followed      int64 // first seen since the given time
	Talking       int64 // a question is open
	Waiting       int64 // leads that no rep has accepted
	Overdue       int64 // of these, past their time
	Cases         int64 // adverse events that nobody has acknowledged
	CasesOverdue  int64 // of these, past their time
	Dead          int64 // messages that the platform refused for good
	Verifications int64 // doctors waiting to be verified
}

// Overview counts what is open now; since is the start of the day, unix ms.
func (s *Store) Overview(ctx context.Context, since int64) (Overview, error) {
	var o Overview
	of := func(model any) *gorm.DB {
		return s.read(ctx).Model(model).Where(map[string]any{"account": s.Account()})
	}
	waiting := map[string]any{"status": []string{LeadNew, LeadAssigned}}
	counts := []struct {
		name string
		q    *gorm.DB
		into *int64
	}{
		{"new doctors", of(&Doctor{}).Where("created_at >= ?", since), &o.Followed},
		{"talks", of(&Doctor{}).Where(map[string]any{"phase": talking}), &o.Talking},
		{"waiting leads", of(&Lead{}).Where(waiting), &o.Waiting},
		{"overdue leads", of(&Lead{}).Where(waiting).Where("due_at > 0 AND due_at < ?", s.Now()), &o.Overdue},
		{"cases", of(&Case{}).Where("acknowledged_at = 0"), &o.Cases},
		{"overdue cases", of(&Case{}).Where("acknowledged_at = 0 AND due_at > 0 AND due_at < ?", s.Now()), &o.CasesOverdue},
		{"dead letters", of(&Effect{}).Where(map[string]any{"status": EffectDead}), &o.Dead},
		{"verifications", of(&Verification{}).Where(map[string]any{"status": VerifyOpen}), &o.Verifications},
	}
	for _, c := range counts {
		if err := c.q.Count(c.into).Error; err != nil {
			return o, fmt.Errorf("counting %s: %w", c.name, err)
		}
	}
	return o, nil
}

// VerificationRow is a doctor waiting to be verified.
type VerificationRow struct {
	Verification
	Who Doctor
}

// OpenVerifications gives the doctors waiting to be verified, longest waiting first, at most limit.
func (s *Store) OpenVerifications(ctx context.Context, limit int) ([]VerificationRow, error) {
	var waiting []Verification
	err := s.read(ctx).Where(map[string]any{"account": s.Account(), "status": VerifyOpen}).Order("at").Order("doctor").Limit(limit).Find(&waiting).Error
	if err != nil {
		return nil, fmt.Errorf("reading verifications: %w", err)
	}
	ids := make([]string, len(waiting))
	for i, v := range waiting {
		ids[i] = v.Doctor
	}
	doctors, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]VerificationRow, len(waiting))
	for i, v := range waiting {
		rows[i] = VerificationRow{Verification: v, Who: doctors[v.Doctor]}
	}
	return rows, nil
}
