package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ErrCampaign: a campaign that cannot be stored.
var ErrCampaign = errors.New("store: campaign not valid")

// CampaignAlone is how many doctors one person may have spoken to by a campaign; more needs a second one (permission table of the trade).
const CampaignAlone = 100

// The most doctors a day that a campaign may take.
const campaignDaily = 10000

// Kinds of campaign.
const (
	CampaignRetention    = "retention"    // keeps in touch with those who had an effective interaction lately
	CampaignReactivation = "reactivation" // wins back those who once had one and none for a time
	CampaignAccess       = "access"       // talks to doctors of hospitals that are to be opened
)

// CampaignKinds lists them in the order of the page.
var CampaignKinds = []string{CampaignReactivation, CampaignRetention, CampaignAccess}

// Status of a campaign.
const (
	CampaignDraft     = "draft"
	CampaignProposed  = "proposed" // waits for the second person
	CampaignRunning   = "running"
	CampaignPaused    = "paused"
	CampaignDone      = "done"
	CampaignCancelled = "cancelled"
)

// campaignMoves says which act may follow which status, and what comes of it. Pausing is also the house's own act when too many doctors opt out.
var campaignMoves = map[string]struct {
	from []string
	to   string
}{
	"propose": {[]string{CampaignDraft, CampaignProposed}, CampaignProposed},
	"return":  {[]string{CampaignProposed}, CampaignDraft},
	"start":   {[]string{CampaignDraft, CampaignProposed}, CampaignRunning},
	"pause":   {[]string{CampaignRunning}, CampaignPaused},
	"resume":  {[]string{CampaignPaused}, CampaignRunning},
	"cancel":  {[]string{CampaignDraft, CampaignProposed, CampaignRunning, CampaignPaused}, CampaignCancelled},
	"end":     {[]string{CampaignRunning}, CampaignDone},
}

// May tells whether an act (propose, return, start, pause, resume, cancel, end) may follow what has become of the campaign.
func (c Campaign) May(act string) bool { return slices.Contains(campaignMoves[act].from, c.Status) }

// LastDay is a moment of the last day of the campaign, unix ms.
func (c Campaign) LastDay() int64 { return c.UntilAt - 1 }

// Left are the doctors who were not planned for, by reason.
func (c Campaign) Left() map[string]int {
	out := map[string]int{}
	if c.LeftOut != "" && json.Unmarshal([]byte(c.LeftOut), &out) != nil {
		return map[string]int{}
	}
	return out
}

// valid tells whether what people fill in makes sense.
func (c Campaign) valid() bool {
	return c.Title != "" && utf8.RuneCountInString(c.Title) <= 64 && c.Source != "" && slices.Contains(CampaignKinds, c.Kind) &&
		c.Daily > 0 && c.Daily <= campaignDaily && c.Days >= 0 && c.Days <= 730 && c.FromAt < c.UntilAt
}

// AddCampaign makes a draft from a saved segment, whose condition it keeps from then on. Kind, Title, Segment, Flow, Inputs, Days, Daily, FromAt and UntilAt
// are the caller's, the person of the context is the owner. ErrCampaign; ErrNotFound: no such segment; ErrForbidden: nobody asks.
func (s *Store) AddCampaign(ctx context.Context, c Campaign) (Campaign, error) {
	v, ok := Viewing(ctx)
	if !ok || v.Name == "" {
		return c, ErrForbidden
	}
	g, err := s.Segment(ctx, c.Segment)
	if err != nil {
		return c, err
	}
	now := s.Now()
	c.Title, c.Source = strings.TrimSpace(c.Title), g.Source
	if !c.valid() || c.UntilAt <= now {
		return c, ErrCampaign
	}
	c.ID, c.Account = newID("campaign", s.Account(), v.Name, c.Title, fmt.Sprint(now)), s.Account()
	c.Status, c.Actor, c.Version, c.LeftOut, c.CreatedAt, c.UpdatedAt = CampaignDraft, v.Name, 1, "{}", now, now
	err = s.tx(ctx, func(tx *gorm.DB) error {
		if made, err := create(tx, &c); err != nil || !made {
			return errors.Join(err, takenUnless(made))
		}
		return s.audit(tx, Audit{Action: "campaign_new", Object: "campaign:" + c.ID, Detail: c.Kind + " " + c.Source})
	})
	if err != nil {
		return c, fmt.Errorf("making a campaign: %w", err)
	}
	return c, nil
}

// Campaign reads one; ErrNotFound.
func (s *Store) Campaign(ctx context.Context, id string) (Campaign, error) {
	var rows []Campaign
	if err := s.read(ctx).Where("id = ? AND account = ?", id, s.Account()).Limit(1).Find(&rows).Error; err != nil {
		return Campaign{}, fmt.Errorf("reading a campaign: %w", err)
	}
	if len(rows) == 0 {
		return Campaign{}, fmt.Errorf("reading a campaign: %w", ErrNotFound)
	}
	return rows[0], nil
}

// Campaigns lists those in one of the given states, newest first, at most limit; without a state all.
func (s *Store) Campaigns(ctx context.Context, limit int, states ...string) ([]Campaign, error) {
	var rows []Campaign
	q := s.read(ctx).Where("account = ?", s.Account())
	if len(states) > 0 {
		q = q.Where("status IN ?", states)
	}
	if err := q.Order("created_at DESC").Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading campaigns: %w", err)
	}
	return rows, nil
}

// MoveCampaign changes what becomes of a campaign, see Campaign.May, with what that means for its pushes: pausing holds those that are planned, resuming lets them
// go on, cancelling and ending drop them, cancelling also takes back content that was not sent. The person of the context acts; without one the house itself.
// second is who agreed. ErrMoved; ErrNotFound.
func (s *Store) MoveCampaign(ctx context.Context, id, act, second, reason string) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Campaign
		q := tx.Where("id = ? AND account = ?", id, s.Account()).Clauses(clause.Locking{Strength: "UPDATE"})
		if err := q.Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		switch {
		case len(rows) == 0:
			return ErrNotFound
		case !rows[0].May(act):
			return ErrMoved
		}
		now := s.Now()
		set := map[string]any{"status": campaignMoves[act].to, "reason": cut(reason, auditReason), "version": rows[0].Version + 1, "updated_at": now}
		switch act {
		case "start":
			set["started_at"], set["second"] = now, second
		case "cancel", "end":
			set["ended_at"] = now
		}
		if err := tx.Model(&Campaign{}).Where("id = ?", id).UpdateColumns(set).Error; err != nil {
			return err
		}
		if err := s.moveCampaignPushes(tx, id, act); err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "campaign_" + act, Object: "campaign:" + id, Detail: rows[0].Kind, Reason: cut(reason, auditReason)})
	})
	if err != nil {
		return fmt.Errorf("moving a campaign: %w", err)
	}
	return nil
}

// campaignOver is the reason for which pushes end with their campaign.
const campaignOver = "campaign_over"

// moveCampaignPushes lets the pushes of a campaign follow it.
func (s *Store) moveCampaignPushes(tx *gorm.DB, id, act string) error {
	of := func(status ...string) *gorm.DB {
		return tx.Model(&Push{}).Where("account = ? AND campaign = ? AND status IN ?", s.Account(), id, status)
	}
	switch act {
	case "pause":
		return of(PushPlanned).UpdateColumn("status", PushHeld).Error
	case "resume":
		return of(PushHeld).UpdateColumns(map[string]any{"status": PushPlanned, "due_at": s.Now()}).Error
	case "cancel":
		if err := s.recallQueued(tx, id); err != nil {
			return err
		}
	case "end":
	default:
		return nil
	}
	return of(PushPlanned, PushHeld).UpdateColumns(map[string]any{"status": PushNone, "reason": campaignOver}).Error
}

// recallQueued takes back content of a campaign that was not sent.
func (s *Store) recallQueued(tx *gorm.DB, id string) error {
	var ids []string
	q := tx.Model(&Push{}).Where("account = ? AND campaign = ? AND status = ?", s.Account(), id, PushQueued)
	if err := q.Order("id").Pluck("id", &ids).Error; err != nil {
		return err
	}
	for page := range slices.Chunk(ids, batchTurns) {
		keys := make([]string, len(page))
		for i, push := range page {
			keys[i] = PushEffect(push)
		}
		if err := s.endSending(tx, tx.Where("effect_key IN ?", keys), campaignOver); err != nil {
			return err
		}
	}
	return nil
}

// PushEffect is the key of the effect that carries the content of a push.
func PushEffect(push string) string { return "push:" + push }

// leftOut adds what a page left out to what a campaign has left out.
func leftOut(c Campaign, more map[string]int) (string, error) {
	all := maps.Clone(c.Left())
	for reason, n := range more {
		all[reason] += n
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("counting who was left out: %w", err)
	}
	return string(b), nil
}
