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
	if err := v.ParseForm(); err != nil {
		return err
	}
	r, err := c.reveal(v, v.PostForm.Get("field"))
	if err != nil {
		return err
	}
	return c.showDoctor(w, v, r)
}

// reveal reads one protected value of the doctor of the address for the reason in the form.
func (c *Console) reveal(v *request, field string) (*revealed, error) {
	reason, err := reasonOf(v)
	if err != nil {
		return nil, err
	}
	r := revealed{Name: c.words.orSame("hiddenfield", field)}
	r.Value, err = c.store.Unmask(v.Context(), v.PathValue("id"), field, reason)
	if errors.Is(err, store.ErrNoReason) {
		r.Problem = "why"
		return &r, nil
	}
	return &r, err
}
