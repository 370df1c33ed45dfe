package store

import (
	"context"
	"fmt"
)

// CampaignResult is what became of a campaign's pushes, in doctors.
type CampaignResult struct {
	Waiting  map[string]int // planned and not begun yet, by what they wait for; "" = their turn
	Begun    int            // the flow was begun, or content was chosen
	Sent     int            // of these: begun, or the content was sent
	Replied  int            // of these: wrote after the flow began, or opened the content
	Back     int            // of these: had an effective interaction since
	OptedOut int            // of these: have unsubscribed
	Why      map[string]int // ended without a word, by reason
}

// Alarming is from how many opt-outs on, in doctors of those spoken to, a campaign does more harm than good: more than 0.5 %. Source: the trade's throttle of campaigns.
func (r CampaignResult) Alarming() bool { return r.OptedOut*200 > r.Sent && r.OptedOut > 0 }

// Unsent is for how many content was chosen that was not sent yet.
func (r CampaignResult) Unsent() int { return r.Begun - r.Sent }

// Ended is how many ended without a word.
func (r CampaignResult) Ended() int { return sum(r.Why) }

func sum(counts map[string]int) int {
	n := 0
	for _, k := range counts {
		n += k
	}
	return n
}

// CampaignPushes lists pushes of a campaign that are planned, by id, at most n.
func (s *Store) CampaignPushes(ctx context.Context, id string, n int) ([]Push, error) {
	var rows []Push
	if err := s.read(ctx).Where("account = ? AND campaign = ? AND status = ?", s.Account(), id, PushPlanned).Order("id").Limit(n).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading pushes of a campaign: %w", err)
	}
	return rows, nil
}

// CampaignResult counts.
func (s *Store) CampaignResult(ctx context.Context, id string) (CampaignResult, error) {
	out := CampaignResult{Waiting: map[string]int{}, Why: map[string]int{}}
	var rows []struct {
		Status, Why string
		N           int
	}
	q := s.read(ctx).Model(&Push{}).Where("account = ? AND campaign = ?", s.Account(), id)
	err := q.Select("status, CASE WHEN status IN ? THEN '' ELSE reason END AS why, COUNT(*) AS n", []string{PushQueued, PushOpened}).Group("status, why").Scan(&rows).Error
	if err != nil {
		return out, fmt.Errorf("counting pushes of a campaign: %w", err)
	}
	for _, r := range rows {
		switch r.Status {
		case PushPlanned, PushHeld:
			out.Waiting[r.Why] += r.N
		case PushNone:
			out.Why[r.Why] += r.N
		default:
			out.Begun += r.N
		}
	}
	if out.Begun == 0 {
		return out, nil
	}
	const came = `(p.status = 'opened' AND d.last_typed_at > p.due_at OR p.status = 'queued' AND
		EXISTS (SELECT 1 FROM behaviours b WHERE b.doctor = p.doctor AND b.object = p.content AND b.kind IN ('open', 'read') AND b.at >= p.due_at))`
	const sent = `(p.status = 'opened' OR EXISTS (SELECT 1 FROM sent x WHERE x.doctor = p.doctor AND x.content = p.content AND x.sent_at > 0))`
	var t struct{ Sent, Replied, Back, OptedOut int }
	q = s.read(ctx).Table("pushes p").Joins("JOIN doctors d ON d.id = p.doctor").Joins("LEFT JOIN facets f ON f.doctor = p.doctor")
	err = q.Where("p.account = ? AND p.campaign = ? AND p.status IN ?", s.Account(), id, []string{PushQueued, PushOpened}).
		Select("COALESCE(SUM(" + sent + "), 0) AS sent, COALESCE(SUM(" + came + "), 0) AS replied, COALESCE(SUM(f.effective_at > p.due_at), 0) AS back, COALESCE(SUM(d.opted_out), 0) AS opted_out").
		Scan(&t).Error
	if err != nil {
		return out, fmt.Errorf("counting what became of a campaign: %w", err)
	}
	out.Sent, out.Replied, out.Back, out.OptedOut = t.Sent, t.Replied, t.Back, t.OptedOut
	return out, nil
}
