package store

import (
	"context"
	"fmt"
	"slices"
)

// quotesRead is how many rows the library shows: the newest.
const quotesRead = 300

// QuoteRow is a quote with what may stand under it: only what the doctor agreed to.
type QuoteRow struct {
	Quote
	Name, Hospital, Department, Province string
}

// Quotes reads words of the house with one of the standings, newest first, without saying whose they are beyond the signature. Expired ones are read as such.
func (s *Store) Quotes(ctx context.Context, status ...string) ([]QuoteRow, error) {
	stored := slices.Clone(status)
	if slices.Contains(status, QuoteExpired) {
		stored = append(stored, QuoteApproved)
	}
	var rows []Quote
	q := s.read(ctx).Where("account = ? AND status IN ?", s.Account(), stored).Order("offered_at DESC").Order("id").Limit(quotesRead)
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading quotes: %w", err)
	}
	out, err := s.quoteRows(ctx, rows)
	for i := range out {
		out[i].Doctor = ""
	}
	return slices.DeleteFunc(out, func(r QuoteRow) bool { return !slices.Contains(status, r.Status) }), err
}

// QuotesOf reads the words of one doctor, newest first. The caller has looked whether the person may know the doctor.
func (s *Store) QuotesOf(ctx context.Context, doctor string) ([]QuoteRow, error) {
	var rows []Quote
	q := s.read(ctx).Where("doctor = ? AND account = ?", doctor, s.Account()).Order("offered_at DESC").Order("id").Limit(quotesRead)
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading quotes of a doctor: %w", err)
	}
	return s.quoteRows(ctx, rows)
}

func (s *Store) quoteRows(ctx context.Context, rows []Quote) ([]QuoteRow, error) {
	if err := s.openQuotes(s.read(ctx), rows); err != nil {
		return nil, fmt.Errorf("reading quotes: %w", err)
	}
	ids := make([]string, len(rows))
	for i, q := range rows {
		ids[i] = q.Doctor
	}
	who, err := s.signers(ctx, ids)
	if err != nil {
		return nil, err
	}
	var facets []Facets
	if len(ids) > 0 {
		if err := s.read(ctx).Select("doctor", "province").Where("doctor IN ?", distinctOf(ids)).Find(&facets).Error; err != nil {
			return nil, fmt.Errorf("reading facets: %w", err)
		}
	}
	out := make([]QuoteRow, len(rows))
	for i, q := range rows {
		out[i] = QuoteRow{Quote: q}
		d, r := who[q.Doctor], &out[i]
		switch q.Signature {
		case SignName:
			r.Name, r.Hospital, r.Department = d.Name, d.HospitalName, d.Department
		case SignPlace:
			r.Department = d.Department
			for _, f := range facets {
				if f.Doctor == q.Doctor {
					r.Province = f.Province
				}
			}
		}
	}
	return out, nil
}

// signers reads what may stand under words. It is not narrowed to the person of the context: what is shown of it is what the doctor agreed to show.
func (s *Store) signers(ctx context.Context, ids []string) (map[string]Doctor, error) {
	found := make(map[string]Doctor, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []Doctor
	q := s.read(ctx).Select("id", "name", "hospital_name", "department").Where("id IN ? AND account = ?", distinctOf(ids), s.Account())
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading who is quoted: %w", err)
	}
	for _, d := range rows {
		found[d.ID] = d
	}
	return found, nil
}

// QuoteWords gives a doctor's own offered words; "" when there are none under the id.
func (s *Store) QuoteWords(ctx context.Context, doctor, id string) (string, error) {
	var rows []Quote
	q := s.read(ctx).Where(map[string]any{"id": id, "doctor": doctor, "status": QuoteOffered}).Limit(1)
	if err := q.Find(&rows).Error; err != nil {
		return "", fmt.Errorf("reading offered words: %w", err)
	}
	if len(rows) == 0 {
		return "", nil
	}
	err := s.openQuotes(s.read(ctx), rows)
	return rows[0].Words, err
}
