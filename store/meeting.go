package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ErrMeeting: a meeting that cannot be stored: no title, no time, a line of the agenda without a subject.
var ErrMeeting = errors.New("store: meeting not valid")

// Limits of a meeting.
const (
	MeetingItems     = 20 // most lines of an agenda
	followUsual      = 80 // percent of those who came; source: the seed's rule that coming is not the aim
	meetingTitleMost = 128
)

// MeetingModes, MeetingRoles and MeetingWays are the words that a meeting, an agenda and an attendance may hold.
var (
	MeetingModes = []string{"online", "live", "offline"}
	MeetingRoles = []string{"host", "speaker", "panel"}
	MeetingWays  = []string{"web", "wechat", "phone", "onsite"}
)

// SaveMeeting writes a new meeting (Version 0) or a change of the version that was read, with its whole agenda. A meeting that was approved is a draft again:
// what was approved is what doctors are told. ErrMeeting; ErrTooLong; ErrMoved: it was changed meanwhile, or doctors may have been invited; ErrNotFound: a doctor
// of the agenda whom the person may not see.
func (s *Store) SaveMeeting(ctx context.Context, m Meeting, items []MeetingItem) (Meeting, error) {
	if err := s.completeMeeting(ctx, &m, items); err != nil {
		return m, fmt.Errorf("saving a meeting: %w", err)
	}
	was := m.Version
	m.Version, m.Status, m.ApprovedBy, m.ApprovedRole = was+1, MeetingDraft, "", ""
	err := s.tx(ctx, func(tx *gorm.DB) error {
		action := "meeting_change"
		if was == 0 {
			action = "meeting_new"
			if err := tx.Create(&m).Error; err != nil {
				return err
			}
		} else if err := s.changeMeeting(tx, m, was); err != nil {
			return err
		}
		if err := tx.Where("meeting = ?", m.ID).Delete(&MeetingItem{}).Error; err != nil {
			return err
		}
		for i := range items {
			items[i].Meeting, items[i].N, items[i].Account = m.ID, i+1, s.Account()
		}
		if err := insert(tx, items); err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: action, Object: "meeting:" + m.ID, Detail: m.Title})
	})
	if err != nil {
		return m, fmt.Errorf("saving a meeting: %w", err)
	}
	return m, nil
}

// changeMeeting overwrites what people write; owner and birth stay.
func (s *Store) changeMeeting(tx *gorm.DB, m Meeting, was int64) error {
	editable := []string{MeetingDraft, MeetingApproved}
	done := tx.Model(&Meeting{}).Where("id = ? AND account = ? AND version = ? AND status IN ?", m.ID, s.Account(), was, editable).
		Select("title", "mode", "place", "host", "topics", "product", "approval_no", "approval_until", "threshold", "status", "approved_by", "approved_role",
			"begins_at", "ends_at", "version", "updated_at").UpdateColumns(&m)
	if done.Error != nil {
		return done.Error
	}
	return errIf(done.RowsAffected == 0, ErrMoved)
}

// completeMeeting checks and fills what people wrote.
func (s *Store) completeMeeting(ctx context.Context, m *Meeting, items []MeetingItem) error {
	for _, text := range []*string{&m.Title, &m.Place, &m.Host, &m.ApprovalNo} {
		*text = strings.TrimSpace(valid(*text))
	}
	if m.Threshold == 0 {
		m.Threshold = followUsual
	}
	if m.Topics == "" {
		m.Topics = "[]"
	}
	switch {
	case m.Title == "" || m.BeginsAt <= 0 || m.EndsAt <= m.BeginsAt || !slices.Contains(MeetingModes, m.Mode),
		m.Threshold < 1 || m.Threshold > 100 || len(items) > MeetingItems || !json.Valid([]byte(m.Topics)):
		return ErrMeeting
	case utf8.RuneCountInString(m.Title) > meetingTitleMost, utf8.RuneCountInString(m.Host) > meetingTitleMost, utf8.RuneCountInString(m.Place) > 256,
		utf8.RuneCountInString(m.ApprovalNo) > 64:
		return ErrTooLong
	}
	now := s.Now()
	m.Account, m.UpdatedAt = s.Account(), now
	if m.Version == 0 {
		id := make([]byte, 16)
		rand.Read(id)
		m.ID, m.CreatedAt = hex.EncodeToString(id), now
		if v, ok := Viewing(ctx); ok {
			m.Owner = v.Name
		}
	}
	return s.completeItems(ctx, items)
}

func (s *Store) completeItems(ctx context.Context, items []MeetingItem) error {
	var ours []string
	for i := range items {
		it := &items[i]
		it.Clock, it.Topic, it.Name = strings.TrimSpace(it.Clock), strings.TrimSpace(valid(it.Topic)), strings.TrimSpace(valid(it.Name))
		switch {
		case it.Topic == "" || !slices.Contains(MeetingRoles, it.Role):
			return ErrMeeting
		case utf8.RuneCountInString(it.Topic) > meetingTitleMost, utf8.RuneCountInString(it.Name) > 64, len(it.Clock) > 8:
			return ErrTooLong
		case it.Doctor != "":
			it.Name = ""
			ours = append(ours, it.Doctor)
		}
	}
	known, err := s.doctorsByID(ctx, ours)
	if err != nil {
		return err
	}
	for _, id := range ours {
		if known[id].ID == "" {
			return ErrNotFound
		}
	}
	return nil
}

// MeetingStep is one move in the life of a meeting.
type MeetingStep struct {
	ID, From, Event, Status string
	Reason                  string
	Version                 int64                     // that the move rests on; 0 = any
	Check                   func(f MeetingFile) error // may refuse; sees the whole meeting as it is in the transaction, whatever the person may see
	Set                     func(m *Meeting)          // changes columns beside the status
}

// MoveMeeting makes one move. Errors: ErrNotFound; ErrMoved: it is not in From, or not the version; what Check says.
func (s *Store) MoveMeeting(ctx context.Context, step MeetingStep) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		f, err := s.meetingOf(tx, step.ID)
		if err != nil {
			return err
		}
		if f.Status != step.From || step.Version != 0 && f.Version != step.Version {
			return ErrMoved
		}
		if step.Check != nil {
			if err := step.Check(f); err != nil {
				return err
			}
		}
		m := f.Meeting
		if step.Set != nil {
			step.Set(&m)
		}
		m.Status, m.UpdatedAt, m.Version = step.Status, s.Now(), m.Version+1
		columns := tx.Model(&Meeting{}).Where("id = ?", m.ID).Select("status", "reason", "replay", "approved_by", "approved_role", "begins_at", "ends_at", "closed_at", "updated_at", "version")
		if err := columns.UpdateColumns(&m).Error; err != nil {
			return err
		}
		if step.Status == MeetingHeld && step.From != MeetingHeld && f.Product != "" {
			if err := s.influenceOf(tx, f); err != nil {
				return err
			}
		}
		row := Audit{Action: "meeting_" + step.Event, Object: "meeting:" + m.ID, Detail: m.Title, Reason: cut(step.Reason, auditReason)}
		if _, ok := Viewing(ctx); !ok {
			row.Actor = "system"
		}
		return s.audit(tx, row)
	})
	if err != nil {
		return fmt.Errorf("moving a meeting: %w", err)
	}
	return nil
}

// meetingOf reads a meeting with everybody on its list within a transaction and keeps others from changing it until the end.
func (s *Store) meetingOf(tx *gorm.DB, id string) (MeetingFile, error) {
	f, err := s.meetingHead(tx, id)
	if err != nil {
		return f, err
	}
	var people []Attendance
	if err := tx.Where("meeting = ?", id).Order("doctor").Find(&people).Error; err != nil {
		return f, err
	}
	for _, p := range people {
		f.People = append(f.People, AttendanceRow{Attendance: p})
	}
	return f, nil
}

// meetingHead is meetingOf without the list.
func (s *Store) meetingHead(tx *gorm.DB, id string) (MeetingFile, error) {
	var f MeetingFile
	var rows []Meeting
	if err := tx.Where("id = ? AND account = ?", id, s.Account()).Clauses(clause.Locking{Strength: "UPDATE"}).Limit(1).Find(&rows).Error; err != nil {
		return f, err
	}
	if len(rows) == 0 {
		return f, ErrNotFound
	}
	f.Meeting = rows[0]
	if err := tx.Where("meeting = ?", id).Order("n").Find(&f.Items).Error; err != nil {
		return f, err
	}
	return f, s.nameSpeakers(tx, f.Items)
}

// nameSpeakers fills in the names of our own experts, who are named on every invitation.
func (s *Store) nameSpeakers(tx *gorm.DB, items []MeetingItem) error {
	var ids []string
	for _, it := range items {
		if it.Doctor != "" {
			ids = append(ids, it.Doctor)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []Doctor
	if err := tx.Select("id", "name").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return fmt.Errorf("reading speakers: %w", err)
	}
	for i := range items {
		for _, d := range rows {
			if d.ID == items[i].Doctor {
				items[i].Name = d.Name
			}
		}
	}
	return nil
}

// influenceOf writes into the ledger of influence which of our doctors hosted or spoke: once each, whatever else is recorded of them.
func (s *Store) influenceOf(tx *gorm.DB, f MeetingFile) error {
	var rows []Influence
	var who []string
	for _, it := range f.Items {
		kind := InfluenceSpoke
		if it.Role == "host" {
			kind = InfluenceHosted
		}
		id := newID("influence", "meeting", f.ID, it.Doctor, kind)
		if it.Doctor == "" || slices.ContainsFunc(rows, func(in Influence) bool { return in.ID == id }) {
			continue
		}
		rows = append(rows, Influence{ID: id, Account: s.Account(), Doctor: it.Doctor, Product: f.Product, Kind: kind, Note: f.Title, Actor: f.Owner, At: f.BeginsAt})
		who = append(who, it.Doctor)
	}
	if err := insertNew(tx, rows); err != nil {
		return fmt.Errorf("writing influences: %w", err)
	}
	return s.refresh(tx, distinctOf(who)...)
}
