package console

import (
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// inviteCard is the card for colleagues as a stranger sees it.
type inviteCard struct {
	Name  string // of who invites, while the doctor agrees to it
	Until int64
	Token string
}

// peerCard shows the card. It stands behind no sign-in: it is meant to be passed on, and holds nothing about anybody but a name that was agreed to.
func (c *Console) peerCard(w http.ResponseWriter, r *http.Request) {
	card, ok := c.openCard(w, r)
	if !ok {
		return
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	if err := c.render(w, http.StatusOK, "doctor_invite", page{Data: inviteCard{card.Name, card.Until, r.PathValue("token")}}); err != nil {
		c.failDoctor(w, r, err)
	}
}

// peerCode gives the code of the card.
func (c *Console) peerCode(w http.ResponseWriter, r *http.Request) {
	card, ok := c.openCard(w, r)
	if !ok {
		return
	}
	body, err := c.picture(r.Context(), card.Scene)
	if err != nil {
		c.failDoctor(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	if _, err := w.Write(body); err != nil {
		c.log.Debug("reader of a card has gone", "error", err)
	}
}

// openCard reads the card of an address; otherwise it has answered.
func (c *Console) openCard(w http.ResponseWriter, r *http.Request) (store.CardPage, bool) {
	card, err := c.store.CardByToken(r.Context(), store.ExportDigest(r.PathValue("token")))
	switch {
	case errors.Is(err, store.ErrNotFound):
		c.tellDoctor(w, r, http.StatusNotFound, doctorSaid{Code: "over"})
	case err != nil:
		c.failDoctor(w, r, err)
	default:
		return card, true
	}
	return store.CardPage{}, false
}
