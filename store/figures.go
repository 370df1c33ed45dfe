package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Kinds of figure. What stands in A and B, and what Total sums, is said beside each.
const (
	FigureEngage   = "engage"   // with ":" and a kind of tier: tier at the first day, effective interactions within the window after it; Total = interactions
	FigureMove     = "move"     // with ":" and a kind of tier: tier at the first day of the month, tier at the first day of the next
	FigureTime     = "time"     // standing as a super customer, "visits" or "doctors"; Total = minutes of reps
	FigureEffort   = "effort"   // province, "touches", "minutes" or "effective"; Total = sum of it
	FigureLoyal    = "loyal"    // product, part of the index; Total = sum where N alone does not say it
	FigureLead     = "lead"     // source, FigureNew or FigureExisting: qualified leads
	FigureNewcomer = "newcomer" // source, "": doctors who came in the month
	FigureCounted  = "counted"  // "", "": doctors that were looked at; Total = when, unix ms
)

// Sides of qualified leads: of doctors who have come of late, and of those whom the house has had for longer.
const (
	FigureNew      = "new"
	FigureExisting = "existing"
)

// Ways in which a doctor comes to the house, or a lead about.
const (
	SourceChat     = "chat"
	SourceReferral = "referral"
	SourceCampaign = "campaign"
	SourceMeeting  = "meeting"
	SourceCode     = "code"
)

// Sources lists the ways in the order of pages.
var Sources = []string{SourceChat, SourceReferral, SourceCampaign, SourceMeeting, SourceCode}

// SaveFigures replaces the figures of a month, those of the house and of all teams.
func (s *Store) SaveFigures(ctx context.Context, month string, rows []Figure) error {
	for i := range rows {
		r := &rows[i]
		r.Account, r.Month, r.A, r.B = s.Account(), month, cut(r.A, 64), cut(r.B, 64)
	}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("account = ? AND month = ?", s.Account(), month).Delete(&Figure{}).Error; err != nil {
			return err
		}
		return insert(tx, rows)
	})
	if err != nil {
		return fmt.Errorf("writing figures: %w", err)
	}
	return nil
}

// Figures reads the cells of some kinds (none named = all) and months, both ends within, that count for the person of the context: those of the team for whoever sees a team, those of
// the house for whoever sees or counts all of it, and none for others.
func (s *Store) Figures(ctx context.Context, from, to string, kinds ...string) ([]Figure, error) {
	team, ok := figureTeam(ctx)
	if !ok {
		return nil, nil
	}
	var rows []Figure
	q := s.read(ctx).Where("account = ? AND team = ? AND month >= ? AND month <= ?", s.Account(), team, from, to)
	if len(kinds) > 0 {
		q = q.Where("kind IN ?", kinds)
	}
	if err := q.Order("month").Order("kind").Order("a").Order("b").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading figures: %w", err)
	}
	return rows, nil
}

// figureTeam is whose figures the person of the context reads, "" = those of the house; false = nobody's.
func figureTeam(ctx context.Context) (string, bool) {
	v, ok := Viewing(ctx)
	switch {
	case !ok || v.Reach == ReachAll || v.Counts:
		return "", true
	case v.Reach == ReachTeam && v.Team != "":
		return v.Team, true
	}
	return "", false
}

// FigureMonths tells of every month that was counted when that was, unix ms.
func (s *Store) FigureMonths(ctx context.Context) (map[string]int64, error) {
	var rows []Figure
	q := s.read(ctx).Select("month", "total").Where("account = ? AND team = '' AND kind = ?", s.Account(), FigureCounted)
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading counted months: %w", err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Month] = r.Total
	}
	return out, nil
}

// Teams lists the teams that have reps.
func (s *Store) Teams(ctx context.Context) ([]string, error) {
	var teams []string
	q := s.read(ctx).Model(&Rep{}).Distinct("team").Where("account = ? AND team <> ''", s.Account())
	if err := q.Order("team").Pluck("team", &teams).Error; err != nil {
		return nil, fmt.Errorf("reading teams: %w", err)
	}
	return teams, nil
}
