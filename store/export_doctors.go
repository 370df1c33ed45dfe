package store

import (
	"context"
	"fmt"
)

// ExportMost is the largest number of doctors that one file may hold.
const ExportMost = 50_000

// exportPage is the number of doctors read at a time.
const exportPage = 1000

// ExportDoctors gives the doctors of a list, by id, to be put into a file, and writes down that they left the house: act says who took them and why. The
// act is recorded first; when that fails nothing is given. Only what the person of the context may see is in it, and names only for who may see names.
func (s *Store) ExportDoctors(ctx context.Context, q DoctorQuery, act Audit) ([]DoctorRow, error) {
	if err := s.AddAudit(ctx, act); err != nil {
		return nil, fmt.Errorf("recording an export: %w", err)
	}
	filter, err := s.doctorFilter(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []DoctorRow
	last := ""
	for len(out) < ExportMost {
		var rows []Doctor
		if err := filter.Where("doctors.id > ?", last).Order("doctors.id").Limit(exportPage).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("reading doctors: %w", err)
		}
		maskDoctors(ctx, rows)
		leads, err := s.openLeadCounts(ctx, rows)
		if err != nil {
			return nil, err
		}
		for _, d := range rows {
			out = append(out, DoctorRow{Doctor: d, OpenLeads: leads[d.ID]})
			last = d.ID
		}
		if len(rows) < exportPage {
			break
		}
	}
	return out, nil
}
