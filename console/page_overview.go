package console

import (
	"net/http"

	"github.com/vrep/vrep/store"
)

// newestShown is the number of doctors on the overview.
const newestShown = 8

// overview is what the first page shows.
type overview struct {
	store.Overview
	Newest []store.DoctorRow // who wrote last
}

// pageOverview counts what is open and leads to the lists.
func (c *Console) pageOverview(w http.ResponseWriter, v *request) error {
	counts, err := c.store.Overview(v.Context(), c.startOfDay())
	if err != nil {
		return err
	}
	newest, err := c.store.DoctorPage(v.Context(), store.DoctorQuery{Size: newestShown})
	if err != nil {
		return err
	}
	return c.show(w, v, "overview", overview{Overview: counts, Newest: newest.Rows})
}
