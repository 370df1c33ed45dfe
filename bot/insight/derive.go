package insight

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// derive derives the doctors and writes the outcome. It tells how many were written and how many of them changed class, stage, result or grade. cause names
// what moved them, "" = the newest thing known about each.
func (in *Insight) derive(ctx context.Context, ids []string, cause string) (written, changed int, err error) {
	lib := in.library()
	rows, err := in.store.Dossiers(ctx, ids, lib.HistoryFields()...)
	if err != nil {
		return 0, 0, fmt.Errorf("reading dossiers: %w", err)
	}
	out := make([]store.Derived, len(rows))
	now := in.now().In(in.zone)
	for i := range rows {
		if out[i], err = in.derived(lib, &rows[i], now, cause); err != nil {
			return 0, 0, err
		}
		if len(out[i].Changes) > 0 {
			changed++
		}
	}
	written, err = in.store.SaveDerived(ctx, out)
	return written, changed, err
}

// derived is what a dossier comes to.
func (in *Insight) derived(lib *flows.Library, row *store.Dossier, now time.Time, cause string) (store.Derived, error) {
	out := store.Derived{Doctor: row.Doctor.ID, Mark: row.Doctor.RefreshAt}
	if row.Gone() {
		out.Gone = true
		return out, nil
	}
	d := DossierOf(row)
	found := flows.Derive(lib, &d, now)
	if d.Withdrawn || d.PersonalOff { // the doctor is in no class, no list and no segment
		out.Gone, out.Tags, out.Observations = true, tags(&found, now), attention(lib, &d, &found, now)
		out.Carried = row.Facets != nil || len(row.Scores) > 0
		return out, nil
	}
	out.Facets = facets(row, &d, &found)
	if row.Facets != nil {
		out.Facets.Since = row.Facets.Since
	}
	complete, until := lib.Completeness(d.Profile, now)
	out.Facets.Complete = complete
	for _, next := range []time.Time{found.Next, until} {
		if !next.IsZero() && (out.NextAt == 0 || next.UnixMilli() < out.NextAt) {
			out.NextAt = next.UnixMilli()
		}
	}
	out.Observations = attention(lib, &d, &found, now)
	if cause == "" {
		cause = newest(row)
	}
	out.Changes = changes(row, &found, cause)
	out.Tags = tags(&found, now)
	out.Facets.Marks, out.Facets.Traits = row.Marks(out.Tags), row.Traits()
	w := writer{now: now.UnixMilli()}
	out.Ratings, out.Scores, out.Leads = w.ratings(row, &found), w.scores(row, &found), w.leads(row, &found)
	out.Carried = carried(row, &out)
	w.supers(row, &found, cause, &out)
	return out, w.err
}

// writer encodes; it keeps the first failure.
type writer struct {
	now int64
	err error
}

func (w *writer) text(v any) string {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("encoding what was derived: %w", err)
	}
	return string(b)
}

// ratings are one row for each product and one, without a product, for the rest.
func (w *writer) ratings(row *store.Dossier, found *flows.Found) []store.Rating {
	why := map[string][]store.Reason{"": {}}
	for _, r := range found.Reasons {
		why[r.Product] = append(why[r.Product], store.Reason{Kind: r.Kind, Value: r.Value, Why: r.Why, Evidence: r.Evidence, Ref: r.Ref})
	}
	out := []store.Rating{{Why: w.text(why[""])}}
	for _, code := range found.Products {
		r := found.Ratings[code]
		out = append(out, store.Rating{Product: code, Ladder: r.Ladder, Potential: r.Potential, Matrix: r.Matrix, Class: r.Class, Why: w.text(why[code])})
	}
	return out
}

// scores are those that differ from what stands.
func (w *writer) scores(row *store.Dossier, found *flows.Found) []store.Score {
	var out []store.Score
	for _, s := range found.Scores {
		n := store.Score{Name: s.Name, Points: s.Points, Grade: s.Grade, Lines: w.lines(s.Lines), At: w.now}
		same := false
		for _, old := range row.Scores {
			same = same || old.Name == n.Name && old.Points == n.Points && old.Grade == n.Grade && old.Lines == n.Lines
		}
		if !same {
			out = append(out, n)
		}
	}
	return out
}

func (w *writer) lines(in []flows.ScoreLine) string {
	out := make([]store.ScoreLine, 0, len(in))
	for _, l := range in {
		out = append(out, store.ScoreLine(l))
	}
	return w.text(out)
}

// leads are those that became ripe. Deciding twice on the same state gives the same id.
func (w *writer) leads(row *store.Dossier, found *flows.Found) []store.Lead {
	var out []store.Lead
	for _, l := range found.Leads {
		sum := sha256.Sum256([]byte("insight\x00" + row.Doctor.ID + "\x00" + l.Kind + "\x00" + strconv.FormatInt(w.now, 10)))
		n := store.Lead{ID: hex.EncodeToString(sum[:16]), Kind: l.Kind, Level: l.Level, Explicit: l.Explicit, Points: l.Points, Lines: w.lines(l.Lines),
			Why: l.Why, CreatedAt: w.now}
		if l.Within > 0 {
			n.DueAt = w.now + l.Within.Milliseconds()
		}
		out = append(out, n)
	}
	return out
}

// tags are those to be put on, changed or taken off.
func tags(found *flows.Found, now time.Time) []store.Tag {
	var out []store.Tag
	for _, t := range found.Tags {
		row := store.Tag{Tag: t.Tag, Source: store.SourceRule, Ref: "rule", At: now.UnixMilli(), Confidence: 100, Detail: t.Why}
		if t.Remove {
			row.RemovedAt = now.UnixMilli()
		}
		if !t.Expires.IsZero() {
			row.ExpiresAt = t.Expires.UnixMilli()
		}
		out = append(out, row)
	}
	return out
}
