package console

import (
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// waitingShown is the number of doctors in the list of those who wait to be verified.
const waitingShown = 200

func (c *Console) pageVerifications(w http.ResponseWriter, v *request) error {
	rows, err := c.store.OpenVerifications(v.Context(), waitingShown)
	if err != nil {
		return err
	}
	return c.show(w, v, "verifications", rows)
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
