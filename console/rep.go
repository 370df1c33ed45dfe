package console

import (
	"errors"
	"net/http"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// repRequest is one request by a rep: the signed link says who and about which lead.
type repRequest struct {
	*http.Request
	token, lead, rep string
}

// repSaid is a page with one message: nothing is to be done, or not here.
type repSaid struct {
	Code  string // of the word groups "rep" and "rephint"
	Text  string // what the desk says, "" = nothing beyond the hint
	Heard heardForm
}

// heardForm is where a rep reports an adverse event outside a visit.
type heardForm struct {
	Token      string // "" = not here: nobody knows who it would be about
	What, Note string // as typed
	Problem    string // in Chinese
}

// door is one page or act for people without a session.
type door struct {
	method, path string
	handle       http.HandlerFunc
}

// repDoors is the whole list of what reps can open: each opens its link before anything else.
func (c *Console) repDoors() []door {
	return []door{
		{"GET", "/h/{token}", c.repOpen},
		{"POST", "/h/{token}/take", c.withGroup(c.repTake)},
		{"POST", "/h/{token}/accept", c.withLink(c.repAccept)},
		{"POST", "/h/{token}/decline", c.withLink(c.repDecline)},
		{"POST", "/h/{token}/card", c.withLink(c.repRead)},
		{"POST", "/h/{token}/visit", c.withLink(c.repFile)},
		{"POST", "/h/{token}/heard", c.withLink(c.repHeard)},
		{"GET", "/h/taken/{token}", c.withTaken(c.repTaken)},
		{"GET", "/h/taken/{token}/{id}", c.withTaken(c.repPack)},
		{"POST", "/h/taken/{token}/{id}/contact", c.withTaken(c.repContacted)},
	}
}

// repRoutes adds the pages of the reps. They have no session: the link is the key. A link of a group names no rep, see rep_group.go.
func (c *Console) repRoutes(mux *http.ServeMux) {
	for _, d := range c.repDoors() {
		mux.HandleFunc(d.method+" "+d.path, d.handle)
	}
	mux.HandleFunc("/h/", func(w http.ResponseWriter, r *http.Request) { c.fail(w, r, shell{}, http.StatusNotFound) })
}

// withLink opens the link and turns what the desk refuses into a page.
func (c *Console) withLink(handle func(http.ResponseWriter, *repRequest) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		lead, rep, err := c.desk.Open(token)
		if err == nil {
			err = handle(w, &repRequest{Request: r, token: token, lead: lead, rep: rep})
		}
		if err == nil {
			return
		}
		status, said := c.refusal(r, err)
		if said.Code == "" {
			c.failErr(w, r, shell{}, err)
			return
		}
		if lead != "" && !errors.Is(err, handoff.ErrNotOffered) {
			said.Heard.Token = token
		}
		if err := c.render(w, status, "rep_said", page{Data: said}); err != nil {
			c.failErr(w, r, shell{}, err)
		}
	}
}

// refusal sorts the facts of package handoff; Code "" = an outage or a defect. To look at a lead that is somebody else's is no failure, to act on it is.
func (c *Console) refusal(r *http.Request, err error) (int, repSaid) {
	status := http.StatusConflict
	if r.Method == http.MethodGet {
		status = http.StatusOK
	}
	var taken handoff.ErrTaken
	var heard handoff.ErrHeard
	switch {
	case errors.As(err, &heard):
		return http.StatusOK, repSaid{Code: "heard", Text: c.desk.Explain(err)}
	case errors.Is(err, handoff.ErrLink):
		return http.StatusNotFound, repSaid{Code: "link"}
	case errors.Is(err, handoff.ErrLinkExpired):
		return http.StatusGone, repSaid{Code: "expired"}
	case errors.Is(err, handoff.ErrNotYours) && r.URL.Query().Has("declined"):
		return status, repSaid{Code: "declined"}
	case errors.Is(err, handoff.ErrNotYours):
		return status, repSaid{Code: "not_yours"}
	case errors.As(err, &taken):
		return status, repSaid{Code: "taken", Text: c.desk.Explain(err)}
	case errors.Is(err, handoff.ErrRenewed):
		return status, repSaid{Code: "renewed"}
	case errors.Is(err, handoff.ErrEnded):
		return status, repSaid{Code: "ended", Text: c.desk.Explain(err)}
	case errors.Is(err, handoff.ErrFiling):
		return status, repSaid{Code: "filing", Text: c.desk.Explain(err)}
	case errors.Is(err, handoff.ErrFiled):
		return status, repSaid{Code: "filed"}
	}
	return http.StatusInternalServerError, repSaid{}
}

// repShow shows where the lead stands: the offer, the brief with the report, or why there is nothing to do.
func (c *Console) repShow(w http.ResponseWriter, v *repRequest) error {
	b, err := c.desk.Brief(v.Context(), v.lead, v.rep)
	if err != nil {
		return err
	}
	if !b.Mine {
		return c.repOffer(w, v, b, http.StatusOK, "")
	}
	look := store.Audit{Actor: "rep:" + v.rep, Action: "view_brief", Object: "lead:" + v.lead}
	if err := c.store.AddAudit(v.Context(), look); err != nil {
		return err
	}
	return c.repBrief(w, v, b, http.StatusOK, c.freshForm())
}

// repOfferData is a lead that the rep may take.
type repOfferData struct {
	Token   string
	Brief   handoff.Brief
	Reasons []handoff.Option
	Problem string // code of the word group "problem"
}

func (c *Console) repOffer(w http.ResponseWriter, v *repRequest, b handoff.Brief, status int, problem string) error {
	data := repOfferData{Token: v.token, Brief: b, Reasons: c.desk.Form().Reasons, Problem: problem}
	return c.render(w, status, "rep_offer", page{Data: data})
}

func (c *Console) repAccept(w http.ResponseWriter, v *repRequest) error {
	if err := c.desk.Accept(v.Context(), v.lead, v.rep); err != nil {
		return err
	}
	return c.repDone(w, v, "accept", "")
}

func (c *Console) repDecline(w http.ResponseWriter, v *repRequest) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	reason := v.PostForm.Get("reason")
	for _, o := range c.desk.Form().Reasons {
		if o.Code != reason {
			continue
		}
		if err := c.desk.Decline(v.Context(), v.lead, v.rep, reason); err != nil {
			return err
		}
		return c.repDone(w, v, "decline", "?declined")
	}
	b, err := c.desk.Brief(v.Context(), v.lead, v.rep)
	if err != nil {
		return err
	}
	if b.Mine {
		return c.repBrief(w, v, b, http.StatusUnprocessableEntity, c.freshForm())
	}
	return c.repOffer(w, v, b, http.StatusUnprocessableEntity, "reason")
}

// repHeard takes the report of an adverse event, whatever has become of the lead. It answers with the number and no redirect: sent again, it is the same
// report.
func (c *Console) repHeard(w http.ResponseWriter, v *repRequest) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	h := handoff.Heard{Lead: v.lead, Rep: v.rep, What: v.PostForm.Get("what"), Note: v.PostForm.Get("note")}
	no, err := c.desk.ReportHeard(v.Context(), h)
	var invalid handoff.ErrInvalid
	if errors.As(err, &invalid) {
		said := repSaid{Code: "unheard", Heard: heardForm{Token: v.token, What: h.What, Note: h.Note, Problem: c.words.word("problem", "heard")}}
		return c.render(w, http.StatusUnprocessableEntity, "rep_said", page{Data: said})
	}
	if err != nil {
		return err
	}
	return c.render(w, http.StatusOK, "rep_said", page{Data: repSaid{Code: "heard", Text: c.desk.Recorded(no), Heard: heardForm{Token: v.token}}})
}

// repDone writes down who did what and shows the lead again.
func (c *Console) repDone(w http.ResponseWriter, v *repRequest, action, query string) error {
	act := store.Audit{Actor: "rep:" + v.rep, Action: "lead_" + action, Object: "lead:" + v.lead}
	if err := c.store.AddAudit(v.Context(), act); err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/h/"+v.token+query, http.StatusSeeOther)
	return nil
}
