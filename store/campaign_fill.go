package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Why a doctor of the segment is left out of a campaign.
const (
	LeftGone      = "not_following"
	LeftOptedOut  = "opted_out"
	LeftNoConsent = "no_consent"   // no base consent, or none to be written to unasked
	LeftNever     = "never_active" // reactivation: never had an effective interaction, so there is nothing to win back
	LeftActive    = "still_active" // reactivation: had one lately
	LeftUncovered = "not_covered"  // retention: had none lately
	LeftBusy      = "other_campaign"
)

// agreed tells by the newest decision whether a doctor of facets has agreed to a purpose, which is its one parameter.
const agreed = `COALESCE((SELECT x.granted FROM consents x WHERE x.conversation = f.doctor AND x.purpose = ? ORDER BY x.seq DESC LIMIT 1), 0)`

// left is an expression that gives the reason why a doctor of a query of facets f and doctors d is left out, "" = not, with its parameters.
func (c Campaign) left(now int64) (string, []any) {
	since := now - int64(c.Days)*24*time.Hour.Milliseconds()
	sql := "CASE WHEN NOT d.followed THEN '" + LeftGone + "' WHEN d.opted_out THEN '" + LeftOptedOut + "' WHEN NOT " + agreed + " OR NOT " + agreed + " THEN '" + LeftNoConsent + "'"
	args := []any{PurposeBase, PurposePush}
	switch c.Kind {
	case CampaignReactivation:
		sql += " WHEN f.effective_at = 0 THEN '" + LeftNever + "' WHEN f.effective_at > ? THEN '" + LeftActive + "'"
		args = append(args, since)
	case CampaignRetention:
		sql += " WHEN f.effective_at < ? OR f.effective_at = 0 THEN '" + LeftUncovered + "'"
		args = append(args, since)
	}
	sql += " WHEN EXISTS (SELECT 1 FROM pushes p WHERE p.doctor = d.id AND p.status IN ('" + PushPlanned + "', '" + PushHeld + "') AND p.campaign <> '' AND p.campaign <> ?) THEN '" + LeftBusy + "' ELSE '' END"
	return sql, append(args, c.ID)
}

// Preview is whom a campaign would speak to now.
type Preview struct {
	Total int            // doctors of the segment
	Reach int            // of them, those who would be spoken to
	Left  map[string]int // the others by reason, see the Left constants
}

// PreviewCampaign counts. f is the campaign's condition as it stands now.
func (s *Store) PreviewCampaign(ctx context.Context, c Campaign, f Filter) (Preview, error) {
	out := Preview{Left: map[string]int{}}
	q, err := s.where(ctx, f)
	if err != nil {
		return out, err
	}
	why, args := c.left(s.Now())
	var rows []struct {
		Why string
		N   int
	}
	q = q.Joins("JOIN doctors d ON d.id = f.doctor").Select("("+why+") AS why, COUNT(*) AS n", args...).Group("why")
	if err := q.Scan(&rows).Error; err != nil {
		return out, fmt.Errorf("counting whom a campaign reaches: %w", err)
	}
	for _, r := range rows {
		out.Total += r.N
		if r.Why == "" {
			out.Reach = r.N
			continue
		}
		out.Left[r.Why] = r.N
	}
	return out, nil
}

// FillCampaign plans pushes for the next doctors of a running campaign's segment, at most n and at most what its day has left; day is today as yyyymmdd. What was
// planned, who was left out and how far it came are written together, so that it goes on where it stopped, and several instances never plan one doctor twice.
// It gives how many were looked at; 0 = nothing can be done today. ErrMoved: the campaign has changed; nothing was written.
func (s *Store) FillCampaign(ctx context.Context, c Campaign, f Filter, day, n int) (int, error) {
	if c.Today != day {
		c.Today, c.TodayN = day, 0
	}
	room := c.Daily - c.TodayN
	if c.Second == "" {
		room = min(room, CampaignAlone-c.Planned)
	}
	if now := s.Now(); c.Status != CampaignRunning || c.Filled || room <= 0 || now < c.FromAt || now >= c.UntilAt {
		return 0, nil
	}
	page, err := s.campaignPage(ctx, c, f, n)
	if err != nil {
		return 0, err
	}
	c.Filled = len(page) < n
	more := map[string]int{}
	var chosen []string
	for i, r := range page {
		if r.Why == "" && len(chosen) == room {
			page, c.Filled = page[:i], false
			break
		}
		if r.Why != "" {
			more[r.Why]++
			continue
		}
		chosen = append(chosen, r.Doctor)
	}
	if len(page) > 0 {
		c.Upto = page[len(page)-1].Doctor
	}
	if c.Second == "" && c.Planned+len(chosen) >= CampaignAlone { // whoever comes after needs a second person, and another campaign
		c.Filled = true
	}
	c.TodayN, c.Planned, c.Considered = c.TodayN+len(chosen), c.Planned+len(chosen), c.Considered+len(page)
	if c.LeftOut, err = leftOut(c, more); err != nil {
		return 0, err
	}
	if err := s.writeFill(ctx, c, chosen); err != nil {
		return 0, fmt.Errorf("filling a campaign: %w", err)
	}
	return len(page), nil
}

// candidate is a doctor of a segment with why the campaign leaves them out, "" = it does not.
type candidate struct{ Doctor, Why string }

func (s *Store) campaignPage(ctx context.Context, c Campaign, f Filter, n int) ([]candidate, error) {
	q, err := s.where(ctx, f)
	if err != nil {
		return nil, err
	}
	why, args := c.left(s.Now())
	var page []candidate
	q = q.Joins("JOIN doctors d ON d.id = f.doctor").Where("f.doctor > ?", c.Upto).Select("f.doctor AS doctor, ("+why+") AS why", args...)
	if err := q.Order("f.doctor").Limit(n).Scan(&page).Error; err != nil {
		return nil, fmt.Errorf("reading doctors of a campaign: %w", err)
	}
	return page, nil
}

// writeFill writes how far a campaign came with the pushes of that page.
func (s *Store) writeFill(ctx context.Context, c Campaign, chosen []string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&Campaign{}).Where("id = ? AND account = ? AND version = ?", c.ID, s.Account(), c.Version).UpdateColumns(map[string]any{
			"upto": c.Upto, "filled": c.Filled, "today": c.Today, "today_n": c.TodayN, "considered": c.Considered, "planned": c.Planned, "left_out": c.LeftOut,
			"version": c.Version + 1, "updated_at": s.Now(),
		})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrMoved
		}
		rows := make([]Push, len(chosen))
		for i, doctor := range chosen {
			rows[i] = Push{Doctor: doctor, Cause: "campaign:" + c.ID + ":" + doctor, Flow: c.Flow, Inputs: c.Inputs, Campaign: c.ID}
		}
		return s.planFlows(tx, rows...)
	})
}
