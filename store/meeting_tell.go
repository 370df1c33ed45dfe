package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// What a doctor is told about a meeting, once each: bits of Attendance.Told.
const (
	ToldDay      = 1 << iota // reminded a day before
	ToldHours                // reminded two hours before
	ToldFeedback             // asked how it was
	ToldReplay               // given the replay
	ToldCancelled

	toldAll = 1<<iota - 1 // nothing more is to be told
)

// MeetingCause is the cause of the push by which a doctor is told something about a meeting; what is a word of ours.
func MeetingCause(meeting, what, doctor string) string {
	return "meeting:" + meeting + ":" + what + ":" + doctor
}

// Words of the causes of invitations and reminders, which end when the meeting begins or does not take place.
const (
	CauseInvite = "invite"
	CauseDay    = "day"
	CauseHours  = "hours"
)

// EndInvitations ends invitations and reminders of a meeting that have not gone out, by their ids and a page at a time: a statement that looked for them would keep
// other pushes from being decided.
func (s *Store) EndInvitations(ctx context.Context, meeting string) error {
	var ids []string
	q := s.read(ctx).Model(&Push{}).Where("account = ? AND status = ?", s.Account(), PushPlanned).Order("id")
	q = q.Where("cause LIKE ? OR cause LIKE ? OR cause LIKE ?", MeetingCause(meeting, CauseInvite, "%"), MeetingCause(meeting, CauseDay, "%"), MeetingCause(meeting, CauseHours, "%"))
	if err := q.Pluck("id", &ids).Error; err != nil {
		return fmt.Errorf("reading invitations that wait: %w", err)
	}
	for part := range slices.Chunk(ids, idPage) {
		err := s.tx(ctx, func(tx *gorm.DB) error {
			set := map[string]any{"status": PushNone, "reason": ReasonMeetingOver}
			return tx.Model(&Push{}).Where("id IN ? AND status = ?", part, PushPlanned).UpdateColumns(set).Error
		})
		if err != nil {
			return fmt.Errorf("ending pushes of a meeting: %w", err)
		}
	}
	return nil
}

// ReasonMeetingOver is why a push about a meeting was not made: the meeting is over, or was cancelled.
const ReasonMeetingOver = "meeting_over"

// LiveMeetings are the meetings about which somebody may have to be told something: open ones, and those that ended within a time, or would have.
func (s *Store) LiveMeetings(ctx context.Context, ended time.Duration) ([]Meeting, error) {
	var rows []Meeting
	q := s.read(ctx).Where("account = ? AND status IN ? AND ends_at > ?", s.Account(), []string{MeetingOpen, MeetingHeld, MeetingClosed, MeetingCancelled}, s.Now()-ended.Milliseconds())
	if err := q.Order("begins_at").Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading live meetings: %w", err)
	}
	return rows, nil
}

// MeetingDue are the doctors who are to be told something about a meeting and were not, by id, at most limit: those who accepted and wish to be reminded and said so
// before a moment, those who came and said nothing yet, those who wish the replay, those who accepted what was cancelled.
func (s *Store) MeetingDue(ctx context.Context, id string, what int, before int64, limit int) ([]Attendance, error) {
	q := s.read(ctx).Where("meeting = ? AND account = ? AND (told & ?) = 0", id, s.Account(), what)
	switch what {
	case ToldDay, ToldHours:
		q = q.Where("answer = ? AND remind = ? AND answered_at <= ?", RsvpAccept, "yes", before)
	case ToldFeedback:
		q = q.Where("came = ? AND feedback_at = 0", DidAttend)
	case ToldReplay:
		q = q.Where("(answer = ? AND came <> ?) OR shift = ?", RsvpReplay, DidAttend, "partial")
	case ToldCancelled:
		q = q.Where("answer = ?", RsvpAccept)
	default:
		return nil, nil
	}
	var rows []Attendance
	if err := q.Order("doctor").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading whom to tell: %w", err)
	}
	return rows, nil
}

// TellMeeting plans what doctors are told about a meeting and marks them, so that each is told once; it gives the number planned.
func (s *Store) TellMeeting(ctx context.Context, id string, mark int, pushes []Push) (int, error) {
	made := 0
	for part := range slices.Chunk(pushes, idPage) {
		n := 0
		err := s.tx(ctx, func(tx *gorm.DB) (err error) {
			n, err = s.tellMeeting(tx, id, mark, part)
			return err
		})
		if err != nil {
			return made, err
		}
		made += n
	}
	return made, nil
}

// tellMeeting holds the rows of those who are to be told until the end, so that of several instances one tells them.
func (s *Store) tellMeeting(tx *gorm.DB, id string, mark int, pushes []Push) (int, error) {
	of := make(map[string]Push, len(pushes))
	for _, p := range pushes {
		of[p.Doctor] = p
	}
	var won []string
	q := tx.Model(&Attendance{}).Where("meeting = ? AND doctor IN ? AND (told & ?) = 0", id, slices.Sorted(maps.Keys(of)), mark)
	if err := q.Order("doctor").Clauses(clause.Locking{Strength: "UPDATE"}).Pluck("doctor", &won).Error; err != nil || len(won) == 0 {
		return 0, err
	}
	if err := tx.Model(&Attendance{}).Where("meeting = ? AND doctor IN ?", id, won).UpdateColumn("told", gorm.Expr("told | ?", mark)).Error; err != nil {
		return 0, fmt.Errorf("marking who is told: %w", err)
	}
	plan := make([]Push, len(won))
	for i, doctor := range won {
		plan[i] = of[doctor]
	}
	return len(won), s.planFlows(tx, plan...)
}

// MeetingSaid is what a doctor has answered about a meeting in a talk, by the keys of the flow language.
type MeetingSaid struct {
	Meeting, Doctor string
	Said            map[string]string
}

// saidOfMeetings is what a turn has to say of meetings; of a doctor who may not be known nothing is written.
func (t *Turn) saidOfMeetings() []MeetingSaid {
	if t.Blank > 0 {
		return nil
	}
	return t.Meetings
}

// HearMeetings writes answers that did not come in a talk of ours, by phone or in person, in a transaction of its own.
func (s *Store) HearMeetings(ctx context.Context, said ...MeetingSaid) error {
	return s.tx(ctx, func(tx *gorm.DB) error { return s.hearMeetings(tx, said) })
}

// hearMeetings writes what doctors have answered to the lists. Who is on no list is not put there.
func (s *Store) hearMeetings(tx *gorm.DB, said []MeetingSaid) error {
	for _, m := range said {
		set := s.saidColumns(m.Said)
		if len(set) == 0 {
			continue
		}
		q := tx.Model(&Attendance{}).Where("meeting = ? AND doctor = ? AND account = ?", m.Meeting, m.Doctor, s.Account())
		if err := q.UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("writing what was said of a meeting: %w", err)
		}
	}
	return nil
}

// questionMost is the longest question that is kept, in characters, as the shipped flow asks for it.
const questionMost = 300

// saidColumns leaves out what is no answer that a list can hold.
func (s *Store) saidColumns(said map[string]string) map[string]any {
	set := map[string]any{}
	one := func(key, column string, of ...string) {
		if slices.Contains(of, said[key]) {
			set[column] = said[key]
		}
	}
	figure := func(key, column string, least, most int) {
		if n, err := strconv.Atoi(said[key]); err == nil && n >= least && n <= most {
			set[column] = n
		}
	}
	one("change", "shift", "up", "same", "doubt", "partial")
	one("wish", "wish", "paper", "roundtable", "f2f", "none")
	figure("useful", "useful", 1, 5)
	figure("nps", "recommend", 0, 10)
	if len(set) > 0 {
		set["feedback_at"] = s.Now()
	}
	one("remind", "remind", "yes", "no")
	if one("answer", "answer", RsvpAccept, RsvpReplay, RsvpDeclined, RsvpStop); set["answer"] != nil {
		set["answered_at"] = s.Now()
	}
	if q := cut(valid(said["question"]), questionMost); q != "" {
		set["question"] = q
	}
	return set
}
