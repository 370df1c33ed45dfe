package store

import (
	"context"
	"fmt"
)

// Attendee is a doctor whom a line of an attendance sheet may mean.
type Attendee struct {
	ID, Name, Hospital string
	Listed             bool // stands on the list of the meeting
}

// Attendees finds verified doctors by their names as written, those on the list of a meeting marked, among whom the person may see.
func (s *Store) Attendees(ctx context.Context, meeting string, names []string) ([]Attendee, error) {
	if len(names) == 0 {
		return nil, nil
	}
	q := s.read(ctx).Model(&Doctor{}).Where("doctors.account = ? AND doctors.name IN ? AND doctors.level = ? AND doctors.merged_into = ''", s.Account(), names, LevelVerified)
	q, err := s.within(ctx, q, "doctors.id")
	if err != nil {
		return nil, err
	}
	var rows []Attendee
	q = q.Joins("LEFT JOIN attendances a ON a.doctor = doctors.id AND a.meeting = ?", meeting)
	if err := q.Select("doctors.id, doctors.name, doctors.hospital_name AS hospital, a.doctor IS NOT NULL AS listed").Order("doctors.id").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("finding who came: %w", err)
	}
	return rows, nil
}
