package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/store"
)

// Views of the page of figures.
const (
	viewPredict = "predict" // what was predicted beside what was done
	viewMoves   = "moves"
	viewLoyal   = "loyal"
	viewCost    = "cost"
	viewEffort  = "effort"
)

var figureViews = []string{viewPredict, viewMoves, viewLoyal, viewCost, viewEffort}

// effortMonths is how many months the view of effort adds up.
const effortMonths = 3

// figuresView is what the page of figures shows: aggregates, and never a doctor.
type figuresView struct {
	View, Tier, Month string
	Views, Tiers      []string
	Months            []string // that were counted, newest first; of the views that look at one
	House             bool     // figures of the whole house, not of a team
	Counted           int64    // when the present month was counted last, unix ms; 0 = never
	Calibration       insight.Calibration
	Fifth             string // percent of the interactions that the most active fifth makes
	Moves             insight.Migration
	Loyal             []loyalRow
	Costs             insight.CostReport
	Referral          string // own cost of a doctor who came by referral, "" = unknown
	Entries           []store.Cost
	Products          []store.Product
	Attention         insight.Attention
	Form              costForm
	Problem           string
	Spends, Takes     bool // this person may write down costs, take tables
	Regions           bool // and see where super customers are
	Charts            []chart
	Tables            []figureTable

	span [2]string // months that are read
}

// loyalRow is the index of one product in the month that is looked at.
type loyalRow struct {
	Label string
	insight.Loyal
}

// figureTable is one table of figures: what stands beneath a drawing, and what a file holds.
type figureTable struct {
	Name string   // word group "table"
	Head []string // word group "figurehead"
	Rows [][]figureCell
}

// figureCell is one cell. Link leads to the list of those who were counted.
type figureCell struct{ Text, Link string }

// few writes a count so that nobody can be told by it.
func few(n int) string {
	if n > 0 && n < insight.GroupLeast {
		return "<" + strconv.Itoa(insight.GroupLeast)
	}
	return strconv.Itoa(n)
}

func cells(texts ...string) []figureCell {
	out := make([]figureCell, len(texts))
	for i, t := range texts {
		out[i].Text = t
	}
	return out
}

func (c *Console) pageFigures(w http.ResponseWriter, v *request) error {
	view, err := c.figuresView(v, v.URL.Query())
	if err != nil {
		return err
	}
	return c.show(w, v, "figures", view)
}

// figuresView reads what the form asks for and counts it together.
func (c *Console) figuresView(v *request, form url.Values) (figuresView, error) {
	view := figuresView{Views: figureViews, View: viewPredict, Tiers: []string{insight.TierClass, insight.TierSuper, insight.TierGrade}, Tier: insight.TierClass}
	if slices.Contains(figureViews, form.Get("view")) {
		view.View = form.Get("view")
	}
	if view.View == viewMoves {
		view.Tiers = append(view.Tiers, insight.TierStrength)
	}
	if slices.Contains(view.Tiers, form.Get("tier")) {
		view.Tier = form.Get("tier")
	}
	view.Spends, view.Takes = c.mayDo(v, "/console/figures/costs"), c.mayDo(v, "/console/figures/export")
	view.Regions = c.mayRead(v, "/console/supers")
	if who, ok := store.Viewing(v.Context()); ok {
		view.House = who.Reach == store.ReachAll || who.Counts
	}
	counted, err := c.store.FigureMonths(v.Context())
	if err != nil {
		return view, err
	}
	now := c.now().In(c.zone)
	view.span = [2]string{time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, c.zone).AddDate(0, 1-insight.FigureMonths, 0).Format("2006-01"), now.Format("2006-01")}
	view.Counted = counted[view.span[1]]
	for m := range counted {
		if m >= view.span[0] && m <= view.span[1] {
			view.Months = append(view.Months, m)
		}
	}
	slices.SortFunc(view.Months, func(a, b string) int { return strings.Compare(b, a) })
	if len(view.Months) > 0 {
		view.Month = view.Months[0]
	}
	if slices.Contains(view.Months, form.Get("month")) {
		view.Month = form.Get("month")
	}
	return view, c.fillFigures(v, &view)
}

func (c *Console) fillFigures(v *request, view *figuresView) error {
	kinds := map[string][]string{
		viewPredict: {store.FigureEngage + ":" + view.Tier}, viewMoves: {store.FigureMove + ":" + view.Tier}, viewLoyal: {store.FigureLoyal, store.FigureLead, store.FigureNewcomer},
		viewCost: {store.FigureLead, store.FigureNewcomer}, viewEffort: {store.FigureTime, store.FigureEffort},
	}
	all, err := c.store.Figures(v.Context(), view.span[0], view.span[1], kinds[view.View]...)
	if err != nil {
		return err
	}
	switch view.View {
	case viewPredict:
		c.fillPredict(v, view, all)
	case viewMoves:
		c.fillMoves(view, ofMonth(all, view.Month))
	case viewLoyal:
		c.fillLoyal(view, all)
		return c.fillReferral(v, view, all)
	case viewCost:
		return c.fillCosts(v, view, all)
	case viewEffort:
		c.fillEffort(view, all)
	}
	return nil
}

func ofMonth(all []store.Figure, month string) []store.Figure {
	return slices.DeleteFunc(slices.Clone(all), func(f store.Figure) bool { return f.Month != month })
}

// tier is a tier in words.
func (c *Console) tier(kind, value string) string {
	if kind == insight.TierSuper {
		return c.words.word("figurestand", value)
	}
	return c.term(kind, value)
}

// tierLink leads from a tier to the list of those who stand there now, "" = there is no such list for this person.
func (c *Console) tierLink(v *request, kind, value string) string {
	switch {
	case kind == insight.TierSuper && value != insight.Tiers[insight.TierSuper][2] && c.mayRead(v, "/console/supers"):
		return "/console/supers?status=" + value
	case kind == insight.TierClass && c.mayRead(v, "/console/segments"):
		return "/console/segments?source=" + url.QueryEscape("class == "+value)
	}
	return ""
}

// doExportFigures puts the tables of a view into a file and writes down who took it and why.
func (c *Console) doExportFigures(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	view, err := c.figuresView(v, v.PostForm)
	if err != nil {
		return err
	}
	if reason == "" {
		return c.back(w, v, "unreasoned", view.Query("view", view.View))
	}
	act := store.Audit{Action: "export", Object: "figures", Reason: reason, Detail: fmt.Sprintf("csv, view %s, tier %s, month %s", view.View, view.Tier, view.Month)}
	if err := c.store.AddAudit(v.Context(), act); err != nil {
		return err
	}
	var rows [][]string
	for _, t := range view.Tables {
		head := []string{c.words.word("table", t.Name)}
		for _, h := range t.Head {
			head = append(head, c.words.word("figurehead", h))
		}
		rows = append(rows, head)
		for _, r := range t.Rows {
			line := []string{""}
			for _, x := range r {
				line = append(line, x.Text)
			}
			rows = append(rows, line)
		}
	}
	file, err := writeCSV(rows)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="figures-%s-%s.csv"`, view.View, c.now().In(c.zone).Format("20060102-1504")))
	return c.send(w, file)
}

// Query is the address of the page with another view, kind of tier or month.
func (f figuresView) Query(what, value string) string {
	q := url.Values{"view": {f.View}, "tier": {f.Tier}, "month": {f.Month}}
	q.Set(what, value)
	return "/console/figures?" + q.Encode()
}
