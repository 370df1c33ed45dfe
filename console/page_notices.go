package console

import (
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// noticesShown is the number of notices in the list.
const noticesShown = 200

// teamsOf are the teams whose notices a role sees. What was said to the safety desk, to medical information and about quality is theirs alone; compliance reads all.
var teamsOf = map[string][]string{
	store.RoleSafety: {store.TeamPV}, store.RoleQuality: {store.TeamQuality}, store.RoleMedical: {store.TeamMedical}, store.RoleManager: {store.TeamRep, store.TeamManager},
	store.RoleAdmin: {store.TeamRep, store.TeamOps, store.TeamManager}, store.RoleOperations: {store.TeamRep, store.TeamOps, store.TeamManager}, store.RoleViewer: {store.TeamRep, store.TeamOps, store.TeamManager},
	store.RoleCompliance: {store.TeamRep, store.TeamPV, store.TeamMedical, store.TeamOps, store.TeamQuality, store.TeamManager},
}

// noticeView is one notice with the title of the flow that gave it.
type noticeView struct {
	store.NoticeWork
	FlowTitle string
}

// noticeList is what the page shows.
type noticeList struct {
	Rows []noticeView
	Acts bool // may record that it was dealt with
}

func (c *Console) pageNotices(w http.ResponseWriter, v *request) error {
	rows, err := c.store.OpenNotices(v.Context(), teamsOf[v.user.Role], noticesShown)
	if err != nil {
		return err
	}
	views := make([]noticeView, len(rows))
	for i, n := range rows {
		views[i] = noticeView{NoticeWork: n, FlowTitle: c.flowTitle(n.Flow)}
	}
	return c.show(w, v, "notices", noticeList{Rows: views, Acts: c.mayDo(v, "/console/notices/{id}/done")})
}

// doCloseNotice records that somebody has dealt with a notice.
func (c *Console) doCloseNotice(w http.ResponseWriter, v *request) error {
	err := c.store.CloseNotice(v.Context(), v.PathValue("id"), teamsOf[v.user.Role], v.user.Name)
	notice := "notice_done"
	if errors.Is(err, store.ErrMoved) {
		notice, err = "gone", nil
	}
	if err != nil {
		return err
	}
	return c.back(w, v, notice, "/console/notices")
}
