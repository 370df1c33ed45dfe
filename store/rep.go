package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Kinds of territory, from the closest to the widest.
const (
	TerritoryHospital = "hospital"
	TerritoryProvince = "province"
	TerritoryAll      = "all"
)

// ErrRep: a rep or territory that cannot be stored.
var ErrRep = errors.New("store: rep not valid")

// RepEntry is a rep with territories and load.
type RepEntry struct {
	Rep
	Territories []Territory
	Held        int64 // leads accepted or booked and not reported yet
}

// SaveRep inserts a rep or changes the one of the same user id.
func (s *Store) SaveRep(ctx context.Context, r Rep) error {
	r.UserID, r.Name, r.FilingNo = strings.TrimSpace(r.UserID), strings.TrimSpace(r.Name), strings.TrimSpace(r.FilingNo)
	if r.UserID == "" || r.Name == "" {
		return fmt.Errorf("%w: user id and name are needed", ErrRep)
	}
	r.Account = s.Account()
	return s.tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error; err != nil {
			return fmt.Errorf("writing rep: %w", err)
		}
		return nil
	})
}

// Rep reads one rep; ErrNotFound.
func (s *Store) Rep(ctx context.Context, userID string) (Rep, error) {
	var rows []Rep
	if err := s.read(ctx).Where(map[string]any{"user_id": userID, "account": s.Account()}).Limit(1).Find(&rows).Error; err != nil {
		return Rep{}, fmt.Errorf("reading rep: %w", err)
	}
	if len(rows) == 0 {
		return Rep{}, ErrNotFound
	}
	leaves, err := s.leaving(s.read(ctx), userID)
	rows[0].Leaving = leaves[userID]
	return rows[0], err
}

// Reps gives every rep by user id, with territories and load.
func (s *Store) Reps(ctx context.Context) ([]RepEntry, error) {
	mine := map[string]any{"account": s.Account()}
	var reps []Rep
	if err := s.read(ctx).Where(mine).Order("user_id").Find(&reps).Error; err != nil {
		return nil, fmt.Errorf("reading reps: %w", err)
	}
	var lands []Territory
	if err := s.read(ctx).Where(mine).Order("rep").Order("kind").Order("value").Find(&lands).Error; err != nil {
		return nil, fmt.Errorf("reading territories: %w", err)
	}
	var held []struct {
		Rep  string
		Held int64
	}
	q := s.read(ctx).Model(&Lead{}).Select("rep", "COUNT(*) AS held").Where(mine).Where(map[string]any{"status": []string{LeadAccepted, LeadBooked}})
	if err := q.Group("rep").Find(&held).Error; err != nil {
		return nil, fmt.Errorf("counting leads of reps: %w", err)
	}
	leaves, err := s.leaving(s.read(ctx))
	if err != nil {
		return nil, err
	}
	entries := make([]RepEntry, len(reps))
	at := make(map[string]int, len(reps))
	for i, r := range reps {
		r.Leaving = leaves[r.UserID]
		entries[i] = RepEntry{Rep: r}
		at[r.UserID] = i
	}
	for _, t := range lands {
		if i, ok := at[t.Rep]; ok {
			entries[i].Territories = append(entries[i].Territories, t)
		}
	}
	for _, h := range held {
		if i, ok := at[h.Rep]; ok {
			entries[i].Held = h.Held
		}
	}
	return entries, nil
}

// SetTerritories replaces the territories of a rep.
func (s *Store) SetTerritories(ctx context.Context, rep string, lands []Territory) error {
	rep = strings.TrimSpace(rep)
	rows := make([]Territory, 0, len(lands))
	for _, t := range lands {
		row := Territory{Rep: rep, Kind: t.Kind, Value: strings.TrimSpace(t.Value), Account: s.Account()}
		switch row.Kind {
		case TerritoryHospital, TerritoryProvince:
			if row.Value == "" {
				return fmt.Errorf("%w: a %s is needed", ErrRep, row.Kind)
			}
		case TerritoryAll:
			row.Value = ""
		default:
			return fmt.Errorf("%w: unknown kind of territory", ErrRep)
		}
		rows = append(rows, row)
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Where(map[string]any{"rep": rep, "account": s.Account()}).Delete(&Territory{}).Error; err != nil {
			return fmt.Errorf("clearing territories: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
			return fmt.Errorf("writing territories: %w", err)
		}
		return nil
	})
}
