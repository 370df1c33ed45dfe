package console

import (
	"net/http"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// transfersShown is the number of rows in each list of transfers.
const transfersShown = 300

// transferList is what the page of first contacts shows.
type transferList struct {
	Paths   []navEntry
	Asked   []askedTransfer     // doctors who want another rep, and whom a person must decide about
	Waiting []store.TransferRow // first contact is due
	Done    []store.TransferRow
	Names   map[string]string
	Late    int
	Days    int
	Decides bool
	Mine    bool // only the person's own
}

// askedTransfer is a proposal with the rep who would be proposed now.
type askedTransfer struct {
	store.TransferRow
	Next []store.RepEntry
	Best string
}

func (c *Console) pageTransfers(w http.ResponseWriter, v *request) error {
	reps, err := c.store.Reps(v.Context())
	if err != nil {
		return err
	}
	list := transferList{Paths: c.handoverPaths(v), Names: repNames(reps), Days: handoff.ContactDays, Decides: c.mayDo(v, "/console/transfers/{id}/decide"), Mine: v.user.Role == store.RoleRep}
	q := store.TransferQuery{Statuses: []string{store.TransferConfirmed}, Limit: transfersShown}
	if list.Waiting, err = c.store.Transfers(v.Context(), q); err != nil {
		return err
	}
	q.Statuses = []string{store.TransferContacted}
	if list.Done, err = c.store.Transfers(v.Context(), q); err != nil {
		return err
	}
	for _, r := range list.Waiting {
		list.Late += one(r.DueAt < c.now().UnixMilli())
	}
	if !list.Decides {
		return c.show(w, v, "transfers", list)
	}
	asked, err := c.store.Transfers(v.Context(), store.TransferQuery{Statuses: []string{store.TransferProposed}, Loose: true, Limit: transfersShown})
	if err != nil {
		return err
	}
	for _, r := range asked {
		best, err := c.desk.Suggest(v.Context(), r.Stands, r.From)
		if err != nil {
			return err
		}
		list.Asked = append(list.Asked, askedTransfer{TransferRow: r, Next: c.takers(reps, r.From), Best: best})
	}
	return c.show(w, v, "transfers", list)
}

// transferPage is the handover pack of one doctor.
type transferPage struct {
	handoff.Pack
	Card     *repCard
	History  history
	Titles   map[string]string
	Contacts bool // may record the first contact
	Base     string
}

func (c *Console) pageTransfer(w http.ResponseWriter, v *request) error {
	rep := ""
	if v.user.Role == store.RoleRep {
		rep = v.user.Rep
	}
	pack, err := c.desk.Pack(v.Context(), v.PathValue("id"), rep, v.user.Name)
	if err != nil {
		return err
	}
	p := c.packPage(pack)
	p.Contacts, p.Base = c.mayDo(v, "/console/transfers/{id}/contact") && pack.Status == store.TransferConfirmed, "/console/transfers/"+pack.ID
	rec, err := c.store.DoctorPast(v.Context(), pack.Doctor, 0)
	if err != nil {
		return err
	}
	if p.History, err = c.timelineOf(v, pack.Doctor, rec, p.Titles, false); err != nil {
		return err
	}
	return c.show(w, v, "transfer", p)
}

// packPage puts a pack into words. Content is named by its title.
func (c *Console) packPage(pack handoff.Pack) transferPage {
	p := transferPage{Pack: pack, Card: c.cardOf(handoff.Brief{Empathy: pack.Empathy}), Titles: c.contentTitles()}
	for i, o := range p.Promises {
		if o.Kind == "push" {
			p.Promises[i].Text = p.Titles[o.Text]
		}
	}
	return p
}

// doContact records the first contact.
func (c *Console) doContact(w http.ResponseWriter, v *request) error {
	id := v.PathValue("id")
	return c.handoverDone(w, v, c.store.ContactTransfer(v.Context(), id, v.user.Name), "contacted", "/console/transfers/"+id)
}

// doDecideTransfer gives a doctor who asked for another rep to one, or leaves the doctor where it is.
func (c *Console) doDecideTransfer(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	id := v.PathValue("id")
	if v.PostForm.Get("act") == "drop" {
		_, err := c.store.DropTransfers(v.Context(), []string{id}, reason)
		return c.handoverDone(w, v, err, "transfer_dropped", "/console/transfers")
	}
	_, err = c.desk.Transfer(v.Context(), []store.TransferPick{{ID: id, To: v.PostForm.Get("to")}}, "", v.user.Name, reason)
	return c.handoverDone(w, v, err, "transferred", "/console/transfers")
}
