package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"
)

// reachedLead are the states of a lead that show that its rep was in touch with the doctor.
var reachedLead = []string{LeadBooked, LeadVisited}

// contacted notes that the new rep of a doctor has been in touch: a visit was booked, or reported.
func (s *Store) contacted(tx *gorm.DB, l Lead, steps []LeadStep) error {
	if l.Rep == "" || !slices.ContainsFunc(steps, func(st LeadStep) bool { return slices.Contains(reachedLead, st.Status) }) {
		return nil
	}
	waiting := tx.Model(&Transfer{}).Where("hold_key = ? AND to_rep = ? AND status = ?", l.Doctor, l.Rep, TransferConfirmed)
	if err := waiting.UpdateColumns(map[string]any{"status": TransferContacted, "contacted_at": s.Now()}).Error; err != nil {
		return fmt.Errorf("noting a first contact: %w", err)
	}
	return nil
}

// ContactTransfer records the first contact of the new rep without a lead, such as by phone. actor is who says so. ErrMoved: there is nothing to record any
// more; ErrNotFound: not a transfer that the person of the context may see.
func (s *Store) ContactTransfer(ctx context.Context, id, actor string) error {
	t, err := s.Transfer(ctx, id)
	if err != nil {
		return err
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&Transfer{}).Where("id = ? AND status = ? AND hold_key IS NOT NULL", id, TransferConfirmed).
			UpdateColumns(map[string]any{"status": TransferContacted, "contacted_at": s.Now()})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrMoved
		}
		return s.audit(tx, Audit{Actor: actor, Action: "transfer_contact", Object: "doctor:" + t.Doctor, Detail: t.To})
	})
	if err != nil {
		return fmt.Errorf("recording a first contact: %w", err)
	}
	return nil
}

// ReadTransfer records that somebody opens the handover pack; the first time that it is the new rep counts as read. ErrNotFound as of Transfer.
func (s *Store) ReadTransfer(ctx context.Context, id, rep, actor string) (TransferRow, error) {
	t, err := s.Transfer(ctx, id)
	if err != nil {
		return t, err
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		if rep != "" && rep == t.To && t.ReadAt == 0 {
			t.ReadAt = s.Now()
			if err := tx.Model(&Transfer{}).Where("id = ? AND read_at = 0", id).UpdateColumn("read_at", t.ReadAt).Error; err != nil {
				return err
			}
		}
		return s.audit(tx, Audit{Actor: actor, Action: "view_handover", Object: "doctor:" + t.Doctor, Detail: "transfer:" + t.ID})
	})
	if err != nil {
		return t, fmt.Errorf("recording the reading of a handover pack: %w", err)
	}
	return t, nil
}

// ProposeTransfer proposes another rep for a doctor outside a departure and gives the proposal; one that waits already is that one. The person of the context
// must see the doctor. ErrNotFound.
func (s *Store) ProposeTransfer(ctx context.Context, doctor, to, cause, reason string) (Transfer, error) {
	if sees, err := s.SeesDoctor(ctx, doctor); err != nil || !sees {
		return Transfer{}, orNotFound(err)
	}
	var out Transfer
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var err error
		if out, err = s.raiseTransfer(tx, Transfer{Doctor: doctor, To: to, Cause: cause, Reason: cut(reason, auditReason)}, s.Now()); err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "transfer_propose", Object: "doctor:" + doctor, Detail: cause + ", " + to, Reason: reason})
	})
	if err != nil {
		return out, fmt.Errorf("proposing a transfer: %w", err)
	}
	return out, nil
}

// raiseTransfer proposes that a doctor go to another rep, unless that is proposed already.
func (s *Store) raiseTransfer(tx *gorm.DB, t Transfer, at int64) (Transfer, error) {
	var open []Transfer
	if err := tx.Where("doctor = ? AND account = ? AND status = ?", t.Doctor, s.Account(), TransferProposed).Order("at").Limit(1).Find(&open).Error; err != nil {
		return t, fmt.Errorf("reading proposals: %w", err)
	}
	if len(open) > 0 {
		return open[0], nil
	}
	var err error
	if t.From, err = s.ownerNow(tx, t.Doctor); err != nil {
		return t, err
	}
	var earlier int64
	if err := tx.Model(&Transfer{}).Where("doctor = ?", t.Doctor).Count(&earlier).Error; err != nil {
		return t, fmt.Errorf("counting transfers: %w", err)
	}
	t.ID, t.Account, t.Status, t.At = newID("transfer", t.Doctor, strconv.FormatInt(earlier, 10)), s.Account(), TransferProposed, at
	if err := insertNew(tx, []Transfer{t}); err != nil {
		return t, fmt.Errorf("proposing a transfer: %w", err)
	}
	return t, nil
}

// ownerNow is who looks after a doctor at this moment; "" = nobody.
func (s *Store) ownerNow(tx *gorm.DB, doctor string) (string, error) {
	holds, err := s.holds(tx, []string{doctor})
	if err != nil {
		return "", err
	}
	hold, held := holds[doctor]
	var leads []Lead
	q := tx.Where("doctor = ? AND account = ? AND rep <> '' AND status IN ?", doctor, s.Account(), heldLead).Order("created_at DESC").Order("id")
	if err := q.Find(&leads).Error; err != nil {
		return "", fmt.Errorf("reading leads: %w", err)
	}
	for _, l := range leads {
		if !held || l.AcceptedAt > hold.since() {
			return l.Rep, nil
		}
	}
	if held {
		return hold.holder(), nil
	}
	var owner []string
	if err := tx.Model(&Facets{}).Where("doctor = ?", doctor).Pluck("owner", &owner).Error; err != nil {
		return "", fmt.Errorf("reading owners: %w", err)
	}
	return slices.Concat(owner, []string{""})[0], nil
}
