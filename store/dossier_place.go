package store

import (
	"context"
	"fmt"
	"slices"
)

// fillPlaces reads the hospitals of the doctors, with how far the products have come there. A hospital that was found to be another one stands for that one.
func (s *Store) fillPlaces(ctx context.Context, all []Dossier) error {
	ids := distinct(all, func(d *Dossier) string { return d.Doctor.Hospital })
	places, err := s.hospitalsByID(ctx, ids)
	if err != nil {
		return err
	}
	kept := make([]string, len(ids))
	for i, id := range ids {
		if kept[i] = id; places[id].MergedInto != "" {
			kept[i] = places[id].MergedInto
		}
	}
	merged, err := s.hospitalsByID(ctx, kept)
	if err != nil {
		return err
	}
	access := make(map[string][]HospitalAccess)
	if len(kept) > 0 {
		var rows []HospitalAccess
		if err := s.read(ctx).Where("hospital IN ? AND account = ?", kept, s.Account()).Order("product").Find(&rows).Error; err != nil {
			return fmt.Errorf("reading products of hospitals: %w", err)
		}
		for _, r := range rows {
			access[r.Hospital] = append(access[r.Hospital], r)
		}
	}
	for i := range all {
		h, ok := places[all[i].Doctor.Hospital]
		if !ok {
			all[i].Access = access[all[i].Doctor.Hospital]
			continue
		}
		if m, ok := merged[h.MergedInto]; ok {
			h = m
		}
		all[i].Hospital, all[i].Access = &h, access[h.ID]
	}
	return nil
}

func (s *Store) hospitalsByID(ctx context.Context, ids []string) (map[string]Hospital, error) {
	out := make(map[string]Hospital, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Hospital
	if err := s.read(ctx).Where("id IN ? AND account = ?", ids, s.Account()).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading hospitals: %w", err)
	}
	for _, h := range rows {
		out[h.ID] = h
	}
	return out, nil
}

// distinct lists the texts that are not empty, each once.
func distinct(all []Dossier, of func(*Dossier) string) []string {
	var out []string
	for i := range all {
		if id := of(&all[i]); id != "" {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fillOwners finds who looks after the doctors: whom the newest decided transfer names, or the rep of a lead taken since; else the rep of the newest lead that
// is held or was visited, else the one rep whose territory is the hospital.
func (s *Store) fillOwners(ctx context.Context, all []Dossier) error {
	ids := distinct(all, func(d *Dossier) string { return d.Doctor.Hospital })
	if h := distinct(all, func(d *Dossier) string {
		if d.Hospital == nil {
			return ""
		}
		return d.Hospital.ID
	}); len(h) > 0 {
		ids = append(ids, h...)
	}
	lands := make(map[string][]string)
	if len(ids) > 0 {
		var rows []Territory
		q := s.read(ctx).Where("account = ? AND kind = ? AND value IN ?", s.Account(), TerritoryHospital, ids)
		if err := q.Where("rep IN (?)", s.read(ctx).Model(&Rep{}).Select("user_id").Where("account = ? AND active", s.Account())).Order("rep").Find(&rows).Error; err != nil {
			return fmt.Errorf("reading territories: %w", err)
		}
		for _, r := range rows {
			lands[r.Value] = append(lands[r.Value], r.Rep)
		}
	}
	doctors := make([]string, len(all))
	for i := range all {
		doctors[i] = all[i].Doctor.ID
	}
	holds, err := s.holds(s.read(ctx), doctors)
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Owner = all[i].owner(holds[all[i].Doctor.ID], lands)
	}
	return nil
}

// heldLead are the states of a lead that make its rep the one who looks after the doctor.
var heldLead = []string{LeadAccepted, LeadBooked, LeadVisited, LeadClosed}

func (d *Dossier) owner(hold Transfer, lands map[string][]string) string {
	for _, l := range d.Leads {
		if l.Rep != "" && slices.Contains(heldLead, l.Status) && (hold.ID == "" || l.AcceptedAt > hold.since()) {
			return l.Rep
		}
	}
	if hold.ID != "" {
		return hold.holder()
	}
	reps := lands[d.Doctor.Hospital]
	if d.Hospital != nil && d.Hospital.ID != d.Doctor.Hospital {
		reps = append(slices.Clone(reps), lands[d.Hospital.ID]...)
	}
	if len(reps) == 1 {
		return reps[0]
	}
	return ""
}
