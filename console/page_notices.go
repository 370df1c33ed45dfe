package console

import (
	"errors"
	"net/http"

	"github.com/vrep/vrep/store"
)

// noticesShown is the number of notices in the list.
const noticesShown = 200

// teamsOf are the teams whose notices a person sees: the safety desk its own, others all but those.
func teamsOf(role string) []string {
	switch role {
	case store.RoleSafety:
		return []string{store.TeamPV}
	case store.RoleAdmin:
		return []string{store.TeamRep, store.TeamPV, store.TeamMedical, store.TeamOps}
	}
	return []string{store.TeamRep, store.TeamMedical, store.TeamOps}
}

// noticeView is one notice with the title of the flow that gave it.
type noticeView struct {
	store.NoticeWork
	FlowTitle string
}

func (c *Console) pageNotices(w http.ResponseWriter, v *request) error {
	rows, err := c.store.OpenNotices(v.Context(), teamsOf(v.user.Role), noticesShown)
	if err != nil {
		return err
	}
	views := make([]noticeView, len(rows))
	for i, n := range rows {
		views[i] = noticeView{NoticeWork: n, FlowTitle: c.flowTitle(n.Flow)}
	}
	return c.show(w, v, "notices", views)
}

// doCloseNotice records that somebody has dealt with a notice.
func (c *Console) doCloseNotice(w http.ResponseWriter, v *request) error {
	err := c.store.CloseNotice(v.Context(), v.PathValue("id"), teamsOf(v.user.Role), v.user.Name)
	notice := "notice_done"
	if errors.Is(err, store.ErrMoved) {
		notice, err = "gone", nil
	}
	if err != nil {
		return err
	}
	return c.back(w, v, notice, "/console/notices")
}
