package console

import (
	"errors"
	"net/http"
	"slices"

	"github.com/vrep/vrep/store"
)

// doctorAgreement is the page where a doctor decides.
type doctorAgreement struct {
	Agreed  []consentState
	Acts    bool
	Saved   bool
	Problem string // code of the word group "visitproblem"
}

func (c *Console) doctorConsents(w http.ResponseWriter, v *visit) error {
	return c.showConsents(w, v, http.StatusOK, "")
}

func (c *Console) showConsents(w http.ResponseWriter, v *visit, status int, problem string) error {
	data := doctorAgreement{
		Agreed: c.consentStates(v.doctor), Acts: c.doctors.Consents != nil, Saved: problem == "" && v.URL.Query().Has("saved"), Problem: problem,
	}
	return c.render(w, status, "doctor_consent", page{Data: data})
}

// doctorDecide takes a decision. What was agreed to must be what is asked now: who still sees an earlier wording is shown the new one.
func (c *Console) doctorDecide(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	purpose, decision := v.PostForm.Get("purpose"), v.PostForm.Get("decision")
	states := c.consentStates(v.doctor)
	i := slices.IndexFunc(states, func(s consentState) bool { return s.Purpose == purpose })
	yes := decision == "grant"
	switch {
	case i < 0 || c.doctors.Consents == nil || !yes && decision != "withdraw":
		return c.showConsents(w, v, http.StatusUnprocessableEntity, "choice")
	case yes && v.PostForm.Get("policy") != states[i].Policy:
		return c.showConsents(w, v, http.StatusConflict, "changed")
	case yes && states[i].Spoken:
		return c.showConsents(w, v, http.StatusUnprocessableEntity, "choice")
	case yes && states[i].Blocked:
		return c.showConsents(w, v, http.StatusUnprocessableEntity, "base")
	}
	err := c.doctors.Consents.DecideConsent(v.Context(), v.doctor.ID, purpose, c.words.word("pressed", decision), yes)
	if errors.Is(err, store.ErrNotFound) {
		c.tellDoctor(w, v.Request, http.StatusOK, doctorSaid{Code: "unknown"})
		return nil
	}
	if err != nil {
		return err
	}
	if err := c.auditDoctor(v, "own_consent_"+decision, purpose); err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/d/consent?saved", http.StatusSeeOther)
	return nil
}
