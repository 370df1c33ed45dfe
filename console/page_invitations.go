package console

import (
	"net/http"
	"time"

	"github.com/vrep/vrep/store"
)

// invitationsSpan is how far back the list of cards goes.
const invitationsSpan = 365 * 24 * time.Hour

// invitationList is what the page of invitations among colleagues shows.
type invitationList struct {
	Rows  []store.PeerCardRow
	Chain []funnelStep
	Most  int64
	Sum   store.ReferralChain
	Now   int64
}

func (c *Console) pageInvitations(w http.ResponseWriter, v *request) error {
	rows, sum, err := c.store.PeerCards(v.Context(), "", c.now().Add(-invitationsSpan))
	if err != nil {
		return err
	}
	return c.show(w, v, "invitations", invitationList{rows, chainSteps(sum), max(sum.Scanned, sum.Followed, 1), sum, c.now().UnixMilli()})
}

// chainSteps are the steps from a card to somebody who takes part.
func chainSteps(s store.ReferralChain) []funnelStep {
	return []funnelStep{{"scanned", s.Scanned}, {"followed", s.Followed}, {"consented", s.Consented}, {"verified", s.Verified}, {"active", s.Active}}
}
