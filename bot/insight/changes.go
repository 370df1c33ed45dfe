package insight

import (
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// CauseClock is the cause of a change that only the passing of time has brought.
const CauseClock = "clock"

// CauseRules begins the cause of a change that other rules have brought.
const CauseRules = "rules:"

// changes are the moves from what stands to what was found. A doctor who was never derived before has no history yet.
func changes(row *store.Dossier, found *flows.Found, cause string) []store.Change {
	old := row.Facets
	if old == nil {
		return nil
	}
	var out []store.Change
	move := func(product, kind, was, is string) {
		if was != is {
			out = append(out, store.Change{Product: product, Kind: kind, Before: was, After: is, Cause: cause, Evidence: evidence(found, product, kind)})
		}
	}
	stood := map[string]store.Rating{}
	for _, r := range row.Ratings {
		stood[r.Product] = r
	}
	for _, code := range found.Products {
		was, had := stood[code]
		is := found.Ratings[code]
		if !had { // a new product
			continue
		}
		move(code, store.ChangeLadder, was.Ladder, is.Ladder)
		move(code, store.ChangeMatrix, was.Matrix, is.Matrix)
		move(code, store.ChangeClass, was.Class, is.Class)
	}
	move("", store.ChangeResult, old.Result, found.Result)
	move("", store.ChangeAffinity, strconv.Itoa(old.Affinity), strconv.Itoa(found.Affinity))
	grade := ""
	if len(found.Scores) > 0 {
		grade = found.Scores[0].Grade
	}
	move("", store.ChangeGrade, old.LeadGrade, grade)
	return out
}

// evidence is what the new value of a kind rests on.
func evidence(found *flows.Found, product, kind string) string {
	var parts []string
	if kind == store.ChangeGrade && len(found.Scores) > 0 {
		for _, l := range found.Scores[0].Lines {
			parts = append(parts, l.Why+" "+strconv.Itoa(l.Points))
		}
	}
	for _, r := range found.Reasons {
		if r.Kind == kind && r.Product == product {
			parts = append(parts, strings.TrimSpace(r.Why+" "+r.Evidence))
		}
	}
	return strings.Join(parts, "\n")
}

// newest names the newest thing that became known about a doctor since the last derivation.
func newest(row *store.Dossier) string {
	cause, at := CauseClock, int64(0)
	if row.Facets != nil {
		at = row.Facets.UpdatedAt - newestSlack
	}
	see := func(ref string, when int64) {
		if when > at && ref != "" {
			cause, at = ref, when
		}
	}
	for _, v := range row.Portrait {
		see(v.Ref, v.At)
	}
	for _, v := range row.Visits {
		see(store.VisitCause(v.ID), v.FiledAt)
	}
	for _, b := range row.Behaviours {
		see(b.Ref, b.At)
	}
	return cause
}

// newestSlack allows for clocks of several instances that do not agree, in ms.
const newestSlack = 2000

// carried tells whether something changed that travels with a live conversation.
func carried(row *store.Dossier, d *store.Derived) bool {
	old := row.Facets
	if old == nil {
		return true
	}
	n := &d.Facets
	for _, b := range row.Behaviours { // those of a turn are carried by it
		outside := b.Kind != store.DidReply && b.Kind != store.DidFinish && b.Kind != store.DidAsk
		if outside && b.At > old.UpdatedAt-newestSlack {
			return true
		}
	}
	return old.Ladder != n.Ladder || old.Potential != n.Potential || old.Matrix != n.Matrix || old.Class != n.Class || old.Result != n.Result ||
		old.Cell != n.Cell || old.Affinity != n.Affinity || old.LeadGrade != n.LeadGrade
}
