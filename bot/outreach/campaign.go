package outreach

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vrep/vrep/store"
)

// Times and sizes of campaigns.
const (
	campaignEvery  = 2 * time.Second
	alarmEvery     = 20 * time.Second // counting what became of every push of a large campaign takes time
	campaignPage   = 200              // doctors looked at in one step
	campaignsOnce  = 50               // campaigns that run at the same time
	alarmFrom      = 200              // doctors spoken to, from whom on too many opt-outs stop a campaign
	alarmOptOuts   = "optouts"
	alarmCondition = "condition"
)

// Campaigns plans the next doctors of every running campaign, ends those whose time or segment is over, and pauses one from which too many doctors opt out or
// whose condition the rules in force do not know any more. It may run anywhere at the same time. One that fails does not stop the others.
func (o *Outreach) Campaigns(ctx context.Context) error {
	if o.segment == nil || o.now().Sub(o.filled).Abs() < campaignEvery {
		return nil
	}
	o.filled = o.now()
	running, err := o.store.Campaigns(ctx, campaignsOnce, store.CampaignRunning)
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range running {
		if err := o.campaign(ctx, c); err != nil && !errors.Is(err, store.ErrMoved) {
			errs = append(errs, fmt.Errorf("filling campaign %s: %w", c.ID, err))
		}
	}
	return errors.Join(errs...)
}

// campaign does the next step of one.
func (o *Outreach) campaign(ctx context.Context, c store.Campaign) error {
	now := o.now()
	if now.UnixMilli() >= c.UntilAt {
		return o.store.MoveCampaign(ctx, c.ID, "end", "", "")
	}
	if paused, err := o.alarmed(ctx, c); err != nil || paused {
		return err
	}
	if c.Filled {
		if left, err := o.store.CampaignPushes(ctx, c.ID, 1); err != nil || len(left) > 0 {
			return err
		}
		return o.store.MoveCampaign(ctx, c.ID, "end", "", "")
	}
	f, ok := o.segment(c.Source)
	if !ok {
		return o.store.MoveCampaign(ctx, c.ID, "pause", "", alarmCondition)
	}
	day := now.In(o.zone)
	n, err := o.store.FillCampaign(ctx, c, f, day.Year()*10000+int(day.Month())*100+day.Day(), campaignPage)
	if n > 0 {
		o.Wake()
	}
	return err
}

// alarmed pauses a campaign from which too many doctors opt out; it looks every alarmEvery.
func (o *Outreach) alarmed(ctx context.Context, c store.Campaign) (bool, error) {
	if now := o.now(); now.Sub(o.judged[c.ID]).Abs() < alarmEvery {
		return false, nil
	}
	r, err := o.store.CampaignResult(ctx, c.ID)
	if err != nil {
		return false, err
	}
	o.judged[c.ID] = o.now()
	if r.Sent < alarmFrom || !r.Alarming() {
		return false, nil
	}
	o.log.Warn("campaign paused: too many doctors opt out", "campaign", c.ID, "spoken_to", r.Sent, "opted_out", r.OptedOut)
	return true, o.store.MoveCampaign(ctx, c.ID, "pause", "", alarmOptOuts)
}
