package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// IgnoreAfter is how long content may lie unopened until it counts as ignored. Source: the house rule for a type that loses weight.
const IgnoreAfter = 72 * time.Hour

// ReadLeast is how long content must be looked at until it counts as read. Source: the trade counts articles from 50 seconds on.
const ReadLeast = 50 * time.Second

// BehaviourTopics is the JSON of a behaviour's topics.
func BehaviourTopics(topics []string) string {
	if len(topics) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(topics) // texts always encode
	return string(b)
}

// Did records what doctors did, in a transaction of its own. A behaviour with a ref that is known changes nothing, but for a reading or watching that has
// gone on: its amount grows.
func (s *Store) Did(ctx context.Context, rows ...Behaviour) error {
	return s.tx(ctx, func(tx *gorm.DB) error { return s.did(tx, rows) })
}

// did records what doctors did and marks them to be derived again.
func (s *Store) did(tx *gorm.DB, rows []Behaviour) error {
	if err := s.writeDeeds(tx, rows); err != nil {
		return err
	}
	doctors := make([]string, len(rows))
	for i, b := range rows {
		doctors[i] = b.Doctor
	}
	return s.refresh(tx, distinctOf(doctors)...)
}

// writeDeeds writes behaviours. Doctor, Kind and Ref tell one; the topics of content are looked up.
func (s *Store) writeDeeds(tx *gorm.DB, rows []Behaviour) error {
	for part := range slices.Chunk(s.completeBehaviours(rows), rowsPerStatement) {
		args := make([]any, 0, 9*len(part))
		for _, b := range part {
			args = append(args, b.Doctor, b.Account, b.Kind, b.Object, b.Topics, b.Amount, b.Ref, b.At, b.Result)
		}
		insert := "INSERT INTO behaviours (doctor, account, kind, object, topics, amount, ref, at, result) VALUES (?,?,?,?,?,?,?,?,?)" +
			strings.Repeat(",(?,?,?,?,?,?,?,?,?)", len(part)-1)
		if err := tx.Exec(insert+s.keepLarger(), args...).Error; err != nil {
			return fmt.Errorf("writing behaviours: %w", err)
		}
	}
	return nil
}

// keepLarger is what becomes of a row that exists: its amount only grows.
func (s *Store) keepLarger() string {
	amount := "CASE WHEN " + s.incoming("amount") + " > behaviours.amount THEN " + s.incoming("amount") + " ELSE behaviours.amount END"
	if s.Embedded() {
		return " ON CONFLICT (doctor, kind, ref) DO UPDATE SET amount = " + amount
	}
	return " ON DUPLICATE KEY UPDATE amount = " + amount
}

// completeBehaviours fills what the store knows better than its callers. One statement may not meet the same key twice: the later row counts.
func (s *Store) completeBehaviours(rows []Behaviour) []Behaviour {
	account, now := s.Account(), s.Now()
	at := make(map[[3]string]int, len(rows))
	out := make([]Behaviour, 0, len(rows))
	for _, b := range rows {
		b.ID, b.Account, b.At, b.Object, b.Ref = 0, account, orNow(b.At, now), cut(b.Object, 64), cut(b.Ref, 96)
		if b.Topics == "" {
			b.Topics = BehaviourTopics(s.topicsOf(b.Object))
		}
		k := [3]string{b.Doctor, b.Kind, b.Ref}
		if i, ok := at[k]; ok {
			out[i] = b
			continue
		}
		at[k] = len(out)
		out = append(out, b)
	}
	return out
}

// topicsOfContent looks up the topics of a content item.
type topicsOfContent struct {
	of atomic.Pointer[func(content string) []string]
}

// UseTopics tells the store the topics of a content item; without it behaviours about content have none.
func (s *Store) UseTopics(of func(content string) []string) { s.topics.of.Store(&of) }

func (s *Store) topicsOf(object string) []string {
	if of := s.topics.of.Load(); of != nil && object != "" {
		return (*of)(object)
	}
	return nil
}

// SentRef is the ref of the sending, and of the ignoring, of content: a doctor is given an item once.
func SentRef(content string) string { return "sent:" + content }

// contentLeft notes that content has left the house, by the keys of the effects that carried it.
func (s *Store) contentLeft(tx *gorm.DB, keys []string, now int64) error {
	var rows []Sent
	if err := tx.Where("effect IN ? AND sent_at = 0", keys).Order("doctor").Order("content").Find(&rows).Error; err != nil {
		return fmt.Errorf("reading what was sent: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Model(&Sent{}).Where("effect IN ? AND sent_at = 0", keys).UpdateColumn("sent_at", now).Error; err != nil {
		return fmt.Errorf("noting what was sent: %w", err)
	}
	did := make([]Behaviour, len(rows))
	for i, r := range rows {
		did[i] = Behaviour{Doctor: r.Doctor, Kind: DidSent, Object: r.Content, Ref: SentRef(r.Content), At: now}
	}
	return s.did(tx, did)
}

// SentMark is a place in the stream of what was sent.
type SentMark struct{ At, ID int64 }

// IgnoreUnopened records content that was sent after a mark and at least IgnoreAfter ago, and not opened within that time, as ignored. It looks at n
// sendings at most and gives the mark of the last one; the same mark = there was nothing.
func (s *Store) IgnoreUnopened(ctx context.Context, after SentMark, n int) (last SentMark, ignored int, err error) {
	var sent []Behaviour
	until := s.Now() - IgnoreAfter.Milliseconds()
	q := s.read(ctx).Where("account = ? AND kind = ? AND at >= ? AND at <= ?", s.Account(), DidSent, after.At, until).Where("at > ? OR id > ?", after.At, after.ID)
	if err := q.Order("at").Order("id").Limit(n).Find(&sent).Error; err != nil {
		return after, 0, fmt.Errorf("looking for unopened content: %w", err)
	}
	if len(sent) == 0 {
		return after, 0, nil
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		late, err := unopened(tx, sent)
		if err != nil {
			return err
		}
		ignored = len(late)
		return s.did(tx, late)
	})
	if err != nil {
		return after, 0, fmt.Errorf("marking ignored content: %w", err)
	}
	end := sent[len(sent)-1]
	return SentMark{At: end.At, ID: end.ID}, ignored, nil
}

// unopened are the ignorings of what was sent and not opened within IgnoreAfter.
func unopened(tx *gorm.DB, sent []Behaviour) ([]Behaviour, error) {
	doctors := make([]string, len(sent))
	for i, b := range sent {
		doctors[i] = b.Doctor
	}
	var seen []Behaviour
	kinds := []string{DidOpen, DidRead, DidWatch, DidIgnore}
	if err := tx.Select("doctor, kind, object, at").Where("doctor IN ? AND kind IN ?", distinctOf(doctors), kinds).Find(&seen).Error; err != nil {
		return nil, fmt.Errorf("reading openings: %w", err)
	}
	var out []Behaviour
	for _, b := range sent {
		end := b.At + IgnoreAfter.Milliseconds()
		known := slices.ContainsFunc(seen, func(x Behaviour) bool {
			return x.Doctor == b.Doctor && x.Object == b.Object && x.At >= b.At && (x.Kind == DidIgnore || x.At <= end)
		})
		if !known {
			out = append(out, Behaviour{Doctor: b.Doctor, Kind: DidIgnore, Object: b.Object, Topics: b.Topics, Ref: SentRef(b.Object), At: end})
		}
	}
	return out, nil
}

// didVisit records what a report says that the doctor did: was there, or did not come to an appointment. Not to be met without one says nothing.
func (s *Store) didVisit(tx *gorm.DB, v Visit) error {
	b := Behaviour{Doctor: v.Doctor, Kind: DidAttend, Object: v.ID, Topics: v.Topics, Ref: VisitCause(v.ID), At: v.At, Result: v.Channel}
	if v.Result != VisitMet {
		var booked int64
		if err := tx.Model(&LeadMove{}).Where("lead_id = ? AND status = ?", v.Lead, LeadBooked).Count(&booked).Error; err != nil {
			return fmt.Errorf("looking for an appointment: %w", err)
		}
		if booked == 0 {
			return nil
		}
		b.Kind, b.Topics = DidMiss, "[]"
	}
	return s.did(tx, []Behaviour{b})
}

// openRef is the ref of one opening of a link.
func openRef(id int64) string { return "open:" + strconv.FormatInt(id, 10) }
