package store

import (
	"context"
	"fmt"
)

// MeetingFigures counts the way from the invitation to what came of it, over the doctors whom the person may see.
type MeetingFigures struct {
	Invited, Accepted, Replays, Came, Missed, Feedback, Done int
	Promoters, Detractors, Rated                             int // of the wish to recommend: 9 and 10, 0 to 6, all
	Late                                                     int // follow-ups that should have been done
}

// MeetingRow is a meeting with its figures.
type MeetingRow struct {
	Meeting
	MeetingFigures
}

// AttendanceRow is an attendance with the doctor, as far as the person may see.
type AttendanceRow struct {
	Attendance
	Who Doctor
}

// MeetingFile is everything about one meeting. Within a move People have no Who.
type MeetingFile struct {
	Meeting
	MeetingFigures
	Items  []MeetingItem
	People []AttendanceRow
	Reps   map[string]string
}

// MeetingCall is a follow-up that waits.
type MeetingCall struct {
	AttendanceRow
	Title string
}

// meetingsShown is the most meetings of a list.
const meetingsShown = 200

// Meetings lists meetings, the latest first, with figures.
func (s *Store) Meetings(ctx context.Context) ([]MeetingRow, error) {
	var rows []Meeting
	if err := s.read(ctx).Where("account = ?", s.Account()).Order("begins_at DESC").Order("id").Limit(meetingsShown).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading meetings: %w", err)
	}
	ids := make([]string, len(rows))
	for i, m := range rows {
		ids[i] = m.ID
	}
	figures, err := s.meetingFigures(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]MeetingRow, len(rows))
	for i, m := range rows {
		out[i] = MeetingRow{Meeting: m, MeetingFigures: figures[m.ID]}
	}
	return out, nil
}

// meetingSums are the columns of MeetingFigures; the one parameter is now.
const meetingSums = `SUM(CASE WHEN invited_at > 0 THEN 1 ELSE 0 END) AS invited, SUM(CASE WHEN answer = 'accept' THEN 1 ELSE 0 END) AS accepted,
	SUM(CASE WHEN answer = 'replay' THEN 1 ELSE 0 END) AS replays, SUM(CASE WHEN came = 'attend' THEN 1 ELSE 0 END) AS came,
	SUM(CASE WHEN came = 'miss' THEN 1 ELSE 0 END) AS missed, SUM(CASE WHEN feedback_at > 0 AND came = 'attend' THEN 1 ELSE 0 END) AS feedback,
	SUM(CASE WHEN came = 'attend' AND outcome <> '' THEN 1 ELSE 0 END) AS done, SUM(CASE WHEN recommend >= 9 THEN 1 ELSE 0 END) AS promoters,
	SUM(CASE WHEN recommend BETWEEN 0 AND 6 THEN 1 ELSE 0 END) AS detractors, SUM(CASE WHEN recommend >= 0 THEN 1 ELSE 0 END) AS rated,
	SUM(CASE WHEN came = 'attend' AND outcome = '' AND follow_until < ? THEN 1 ELSE 0 END) AS late`

func (s *Store) meetingFigures(ctx context.Context, ids []string) (map[string]MeetingFigures, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q, err := s.withinCount(ctx, s.read(ctx).Model(&Attendance{}).Where("attendances.meeting IN ?", ids), "attendances.doctor")
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Meeting        string
		MeetingFigures `gorm:"embedded"`
	}
	if err := q.Select("meeting, "+meetingSums, s.Now()).Group("meeting").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("counting attendances: %w", err)
	}
	out := make(map[string]MeetingFigures, len(rows))
	for _, r := range rows {
		out[r.Meeting] = r.MeetingFigures
	}
	return out, nil
}

// MeetingFile reads one meeting with the doctors whom the person may see; ErrNotFound.
func (s *Store) MeetingFile(ctx context.Context, id string) (MeetingFile, error) {
	var f MeetingFile
	var rows []Meeting
	if err := s.read(ctx).Where("id = ? AND account = ?", id, s.Account()).Limit(1).Find(&rows).Error; err != nil {
		return f, fmt.Errorf("reading a meeting: %w", err)
	}
	if len(rows) == 0 {
		return f, fmt.Errorf("reading a meeting: %w", ErrNotFound)
	}
	f.Meeting = rows[0]
	if err := s.read(ctx).Where("meeting = ?", id).Order("n").Find(&f.Items).Error; err != nil {
		return f, fmt.Errorf("reading an agenda: %w", err)
	}
	if err := s.nameSpeakers(s.read(ctx), f.Items); err != nil {
		return f, err
	}
	figures, err := s.meetingFigures(ctx, []string{id})
	if err != nil {
		return f, err
	}
	f.MeetingFigures = figures[id]
	q, err := s.within(ctx, s.read(ctx).Model(&Attendance{}).Where("attendances.meeting = ?", id), "attendances.doctor")
	if err != nil {
		return f, err
	}
	var people []Attendance
	// Who came and was not called yet stands first.
	if err := q.Order("CASE WHEN came = 'attend' AND outcome = '' THEN 0 WHEN came = 'attend' THEN 1 ELSE 2 END").Order("invited_at, doctor").Find(&people).Error; err != nil {
		return f, fmt.Errorf("reading attendances: %w", err)
	}
	if f.People, err = s.attendanceRows(ctx, people); err != nil {
		return f, err
	}
	f.Reps, err = s.repNames(ctx)
	return f, err
}

func (s *Store) attendanceRows(ctx context.Context, rows []Attendance) ([]AttendanceRow, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Doctor
	}
	who, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]AttendanceRow, len(rows))
	for i, r := range rows {
		if masked(ctx) {
			r.Question, r.OutcomeWords = "", ""
		}
		out[i] = AttendanceRow{Attendance: r, Who: who[r.Doctor]}
	}
	return out, nil
}

func (s *Store) meetingCalls(ctx context.Context, rows []Attendance) ([]MeetingCall, error) {
	people, err := s.attendanceRows(ctx, rows)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Meeting
	}
	var meetings []Meeting
	if err := s.read(ctx).Select("id", "title").Where("id IN ?", distinctOf(ids)).Find(&meetings).Error; err != nil {
		return nil, fmt.Errorf("reading meetings: %w", err)
	}
	titles := make(map[string]string, len(meetings))
	for _, m := range meetings {
		titles[m.ID] = m.Title
	}
	out := make([]MeetingCall, len(people))
	for i, p := range people {
		out[i] = MeetingCall{AttendanceRow: p, Title: titles[p.Meeting]}
	}
	return out, nil
}
