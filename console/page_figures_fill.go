package console

import (
	"math"
	"slices"
	"strconv"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// fillPredict lays what was predicted at the first day of each month beside the window after it.
func (c *Console) fillPredict(v *request, view *figuresView, all []store.Figure) {
	view.Calibration = insight.Calibrate(view.Tier, all)
	var rows []chartRow
	table := figureTable{Name: "predict", Head: []string{"tier", "doctors", "active", "mean"}}
	for _, r := range view.Calibration.Rows {
		name := c.tier(view.Tier, r.Tier)
		if r.Small() {
			table.Rows = append(table.Rows, cells(name, few(r.N), "–", "–"))
			continue
		}
		if r.Ranked {
			rows = append(rows, chartRow{name, r.Mean, short(r.Mean)})
		}
		row := cells(name, few(r.N), percentText(r.Active), decimal(r.Mean))
		row[0].Link = c.tierLink(v, view.Tier, r.Tier)
		table.Rows = append(table.Rows, row)
	}
	if len(rows) == 0 {
		return
	}
	view.Charts = append(view.Charts, bars("predict", rows))
	past := figureTable{Name: "backtest", Head: []string{"day", "doctors", "rho", "order"}}
	for _, m := range view.Months {
		k := insight.Calibrate(view.Tier, ofMonth(all, m))
		if k.N == 0 {
			continue
		}
		row := cells(m+"-01", few(k.N), "–", c.words.word("figureorder", "unknown"))
		if k.Known && k.N >= insight.GroupLeast {
			row[2].Text = signed(k.Rho)
		}
		switch {
		case k.Monotone():
			row[3].Text = c.words.word("figureorder", "holds")
		case k.Flat():
			row[3].Text = c.words.word("figureorder", "flat")
		case k.Compared():
			row[3].Text = c.words.word("figureorder", "broken")
		}
		past.Rows = append(past.Rows, row)
	}
	view.Tables = append(view.Tables, table, past)
	c.fillCurve(view, all)
}

// fillCurve draws how much of the engagement the most active make.
func (c *Console) fillCurve(view *figuresView, all []store.Figure) {
	k := insight.Concentrate(view.Tier, all)
	if len(k.Points) == 0 {
		return
	}
	curve := plot("curve", 100, 100, "%")
	curve.Guides = append(curve.Guides, points(spot(0, 0), spot(1, 1)))
	var line [][2]float64
	for _, p := range k.Points {
		line = append(line, spot(p.Doctors/100, p.Interactions/100))
	}
	curve.Lines = append(curve.Lines, points(line...))
	table := figureTable{Name: "curve", Head: []string{"most", "share"}}
	for _, share := range []float64{10, 20, 30, 50, 80} {
		table.Rows = append(table.Rows, cells(short(share)+"%", short(math.Round(k.At(share)))+"%"))
	}
	at := spot(0.2, k.At(20)/100)
	view.Fifth = short(math.Round(k.At(20))) + "%"
	curve.Dots = append(curve.Dots, chartDot{X: at[0], Y: at[1], R: 4, Title: "20% · " + view.Fifth})
	curve.Texts = append(curve.Texts, chartText{X: at[0] + 8, Y: at[1] + 14, Text: "20% · " + view.Fifth, Anchor: "start"})
	view.Charts, view.Tables = append(view.Charts, curve), append(view.Tables, table)
}

func (c *Console) fillMoves(view *figuresView, month []store.Figure) {
	view.Moves = insight.Migrate(view.Tier, month)
	if view.Moves.N < insight.GroupLeast {
		return
	}
	labels := make([]string, len(view.Moves.Values))
	for i, value := range view.Moves.Values {
		labels[i] = c.tier(view.Tier, value)
	}
	var counts [][]int
	table := figureTable{Name: "moves", Head: []string{"before", "after", "doctors"}}
	for i, r := range view.Moves.Rows {
		counts = append(counts, r.Cells)
		for k, n := range r.Cells {
			if n > 0 {
				table.Rows = append(table.Rows, cells(labels[i], labels[k], few(n)))
			}
		}
	}
	view.Charts, view.Tables = append(view.Charts, heat("moves", labels, counts)), append(view.Tables, table)
}

// fillLoyal weighs every product for every month and shows the parts of one.
func (c *Console) fillLoyal(view *figuresView, all []store.Figure) {
	lib := c.libraryNow()
	if lib == nil || lib.Loyalty() == nil || lib.Classes() == nil {
		return
	}
	info := lib.Loyalty()
	drawn := plot("loyal", 0, 100, "")
	table := figureTable{Name: "loyal", Head: []string{"month", "product", "customers", "index"}}
	months := slices.Clone(view.Months)
	slices.Reverse(months)
	for _, p := range lib.Classes().Products {
		var line [][2]float64
		for i, m := range months {
			l := insight.LoyalOf(info, p.Code, ofMonth(all, m))
			if m == view.Month {
				view.Loyal = append(view.Loyal, loyalRow{Label: p.Label, Loyal: l})
			}
			if !l.Known {
				continue
			}
			at := spot(float64(i)/float64(max(len(months)-1, 1)), float64(l.Points)/100)
			line = append(line, at)
			drawn.Dots = append(drawn.Dots, chartDot{X: at[0], Y: at[1], R: 3, Title: p.Label + " " + m + " " + strconv.Itoa(l.Points)})
			table.Rows = append(table.Rows, cells(m, p.Label, few(l.Customers), strconv.Itoa(l.Points)))
		}
		if len(line) > 0 {
			last := line[len(line)-1]
			drawn.Lines = append(drawn.Lines, points(line...))
			drawn.Texts = append(drawn.Texts, chartText{X: last[0], Y: last[1] - 8, Text: p.Label, Anchor: "end"})
		}
	}
	if len(table.Rows) == 0 {
		return
	}
	drawn.Texts = append(drawn.Texts, chartText{X: plotLeft, Y: drawn.Height - 6, Text: months[0], Anchor: "start"},
		chartText{X: plotLeft + plotWidth, Y: drawn.Height - 6, Text: months[len(months)-1], Anchor: "end"})
	slices.Reverse(table.Rows)
	parts := figureTable{Name: "parts", Head: []string{"product", "part", "value", "points", "of"}}
	for _, l := range view.Loyal {
		for _, x := range l.Lines {
			if x.Known {
				parts.Rows = append(parts.Rows, cells(l.Label, x.Label, partText(x), decimal(x.Points), decimal(x.Most)))
			}
		}
	}
	view.Charts, view.Tables = append(view.Charts, drawn), append(view.Tables, parts, table)
}

// partText writes the value of a part of the index in its unit.
func partText(l flows.LoyaltyLine) string {
	switch l.Part {
	case flows.LoyaltyRetention, flows.LoyaltyReferrals:
		return decimal(l.Value) + "%"
	case flows.LoyaltyNPS:
		return signed(l.Value)
	}
	return decimal(l.Value)
}

// fillEffort shows where the time of reps goes, and what contacts come to, over the last months that were counted.
func (c *Console) fillEffort(view *figuresView, all []store.Figure) {
	last := view.Months[:min(len(view.Months), effortMonths)]
	all = slices.DeleteFunc(slices.Clone(all), func(f store.Figure) bool { return !slices.Contains(last, f.Month) })
	view.Attention = insight.AttentionOf(all)
	table := figureTable{Name: "attention", Head: []string{"standing", "doctormonths", "ofdoctors", "visits", "minutes", "ofminutes"}}
	var rows []chartRow
	for _, r := range view.Attention.Rows {
		name := c.tier(insight.TierSuper, r.Standing)
		if r.Doctors < insight.GroupLeast {
			table.Rows = append(table.Rows, cells(name, few(r.Doctors), "–", "–", "–", "–"))
			continue
		}
		table.Rows = append(table.Rows, cells(name, few(r.Doctors), shareText(r.OfDoctors, r.Doctors), strconv.Itoa(r.Visits), strconv.Itoa(r.Minutes), shareText(r.OfMinutes, r.Minutes)))
		rows = append(rows, chartRow{name, float64(r.OfMinutes), shareText(r.OfMinutes, r.Minutes)})
	}
	if view.Attention.Minutes > 0 {
		view.Charts = append(view.Charts, bars("attention", rows))
	}
	if view.Attention.Doctors > 0 {
		view.Tables = append(view.Tables, table)
	}
	c.fillScatter(view, insight.EffortOf(all))
}

// fillScatter lays the contacts of a province beside the interactions.
func (c *Console) fillScatter(view *figuresView, rows []insight.EffortRow) {
	if len(rows) == 0 {
		return
	}
	var x, y span
	mostN := 0
	for _, r := range rows {
		x.see(r.Touches)
		y.see(r.Effective)
		mostN = max(mostN, r.Doctors)
	}
	drawn := plotOf("effort", x, y)
	table := figureTable{Name: "effort", Head: []string{"province", "doctormonths", "touches", "minuteseach", "effective"}}
	for _, r := range rows {
		at := spot(x.part(r.Touches), y.part(r.Effective))
		radius := round(3 + 6*math.Sqrt(float64(r.Doctors)/float64(mostN)))
		drawn.Dots = append(drawn.Dots, chartDot{X: at[0], Y: at[1], R: radius, Title: r.Province})
		drawn.name(at[0], at[1]-radius-3, r.Province)
		table.Rows = append(table.Rows, cells(r.Province, few(r.Doctors), decimal(r.Touches), decimal(r.Minutes), decimal(r.Effective)))
	}
	view.Charts, view.Tables = append(view.Charts, drawn), append(view.Tables, table)
}

func percentText(n int) string { return strconv.Itoa(n) + "%" }

// shareText writes a part in percent; a part that is there is never 0.
func shareText(percent, part int) string {
	if percent == 0 && part > 0 {
		return "<1%"
	}
	return percentText(percent)
}

// decimal writes one digit behind the point.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// signed writes a number with its sign and two digits, for correlations and balances.
func signed(x float64) string {
	text := strconv.FormatFloat(x, 'f', 2, 64)
	if x > 0 {
		return "+" + text
	}
	return text
}
