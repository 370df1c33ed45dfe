package console

import "net/http"

// waitingShown is the number of doctors in the list of those who wait to be verified.
const waitingShown = 200

func (c *Console) pageVerifications(w http.ResponseWriter, v *request) error {
	rows, err := c.store.OpenVerifications(v.Context(), waitingShown)
	if err != nil {
		return err
	}
	return c.show(w, v, "verifications", rows)
}
