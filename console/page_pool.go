package console

import (
	"net/http"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// poolShown is the number of doctors without a rep on the page.
const poolShown = 100

// poolList is what the page of doctors without a rep shows.
type poolList struct {
	Paths        []navEntry
	Rows         []poolLine
	All          int64
	Late         int
	Super, Other int // how many working days they may be there
	Acts         bool
}

// poolLine is one of them, with who would be proposed now.
type poolLine struct {
	store.PoolRow
	Days int
	Late bool
	Next []store.RepEntry
	Best string
}

func (c *Console) pagePool(w http.ResponseWriter, v *request) error {
	rows, all, err := c.store.Pool(v.Context(), poolShown)
	if err != nil {
		return err
	}
	reps, err := c.store.Reps(v.Context())
	if err != nil {
		return err
	}
	list := poolList{Paths: c.handoverPaths(v), All: all, Super: handoff.PoolSuperDays, Other: handoff.PoolDays, Acts: c.mayDo(v, "/console/pool/{id}/give")}
	next := c.takers(reps, "")
	for _, r := range rows {
		line := poolLine{PoolRow: r, Days: c.desk.PoolDays(r), Late: c.desk.PoolLate(r), Next: next}
		list.Late += one(line.Late)
		list.Rows = append(list.Rows, line)
	}
	if list.Acts {
		if err := c.bestOfPool(v, list.Rows); err != nil {
			return err
		}
	}
	return c.show(w, v, "pool", list)
}

// bestOfPool proposes a rep for each, so that the load is spread over the page.
func (c *Console) bestOfPool(v *request, rows []poolLine) error {
	stands := make([]store.Charge, len(rows))
	for i, r := range rows {
		stands[i] = r.Charge
	}
	best, err := c.desk.SuggestAll(v.Context(), stands)
	for i := range best {
		rows[i].Best = best[i]
	}
	return err
}

// doGive gives a doctor without a rep to one.
func (c *Console) doGive(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	to := v.PostForm.Get("to")
	if to == "" {
		return c.back(w, v, "no_rep", "/console/pool")
	}
	t, err := c.store.ProposeTransfer(v.Context(), v.PathValue("id"), to, store.TransferPool, reason)
	if err != nil {
		return err
	}
	_, err = c.desk.Transfer(v.Context(), []store.TransferPick{{ID: t.ID, To: to}}, "", v.user.Name, reason)
	return c.handoverDone(w, v, err, "transferred", "/console/pool")
}
