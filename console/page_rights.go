package console

import (
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// rightsShown is the number of requests in the list.
const rightsShown = 300

// rightsList is what the data protection officer sees of doctors' requests.
type rightsList struct {
	Rows []rightsLine
	Open int  // that wait for a person or for the doctor
	Done int  // of those read
	Past bool // those that ended are shown
	Acts bool
}

// rightsLine is one request with what it was about in words.
type rightsLine struct {
	store.RightsRow
	About  string
	Waits  bool // a link is in the doctor's hands
	Missed bool // nobody opened the link in time
}

func (c *Console) pageRights(w http.ResponseWriter, v *request) error {
	rows, err := c.store.RightsRequests(v.Context(), rightsShown)
	if err != nil {
		return err
	}
	now := c.now().UnixMilli()
	list := rightsList{Acts: c.mayDo(v, "/console/rights/{id}/close"), Past: v.URL.Query().Has("done")}
	for _, r := range rows {
		open := r.Status == store.RightsOpen
		list.Open, list.Done = list.Open+one(open), list.Done+one(!open)
		if open == list.Past {
			continue
		}
		link := open && r.Token != ""
		list.Rows = append(list.Rows, rightsLine{RightsRow: r, About: c.rightAbout(r.RightsRequest), Waits: link && now < r.ExpiresAt, Missed: link && now >= r.ExpiresAt})
	}
	return c.show(w, v, "rights", list)
}

// rightAbout is what a request was about: a purpose in words, or a tag.
func (c *Console) rightAbout(r store.RightsRequest) string {
	if r.Kind == store.RightsWithdraw {
		return c.words.word("purpose", r.Detail)
	}
	return r.Detail
}

// doCloseRight records how a person has dealt with a request.
func (c *Console) doCloseRight(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	notice := "right_closed"
	err := c.store.CloseRight(v.Context(), v.PathValue("id"), v.PostForm.Get("done") != "no", v.PostForm.Get("reason"))
	switch {
	case errors.Is(err, store.ErrNoReason):
		notice = "case_reason"
	case errors.Is(err, store.ErrMoved):
		notice = "gone"
	case err != nil:
		return err
	}
	return c.back(w, v, notice, "/console/rights")
}

// rightItems are the rights that a doctor has used; decisions about consents stand in the timeline by themselves.
func (c *Console) rightItems(rec store.DoctorPast) []item {
	var items []item
	for _, r := range rec.Rights {
		switch r.Kind {
		case store.RightsWithdraw, store.RightsPersonalOff, store.RightsPersonalOn:
			continue
		}
		items = append(items, item{
			At: r.At, Kind: "right", Title: joinNote(c.words.word("right", r.Kind), c.rightAbout(r)), Badge: c.badge("rightstatus", r.Status),
		})
	}
	return items
}
