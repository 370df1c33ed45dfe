package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// Charge is one doctor of a rep, with what the order of a handover and the choice of the next rep rest on.
type Charge struct {
	Doctor   string
	Hospital string
	Province string
	Super    string // best standing as a super customer, "" = none
	Points   int    // of it
	Class    string
}

// tier orders doctors by how soon somebody must look after them: super customers, candidates, then by class.
const tier = `CASE WHEN super = 'confirmed' THEN 0 WHEN super = 'candidate' THEN 1 ELSE 2 END, CASE class WHEN 'A' THEN 0 WHEN 'B' THEN 1 WHEN 'C' THEN 2 WHEN 'D' THEN 3 ELSE 4 END, points DESC, doctor`

// standing joins what tiers a doctor to a query of doctors.
const standing = `SELECT d.id AS doctor, d.hospital, COALESCE(f.province, '') AS province, COALESCE(f.class, '') AS class, COALESCE(MAX(s.best), 0) AS points,
	CASE WHEN MAX(CASE s.status WHEN 'confirmed' THEN 2 WHEN 'candidate' THEN 1 ELSE 0 END) = 2 THEN 'confirmed'
		WHEN MAX(CASE s.status WHEN 'confirmed' THEN 2 WHEN 'candidate' THEN 1 ELSE 0 END) = 1 THEN 'candidate' ELSE '' END AS super
	FROM doctors d LEFT JOIN facets f ON f.doctor = d.id LEFT JOIN supers s ON s.doctor = d.id WHERE d.id IN ? GROUP BY d.id, d.hospital, f.province, f.class`

// ChargesOf lists the doctors whom a rep looks after and may be told of, super customers first, then by class.
func (s *Store) ChargesOf(ctx context.Context, rep string) ([]Charge, error) {
	q := s.read(ctx).Model(&Doctor{}).Where("doctors.account = ? AND doctors.merged_into = ''", s.Account())
	const looksAfter = `doctors.id IN (SELECT c.doctor FROM (SELECT doctor FROM facets WHERE account = ? AND owner = ?
		UNION SELECT doctor FROM transfers WHERE account = ? AND to_rep = ? AND hold_key IS NOT NULL
		UNION SELECT doctor FROM leads WHERE account = ? AND rep = ? AND status IN ?) AS c)`
	q = q.Where(looksAfter, s.Account(), rep, s.Account(), rep, s.Account(), rep, []string{LeadAccepted, LeadBooked, LeadVisited})
	kept, args := s.notElsewhere(As(ctx, Viewer{Reach: ReachOwn}), ground{reps: []string{rep}}, "doctors.id")
	q = q.Where(kept, args...).Where(fmt.Sprintf(shared, "doctors.id"), PurposeShare)
	var ids []string
	if err := q.Order("doctors.id").Pluck("doctors.id", &ids).Error; err != nil {
		return nil, fmt.Errorf("reading doctors of a rep: %w", err)
	}
	return s.charges(ctx, ids)
}

// charges reads how some doctors stand, in the order of their tier.
func (s *Store) charges(ctx context.Context, ids []string) ([]Charge, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []Charge
	if err := s.read(ctx).Raw("SELECT * FROM ("+standing+") AS t ORDER BY "+tier, ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading how doctors stand: %w", err)
	}
	return rows, nil
}

// OpenDeparture marks that a rep leaves the doctors and proposes who gets each; from then on the rep gets no new lead. Who has left the house (DepartLeft)
// is also put out of work, and the accounts of that rep are closed. A departure that is open stays as it is, but for who has left the house since, and only
// doctors whom it does not have yet are added. Rows need Doctor and To. ErrForbidden: not the rep of the person of the context; ErrNoReason; ErrNotFound: no such rep.
func (s *Store) OpenDeparture(ctx context.Context, d Departure, rows []Transfer) (Departure, error) {
	d.Reason = strings.TrimSpace(d.Reason)
	if sees, err := s.SeesRep(ctx, d.Rep); err != nil || !sees {
		return d, errors.Join(err, errIf(err == nil, ErrForbidden))
	}
	switch {
	case d.Reason == "":
		return d, ErrNoReason
	case !slices.Contains([]string{DepartLeft, DepartFiling, DepartTerritory, DepartManager}, d.Cause):
		return d, ErrForbidden
	}
	var out Departure
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var err error
		if out, err = s.openDeparture(tx, d); err != nil {
			return err
		}
		fresh := slices.Clone(rows)
		for i := range fresh {
			t := &fresh[i]
			t.ID, t.Account, t.Departure, t.From = newID("transfer", out.ID, t.Doctor), s.Account(), out.ID, out.Rep
			t.Cause, t.Status, t.At, t.HoldKey = out.Cause, TransferProposed, s.Now(), nil
		}
		if err := insertNew(tx, fresh); err != nil {
			return fmt.Errorf("proposing transfers: %w", err)
		}
		if d.Cause == DepartLeft {
			if err := s.closeRep(tx, out.Rep); err != nil {
				return err
			}
		}
		return s.audit(tx, Audit{Action: "departure_open", Object: "rep:" + out.Rep, Detail: out.Cause + ", " + strconv.Itoa(len(rows)) + " doctors", Reason: d.Reason})
	})
	if err != nil {
		return d, fmt.Errorf("marking a departure: %w", err)
	}
	return out, nil
}

// openDeparture gives the open departure of a rep, a new one when there is none.
func (s *Store) openDeparture(tx *gorm.DB, d Departure) (Departure, error) {
	key := s.Account() + ":" + d.Rep
	var known int64
	if err := tx.Model(&Rep{}).Where("user_id = ? AND account = ?", d.Rep, s.Account()).Count(&known).Error; err != nil {
		return d, err
	}
	if known == 0 {
		return d, ErrNotFound
	}
	v, _ := Viewing(tx.Statement.Context)
	d.ID, d.Account, d.Status, d.OpenKey = newID("departure", key, strconv.FormatInt(s.Now(), 10)), s.Account(), DepartureOpen, &key
	d.Actor, d.At, d.DoneAt, d.Reason = v.Name, s.Now(), 0, cut(d.Reason, auditReason)
	var open []Departure
	if err := tx.Where("open_key = ?", key).Limit(1).Find(&open).Error; err != nil {
		return d, fmt.Errorf("reading departures: %w", err)
	}
	if len(open) > 0 && d.Cause == DepartLeft && open[0].Cause != DepartLeft {
		open[0].Cause, open[0].Reason = d.Cause, d.Reason
		err := tx.Model(&Departure{}).Where("id = ?", open[0].ID).UpdateColumns(map[string]any{"cause": d.Cause, "reason": d.Reason}).Error
		return open[0], err
	}
	if len(open) > 0 {
		return open[0], nil
	}
	made, err := create(tx, &d)
	if err == nil && !made {
		err = ErrMoved
	}
	return d, err
}

// closeRep puts a rep out of work: no lead, no page behind a link, no account.
func (s *Store) closeRep(tx *gorm.DB, rep string) error {
	if err := tx.Model(&Rep{}).Where("user_id = ? AND account = ?", rep, s.Account()).UpdateColumn("active", false).Error; err != nil {
		return fmt.Errorf("closing a rep: %w", err)
	}
	theirs := tx.Model(&User{}).Where("rep = ? AND account = ? AND role = ?", rep, s.Account(), RoleRep)
	if err := theirs.UpdateColumns(map[string]any{"disabled": true, "updated_at": s.Now()}).Error; err != nil {
		return fmt.Errorf("closing accounts: %w", err)
	}
	return nil
}

// endDepartures ends the departures of which nothing is proposed any more.
func endDepartures(tx *gorm.DB, now int64, rows []Transfer) error {
	var ids []string
	for _, t := range rows {
		if t.Departure != "" {
			ids = append(ids, t.Departure)
		}
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		var left int64
		if err := tx.Model(&Transfer{}).Where("departure = ? AND status = ?", id, TransferProposed).Count(&left).Error; err != nil {
			return fmt.Errorf("counting proposals: %w", err)
		}
		if left > 0 {
			continue
		}
		set := map[string]any{"status": DepartureDone, "open_key": nil, "done_at": now}
		if err := tx.Model(&Departure{}).Where("id = ? AND status = ?", id, DepartureOpen).UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("ending a departure: %w", err)
		}
	}
	return nil
}

// EndDeparture ends a departure although doctors are left: those stay with the rep. ErrNoReason; ErrMoved: it is over; ErrNotFound.
func (s *Store) EndDeparture(ctx context.Context, id, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrNoReason
	}
	if sees, err := s.SeesDeparture(ctx, id); err != nil || !sees {
		return orNotFound(err)
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		set := map[string]any{"status": DepartureDone, "open_key": nil, "done_at": s.Now()}
		done := tx.Model(&Departure{}).Where("id = ? AND account = ? AND status = ?", id, s.Account(), DepartureOpen).UpdateColumns(set)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrMoved
		}
		left := tx.Model(&Transfer{}).Where("departure = ? AND status = ?", id, TransferProposed)
		if err := left.UpdateColumns(map[string]any{"status": TransferDropped, "reason": cut(reason, auditReason)}).Error; err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "departure_end", Object: "departure:" + id, Reason: reason})
	})
	if err != nil {
		return fmt.Errorf("ending a departure: %w", err)
	}
	return nil
}

// leaving are the reps with an open departure, of those given; none given: of all.
func (s *Store) leaving(tx *gorm.DB, reps ...string) (map[string]bool, error) {
	q := tx.Model(&Departure{}).Where("account = ? AND status = ?", s.Account(), DepartureOpen)
	if len(reps) > 0 {
		q = q.Where("rep IN ?", reps)
	}
	var ids []string
	if err := q.Pluck("rep", &ids).Error; err != nil {
		return nil, fmt.Errorf("reading departures: %w", err)
	}
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}
