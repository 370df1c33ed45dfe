package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/vrep/vrep/store"
)

// doctorsPerPage is the number of rows of the list.
const doctorsPerPage = 50

// doctorList is what the list of doctors shows.
type doctorList struct {
	store.DoctorPage
	Search, Level, Phase string
	HasLead              bool
	Filtered             bool
	Levels, Phases       []string
	Prev, Next           string // addresses, "" = none
	Masked               bool   // no names are shown, and none is looked for
	Exports              bool   // may take the list out of the house
	Alone                int    // doctors that one person may take out
}

func (c *Console) pageDoctors(w http.ResponseWriter, v *request) error {
	list, query := c.doctorQuery(v.URL.Query())
	list.Exports, list.Alone, list.Masked = c.mayDo(v, "/console/doctors/export"), store.ExportAlone, v.masked()
	var err error
	if list.DoctorPage, err = c.store.DoctorPage(v.Context(), query); err != nil {
		return err
	}
	if list.Page > 1 {
		list.Prev = list.address(list.Page - 1)
	}
	if list.Page < list.Pages {
		list.Next = list.address(list.Page + 1)
	}
	return c.show(w, v, "doctors", list)
}

// doctorQuery reads the filters of the list.
func (c *Console) doctorQuery(form url.Values) (doctorList, store.DoctorQuery) {
	list := doctorList{
		Search: strings.TrimSpace(cut(strings.ToValidUTF8(form.Get("q"), ""), 128)), Level: form.Get("level"), Phase: form.Get("phase"), HasLead: form.Get("lead") == "1",
		Levels: []string{"0", "1", "2", "9"},
		Phases: []string{store.PhasesTalking, store.PhaseIdle, store.PhaseAsking, store.PhaseConfirm, store.PhaseConsent, store.PhaseHandedOff, store.PhaseOptedOut},
	}
	if !c.words.has("level", list.Level) {
		list.Level = ""
	}
	if !c.words.has("phase", list.Phase) {
		list.Phase = ""
	}
	list.Filtered = list.Search != "" || list.Level != "" || list.Phase != "" || list.HasLead
	query := store.DoctorQuery{Search: list.Search, Phase: list.Phase, HasLead: list.HasLead, Size: doctorsPerPage}
	if level, err := strconv.Atoi(list.Level); err == nil {
		query.Level = &level
	}
	if page, err := strconv.Atoi(form.Get("page")); err == nil {
		query.Page = page
	}
	return list, query
}

// address is the list with the same filters at another page.
func (l doctorList) address(page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	for key, value := range map[string]string{"q": l.Search, "level": l.Level, "phase": l.Phase} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if l.HasLead {
		q.Set("lead", "1")
	}
	return "/console/doctors?" + q.Encode()
}
