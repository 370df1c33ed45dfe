package console

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// departuresShown is the number of departures in the list.
const departuresShown = 100

// departCauses are the causes that a person can name.
var departCauses = []string{store.DepartLeft, store.DepartFiling, store.DepartTerritory, store.DepartManager}

// departureList is what the page of departures shows.
type departureList struct {
	Paths  []navEntry
	Rows   []departureLine
	Reps   []store.RepEntry // whose departure the person may mark
	Lapsed []store.RepEntry // whose filing has run out
	Causes []string
	Acts   bool
}

// departureLine is one departure with its rep.
type departureLine struct {
	store.DepartureRow
	RepName string
}

// Moved is how many doctors have gone to another rep.
func (d departureLine) Moved() int64 {
	return d.Counts[store.TransferConfirmed] + d.Counts[store.TransferContacted] + d.Counts[store.TransferRefused]
}

func (c *Console) pageDepartures(w http.ResponseWriter, v *request) error {
	rows, err := c.store.Departures(v.Context(), departuresShown)
	if err != nil {
		return err
	}
	list := departureList{Paths: c.handoverPaths(v), Causes: departCauses, Acts: c.mayDo(v, "/console/departures")}
	reps, err := c.movable(v)
	if err != nil {
		return err
	}
	names := repNames(reps)
	for _, r := range rows {
		list.Rows = append(list.Rows, departureLine{r, nameOr(names, r.Rep)})
	}
	if !list.Acts {
		return c.show(w, v, "departures", list)
	}
	list.Reps = slices.DeleteFunc(slices.Clone(reps), func(r store.RepEntry) bool { return r.Leaving })
	lapsed, err := c.desk.Lapsed(v.Context())
	if err != nil {
		return err
	}
	for _, r := range lapsed {
		if names[r.UserID] != "" {
			list.Lapsed = append(list.Lapsed, r)
		}
	}
	return c.show(w, v, "departures", list)
}

// repNames are the names of reps by user id.
func repNames(reps []store.RepEntry) map[string]string {
	out := make(map[string]string, len(reps))
	for _, r := range reps {
		out[r.UserID] = r.Name
	}
	return out
}

// handoverPages are the pages below the menu's entry for handovers.
var handoverPages = []navEntry{
	{Name: "transfers", Path: "/console/transfers"}, {Name: "departures", Path: "/console/departures"}, {Name: "pool", Path: "/console/pool"},
}

// handoverPaths are those of them that the person may open.
func (c *Console) handoverPaths(v *request) []navEntry {
	return slices.DeleteFunc(slices.Clone(handoverPages), func(n navEntry) bool { return !c.mayRead(v, n.Path) })
}

// handoverNotices are what a person is told whose act was refused.
var handoverNotices = map[string]error{
	"unreasoned": store.ErrNoReason, "gone": store.ErrMoved, "unmoved": handoff.ErrFiling, "same_rep": store.ErrSameRep, "no_rep": store.ErrRep,
}

// handoverDone tells a person how an act ended and leads on.
func (c *Console) handoverDone(w http.ResponseWriter, v *request, err error, done, path string) error {
	for notice, refusal := range handoverNotices {
		if errors.Is(err, refusal) {
			return c.back(w, v, notice, path)
		}
	}
	if err != nil {
		return err
	}
	return c.back(w, v, done, path)
}

// doDepart marks that a rep leaves the doctors.
func (c *Console) doDepart(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	d, err := c.desk.Depart(v.Context(), v.PostForm.Get("rep"), v.PostForm.Get("cause"), reason)
	if err != nil {
		return c.handoverDone(w, v, err, "", "/console/departures")
	}
	return c.back(w, v, "departed", "/console/departures/"+d.ID)
}

// departurePage is one departure as its page shows it.
type departurePage struct {
	store.DepartureFile
	RepName string
	Next    []store.RepEntry // who may take doctors
	Names   map[string]string
	Alone   int // how many doctors one person may move at once
	Acts    bool
	Open    int // proposals
}

func (c *Console) pageDeparture(w http.ResponseWriter, v *request) error {
	f, err := c.store.DepartureFile(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	reps, err := c.store.Reps(v.Context())
	if err != nil {
		return err
	}
	p := departurePage{DepartureFile: f, Names: repNames(reps), Alone: store.ReassignAlone, Acts: c.mayDo(v, "/console/departures/{id}/confirm")}
	p.RepName, p.Next = nameOr(p.Names, f.Rep), c.takers(reps, f.Rep)
	for _, r := range f.Rows {
		p.Open += one(r.Status == store.TransferProposed)
	}
	return c.show(w, v, "departure", p)
}

// takers are the reps to whom doctors can be given instead of one.
func (c *Console) takers(reps []store.RepEntry, not string) []store.RepEntry {
	now := c.now().UnixMilli()
	return slices.DeleteFunc(slices.Clone(reps), func(r store.RepEntry) bool {
		return r.UserID == not || !r.Active || r.Leaving || r.FilingUntil <= now
	})
}

// doConfirmDeparture gives the chosen doctors to the chosen reps, or leaves them where they are. More than store.ReassignAlone at once need a second person.
func (c *Console) doConfirmDeparture(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	id := v.PathValue("id")
	path := "/console/departures/" + id
	chosen := v.PostForm["pick"]
	if len(chosen) == 0 {
		return c.back(w, v, "none_picked", path)
	}
	if v.PostForm.Get("act") == "drop" {
		_, err := c.store.DropTransfers(v.Context(), chosen, reason)
		return c.handoverDone(w, v, err, "transfer_dropped", path)
	}
	if len([]rune(reason)) < 2 {
		return c.back(w, v, "unreasoned", path)
	}
	picks := make([]store.TransferPick, len(chosen))
	for i, t := range chosen {
		picks[i] = store.TransferPick{ID: t, To: v.PostForm.Get("to:" + t)}
	}
	if len(picks) > store.ReassignAlone {
		f, err := c.store.DepartureFile(v.Context(), id)
		if err != nil {
			return err
		}
		body := actBody{"departure": id, "from": f.Rep, "to": shared(picks), "count": strconv.Itoa(len(picks)), "picks": writePicks(picks)}
		return c.propose(w, v, store.ActReassign, "departure:"+id, body, reason, path)
	}
	_, err = c.desk.Transfer(v.Context(), picks, "", v.user.Name, reason)
	return c.handoverDone(w, v, err, "transferred", path)
}

// writePicks writes picks as one text, see readPicks.
func writePicks(picks []store.TransferPick) string {
	out := make([]string, len(picks))
	for i, p := range picks {
		out[i] = p.ID + "=" + p.To
	}
	return strings.Join(out, " ")
}

func readPicks(text string) []store.TransferPick {
	var out []store.TransferPick
	for _, f := range strings.Fields(text) {
		id, to, _ := strings.Cut(f, "=")
		out = append(out, store.TransferPick{ID: id, To: to})
	}
	return out
}

// shared says how many doctors go to whom.
func shared(picks []store.TransferPick) string {
	n := map[string]int{}
	for _, p := range picks {
		n[p.To]++
	}
	out := make([]string, 0, len(n))
	for _, to := range slices.Sorted(maps.Keys(n)) {
		out = append(out, fmt.Sprintf("%s (%d)", to, n[to]))
	}
	return strings.Join(out, ", ")
}

// doEndDeparture ends a departure although doctors are left.
func (c *Console) doEndDeparture(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	path := "/console/departures/" + v.PathValue("id")
	return c.handoverDone(w, v, c.store.EndDeparture(v.Context(), v.PathValue("id"), reason), "departure_ended", path)
}

// actReassign moves leads, or gives doctors to other reps, once a second person agrees.
func (c *Console) actReassign(ctx context.Context, a store.Approval) error {
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	if body["picks"] != "" {
		_, err = c.desk.Transfer(ctx, readPicks(body["picks"]), a.ID, a.Actor, a.Reason)
		return err
	}
	_, err = c.desk.Reassign(ctx, strings.Fields(body["ids"]), body["to"], a.Actor, a.Reason)
	return err
}
