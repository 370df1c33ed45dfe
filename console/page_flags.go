package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/vrep/vrep/store"
)

// flagsShown is the number of flags in the list.
const flagsShown = 200

// flagList is what the list of compliance shows.
type flagList struct {
	Rows []store.FlagRow
	Acts bool
}

func (c *Console) pageFlags(w http.ResponseWriter, v *request) error {
	rows, err := c.store.Flags(v.Context(), flagsShown)
	if err != nil {
		return err
	}
	return c.show(w, v, "flags", flagList{rows, c.mayDo(v, "/console/flags/{id}/close")})
}

// doCloseFlag records what compliance found.
func (c *Console) doCloseFlag(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	reason := strings.TrimSpace(v.PostForm.Get("reason"))
	if reason == "" {
		return c.back(w, v, "case_reason", "/console/flags")
	}
	err := c.store.CloseFlag(v.Context(), v.PathValue("id"), v.user.Name, reason)
	notice := "flag_closed"
	if errors.Is(err, store.ErrMoved) {
		notice, err = "gone", nil
	}
	if err != nil {
		return err
	}
	return c.back(w, v, notice, "/console/flags")
}
