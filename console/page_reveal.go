package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/vrep/vrep/store"
)

// revealed is a protected value shown this once, or what was wrong with asking for it.
type revealed struct {
	Name    string // of the field
	Value   string
	Problem string // code of the word group "problem"
}

// hiddenFields are the fields of a doctor of which the page shows a mask only.
func (c *Console) hiddenFields(rec store.DoctorRecord, masked bool) []navEntry {
	var fields []navEntry // Name as people call it, Path as the form sends it
	if masked && rec.Doctor.Name != "" {
		fields = append(fields, navEntry{Name: c.words.word("hiddenfield", store.FieldName), Path: store.FieldName})
	}
	if masked && rec.Doctor.OpenID != "" {
		fields = append(fields, navEntry{Name: c.words.word("hiddenfield", store.FieldOpenID), Path: store.FieldOpenID})
	}
	for _, p := range rec.Portrait {
		if c.store.Protected(p.Field) && p.Field != store.FieldName && !masked && strings.Contains(p.Label, "*") {
			fields = append(fields, navEntry{Name: c.fieldLabel(p.Field), Path: p.Field})
		}
	}
	return fields
}

// doReveal shows one protected value to somebody who says why. It answers with the page and no redirect: the value is kept nowhere.
func (c *Console) doReveal(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	field := v.PostForm.Get("field")
	r := revealed{Name: c.words.orSame("hiddenfield", field)}
	r.Value, err = c.store.Unmask(v.Context(), v.PathValue("id"), field, reason)
	switch {
	case errors.Is(err, store.ErrNoReason):
		r.Problem = "why"
	case err != nil:
		return err
	}
	return c.showDoctor(w, v, &r)
}
