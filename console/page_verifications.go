package console

import (
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// waitingShown is the number of doctors in the list of those who wait to be verified.
const waitingShown = 200

// waitingList is what the page shows.
type waitingList struct {
	Rows    []store.VerificationRow
	Settles bool // may record that somebody has dealt with a wish
}

func (c *Console) pageVerifications(w http.ResponseWriter, v *request) error {
	rows, err := c.store.OpenVerifications(v.Context(), waitingShown)
	if err != nil {
		return err
	}
	list := waitingList{Rows: rows, Settles: c.mayDo(v, "/console/doctors/{id}/wish")}
	return c.show(w, v, "verifications", list)
}

// doCloseWish records that somebody of the house has dealt with a wish that no rep may hear of.
func (c *Console) doCloseWish(w http.ResponseWriter, v *request) error {
	id := v.PathValue("id")
	err := c.store.CloseWish(v.Context(), id, v.user.Name)
	notice := "wish"
	if errors.Is(err, store.ErrMoved) {
		notice, err = "gone", nil
	}
	if err != nil {
		return err
	}
	return c.back(w, v, notice, "/console/doctors/"+id)
}
