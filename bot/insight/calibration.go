package insight

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/store"
)

// GroupLeast is the smallest group of doctors whose figures are shown: of fewer it could be told who they are.
const GroupLeast = 5

// Calibration lays the tiers that were predicted at past days beside what the doctors did in the window after each.
type Calibration struct {
	Kind   string // see the Tier constants
	Rows   []TierRow
	N      int     // doctors of ranked tiers; one who was predicted at several days counts for each
	Rho    float64 // rank correlation of tier and interactions (Spearman, ties share their ranks); above 0 = higher tiers engage more
	Known  bool    // Rho can be told: at least two tiers, and not everybody did the same
	Breaks []Break // where a higher tier engaged less than a lower one
}

// TierRow is one tier, the one of which most is expected first; tiers that are not ranked come last.
type TierRow struct {
	Tier   string
	Ranked bool
	Group
}

// Group is how many doctors a figure is about, and how much they did.
type Group struct {
	N      int
	Active int     // percent with at least one interaction
	Mean   float64 // interactions of one doctor
	Error  float64 // standard error of Mean
}

// Small tells whether the group must not be shown, but for being small.
func (g Group) Small() bool { return g.N < GroupLeast }

// Break is a place where the order of the tiers is not that of what was done.
type Break struct{ Higher, Lower string }

// Flat tells whether the tiers can be compared, no lower one clearly engages more than a higher one, and the highest not clearly more than the lowest
// either: nothing can be told from them.
func (c Calibration) Flat() bool {
	var ends []Group
	for _, r := range c.Rows {
		if r.Ranked && !r.Small() {
			ends = append(ends, r.Group)
		}
	}
	return len(c.Breaks) == 0 && len(ends) > 1 && !clearlyLess(ends[len(ends)-1], ends[0])
}

// Monotone tells whether the tiers can be compared, none clearly engages less than the one below, and higher ones do engage more.
func (c Calibration) Monotone() bool {
	return len(c.Breaks) == 0 && c.compared() > 1 && !c.Flat()
}

// Compared tells whether there is anything to say about the order.
func (c Calibration) Compared() bool { return c.compared() > 1 }

func (c Calibration) compared() int {
	n := 0
	for _, r := range c.Rows {
		if r.Ranked && !r.Small() {
			n++
		}
	}
	return n
}

// Calibrate reads the cells of one kind of tier; those of several months are added up.
func Calibrate(kind string, cells []store.Figure) Calibration {
	c := Calibration{Kind: kind}
	counts := map[string]map[int]int{} // tier → interactions → doctors
	for _, f := range cells {
		n, err := strconv.Atoi(f.B)
		if f.Kind != store.FigureEngage+":"+kind || err != nil {
			continue
		}
		if counts[f.A] == nil {
			counts[f.A] = map[int]int{}
		}
		counts[f.A][n] += int(f.N)
	}
	order := Tiers[kind]
	for _, tier := range order {
		if len(counts[tier]) > 0 {
			c.Rows = append(c.Rows, TierRow{Tier: tier, Ranked: true, Group: group(counts[tier])})
			c.N += c.Rows[len(c.Rows)-1].N
		}
	}
	var rest []string
	for tier := range counts {
		if !slices.Contains(order, tier) {
			rest = append(rest, tier)
		}
	}
	slices.SortFunc(rest, strings.Compare)
	for _, tier := range rest {
		c.Rows = append(c.Rows, TierRow{Tier: tier, Group: group(counts[tier])})
	}
	last := -1
	for i, r := range c.Rows {
		if !r.Ranked || r.Small() {
			continue
		}
		if last >= 0 && clearlyLess(c.Rows[last].Group, r.Group) {
			c.Breaks = append(c.Breaks, Break{Higher: c.Rows[last].Tier, Lower: r.Tier})
		}
		last = i
	}
	c.Rho, c.Known = spearman(order, counts)
	return c
}

// clearlyLess tells whether one group did less than another by more than chance would have it: by two standard errors of the difference.
func clearlyLess(a, b Group) bool { return b.Mean-a.Mean > 2*math.Hypot(a.Error, b.Error) }

// group sums a histogram of interactions.
func group(counts map[int]int) Group {
	var g Group
	active, sum, squares := 0, 0, 0
	for n, doctors := range counts {
		g.N, sum, squares = g.N+doctors, sum+n*doctors, squares+n*n*doctors
		if n > 0 {
			active += doctors
		}
	}
	if g.N > 0 {
		g.Active, g.Mean = int(math.Round(100*float64(active)/float64(g.N))), float64(sum)/float64(g.N)
		g.Error = math.Sqrt(max(float64(squares)/float64(g.N)-g.Mean*g.Mean, 0) / float64(g.N))
	}
	return g
}

// spearman is the rank correlation over a table of counts. Equal values share the mean of their ranks. order is from the highest tier down.
func spearman(order []string, counts map[string]map[int]int) (float64, bool) {
	tierN, didN := map[int]int{}, map[int]int{}
	all := 0
	for i, tier := range order {
		for did, n := range counts[tier] {
			tierN[len(order)-i] += n
			didN[did] += n
			all += n
		}
	}
	tierRank, didRank := midRanks(tierN), midRanks(didN)
	mean := float64(all+1) / 2
	var both, a, b float64
	for i, tier := range order {
		for did, n := range counts[tier] {
			x, y := tierRank[len(order)-i]-mean, didRank[did]-mean
			both, a, b = both+float64(n)*x*y, a+float64(n)*x*x, b+float64(n)*y*y
		}
	}
	if a == 0 || b == 0 {
		return 0, false
	}
	return both / math.Sqrt(a*b), true
}

// midRanks gives every value the mean of the ranks that its doctors take.
func midRanks(n map[int]int) map[int]float64 {
	values := make([]int, 0, len(n))
	for v := range n {
		values = append(values, v)
	}
	slices.Sort(values)
	out, before := make(map[int]float64, len(n)), 0
	for _, v := range values {
		out[v] = float64(before) + float64(n[v]+1)/2
		before += n[v]
	}
	return out
}

// Concentration is how much of all interactions the most active doctors make: the curve of the eighty and twenty, of engagement and of nothing else.
type Concentration struct {
	N, Interactions int
	Points          []SharePoint // from nobody to everybody
}

// SharePoint says that the most active Doctors percent make Interactions percent.
type SharePoint struct{ Doctors, Interactions float64 }

// Concentrate reads the cells of one kind of tier, all tiers together.
func Concentrate(kind string, cells []store.Figure) Concentration {
	counts := map[int]int{}
	var c Concentration
	for _, f := range cells {
		n, err := strconv.Atoi(f.B)
		if f.Kind != store.FigureEngage+":"+kind || err != nil {
			continue
		}
		counts[n] += int(f.N)
		c.N, c.Interactions = c.N+int(f.N), c.Interactions+n*int(f.N)
	}
	if c.N < GroupLeast || c.Interactions == 0 {
		return Concentration{N: c.N}
	}
	values := make([]int, 0, len(counts))
	for v := range counts {
		values = append(values, v)
	}
	slices.Sort(values)
	doctors, did := 0, 0
	c.Points = append(c.Points, SharePoint{})
	for _, v := range slices.Backward(values) {
		doctors, did = doctors+counts[v], did+v*counts[v]
		c.Points = append(c.Points, SharePoint{100 * float64(doctors) / float64(c.N), 100 * float64(did) / float64(c.Interactions)})
	}
	return c
}

// At is the percent of interactions that the most active so many percent make, between two points by the straight line.
func (c Concentration) At(doctors float64) float64 {
	for i := 1; i < len(c.Points); i++ {
		if p, q := c.Points[i-1], c.Points[i]; doctors <= q.Doctors {
			return p.Interactions + (q.Interactions-p.Interactions)*(doctors-p.Doctors)/(q.Doctors-p.Doctors)
		}
	}
	return 0
}

// Migration is the table of moves between tiers from the first day of a month to the first day of the next.
type Migration struct {
	Kind   string
	Values []string // columns, and rows
	Rows   []MigrationRow
	N      int
	Up     int // doctors who stand higher than before
	Down   int
}

// MigrationRow is one tier of before.
type MigrationRow struct {
	From  string
	Cells []int
}

// Migrate reads the cells of one kind of tier.
func Migrate(kind string, cells []store.Figure) Migration {
	m := Migration{Kind: kind}
	n, seen := map[[2]string]int{}, map[string]bool{}
	for _, f := range cells {
		if f.Kind == store.FigureMove+":"+kind {
			n[[2]string{f.A, f.B}] += int(f.N)
			seen[f.A], seen[f.B] = true, true
		}
	}
	order := Tiers[kind]
	for _, tier := range order {
		if seen[tier] {
			m.Values = append(m.Values, tier)
			delete(seen, tier)
		}
	}
	var rest []string
	for tier := range seen {
		rest = append(rest, tier)
	}
	slices.SortFunc(rest, strings.Compare)
	m.Values = append(m.Values, rest...)
	for i, from := range m.Values {
		row := MigrationRow{From: from}
		for k, to := range m.Values {
			x := n[[2]string{from, to}]
			row.Cells, m.N = append(row.Cells, x), m.N+x
			ranked := i < len(m.Values)-len(rest) && k < len(m.Values)-len(rest)
			switch {
			case ranked && k < i:
				m.Up += x
			case ranked && k > i:
				m.Down += x
			}
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}
