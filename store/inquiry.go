package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Times in which a medical inquiry is answered. Source: the house rules on medical information: two working days, the same day when a patient waits.
const (
	InquiryWithin = 48 * time.Hour
	InquiryUrgent = 8 * time.Hour
)

// InquiryAnswer is what medical information wrote, with the approved document that it rests on: Inquiry.Answer as JSON.
type InquiryAnswer struct {
	Document string `json:"document"` // id in the catalogue of contents
	Title    string `json:"title"`
	URL      string `json:"url"`
	Text     string `json:"text"`
}

// Written is the answer of the inquiry, empty when there is none.
func (q Inquiry) Written() InquiryAnswer {
	var a InquiryAnswer
	if json.Unmarshal([]byte(q.Answer), &a) != nil {
		return InquiryAnswer{}
	}
	return a
}

// InquiryRow is an inquiry with the doctor who asked.
type InquiryRow struct {
	Inquiry
	Who Doctor
}

// Inquiries gives medical inquiries: those that wait by their time first, then the newest of the others, at most limit.
func (s *Store) Inquiries(ctx context.Context, limit int) ([]InquiryRow, error) {
	var open, done []Inquiry
	waiting := []string{InquiryOpen, InquiryTaken}
	if err := s.read(ctx).Where("account = ? AND status IN ?", s.Account(), waiting).Order("due_at").Order("id").Limit(limit).Find(&open).Error; err != nil {
		return nil, fmt.Errorf("reading open inquiries: %w", err)
	}
	if left := limit - len(open); left > 0 {
		err := s.read(ctx).Where("account = ? AND status NOT IN ?", s.Account(), waiting).Order("at DESC").Order("id").Limit(left).Find(&done).Error
		if err != nil {
			return nil, fmt.Errorf("reading ended inquiries: %w", err)
		}
	}
	return s.inquiryRows(ctx, append(open, done...))
}

// Inquiry reads one; ErrNotFound.
func (s *Store) Inquiry(ctx context.Context, id string) (InquiryRow, error) {
	var rows []Inquiry
	if err := s.read(ctx).Where(map[string]any{"id": id, "account": s.Account()}).Limit(1).Find(&rows).Error; err != nil {
		return InquiryRow{}, fmt.Errorf("reading inquiry: %w", err)
	}
	if len(rows) == 0 {
		return InquiryRow{}, ErrNotFound
	}
	all, err := s.inquiryRows(ctx, rows)
	if err != nil {
		return InquiryRow{}, err
	}
	return all[0], nil
}

func (s *Store) inquiryRows(ctx context.Context, rows []Inquiry) ([]InquiryRow, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Doctor
	}
	who, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]InquiryRow, len(rows))
	for i, r := range rows {
		out[i] = InquiryRow{Inquiry: r, Who: who[r.Doctor]}
	}
	return out, nil
}

// WriteInquiry takes an inquiry and keeps what its answer is to be. ErrNotFound; ErrMoved: it has ended.
func (s *Store) WriteInquiry(ctx context.Context, id, actor string, a InquiryAnswer) error {
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encoding an answer: %w", err)
	}
	return s.moveInquiry(ctx, id, "inquiry_write", actor, func(_ *gorm.DB, q *Inquiry) error {
		q.Status, q.Actor, q.Approver, q.Answer = InquiryTaken, actor, "", valid(string(body))
		return nil
	})
}

// SendInquiry releases the answer: the effect goes into the outbox with it. Whoever releases is another person than the one who wrote. ErrNotFound;
// ErrMoved: it has ended, or nothing was written; ErrSamePerson.
func (s *Store) SendInquiry(ctx context.Context, id, approver string, e Effect) error {
	return s.moveInquiry(ctx, id, "inquiry_send", approver, func(tx *gorm.DB, q *Inquiry) error {
		switch {
		case q.Status != InquiryTaken || q.Answer == "":
			return ErrMoved
		case q.Actor == approver:
			return ErrSamePerson
		}
		q.Status, q.Approver, q.AnsweredAt = InquiryAnswered, approver, s.Now()
		kept, err := s.withoutErased(tx, []Effect{e})
		if err != nil {
			return err
		}
		return s.addEffects(tx, kept)
	})
}

// CloseInquiry ends an inquiry without an answer. ErrNotFound; ErrMoved: it has ended.
func (s *Store) CloseInquiry(ctx context.Context, id, actor, reason string) error {
	return s.moveInquiry(ctx, id, "inquiry_close", actor, func(_ *gorm.DB, q *Inquiry) error {
		q.Status, q.Actor = InquiryClosed, actor
		return nil
	}, reason)
}

func (s *Store) moveInquiry(ctx context.Context, id, action, actor string, change func(*gorm.DB, *Inquiry) error, detail ...string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Inquiry
		q := tx.Where(map[string]any{"id": id, "account": s.Account()}).Clauses(clause.Locking{Strength: "UPDATE"})
		if err := q.Limit(1).Find(&rows).Error; err != nil {
			return fmt.Errorf("reading inquiry: %w", err)
		}
		if len(rows) == 0 {
			return ErrNotFound
		}
		row := rows[0]
		if row.Status != InquiryOpen && row.Status != InquiryTaken {
			return ErrMoved
		}
		if err := change(tx, &row); err != nil {
			return err
		}
		columns := []string{"status", "answer", "actor", "approver", "answered_at"}
		if err := tx.Model(&Inquiry{}).Where("id = ?", id).Select(columns).UpdateColumns(&row).Error; err != nil {
			return fmt.Errorf("moving inquiry: %w", err)
		}
		a := Audit{Actor: actor, Action: action, Object: "inquiry:" + id}
		if len(detail) > 0 {
			a.Detail = detail[0]
		}
		return s.audit(tx, a)
	})
}
