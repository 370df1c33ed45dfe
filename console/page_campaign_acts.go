package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// pathMoveCampaign is the address of acts about a campaign.
const pathMoveCampaign = "/console/campaigns/{id}/acts/{act}"

// doMoveCampaign starts, pauses, resumes or cancels a campaign. One that reaches more doctors than one person may speak to is proposed instead.
func (c *Console) doMoveCampaign(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	p, err := c.campaignPage(v)
	if err != nil {
		return err
	}
	path, act := "/console/campaigns/"+p.ID, v.PathValue("act")
	switch act {
	case "start":
		if p.Preview == nil {
			return c.back(w, v, "gone", path)
		}
		if p.Two {
			return c.proposeCampaign(w, v, p)
		}
	case "pause", "resume", "cancel":
	default:
		return store.ErrNotFound
	}
	err = c.store.MoveCampaign(v.Context(), p.ID, act, "", typedText(v, "reason"))
	if errors.Is(err, store.ErrMoved) {
		return c.back(w, v, "gone", path)
	}
	if err != nil {
		return err
	}
	return c.back(w, v, "campaign_"+act, path)
}

// proposeCampaign asks for a second person.
func (c *Console) proposeCampaign(w http.ResponseWriter, v *request, p campaignPage) error {
	path := "/console/campaigns/" + p.ID
	if len([]rune(typedText(v, "reason"))) < 2 {
		return c.back(w, v, "unreasoned", path)
	}
	if err := c.store.MoveCampaign(v.Context(), p.ID, "propose", "", typedText(v, "reason")); err != nil {
		if errors.Is(err, store.ErrMoved) {
			return c.back(w, v, "gone", path)
		}
		return err
	}
	return c.propose(w, v, store.ActCampaign, "campaign:"+p.ID, c.campaignBody(p), typedText(v, "reason"), path)
}

// actCampaign starts a campaign that a second person agreed to.
func (c *Console) actCampaign(ctx context.Context, a store.Approval) error {
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	return c.store.MoveCampaign(ctx, body["campaign"], "start", a.DecidedBy, a.Reason)
}

// keepCampaign makes a campaign that was refused a draft again.
func (c *Console) keepCampaign(ctx context.Context, a store.Approval) error {
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	return c.store.MoveCampaign(ctx, body["campaign"], "return", "", a.Verdict)
}
