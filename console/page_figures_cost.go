package console

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/store"
)

// costsShown is how many entries the page lists; sums know all of them.
const costsShown = 24

// costForm is a cost as it was typed.
type costForm struct {
	Month, Kind, Source, Product, Amount, Note string
	Kinds, Sources                             []string
}

// amountTyped is an amount in yuan: at most ten digits and two behind the point, below 0 for a correction.
var amountTyped = regexp.MustCompile(`^(-?)([0-9]{1,10})(?:\.([0-9]{1,2}))?$`)

// centsOf reads an amount in yuan; false: it is none.
func centsOf(text string) (int64, bool) {
	m := amountTyped.FindStringSubmatch(strings.ReplaceAll(strings.TrimSpace(text), ",", ""))
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[2]+(m[3] + "00")[:2], 10, 64)
	if err != nil {
		return 0, false
	}
	if m[1] != "" {
		n = -n
	}
	return n, true
}

// yuan writes hundredths as yuan.
func yuan(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// fillCosts lays what was spent beside the qualified leads. A team reads no costs: they are those of the house.
func (c *Console) fillCosts(v *request, view *figuresView, all []store.Figure) error {
	sums, err := c.store.CostSums(v.Context(), view.span[0], view.span[1])
	if err != nil {
		return err
	}
	if view.Entries, err = c.store.Costs(v.Context(), view.span[0], view.span[1]); err != nil {
		return err
	}
	view.Entries = view.Entries[:min(len(view.Entries), costsShown)]
	if view.Products, err = c.store.Products(v.Context()); err != nil {
		return err
	}
	view.Form.Kinds, view.Form.Sources = store.CostKinds, store.Sources
	if view.Form.Month == "" {
		view.Form.Month = view.span[1]
	}
	view.Costs = insight.CostOf(sums, all)
	if view.Costs.All.Leads() == 0 && len(view.Entries) == 0 {
		return nil
	}
	c.tableCosts(view)
	c.tableCostMonths(view, sums, all)
	return nil
}

// fillReferral finds what a doctor who came by referral has cost the house, of what was spent on referrals alone.
func (c *Console) fillReferral(v *request, view *figuresView, all []store.Figure) error {
	sums, err := c.store.CostSums(v.Context(), view.span[0], view.span[1])
	if err != nil {
		return err
	}
	for _, r := range insight.CostOf(sums, all).Rows {
		if cents, ok := r.PerNewcomer(); ok && r.Source == store.SourceReferral && r.Newcomers >= insight.GroupLeast {
			view.Referral = yuan(cents)
		}
	}
	return nil
}

// perLead is the cost of a qualified lead as text; of few leads it is not told.
func perLead(r *insight.CostRow) string {
	if cents, ok := r.PerLead(); ok && r.Leads() >= insight.GroupLeast {
		return yuan(cents)
	}
	return "–"
}

func (c *Console) tableCosts(view *figuresView) {
	var rows []chartRow
	table := figureTable{Name: "cost", Head: []string{"source", "leadsnew", "leadsold", "ownyuan", "sharedyuan", "perlead"}}
	for i := range view.Costs.Rows {
		r := &view.Costs.Rows[i]
		if r.Leads() == 0 && r.Own == 0 {
			continue
		}
		name := c.words.word("leadsource", r.Source)
		table.Rows = append(table.Rows, cells(name, few(r.New), few(r.Existing), yuan(r.Own), yuan(r.Shared), perLead(r)))
		if cents, ok := r.PerLead(); ok && r.Leads() >= insight.GroupLeast {
			rows = append(rows, chartRow{name, float64(cents), yuan(cents)})
		}
	}
	if !view.House {
		table.Head = table.Head[:3]
		for i := range table.Rows {
			table.Rows[i] = table.Rows[i][:3]
		}
	}
	if len(rows) > 0 {
		view.Charts = append(view.Charts, bars("cost", rows))
	}
	view.Tables = append(view.Tables, table)
}

// tableCostMonths is the same month by month, all sources together.
func (c *Console) tableCostMonths(view *figuresView, sums []store.CostSum, all []store.Figure) {
	if !view.House {
		return
	}
	table := figureTable{Name: "costmonths", Head: []string{"month", "leadsnew", "leadsold", "yuan", "perlead"}}
	for _, m := range view.Months {
		var spent []store.CostSum
		for _, s := range sums {
			if s.Month == m {
				spent = append(spent, s)
			}
		}
		r := insight.CostOf(spent, ofMonth(all, m)).All
		if r.Leads() > 0 || len(spent) > 0 {
			table.Rows = append(table.Rows, cells(m, few(r.New), few(r.Existing), yuan(r.Own+r.Shared), perLead(&r)))
		}
	}
	view.Tables = append(view.Tables, table)
}

// doAddCost writes down what was spent.
func (c *Console) doAddCost(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	form := costForm{Month: v.PostForm.Get("month"), Kind: v.PostForm.Get("kind"), Source: v.PostForm.Get("source"), Product: v.PostForm.Get("product"),
		Amount: cut(v.PostForm.Get("amount"), 20), Note: typedText(v, "note")}
	cents, ok := centsOf(form.Amount)
	err := store.ErrCost
	if ok {
		err = c.store.AddCost(v.Context(), store.Cost{Month: form.Month, Kind: form.Kind, Source: form.Source, Product: form.Product, Cents: cents, Note: form.Note})
	}
	switch {
	case err == nil:
		return c.back(w, v, "cost_added", "/console/figures?view=cost")
	case errors.Is(err, store.ErrCost), errors.Is(err, store.ErrCostUnexplained), errors.Is(err, store.ErrTooLong):
	default:
		return err
	}
	view, failed := c.figuresView(v, map[string][]string{"view": {viewCost}})
	if failed != nil {
		return failed
	}
	form.Kinds, form.Sources = view.Form.Kinds, view.Form.Sources
	view.Form, view.Problem = form, "cost"
	if errors.Is(err, store.ErrCostUnexplained) {
		view.Problem = "cost_unexplained"
	}
	return c.showStatus(w, v, http.StatusUnprocessableEntity, "figures", view)
}
