package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// PriceList gives every price, by product, province and city, the newest first.
func (s *Store) PriceList(ctx context.Context) ([]Price, error) {
	var rows []Price
	err := s.read(ctx).Where(map[string]any{"account": s.Account()}).Order("product").Order("province").Order("city").Order("spec").
		Order("from_at DESC").Order("id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading prices: %w", err)
	}
	return rows, nil
}

// HasPrices tells whether the house keeps prices here. Only then do they count.
func (s *Store) HasPrices(ctx context.Context) (bool, error) {
	var ids []string
	if err := s.read(ctx).Model(&Price{}).Where(map[string]any{"account": s.Account()}).Limit(1).Pluck("id", &ids).Error; err != nil {
		return false, fmt.Errorf("looking for prices: %w", err)
	}
	return len(ids) > 0, nil
}

// Valid tells whether a price may be told at a time, unix ms: in force, with the document that sets it, and approved by somebody.
func (p Price) Valid(at int64) bool {
	return p.Policy != "" && p.ApprovedBy != "" && p.FromAt != 0 && p.FromAt <= at && (p.UntilAt == 0 || at < p.UntilAt)
}

// PricesAt gives the official prices of a product (its code, name or generic name) that hold at a hospital at a time: those of its city, else those of its
// province; of one size of pack the one that came into force last. None when the hospital or the product is not known, or when nothing is valid: nobody
// guesses a price.
func (s *Store) PricesAt(ctx context.Context, hospital, product string, at time.Time) ([]Price, error) {
	h, err := s.StandingHospital(ctx, hospital)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []Price
	codes := s.read(ctx).Model(&Product{}).Select("id").Where("account = ? AND active = ?", s.Account(), true).
		Where("id = ? OR name = ? OR generic = ?", product, product, product)
	err = s.read(ctx).Where("account = ? AND product IN (?) AND province = ? AND city IN ?", s.Account(), codes, h.Province, []string{h.City, ""}).
		Order("spec").Order("package").Order("kind").Order("from_at DESC").Order("id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading prices: %w", err)
	}
	return bestPrices(rows, at.UnixMilli()), nil
}

// bestPrices keeps of each size of pack and kind the price that holds.
func bestPrices(rows []Price, at int64) []Price {
	var out []Price
	place := map[[3]string]int{}
	for _, p := range rows {
		if !p.Valid(at) {
			continue
		}
		key := [3]string{p.Spec, p.Package, p.Kind}
		i, known := place[key]
		switch {
		case !known:
			place[key] = len(out)
			out = append(out, p)
		case out[i].City == "" && p.City != "":
			out[i] = p
		}
	}
	return out
}

// StandingHospital is a hospital by its id, or the one that stands for it after a merge; ErrNotFound.
func (s *Store) StandingHospital(ctx context.Context, id string) (Hospital, error) {
	for range maxMerges {
		h, err := s.Hospital(ctx, id)
		if err != nil || h.MergedInto == "" {
			return h, err
		}
		id = h.MergedInto
	}
	return Hospital{}, ErrNotFound
}
