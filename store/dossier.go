package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// behaviourSpan is how far back a dossier goes: no rule of the house looks further.
const behaviourSpan = 2 * 365 * 24 * time.Hour

// Dossier is everything known about one doctor, as rows: what rules look at.
type Dossier struct {
	Doctor       Doctor
	Portrait     []PortraitValue
	Consents     []Consent // the newest of every purpose
	Tags         []Tag     // those not removed
	Suppressions []Suppression
	Behaviours   []Behaviour // oldest first
	Visits       []Visit     // newest first
	Leads        []Lead      // newest first
	Scores       []Score
	Ratings      []Rating
	Hospital     *Hospital // nil = not in the master data
	Access       []HospitalAccess
	OpenCase     bool
	Owner        string // rep who looks after the doctor, "" = nobody
}

// Dossier reads everything known about one doctor; ErrNotFound.
func (s *Store) Dossier(ctx context.Context, doctor string) (Dossier, error) {
	all, err := s.Dossiers(ctx, []string{doctor})
	if err != nil {
		return Dossier{}, err
	}
	if len(all) == 0 {
		return Dossier{}, fmt.Errorf("reading a dossier: %w", ErrNotFound)
	}
	return all[0], nil
}

// Dossiers reads everything known about several doctors, by id. Those who do not exist are left out. At most a few hundred at once.
//
// The doctors' rows are read first: whoever changes one afterwards marks it again, so that what is derived from half of the change is not written.
func (s *Store) Dossiers(ctx context.Context, ids []string) ([]Dossier, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var doctors []Doctor
	if err := s.read(ctx).Where("id IN ? AND account = ?", ids, s.Account()).Order("id").Find(&doctors).Error; err != nil {
		return nil, fmt.Errorf("reading doctors: %w", err)
	}
	out := make([]Dossier, len(doctors))
	at := make(map[string]*Dossier, len(doctors))
	for i, d := range doctors {
		out[i].Doctor = d
		at[d.ID] = &out[i]
	}
	if err := s.fillDossiers(ctx, ids, at); err != nil {
		return nil, err
	}
	if err := s.fillPlaces(ctx, out); err != nil {
		return nil, err
	}
	return out, s.fillOwners(ctx, out)
}

// fillDossiers reads the tables that have rows of doctors.
func (s *Store) fillDossiers(ctx context.Context, ids []string, at map[string]*Dossier) error {
	of := func(column string) *gorm.DB { return s.read(ctx).Where(column+" IN ?", ids) }
	since := s.Now() - behaviourSpan.Milliseconds()
	open := of("doctor").Where("status = ?", CaseOpen)
	return firstOf(
		func() error {
			return spread(of("doctor").Order("field"), at, func(d *Dossier, r PortraitValue) { d.Portrait = append(d.Portrait, r) }, func(r PortraitValue) string { return r.Doctor })
		},
		func() error {
			return spread(of("conversation").Order("purpose").Order("seq"), at, (*Dossier).addConsent, func(r Consent) string { return r.Conversation })
		},
		func() error {
			return spread(of("doctor").Where("removed_at = 0").Order("tag"), at, func(d *Dossier, r Tag) { d.Tags = append(d.Tags, r) }, func(r Tag) string { return r.Doctor })
		},
		func() error {
			return spread(of("doctor").Order("tag"), at, func(d *Dossier, r Suppression) { d.Suppressions = append(d.Suppressions, r) }, func(r Suppression) string { return r.Doctor })
		},
		func() error {
			return spread(of("doctor").Where("at >= ?", since).Order("at").Order("id"), at, func(d *Dossier, r Behaviour) { d.Behaviours = append(d.Behaviours, r) }, func(r Behaviour) string { return r.Doctor })
		},
		func() error {
			return spread(of("doctor").Order("at DESC").Order("id"), at, func(d *Dossier, r Visit) { d.Visits = append(d.Visits, r) }, func(r Visit) string { return r.Doctor })
		},
		func() error {
			return spread(of("doctor").Order("created_at DESC").Order("id"), at, func(d *Dossier, r Lead) { d.Leads = append(d.Leads, r) }, func(r Lead) string { return r.Doctor })
		},
		func() error {
			return spread(of("doctor").Order("name"), at, func(d *Dossier, r Score) { d.Scores = append(d.Scores, r) }, func(r Score) string { return r.Doctor })
		},
		func() error {
			return spread(of("doctor").Order("product"), at, func(d *Dossier, r Rating) { d.Ratings = append(d.Ratings, r) }, func(r Rating) string { return r.Doctor })
		},
		func() error {
			return spread(open.Select("no", "doctor"), at, func(d *Dossier, _ Case) { d.OpenCase = true }, func(r Case) string { return r.Doctor })
		},
	)
}

// firstOf does one after the other until one fails.
func firstOf(do ...func() error) error {
	for _, f := range do {
		if err := f(); err != nil {
			return fmt.Errorf("reading dossiers: %w", err)
		}
	}
	return nil
}

// spread reads rows and hands each to the dossier of its doctor.
func spread[T any](q *gorm.DB, at map[string]*Dossier, add func(*Dossier, T), of func(T) string) error {
	var rows []T
	if err := q.Find(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		if d := at[of(r)]; d != nil {
			add(d, r)
		}
	}
	return nil
}

// addConsent keeps the newest decision about a purpose.
func (d *Dossier) addConsent(c Consent) {
	if n := len(d.Consents); n > 0 && d.Consents[n-1].Purpose == c.Purpose {
		d.Consents[n-1] = c
		return
	}
	d.Consents = append(d.Consents, c)
}

// Gone tells whether nothing may be derived about the doctor: the data was erased, or the row stands for another one.
func (d *Dossier) Gone() bool {
	return d.Doctor.MergedInto != "" || d.Doctor.OpenID == "" && d.Doctor.MasterKey == nil
}

// Facets reads the row of one doctor; ErrNotFound.
func (s *Store) Facets(ctx context.Context, doctor string) (Facets, error) {
	var rows []Facets
	if err := s.read(ctx).Where("doctor = ? AND account = ?", doctor, s.Account()).Limit(1).Find(&rows).Error; err != nil {
		return Facets{}, fmt.Errorf("reading facets: %w", err)
	}
	if len(rows) == 0 {
		return Facets{}, fmt.Errorf("reading facets: %w", ErrNotFound)
	}
	return rows[0], nil
}
