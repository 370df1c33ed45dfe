package console

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// doctorExport is where the link of an export leads. To look at it does not use the link up: only the doctor's own press does.
func (c *Console) doctorExport(w http.ResponseWriter, v *visit) error {
	err := c.store.ExportWaits(v.Context(), v.doctor.ID, v.PathValue("token"))
	if errors.Is(err, store.ErrNotFound) {
		c.tellDoctor(w, v.Request, http.StatusGone, doctorSaid{Code: "used"})
		return nil
	}
	if err != nil {
		return err
	}
	return c.render(w, http.StatusOK, "doctor_export", page{Data: v.URL.Path})
}

// copyPage is a copy as people read it.
type copyPage struct {
	ownCopy
	Path string
}

// doctorFetch uses the link up and gives the copy: as a page, or as a file for machines.
func (c *Console) doctorFetch(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	form := "page"
	if v.PostForm.Get("as") == "json" {
		form = "json"
	}
	act := store.Audit{Actor: "doctor", Action: "own_export", Object: "doctor:" + v.doctor.ID, Detail: form}
	data, err := c.store.OpenExport(v.Context(), v.doctor.ID, v.PathValue("token"), act)
	if errors.Is(err, store.ErrNotFound) {
		c.tellDoctor(w, v.Request, http.StatusGone, doctorSaid{Code: "used"})
		return nil
	}
	if err != nil {
		return err
	}
	own := c.ownCopyOf(data)
	w.Header().Set("Cache-Control", "no-store")
	if form == "page" {
		return c.render(w, http.StatusOK, "doctor_copy", page{Data: copyPage{own, v.URL.Path}})
	}
	body, err := json.MarshalIndent(own, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="my-data.json"`)
	_, err = w.Write(body)
	return err
}
