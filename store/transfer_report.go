package store

import (
	"context"
	"fmt"
	"time"
)

// KeptDays are after how many days a handover is judged.
var KeptDays = []int{30, 90}

// Kept is how many doctors of a departure were kept so many days after they were given to another rep: those with an effective interaction or a visit since.
// Younger transfers are not judged yet.
type Kept struct{ Days, Kept, Lost, Young int }

// keptDeeds are what a doctor did that counts as an effective interaction by one act alone, as in the rules of package flows.
var keptDeeds = []string{DidRead, DidWatch, DidFinish, DidAttend, DidAsk}

// keptOf judges the transfers of a departure that were confirmed.
func (s *Store) keptOf(ctx context.Context, departure string) ([]Kept, error) {
	var out []Kept
	for _, days := range KeptDays {
		span, now := int64(days)*24*time.Hour.Milliseconds(), s.Now()
		const touched = `CASE WHEN t.status <> ? AND (EXISTS (SELECT 1 FROM behaviours b WHERE b.doctor = t.doctor AND b.kind IN ? AND b.at > t.confirmed_at AND b.at <= t.confirmed_at + ?)
			OR EXISTS (SELECT 1 FROM visits v WHERE v.doctor = t.doctor AND v.at > t.confirmed_at AND v.at <= t.confirmed_at + ? AND v.result = 'met')) THEN 1 ELSE 0 END`
		var rows []struct{ Young, Kept, N int }
		q := s.read(ctx).Raw("SELECT x.young, x.kept, COUNT(*) AS n FROM (SELECT CASE WHEN t.confirmed_at + ? > ? THEN 1 ELSE 0 END AS young, "+touched+
			" AS kept FROM transfers t WHERE t.departure = ? AND t.confirmed_at > 0) AS x GROUP BY x.young, x.kept",
			span, now, TransferRefused, keptDeeds, span, span, departure)
		if err := q.Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("judging a handover: %w", err)
		}
		k := Kept{Days: days}
		for _, r := range rows {
			switch {
			case r.Kept == 1:
				k.Kept += r.N
			case r.Young == 1:
				k.Young += r.N
			default:
				k.Lost += r.N
			}
		}
		out = append(out, k)
	}
	return out, nil
}
