package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// ReceptionRule says when, where and how a hospital receives reps: Hospital.Reception as JSON. Source: the reception rules of public hospitals (fixed time,
// place and person; appointment, course and record).
type ReceptionRule struct {
	Days        string `json:"days,omitempty"`
	Time        string `json:"time,omitempty"`
	Place       string `json:"place,omitempty"`
	Contact     string `json:"contact,omitempty"` // department that is asked for an appointment
	Channel     string `json:"channel,omitempty"` // how the appointment is made
	NeedsFiling string `json:"needs_filing,omitempty"`
	Note        string `json:"note,omitempty"`
	SourceURL   string `json:"source_url,omitempty"`
	CheckedAt   int64  `json:"checked_at,omitempty"`
}

// Rule reads Reception; zero when nothing is known.
func (h Hospital) Rule() ReceptionRule {
	var r ReceptionRule
	if json.Unmarshal([]byte(h.Reception), &r) != nil {
		return ReceptionRule{}
	}
	return r
}

// Names are the name and the other names.
func (h Hospital) Names() []string {
	return append([]string{h.Name}, jsonTexts(h.Aliases)...)
}

// jsonTexts reads a JSON array of texts; nil for anything else.
func jsonTexts(text string) []string {
	var out []string
	if json.Unmarshal([]byte(text), &out) != nil {
		return nil
	}
	return out
}

// Where are the provinces in which a batch counts; nil = the whole country.
func (b Batch) Where() []string { return jsonTexts(b.Provinces) }

// Hospitals gives every hospital that stands for itself, by id.
func (s *Store) Hospitals(ctx context.Context) ([]Hospital, error) {
	var rows []Hospital
	if err := s.read(ctx).Where("account = ? AND merged_into = ''", s.Account()).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading hospitals: %w", err)
	}
	return rows, nil
}

// Hospital reads one hospital, also one that was merged into another; ErrNotFound.
func (s *Store) Hospital(ctx context.Context, id string) (Hospital, error) {
	return one[Hospital](s, ctx, "hospital", map[string]any{"id": trimmed(id)})
}

// HospitalStamp grows with every change of a hospital; 0 = there is none.
func (s *Store) HospitalStamp(ctx context.Context) (int64, error) {
	at, err := s.newestHospital(s.read(ctx))
	if err != nil {
		return 0, fmt.Errorf("looking for changed hospitals: %w", err)
	}
	return at, nil
}

func (s *Store) newestHospital(tx *gorm.DB) (int64, error) {
	var at []int64
	err := tx.Model(&Hospital{}).Where("account = ?", s.Account()).Order("updated_at DESC").Limit(1).Pluck("updated_at", &at).Error
	if err != nil || len(at) == 0 {
		return 0, err
	}
	return at[0], nil
}

// hospitalClock is the time for a change of hospitals: later than every one before, whatever the clock says.
func (s *Store) hospitalClock(tx *gorm.DB) (int64, error) {
	last, err := s.newestHospital(tx)
	if err != nil {
		return 0, fmt.Errorf("reading the last change: %w", err)
	}
	return max(s.Now(), last+1), nil
}

// Products gives every product by code.
func (s *Store) Products(ctx context.Context) ([]Product, error) {
	var rows []Product
	if err := s.read(ctx).Where(map[string]any{"account": s.Account()}).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading products: %w", err)
	}
	return rows, nil
}

// BatchList gives every round of procurement, the one that began last first.
func (s *Store) BatchList(ctx context.Context) ([]Batch, error) {
	var rows []Batch
	if err := s.read(ctx).Where(map[string]any{"account": s.Account()}).Order("product").Order("begins_at DESC").Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading batches: %w", err)
	}
	return rows, nil
}

// AccessOf gives how far products have come in a hospital, by product.
func (s *Store) AccessOf(ctx context.Context, hospital string) ([]HospitalAccess, error) {
	var rows []HospitalAccess
	if err := s.read(ctx).Where(map[string]any{"account": s.Account(), "hospital": hospital}).Order("product").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading access: %w", err)
	}
	return rows, nil
}

// DoctorsAt lists doctors of a hospital by name, at most limit, and their number.
func (s *Store) DoctorsAt(ctx context.Context, hospital string, limit int) ([]Doctor, int64, error) {
	q, err := s.within(ctx, s.read(ctx).Model(&Doctor{}).Where("account = ? AND hospital = ? AND merged_into = ''", s.Account(), hospital), "doctors.id")
	if err != nil {
		return nil, 0, err
	}
	var n int64
	if err := q.Session(&gorm.Session{}).Count(&n).Error; err != nil {
		return nil, 0, fmt.Errorf("counting doctors of a hospital: %w", err)
	}
	var rows []Doctor
	if err := q.Order("department").Order("name").Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("reading doctors of a hospital: %w", err)
	}
	maskDoctors(ctx, rows)
	return rows, n, nil
}

// RepsOf lists the reps who look after a hospital: by its id, its province, then those for everything.
func (s *Store) RepsOf(ctx context.Context, h Hospital) ([]RepEntry, error) {
	reps, err := s.Reps(ctx)
	if err != nil {
		return nil, err
	}
	var out []RepEntry
	for _, land := range []Territory{{Kind: TerritoryHospital, Value: h.ID}, {Kind: TerritoryProvince, Value: h.Province}, {Kind: TerritoryAll}} {
		for _, r := range reps {
			fits := slices.ContainsFunc(r.Territories, func(t Territory) bool { return t.Kind == land.Kind && t.Value == land.Value })
			if fits && (land.Value != "" || land.Kind == TerritoryAll) {
				out = append(out, r)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// MasterDoctor finds a doctor by the key of the master data, followed to the one that stands for it after a merge; ErrNotFound.
func (s *Store) MasterDoctor(ctx context.Context, key string) (Doctor, error) {
	d, err := one[Doctor](s, ctx, "doctor", map[string]any{"master_key": trimmed(key)})
	for range maxMerges {
		if err != nil || d.MergedInto == "" {
			return d, err
		}
		d, err = one[Doctor](s, ctx, "doctor", map[string]any{"id": d.MergedInto})
	}
	return d, err
}
