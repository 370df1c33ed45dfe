package insight

import (
	"cmp"
	"slices"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// npsLeast is from how many answers on the share of promoters less that of critics is told. Source: the rule of the house that hides it below.
const npsLeast = 30

// tally adds up cells of one kind: A and B to N and Total.
func tally(kind string, cells []store.Figure) map[[2]string]store.Figure {
	out := map[[2]string]store.Figure{}
	for _, f := range cells {
		if f.Kind == kind {
			x := out[[2]string{f.A, f.B}]
			x.N, x.Total = x.N+f.N, x.Total+f.Total
			out[[2]string{f.A, f.B}] = x
		}
	}
	return out
}

// Loyal is the loyalty index of a product in a month, with how many doctors it rests on.
type Loyal struct {
	Product   string
	Customers int // doctors with experience of the product
	Scored    int // who have said how likely they would recommend
	flows.LoyaltyIndex
}

// LoyalOf reads the cells of one month. A part that rests on too few doctors counts as unknown.
func LoyalOf(info *flows.LoyaltyInfo, product string, cells []store.Figure) Loyal {
	t := tally(store.FigureLoyal, cells)
	n := func(part string) float64 { return float64(t[[2]string{product, part}].N) }
	out := Loyal{Product: product, Customers: int(n(partCustomers)), Scored: int(n(partScored))}
	values := map[string]float64{}
	if n(partScored) >= npsLeast {
		values[flows.LoyaltyNPS] = 100 * (n(partPromoters) - n(partCritics)) / n(partScored)
	}
	if n(partWere) >= GroupLeast {
		values[flows.LoyaltyRetention] = 100 * n(partStill) / n(partWere)
	}
	if n(partKinds) >= GroupLeast {
		values[flows.LoyaltyDepth] = float64(t[[2]string{product, partKinds}].Total) / n(partKinds)
	}
	if n(partCustomers) >= GroupLeast {
		values[flows.LoyaltyReferrals] = 100 * n(partReferrers) / n(partCustomers)
	}
	out.LoyaltyIndex = info.Index(values)
	return out
}

// Attention is how the time of reps is shared out in a month.
type Attention struct {
	Rows    []AttentionRow // confirmed, candidates, others
	Visits  int
	Minutes int
	Doctors int
}

// AttentionRow is one standing, as it was at the beginning of the month.
type AttentionRow struct {
	Standing                 string
	Doctors, Visits, Minutes int
	OfDoctors, OfMinutes     int // percent of all
}

// AttentionOf reads the cells of one or several months.
func AttentionOf(cells []store.Figure) Attention {
	t := tally(store.FigureTime, cells)
	var out Attention
	for _, standing := range Tiers[TierSuper] {
		d, v := t[[2]string{standing, PartDoctors}], t[[2]string{standing, PartVisits}]
		r := AttentionRow{Standing: standing, Doctors: int(d.N), Visits: int(v.N), Minutes: int(v.Total)}
		out.Rows = append(out.Rows, r)
		out.Doctors, out.Visits, out.Minutes = out.Doctors+r.Doctors, out.Visits+r.Visits, out.Minutes+r.Minutes
	}
	for i := range out.Rows {
		r := &out.Rows[i]
		r.OfDoctors, r.OfMinutes = percent(r.Doctors, out.Doctors), percent(r.Minutes, out.Minutes)
	}
	return out
}

func percent(part, all int) int {
	if all == 0 {
		return 0
	}
	return (100*part + all/2) / all
}

// EffortRow is what was spent on the doctors of a province and what they did, for one doctor of it.
type EffortRow struct {
	Province           string
	Doctors            int
	Touches, Effective float64
	Minutes            float64
}

// EffortOf reads the cells of one or several months, the largest groups first; small ones are left out. With several months a doctor counts in each.
func EffortOf(cells []store.Figure) []EffortRow {
	t := tally(store.FigureEffort, cells)
	var out []EffortRow
	for k, f := range t {
		if k[1] != PartTouches || f.N < GroupLeast {
			continue
		}
		n := float64(f.N)
		out = append(out, EffortRow{Province: k[0], Doctors: int(f.N), Touches: float64(f.Total) / n,
			Effective: float64(t[[2]string{k[0], PartEffective}].Total) / n, Minutes: float64(t[[2]string{k[0], PartMinutes}].Total) / n})
	}
	slices.SortFunc(out, func(a, b EffortRow) int {
		return cmp.Or(cmp.Compare(b.Doctors, a.Doctors), cmp.Compare(a.Province, b.Province))
	})
	return out
}

// CostRow is what qualified leads of one source have cost. Shared costs are laid on the sources by their leads.
type CostRow struct {
	Source        string
	Own, Shared   int64 // hundredths of a yuan
	New, Existing int   // qualified leads
	Newcomers     int   // doctors who came by it
}

// Leads are all qualified leads of the source.
func (r *CostRow) Leads() int { return r.New + r.Existing }

// PerLead is the cost of one qualified lead in hundredths of a yuan; false: no lead, or nothing was written down.
func (r *CostRow) PerLead() (int64, bool) { return per(r.Own+r.Shared, r.Leads()) }

// PerNewcomer is the cost of one doctor who came by this source, from what was spent on it alone.
func (r *CostRow) PerNewcomer() (int64, bool) { return per(r.Own, r.Newcomers) }

func per(cents int64, n int) (int64, bool) {
	if n == 0 || cents == 0 {
		return 0, false
	}
	return (cents + int64(n)/2) / int64(n), true
}

// CostReport is the cost of qualified leads over some months.
type CostReport struct {
	Rows []CostRow // of every source
	All  CostRow
}

// CostOf lays costs beside the leads of the same months.
func CostOf(sums []store.CostSum, cells []store.Figure) CostReport {
	leads, came := tally(store.FigureLead, cells), tally(store.FigureNewcomer, cells)
	own, shared := map[string]int64{}, int64(0)
	for _, c := range sums {
		if c.Source == "" {
			shared += c.Cents
			continue
		}
		own[c.Source] += c.Cents
	}
	var out CostReport
	for _, source := range store.Sources {
		r := CostRow{Source: source, Own: own[source], New: int(leads[[2]string{source, store.FigureNew}].N),
			Existing: int(leads[[2]string{source, store.FigureExisting}].N), Newcomers: int(came[[2]string{source, ""}].N)}
		out.Rows = append(out.Rows, r)
		out.All.New, out.All.Existing, out.All.Newcomers = out.All.New+r.New, out.All.Existing+r.Existing, out.All.Newcomers+r.Newcomers
		out.All.Own += r.Own
	}
	out.All.Shared = shared
	left, leadsLeft := shared, int64(out.All.Leads())
	for i := range out.Rows { // what is left goes to the last ones, so that the parts add up
		n := int64(out.Rows[i].Leads())
		if n == 0 {
			continue
		}
		out.Rows[i].Shared = left * n / leadsLeft
		left, leadsLeft = left-out.Rows[i].Shared, leadsLeft-n
	}
	return out
}
