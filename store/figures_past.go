package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Past is what a doctor's history says about some months: what figures are counted from. Lists are oldest first.
type Past struct {
	Doctor    string
	CreatedAt int64
	Scene     string // kind of the first code that was scanned, "" = none
	Facets    Facets // as they stand; the zero value when nothing is derived
	Ratings   []Rating
	Supers    []Super
	Changes   []Change // all
	Moves     []SuperMove
	Did       []Behaviour // within the span
	Visits    []Visit     // within the span
	Leads     []Lead      // accepted within the span
	Pushes    []Push      // of campaigns, sent within the span
	Helped    []Influence // within the span
	CameBy    []Influence // referrals that brought the doctor
	Said      []Observation
}

// Pasts reads the history of the doctors of a page, by id, within a span of unix ms with its end outside; changes and moves whole. said names the fields of
// the portrait of which every value is wanted. Doctors who stand for another one are left out.
func (s *Store) Pasts(ctx context.Context, ids []string, from, to int64, said ...string) ([]Past, error) {
	var doctors []Doctor
	if err := s.read(ctx).Select("id", "created_at", "scene").Where("id IN ? AND account = ? AND merged_into = ''", ids, s.Account()).Order("id").Find(&doctors).Error; err != nil {
		return nil, fmt.Errorf("reading doctors: %w", err)
	}
	kinds, err := s.sceneKinds(ctx, doctors)
	if err != nil {
		return nil, err
	}
	out := make([]Past, len(doctors))
	at := make(map[string]*Past, len(doctors))
	for i, d := range doctors {
		out[i] = Past{Doctor: d.ID, CreatedAt: d.CreatedAt, Scene: kinds[d.Scene]}
		at[d.ID] = &out[i]
	}
	of := func() *gorm.DB { return s.read(ctx).Where("doctor IN ?", ids) }
	within := func(column string) *gorm.DB {
		return of().Where(column+" >= ? AND "+column+" < ?", from, to).Order(column)
	}
	parts := []func() error{
		past(of().Select("doctor", "class", "lead_grade", "province", "since"), at, func(p *Past, r Facets) { p.Facets = r }),
		past(of().Select("doctor", "product", "ladder", "class"), at, func(p *Past, r Rating) { p.Ratings = append(p.Ratings, r) }),
		past(of().Select("doctor", "product", "status", "points"), at, func(p *Past, r Super) { p.Supers = append(p.Supers, r) }),
		past(of().Select("doctor", "product", "kind", "was", "is_now", "at").Where("kind IN ?", []string{ChangeClass, ChangeGrade, ChangeLadder, ChangeStrength}).Order("at").Order("id"),
			at, func(p *Past, r Change) { p.Changes = append(p.Changes, r) }),
		past(of().Select("doctor", "product", "n", "status", "at").Order("at").Order("n"), at, func(p *Past, r SuperMove) { p.Moves = append(p.Moves, r) }),
		past(within("at").Select("doctor", "kind", "object", "amount", "at"), at, func(p *Past, r Behaviour) { p.Did = append(p.Did, r) }),
		past(within("at").Select("doctor", "at", "channel"), at, func(p *Past, r Visit) { p.Visits = append(p.Visits, r) }),
		past(within("accepted_at"), at, func(p *Past, r Lead) { p.Leads = append(p.Leads, r) }),
		past(within("due_at").Where("campaign <> '' AND status <> ?", PushNone), at, func(p *Past, r Push) { p.Pushes = append(p.Pushes, r) }),
		past(within("at"), at, func(p *Past, r Influence) { p.Helped = append(p.Helped, r) }),
		cameBy(s.read(ctx).Where("account = ? AND kind = ? AND other IN ?", s.Account(), InfluenceReferral, ids).Order("at"), at),
	}
	if len(said) > 0 {
		parts = append(parts, past(of().Select("doctor", "field", "value", "at").Where("field IN ? AND at < ?", said, to).Order("at").Order("id"), at,
			func(p *Past, r Observation) { p.Said = append(p.Said, r) }))
	}
	if err := firstOf(parts...); err != nil {
		return nil, fmt.Errorf("reading histories: %w", err)
	}
	return out, nil
}

func (p Push) of() string   { return p.Doctor }
func (c Change) of() string { return c.Doctor }

// past reads rows and hands each to the history of its doctor.
func past[T ofDoctor](q *gorm.DB, at map[string]*Past, add func(*Past, T)) func() error {
	return func() error {
		var rows []T
		if err := q.Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			if p := at[r.of()]; p != nil {
				add(p, r)
			}
		}
		return nil
	}
}

func cameBy(q *gorm.DB, at map[string]*Past) func() error {
	return func() error {
		var rows []Influence
		if err := q.Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			if p := at[r.Other]; p != nil {
				p.CameBy = append(p.CameBy, r)
			}
		}
		return nil
	}
}

// sceneKinds are the kinds of the codes by which doctors came.
func (s *Store) sceneKinds(ctx context.Context, doctors []Doctor) (map[string]string, error) {
	var ids []string
	for _, d := range doctors {
		if d.Scene != "" {
			ids = append(ids, d.Scene)
		}
	}
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Scene
	if err := s.read(ctx).Select("id", "kind").Where("id IN ? AND account = ?", distinctOf(ids), s.Account()).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading codes: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = r.Kind
	}
	return out, nil
}
