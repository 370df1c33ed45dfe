package console

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/vrep/vrep/store"
)

// changesShown is how many moves of a doctor the page shows.
const changesShown = 20

// stand is one derived value of a doctor with what it rests on.
type stand struct {
	Kind    string
	Value   string
	Product string // label, "" = not about one
	Why     []store.Reason
}

// standKinds is the order in which a doctor's page shows what was derived.
var standKinds = []string{store.ChangeLadder, "potential", store.ChangeMatrix, store.ChangeClass, store.ChangeResult, store.ChangeAffinity, "cell", "depth", "channel"}

// stands reads where a doctor stands, with the evidence, and how that has changed, newest first.
func (c *Console) stands(ctx context.Context, doctor string) ([]stand, []store.Change, error) {
	rows, err := c.store.Ratings(ctx, doctor)
	if err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	facets, err := c.store.Facets(ctx, doctor)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, nil, err
	}
	var out []stand
	for _, kind := range standKinds {
		for _, r := range rows {
			if s, ok := c.stand(kind, r, facets); ok {
				out = append(out, s)
			}
		}
	}
	changes, err := c.store.Changes(ctx, doctor, changesShown)
	return out, changes, err
}

func (c *Console) stand(kind string, r store.Rating, f store.Facets) (stand, bool) {
	s := stand{Kind: kind, Product: c.productLabel(r.Product)}
	var why []store.Reason
	if json.Unmarshal([]byte(r.Why), &why) != nil {
		return s, false
	}
	for _, w := range why {
		if w.Kind == kind {
			s.Why = append(s.Why, w)
		}
	}
	product := map[string]string{store.ChangeLadder: r.Ladder, "potential": r.Potential, store.ChangeMatrix: r.Matrix, store.ChangeClass: r.Class}
	house := map[string]string{store.ChangeResult: f.Result, store.ChangeAffinity: strconv.Itoa(f.Affinity), "cell": f.Cell}
	switch v, ok := product[kind]; {
	case ok:
		s.Value = v
		return s, r.Product != ""
	case r.Product != "":
		return s, false
	}
	if s.Value = house[kind]; s.Value == "" && len(s.Why) > 0 {
		s.Value = s.Why[0].Value
	}
	return s, s.Value != ""
}

// productLabel is what people call a product, by the rules in force.
func (c *Console) productLabel(code string) string {
	lib := c.libraryNow()
	if lib == nil || lib.Classes() == nil {
		return code
	}
	for _, p := range lib.Classes().Products {
		if p.Code == code && p.Label != "" {
			return p.Label
		}
	}
	return code
}
