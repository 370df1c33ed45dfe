package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/store"
)

// demoCampaigns is what the market department of the sample house does, and what the first doctors answer.
type demoCampaigns struct {
	Why      string `yaml:"why"`
	Segments []struct {
		Name   string `yaml:"name"`
		Source string `yaml:"source"`
		Note   string `yaml:"note"`
	} `yaml:"segments"`
	List []struct {
		Kind    string `yaml:"kind"`
		Title   string `yaml:"title"`
		Segment int    `yaml:"segment"`
		Flow    string `yaml:"flow"`
		Days    int    `yaml:"days"`
		Daily   int    `yaml:"daily"`
		Act     string `yaml:"act"`
	} `yaml:"list"`
	Hello   string   `yaml:"hello"`
	Answers []string `yaml:"answers"`
}

// demoCampaignRun is how long the sample's campaigns run, unix ms.
const demoCampaignRun = 45 * 24 * 60 * 60 * 1000

// fillCampaigns makes the sample's segments and campaigns: one that runs and has its first answers, one that is paused, one that waits for a second person, and a
// draft. Where there is a campaign already, it does nothing.
func (w *demoWorld) fillCampaigns(ctx context.Context) error {
	st, words := w.app.store, readDemo().Campaigns
	if rows, err := st.Campaigns(ctx, 1); err != nil || len(rows) > 0 {
		return err
	}
	as := store.As(ctx, store.Viewer{Name: demoAccount(store.RoleMarketing), Role: store.RoleMarketing, Reach: store.ReachAll})
	var segments []store.Segment
	for _, s := range words.Segments {
		g, err := st.SaveSegment(as, store.Segment{Name: s.Name, Source: s.Source, Note: s.Note, Actor: demoAccount(store.RoleOperations)})
		if err != nil {
			return fmt.Errorf("saving a sample segment: %w", err)
		}
		segments = append(segments, g)
	}
	now := st.Now()
	for _, l := range words.List {
		c, err := st.AddCampaign(as, store.Campaign{
			Kind: l.Kind, Title: l.Title, Segment: segments[l.Segment].ID, Flow: l.Flow, Days: l.Days, Daily: l.Daily, FromAt: now, UntilAt: now + demoCampaignRun,
		})
		if err != nil {
			return fmt.Errorf("making a sample campaign: %w", err)
		}
		if err := w.moveSample(as, c, l.Act); err != nil {
			return fmt.Errorf("moving a sample campaign: %w", err)
		}
	}
	return nil
}

// moveSample does what the sample house has done with a campaign.
func (w *demoWorld) moveSample(ctx context.Context, c store.Campaign, act string) error {
	st, why := w.app.store, readDemo().Campaigns.Why
	switch act {
	case "":
		return nil
	case "propose":
		f, ok := w.app.segment(c.Source)
		if !ok {
			return nil
		}
		counted, err := st.PreviewCampaign(ctx, c, f)
		if err != nil {
			return err
		}
		body, err := json.Marshal(map[string]string{"campaign": c.ID, "title": c.Title, "condition": c.Source, "count": strconv.Itoa(counted.Reach), "flow": c.Flow})
		if err != nil {
			return fmt.Errorf("writing a sample proposal: %w", err)
		}
		if err := st.MoveCampaign(ctx, c.ID, act, "", why); err != nil {
			return err
		}
		_, err = st.Propose(ctx, store.Approval{Kind: store.ActCampaign, Object: "campaign:" + c.ID, Body: body, Reason: why})
		return err
	}
	if err := st.MoveCampaign(ctx, c.ID, "start", "", why); err != nil {
		return err
	}
	if err := w.answerSample(ctx, c.ID); err != nil || act == "start" {
		return err
	}
	return st.MoveCampaign(ctx, c.ID, act, "", "")
}

// answerSample plans the first day of a campaign, and lets its first doctors come by and answer.
func (w *demoWorld) answerSample(ctx context.Context, id string) error {
	st, words := w.app.store, readDemo().Campaigns
	c, err := st.Campaign(ctx, id)
	if err != nil {
		return err
	}
	f, ok := w.app.segment(c.Source)
	if !ok {
		return nil
	}
	day := w.app.now().In(w.app.cfg.Zone)
	if _, err := st.FillCampaign(ctx, c, f, day.Year()*10000+int(day.Month())*100+day.Day(), c.Daily); err != nil && !errors.Is(err, store.ErrMoved) {
		return err
	}
	pushes, err := st.CampaignPushes(ctx, id, len(words.Answers))
	if err != nil || c.Flow == "" {
		return err
	}
	ctx = context.WithoutCancel(ctx) // a doctor who has begun to talk is heard out
	for i, p := range pushes {
		file, err := st.LoadDoctor(ctx, p.Doctor)
		if err != nil {
			return err
		}
		says := func(n int, text string) error {
			_, err := w.app.bot.Receive(ctx, bot.Inbound{
				Account: st.Account(), OpenID: file.OpenID, Key: fmt.Sprintf("sample|%s|%d", p.ID, n), Kind: "text", Text: text, SentAt: w.app.now(),
			})
			return err
		}
		if err := says(0, words.Hello); err != nil {
			return err
		}
		if _, err := w.app.bot.Begin(ctx, p); err != nil && !errors.Is(err, store.ErrMoved) { // outreach may have been quicker
			return err
		}
		if words.Answers[i] == "" {
			continue
		}
		if err := says(1, words.Answers[i]); err != nil {
			return err
		}
	}
	return nil
}
