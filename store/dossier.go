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
	Facets       *Facets       // nil = never derived
	Observations []Observation // of the fields asked for, oldest first
	Hospital     *Hospital     // nil = not in the master data
	Access       []HospitalAccess
	OpenCase     bool
	Owner        string // rep who looks after the doctor, "" = nobody
	Supers       []Super
	Influences   []Influence       // newest first
	Lives        map[string]string // product → stage of its life
	BenefitAt    int64             // newest request for a benefit, 0 = none
	ClearedAt    int64             // when compliance set such requests aside last
}

// Dossier reads everything known about one doctor; ErrNotFound.
//
// history names the fields of the portrait of which every value is wanted.
func (s *Store) Dossier(ctx context.Context, doctor string, history ...string) (Dossier, error) {
	all, err := s.Dossiers(ctx, []string{doctor}, history...)
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
func (s *Store) Dossiers(ctx context.Context, ids []string, history ...string) ([]Dossier, error) {
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
	if err := s.fillDossiers(ctx, ids, at, history); err != nil {
		return nil, err
	}
	if err := firstOf(func() error { return s.fillPlaces(ctx, out) }, func() error { return s.fillLives(ctx, out) }); err != nil {
		return nil, err
	}
	return out, s.fillOwners(ctx, out)
}

// fillDossiers reads the tables that have rows of doctors.
func (s *Store) fillDossiers(ctx context.Context, ids []string, at map[string]*Dossier, history []string) error {
	of := func(column string) *gorm.DB { return s.read(ctx).Where(column+" IN ?", ids) }
	since := s.Now() - behaviourSpan.Milliseconds()
	parts := []func() error{
		part(of("doctor").Order("field"), at, func(d *Dossier, r PortraitValue) { d.Portrait = append(d.Portrait, r) }),
		part(of("conversation").Order("purpose").Order("seq"), at, (*Dossier).addConsent),
		part(of("doctor").Where("removed_at = 0").Order("tag"), at, func(d *Dossier, r Tag) { d.Tags = append(d.Tags, r) }),
		part(of("doctor").Order("tag"), at, func(d *Dossier, r Suppression) { d.Suppressions = append(d.Suppressions, r) }),
		part(of("doctor").Where("at >= ?", since).Order("at").Order("id"), at, func(d *Dossier, r Behaviour) { d.Behaviours = append(d.Behaviours, r) }),
		part(of("doctor").Order("at DESC").Order("id"), at, func(d *Dossier, r Visit) { d.Visits = append(d.Visits, r) }),
		part(of("doctor").Order("created_at DESC").Order("id"), at, func(d *Dossier, r Lead) { d.Leads = append(d.Leads, r) }),
		part(of("doctor").Order("name"), at, func(d *Dossier, r Score) { d.Scores = append(d.Scores, r) }),
		part(of("doctor").Order("product"), at, func(d *Dossier, r Rating) { d.Ratings = append(d.Ratings, r) }),
		part(of("doctor"), at, func(d *Dossier, r Facets) { d.Facets = &r }),
		part(of("doctor").Where("status = ?", CaseOpen).Select("no", "doctor"), at, func(d *Dossier, _ Case) { d.OpenCase = true }),
	}
	parts = append(parts, s.superParts(of, at)...)
	if len(history) > 0 {
		parts = append(parts, part(of("doctor").Where("field IN ?", history).Order("id"), at, func(d *Dossier, r Observation) {
			d.Observations = append(d.Observations, r)
		}))
	}
	if err := firstOf(parts...); err != nil {
		return fmt.Errorf("reading dossiers: %w", err)
	}
	return nil
}

// firstOf does one after the other until one fails.
func firstOf(do ...func() error) error {
	for _, f := range do {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// ofDoctor is a row that belongs to a doctor.
type ofDoctor interface{ of() string }

func (p PortraitValue) of() string { return p.Doctor }
func (c Consent) of() string       { return c.Conversation }
func (r Tag) of() string           { return r.Doctor }
func (r Suppression) of() string   { return r.Doctor }
func (r Behaviour) of() string     { return r.Doctor }
func (r Visit) of() string         { return r.Doctor }
func (l Lead) of() string          { return l.Doctor }
func (r Score) of() string         { return r.Doctor }
func (r Rating) of() string        { return r.Doctor }
func (r Facets) of() string        { return r.Doctor }
func (c Case) of() string          { return c.Doctor }
func (o Observation) of() string   { return o.Doctor }

// part reads rows and hands each to the dossier of its doctor.
func part[T ofDoctor](q *gorm.DB, at map[string]*Dossier, add func(*Dossier, T)) func() error {
	return func() error {
		var rows []T
		if err := q.Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			if d := at[r.of()]; d != nil {
				add(d, r)
			}
		}
		return nil
	}
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
