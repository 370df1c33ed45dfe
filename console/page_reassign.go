package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// doReassign gives the open leads of one rep to another one. More than store.ReassignAlone leads need a second person.
func (c *Console) doReassign(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	from, to := v.PostForm.Get("from"), v.PostForm.Get("to")
	reps, err := c.movable(v)
	if err != nil {
		return err
	}
	known := func(id string) bool {
		return slices.ContainsFunc(reps, func(r store.RepEntry) bool { return r.UserID == id })
	}
	if !known(from) || !known(to) || from == to || reason == "" {
		return c.back(w, v, "unmoved", "/console/leads")
	}
	ids, err := c.store.HeldLeads(v.Context(), from)
	if err != nil {
		return err
	}
	if len(ids) > store.ReassignAlone {
		body := actBody{"from": from, "to": to, "count": strconv.Itoa(len(ids)), "ids": strings.Join(ids, " ")}
		return c.propose(w, v, store.ActReassign, "rep:"+from, body, reason, "/console/leads")
	}
	moved, err := c.desk.Reassign(v.Context(), ids, to, v.user.Name, reason)
	if errors.Is(err, handoff.ErrFiling) {
		return c.back(w, v, "unmoved", "/console/leads")
	}
	if err != nil {
		return err
	}
	act := store.Audit{Action: "reassign", Object: "rep:" + from, Detail: "to " + to + ", " + strconv.Itoa(moved) + " leads", Reason: reason}
	if err := c.store.AddAudit(v.Context(), act); err != nil {
		return err
	}
	return c.back(w, v, "moved", "/console/leads")
}

// movable are the reps whose leads the person may move: those of the own team for a manager.
func (c *Console) movable(v *request) ([]store.RepEntry, error) {
	reps, err := c.store.Reps(v.Context())
	if err != nil {
		return nil, err
	}
	mine := func(r store.RepEntry) bool { return v.user.Team != "" && r.Team == v.user.Team }
	return slices.DeleteFunc(reps, func(r store.RepEntry) bool { return v.user.Role == store.RoleManager && !mine(r) }), nil
}
