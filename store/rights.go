package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// RightsWithin is how long a request of a doctor may stay open. Source: the house rule of 15 working days, three weeks by the calendar.
const RightsWithin = 21 * 24 * time.Hour

// exportGrace is how long a copy that was opened can still be read and downloaded.
const exportGrace = 10 * time.Minute

// writeRights records the rights that doctors used in their turns, and the tags that they deleted.
func (s *Store) writeRights(tx *gorm.DB, turns []*Turn) error {
	suppressed := gather(turns, func(t *Turn) []Suppression { return t.Suppress })
	for i := range suppressed {
		suppressed[i].Account = s.Account()
	}
	if err := insert(tx.Clauses(clause.OnConflict{UpdateAll: true}), suppressed); err != nil {
		return fmt.Errorf("suppressing tags: %w", err)
	}
	rows := gather(turns, func(t *Turn) []RightsRequest { return t.Rights })
	for i := range rows {
		rows[i].Account = s.Account()
	}
	if err := insertNew(tx, rows); err != nil {
		return fmt.Errorf("recording rights: %w", err)
	}
	return nil
}

// RightsRow is one request with the doctor who made it.
type RightsRow struct {
	RightsRequest
	Who   Doctor // without ID: erased since
	DueAt int64  // of an open one
}

// RightsRequests lists requests of doctors that the person of the context may see: open ones first, the longest waiting first; then the newest.
func (s *Store) RightsRequests(ctx context.Context, limit int) ([]RightsRow, error) {
	q, err := s.within(ctx, s.read(ctx).Where("rights_requests.account = ?", s.Account()), "rights_requests.doctor")
	if err != nil {
		return nil, err
	}
	var rows []RightsRequest
	q = q.Order("CASE WHEN status = 'open' THEN 0 ELSE 1 END").Order("CASE WHEN status = 'open' THEN at ELSE -at END").Order("id")
	if err := q.Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading requests: %w", err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Doctor
	}
	who, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]RightsRow, len(rows))
	for i, r := range rows {
		seen := []Doctor{who[r.Doctor]}
		maskDoctors(ctx, seen)
		out[i] = RightsRow{RightsRequest: r, Who: seen[0]}
		if r.Status == RightsOpen {
			out[i].DueAt = r.At + RightsWithin.Milliseconds()
		}
	}
	return out, nil
}

// RightsOf lists the requests of one doctor, newest first.
func (s *Store) RightsOf(ctx context.Context, doctor string) ([]RightsRequest, error) {
	var rows []RightsRequest
	q := s.read(ctx).Where("doctor = ? AND account = ?", doctor, s.Account())
	if err := q.Order("at DESC").Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading requests: %w", err)
	}
	return rows, nil
}

// AddRight records a right that a doctor used on a page, with the row of the audit.
func (s *Store) AddRight(ctx context.Context, r RightsRequest, act Audit) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		r.Account, r.Status, r.At, r.DoneAt = s.Account(), RightsDone, now, now
		r.ID = newID("right", r.Doctor, r.Kind, fmt.Sprint(now))
		if err := insertNew(tx, []RightsRequest{r}); err != nil {
			return err
		}
		return s.audit(tx, act)
	})
	if err != nil {
		return fmt.Errorf("recording a right: %w", err)
	}
	return nil
}

// CloseRight ends an open request that a person has dealt with; words say how. ErrMoved: nothing is open under this id. ErrNoReason: no words.
func (s *Store) CloseRight(ctx context.Context, id string, done bool, words string) error {
	words = cut(strings.TrimSpace(words), auditReason)
	if words == "" {
		return ErrNoReason
	}
	status := RightsRefused
	if done {
		status = RightsDone
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		var rows []RightsRequest
		mine := map[string]any{"id": id, "account": s.Account(), "status": RightsOpen}
		if err := tx.Where(mine).Clauses(clause.Locking{Strength: "UPDATE"}).Limit(1).Find(&rows).Error; err != nil {
			return fmt.Errorf("reading request: %w", err)
		}
		if len(rows) == 0 {
			return ErrMoved
		}
		set := map[string]any{"status": status, "done_at": s.Now(), "token": "", "expires_at": 0}
		if err := tx.Model(&RightsRequest{}).Where(mine).UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("ending request: %w", err)
		}
		return s.audit(tx, Audit{Action: "rights_" + status, Object: "doctor:" + rows[0].Doctor, Detail: rows[0].Kind, Reason: words})
	})
}

// ExportDigest is what is kept of the secret part of an export's address.
func ExportDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// ExportWaits tells whether the address of a copy is good for this doctor now. ErrNotFound: it is not, was used before, or has ended.
func (s *Store) ExportWaits(ctx context.Context, doctor, token string) error {
	var n int64
	if err := s.export(s.read(ctx), doctor, token).Model(&RightsRequest{}).Count(&n).Error; err != nil {
		return fmt.Errorf("reading an export: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

func (s *Store) export(db *gorm.DB, doctor, token string) *gorm.DB {
	mine := map[string]any{"account": s.Account(), "doctor": doctor, "kind": RightsExport, "token": ExportDigest(token)}
	return db.Where(mine).Where("expires_at > ?", s.Now())
}

// OpenExport uses the address of a copy up, writes the row of the audit and gives everything that is kept of the doctor, in one transaction's order: what
// cannot be recorded is not shown. For a few minutes afterwards the same doctor may open it again, to download what the page shows. ErrNotFound as ExportWaits.
func (s *Store) OpenExport(ctx context.Context, doctor, token string, act Audit) (Copy, error) {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		var rows []RightsRequest
		if err := s.export(tx, doctor, token).Clauses(clause.Locking{Strength: "UPDATE"}).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrNotFound
		}
		if rows[0].Status == RightsOpen {
			set := map[string]any{"status": RightsDone, "done_at": now, "expires_at": now + exportGrace.Milliseconds()}
			if err := tx.Model(&RightsRequest{}).Where("id = ?", rows[0].ID).UpdateColumns(set).Error; err != nil {
				return err
			}
		}
		return s.audit(tx, act)
	})
	if err != nil {
		return Copy{}, fmt.Errorf("opening an export: %w", err)
	}
	return s.CopyOf(ctx, doctor)
}
