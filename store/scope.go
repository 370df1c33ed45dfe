package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// ground is what a person may see, looked up: of which reps, in which hospitals and provinces.
type ground struct {
	all       bool // every doctor of the account
	reps      []string
	hospitals []string
	provinces []string
	land      bool // a territory without borders
}

// groundOf looks up what the person of the context may see. Without a person it is everything.
func (s *Store) groundOf(ctx context.Context) (ground, error) {
	v, ok := Viewing(ctx)
	var g ground
	switch {
	case !ok || v.Reach == ReachAll:
		return ground{all: true}, nil
	case v.Reach == ReachOwn && v.Rep != "":
		q := s.read(ctx).Model(&Rep{}).Where(map[string]any{"account": s.Account(), "user_id": v.Rep, "active": true}) // who has left sees nobody
		if err := q.Pluck("user_id", &g.reps).Error; err != nil {
			return g, fmt.Errorf("reading a rep: %w", err)
		}
	case v.Reach == ReachTeam && v.Team != "":
		q := s.read(ctx).Model(&Rep{}).Where(map[string]any{"account": s.Account(), "team": v.Team})
		if err := q.Order("user_id").Pluck("user_id", &g.reps).Error; err != nil {
			return g, fmt.Errorf("reading reps of a team: %w", err)
		}
	}
	if len(g.reps) == 0 {
		return g, nil
	}
	var lands []Territory
	if err := s.read(ctx).Where(map[string]any{"account": s.Account(), "rep": g.reps}).Find(&lands).Error; err != nil {
		return g, fmt.Errorf("reading territories: %w", err)
	}
	for _, t := range lands {
		switch t.Kind {
		case TerritoryHospital:
			g.hospitals = append(g.hospitals, t.Value)
		case TerritoryProvince:
			g.provinces = append(g.provinces, t.Value)
		case TerritoryAll:
			g.land = true
		}
	}
	return g, nil
}

// shared holds for a doctor who has agreed that reps hear of them, by the newest decision; and for one who is known from the house's own master data
// alone. Its one parameter is the purpose.
const shared = `(EXISTS (SELECT 1 FROM consents c WHERE c.conversation = %[1]s AND c.purpose = ? AND c.granted
	AND NOT EXISTS (SELECT 1 FROM consents n WHERE n.conversation = c.conversation AND n.purpose = c.purpose AND n.seq > c.seq))
	OR EXISTS (SELECT 1 FROM doctors m WHERE m.id = %[1]s AND m.open_id = '' AND m.master_key IS NOT NULL))`

// elsewhere holds for a doctor whom a decided transfer gave to none of some reps: they do not see the doctor, whatever else speaks for it, unless one of them
// has taken a lead of the doctor since. Its parameters are the ones whom it names (of a refused one: who may arrange another), the reps, and the states of such a lead.
const elsewhere = `EXISTS (SELECT 1 FROM transfers h WHERE h.hold_key = %[1]s AND NOT (%[2]s) AND NOT EXISTS (SELECT 1 FROM leads t
	WHERE t.doctor = h.hold_key AND t.rep IN ? AND t.status IN ? AND t.accepted_at > CASE WHEN h.status = '` + TransferRefused + `' THEN h.answered_at ELSE h.confirmed_at END))`

// notElsewhere is the condition that keeps from reps the doctors that they have lost. The manager of a team still sees whom a rep of the team has lost to
// nobody: somebody must arrange another.
func (s *Store) notElsewhere(ctx context.Context, g ground, column string) (string, []any) {
	theirs, args := "h.status <> ? AND h.to_rep IN ?", []any{TransferRefused, g.reps}
	if v, ok := Viewing(ctx); ok && v.Reach == ReachTeam {
		theirs, args = "h.to_rep IN ? OR h.status = ? AND h.from_rep IN ?", []any{g.reps, TransferRefused, g.reps}
	}
	return "NOT " + fmt.Sprintf(elsewhere, column, theirs), append(args, g.reps, heldLead)
}

// within narrows a query to rows about doctors that the person of the context may see. column holds the doctor's id and is one of ours, never typed.
//
// A rep's doctors are those of accepted leads, of the territory, those that the classes gave to the rep and those that were transferred to the rep; whom a
// transfer gave to somebody else is gone from the next query on, and so is whoever takes the consent to be told of back.
func (s *Store) within(ctx context.Context, q *gorm.DB, column string) (*gorm.DB, error) {
	g, err := s.groundOf(ctx)
	switch {
	case err != nil:
		return nil, err
	case g.all:
		return q, nil
	case len(g.reps) == 0:
		return q.Where("1 = 0"), nil
	}
	if !g.land {
		sets, args := s.doctorSets(g)
		q = q.Where(column+" IN (SELECT mine.doctor FROM ("+sets+") AS mine)", args...)
	}
	kept, args := s.notElsewhere(ctx, g, column)
	q = q.Where(kept, args...)
	return q.Where(fmt.Sprintf(shared, column), PurposeShare), nil
}

// withinCount is within for a query that only counts: whoever may know figures of the house counts all of it.
func (s *Store) withinCount(ctx context.Context, q *gorm.DB, column string) (*gorm.DB, error) {
	if v, ok := Viewing(ctx); ok && v.Counts {
		return q, nil
	}
	return s.within(ctx, q, column)
}

// doctorSets are the doctors of some reps as one UNION: each part goes by an index.
func (s *Store) doctorSets(g ground) (string, []any) {
	parts := []string{"SELECT doctor FROM leads WHERE rep IN ? AND status IN ? AND account = ?", "SELECT doctor FROM facets WHERE account = ? AND owner IN ?",
		"SELECT doctor FROM transfers WHERE account = ? AND to_rep IN ? AND hold_key IS NOT NULL",
		"SELECT doctor FROM transfers WHERE account = ? AND from_rep IN ? AND status = ? AND hold_key IS NOT NULL"}
	args := []any{g.reps, heldLead, s.Account(), s.Account(), g.reps, s.Account(), g.reps, s.Account(), g.reps, TransferRefused}
	if len(g.hospitals) > 0 {
		parts = append(parts, "SELECT id AS doctor FROM doctors WHERE account = ? AND hospital IN ?")
		args = append(args, s.Account(), g.hospitals)
	}
	if len(g.provinces) > 0 {
		parts = append(parts, "SELECT doctor FROM facets WHERE account = ? AND province IN ?",
			"SELECT doctor FROM portrait WHERE account = ? AND field = ? AND value IN ?")
		args = append(args, s.Account(), g.provinces, s.Account(), fieldProvince, asJSON(g.provinces))
	}
	return strings.Join(parts, " UNION "), args
}

// asJSON writes texts as the portrait holds them.
func asJSON(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		b, err := json.Marshal(t)
		if err != nil {
			continue // a string always has a JSON text
		}
		out[i] = string(b)
	}
	return out
}

// leadsWithinCount is leadsWithin for a query that only counts, see withinCount.
func (s *Store) leadsWithinCount(ctx context.Context, q *gorm.DB) (*gorm.DB, error) {
	if v, ok := Viewing(ctx); ok && v.Counts {
		return q, nil
	}
	return s.leadsWithin(ctx, q)
}

// leadsWithin narrows a query on leads to those that the person of the context may see: the ones that their reps hold or are offered, but for those that ended
// with a rep who has lost the doctor since.
func (s *Store) leadsWithin(ctx context.Context, q *gorm.DB) (*gorm.DB, error) {
	g, err := s.groundOf(ctx)
	switch {
	case err != nil:
		return nil, err
	case g.all:
		return q, nil
	case len(g.reps) == 0:
		return q.Where("1 = 0"), nil
	}
	const offered = "(leads.rep IN ? OR leads.status = ? AND leads.id IN (SELECT o.lead_id FROM offers o WHERE o.rep IN ? AND o.status = ?))"
	kept, args := s.notElsewhere(ctx, g, "leads.doctor")
	q = q.Where("(leads.status = ? OR "+kept+")", append([]any{LeadAssigned}, args...)...)
	return q.Where(offered, g.reps, LeadAssigned, g.reps, OfferOpen), nil
}

// SeesDoctor tells whether the person of the context may see a doctor. An id that nobody has is seen by nobody but those who see everything.
func (s *Store) SeesDoctor(ctx context.Context, id string) (bool, error) {
	return s.sees(ctx, s.within, &Doctor{}, "doctors.id", id)
}

// SeesLead tells whether the person of the context may see a lead.
func (s *Store) SeesLead(ctx context.Context, id string) (bool, error) {
	narrow := func(ctx context.Context, q *gorm.DB, _ string) (*gorm.DB, error) { return s.leadsWithin(ctx, q) }
	return s.sees(ctx, narrow, &Lead{}, "leads.id", id)
}

// SeesNotice tells whether the person of the context may see the doctor of a notice.
func (s *Store) SeesNotice(ctx context.Context, id string) (bool, error) {
	narrow := func(ctx context.Context, q *gorm.DB, _ string) (*gorm.DB, error) {
		return s.within(ctx, q, "notices.doctor")
	}
	return s.sees(ctx, narrow, &Notice{}, "", id)
}

func (s *Store) sees(ctx context.Context, narrow func(context.Context, *gorm.DB, string) (*gorm.DB, error), record any, column, id string) (bool, error) {
	if v, ok := Viewing(ctx); !ok || v.Reach == ReachAll {
		return true, nil
	}
	q, err := narrow(ctx, s.read(ctx).Model(record).Where(map[string]any{"id": id, "account": s.Account()}), column)
	if err != nil {
		return false, err
	}
	var n int64
	if err := q.Count(&n).Error; err != nil {
		return false, fmt.Errorf("reading what a person may see: %w", err)
	}
	return n > 0, nil
}
