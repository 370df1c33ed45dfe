package insight

import (
	"unicode/utf8"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Fields of the portrait that are facets too.
const (
	fieldDepartment = "department"
	fieldTitle      = "title"
	fieldPosition   = "position"
	fieldBand       = "patient_band"
	fieldProvince   = "province"
)

// facets are what segments ask most often. The master data says where a hospital is; without it the doctor's own word counts.
func facets(row *store.Dossier, d *flows.Dossier, found *flows.Found) store.Facets {
	r := found.Leading()
	f := store.Facets{
		Level: d.Level, Followed: d.Followed, Hospital: d.Hospital.ID, Grade: d.Hospital.Grade, Province: d.Hospital.Province, City: d.Hospital.City,
		Department: code(d, fieldDepartment, 32), Title: code(d, fieldTitle, 32), Position: code(d, fieldPosition, 32), PatientBand: code(d, fieldBand, 16),
		Potential: r.Potential, Ladder: r.Ladder, Matrix: r.Matrix, Class: r.Class, Result: found.Result, Affinity: found.Affinity, Cell: found.Cell,
		Owner: d.Owner, LastTypedAt: row.Doctor.LastTypedAt,
	}
	if !found.Effective.IsZero() {
		f.EffectiveAt = found.Effective.UnixMilli()
	}
	if len(found.Scores) > 0 {
		f.LeadGrade, f.LeadPoints = found.Scores[0].Grade, found.Scores[0].Points
	}
	return f
}

// code is a text value of the profile that fits into its column, else "".
func code(d *flows.Dossier, field string, width int) string {
	v := d.Profile[field].Value
	if v.Kind() != flows.TextValue || utf8.RuneCountInString(v.Str()) > width {
		return ""
	}
	return v.Str()
}
