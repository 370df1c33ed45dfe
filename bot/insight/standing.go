package insight

import (
	"time"

	"github.com/vrep/vrep/store"
)

// Kinds of tier that are predicted, and of which moves are counted.
const (
	TierClass    = "class"    // A to D, U; of the leading product
	TierSuper    = "super"    // none, candidate, confirmed; the best of all products
	TierGrade    = "grade"    // of the first model of leads
	TierStrength = "strength" // of the relation with somebody on the list of super customers
)

// Tiers are the values of each kind, the one first of which most engagement is expected. What is not among them is not ranked.
var Tiers = map[string][]string{
	TierClass:    {"A", "B", "C", "D"},
	TierSuper:    {store.SuperConfirmed, store.SuperCandidate, standNone},
	TierGrade:    {"hot", "warm", "cold", "watch"},
	TierStrength: {"strong", "mid", "weak"},
}

// standNone is whoever stands on no list.
const standNone = "none"

// stood is where a doctor stood just before a moment, from the history alone: the last move before it, else what stood before the next one, else, when
// nothing ever moved, what stands. moves are of one kind and product, oldest first. Nothing is known of a time before since, from when the history is
// whole: false.
func stood(at, since int64, moves []store.Change, now string) (string, bool) {
	if since == 0 || since >= at {
		return "", false
	}
	value, found := now, false
	for i := range moves {
		switch m := &moves[i]; {
		case m.At < since: // of an earlier life of the doctor with the house
		case m.At < at:
			value, found = m.After, true
		case !found:
			return m.Before, true
		default:
			return value, true
		}
	}
	return value, true
}

// tiers are all tiers of a doctor at one moment; a kind of which nothing is known is missing.
type tiers map[string]string

// tiersAt finds where a doctor stood.
func tiersAt(p *store.Past, leading string, at time.Time) tiers {
	ms, out := at.UnixMilli(), tiers{}
	since := p.Facets.Since
	if v, ok := stood(ms, since, changesOf(p, store.ChangeClass, leading), p.Facets.Class); ok && v != "" {
		out[TierClass] = v
	}
	if v, ok := stood(ms, since, changesOf(p, store.ChangeGrade, ""), p.Facets.LeadGrade); ok && v != "" {
		out[TierGrade] = v
	}
	if since == 0 || since >= ms {
		return out
	}
	product := ""
	out[TierSuper], product = superAt(p, ms)
	if product == "" {
		return out
	}
	strength := ""
	for i := range p.Supers {
		if p.Supers[i].Product == product {
			strength = p.Supers[i].Read().Strength
		}
	}
	if v, ok := stood(ms, since, changesOf(p, store.ChangeStrength, product), strength); ok && v != "" {
		out[TierStrength] = v
	}
	return out
}

// superAt is the best standing over all products, with a product of which the doctor was on the list, "" = none.
func superAt(p *store.Past, at int64) (standing, product string) {
	last := map[string]string{}
	for _, m := range p.Moves {
		if m.At >= p.Facets.Since && m.At < at {
			last[m.Product] = m.Status
		}
	}
	standing = standNone
	for code, status := range last {
		switch {
		case status == store.SuperConfirmed, status == store.SuperCandidate && standing != store.SuperConfirmed:
			if standing != status || code < product {
				standing, product = status, code
			}
		case status == store.SuperNear && standing == standNone && (product == "" || code < product):
			product = code
		}
	}
	return standing, product
}

// ladderAt is the stage of a product at a moment, "" = unknown.
func ladderAt(p *store.Past, product string, at time.Time) string {
	now := ""
	for _, r := range p.Ratings {
		if r.Product == product {
			now = r.Ladder
		}
	}
	v, _ := stood(at.UnixMilli(), p.Facets.Since, changesOf(p, store.ChangeLadder, product), now)
	return v
}

func changesOf(p *store.Past, kind, product string) []store.Change {
	var out []store.Change
	for _, c := range p.Changes {
		if c.Kind == kind && c.Product == product {
			out = append(out, c)
		}
	}
	return out
}
