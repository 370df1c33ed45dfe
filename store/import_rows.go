package store

import (
	"context"
	"fmt"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// plain is an imported record that stands in one row of one table.
type plain[T any] struct {
	key   func(T) string
	find  func(tx *gorm.DB, rows []T) *gorm.DB // narrows to the rows that may exist
	bare  func(*T)                             // takes out what says nothing about the content: times, sources
	stamp func(*T, *intake)                    // fills in what the store knows
	moved map[string]bool                      // keys of rows of which something outside the table is other
}

// takePlain compares a batch with what is kept and writes what is new or other. A value that is empty in the spreadsheet leaves the kept one alone.
func takePlain[T comparable](p plain[T]) func(*intake, []T) error {
	return func(in *intake, batch []T) error {
		var kept []T
		if err := p.find(in.tx.Where(map[string]any{"account": in.s.Account()}), batch).Find(&kept).Error; err != nil {
			return fmt.Errorf("reading what is kept: %w", err)
		}
		old := make(map[string]T, len(kept))
		for _, k := range kept {
			old[p.key(k)] = k
		}
		var write []T
		for _, row := range batch {
			was, known := old[p.key(row)]
			if known {
				keepFilled(&row, was)
			}
			a, b := row, was
			p.bare(&a)
			p.bare(&b)
			switch {
			case !known:
				in.counts.Added++
			case a == b && !p.moved[p.key(row)]:
				in.counts.Same++
				continue
			default:
				in.counts.Changed++
			}
			p.stamp(&row, in)
			write = append(write, row)
		}
		if in.dry || len(write) == 0 {
			return nil
		}
		return insert(in.tx.Clauses(clause.OnConflict{UpdateAll: true}), write)
	}
}

// keepFilled gives empty texts and zero numbers of a row the value that is kept. Yes and no are always those of the row.
func keepFilled[T any](row *T, was T) {
	to, from := reflect.ValueOf(row).Elem(), reflect.ValueOf(was)
	for i := range to.NumField() {
		if f := to.Field(i); f.IsZero() && f.Kind() != reflect.Bool {
			f.Set(from.Field(i))
		}
	}
}

func idsOf[T any](rows []T, id func(T) string) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = id(r)
	}
	return out
}

// ImportHospitals writes hospitals by their id. One that was merged into another keeps being so.
func (s *Store) ImportHospitals(ctx context.Context, im Import, rows Batches[Hospital]) (Counts, error) {
	key := func(h Hospital) string { return h.ID }
	return take(ctx, s, im, rows, func(in *intake, batch []Hospital) error {
		at, err := s.hospitalClock(in.tx) // of each batch: it may be seen before the next one
		if err != nil {
			return err
		}
		return takePlain(plain[Hospital]{
			key:  key,
			find: func(tx *gorm.DB, b []Hospital) *gorm.DB { return tx.Where("id IN ?", idsOf(b, key)) },
			bare: func(h *Hospital) { h.Account, h.Source, h.UpdatedAt, h.MergedInto = "", "", 0, "" },
			stamp: func(h *Hospital, in *intake) {
				h.Account, h.Source, h.UpdatedAt = s.Account(), in.source(), at
			},
		})(in, batch)
	})
}

// ImportProducts writes products by their code.
func (s *Store) ImportProducts(ctx context.Context, im Import, rows Batches[Product]) (Counts, error) {
	key := func(p Product) string { return p.ID }
	return take(ctx, s, im, rows, takePlain(plain[Product]{
		key:   key,
		find:  func(tx *gorm.DB, b []Product) *gorm.DB { return tx.Where("id IN ?", idsOf(b, key)) },
		bare:  func(p *Product) { p.Account, p.UpdatedAt = "", 0 },
		stamp: func(p *Product, in *intake) { p.Account, p.UpdatedAt = s.Account(), in.now },
	}))
}

// ImportBatches writes rounds of procurement by their id.
func (s *Store) ImportBatches(ctx context.Context, im Import, rows Batches[Batch]) (Counts, error) {
	key := func(b Batch) string { return b.ID }
	return take(ctx, s, im, rows, takePlain(plain[Batch]{
		key:  key,
		find: func(tx *gorm.DB, b []Batch) *gorm.DB { return tx.Where("id IN ?", idsOf(b, key)) },
		bare: func(b *Batch) { b.Account, b.UpdatedAt = "", 0 },
		stamp: func(b *Batch, in *intake) {
			if b.Share == 0 {
				b.Share = -1
			}
			b.Account, b.UpdatedAt = s.Account(), in.now
		},
	}))
}

// ImportAccess writes how far products have come in hospitals. The doctors of those hospitals are looked at again.
func (s *Store) ImportAccess(ctx context.Context, im Import, rows Batches[HospitalAccess]) (Counts, error) {
	return take(ctx, s, im, rows, func(in *intake, batch []HospitalAccess) error {
		before := in.counts
		err := takePlain(plain[HospitalAccess]{
			key: func(a HospitalAccess) string { return a.Hospital + "\x00" + a.Product },
			find: func(tx *gorm.DB, b []HospitalAccess) *gorm.DB {
				return tx.Where("hospital IN ?", idsOf(b, func(a HospitalAccess) string { return a.Hospital }))
			},
			bare: func(a *HospitalAccess) { a.Account, a.Source, a.UpdatedAt = "", "", 0 },
			stamp: func(a *HospitalAccess, in *intake) {
				a.Account, a.Source, a.UpdatedAt = s.Account(), in.source(), in.now
			},
		})(in, batch)
		if err != nil || in.dry || in.counts.Added+in.counts.Changed == before.Added+before.Changed {
			return err
		}
		hospitals := idsOf(batch, func(a HospitalAccess) string { return a.Hospital })
		return in.tx.Model(&Doctor{}).Where("account = ? AND hospital IN ?", s.Account(), hospitals).UpdateColumn("refresh_at", in.now).Error
	})
}

// ImportPrices writes official prices by their id.
func (s *Store) ImportPrices(ctx context.Context, im Import, rows Batches[Price]) (Counts, error) {
	key := func(p Price) string { return p.ID }
	return take(ctx, s, im, rows, takePlain(plain[Price]{
		key:   key,
		find:  func(tx *gorm.DB, b []Price) *gorm.DB { return tx.Where("id IN ?", idsOf(b, key)) },
		bare:  func(p *Price) { p.Account, p.UpdatedAt, p.ApprovedAt = "", 0, 0 },
		stamp: func(p *Price, in *intake) { p.Account, p.UpdatedAt = s.Account(), in.now },
	}))
}

// ImportInvites writes invitation codes. What was used of one stays used.
func (s *Store) ImportInvites(ctx context.Context, im Import, rows Batches[Invite]) (Counts, error) {
	key := func(i Invite) string { return i.Code }
	return take(ctx, s, im, rows, takePlain(plain[Invite]{
		key:  key,
		find: func(tx *gorm.DB, b []Invite) *gorm.DB { return tx.Where("code IN ?", idsOf(b, key)) },
		bare: func(i *Invite) { i.Account, i.CreatedAt, i.Uses = "", 0, 0 },
		stamp: func(i *Invite, in *intake) {
			i.Account, i.CreatedAt = s.Account(), orNow(i.CreatedAt, in.now)
		},
	}))
}

// RepRow is a rep of a spreadsheet.
type RepRow struct {
	Rep
	Territories []Territory // replaces those that are kept; nil leaves them alone
}

// ImportReps writes reps by their user id, with their territories.
func (s *Store) ImportReps(ctx context.Context, im Import, rows Batches[RepRow]) (Counts, error) {
	return take(ctx, s, im, rows, func(in *intake, batch []RepRow) error {
		moved, err := in.movedTerritories(batch)
		if err != nil {
			return err
		}
		lands := make(map[string]bool, len(moved))
		for _, r := range moved {
			lands[r.UserID] = true
		}
		reps := make([]Rep, len(batch))
		for i, r := range batch {
			reps[i] = r.Rep
		}
		key := func(r Rep) string { return r.UserID }
		err = takePlain(plain[Rep]{
			key:   key,
			find:  func(tx *gorm.DB, b []Rep) *gorm.DB { return tx.Where("user_id IN ?", idsOf(b, key)) },
			bare:  func(r *Rep) { r.Account = "" },
			stamp: func(r *Rep, _ *intake) { r.Account = s.Account() },
			moved: lands,
		})(in, reps)
		if err != nil {
			return err
		}
		return in.writeTerritories(moved)
	})
}
