package console

import (
	"net/http"
	"slices"

	"github.com/vrep/vrep/store"
)

// endedOnBoard is the number of ended leads that the board shows.
const endedOnBoard = 50

// board is the leads by status. On a phone one column shows at a time.
type board struct {
	Columns []column
	Empty   bool
	Reps    []store.RepEntry // between whom the person may move leads; none: may not
	Alone   int              // leads that one person may move at once
}

// column is one status, or all that are over.
type column struct {
	Code  string
	Rows  []store.LeadRow
	Shown bool // the one on a phone
}

func (c *Console) pageLeads(w http.ResponseWriter, v *request) error {
	rows, err := c.store.LeadBoard(v.Context(), endedOnBoard)
	if err != nil {
		return err
	}
	b := board{Empty: len(rows) == 0}
	for _, code := range []string{store.LeadNew, store.LeadAssigned, store.LeadAccepted, store.LeadBooked, store.LeadVisited, store.LeadClosed} {
		b.Columns = append(b.Columns, column{Code: code})
	}
	for _, r := range rows {
		i := slices.IndexFunc(b.Columns, func(k column) bool { return k.Code == r.Status })
		if i < 0 {
			i = len(b.Columns) - 1
		}
		b.Columns[i].Rows = append(b.Columns[i].Rows, r)
	}
	b.choose(v.URL.Query().Get("status"))
	if b.Alone = store.ReassignAlone; c.mayDo(v, "/console/leads/reassign") {
		if b.Reps, err = c.movable(v); err != nil {
			return err
		}
	}
	return c.show(w, v, "leads", b)
}

// choose marks the column asked for, else the first one with something in it.
func (b *board) choose(code string) {
	i := slices.IndexFunc(b.Columns, func(k column) bool { return k.Code == code })
	if i < 0 {
		i = max(0, slices.IndexFunc(b.Columns, func(k column) bool { return len(k.Rows) > 0 }))
	}
	b.Columns[i].Shown = true
}

// leadView is one lead as its page shows it.
type leadView struct {
	store.LeadRecord
	SeesCases bool // may read what was said about adverse events
	Unseen    bool // the doctor is shown to whoever has accepted the lead
}

func (c *Console) pageLead(w http.ResponseWriter, v *request) error {
	rec, err := c.store.LeadRecord(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	look := store.Audit{Actor: v.user.Name, Action: "view_lead", Object: "lead:" + rec.Lead.ID}
	if err := c.store.AddAudit(v.Context(), look); err != nil {
		return err
	}
	return c.show(w, v, "lead", leadView{LeadRecord: rec, SeesCases: c.mayRead(v, "/console/cases/{no}"), Unseen: rec.Who.ID == "" && v.narrow()})
}
