package insight

import (
	"encoding/json"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Parts of figures, as B of a cell.
const (
	PartVisits    = "visits"
	PartDoctors   = "doctors"
	PartTouches   = "touches"   // content sent, and visits
	PartMinutes   = "minutes"   // of reps
	PartEffective = "effective" // interactions
	partCustomers = "customers" // doctors with some experience of the product
	partWere      = "were"      // of those, active in the window before the last one
	partStill     = "still"     // of those, active in the last one as well
	partKinds     = "kinds"     // active ones; Total = kinds of interaction within the window
	partReferrers = "referrers" // of the customers, those who brought a colleague within the window
	partScored    = "scored"    // of the customers, those with an answer to how likely they would recommend
	partPromoters = "promoters"
	partCritics   = "critics"
)

// customerFrom is the stage of the ladder from which a doctor counts as a customer of a product: some experience of use.
const customerFrom = "A3"

// Limits of the question how likely one would recommend. Source: the net promoter score.
const (
	promoterFrom = 9
	criticTo     = 6
)

// effort counts what reps and the house spent, and what came of it. standing is that at the beginning of the month.
func (c *counter) effort(p *store.Past, standing string, effective int) {
	var visits, minutes, sent int64
	from, to := c.m.From.UnixMilli(), c.m.To.UnixMilli()
	for i := range p.Visits {
		if at := p.Visits[i].At; at >= from && at < to {
			visits, minutes = visits+1, minutes+int64(p.Visits[i].Minutes())
		}
	}
	for _, b := range p.Did {
		if b.Kind == store.DidSent && b.At >= from && b.At < to {
			sent++
		}
	}
	if p.Facets.Since == 0 || p.Facets.Since >= to {
		return // nobody whom the house has weighed
	}
	if standing == "" {
		standing = standNone
	}
	c.add(store.FigureTime, standing, PartDoctors, 1, 0)
	if visits > 0 {
		c.add(store.FigureTime, standing, PartVisits, visits, minutes)
	}
	if p.Facets.Province != "" {
		c.add(store.FigureEffort, p.Facets.Province, PartTouches, 1, sent+visits)
		c.add(store.FigureEffort, p.Facets.Province, PartMinutes, 1, minutes)
		c.add(store.FigureEffort, p.Facets.Province, PartEffective, 1, int64(effective))
	}
}

// loyalty counts the parts of the index for every product of which the doctor is a customer.
func (c *counter) loyalty(p *store.Past, effective []time.Time, end time.Time) {
	if c.loyal == nil {
		return
	}
	middle := end.AddDate(0, 0, -WindowDays)
	were, still := between(effective, middle.AddDate(0, 0, -WindowDays), middle) > 0, between(effective, middle, end) > 0
	for _, product := range c.products {
		if ladderAt(p, product, end) < customerFrom {
			continue
		}
		c.add(store.FigureLoyal, product, partCustomers, 1, 0)
		if were {
			c.add(store.FigureLoyal, product, partWere, 1, 0)
		}
		if were && still {
			c.add(store.FigureLoyal, product, partStill, 1, 0)
		}
		if still {
			c.add(store.FigureLoyal, product, partKinds, 1, kindsBetween(p.Did, middle, end))
		}
		for _, h := range p.Helped {
			if h.Kind == store.InfluenceReferral && (h.Product == "" || h.Product == product) && h.At >= middle.UnixMilli() && h.At < end.UnixMilli() {
				c.add(store.FigureLoyal, product, partReferrers, 1, 0)
				break
			}
		}
		c.recommends(p, product, end)
	}
}

// recommends counts the last answer to how likely the doctor would recommend.
func (c *counter) recommends(p *store.Past, product string, end time.Time) {
	value := ""
	for _, o := range p.Said {
		if o.At < end.UnixMilli() {
			value = o.Value
		}
	}
	var score *float64
	if value == "" || json.Unmarshal([]byte(value), &score) != nil || score == nil {
		return
	}
	c.add(store.FigureLoyal, product, partScored, 1, 0)
	switch {
	case *score >= promoterFrom:
		c.add(store.FigureLoyal, product, partPromoters, 1, 0)
	case *score <= criticTo:
		c.add(store.FigureLoyal, product, partCritics, 1, 0)
	}
}

// kindsBetween counts in how many different ways a doctor took part.
func kindsBetween(did []store.Behaviour, from, to time.Time) int64 {
	seen := map[string]bool{}
	for _, b := range did {
		at := time.UnixMilli(b.At)
		if flows.TakesPart(b.Kind) && !at.Before(from) && at.Before(to) {
			seen[b.Kind] = true
		}
	}
	return int64(len(seen))
}

// sources counts where the doctor, and the leads that a rep accepted, came from.
func (c *counter) sources(p *store.Past) {
	from, to := c.m.From.UnixMilli(), c.m.To.UnixMilli()
	if p.CreatedAt >= from && p.CreatedAt < to {
		c.add(store.FigureNewcomer, origin(p), "", 1, 0)
	}
	for i := range p.Leads {
		l := &p.Leads[i]
		if l.AcceptedAt < from || l.AcceptedAt >= to || !qualified(l) {
			continue
		}
		side := store.FigureExisting
		if l.CreatedAt-p.CreatedAt < days(FreshDays) {
			side = store.FigureNew
		}
		c.add(store.FigureLead, leadSource(p, l, side), side, 1, 0)
	}
}

// qualified: of the upper two grades, or asked for in words.
func qualified(l *store.Lead) bool { return l.Level == "hot" || l.Level == "warm" || l.Explicit }

// leadSource is what a lead came of: a campaign of the last weeks, for a new doctor the way by which the doctor came, else the chat itself.
func leadSource(p *store.Past, l *store.Lead, side string) string {
	for _, push := range p.Pushes {
		if push.DueAt <= l.CreatedAt && l.CreatedAt-push.DueAt <= days(causeDays) {
			return store.SourceCampaign
		}
	}
	for _, b := range p.Did {
		if b.Kind == store.DidAttend && b.Amount > 0 && b.At <= l.CreatedAt && l.CreatedAt-b.At <= days(causeDays) {
			return store.SourceMeeting
		}
	}
	if side == store.FigureNew {
		return origin(p)
	}
	return store.SourceChat
}

// origin is the way by which a doctor came.
func origin(p *store.Past) string {
	switch {
	case len(p.CameBy) > 0, p.Scene == store.SceneReferral:
		return store.SourceReferral
	case p.Scene == store.SceneMeeting:
		return store.SourceMeeting
	case p.Scene != "":
		return store.SourceCode
	}
	return store.SourceChat
}

// days in ms.
func days(n int) int64 { return int64(n) * 24 * int64(time.Hour/time.Millisecond) }
