package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
)

// ErrSegment: a segment that cannot be stored.
var ErrSegment = errors.New("store: segment not valid")

// ErrTaken: another row has this name.
var ErrTaken = errors.New("store: name taken")

// where is a query of facets that a filter holds for, of doctors whom the person of the context may see.
func (s *Store) where(ctx context.Context, f Filter) (*gorm.DB, error) {
	q := filterSQL{embedded: s.Embedded(), account: s.Account()}
	cond := q.filter(Filter{Op: "and", Kids: []Filter{f}})
	return s.within(ctx, s.read(ctx).Table("facets f").Where("f.account = ?", s.Account()).Where("("+cond+")", q.args...), "f.doctor")
}

// CountDoctors counts the doctors that a filter holds for.
func (s *Store) CountDoctors(ctx context.Context, f Filter) (int64, error) {
	var n int64
	q, err := s.where(ctx, f)
	if err != nil {
		return 0, err
	}
	if err := q.Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting a segment: %w", err)
	}
	return n, nil
}

// SampleRow is one doctor of a sample.
type SampleRow struct {
	Doctor       string
	Name         string
	HospitalName string
	Department   string
	Title        string
	Class        string
	Ladder       string
	Result       string
	LeadGrade    string
	LeadPoints   int
}

// SampleDoctors shows doctors that a filter holds for, by id, after a given one. Ids are digests, so that the first ones are a sample by chance.
func (s *Store) SampleDoctors(ctx context.Context, f Filter, after string, n int) ([]SampleRow, error) {
	var rows []SampleRow
	q, err := s.where(ctx, f)
	if err != nil {
		return nil, err
	}
	q = q.Joins("JOIN doctors d ON d.id = f.doctor").Where("f.doctor > ?", after).Order("f.doctor").Limit(n)
	err = q.Select("f.doctor, d.name, d.hospital_name, d.department, d.title, f.class, f.ladder, f.result, f.lead_grade, f.lead_points").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading a sample: %w", err)
	}
	for i := range rows {
		rows[i].Name = NameFor(ctx, rows[i].Name)
	}
	return rows, nil
}

// Segments lists the saved segments by name.
func (s *Store) Segments(ctx context.Context) ([]Segment, error) {
	var rows []Segment
	if err := s.read(ctx).Where("account = ?", s.Account()).Order("name").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading segments: %w", err)
	}
	return rows, nil
}

// Segment reads a saved segment; ErrNotFound.
func (s *Store) Segment(ctx context.Context, id string) (Segment, error) {
	var rows []Segment
	if err := s.read(ctx).Where("id = ? AND account = ?", id, s.Account()).Limit(1).Find(&rows).Error; err != nil {
		return Segment{}, fmt.Errorf("reading a segment: %w", err)
	}
	if len(rows) == 0 {
		return Segment{}, fmt.Errorf("reading a segment: %w", ErrNotFound)
	}
	return rows[0], nil
}

// SaveSegment saves a new segment (Version 0) or a change of the version that was read. Errors: ErrSegment, ErrTaken, ErrMoved.
func (s *Store) SaveSegment(ctx context.Context, g Segment) (Segment, error) {
	g.Name, g.Source, g.Note = strings.TrimSpace(g.Name), strings.TrimSpace(g.Source), strings.TrimSpace(g.Note)
	if g.Name == "" || g.Source == "" || utf8.RuneCountInString(g.Name) > 64 {
		return g, fmt.Errorf("%w: a name of at most 64 characters and a condition are needed", ErrSegment)
	}
	now := s.Now()
	was := g.Version
	g.Account, g.UpdatedAt, g.Version = s.Account(), now, was+1
	if was == 0 {
		g.CreatedAt = now
		g.ID = newID("segment", g.Account, g.Name, fmt.Sprint(now))
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		if was == 0 {
			if ok, err := create(tx, &g); err != nil || !ok {
				return errors.Join(err, takenUnless(ok))
			}
			return s.audit(tx, Audit{Actor: g.Actor, Action: "segment_new", Object: g.ID, Detail: g.Source})
		}
		done := tx.Model(&Segment{}).Where("id = ? AND account = ? AND version = ?", g.ID, g.Account, was).
			UpdateColumns(map[string]any{"name": g.Name, "source": g.Source, "note": g.Note, "actor": g.Actor, "version": g.Version, "updated_at": now})
		switch {
		case errors.Is(done.Error, gorm.ErrDuplicatedKey):
			return ErrTaken
		case done.Error != nil:
			return done.Error
		case done.RowsAffected == 0:
			return ErrMoved
		}
		return s.audit(tx, Audit{Actor: g.Actor, Action: "segment_change", Object: g.ID, Detail: g.Source})
	})
	if err != nil {
		return g, fmt.Errorf("saving a segment: %w", err)
	}
	return g, nil
}

func takenUnless(ok bool) error {
	if ok {
		return nil
	}
	return ErrTaken
}

// DropSegment deletes a saved segment; ErrNotFound.
func (s *Store) DropSegment(ctx context.Context, id, actor string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		done := tx.Where("id = ? AND account = ?", id, s.Account()).Delete(&Segment{})
		if done.Error != nil {
			return fmt.Errorf("deleting a segment: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return fmt.Errorf("deleting a segment: %w", ErrNotFound)
		}
		return s.audit(tx, Audit{Actor: actor, Action: "segment_drop", Object: id, Detail: ""})
	})
}

// Changes lists the moves of a doctor, newest first.
func (s *Store) Changes(ctx context.Context, doctor string, n int) ([]Change, error) {
	var rows []Change
	q := s.read(ctx).Where("doctor = ? AND account = ?", doctor, s.Account()).Order("id DESC").Limit(n)
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading changes: %w", err)
	}
	return rows, nil
}
