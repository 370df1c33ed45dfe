package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// TransferRow is a transfer as a list shows it.
type TransferRow struct {
	Transfer
	Who    Doctor
	Stands Charge
	Told   string // what became of the notice to the doctor: see the Push constants; "" = the doctor cannot be written to
	ToldAt int64  // when it is due, or was decided about
}

// DepartureRow is a departure with its numbers.
type DepartureRow struct {
	Departure
	Counts map[string]int64 // of transfers by status
}

// DepartureFile is one departure with its transfers, super customers first.
type DepartureFile struct {
	DepartureRow
	Rows []TransferRow
	Kept []Kept
}

// Departures lists departures of the reps for whom the person of the context answers, open ones first, then the newest, at most limit.
func (s *Store) Departures(ctx context.Context, limit int) ([]DepartureRow, error) {
	q := s.read(ctx).Where("account = ?", s.Account())
	if v, ok := Viewing(ctx); ok && v.Reach != ReachAll {
		q = q.Where("rep IN (?)", s.read(ctx).Model(&Rep{}).Select("user_id").Where("account = ? AND team = ? AND team <> ''", s.Account(), v.Team))
		if v.Reach != ReachTeam {
			return nil, nil
		}
	}
	var rows []Departure
	if err := q.Order("CASE WHEN status = '" + DepartureOpen + "' THEN 0 ELSE 1 END").Order("at DESC").Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading departures: %w", err)
	}
	return s.departureRows(ctx, rows)
}

func (s *Store) departureRows(ctx context.Context, rows []Departure) ([]DepartureRow, error) {
	ids := make([]string, len(rows))
	out := make([]DepartureRow, len(rows))
	for i, d := range rows {
		ids[i], out[i] = d.ID, DepartureRow{Departure: d, Counts: map[string]int64{}}
	}
	if len(rows) == 0 {
		return out, nil
	}
	var counts []struct {
		Departure string
		Status    string
		N         int64
	}
	q := s.read(ctx).Model(&Transfer{}).Select("departure, status, COUNT(*) AS n").Where("departure IN ?", ids).Group("departure, status")
	if err := q.Find(&counts).Error; err != nil {
		return nil, fmt.Errorf("counting transfers: %w", err)
	}
	for _, c := range counts {
		out[slices.Index(ids, c.Departure)].Counts[c.Status] = c.N
	}
	return out, nil
}

// DepartureFile reads one departure; ErrNotFound. Doctors whom the person of the context may not see any more are not listed, but counted.
func (s *Store) DepartureFile(ctx context.Context, id string) (DepartureFile, error) {
	var rows []Departure
	if err := s.read(ctx).Where("id = ? AND account = ?", id, s.Account()).Limit(1).Find(&rows).Error; err != nil {
		return DepartureFile{}, fmt.Errorf("reading a departure: %w", err)
	}
	if len(rows) == 0 {
		return DepartureFile{}, ErrNotFound
	}
	one, err := s.departureRows(ctx, rows)
	if err != nil {
		return DepartureFile{}, err
	}
	f := DepartureFile{DepartureRow: one[0]}
	if f.Rows, err = s.transferRows(ctx, s.read(ctx).Where("departure = ?", id)); err != nil {
		return f, err
	}
	f.Kept, err = s.keptOf(ctx, id)
	return f, err
}

// TransferQuery narrows the list of transfers.
type TransferQuery struct {
	Statuses []string
	Rep      string // the new rep, "" = any
	Loose    bool   // only those without a departure
	Limit    int
}

// Transfers lists transfers that the person of the context may see. Proposals are in the order of the doctors' tiers, others by when the first contact is due.
func (s *Store) Transfers(ctx context.Context, q TransferQuery) ([]TransferRow, error) {
	db := s.read(ctx).Where("transfers.account = ? AND transfers.status IN ?", s.Account(), q.Statuses)
	if q.Rep != "" {
		db = db.Where("transfers.to_rep = ?", q.Rep)
	}
	if q.Loose {
		db = db.Where("transfers.departure = ''")
	}
	return s.transferRows(ctx, db.Order("transfers.due_at").Order("transfers.id").Limit(q.Limit))
}

// Transfer reads one transfer; ErrNotFound when the person of the context may not see it.
func (s *Store) Transfer(ctx context.Context, id string) (TransferRow, error) {
	rows, err := s.transferRows(ctx, s.read(ctx).Where("transfers.id = ? AND transfers.account = ?", id, s.Account()))
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return TransferRow{}, err
	}
	return rows[0], nil
}

// transferRows puts doctors, standings and notices to transfers.
func (s *Store) transferRows(ctx context.Context, q *gorm.DB) ([]TransferRow, error) {
	q, err := s.transfersWithin(ctx, q)
	if err != nil {
		return nil, err
	}
	var rows []Transfer
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading transfers: %w", err)
	}
	doctors, pushes := make([]string, len(rows)), make([]string, len(rows))
	for i, t := range rows {
		doctors[i], pushes[i] = t.Doctor, newID("push", TransferCause(t.ID))
	}
	who, err := s.doctorsByID(ctx, doctors)
	if err != nil {
		return nil, err
	}
	stands, err := s.charges(ctx, doctors)
	if err != nil {
		return nil, err
	}
	told := map[string]Push{}
	for part := range slices.Chunk(pushes, idPage) {
		var some []Push
		if err := s.read(ctx).Where("id IN ?", part).Find(&some).Error; err != nil {
			return nil, fmt.Errorf("reading notices of transfers: %w", err)
		}
		for _, p := range some {
			told[p.ID] = p
		}
	}
	out := make([]TransferRow, len(rows))
	place := make(map[string]int, len(stands))
	for i, c := range stands {
		place[c.Doctor] = i
	}
	for i, t := range rows {
		p := told[pushes[i]]
		out[i] = TransferRow{Transfer: t, Who: who[t.Doctor], Told: p.Status, ToldAt: p.DueAt}
		if n, ok := place[t.Doctor]; ok {
			out[i].Stands = stands[n]
		}
	}
	slices.SortStableFunc(out, func(a, b TransferRow) int {
		waits := func(t TransferRow) int64 {
			if t.Status == TransferConfirmed {
				return t.DueAt
			}
			return 0
		}
		return cmp.Or(cmp.Compare(waits(a), waits(b)), cmp.Compare(place[a.Doctor], place[b.Doctor]))
	})
	return out, nil
}

// LateTransfer is a doctor with whose new rep the first contact is overdue.
type LateTransfer struct{ ID, Doctor, RepName string }

// LateTransfers gives the transfers that hold, without a contact although it was due, longest first, at most limit.
func (s *Store) LateTransfers(ctx context.Context, limit int) ([]LateTransfer, error) {
	var rows []LateTransfer
	q := s.read(ctx).Table("transfers AS t").Select("t.id, t.doctor, r.name AS rep_name").Joins("JOIN reps r ON r.user_id = t.to_rep AND r.account = t.account")
	q = q.Where("t.account = ? AND t.status = ? AND t.hold_key IS NOT NULL AND t.due_at < ?", s.Account(), TransferConfirmed, s.Now())
	if err := q.Order("t.due_at").Order("t.id").Limit(limit).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading late first contacts: %w", err)
	}
	return rows, nil
}
