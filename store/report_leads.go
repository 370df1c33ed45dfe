package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// LeadRow is one lead with the doctor it is about.
type LeadRow struct {
	Lead
	Who     Doctor
	RepName string // "" while nobody owns it
}

// NoteBeyondWhy is the note without its first line when Why says the same, so that people read it once.
func (l Lead) NoteBeyondWhy() string {
	first, rest, _ := strings.Cut(strings.TrimSpace(l.Note), "\n")
	if l.Why == "" || strings.TrimSpace(first) != strings.TrimSpace(l.Why) {
		return strings.TrimSpace(l.Note)
	}
	return strings.TrimSpace(rest)
}

// LeadRecord is one lead with its history, oldest first.
type LeadRecord struct {
	Lead     Lead
	Who      Doctor
	Moves    []LeadMove
	Offers   []Offer
	Visit    *Visit
	RepNames map[string]string
}

// endedLast orders ended leads by when they ended, the last one first: what is done to a row later does not move it.
const endedLast = "CASE WHEN closed_at > 0 THEN closed_at ELSE updated_at END DESC"

// LeadBoard gives every open lead (at most 500) and the newest ended ones (at most ended), newest first.
func (s *Store) LeadBoard(ctx context.Context, ended int) ([]LeadRow, error) {
	var open, done []Lead
	mine, err := s.leadsWithin(ctx, s.read(ctx).Where(map[string]any{"account": s.Account()}))
	if err != nil {
		return nil, err
	}
	mine = mine.Session(&gorm.Session{})
	if err := mine.Where(map[string]any{"status": openLead}).Order("created_at DESC").Limit(500).Find(&open).Error; err != nil {
		return nil, fmt.Errorf("reading open leads: %w", err)
	}
	over := []string{LeadClosed, LeadExpired, LeadWithdrawn}
	if err := mine.Where(map[string]any{"status": over}).Order(endedLast).Limit(ended).Find(&done).Error; err != nil {
		return nil, fmt.Errorf("reading ended leads: %w", err)
	}
	leads := append(open, done...)
	ids := make([]string, len(leads))
	for i, l := range leads {
		ids[i] = l.Doctor
	}
	doctors, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.repNames(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]LeadRow, len(leads))
	for i, l := range leads {
		who, seen := doctors[l.Doctor]
		if !seen || masked(ctx) {
			l.bare()
		}
		rows[i] = LeadRow{Lead: l, Who: who, RepName: names[l.Rep]}
	}
	return rows, nil
}

// LeadRecord reads one lead with its history; ErrNotFound.
func (s *Store) LeadRecord(ctx context.Context, id string) (LeadRecord, error) {
	var r LeadRecord
	var leads []Lead
	q, err := s.leadsWithin(ctx, s.read(ctx).Where(map[string]any{"id": id, "account": s.Account()}))
	if err != nil {
		return r, err
	}
	if err := q.Limit(1).Find(&leads).Error; err != nil {
		return r, fmt.Errorf("reading lead: %w", err)
	}
	if len(leads) == 0 {
		return r, ErrNotFound
	}
	r.Lead = leads[0]
	doctors, err := s.doctorsByID(ctx, []string{r.Lead.Doctor})
	if err != nil {
		return r, err
	}
	var seen bool
	if r.Who, seen = doctors[r.Lead.Doctor]; !seen || masked(ctx) {
		r.Lead.bare()
	}
	var visits []Visit
	of := map[string]any{"lead_id": id}
	if err := s.read(ctx).Where(of).Order("n").Find(&r.Moves).Error; err != nil {
		return r, fmt.Errorf("reading lead moves: %w", err)
	}
	if err := s.read(ctx).Where(of).Order("at").Order("rep").Find(&r.Offers).Error; err != nil {
		return r, fmt.Errorf("reading offers: %w", err)
	}
	if err := s.read(ctx).Where(of).Limit(1).Find(&visits).Error; err != nil {
		return r, fmt.Errorf("reading visit: %w", err)
	}
	if len(visits) > 0 {
		r.Visit = &visits[0]
		if masked(ctx) {
			r.Visit.Note = ""
		}
	}
	r.RepNames, err = s.repNames(ctx)
	return r, err
}

// HeldLeads gives the ids of the open leads of a rep that the person of the context may see, held or offered, oldest first.
func (s *Store) HeldLeads(ctx context.Context, rep string) ([]string, error) {
	q, err := s.leadsWithin(ctx, s.read(ctx).Model(&Lead{}).Where(map[string]any{"account": s.Account()}))
	if err != nil {
		return nil, err
	}
	const held = "(rep = ? AND status IN ? OR status = ? AND id IN (SELECT h.lead_id FROM offers h WHERE h.rep = ? AND h.status = ?))"
	q = q.Where(held, rep, []string{LeadAccepted, LeadBooked}, LeadAssigned, rep, OfferOpen)
	var ids []string
	if err := q.Order("created_at").Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("reading leads of a rep: %w", err)
	}
	return ids, nil
}
