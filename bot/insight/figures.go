package insight

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Spans of figures.
const (
	// WindowDays is how long engagement is observed after the day of a prediction.
	WindowDays = 90
	// FigureMonths is how many months back figures are kept up, the present one with them.
	FigureMonths = 12
	// FreshDays is from which age on a doctor counts as one whom the house has, and no longer as new.
	FreshDays = 90
	// causeDays is how far before a lead lies what it may have come of: a push of a campaign, a scan.
	causeDays = 30

	figuresEvery = 30 * time.Second // a new month, or a window that has ended, is counted within this time
	figuresAgain = time.Hour        // the present month is counted again after this: a large house takes most of a minute
	figuresPage  = 500
	teamPage     = 5000
	countMost    = 60 // interactions within a window that are told apart
)

// RunFigures keeps the figures of the last months counted until ctx ends. Several instances may run: each month is written as a whole, so that counting one
// twice costs work and changes nothing. A failed round is logged and tried again.
func (in *Insight) RunFigures(ctx context.Context) error {
	timer := time.NewTimer(sweepEvery)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if _, err := in.CountFigures(ctx); err != nil && ctx.Err() == nil {
			in.log.Error("counting figures failed", "error", err)
		}
		timer.Reset(figuresEvery)
	}
}

// CountFigures counts every month that is due: one that was never counted, one whose end or whose window has passed since it was, and the present one when
// it was counted some time ago. It tells how many were.
func (in *Insight) CountFigures(ctx context.Context) (int, error) {
	counted, err := in.store.FigureMonths(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, m := range in.Months() {
		if !in.due(m, counted[m.Name]) {
			continue
		}
		if err := in.CountMonth(ctx, m); err != nil {
			return n, fmt.Errorf("counting a month: %w", err)
		}
		n++
	}
	return n, nil
}

// RecountFigures counts every month anew, whatever was counted before.
func (in *Insight) RecountFigures(ctx context.Context) error {
	for _, m := range in.Months() {
		if err := in.CountMonth(ctx, m); err != nil {
			return fmt.Errorf("counting a month: %w", err)
		}
	}
	return nil
}

// Month is a month of the house's zone.
type Month struct {
	Name     string    // 2026-11
	From, To time.Time // first moment, first moment of the next one
}

// Until is when the window after the first day has passed.
func (m Month) Until() time.Time { return m.From.AddDate(0, 0, WindowDays) }

// Months are those of which figures are kept, the newest first.
func (in *Insight) Months() []Month {
	now := in.now().In(in.zone)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, in.zone)
	out := make([]Month, FigureMonths)
	for i := range out {
		from := first.AddDate(0, -i, 0)
		out[i] = Month{Name: from.Format("2006-01"), From: from, To: from.AddDate(0, 1, 0)}
	}
	return out
}

// due tells whether a month that was counted at a time (unix ms, 0 = never) is to be counted again. A time that lies ahead is of a clock that ran ahead.
func (in *Insight) due(m Month, at int64) bool {
	now, then := in.now(), time.UnixMilli(at)
	passed := func(t time.Time) bool { return !now.Before(t) && then.Before(t) }
	return at == 0 || passed(m.To) || passed(m.Until()) || now.Before(m.To) && now.Sub(then).Abs() >= figuresAgain
}

// CountMonth counts one month anew from the histories, for the house and for every team, and replaces what was counted before.
func (in *Insight) CountMonth(ctx context.Context, m Month) error {
	teams, err := in.teamsOf(ctx)
	if err != nil {
		return err
	}
	c := counter{m: m, now: in.now(), zone: in.zone, cells: map[cellKey]*cell{}}
	lib := in.library()
	if classes := lib.Classes(); classes != nil {
		for _, p := range classes.Products {
			c.products = append(c.products, p.Code)
		}
	}
	c.loyal = lib.Loyalty()
	from := slices.MinFunc([]time.Time{m.From, m.To.AddDate(0, 0, -2*WindowDays), m.From.AddDate(0, 0, -causeDays)}, time.Time.Compare)
	to := slices.MaxFunc([]time.Time{m.To, m.Until()}, time.Time.Compare)
	var said []string
	if c.loyal != nil {
		said = append(said, c.loyal.Field)
	}
	for last := ""; ; {
		ids, err := in.store.DoctorIDs(ctx, last, figuresPage)
		if err != nil {
			return err
		}
		pasts, err := in.store.Pasts(ctx, ids, from.UnixMilli(), to.UnixMilli(), said...)
		if err != nil {
			return err
		}
		for i := range pasts {
			c.doctor(&pasts[i], append([]string{""}, teams[pasts[i].Doctor]...))
		}
		if len(ids) < figuresPage {
			break
		}
		last = ids[len(ids)-1]
	}
	c.cell("", store.FigureCounted, "", "").total = c.now.UnixMilli()
	return in.store.SaveFigures(ctx, m.Name, c.rows())
}

// teamsOf tells for which teams each doctor counts.
func (in *Insight) teamsOf(ctx context.Context) (map[string][]string, error) {
	names, err := in.store.Teams(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, team := range names {
		ctx := store.As(ctx, store.Viewer{Role: store.RoleManager, Reach: store.ReachTeam, Team: team})
		for last := ""; ; {
			ids, err := in.store.DoctorIDs(ctx, last, teamPage)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				out[id] = append(out[id], team)
			}
			if len(ids) < teamPage {
				break
			}
			last = ids[len(ids)-1]
		}
	}
	return out, nil
}

type cellKey struct{ team, kind, a, b string }

type cell struct{ n, total int64 }

// counter counts one month, doctor by doctor.
type counter struct {
	m        Month
	now      time.Time
	zone     *time.Location
	products []string // of the rules, the leading one first
	loyal    *flows.LoyaltyInfo
	cells    map[cellKey]*cell
	teams    []string // for which the present doctor counts
}

func (c *counter) cell(team, kind, a, b string) *cell {
	k := cellKey{team, kind, a, b}
	if c.cells[k] == nil {
		c.cells[k] = &cell{}
	}
	return c.cells[k]
}

// add counts for every team of the present doctor.
func (c *counter) add(kind, a, b string, n, total int64) {
	for _, team := range c.teams {
		x := c.cell(team, kind, a, b)
		x.n, x.total = x.n+n, x.total+total
	}
}

// rows are the cells in a fixed order.
func (c *counter) rows() []store.Figure {
	out := make([]store.Figure, 0, len(c.cells))
	for k, x := range c.cells {
		out = append(out, store.Figure{Team: k.team, Kind: k.kind, A: k.a, B: k.b, N: x.n, Total: x.total})
	}
	slices.SortFunc(out, func(x, y store.Figure) int {
		return cmp.Or(cmp.Compare(x.Team, y.Team), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return out
}

func (c *counter) leading() string {
	if len(c.products) == 0 {
		return ""
	}
	return c.products[0]
}

// doctor counts one doctor.
func (c *counter) doctor(p *store.Past, teams []string) {
	c.teams = teams
	c.add(store.FigureCounted, "", "", 1, 0)
	end := c.m.To
	if c.now.Before(end) {
		end = c.now
	}
	effective := c.effective(p)
	began := tiersAt(p, c.leading(), c.m.From)
	if until := c.m.Until(); !c.now.Before(until) {
		n := between(effective, c.m.From, until)
		for kind, tier := range began {
			c.add(store.FigureEngage+":"+kind, tier, strconv.Itoa(min(n, countMost)), 1, int64(n))
		}
	}
	for kind, tier := range tiersAt(p, c.leading(), end) {
		if was := began[kind]; was != "" {
			c.add(store.FigureMove+":"+kind, was, tier, 1, 0)
		}
	}
	c.effort(p, began[TierSuper], between(effective, c.m.From, end))
	c.loyalty(p, effective, end)
	c.sources(p)
}

// effective are the times of effective interactions.
func (c *counter) effective(p *store.Past) []time.Time {
	did := make([]flows.Did, len(p.Did))
	for i, b := range p.Did {
		did[i] = flows.Did{Kind: b.Kind, Object: b.Object, Amount: b.Amount, At: time.UnixMilli(b.At)}
	}
	var out []time.Time
	for _, i := range flows.Effective(did, c.zone) {
		out = append(out, did[i].At)
	}
	return out
}

// between counts those from a moment up to another, which is outside.
func between(at []time.Time, from, to time.Time) int {
	n := 0
	for _, t := range at {
		if !t.Before(from) && t.Before(to) {
			n++
		}
	}
	return n
}
