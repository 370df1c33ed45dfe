package console

import (
	"errors"
	"net/http"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// repGroupData is a lead as a group may see it. The link names no rep: whoever opens it says who they are.
type repGroupData struct {
	Token string
	handoff.Group
	Problem string // code of the word group "problem"
}

// takenCookie remembers on this browser that its user has taken a lead from the group: the link in the group then leads back to the brief, which no
// other reader of the group gets to see.
func takenCookie(lead string) string { return "vrep_taken_" + lead[:12] }

// repOpen shows what a link opens: a lead of one rep, or one on offer in a group.
func (c *Console) repOpen(w http.ResponseWriter, r *http.Request) {
	if _, _, err := c.desk.OpenGroup(r.PathValue("token")); errors.Is(err, handoff.ErrLink) {
		c.withLink(c.repShow)(w, r)
		return
	}
	c.withGroup(c.repGroup)(w, r)
}

// groupRequest is one request with a group's link.
type groupRequest struct {
	*http.Request
	token, lead string
	round       int64
}

func (c *Console) withGroup(handle func(http.ResponseWriter, *groupRequest) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		lead, round, err := c.desk.OpenGroup(token)
		if err == nil {
			err = handle(w, &groupRequest{Request: r, token: token, lead: lead, round: round})
		}
		if err == nil {
			return
		}
		status, said := c.refusal(r, err)
		if said.Code == "" {
			c.failErr(w, r, shell{}, err)
			return
		}
		if err := c.render(w, status, "rep_said", page{Data: said}); err != nil {
			c.failErr(w, r, shell{}, err)
		}
	}
}

func (c *Console) repGroup(w http.ResponseWriter, v *groupRequest) error {
	if own := c.taken(v); own != "" {
		http.Redirect(w, v.Request, "/h/"+own, http.StatusSeeOther)
		return nil
	}
	return c.showGroup(w, v, http.StatusOK, "")
}

func (c *Console) showGroup(w http.ResponseWriter, v *groupRequest, status int, problem string) error {
	g, err := c.desk.Group(v.Context(), v.lead, v.round)
	if err != nil {
		return err
	}
	return c.render(w, status, "rep_group", page{Data: repGroupData{Token: v.token, Group: g, Problem: problem}})
}

// taken is the token of the brief of who has taken this lead with this browser, "" for everybody else.
func (c *Console) taken(v *groupRequest) string {
	kept, err := v.Cookie(takenCookie(v.lead))
	if err != nil {
		return ""
	}
	if lead, _, err := c.desk.Open(kept.Value); err != nil || lead != v.lead {
		return ""
	}
	return kept.Value
}

// repTake gives the lead to whom the reader says to be, writes down that it was by the group's link, and goes to the brief.
func (c *Console) repTake(w http.ResponseWriter, v *groupRequest) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	rep := v.PostForm.Get("rep")
	if rep == "" || v.PostForm.Get("sure") == "" {
		return c.showGroup(w, v, http.StatusUnprocessableEntity, "who")
	}
	err := c.desk.TakeFromGroup(v.Context(), v.lead, v.round, rep)
	if errors.Is(err, handoff.ErrNotYours) {
		return c.showGroup(w, v, http.StatusUnprocessableEntity, "who")
	}
	if err != nil {
		return err
	}
	act := store.Audit{Actor: "rep:" + rep, Action: "lead_accept", Object: "lead:" + v.lead, Detail: "group link"}
	if err := c.store.AddAudit(v.Context(), act); err != nil {
		return err
	}
	token := c.desk.Token(v.lead, rep)
	http.SetCookie(w, &http.Cookie{
		Name: takenCookie(v.lead), Value: token, Path: "/h/", MaxAge: int(handoff.LinkValid.Seconds()), HttpOnly: true, Secure: c.secure,
		SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, v.Request, "/h/"+token, http.StatusSeeOther)
	return nil
}
