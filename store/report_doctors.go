package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// DoctorQuery narrows the list of doctors. Zero values mean "all".
type DoctorQuery struct {
	Search  string // part of name, hospital or department, or a whole id
	Level   *int
	Phase   string // one phase, or PhasesTalking
	HasLead bool   // has an open lead
	Page    int    // from 1
	Size    int    // rows per page, 1 to 200
}

// PhasesTalking stands in a query for every phase in which a question is open.
const PhasesTalking = "talking"

// talking are the phases in which a question is open.
var talking = []string{PhaseAsking, PhaseConfirm, PhaseConsent}

// DoctorRow is one line of the list of doctors.
type DoctorRow struct {
	Doctor
	OpenLeads int64
}

// DoctorPage is one page of the list of doctors, last seen first.
type DoctorPage struct {
	Rows  []DoctorRow
	Total int64
	Page  int
	Pages int
}

// openLead are the states in which somebody still owes the doctor something.
var openLead = []string{LeadNew, LeadAssigned, LeadAccepted, LeadBooked, LeadVisited}

// DoctorPage reads one page of the list of doctors. A page beyond the end gives the last one.
func (s *Store) DoctorPage(ctx context.Context, q DoctorQuery) (DoctorPage, error) {
	size := min(max(q.Size, 1), 200)
	var out DoctorPage
	filter, err := s.doctorFilter(ctx, q)
	if err != nil {
		return out, err
	}
	if out.Total, err = s.CountDoctors(ctx, q); err != nil {
		return out, err
	}
	out.Pages = max(1, int((out.Total+int64(size)-1)/int64(size)))
	out.Page = min(max(q.Page, 1), out.Pages)
	var rows []Doctor
	err = filter.Order("last_inbound_at DESC").Order("id").Offset((out.Page - 1) * size).Limit(size).Find(&rows).Error
	if err != nil {
		return out, fmt.Errorf("reading doctors: %w", err)
	}
	maskDoctors(ctx, rows)
	leads, err := s.openLeadCounts(ctx, rows)
	if err != nil {
		return out, err
	}
	for _, d := range rows {
		out.Rows = append(out.Rows, DoctorRow{Doctor: d, OpenLeads: leads[d.ID]})
	}
	return out, nil
}

// CountDoctors counts the doctors of a list.
func (s *Store) CountDoctors(ctx context.Context, q DoctorQuery) (n int64, err error) {
	filter, err := s.doctorFilter(ctx, q)
	if err != nil {
		return 0, err
	}
	if err := filter.Model(&Doctor{}).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting doctors: %w", err)
	}
	return n, nil
}

// doctorFilter is the query as a base for several ones, narrowed to what the person of the context may see. Who sees no names finds nobody by a name.
func (s *Store) doctorFilter(ctx context.Context, q DoctorQuery) (*gorm.DB, error) {
	db, err := s.within(ctx, s.read(ctx).Where(map[string]any{"account": s.Account()}), "doctors.id")
	if err != nil {
		return nil, err
	}
	if q.Level != nil {
		db = db.Where(map[string]any{"level": *q.Level})
	}
	switch q.Phase {
	case "":
	case PhasesTalking:
		db = db.Where(map[string]any{"phase": talking})
	default:
		db = db.Where(map[string]any{"phase": q.Phase})
	}
	if q.HasLead {
		open := s.read(ctx).Model(&Lead{}).Select("doctor").Where(map[string]any{"account": s.Account(), "status": openLead})
		db = db.Where("id IN (?)", open)
	}
	if text := strings.TrimSpace(q.Search); text != "" {
		like := "%" + escapeLike(text) + "%"
		name := like
		if masked(ctx) {
			name = ""
		}
		db = db.Where("(name LIKE ? ESCAPE '!' OR hospital_name LIKE ? ESCAPE '!' OR department LIKE ? ESCAPE '!' OR id = ?)", name, like, like, text)
	}
	return db.Session(&gorm.Session{}), nil
}

// escapeLike makes a pattern that matches the text itself.
func escapeLike(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}

func (s *Store) openLeadCounts(ctx context.Context, doctors []Doctor) (map[string]int64, error) {
	if len(doctors) == 0 {
		return nil, nil
	}
	ids := make([]string, len(doctors))
	for i, d := range doctors {
		ids[i] = d.ID
	}
	var rows []struct {
		Doctor string
		N      int64
	}
	err := s.read(ctx).Model(&Lead{}).Select("doctor, COUNT(*) AS n").
		Where(map[string]any{"doctor": ids, "status": openLead}).Group("doctor").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting open leads: %w", err)
	}
	counts := make(map[string]int64, len(rows))
	for _, r := range rows {
		counts[r.Doctor] = r.N
	}
	return counts, nil
}

// doctorsByID reads the rows of some doctors, of those that the person of the context may see.
func (s *Store) doctorsByID(ctx context.Context, ids []string) (map[string]Doctor, error) {
	found := make(map[string]Doctor, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []Doctor
	q, err := s.within(ctx, s.read(ctx).Where(map[string]any{"id": ids, "account": s.Account()}), "doctors.id")
	if err != nil {
		return nil, err
	}
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading doctors: %w", err)
	}
	maskDoctors(ctx, rows)
	for _, d := range rows {
		found[d.ID] = d
	}
	return found, nil
}
