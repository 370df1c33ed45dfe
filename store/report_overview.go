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
	Verifications int64 // doctors waiting for a person, see OpenVerifications
}

// Overview counts what is open now, of doctors and leads those that the person of the context may see; since is the start of the day, unix ms.
func (s *Store) Overview(ctx context.Context, since int64) (Overview, error) {
	var o Overview
	of := func(model any) *gorm.DB {
		return s.read(ctx).Model(model).Where(map[string]any{"account": s.Account()})
	}
	doctors, err := s.withinCount(ctx, of(&Doctor{}), "doctors.id")
	if err != nil {
		return o, err
	}
	checks, err := s.withinCount(ctx, worklist(of(&Verification{})), "verifications.doctor")
	if err != nil {
		return o, err
	}
	leads, err := s.leadsWithinCount(ctx, of(&Lead{}))
	if err != nil {
		return o, err
	}
	doctors, leads = doctors.Session(&gorm.Session{}), leads.Session(&gorm.Session{})
	waiting := map[string]any{"status": []string{LeadNew, LeadAssigned}}
	counts := []struct {
		name string
		q    *gorm.DB
		into *int64
	}{
		{"new doctors", doctors.Where("created_at >= ?", since), &o.Followed},
		{"talks", doctors.Where(map[string]any{"phase": talking}), &o.Talking},
		{"waiting leads", leads.Where(waiting), &o.Waiting},
		{"overdue leads", leads.Where(waiting).Where("due_at > 0 AND due_at < ?", s.Now()), &o.Overdue},
		{"cases", of(&Case{}).Where("acknowledged_at = 0"), &o.Cases},
		{"overdue cases", of(&Case{}).Where("acknowledged_at = 0 AND due_at > 0 AND due_at < ?", s.Now()), &o.CasesOverdue},
		{"dead letters", of(&Effect{}).Where(map[string]any{"status": EffectDead}), &o.Dead},
		{"verifications", checks, &o.Verifications},
	}
	for _, c := range counts {
		if err := c.q.Count(c.into).Error; err != nil {
			return o, fmt.Errorf("counting %s: %w", c.name, err)
		}
	}
	return o, nil
}
