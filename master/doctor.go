package master

import (
	"encoding/json"

	"github.com/vrep/vrep/store"
)

// Fields of the portrait that a list of doctors fills besides those of the doctor's own row.
const (
	fieldName       = "name"
	fieldHospital   = "hospital"
	fieldProvince   = "province"
	fieldDepartment = "department"
	fieldTitle      = "title"
	fieldPosition   = "position"
	fieldTier       = "kol_tier" // standing among colleagues; a super customer is something else
)

// doctorRow reads a doctor. Title and position stay apart: they are two things, and an industry field that held both had to be given up.
func (r *record) doctorRow() store.MasterDoctor {
	d := store.MasterDoctor{Key: r.id("key"), Name: r.person("name")}
	d.Hospital, d.HospitalName = r.hospital("hospital")
	d.Values = appendText(d.Values, fieldName, d.Name, d.Name)
	if d.Hospital != "" {
		d.Values = appendText(d.Values, fieldHospital, d.Hospital, d.HospitalName)
	} else {
		d.Values = appendText(d.Values, fieldHospital, d.HospitalName, d.HospitalName)
	}
	if where := r.p.provinces[d.Hospital]; where != "" {
		d.Values = appendText(d.Values, fieldProvince, where, where)
	}
	for _, field := range []string{fieldDepartment, fieldTitle, fieldPosition, "profession", "academic_title"} {
		text := r.words(field)
		code, label := text, text
		if r.p.opt.Codes != nil && text != "" {
			if c, l, ok := r.p.opt.Codes(field, text); ok {
				code, label = c, l
			}
		}
		d.Values = appendText(d.Values, field, code, label)
		switch field {
		case fieldDepartment:
			d.Department = label
		case fieldTitle:
			d.Title = label
		}
	}
	if tier := r.choice(fieldTier); tier != "" {
		d.Values = appendText(d.Values, fieldTier, tier, r.p.words.label(fieldTier, tier, r.p.words.Choices[fieldTier][tier]))
	}
	if list := r.list("sub_specialty"); len(list) > 0 {
		d.Values = append(d.Values, store.ImportedValue{Field: "sub_specialty", Value: texts(list), Label: joinTexts(list)})
	}
	if d.Key == "" && r.p.seen == nil { // all rows were checked: the keys are known
		d.Key = r.p.keys[d.Person()]
	}
	return d
}

func appendText(values []store.ImportedValue, field, code, label string) []store.ImportedValue {
	if label == "" {
		return values
	}
	value, err := json.Marshal(code)
	if err != nil {
		return values
	}
	return append(values, store.ImportedValue{Field: field, Value: string(value), Label: label})
}

func joinTexts(list []string) string {
	out := ""
	for i, one := range list {
		if i > 0 {
			out += listComma
		}
		out += one
	}
	return out
}
