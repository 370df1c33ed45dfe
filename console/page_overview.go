package console

import (
	"net/http"
	"slices"

	"github.com/vrep/vrep/store"
)

// newestShown is the number of doctors on the overview.
const newestShown = 8

// overview is what the first page shows.
type overview struct {
	store.Overview
	Newest   []store.DoctorRow // who wrote last
	Takeover store.Takeover    // of the followers that the account had before
	// CountsCases: the person may know how many reports wait, and no more. Unguarded: nobody has the role that reads them.
	CountsCases, Unguarded bool
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
	newest.Rows = slices.DeleteFunc(newest.Rows, func(d store.DoctorRow) bool { return d.LastInboundAt == 0 }) // taken over, never wrote
	takeover, err := c.store.Takeover(v.Context())
	if err != nil {
		return err
	}
	data := overview{Overview: counts, Newest: newest.Rows, Takeover: takeover}
	data.CountsCases = v.user.Role == store.RoleAdmin || v.user.Role == store.RoleOperations
	if c.mayRead(v, "/console/users") {
		if data.Unguarded, err = c.unguarded(v.Context()); err != nil {
			return err
		}
	}
	return c.show(w, v, "overview", data)
}
