package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// fieldProvince is the portrait field that names the doctor's province, where it is known.
const fieldProvince = "province"

// NewLeads gives leads that wait for a rep, by id and after the given one, at most limit.
func (s *Store) NewLeads(ctx context.Context, after string, limit int) ([]LeadWork, error) {
	var leads []Lead
	q := s.read(ctx).Where(map[string]any{"account": s.Account(), "status": LeadNew}).Where("id > ?", after)
	if err := q.Order("id").Limit(limit).Find(&leads).Error; err != nil {
		return nil, fmt.Errorf("reading new leads: %w", err)
	}
	return s.leadWork(ctx, leads)
}

// WithdrawnLeads gives withdrawn leads of which some rep has not been told yet, at most limit.
func (s *Store) WithdrawnLeads(ctx context.Context, limit int) ([]LeadWork, error) {
	held := s.read(ctx).Model(&Offer{}).Select("1").Where("offers.lead_id = leads.id").Where(map[string]any{"status": []string{OfferOpen, OfferAccepted}})
	var leads []Lead
	q := s.read(ctx).Where(map[string]any{"account": s.Account(), "status": LeadWithdrawn}).Where("EXISTS (?)", held)
	if err := q.Order("id").Limit(limit).Find(&leads).Error; err != nil {
		return nil, fmt.Errorf("reading withdrawn leads: %w", err)
	}
	return s.leadWork(ctx, leads)
}

// leadReads is how often a lead is read again because it moved while its offers were read.
const leadReads = 5

// Lead reads one lead with its doctor and the offers that belong to its version; ErrNotFound.
func (s *Store) Lead(ctx context.Context, id string) (LeadWork, error) {
	lead, err := s.leadRow(ctx, id)
	for try := 0; err == nil && try < leadReads; try++ {
		work, readErr := s.leadWork(ctx, []Lead{lead})
		if readErr != nil {
			return LeadWork{}, readErr
		}
		if lead, err = s.leadRow(ctx, id); err == nil && lead.Version == work[0].Version {
			return work[0], nil
		}
	}
	if err == nil {
		err = fmt.Errorf("reading lead: %w", ErrMoved)
	}
	return LeadWork{}, err
}

// HandedLeads gives the leads of doctors that a rep holds or is offered, by id: those that go along when the doctors go to another rep.
func (s *Store) HandedLeads(ctx context.Context, doctors []string) ([]Lead, error) {
	var out []Lead
	for part := range slices.Chunk(doctors, idPage) {
		var rows []Lead
		q := s.read(ctx).Where("account = ? AND doctor IN ? AND status IN ?", s.Account(), part, []string{LeadAssigned, LeadAccepted, LeadBooked})
		if err := q.Order("id").Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("reading leads of doctors: %w", err)
		}
		out = append(out, rows...)
	}
	return out, nil
}

func (s *Store) leadRow(ctx context.Context, id string) (Lead, error) {
	var leads []Lead
	if err := s.read(ctx).Where(map[string]any{"id": id, "account": s.Account()}).Limit(1).Find(&leads).Error; err != nil {
		return Lead{}, fmt.Errorf("reading lead: %w", err)
	}
	if len(leads) == 0 {
		return Lead{}, ErrNotFound
	}
	return leads[0], nil
}

// leadWork puts doctors, provinces and offers to the leads.
func (s *Store) leadWork(ctx context.Context, leads []Lead) ([]LeadWork, error) {
	if len(leads) == 0 {
		return nil, nil
	}
	ids, doctors := make([]string, len(leads)), make([]string, len(leads))
	for i, l := range leads {
		ids[i], doctors[i] = l.ID, l.Doctor
	}
	who, err := s.doctorsByID(ctx, doctors)
	if err != nil {
		return nil, err
	}
	where, err := s.provinces(ctx, doctors)
	if err != nil {
		return nil, err
	}
	brought, err := s.sceneReps(ctx, who)
	if err != nil {
		return nil, err
	}
	holds, err := s.holds(s.read(ctx), doctors)
	if err != nil {
		return nil, err
	}
	var offers []Offer
	if err := s.read(ctx).Where(map[string]any{"lead_id": ids}).Order("rep").Find(&offers).Error; err != nil {
		return nil, fmt.Errorf("reading offers: %w", err)
	}
	made := map[string][]Offer{}
	for _, o := range offers {
		made[o.Lead] = append(made[o.Lead], o)
	}
	work := make([]LeadWork, len(leads))
	for i, l := range leads {
		work[i] = LeadWork{Lead: l, Who: who[l.Doctor], Province: where[l.Doctor], SceneRep: brought[l.Doctor], Offers: made[l.ID]}
		hold := holds[l.Doctor]
		work[i].Holder, work[i].Refused, work[i].Since = hold.holder(), hold.Status == TransferRefused, hold.since()
	}
	return work, nil
}

// provinces tells where doctors are, as far as their portraits say it.
func (s *Store) provinces(ctx context.Context, doctors []string) (map[string]string, error) {
	where := map[string]string{}
	if len(doctors) == 0 {
		return where, nil
	}
	var rows []PortraitValue
	if err := s.read(ctx).Where(map[string]any{"doctor": doctors, "field": fieldProvince}).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading provinces: %w", err)
	}
	for _, p := range rows {
		where[p.Doctor] = plainText(p.Value)
	}
	return where, nil
}

// plainText reads a portrait value that is one text; "" for anything else.
func plainText(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return ""
	}
	return text
}
