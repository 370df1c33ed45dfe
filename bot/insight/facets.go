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
func facets(row *store.Dossier, d *flows.Dossier) store.Facets {
	f := store.Facets{
		Level: d.Level, Followed: d.Followed, Hospital: d.Hospital.ID, Grade: d.Hospital.Grade, Province: d.Hospital.Province, City: d.Hospital.City,
		Department: code(d, fieldDepartment, 32), Title: code(d, fieldTitle, 32), Position: code(d, fieldPosition, 32), PatientBand: code(d, fieldBand, 16),
		Owner: d.Owner, LastTypedAt: row.Doctor.LastTypedAt,
	}
	if f.Province == "" {
		f.Province = code(d, fieldProvince, 32)
	}
	return f
}

// code is a text value of the profile that fits into its column, else "".
func code(d *flows.Dossier, field string, width int) string {
	items := d.Profile[field].Value.Items()
	if len(items) == 0 || utf8.RuneCountInString(items[0]) > width {
		return ""
	}
	return items[0]
}
