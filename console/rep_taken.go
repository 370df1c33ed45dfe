package console

import (
	"net/http"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// takenRequest is one request by a rep who looks after doctors of somebody who has left: the signed link says who.
type takenRequest struct {
	*http.Request
	token string
	rep   store.Rep
}

// withTaken opens the link, and does the rest with the eyes of the rep.
func (c *Console) withTaken(handle func(http.ResponseWriter, *takenRequest) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		rep, err := c.desk.OpenTaken(r.Context(), token)
		if err == nil {
			ctx := store.As(r.Context(), store.Viewer{Name: "rep:" + rep.UserID, Role: store.RoleRep, Reach: store.ReachOwn, Rep: rep.UserID})
			err = handle(w, &takenRequest{Request: r.WithContext(ctx), token: token, rep: rep})
		}
		if err == nil {
			return
		}
		status, said := c.refusal(r, err)
		if said.Code == "" {
			c.failErr(w, r, shell{}, err)
			return
		}
		if err := c.render(w, status, "rep_said", page{Data: said}); err != nil {
			c.failErr(w, r, shell{}, err)
		}
	}
}

// takenData is the list of a rep on the phone.
type takenData struct {
	Token   string
	Rep     store.Rep
	Waiting []store.TransferRow
	Done    []store.TransferRow
	Days    int
}

// repTaken lists the doctors who came to the rep, those first who wait for the first contact.
func (c *Console) repTaken(w http.ResponseWriter, v *takenRequest) error {
	q := store.TransferQuery{Statuses: []string{store.TransferConfirmed}, Limit: transfersShown}
	waiting, err := c.store.Transfers(v.Context(), q)
	if err != nil {
		return err
	}
	q.Statuses = []string{store.TransferContacted}
	done, err := c.store.Transfers(v.Context(), q)
	if err != nil {
		return err
	}
	return c.render(w, http.StatusOK, "rep_taken", page{Data: takenData{Token: v.token, Rep: v.rep, Waiting: waiting, Done: done, Days: handoff.ContactDays}})
}

// takenPack is the handover pack of one doctor on the phone.
type takenPack struct {
	transferPage
	Token string
}

func (c *Console) repPack(w http.ResponseWriter, v *takenRequest) error {
	pack, err := c.desk.Pack(v.Context(), v.PathValue("id"), v.rep.UserID, "")
	if err != nil {
		return err
	}
	p := takenPack{transferPage: c.packPage(pack), Token: v.token}
	p.Contacts, p.Base = pack.Status == store.TransferConfirmed, "/h/taken/"+v.token+"/"+pack.ID
	return c.render(w, http.StatusOK, "rep_pack", page{Data: p})
}

// repContacted records the first contact.
func (c *Console) repContacted(w http.ResponseWriter, v *takenRequest) error {
	if err := c.store.ContactTransfer(v.Context(), v.PathValue("id"), ""); err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/h/taken/"+v.token, http.StatusSeeOther)
	return nil
}
